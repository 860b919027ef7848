//! What the URL standard calls a `USVString`: the text of an argument without lone surrogates.

use boa_engine::{Context, JsNativeError, JsResult, JsValue};

/// The value as text; symbols have none.
pub(super) fn text(value: &JsValue, context: &mut Context) -> JsResult<String> {
    if value.is_symbol() {
        let message = "Cannot convert a Symbol value to a string";
        return Err(JsNativeError::typ().with_message(message).into());
    }
    Ok(value.to_string(context)?.to_std_string_lossy())
}
