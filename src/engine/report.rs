//! What a program that dies of an exception prints.
//!
//! Node: an error is shown below the place where it was thrown, as `util.inspect` shows it; another
//! value is shown after that place, and for a primitive, which has no stack, a hint follows.

use boa_engine::{
    Context, JsError, JsObject, JsString, JsValue, builtins::error::Error, js_string,
    property::PropertyKey,
};

use super::{
    builtins, errors,
    natives::define_value,
    stack::{self, Site},
};

/// The report of an exception that nobody caught: several lines, the last one names this program.
pub(crate) fn uncaught(value: &JsValue, context: &mut Context) -> String {
    let place = stack::thrown_at(value, context).as_ref().map(place);
    let error = value.as_object().filter(JsObject::is::<Error>);
    let body = match error {
        Some(error) => of_error(&error, place, context),
        None => of_value(value, place, context),
    };
    format!("{body}\n\nrjs v{}\n", env!("CARGO_PKG_VERSION"))
}

/// An error that a script threw, with the place in its source before its stack, as Node shows the
/// errors of `vm`.
pub(crate) fn placed(error: JsError, context: &mut Context) -> JsError {
    if error.as_engine().is_some() {
        return error;
    }
    stack::remember_throw(&error, context);
    let value = errors::value_of(error, context);
    if let Some(object) = value.as_object().filter(JsObject::is::<Error>)
        && !is_placed(&object, context)
        && let Some(site) = stack::thrown_at(&value, context)
        && let Ok(stack) = object.get(js_string!("stack"), context)
        && let Some(stack) = stack.as_string()
    {
        let stack = js_string!(&JsString::from(format!("{}\n", place(&site))), &stack);
        // A frozen error stays as it is.
        drop(object.set(js_string!("stack"), stack, false, context));
    }
    JsError::from_opaque(value)
}

/// File and line, the line's text, a caret below it.
fn place(site: &Site) -> String {
    let (line, _) = site.source.position(site.offset);
    let marked = site.source.marked(site.offset, site.offset + 1);
    format!("{}:{line}\n{marked}\n", site.file)
}

fn of_error(error: &JsObject, place: Option<String>, context: &mut Context) -> String {
    let Some(shown) = inspected(&error.clone().into(), context) else {
        // Its own accessors throw, or there is no `util` to show it.
        let header = stack::header(error, context);
        return format!("{}{header}", place.unwrap_or_default());
    };
    let shown = unbracketed(shown, error, context);
    match place {
        Some(place) if !is_placed(error, context) => format!("{place}\n{shown}"),
        _ => shown,
    }
}

/// Errors without frames are shown in brackets, but not those that end a program: Node's always
/// have frames of its own, unless the program has put a text in their place.
fn unbracketed(shown: String, error: &JsObject, context: &mut Context) -> String {
    let stack = error.get(js_string!("stack"), context).ok().and_then(|stack| stack.as_string());
    let Some(stack) = stack.map(|stack| stack.to_std_string_lossy()) else { return shown };
    let stack = stack.trim_end();
    match shown.strip_prefix(&format!("[{stack}]")) {
        Some(rest) if stack.ends_with(&stack::header(error, context)) => format!("{stack}{rest}"),
        _ => shown,
    }
}

/// The text of a program without a file threw while it ran for the first time: Node puts the place
/// before a thrown object in another way then.
struct TextThrew;

/// Remembers that; the report of what it threw begins in another way then.
pub(crate) fn note_text_threw(context: &mut Context) {
    context.insert_data(TextThrew);
}

/// True for syntax errors of files: their stacks begin with a place already.
fn is_placed(error: &JsObject, context: &mut Context) -> bool {
    let header = stack::header(error, context);
    let stack = error.get(js_string!("stack"), context).ok().and_then(|stack| stack.as_string());
    stack.is_some_and(|stack| stack.to_std_string_lossy().contains(&format!("^\n\n{header}\n")))
}

fn of_value(value: &JsValue, place: Option<String>, context: &mut Context) -> String {
    const HINT: &str = "(Use `rjs --trace-uncaught ...` to show where the exception was thrown)";
    let is_first = context.has_data::<TextThrew>();
    let place = match place {
        None => "Uncaught:\n".to_owned(),
        Some(place) if is_first && value.is_object() => format!("{place}\n"),
        Some(place) => format!("\n{place}"),
    };
    if value.is_object() {
        let shown = inspected(value, context).unwrap_or_else(|| "[object]".to_owned());
        return format!("{place}{shown}");
    }
    // A symbol has no text.
    let text = value.to_string(context).map(|text| text.to_std_string_lossy());
    format!("{place}{}\n{HINT}", text.unwrap_or_default())
}

