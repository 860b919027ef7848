//! Where `JSON.stringify` writes to: a JavaScript string, or the UTF-8 of a channel.

use encoding_rs::mem;

use super::super::string_buffer::StringBuffer;

/// Takes a text piece by piece.
pub(super) trait Output {
    /// Appends ASCII.
    fn ascii(&mut self, bytes: &[u8]);
    /// Appends units below U+0100.
    fn latin1(&mut self, units: &[u8]);
    /// Appends units of any value; a surrogate pair is never split between two calls.
    fn utf16(&mut self, units: &[u16]);
    /// How long the text is, in UTF-16 code units.
    fn len(&self) -> usize;
    /// Makes room for so many more units.
    fn reserve(&mut self, _units: usize) {}
}

impl Output for StringBuffer {
    fn ascii(&mut self, bytes: &[u8]) {
        self.push_latin1(bytes);
    }

    fn latin1(&mut self, units: &[u8]) {
        self.push_latin1(units);
    }

    fn utf16(&mut self, units: &[u16]) {
        self.push_utf16(units);
    }

    fn len(&self) -> usize {
        StringBuffer::len(self)
    }
}

/// A text in UTF-8, behind other bytes; a lone surrogate becomes U+FFFD.
pub(super) struct Utf8Output<'a> {
    bytes: &'a mut Vec<u8>,
    /// How many bytes there are that are no UTF-16 code unit of the text.
    surplus: usize,
}

impl<'a> Utf8Output<'a> {
    /// An empty text behind these bytes.
    pub(super) fn after(bytes: &'a mut Vec<u8>) -> Self {
        let surplus = bytes.len();
        Self { bytes, surplus }
    }
}

impl Output for Utf8Output<'_> {
    #[inline]
    fn ascii(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn latin1(&mut self, units: &[u8]) {
        if units.is_ascii() {
            self.bytes.extend_from_slice(units);
        } else {
            self.encode(units.len(), 2, |place| mem::convert_latin1_to_utf8(units, place));
        }
    }

    fn utf16(&mut self, units: &[u16]) {
        let mut rest = units;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(chunk_length(rest));
            self.encode(now.len(), 3, |place| mem::convert_utf16_to_utf8(now, place));
            rest = later;
        }
    }

    #[inline]
    fn len(&self) -> usize {
        self.bytes.len() - self.surplus
    }

    fn reserve(&mut self, units: usize) {
        self.bytes.reserve(units);
    }
}

impl Utf8Output<'_> {
    /// Appends what `write` puts into a place that has room for every unit at its widest.
    fn encode(&mut self, units: usize, width: usize, write: impl FnOnce(&mut [u8]) -> usize) {
        let from = self.bytes.len();
        self.bytes.resize(from + units * width, 0);
        let written = write(&mut self.bytes[from..]);
        self.bytes.truncate(from + written);
        self.surplus += written - units;
    }
}

/// How much of the units to encode at once: the room that is made for them is wide.
fn chunk_length(units: &[u16]) -> usize {
    const CHUNK: usize = 16 * 1024;
    if units.len() <= CHUNK {
        return units.len();
    }
    let would_split_pair = matches!(units[CHUNK - 1], 0xD800..=0xDBFF);
    CHUNK - usize::from(would_split_pair)
}
