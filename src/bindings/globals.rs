//! The global names that Node adds to the language, each made when it is first touched.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    property::PropertyDescriptor,
};

use crate::engine::{
    builtins,
    natives::{arg, closure, define_accessor, define_value},
};

/// One global name: the builtin that exports it, under which property.
struct Global {
    name: &'static str,
    builtin: &'static str,
    enumerable: bool,
}

const fn global(name: &'static str, builtin: &'static str, enumerable: bool) -> Global {
    Global { name, builtin, enumerable }
}

/// Every global that a builtin exports under the same name.
const GLOBALS: &[Global] = &[
    global("Buffer", "buffer", false),
    global("clearImmediate", "timers", true),
    global("setImmediate", "timers", true),
    global("URL", "url", false),
    global("URLSearchParams", "url", false),
    global("DOMException", "internal/dom_exception", false),
    global("AbortController", "internal/abort_controller", false),
    global("AbortSignal", "internal/abort_controller", false),
    global("Event", "internal/event_target", false),
    global("EventTarget", "internal/event_target", false),
    global("CustomEvent", "internal/event_target", false),
    global("TextEncoder", "internal/encoding", false),
    global("TextDecoder", "internal/encoding", false),
    global("clearInterval", "timers", true),
    global("clearTimeout", "timers", true),
    global("setInterval", "timers", true),
    global("setTimeout", "timers", true),
    global("queueMicrotask", "internal/queue_microtask", true),
    global("structuredClone", "internal/structured_clone", true),
    global("atob", "buffer", true),
    global("btoa", "buffer", true),
    global("Blob", "buffer", false),
    global("File", "buffer", false),
    global("performance", "perf_hooks", true),
];

/// Defines the globals whose builtins exist.
pub(crate) fn install(context: &mut Context) -> JsResult<()> {
    let object = context.global_object();
    define_value(&object, js_string!("global"), object.clone(), true);
    let tag = PropertyDescriptor::builder()
        .value(js_string!("global"))
        .writable(false)
        .enumerable(false)
        .configurable(true);
    object.insert_property(JsSymbol::to_string_tag(), tag.build());
    for global in GLOBALS {
        lazy(&object, global, context);
    }
    let console = builtins::load("console", context)?;
    define_value(&object, js_string!("console"), console, false);
    let process = builtins::load("process", context)?;
    define_value(&object, js_string!("process"), process, false);
    Ok(())
}

/// What a lazy global's accessors remember.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Origin(&'static Global);

/// An accessor that turns into a plain property when it is first read or written.
fn lazy(object: &JsObject, global: &'static Global, context: &mut Context) {
    let get = closure(global.name, 0, Origin(global), read, context);
    let set = closure(global.name, 1, Origin(global), write, context);
    define_accessor(object, JsString::from(global.name), Some(get), Some(set), global.enumerable);
}

fn read(_: &JsValue, _: &[JsValue], origin: &Origin, context: &mut Context) -> JsResult<JsValue> {
    let Origin(global) = origin;
    let exports = builtins::load_object(global.builtin, context)?;
    let value = exports.get(JsString::from(global.name), context)?;
    settle(global, value.clone(), context);
    Ok(value)
}

fn write(
    _: &JsValue,
    args: &[JsValue],
    origin: &Origin,
    context: &mut Context,
) -> JsResult<JsValue> {
    settle(origin.0, arg(args, 0), context);
    Ok(JsValue::undefined())
}

fn settle(global: &Global, value: JsValue, context: &mut Context) {
    define_value(&context.global_object(), JsString::from(global.name), value, global.enumerable);
}
