//! `console`: the global one, and the class of others.
//!
//! A console is an object with [`ConsoleData`]. The global one has its own methods, bound to it; those
//! of the class `Console` stand on the prototype and are bound when an instance is made.

mod colors;
mod constructor;
mod counts;
mod data;
mod groups;
mod output;
mod sink;
mod table;
mod table_cells;
mod timers;

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::builtins::JsMap, property::PropertyDescriptor,
};

pub(crate) use self::colors::{color_depth, shows_colors};
use self::data::ConsoleData;
use super::inspect;
use crate::engine::natives::{arg, closure, define_accessor, define_value, function};

/// A method of consoles; the first argument is the console.
type Method = fn(&JsObject, &[JsValue], &mut Context) -> JsResult<JsValue>;

/// JavaScript name, `length`, implementation.
const METHODS: &[(&str, usize, Method)] = &[
    ("log", 0, output::log),
    ("info", 0, output::info),
    ("debug", 0, output::debug),
    ("warn", 0, output::warn),
    ("error", 0, output::error),
    ("dir", 2, output::dir),
    ("time", 0, timers::time),
    ("timeEnd", 0, timers::time_end),
    ("timeLog", 0, timers::time_log),
    ("trace", 0, output::trace),
    ("assert", 1, output::assert),
    ("clear", 0, output::clear),
    ("count", 0, counts::count),
    ("countReset", 0, counts::count_reset),
    ("group", 0, groups::group),
    ("groupEnd", 0, groups::group_end),
    ("table", 2, table::table),
];

/// Second names of methods.
const ALIASES: &[(&str, &str)] = &[("dirxml", "log"), ("groupCollapsed", "group")];

/// The builtin `console`: the global console.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    inspect::install(context);
    let prototype = JsObject::with_object_proto(context.intrinsics());
    let console = JsObject::new(context.root_shape(), prototype, ConsoleData::global()).upcast();
    for &(name, _, method) in METHODS {
        define_value(&console, JsString::from(name), bound(name, method, &console, context), true);
    }
    for &(name, target) in ALIASES {
        let method = METHODS.iter().find(|(name, ..)| *name == target).map(|&(.., method)| method);
        if let Some(method) = method {
            define_value(
                &console,
                JsString::from(name),
                bound(name, method, &console, context),
                true,
            );
        }
    }
    define_state(&console, true, context);
    let class = constructor::class(context);
    define_value(&console, js_string!("Console"), class, true);
    define_inspector_methods(&console, context);
    define_streams(&console, context);
    Ok(console.into())
}

/// A method with its console.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
struct Bound {
    console: JsObject,
    #[unsafe_ignore_trace]
    method: Method,
}

fn bound(name: &str, method: Method, console: &JsObject, context: &Context) -> JsObject {
    let bound = Bound { console: console.clone(), method };
    closure(name, 0, bound, call_bound, context).into()
}

fn call_bound(
    _: &JsValue,
    args: &[JsValue],
    bound: &Bound,
    context: &mut Context,
) -> JsResult<JsValue> {
    (bound.method)(&bound.console, args, context)
}

/// The properties that every console has besides its methods and streams.
fn define_state(console: &JsObject, ignores_errors: bool, context: &mut Context) {
    let times = JsMap::new(context);
    for (name, handler) in [("_stdoutErrorHandler", "_stdout"), ("_stderrErrorHandler", "_stderr")]
    {
        let handler = sink::error_handler(console, handler, context);
        define_value(console, JsString::from(name), handler, false);
    }
    define_value(console, js_string!("_ignoreErrors"), ignores_errors, false);
    define_value(console, js_string!("_times"), times, false);
    let tag = PropertyDescriptor::builder()
        .value(js_string!("console"))
        .writable(false)
        .enumerable(false)
        .configurable(true);
    console.insert_property(JsSymbol::to_string_tag(), tag.build());
}

/// `_stdout` and `_stderr` of the global console: the streams of `process`, once they are needed.
fn define_streams(console: &JsObject, context: &mut Context) {
    for name in ["_stdout", "_stderr"] {
        let get = closure("get", 0, console.clone(), sink::get_stream(name), context);
        let set = closure("set", 1, console.clone(), sink::set_stream(name), context);
        define_accessor(console, JsString::from(name), Some(get), Some(set), false);
    }
}

/// What V8's inspector adds to consoles; without one, these do nothing.
fn define_inspector_methods(console: &JsObject, context: &mut Context) {
    for name in ["profile", "profileEnd", "timeStamp"] {
        let method = function(name, 0, |_, _, _| Ok(JsValue::undefined()), context);
        define_value(console, JsString::from(name), method, true);
    }
    let context_method = closure("context", 1, console.clone(), of_context, context);
    define_value(console, js_string!("context"), context_method, true);
    let create_task = function("createTask", 0, create_task, context);
    define_value(console, js_string!("createTask"), create_task, true);
}

/// `console.context(name)`: a console whose messages the inspector would show apart.
fn of_context(
    _: &JsValue,
    _: &[JsValue],
    console: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let copy = JsObject::with_object_proto(context.intrinsics());
    for &(name, ..) in METHODS {
        let method = console.get(JsString::from(name), context)?;
        define_value(&copy, JsString::from(name), method, true);
    }
    Ok(copy.into())
}

/// `console.createTask(name)`: names what the inspector would show in stack traces.
fn create_task(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if arg(args, 0).as_string().is_none_or(|name| name.is_empty()) {
        let message = "First argument must be a non-empty string.";
        return Err(JsNativeError::error().with_message(message).into());
    }
    let task = JsObject::with_object_proto(context.intrinsics());
    define_value(&task, js_string!("run"), function("run", 0, run_task, context), true);
    Ok(task.into())
}

fn run_task(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(work) = arg(args, 0).as_callable() else {
        let message = "First argument must be a function.";
        return Err(JsNativeError::error().with_message(message).into());
    };
    work.call(&JsValue::undefined(), &[], context)
}

/// Calls a method of the console as a program sees it: it may have been replaced.
fn call_own(
    console: &JsObject,
    name: &str,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let Some(method) = console.get(JsString::from(name), context)?.as_callable() else {
        let message = format!("this.{name} is not a function");
        return Err(JsNativeError::typ().with_message(message).into());
    };
    method.call(&console.clone().into(), args, context).map(drop)
}

/// The label that an argument names: `default` unless given.
fn label(args: &[JsValue], context: &mut Context) -> JsResult<JsString> {
    match args.first().filter(|label| !label.is_undefined()) {
        Some(label) => label.to_string(context),
        None => Ok(js_string!("default")),
    }
}

/// Prints lines as `console.error` of the global console does, whatever a program made of it.
pub(crate) fn error_line(text: &str, context: &mut Context) -> JsResult<()> {
    let console = crate::engine::builtins::load_object("console", context)?;
    let text = JsString::from(text.strip_suffix('\n').unwrap_or(text));
    call_own(&console, "error", &[text.into()], context)
}

/// True if what is written to standard error may have colours.
pub(crate) fn standard_error_shows_colors(context: &mut Context) -> JsResult<bool> {
    colors::standard_stream_shows_colors(data::Stream::Stderr, context)
}
