//! Names and values of fields as a program gives them: what may stand in a head, and by what a name is found again.

use boa_engine::{Context, JsError, JsResult, JsString, JsValue, string::JsStrVariant};

use crate::{
    bindings::http::{fields::latin1, wire},
    engine::{
        errors::{Code, coded},
        validate,
    },
};

/// The bytes of a text, each changed; `None` if it has characters that are none. A string may be stored with two
/// bytes a character even where one would do, as a part of a wider one is.
fn narrowed(text: &JsString, change: impl Fn(u8) -> u8) -> Option<Vec<u8>> {
    match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => Some(bytes.iter().map(|byte| change(*byte)).collect()),
        JsStrVariant::Utf16(units) => {
            units.iter().map(|unit| u8::try_from(*unit).ok().map(&change)).collect()
        }
    }
}

/// Whether all characters of a text are bytes, and such as a test lets pass.
fn consists_of(text: &JsString, passes: impl Fn(u8) -> bool) -> bool {
    match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => bytes.iter().all(|byte| passes(*byte)),
        JsStrVariant::Utf16(units) => {
            units.iter().all(|unit| u8::try_from(*unit).is_ok_and(&passes))
        }
    }
}

/// Whether a text is a token.
pub(in crate::bindings::http) fn is_token(text: &JsString) -> bool {
    match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => wire::is_token(bytes),
        JsStrVariant::Utf16(_) => {
            narrowed(text, |byte| byte).is_some_and(|bytes| wire::is_token(&bytes))
        }
    }
}

/// Whether a text may be the value of a field.
pub(in crate::bindings::http) fn is_value(text: &JsString) -> bool {
    consists_of(text, wire::is_value)
}

/// The name by which a field is found: in lower case and, however the text is stored, one byte a character. A text
/// with wider characters is no field's name and comes back as it is.
pub(super) fn key(name: &JsString) -> JsString {
    if let JsStrVariant::Latin1(bytes) = name.as_str().variant()
        && !bytes.iter().any(u8::is_ascii_uppercase)
    {
        return name.clone();
    }
    let lower = narrowed(name, |byte| byte.to_ascii_lowercase());
    lower.map_or_else(|| name.clone(), |lower| latin1(&lower))
}

/// The name that a value is.
///
/// # Errors
/// `ERR_INVALID_HTTP_TOKEN`.
pub(super) fn name_of(value: &JsValue, context: &mut Context) -> JsResult<JsString> {
    let text = value.as_string();
    if let Some(name) = text.as_ref().filter(|text| is_token(text)) {
        return Ok(name.clone());
    }
    let shown = match text {
        Some(text) => text.to_std_string_lossy(),
        None => validate::shown(value, context),
    };
    let message = format!("Header name must be a valid HTTP token [\"{shown}\"]");
    Err(coded(context, Code::ERR_INVALID_HTTP_TOKEN, message))
}

/// What the field `name` says with a value that a program gave.
///
/// # Errors
/// `ERR_HTTP_INVALID_HEADER_VALUE` for `undefined`, `ERR_INVALID_CHAR`, what the value's `toString` throws.
pub(super) fn text_of(
    name: &JsString,
    value: &JsValue,
    context: &mut Context,
) -> JsResult<JsString> {
    if value.is_undefined() {
        let name = name.to_std_string_lossy();
        let message = format!("Invalid value \"undefined\" for header \"{name}\"");
        return Err(coded(context, Code::ERR_HTTP_INVALID_HEADER_VALUE, message));
    }
    let text = value.to_string(context)?;
    if is_value(&text) { Ok(text) } else { Err(invalid_char(name, context)) }
}

fn invalid_char(name: &JsString, context: &mut Context) -> JsError {
    let name = name.to_std_string_lossy();
    let message = format!("Invalid character in header content [\"{name}\"]");
    coded(context, Code::ERR_INVALID_CHAR, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text that is stored with two bytes a character.
    fn wide(text: &str) -> JsString {
        let units: Vec<u16> = format!("中{text}").encode_utf16().collect();
        let whole = JsString::from(units.as_slice());
        let part = whole.get(1..).expect("a range inside it");
        assert!(matches!(part.as_str().variant(), JsStrVariant::Utf16(_)));
        part
    }

    #[test]
    fn a_name_is_found_however_it_is_stored() {
        for name in
            [JsString::from("Content-Length"), wide("Content-Length"), wide("content-length")]
        {
            let key = key(&name);
            assert!(matches!(key.as_str().variant(), JsStrVariant::Latin1(b"content-length")));
            assert!(is_token(&name));
        }
    }

    #[test]
    fn wide_characters_are_in_no_name_and_no_value() {
        let name = JsString::from("é中");
        assert_eq!(key(&name), name);
        assert!(!is_token(&name) && !is_value(&name));
        assert!(is_value(&JsString::from("é")) && is_value(&wide("x y")));
        assert!(!is_value(&wide("a\r\nb")));
    }
}
