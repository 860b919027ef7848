//! Hexadecimal digits.

use boa_engine::string::JsStrVariant;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Two lower-case digits a byte.
pub(super) fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0; bytes.len() * 2];
    for (pair, byte) in out.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    out
}

/// Marks a character that is no digit.
const NO_DIGIT: u8 = 0xff;

/// What each character stands for.
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut table = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        let digit = DIGITS[value];
        table[digit as usize] = value as u8;
        table[digit.to_ascii_uppercase() as usize] = value as u8;
        value += 1;
    }
    table
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
    let value = |unit: T| VALUES[usize::from(low(unit))];
    let (pairs, _) = units.as_chunks::<2>();
    let mut written = 0;
    for (slot, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (value(*high), value(*low));
        if high == NO_DIGIT || low == NO_DIGIT {
            break;
        }
        *slot = high << 4 | low;
        written += 1;
    }
    written
}
