//! UTF-8. Lone surrogates are written as U+FFFD, malformed bytes are read as U+FFFD, one for
//! each maximal subpart (Encoding Standard, "UTF-8 decoder").

use boa_engine::{JsString, string::JsStrVariant};
use encoding_rs::mem;

use super::latin1_string;

/// The text of these bytes; a byte order mark stays.
pub(super) fn decode(bytes: &[u8]) -> JsString {
    if bytes.is_ascii() {
        return latin1_string(bytes);
    }
    if mem::is_utf8_latin1(bytes) {
        let mut units = vec![0; bytes.len()];
        let length = mem::convert_utf8_to_latin1_lossy(bytes, &mut units);
        return latin1_string(&units[..length]);
    }
    let mut units = vec![0; bytes.len() + 1];
    let length = mem::convert_utf8_to_utf16(bytes, &mut units);
    JsString::from(&units[..length])
}

/// The bytes of Latin-1 characters.
pub(super) fn encode_latin1(units: &[u8]) -> Vec<u8> {
    if units.is_ascii() {
        return units.to_vec();
    }
    let mut bytes = vec![0; units.len() * 2];
    let length = mem::convert_latin1_to_utf8(units, &mut bytes);
    bytes.truncate(length);
    bytes
}

/// The bytes of UTF-16 code units.
pub(super) fn encode_utf16(units: &[u16]) -> Vec<u8> {
    let mut bytes = vec![0; units.len() * 3];
    let length = mem::convert_utf16_to_utf8(units, &mut bytes);
    bytes.truncate(length);
    bytes
}

/// Writes as many whole characters as fit: code units read, bytes written.
pub(super) fn encode_into(units: JsStrVariant<'_>, bytes: &mut [u8]) -> (usize, usize) {
    match units {
        JsStrVariant::Latin1(units) => mem::convert_latin1_to_utf8_partial(units, bytes),
        JsStrVariant::Utf16(units) => mem::convert_utf16_to_utf8_partial(units, bytes),
    }
}

/// How many bytes the text takes.
pub(super) fn byte_length(units: JsStrVariant<'_>) -> usize {
    match units {
        JsStrVariant::Latin1(units) if units.is_ascii() => units.len(),
        JsStrVariant::Latin1(units) => {
            // So few at a time that a byte can count them: the compiler then counts in parallel.
            let wide = |part: &[u8]| part.iter().map(|unit| unit >> 7).sum::<u8>();
            units.len() + units.chunks(128).map(|part| usize::from(wide(part))).sum::<usize>()
        }
        JsStrVariant::Utf16(units) => {
            let single: usize = units.chunks(128).map(|part| usize::from(more(part))).sum();
            // A pair of surrogates takes four bytes, two lone ones three each.
            let pairs = units.windows(2).filter(|pair| is_pair(pair[0], pair[1])).count();
            units.len() + single - pairs * 2
        }
    }
}

/// How many bytes these few units take beyond one each.
fn more(units: &[u16]) -> u16 {
    units.iter().map(|unit| u16::from(*unit >= 0x80) + u16::from(*unit >= 0x800)).sum()
}

fn is_pair(high: u16, low: u16) -> bool {
    high & 0xfc00 == 0xd800 && low & 0xfc00 == 0xdc00
}
