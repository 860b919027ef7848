//! Base64 in both alphabets. Reading takes either of them and skips what belongs to neither.

use boa_engine::{JsStr, string::JsStrVariant};

/// An alphabet to write in, and whether the text is padded with `=`.
pub(super) struct Alphabet {
    symbols: [u8; 64],
    padded: bool,
}

/// RFC 4648, section 4.
pub(super) const STANDARD: Alphabet = Alphabet { symbols: symbols(*b"+/"), padded: true };

/// RFC 4648, section 5.
pub(super) const URL: Alphabet = Alphabet { symbols: symbols(*b"-_"), padded: false };

const fn symbols(last: [u8; 2]) -> [u8; 64] {
    let mut table = [0; 64];
    let mut i = 0;
    while i < 26 {
        table[i] = b'A' + i as u8;
        table[i + 26] = b'a' + i as u8;
        i += 1;
    }
    i = 0;
    while i < 10 {
        table[52 + i] = b'0' + i as u8;
        i += 1;
    }
    table[62] = last[0];
    table[63] = last[1];
    table
}

/// Four symbols for three bytes.
pub(super) fn encode(bytes: &[u8], alphabet: &Alphabet) -> Vec<u8> {
    let (groups, rest) = bytes.as_chunks::<3>();
    let mut out = vec![0; groups.len() * 4];
    for (slots, group) in out.as_chunks_mut::<4>().0.iter_mut().zip(groups) {
        *slots = quartet(*group, alphabet);
    }
    let (last, used) = match rest {
        [a] => (quartet([*a, 0, 0], alphabet), 2),
        [a, b] => (quartet([*a, *b, 0], alphabet), 3),
        _ => return out,
    };
    out.extend_from_slice(&last[..used]);
    if alphabet.padded {
        out.resize(out.len().next_multiple_of(4), b'=');
    }
    out
}

fn quartet([a, b, c]: [u8; 3], alphabet: &Alphabet) -> [u8; 4] {
    let symbol = |bits: u8| alphabet.symbols[usize::from(bits & 63)];
    [symbol(a >> 2), symbol(a << 4 | b >> 4), symbol(b << 2 | c >> 6), symbol(c)]
}

/// Marks a character of neither alphabet.
const SKIPPED: u8 = 0xff;
/// Marks the padding, which ends the text.
const PADDING: u8 = 0xfe;

/// What each character of either alphabet stands for.
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut table = [SKIPPED; 256];
    let mut i = 0;
    while i < 64 {
        table[STANDARD.symbols[i] as usize] = i as u8;
        table[URL.symbols[i] as usize] = i as u8;
        i += 1;
    }
    table[b'=' as usize] = PADDING;
    table
}

/// How many bytes a text stands for if every character counts, padding at the end excepted.
pub(super) fn decoded_length(text: JsStr<'_>) -> usize {
    let mut length = text.len();
    for _ in 0..2 {
        if length > 0 && text.get(length - 1) == Some(u16::from(b'=')) {
            length -= 1;
        }
    }
    length * 3 / 4
}

/// Writes as many of the text's bytes as fit; returns their number.
pub(super) fn decode_into(units: JsStrVariant<'_>, bytes: &mut [u8]) -> usize {
    match units {
        JsStrVariant::Latin1(units) => decode_units(units, bytes),
        // Node, too, looks only at the low byte of a wide character.
        JsStrVariant::Utf16(units) => {
            let low: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
            decode_units(&low, bytes)
        }
    }
}

fn decode_units(units: &[u8], bytes: &mut [u8]) -> usize {
    let (read, written) = decode_clean(units, bytes);
    written + decode_lenient(&units[read..], &mut bytes[written..])
}

/// Decodes the leading groups of four that hold nothing but symbols.
fn decode_clean(units: &[u8], bytes: &mut [u8]) -> (usize, usize) {
    let (groups, _) = units.as_chunks::<4>();
    let (slots, _) = bytes.as_chunks_mut::<3>();
    let mut whole = 0;
    for (slot, group) in slots.iter_mut().zip(groups) {
        let [a, b, c, d] = group.map(|unit| VALUES[usize::from(unit)]);
        if (a | b | c | d) >= 64 {
            break;
        }
        *slot = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        whole += 1;
    }
    (whole * 4, whole * 3)
}

fn decode_lenient(units: &[u8], bytes: &mut [u8]) -> usize {
    let mut written = 0;
    let mut pending = 0u32;
    let mut bits = 0;
    for unit in units {
        let value = VALUES[usize::from(*unit)];
        match value {
            SKIPPED => continue,
            PADDING => break,
            _ => pending = pending << 6 | u32::from(value),
        }
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            let Some(slot) = bytes.get_mut(written) else { break };
            *slot = (pending >> bits) as u8;
            written += 1;
        }
    }
    written
}
