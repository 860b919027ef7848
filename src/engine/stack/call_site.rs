//! `CallSite` objects, which `Error.prepareStackTrace` gets.
//!
//! Source: V8's documentation, "Stack trace API". The engine tells neither the receiver nor the
//! function object of a frame; `getThis` and `getFunction` are `undefined`, as V8 has them for
//! strict code.

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};
use boa_gc::{Finalize, Trace};

use super::{
    frame::{Call, Frame, Location},
    of, type_error,
};
use crate::engine::natives::{Method, define_methods, define_value, function};

/// The data of a `CallSite` object.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct CallSite(Frame);

const METHODS: &[Method] = &[
    ("getColumnNumber", 0, column),
    ("getEvalOrigin", 0, eval_origin),
    ("getFileName", 0, file_name),
    ("getFunction", 0, unknown),
    ("getFunctionName", 0, function_name),
    ("getLineNumber", 0, line),
    ("getMethodName", 0, method_name),
    ("getPromiseIndex", 0, promise_index),
    ("getScriptNameOrSourceURL", 0, file_name),
    ("getThis", 0, unknown),
    ("getTypeName", 0, type_name),
    ("isAsync", 0, never),
    ("isConstructor", 0, is_constructor),
    ("isEval", 0, is_eval),
    ("isNative", 0, never),
    ("isPromiseAll", 0, never),
    ("isToplevel", 0, is_toplevel),
    ("toString", 0, to_string),
];

/// The prototype of all call sites of a realm.
pub(super) fn prototype(context: &mut Context) -> JsObject {
    let prototype = JsObject::with_object_proto(context.intrinsics());
    let constructor = function("CallSite", 0, illegal, context);
    define_value(&prototype, js_string!("constructor"), constructor, false);
    define_methods(&prototype, METHODS, false, context);
    prototype
}

/// The array of call sites that `Error.prepareStackTrace` gets.
pub(super) fn array(frames: Vec<Frame>, context: &mut Context) -> JsArray {
    let prototype = of(context).call_site.clone();
    let sites: Vec<JsValue> = frames
        .into_iter()
        .map(|frame| {
            let data = CallSite(frame);
            JsObject::new(context.root_shape(), prototype.clone(), data).upcast().into()
        })
        .collect();
    JsArray::from_iter(sites, context)
}

/// What a method of call sites makes of the frame, or `TypeError` where `this` is none.
fn with<T>(this: &JsValue, context: &mut Context, read: impl FnOnce(&Frame) -> T) -> JsResult<T> {
    if let Some(object) = this.as_object()
        && let Some(site) = object.downcast_ref::<CallSite>()
    {
        return Ok(read(&site.0));
    }
    Err(type_error("CallSite method called on incompatible receiver", context))
}

fn text_or_null(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::null(), |text| JsString::from(text).into())
}

fn illegal(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Err(type_error("Illegal constructor", context))
}

fn line(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| frame.position().map_or(JsValue::null(), |(line, _)| line.into()))
}

fn column(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| {
        frame.position().map_or(JsValue::null(), |(_, column)| column.into())
    })
}

fn file_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| match frame.location {
        Location::Evaluated { .. } => JsValue::undefined(),
        _ => text_or_null(frame.file()),
    })
}

fn function_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| text_or_null(frame.function.as_deref()))
}

fn type_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| text_or_null(frame.type_name.as_deref()))
}

fn method_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| text_or_null(frame.method.as_deref()))
}

fn eval_origin(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| match &frame.location {
        Location::Evaluated { origin, .. } => JsString::from(origin.as_str()).into(),
        _ => JsValue::undefined(),
    })
}

fn is_constructor(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| (frame.call == Call::Construct).into())
}

fn is_eval(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| matches!(frame.location, Location::Evaluated { .. }).into())
}

fn is_toplevel(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| (frame.call == Call::Plain).into())
}

fn to_string(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |frame| JsString::from(frame.to_string()).into())
}

/// The engine keeps no trace of who awaits: no frame is an awaiting one.
fn never(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |_| false.into())
}

fn promise_index(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |_| JsValue::null())
}

fn unknown(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |_| JsValue::undefined())
}
