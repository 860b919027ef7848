//! Source text to functions and values.

use std::path::Path;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, Script, Source,
    ast::scope::Scope,
    interner::Interner,
    js_string,
    parser::{Error as ParseError, Parser},
};

use super::{
    foreseen,
    natives::define_name,
    sources::{self, SourceText},
    stack, state,
    syntax::{
        self, Additions, Goal, additions, additions_with_checks, interactive::top_level_names,
    },
};

/// The name under which module wrappers are compiled, by which stack traces know them; to programs
/// they are anonymous.
pub(crate) const WRAPPER_NAME: &str = "<module>";

/// Compiles `source` as the body of a function with these parameters.
///
/// The wrapper stands on the first line of the source, as Node's did: line numbers stay right,
/// and `engine::stack` takes its length off the columns of line 1.
pub(crate) fn compile_wrapper(
    source: &str,
    path: &str,
    parameters: &str,
    context: &mut Context,
) -> JsResult<JsObject> {
    if let Some(ready) = foreseen::take(source, path, parameters, context) {
        return ready.into_function(path, context);
    }
    ensure_depth(source, context)?;
    let compiled = Compiled::parse(source, path, parameters, context);
    compiled
        .and_then(|compiled| compiled.into_function(path, context))
        .map_err(|error| refused(error, source, path, Goal::Body, context))
}

/// As [`compile_wrapper`], of a text of ours, which nests no deeper than any stack allows.
pub(crate) fn compile_builtin(
    source: &str,
    path: &str,
    parameters: &str,
    context: &mut Context,
) -> JsResult<JsObject> {
    let compiled = match foreseen::take(source, path, parameters, context) {
        Some(ready) => ready,
        None => Compiled::parse(source, path, parameters, context)?,
    };
    compiled.into_function(path, context)
}

/// A script whose value is a function.
pub(super) struct Compiled {
    script: Script,
    text: SourceText,
}

/// What stands before the body of a function.
fn opening(parameters: &str) -> String {
    format!("({{'{WRAPPER_NAME}':function({parameters}){{")
}

/// What stands after it.
fn closing() -> String {
    format!("\n}}}})['{WRAPPER_NAME}']")
}

impl Compiled {
    /// Parses a text as the body of a function.
    pub(super) fn parse(
        source: &str,
        path: &str,
        parameters: &str,
        context: &mut Context,
    ) -> JsResult<Self> {
        let (prefix, suffix) = (opening(parameters), closing());
        let (additions, parsed) = inserted(source, context, |additions, context| {
            let body = additions.insert(source);
            parse(&format!("{prefix}{body}{}{suffix}", additions.end()), path, context)
        });
        let text = SourceText::new(format!("{prefix}{source}{suffix}"), prefix.len());
        let text = text.with_additions(&additions);
        Ok(Self { script: parsed?, text })
    }

    /// Whether it is that of this text, as the body of a function with these parameters.
    pub(super) fn is_of(&self, source: &str, parameters: &str) -> bool {
        let body = self.text.text().strip_prefix(&*opening(parameters));
        body.and_then(|body| body.strip_prefix(source)).is_some_and(|rest| rest == closing())
    }

    /// Compiles all of it, which it otherwise does when it is run.
    pub(super) fn finish(&self, context: &mut Context) -> JsResult<()> {
        self.script.codeblock(context).map(drop)
    }

    /// The function, not called.
    fn into_function(self, path: &str, context: &mut Context) -> JsResult<JsObject> {
        let value = self.script.evaluate(context)?;
        // A text that closes the wrapper itself is no function's body.
        let Some(function) = value.as_callable() else {
            return Err(JsNativeError::syntax().with_message("Unexpected token '}'").into());
        };
        sources::of(context).add(path, self.text);
        define_name(&function, js_string!());
        Ok(function)
    }
}

/// Compiles `source` as the body of a function of its own, which sees the properties of objects: in what comes
/// back, a function of these objects, `scopes` of them, that returns it. The script, too, in which it stands.
pub(crate) fn compile_function(
    source: &str,
    path: &str,
    parameters: &str,
    scopes: usize,
    context: &mut Context,
) -> JsResult<(Script, JsObject)> {
    // Either could end the function that is put around them, and run before anybody calls it.
    if syntax::stray_brace(source).is_some() || !syntax::is_list_of_names(parameters) {
        let error = JsNativeError::syntax().with_message("Unexpected token").into();
        return Err(refused(error, source, path, Goal::Body, context));
    }
    let mut prefix = "(function(){".to_owned();
    for index in 0..scopes {
        prefix.push_str(&format!("with(arguments[{index}])"));
    }
    prefix.push_str(&format!("return(function({parameters}){{"));
    let suffix = "\n})})";
    let (additions, parsed) = with_additions(source, context, |additions, context| {
        let body = additions.insert(source);
        parse(&format!("{prefix}{body}{}{suffix}", additions.end()), path, context)
    });
    let script = parsed.map_err(|error| refused(error, source, path, Goal::Body, context))?;
    let function = script.evaluate(context)?.as_callable().ok_or_else(|| {
        let error = JsNativeError::syntax().with_message("Unexpected token '}'").into();
        refused(error, source, path, Goal::Body, context)
    })?;
    let text = SourceText::new(format!("{prefix}{source}{suffix}"), prefix.len());
    sources::of(context).add(path, text.with_additions(&additions));
    Ok((script, function))
}

/// Parses a script of the current realm.
pub(crate) fn parse_script(source: &str, path: &str, context: &mut Context) -> JsResult<Script> {
    let (additions, parsed) = with_additions(source, context, |additions, context| {
        parse(&additions.insert(source), path, context)
    });
    let script = parsed.map_err(|error| {
        let redeclared = redeclared(source, path, context);
        redeclared.unwrap_or_else(|| refused(error, source, path, Goal::Script, context))
    })?;
    let text = SourceText::new(source.to_owned(), 0).with_additions(&additions);
    sources::of(context).add(path, text);
    Ok(script)
}

