//! Hexadecimal digits.

use boa_engine::string::JsStrVariant;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Two lower-case digits a byte.
pub(super) fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        out.extend_from_slice(&pair);
    }
    out
}

/// Reads pairs of digits up to the first character that is none; returns the number of bytes.
/// Of a wide character only the low byte counts, as in Node.
pub(super) fn decode_into(units: JsStrVariant<'_>, bytes: &mut [u8]) -> usize {
    match units {
        JsStrVariant::Latin1(units) => decode_pairs(units, bytes, |unit| unit),
        JsStrVariant::Utf16(units) => decode_pairs(units, bytes, |unit| unit as u8),
    }
}

fn decode_pairs<T: Copy>(units: &[T], bytes: &mut [u8], low: fn(T) -> u8) -> usize {
    let digit = |unit: T| char::from(low(unit)).to_digit(16).map(|digit| digit as u8);
    let (pairs, _) = units.as_chunks::<2>();
    let mut written = 0;
    for (slot, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { break };
        *slot = high << 4 | low;
        written += 1;
    }
    written
}
