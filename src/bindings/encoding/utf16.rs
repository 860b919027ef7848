//! UTF-16, little-endian.

use boa_engine::{JsString, string::JsStrVariant};

/// The code units in these bytes; an odd last byte is dropped. Lone surrogates stay.
pub(super) fn decode(bytes: &[u8]) -> JsString {
    let (pairs, _) = bytes.as_chunks::<2>();
    if pairs.iter().all(|pair| pair[1] == 0) {
        let units: Vec<u8> = pairs.iter().map(|pair| pair[0]).collect();
        return super::latin1_string(&units);
    }
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    JsString::from(&*units)
}

/// Writes as many whole code units as fit; returns the number of bytes.
pub(super) fn encode_into(units: JsStrVariant<'_>, bytes: &mut [u8]) -> usize {
    let (pairs, _) = bytes.as_chunks_mut::<2>();
    let length = match units {
        JsStrVariant::Latin1(units) => {
            for (pair, unit) in pairs.iter_mut().zip(units) {
                *pair = u16::from(*unit).to_le_bytes();
            }
            units.len()
        }
        JsStrVariant::Utf16(units) => {
            for (pair, unit) in pairs.iter_mut().zip(units) {
                *pair = unit.to_le_bytes();
            }
            units.len()
        }
    };
    length.min(pairs.len()) * 2
}