/// Whether a text can be parsed as a script, leaving the realm as it is: the engine notes the names of a script
/// in its realm when it parses that.
pub(crate) fn check_script(source: &str, path: &str, context: &mut Context) -> JsResult<()> {
    ensure_depth(source, context)?;
    let parsed = tolerantly(source, context, |text, _| {
        let mut parser = Parser::new(Source::from_bytes(text));
        let parsed = parser.parse_script(&Scope::new_global(), &mut Interner::new());
        let told = |error: ParseError| JsNativeError::syntax().with_message(error.to_string());
        parsed.map(drop).map_err(|error| told(error).into())
    });
    parsed.map_err(|error| refused(error, source, path, Goal::Script, context))
}

/// The error of a script without another fault that declares a name which its realm has.
fn redeclared(source: &str, path: &str, context: &mut Context) -> Option<JsError> {
    if syntax::explain(source, Goal::Script).is_some() {
        return None;
    }
    let (names, _) = top_level_names(source);
    let scope = context.realm().scope().clone();
    let known = |name: &&&str| scope.get_binding(&JsString::from(**name)).is_some();
    names.iter().find(known).map(|name| already_declared(name, source, path, context))
}

/// The error of a script that declares a name once more. As in V8 it does not say where.
fn already_declared(name: &str, source: &str, path: &str, context: &mut Context) -> JsError {
    let message = format!("Identifier '{name}' has already been declared");
    let text = SourceText::new(source.to_owned(), 0);
    let place = format!("{path}:1\n{}\n\n", text.marked(0, 1));
    JsError::from_opaque(stack::syntax_error(&message, Some(place), context).into())
}

/// The error of a script that runs a second time in its realm, if it declares anything that may be declared
/// once only.
pub(crate) fn declared_twice(source: &str, path: &str, context: &mut Context) -> Option<JsError> {
    let (names, lexical) = top_level_names(source);
    let name = names[..lexical].first()?;
    Some(already_declared(name, source, path, context))
}

/// Evaluates a script in the global scope and returns its completion value.
pub(crate) fn evaluate(source: &str, path: &str, context: &mut Context) -> JsResult<JsValue> {
    parse_script(source, path, context)?.evaluate(context)
}

/// Parses a text with what the engine is given beside it; and without what asks whether the program may
/// go on, if that does not parse.
pub(crate) fn with_additions<T>(
    source: &str,
    context: &mut Context,
    parse: impl Fn(&Additions, &mut Context) -> JsResult<T>,
) -> (Additions, JsResult<T>) {
    match ensure_depth(source, context) {
        Ok(()) => inserted(source, context, parse),
        Err(error) => (Additions::default(), Err(error)),
    }
}

/// As [`with_additions`], whatever the text's depth.
fn inserted<T>(
    source: &str,
    context: &mut Context,
    parse: impl Fn(&Additions, &mut Context) -> JsResult<T>,
) -> (Additions, JsResult<T>) {
    if state::of(context).is_counted() {
        let additions = additions_with_checks(source);
        if let Ok(parsed) = parse(&additions, context) {
            return (additions, Ok(parsed));
        }
    }
    let additions = additions(source);
    let parsed = parse(&additions, context);
    (additions, parsed)
}

/// Refuses a text that the engine has no stack to parse, as V8 does.
pub(crate) fn ensure_depth(text: &str, context: &mut Context) -> JsResult<()> {
    if syntax::is_too_deep(text) {
        return Err(JsError::from_opaque(stack::too_deep(context).into()));
    }
    Ok(())
}

fn parse(text: &str, path: &str, context: &mut Context) -> JsResult<Script> {
    tolerantly(text, context, |text, context| {
        Script::parse(Source::from_bytes(text).with_path(Path::new(path)), None, context)
    })
}

/// Parses a text, and if the engine refuses it, with `using` renamed where that is a name.
pub(crate) fn tolerantly<T>(
    text: &str,
    context: &mut Context,
    parse: impl Fn(&str, &mut Context) -> JsResult<T>,
) -> JsResult<T> {
    if syntax::declares_with_using(text) {
        return match syntax::with_disposal_written_out(text) {
            Some(written) if !syntax::declares_with_using(&written) => parse(&written, context),
            _ => Err(JsNativeError::syntax().with_message(syntax::NO_DECLARATION).into()),
        };
    }
    parse(text, context).or_else(|error| match syntax::with_using_renamed(text) {
        Some(renamed) => parse(&renamed, context).map_err(|_| error),
        None => Err(error),
    })
}

/// The error of a text that the engine does not parse, in V8's words and with the place that is
/// wrong; the engine's own error where the text alone does not show what is wrong.
pub(crate) fn refused(
    error: JsError,
    source: &str,
    path: &str,
    goal: Goal,
    context: &mut Context,
) -> JsError {
    if syntax::is_too_deep(source) {
        return error;
    }
    let Some(fault) = syntax::explain(source, goal) else { return error };
    let place = fault.span.map(|(start, end)| {
        // To V8's scanner a character that begins no token has a width only where it is ASCII.
        let is_unknown = fault.message == syntax::INVALID_TOKEN;
        let is_wide = source[start..].chars().next().is_some_and(|first| !first.is_ascii());
        let end = if is_unknown && is_wide { start } else { end.max(start + 1) };
        let text = SourceText::new(source.to_owned(), 0);
        let (line, _) = text.position(start);
        format!("{path}:{line}\n{}\n\n", text.marked(start, end))
    });
    JsError::from_opaque(stack::syntax_error(&fault.message, place, context).into())
}