/// `util.inspect(value, { customInspect: false, depth: 5 })`: what the program says of itself does
/// not count when it dies.
fn inspected(value: &JsValue, context: &mut Context) -> Option<String> {
    let util = builtins::load_object("util", context).ok()?;
    let inspect = util.get(js_string!("inspect"), context).ok()?.as_callable()?;
    let options = JsObject::with_object_proto(context.intrinsics());
    define_value(&options, js_string!("customInspect"), false, true);
    define_value(&options, js_string!("depth"), 5, true);
    let shown = inspect.call(&util.into(), &[value.clone(), options.into()], context).ok()?;
    shown.as_string().map(|shown| shown.to_std_string_lossy())
}

/// The exception that an unhandled rejection raises: its reason, if that has a stack of its own,
/// else an error that names the reason.
pub(crate) fn rejection(reason: &JsValue, context: &mut Context) -> JsValue {
    if let Some(object) = reason.as_object() {
        let has_stack = object.borrow().properties().contains_key(&js_string!("stack").into());
        if has_stack || object.is::<Error>() {
            return reason.clone();
        }
    }
    let message = format!(
        "This error originated either by throwing inside of an async function without a catch \
         block, or by rejecting a promise which was not handled with .catch(). The promise \
         rejected with the reason \"{}\".",
        plain_text(reason, context)
    );
    let place = "processPromiseRejections (node:internal/process/promises)";
    let error = stack::error_from(place, &message, context);
    define_value(&error, js_string!("name"), js_string!("UnhandledPromiseRejection"), false);
    define_value(&error, js_string!("code"), js_string!("ERR_UNHANDLED_REJECTION"), true);
    error.into()
}

/// A value as V8 names it where no code of the program's may run: strings as they are, functions
/// as their source, `#<Class>` for objects without a text of their own.
pub(crate) fn plain_text(value: &JsValue, context: &mut Context) -> String {
    let Some(object) = value.as_object() else { return primitive_text(value, context) };
    let intrinsics = context.intrinsics().constructors();
    let objects = intrinsics.object().prototype();
    if object.is_callable() {
        let functions = intrinsics.function().prototype();
        return of_intrinsic(&functions, value, context).unwrap_or_default();
    }
    if inherited_error(&object) {
        return stack::header(&object, context);
    }
    let own = inherited_data(&object, "toString").and_then(|found| found.as_object());
    let usual = inherited_data(&objects, "toString").and_then(|found| found.as_object());
    let is_usual = own.zip(usual).is_some_and(|(own, usual)| JsObject::equals(&own, &usual));
    let class = inherited_data(&object, "constructor")
        .and_then(|class| inherited_data(&class.as_object()?, "name")?.as_string())
        .filter(|name| is_usual && !name.is_empty());
    match class {
        Some(name) => format!("#<{}>", name.to_std_string_lossy()),
        None => of_intrinsic(&objects, value, context).unwrap_or_default(),
    }
}

fn primitive_text(value: &JsValue, context: &mut Context) -> String {
    match value.as_symbol() {
        Some(symbol) => symbol.descriptive_string().to_std_string_lossy(),
        None => value.to_string(context).map(|text| text.to_std_string_lossy()).unwrap_or_default(),
    }
}

/// True for objects that are or inherit from an error.
fn inherited_error(object: &JsObject) -> bool {
    let mut cursor = Some(object.clone());
    while let Some(object) = cursor {
        if object.is::<Error>() {
            return true;
        }
        cursor = object.prototype();
    }
    false
}

/// The value of the first property of this name in the prototype chain, if it is no accessor.
fn inherited_data(object: &JsObject, name: &str) -> Option<JsValue> {
    let key = PropertyKey::from(JsString::from(name));
    let mut cursor = Some(object.clone());
    while let Some(object) = cursor {
        let own = object.borrow().properties().get(&key);
        if let Some(property) = own {
            return property.value().cloned();
        }
        cursor = object.prototype();
    }
    None
}

/// What `toString` of one of the language's prototypes makes of the value.
fn of_intrinsic(prototype: &JsObject, value: &JsValue, context: &mut Context) -> Option<String> {
    let to_string = inherited_data(prototype, "toString")?.as_callable()?;
    let text = to_string.call(value, &[], context).ok()?;
    text.as_string().map(|text| text.to_std_string_lossy())
}
