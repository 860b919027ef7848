//! Source text to functions and values.

use std::path::Path;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsValue, Script, Source, js_string,
};

use super::{
    natives::define_name,
    sources::{self, SourceText},
    stack, state,
    syntax::{self, Additions, Goal, additions, additions_with_checks},
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
    let prefix = format!("({{'{WRAPPER_NAME}':function({parameters}){{");
    let suffix = format!("\n}}}})['{WRAPPER_NAME}']");
    let (additions, parsed) = with_additions(source, context, |additions, context| {
        let body = additions.insert(source);
        parse(&format!("{prefix}{body}{}{suffix}", additions.end()), path, context)
    });
    let value = match parsed {
        Ok(script) => script.evaluate(context)?,
        Err(error) => return Err(refused(error, source, path, Goal::Body, context)),
    };
    // A text that closes the wrapper itself is no function's body.
    let Some(function) = value.as_callable() else {
        let error = JsNativeError::syntax().with_message("Unexpected token '}'").into();
        return Err(refused(error, source, path, Goal::Body, context));
    };
    let text = SourceText::new(format!("{prefix}{source}{suffix}"), prefix.len());
    sources::of(context).add(path, text.with_additions(&additions));
    define_name(&function, js_string!());
    Ok(function)
}

/// Parses a script of the current realm.
pub(crate) fn parse_script(source: &str, path: &str, context: &mut Context) -> JsResult<Script> {
    let (additions, parsed) = with_additions(source, context, |additions, context| {
        parse(&additions.insert(source), path, context)
    });
    let script = parsed.map_err(|error| refused(error, source, path, Goal::Script, context))?;
    let text = SourceText::new(source.to_owned(), 0).with_additions(&additions);
    sources::of(context).add(path, text);
    Ok(script)
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
    let Some(fault) = syntax::explain(source, goal) else { return error };
    let place = fault.span.map(|(start, end)| {
        let text = SourceText::new(source.to_owned(), 0);
        let (line, _) = text.position(start);
        format!("{path}:{line}\n{}\n\n", text.marked(start, end.max(start + 1)))
    });
    JsError::from_opaque(stack::syntax_error(&fault.message, place, context).into())
}
