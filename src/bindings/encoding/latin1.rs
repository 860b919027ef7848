//! Latin-1, and ASCII as Node means it: Latin-1 whose highest bit is dropped when read.

use boa_engine::{JsString, string::JsStrVariant};

use super::latin1_string;

/// The low seven bits of each byte.
pub(super) fn decode_ascii(bytes: &[u8]) -> JsString {
    if bytes.is_ascii() {
        return latin1_string(bytes);
    }
    let low: Vec<u8> = bytes.iter().map(|byte| byte & 0x7f).collect();
    latin1_string(&low)
}

/// The low byte of each code unit, as many as fit.
pub(super) fn encode_into(units: JsStrVariant<'_>, bytes: &mut [u8]) -> usize {
    match units {
        JsStrVariant::Latin1(units) => {
            let length = units.len().min(bytes.len());
            bytes[..length].copy_from_slice(&units[..length]);
            length
        }
        JsStrVariant::Utf16(units) => {
            for (slot, unit) in bytes.iter_mut().zip(units) {
                *slot = *unit as u8;
            }
            units.len().min(bytes.len())
        }
    }
}
