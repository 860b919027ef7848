//! `buffer.transcode()`, `isUtf8()` and `isAscii()`.

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
};
use encoding_rs::mem;

use super::{
    construct::unpooled,
    view::{View, kind_of},
};
use crate::{
    bindings::encoding::Encoding,
    engine::{
        errors::{Code, coded},
        natives::{Method, arg, define_value},
        validate,
    },
};

/// The functions of this file.
pub(super) const METHODS: &[Method] =
    &[("transcode", 3, transcode), ("isUtf8", 1, is_utf8), ("isAscii", 1, is_ascii)];

/// What ICU, which Node asks, answers with.
enum Failure {
    IllegalArgument,
    InvalidCharacter,
}

impl Failure {
    const fn name(&self) -> &'static str {
        match self {
            Self::IllegalArgument => "U_ILLEGAL_ARGUMENT_ERROR",
            Self::InvalidCharacter => "U_INVALID_CHAR_FOUND",
        }
    }

    /// ICU's number of the error (unicode/utypes.h).
    const fn number(&self) -> i32 {
        match self {
            Self::IllegalArgument => 1,
            Self::InvalidCharacter => 10,
        }
    }

    fn into_error(self, context: &mut Context) -> JsError {
        let name = self.name();
        let message = format!("Unable to transcode Buffer [{name}]");
        let error = JsNativeError::error().with_message(message).into_opaque(context);
        define_value(&error, js_string!("code"), JsString::from(name), true);
        define_value(&error, js_string!("errno"), self.number(), true);
        JsError::from_opaque(error.into())
    }
}

fn transcode(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let source = arg(args, 0);
    let Some(view) = View::of_uint8_array(&source, context) else {
        let expected = "an instance of Buffer or Uint8Array";
        return Err(validate::invalid_arg_type(context, "source", expected, &source));
    };
    if view.len() == 0 {
        return Ok(unpooled(&[], context)?.into());
    }
    let from = encoding_of(&arg(args, 1), context)?;
    let to = encoding_of(&arg(args, 2), context)?;
    match view.read(|bytes| transcoded(bytes, from, to)) {
        Ok(bytes) => Ok(unpooled(&bytes, context)?.into()),
        Err(failure) => Err(failure.into_error(context)),
    }
}

/// UTF-8 where no name is given; `None` for an unknown one.
fn encoding_of(name: &JsValue, context: &mut Context) -> JsResult<Option<Encoding>> {
    if name.is_null_or_undefined() {
        return Ok(Some(Encoding::Utf8));
    }
    let name = name.to_string(context)?;
    Ok(if name.is_empty() { Some(Encoding::Utf8) } else { Encoding::parse(&name) })
}

fn transcoded(
    bytes: &[u8],
    from: Option<Encoding>,
    to: Option<Encoding>,
) -> Result<Vec<u8>, Failure> {
    use Encoding::{Ascii, Latin1, Utf8, Utf16le};
    let (Some(from), Some(to)) = (from, to) else { return Err(Failure::IllegalArgument) };
    match (from, to) {
        (Utf8, Utf8) => Ok(String::from_utf8_lossy(bytes).into_owned().into_bytes()),
        (Utf8, Utf16le) => strict_utf8(bytes).map(|text| utf16_bytes(text.encode_utf16())),
        (Utf8, Latin1 | Ascii) => Ok(narrowed(String::from_utf8_lossy(bytes).chars(), to)),
        // Less than one code unit is no text.
        (Utf16le, Utf8) if bytes.len() < 2 => Err(Failure::InvalidCharacter),
        (Utf16le, Utf8) => strict_utf16(bytes).map(String::into_bytes),
        (Utf16le, Utf16le) => {
            Ok(utf16_bytes(String::from_utf16_lossy(&units(bytes, true)).encode_utf16()))
        }
        (Utf16le, Latin1 | Ascii) => {
            Ok(narrowed(String::from_utf16_lossy(&units(bytes, false)).chars(), to))
        }
        (Latin1, Utf8) => Ok(mem::decode_latin1(bytes).into_owned().into_bytes()),
        (Ascii, Utf8) => Ok(ascii_chars(bytes).collect::<String>().into_bytes()),
        (Latin1 | Ascii, Utf16le) => Ok(utf16_bytes(bytes.iter().map(|byte| u16::from(*byte)))),
        (Latin1, Latin1) => Ok(bytes.to_vec()),
        (Latin1, Ascii) => Ok(narrowed(bytes.iter().copied().map(char::from), to)),
        (Ascii, Latin1 | Ascii) => Ok(narrowed(ascii_chars(bytes), to)),
        _ => Err(Failure::IllegalArgument),
    }
}

fn strict_utf8(bytes: &[u8]) -> Result<&str, Failure> {
    std::str::from_utf8(bytes).map_err(|_| Failure::InvalidCharacter)
}

fn strict_utf16(bytes: &[u8]) -> Result<String, Failure> {
    String::from_utf16(&units(bytes, false)).map_err(|_| Failure::InvalidCharacter)
}

/// The code units; half of one at the end is a malformed character, together with a lone
/// surrogate before it, or nothing.
fn units(bytes: &[u8], keep_half: bool) -> Vec<u16> {
    let (pairs, half) = bytes.as_chunks::<2>();
    let mut units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    let ends_in_high_surrogate = units.last().is_some_and(|unit| unit & 0xfc00 == 0xd800);
    if keep_half && !half.is_empty() && !ends_in_high_surrogate {
        units.push(char::REPLACEMENT_CHARACTER as u16);
    }
    units
}

fn utf16_bytes(units: impl Iterator<Item = u16>) -> Vec<u8> {
    units.flat_map(u16::to_le_bytes).collect()
}

fn ascii_chars(bytes: &[u8]) -> impl Iterator<Item = char> {
    bytes
        .iter()
        .map(|byte| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER })
}

/// One byte a character, `?` for those that the encoding lacks, unless they are invisible.
fn narrowed(chars: impl Iterator<Item = char>, to: Encoding) -> Vec<u8> {
    let last = if to == Encoding::Ascii { 0x7f } else { 0xff };
    chars
        .filter(|c| *c as u32 <= last || !is_ignorable(*c))
        .map(|c| if c as u32 <= last { c as u8 } else { b'?' })
        .collect()
}

/// Characters that show nothing where a font lacks them (Unicode: `Default_Ignorable_Code_Point`).
const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

fn is_utf8(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = input(&arg(args, 0), context)?;
    Ok(view.read(|bytes| std::str::from_utf8(bytes).is_ok()).into())
}

fn is_ascii(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = input(&arg(args, 0), context)?;
    Ok(view.read(<[u8]>::is_ascii).into())
}

fn input(value: &JsValue, context: &mut Context) -> JsResult<View> {
    if let Some(view) = View::of_array_buffer(value) {
        if view.is_detached() {
            let message = "Cannot validate on a detached buffer";
            return Err(coded(context, Code::ERR_INVALID_STATE, message));
        }
        return Ok(view);
    }
    let is_typed_array = |object: JsObject| kind_of(&object).is_some();
    if value.as_object().is_some_and(is_typed_array)
        && let Some(view) = View::of_view(value, context)
    {
        return Ok(view);
    }
    let expected = "an instance of ArrayBuffer, Buffer, or TypedArray";
    Err(validate::invalid_arg_type(context, "input", expected, value))
}
