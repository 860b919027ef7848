//! `Array.prototype.flat`: the engine recurses for each level, as deep as the native stack and deeper.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsValue, js_string, value::IntegerOrInfinity,
};

use super::super::originals::Wrapped;
use crate::engine::natives::arg;

/// How many levels there may be: each one takes native stack.
const MAX_DEPTH: i64 = 3_000;

pub(super) const METHODS: &[Wrapped] = &[("flat", 0, flat)];

/// `Array.prototype.flat(depth)`: with more levels than there may be, what is left of them is a
/// `RangeError`, as where V8 has no stack left.
fn flat(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let depth = arg(args, 0);
    if depth.is_undefined() || depth.as_i32().is_some_and(|depth| i64::from(depth) <= MAX_DEPTH) {
        return original.call(this, args, context);
    }
    let is_clamped = match depth.to_integer_or_infinity(context)? {
        IntegerOrInfinity::PositiveInfinity => true,
        IntegerOrInfinity::NegativeInfinity => false,
        IntegerOrInfinity::Integer(depth) => depth > MAX_DEPTH,
    };
    if !is_clamped {
        return original.call(this, args, context);
    }
    let flattened = original.call(this, &[MAX_DEPTH.into()], context)?;
    if let Some(object) = flattened.as_object() {
        let length = object.get(js_string!("length"), context)?.to_length(context)?;
        for index in 0..length {
            if object.get(index, context)?.as_object().is_some_and(|element| element.is_array()) {
                let message = "Maximum call stack size exceeded";
                return Err(JsNativeError::range().with_message(message).into());
            }
        }
    }
    Ok(flattened)
}
