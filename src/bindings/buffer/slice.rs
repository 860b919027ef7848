//! `buf.slice()`, `buf.subarray()` and `buf.toJSON()`.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray,
};

use super::{realm, view::View};
use crate::engine::{
    errors::{Code, coded},
    natives::{Method, arg, define_value},
};

/// The methods of this file.
pub(super) const METHODS: &[Method] =
    &[("toJSON", 0, to_json), ("subarray", 2, subarray), ("slice", 2, slice)];

/// A buffer over the same memory.
fn subarray(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(view) = View::of_view(this, context) else {
        let message = "argument must be a buffer";
        return Err(coded(context, Code::ERR_INVALID_ARG_TYPE, message));
    };
    let start = position(&arg(args, 0), view.len(), context)?;
    let end = match arg(args, 1) {
        end if end.is_undefined() => view.len(),
        end => position(&end, view.len(), context)?,
    };
    let part = view.part(start, end.max(start));
    let buffer =
        realm::of(context)?.view(part.array_buffer(), part.offset(), part.len(), context)?;
    Ok(buffer.into())
}

/// As [`subarray`], whichever the object has.
fn slice(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let method = this.to_object(context)?.get(js_string!("subarray"), context)?;
    let Some(method) = method.as_callable() else {
        return Err(JsNativeError::typ().with_message("this.subarray is not a function").into());
    };
    method.call(this, &[arg(args, 0), arg(args, 1)], context)
}

/// A position as `Array.prototype.slice` takes it: negative ones count from the end.
fn position(value: &JsValue, length: usize, context: &mut Context) -> JsResult<usize> {
    let number = value.to_number(context)?.trunc();
    if number.is_nan() {
        return Ok(0);
    }
    let length = length as f64;
    let number = if number < 0.0 { (number + length).max(0.0) } else { number.min(length) };
    Ok(number as usize)
}

fn to_json(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = View::of_view(this, context).map(|view| view.to_vec()).unwrap_or_default();
    let data = JsArray::from_iter(bytes.into_iter().map(JsValue::from), context);
    let json = JsObject::with_object_proto(context.intrinsics());
    define_value(&json, js_string!("type"), js_string!("Buffer"), true);
    define_value(&json, js_string!("data"), data, true);
    Ok(json.into())
}
