//! What a decoder remembers between two chunks, and how it goes on. Knows no JavaScript objects.

use boa_engine::{JsString, js_string};

use crate::bindings::encoding::{self, Encoding};

/// The longest character, in bytes.
pub(super) const LONGEST: usize = 4;

/// The bytes of a character, the number missing, the number present, the encoding.
pub(super) const STATE_SIZE: usize = LONGEST + 3;

/// The numbers that Node gives the encodings.
const NUMBERS: [(u8, Encoding); 7] = [
    (0, Encoding::Ascii),
    (1, Encoding::Utf8),
    (2, Encoding::Base64),
    (3, Encoding::Utf16le),
    (4, Encoding::Latin1),
    (5, Encoding::Hex),
    (7, Encoding::Base64url),
];

/// The beginning of a character, and what is known about its end.
pub(super) struct State {
    bytes: [u8; LONGEST],
    missing: usize,
    buffered: usize,
    encoding: Encoding,
}

impl State {
    pub(super) const fn new(encoding: Encoding) -> Self {
        Self { bytes: [0; LONGEST], missing: 0, buffered: 0, encoding }
    }

    /// The state as scripts can see it, and change it: counts that cannot be are corrected.
    pub(super) fn from_bytes(stored: &[u8]) -> Self {
        let mut all = [0; STATE_SIZE];
        let count = stored.len().min(STATE_SIZE);
        all[..count].copy_from_slice(&stored[..count]);
        let [a, b, c, d, missing, buffered, number] = all;
        let buffered = usize::from(buffered).min(LONGEST);
        let missing = usize::from(missing).min(LONGEST - buffered);
        let encoding = NUMBERS.iter().find(|(n, _)| *n == number).map(|(_, encoding)| *encoding);
        let encoding = encoding.unwrap_or(Encoding::Utf8);
        Self { bytes: [a, b, c, d], missing, buffered, encoding }
    }

    pub(super) fn to_bytes(&self) -> [u8; STATE_SIZE] {
        let number =
            NUMBERS.iter().find(|(_, encoding)| *encoding == self.encoding).map_or(1, |(n, _)| *n);
        let [a, b, c, d] = self.bytes;
        [a, b, c, d, self.missing as u8, self.buffered as u8, number]
    }

    /// What the decoder decodes.
    pub(super) const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// How many bytes the character lacks.
    pub(super) const fn missing(&self) -> usize {
        self.missing
    }

    /// How many bytes of the character are there.
    pub(super) const fn buffered(&self) -> usize {
        self.buffered
    }

    /// Forgets the character that was begun.
    pub(super) const fn reset(&mut self) {
        self.missing = 0;
        self.buffered = 0;
    }

    /// The text that a chunk completes.
    pub(super) fn write(&mut self, chunk: &[u8]) -> JsString {
        if matches!(self.encoding, Encoding::Ascii | Encoding::Latin1 | Encoding::Hex) {
            return encoding::decode(chunk, self.encoding);
        }
        let (first, rest) = self.complete(chunk);
        if rest.is_empty() {
            return first;
        }
        let whole = self.keep_unfinished(rest);
        let text = encoding::decode(&rest[..whole], self.encoding);
        if first.is_empty() { text } else { js_string!(&first, &text) }
    }

