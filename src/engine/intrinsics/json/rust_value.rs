//! Values of JavaScript's as serde knows them.

use boa_engine::{Context, JsNativeError, JsResult, JsValue};
use serde_json::Value;

use super::append_json;

/// What `JSON.stringify` makes of a value; `undefined` and its like are null.
///
/// # Errors
/// What `JSON.stringify` throws, and a `TypeError` for half of a surrogate pair: no text of Rust's.
pub(crate) fn to_serde(value: &JsValue, context: &mut Context) -> JsResult<Value> {
    let mut bytes = Vec::new();
    if !append_json(&mut bytes, value, context)? {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes)
        .map_err(|error| JsNativeError::typ().with_message(error.to_string()).into())
}
