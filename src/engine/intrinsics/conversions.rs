//! Conversions of arguments, with V8's words where they fail.

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue,
    value::IntegerOrInfinity,
};

/// The engine's result or V8's error for a value that cannot be converted: a `TypeError`.
fn type_error(message: impl Into<String>) -> JsError {
    JsNativeError::typ().with_message(message.into()).into()
}

/// `ToString`.
pub(crate) fn to_string(value: &JsValue, context: &mut Context) -> JsResult<JsString> {
    if let Some(string) = value.as_string() {
        return Ok(string);
    }
    if value.is_symbol() {
        return Err(type_error("Cannot convert a Symbol value to a string"));
    }
    value.to_string(context)
}

/// `ToNumber`.
pub(super) fn to_number(value: &JsValue, context: &mut Context) -> JsResult<f64> {
    if let Some(number) = value.as_number() {
        return Ok(number);
    }
    if value.is_symbol() {
        return Err(type_error("Cannot convert a Symbol value to a number"));
    }
    if value.is_bigint() {
        return Err(type_error("Cannot convert a BigInt value to a number"));
    }
    value.to_number(context)
}

/// `ToIntegerOrInfinity`.
pub(super) fn to_integer(value: &JsValue, context: &mut Context) -> JsResult<IntegerOrInfinity> {
    if value.is_undefined() {
        return Ok(IntegerOrInfinity::Integer(0));
    }
    Ok(to_number(value, context)?.into())
}

/// `ToObject`.
pub(super) fn to_object(value: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    if value.is_null_or_undefined() {
        return Err(type_error("Cannot convert undefined or null to object"));
    }
    value.to_object(context)
}

/// The string that a method of `String.prototype` works on.
pub(super) fn this_string(
    this: &JsValue,
    method: &str,
    context: &mut Context,
) -> JsResult<JsString> {
    require_coercible(this, method)?;
    to_string(this, context)
}

/// `RequireObjectCoercible`, for a method of `String.prototype`.
pub(super) fn require_coercible(this: &JsValue, method: &str) -> JsResult<()> {
    if this.is_null_or_undefined() {
        let message = format!("String.prototype.{method} called on null or undefined");
        return Err(type_error(message));
    }
    Ok(())
}