    /// Completes the character begun in earlier chunks; returns it, and what follows it.
    fn complete<'a>(&mut self, chunk: &'a [u8]) -> (JsString, &'a [u8]) {
        if self.missing == 0 {
            return (JsString::default(), chunk);
        }
        let mut taken = self.missing.min(chunk.len());
        if self.encoding == Encoding::Utf8
            && let Some(stop) = chunk[..taken].iter().position(|byte| byte & 0xc0 != 0x80)
        {
            // The character ends before its time: what is there of it is malformed.
            taken = stop;
            self.missing = taken;
        }
        let (head, rest) = chunk.split_at(taken);
        self.bytes[self.buffered..self.buffered + taken].copy_from_slice(head);
        self.buffered += taken;
        self.missing -= taken;
        if self.missing > 0 {
            return (JsString::default(), rest);
        }
        let text = encoding::decode(&self.bytes[..self.buffered], self.encoding);
        self.buffered = 0;
        (text, rest)
    }

    /// Keeps the unfinished character at the end of a chunk; returns the length of the rest.
    fn keep_unfinished(&mut self, chunk: &[u8]) -> usize {
        (self.buffered, self.missing) = match self.encoding {
            Encoding::Utf16le => unfinished_utf16(chunk),
            Encoding::Utf8 => unfinished_utf8(chunk),
            _ => match chunk.len() % 3 {
                0 => (0, 0),
                over => (over, 3 - over),
            },
        };
        let whole = chunk.len() - self.buffered;
        self.bytes[..self.buffered].copy_from_slice(&chunk[whole..]);
        whole
    }

    /// The text of what is left when no more chunks come.
    pub(super) fn flush(&mut self) -> JsString {
        if self.encoding == Encoding::Utf16le && self.buffered % 2 == 1 {
            self.missing = self.missing.saturating_sub(1);
            self.buffered -= 1;
        }
        if self.buffered == 0 {
            return JsString::default();
        }
        let text = encoding::decode(&self.bytes[..self.buffered], self.encoding);
        self.reset();
        text
    }
}

/// How many bytes at the end belong to an unfinished code unit or pair, and how many it lacks.
fn unfinished_utf16(chunk: &[u8]) -> (usize, usize) {
    match chunk {
        _ if chunk.len() % 2 == 1 => (1, 1),
        [.., high] if high & 0xfc == 0xd8 => (2, 2),
        _ => (0, 0),
    }
}

/// How many bytes at the end belong to an unfinished character, and how many it lacks.
fn unfinished_utf8(chunk: &[u8]) -> (usize, usize) {
    let tail = chunk.iter().rev().take(LONGEST).position(|byte| byte & 0xc0 != 0x80);
    let Some(continuation) = tail else { return (0, 0) };
    let present = continuation + 1;
    let length = match chunk[chunk.len() - present] {
        lead if lead & 0xe0 == 0xc0 => 2,
        lead if lead & 0xf0 == 0xe0 => 3,
        lead if lead & 0xf8 == 0xf0 => 4,
        _ => 0,
    };
    if present >= length { (0, 0) } else { (present, length - present) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], splits: &[usize], encoding: Encoding) -> JsString {
        let mut state = State::new(encoding);
        let mut text = JsString::default();
        let mut start = 0;
        for end in splits.iter().copied().chain([bytes.len()]) {
            text = js_string!(&text, &state.write(&bytes[start..end]));
            start = end;
        }
        js_string!(&text, &state.flush())
    }

    #[test]
    fn a_text_is_the_same_wherever_it_is_split() {
        let samples: [&[u8]; 4] = [
            "a¢€😀z".as_bytes(),
            b"\xf0\x9f\x98\xe2\x82\xac\xff\xc3",
            b"\xe2\x82\xe2\x82\xac\x80\x80\x80\x80\x80",
            b"\x3d\xd8\x00\xdea\x00\xac\x20\x3d\xd8",
        ];
        for bytes in samples {
            for encoding in [Encoding::Utf8, Encoding::Utf16le, Encoding::Base64, Encoding::Hex] {
                let whole = decoded(bytes, &[], encoding);
                for first in 0..=bytes.len() {
                    for second in first..=bytes.len() {
                        let split = decoded(bytes, &[first, second], encoding);
                        assert_eq!(split, whole, "{bytes:x?} at {first}, {second}: {encoding:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn tells_how_much_is_missing() {
        let mut state = State::new(Encoding::Utf8);
        assert!(state.write(b"\xf0\x9f").is_empty());
        assert_eq!((state.buffered(), state.missing()), (2, 2));
        assert_eq!(state.to_bytes(), [0xf0, 0x9f, 0, 0, 2, 2, 1]);
    }

    #[test]
    fn a_state_that_a_script_made_up_does_no_harm() {
        let mut state = State::from_bytes(&[1, 2, 3, 4, 255, 255, 99]);
        state.write(b"abc");
        state.flush();
        assert_eq!((state.buffered(), state.missing()), (0, 0));
    }
}
