//! Percent-encoding. Knows no JavaScript objects.

use boa_engine::JsString;

use crate::bindings::encoding::{self, Encoding};

const PERCENT: u16 = b'%' as u16;
const PLUS: u16 = b'+' as u16;

/// The text ends in the middle of a surrogate pair.
pub(super) struct LoneSurrogate;

/// Characters that `escape` leaves alone: letters, digits and `! ' ( ) * - . _ ~`.
fn is_plain(unit: u16) -> bool {
    u8::try_from(unit).is_ok_and(|c| c.is_ascii_alphanumeric() || b"!'()*-._~".contains(&c))
}

/// Percent-encodes the UTF-8 of a text. A surrogate takes the next unit, whatever it is, for its
/// other half.
pub(super) fn escape(text: &JsString) -> Result<JsString, LoneSurrogate> {
    if text.iter().all(is_plain) {
        return Ok(text.clone());
    }
    let mut out = Vec::with_capacity(text.len() * 2);
    let mut units = text.iter();
    while let Some(unit) = units.next() {
        if is_plain(unit) {
            out.push(unit as u8);
            continue;
        }
        let mut point = u32::from(unit);
        if unit & 0xf800 == 0xd800 {
            let low = units.next().ok_or(LoneSurrogate)?;
            point = 0x1_0000 + ((point & 0x3ff) << 10 | u32::from(low & 0x3ff));
        }
        let c = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            let digit = |nibble: u8| b"0123456789ABCDEF"[usize::from(nibble)];
            out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    Ok(encoding::latin1_string(&out))
}

fn escaped_byte(text: &[u16], at: usize) -> Option<u8> {
    let [PERCENT, high, low] = *text.get(at..at + 3)? else { return None };
    let digit = |unit: u16| char::from_u32(u32::from(unit))?.to_digit(16);
    Some((digit(high)? << 4 | digit(low)?) as u8)
}

/// The bytes of a text whose escapes are replaced; malformed ones stay as they are.
pub(super) fn unescape_bytes(text: &[u16], decode_spaces: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if let Some(byte) = escaped_byte(text, at) {
            bytes.push(byte);
            at += 3;
            continue;
        }
        bytes.push(if decode_spaces && text[at] == PLUS { b' ' } else { text[at] as u8 });
        at += 1;
    }
    bytes
}

/// `decodeURIComponent`; `None` where that throws.
fn decode_component(text: &[u16]) -> Option<JsString> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != PERCENT {
            units.push(text[at]);
            at += 1;
            continue;
        }
        let first = escaped_byte(text, at)?;
        let length = match first {
            0x00..=0x7f => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return None,
        };
        let bytes: Option<Vec<u8>> =
            (0..length).map(|index| escaped_byte(text, at + index * 3)).collect();
        let bytes = bytes?;
        units.extend(std::str::from_utf8(&bytes).ok()?.encode_utf16());
        at += length * 3;
    }
    Some(encoding::narrow_string(&units))
}

/// What `querystring.unescape()` gives: decoded as a URI component, or byte by byte where it is
/// none.
pub(super) fn unescape(text: &JsString, decode_spaces: bool) -> JsString {
    let units = text.to_vec();
    if !units.contains(&PERCENT) {
        return text.clone();
    }
    decode_component(&units)
        .unwrap_or_else(|| encoding::decode(&unescape_bytes(&units, decode_spaces), Encoding::Utf8))
}
