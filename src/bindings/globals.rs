//! The global names that Node adds to the language, each made when it is first touched.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue,
    job::PromiseJob,
    js_string,
    object::builtins::JsPromise,
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

use crate::engine::{
    builtins,
    errors::{Code, coded},
    natives::{arg, closure, define_accessor, define_value, function},
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
    global("FinalizationRegistry", "internal/finalization_registry", false),
    global("URL", "url", false),
    global("URLSearchParams", "url", false),
    global("DOMException", "internal/dom_exception", false),
    global("AbortController", "internal/abort_controller", false),
    global("AbortSignal", "internal/abort_controller", false),
    global("Event", "internal/event_target", false),
    global("EventTarget", "internal/event_target", false),
    global("CustomEvent", "internal/event_target", false),
    global("MessageChannel", "worker_threads", false),
    global("MessagePort", "worker_threads", false),
    global("MessageEvent", "worker_threads", false),
    global("BroadcastChannel", "worker_threads", false),
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
    global("ReadableStream", "stream/web", false),
    global("ReadableStreamDefaultReader", "stream/web", false),
    global("ReadableStreamBYOBReader", "stream/web", false),
    global("ReadableStreamBYOBRequest", "stream/web", false),
    global("ReadableByteStreamController", "stream/web", false),
    global("ReadableStreamDefaultController", "stream/web", false),
    global("TransformStream", "stream/web", false),
    global("TransformStreamDefaultController", "stream/web", false),
    global("WritableStream", "stream/web", false),
    global("WritableStreamDefaultWriter", "stream/web", false),
    global("WritableStreamDefaultController", "stream/web", false),
    global("ByteLengthQueuingStrategy", "stream/web", false),
    global("CountQueuingStrategy", "stream/web", false),
    global("TextEncoderStream", "stream/web", false),
    global("TextDecoderStream", "stream/web", false),
    global("performance", "perf_hooks", true),
    // With locale data the engine has its own.
    #[cfg(not(feature = "intl"))]
    global("Intl", "internal/intl", false),
    global("crypto", "crypto", true),
    global("Crypto", "crypto", false),
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
    let fetch = function("fetch", 1, fetch, context);
    define_value(&object, js_string!("fetch"), fetch, true);
    let console = builtins::load("console", context)?;
    define_value(&object, js_string!("console"), console, false);
    let process = builtins::load("process", context)?;
    define_value(&object, js_string!("process"), process, false);
    Ok(())
}

/// A global that is made when it is first touched.
#[derive(Trace, Finalize)]
struct Lazy {
    #[unsafe_ignore_trace]
    global: &'static Global,
    /// Its value, once it was read or written.
    value: GcRefCell<Option<JsValue>>,
    /// The accessor's function, by which it is told from what a program may have put there.
    getter: GcRefCell<Option<JsObject>>,
}

/// An accessor that becomes a plain property after it was first read or written.
fn lazy(object: &JsObject, global: &'static Global, context: &mut Context) {
    let lazy = Gc::new(Lazy { global, value: GcRefCell::default(), getter: GcRefCell::default() });
    let get = closure(global.name, 0, lazy.clone(), read, context);
    let set = closure(global.name, 1, lazy.clone(), write, context);
    *lazy.getter.borrow_mut() = Some(get.clone().into());
    define_accessor(object, JsString::from(global.name), Some(get), Some(set), global.enumerable);
}

fn read(_: &JsValue, _: &[JsValue], lazy: &Gc<Lazy>, context: &mut Context) -> JsResult<JsValue> {
    if let Some(value) = lazy.value.borrow().clone() {
        return Ok(value);
    }
    let exports = builtins::load_object(lazy.global.builtin, context)?;
    let value = exports.get(JsString::from(lazy.global.name), context)?;
    become_plain(lazy, value.clone(), context);
    Ok(value)
}

fn write(
    _: &JsValue,
    args: &[JsValue],
    lazy: &Gc<Lazy>,
    context: &mut Context,
) -> JsResult<JsValue> {
    become_plain(lazy, arg(args, 0), context);
    Ok(JsValue::undefined())
}

/// Remembers the value, and has the next microtask replace the accessor by it.
///
/// Not at once: the engine would cache, for the place in the program that reads or writes here,
/// where the accessor was, together with the object's shape after the replacement.
fn become_plain(lazy: &Gc<Lazy>, value: JsValue, context: &mut Context) {
    let is_planned = lazy.value.borrow_mut().replace(value).is_some();
    if is_planned {
        return;
    }
    let lazy = lazy.clone();
    let job = PromiseJob::new(move |context| {
        settle(&lazy, context);
        Ok(JsValue::undefined())
    });
    context.enqueue_job(job.into());
}

fn settle(lazy: &Lazy, context: &Context) {
    let object = context.global_object();
    let key = PropertyKey::from(JsString::from(lazy.global.name));
    let present = object.borrow().properties().get(&key);
    let present = present.and_then(|property| property.get().and_then(JsValue::as_object));
    let is_ours = match (&present, &*lazy.getter.borrow()) {
        (Some(present), Some(own)) => JsObject::equals(present, own),
        _ => false,
    };
    let value = lazy.value.borrow().clone();
    if let Some(value) = value.filter(|_| is_ours) {
        define_value(&object, key, value, lazy.global.enumerable);
    }
}

/// `fetch(…)`: programs look for it; rjs has no HTTP.
fn fetch(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let message = "fetch is not available in this version of rjs";
    let error = coded(context, Code::ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, message);
    Ok(JsPromise::reject(error, context)?.into())
}
