//! AbortController and AbortSignal, and the AbortError of all that can be aborted.

mod error;

pub(crate) use error::{abort_error, abort_error_class};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use crate::engine::validate;

/// `undefined` or a signal (anything with `aborted`), else `ERR_INVALID_ARG_TYPE`.
pub(crate) fn validate_signal(
    value: &JsValue,
    name: &str,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    if value.is_undefined() {
        return Ok(None);
    }
    if let Some(object) = value.as_object()
        && object.has_property(js_string!("aborted"), context)?
    {
        return Ok(Some(object));
    }
    Err(validate::invalid_arg_type(context, name, "an instance of AbortSignal", value))
}

/// `signal.aborted`.
pub(crate) fn is_aborted(signal: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(signal.get(js_string!("aborted"), context)?.to_boolean())
}
