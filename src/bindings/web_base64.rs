//! `atob` and `btoa` (HTML Standard, "Base64 utility methods").

use boa_engine::{Context, JsError, JsResult, JsString, JsValue, js_string, string::JsStrVariant};

use super::encoding::{self, Encoding};
use crate::engine::{
    builtins,
    errors::{Code, coded},
    natives::{Method, arg},
};

/// The functions of this file; they are globals too.
pub(crate) const METHODS: &[Method] = &[("btoa", 1, btoa), ("atob", 1, atob)];

const INVALID_CHARACTER: &str = "Invalid character";
const NOT_ENCODED: &str = "The string to be decoded is not correctly encoded.";

fn input(args: &[JsValue], context: &mut Context) -> JsResult<JsString> {
    if args.is_empty() {
        let message = "The \"input\" argument must be specified";
        return Err(coded(context, Code::ERR_MISSING_ARGS, message));
    }
    arg(args, 0).to_string(context)
}

fn invalid_character_error(message: &str, context: &mut Context) -> JsResult<JsError> {
    let internal = builtins::load_object("internal/dom_exception", context)?;
    let class = internal.get(js_string!("DOMException"), context)?;
    let args = [JsString::from(message).into(), js_string!("InvalidCharacterError").into()];
    let Some(class) = class.as_constructor() else {
        return Ok(coded(context, Code::ERR_INVALID_ARG_VALUE, message));
    };
    Ok(JsError::from_opaque(class.construct(&args, None, context)?.into()))
}

/// The text as one byte a character; `None` where a character needs more.
fn bytes_of(text: &JsString) -> Option<Vec<u8>> {
    match text.as_str().variant() {
        JsStrVariant::Latin1(units) => Some(units.to_vec()),
        JsStrVariant::Utf16(units) => units.iter().map(|unit| u8::try_from(*unit).ok()).collect(),
    }
}

fn btoa(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = input(args, context)?;
    match bytes_of(&text) {
        Some(bytes) => Ok(encoding::decode(&bytes, Encoding::Base64).into()),
        None => Err(invalid_character_error(INVALID_CHARACTER, context)?),
    }
}

fn atob(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = input(args, context)?;
    let symbols = bytes_of(&text).ok_or(INVALID_CHARACTER).and_then(checked_symbols);
    match symbols {
        Ok(symbols) => {
            let text = encoding::latin1_string(&symbols);
            let bytes = encoding::encode(&text, Encoding::Base64);
            Ok(encoding::latin1_string(&bytes).into())
        }
        Err(message) => Err(invalid_character_error(message, context)?),
    }
}

/// The symbols without white space and padding, or why they are none.
fn checked_symbols(mut text: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    text.retain(|c| !matches!(c, b'\t' | b'\n' | b'\x0c' | b'\r' | b' '));
    let padding = text.iter().rev().take(2).take_while(|c| **c == b'=').count();
    text.truncate(text.len() - padding);
    let is_symbol = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/');
    if !text.iter().all(is_symbol) {
        return Err(INVALID_CHARACTER);
    }
    match text.len() % 4 {
        1 => Err(NOT_ENCODED),
        rest if padding > 0 && rest + padding != 4 => Err(INVALID_CHARACTER),
        _ => Ok(text),
    }
}
