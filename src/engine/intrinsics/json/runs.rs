//! The search for the end of a run of ordinary units, which is where JSON spends its time.

/// A run of bytes that stand for themselves inside a string literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The first index behind the run: of a quote, a backslash or a control character, or the
    /// length of all bytes.
    pub(super) end: usize,
    /// Whether all of the run is below 0x80.
    pub(super) is_ascii: bool,
}

/// Every byte's lowest, and highest, bit.
const ONES: u64 = u64::MAX / 0xFF;
const HIGHS: u64 = ONES << 7;

/// How many words a run is looked for in before it counts as long.
const SHORT: usize = 4;

/// The run that begins at `from`. Short ones are found word by word, long ones block by block, all
/// bytes of a block at once (the compiler makes vector instructions of the fold).
#[inline]
pub(super) fn plain_run(bytes: &[u8], from: usize) -> Run {
    let mut search = Search { rest: &bytes[from..], at: from, seen: 0 };
    for _ in 0..SHORT {
        if let Some(run) = search.word() {
            return run;
        }
    }
    search.skip_blocks();
    loop {
        if let Some(run) = search.word() {
            return run;
        }
    }
}

struct Search<'a> {
    rest: &'a [u8],
    at: usize,
    /// The bits that were seen set in any byte, by their place in a word.
    seen: u64,
}

impl Search<'_> {
    /// Looks at eight bytes, or at what is left: the run, if its end is among them.
    #[inline]
    fn word(&mut self) -> Option<Run> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else { return Some(self.tail()) };
        let word = u64::from_le_bytes(*bytes);
        let ends = specials(word);
        if ends == 0 {
            self.seen |= word;
            self.at += size_of::<u64>();
            self.rest = rest;
            return None;
        }
        // The lowest mark is exact; what lies below it belongs to the run.
        let bits = ends.trailing_zeros() - 7;
        self.seen |= word & ((1 << bits) - 1);
        Some(self.ended(self.at + bits as usize / 8))
    }

    fn tail(&mut self) -> Run {
        let length = self.rest.iter().position(|&byte| is_special(byte));
        let length = length.unwrap_or(self.rest.len());
        for &byte in &self.rest[..length] {
            self.seen |= u64::from(byte);
        }
        self.ended(self.at + length)
    }

    fn ended(&self, end: usize) -> Run {
        Run { end, is_ascii: self.seen & HIGHS == 0 }
    }

    fn skip_blocks(&mut self) {
        while let Some((block, rest)) = self.rest.split_first_chunk::<64>() {
            let (mut ends, mut high) = (0_u8, 0_u8);
            for &byte in block {
                ends |= u8::from(byte == b'"') | u8::from(byte == b'\\') | u8::from(byte < 0x20);
                high |= byte;
            }
            if ends != 0 {
                return;
            }
            self.seen |= u64::from(high);
            self.at += block.len();
            self.rest = rest;
        }
    }
}

/// Marks the bytes of a word that end a run by their highest bit; above the lowest mark there may be
/// wrong ones.
#[inline]
const fn specials(word: u64) -> u64 {
    const fn zeros(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    let quotes = zeros(word ^ (ONES * b'"' as u64));
    let backslashes = zeros(word ^ (ONES * b'\\' as u64));
    let controls = word.wrapping_sub(ONES * 0x20) & !word;
    (quotes | backslashes | controls) & HIGHS
}

/// The first index from `from` on whose unit is an end; the length if there is none.
#[inline]
pub(super) fn find<U: Copy>(units: &[U], from: usize, is_end: impl Fn(U) -> bool) -> usize {
    const BLOCK: usize = 16;
    let mut at = from;
    for block in units[from..].chunks_exact(BLOCK) {
        if block.iter().fold(false, |found, &unit| found | is_end(unit)) {
            break;
        }
        at += BLOCK;
    }
    units[at..].iter().position(|&unit| is_end(unit)).map_or(units.len(), |more| at + more)
}

/// Whether a unit cannot stand for itself in a string literal, as far as a byte can tell.
#[inline]
const fn is_special(unit: u8) -> bool {
    unit == b'"' || unit == b'\\' || unit < 0x20
}

/// As [`is_special`], for wider units.
#[inline]
pub(super) const fn is_special_wide(unit: u16) -> bool {
    unit == b'"' as u16 || unit == b'\\' as u16 || unit < 0x20
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slowly(bytes: &[u8], from: usize) -> Run {
        let length = bytes[from..].iter().position(|&byte| is_special(byte));
        let end = from + length.unwrap_or(bytes.len() - from);
        Run { end, is_ascii: bytes[from..end].is_ascii() }
    }

    #[test]
    fn every_byte_at_every_place() {
        for length in [0, 1, 7, 8, 9, 31, 32, 33, 64, 96, 97, 170] {
            for at in 0..length {
                for byte in 0..=255 {
                    let mut bytes = vec![b'a'; length];
                    bytes[at] = byte;
                    assert_eq!(plain_run(&bytes, 0), slowly(&bytes, 0), "{length} {at} {byte}");
                    assert_eq!(plain_run(&bytes, at), slowly(&bytes, at), "{length} {at} {byte}");
                }
            }
        }
    }

    #[test]
    fn neighbours_do_not_disturb() {
        let pairs = [0x00, 0x01, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F, 0x80, 0xFF];
        for first in pairs {
            for second in pairs {
                for third in pairs {
                    let bytes = [b'x', first, second, third, b'y', b'z', first, second, third];
                    for from in 0..bytes.len() {
                        assert_eq!(plain_run(&bytes, from), slowly(&bytes, from), "{bytes:?}");
                    }
                }
            }
        }
    }
}
