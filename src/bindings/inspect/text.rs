//! Text under construction: bytes that hold any JavaScript string, lone surrogates included.
//!
//! The encoding is UTF-8 where a lone surrogate is written as the three bytes that UTF-8 forbids
//! (known as WTF-8). So ASCII costs one byte a character, and what reaches stdout is there already.

use std::{borrow::Cow, cmp::Ordering, fmt};

use boa_engine::{
    JsString,
    string::{JsStr, JsStrVariant},
};
use memchr::memmem;

/// The most room that is made before a text, bytes.
const MOST_ROOM: usize = 1 << 20;

/// A text that grows at its end, and at its beginning: what contains a long text is made of it without a copy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    bytes: Vec<u8>,
    /// Where the text begins; what is before is room.
    start: usize,
}

impl Text {
    /// An empty text.
    pub(crate) const fn new() -> Self {
        Self { bytes: Vec::new(), start: 0 }
    }

    fn of(bytes: Vec<u8>) -> Self {
        Self { bytes, start: 0 }
    }

    /// Puts another text before this one.
    pub(crate) fn prepend(&mut self, before: &Self) {
        let before = before.as_bytes();
        if self.start < before.len() {
            // Room in proportion to the text: what is put before it again and again costs no more.
            let room = before.len() + self.as_bytes().len().min(MOST_ROOM);
            let mut bytes = Vec::with_capacity(room + self.as_bytes().len());
            bytes.resize(room, 0);
            bytes.extend_from_slice(self.as_bytes());
            self.bytes = bytes;
            self.start = room;
        }
        let start = self.start - before.len();
        self.bytes[start..self.start].copy_from_slice(before);
        self.start = start;
    }

    /// Appends UTF-8.
    pub(crate) fn push_str(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Appends another text.
    pub(crate) fn push(&mut self, text: &Self) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Appends bytes that came out of a text at boundaries of characters.
    pub(crate) fn push_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends `count` spaces.
    pub(crate) fn push_spaces(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, b' ');
    }

    /// Appends a JavaScript string.
    pub(crate) fn push_js(&mut self, text: JsStr<'_>) {
        match text.variant() {
            JsStrVariant::Latin1(bytes) if bytes.is_ascii() => self.bytes.extend_from_slice(bytes),
            JsStrVariant::Latin1(bytes) => bytes.iter().for_each(|&b| self.push_unit(b.into())),
            JsStrVariant::Utf16(units) => self.push_units(units),
        }
    }

    /// Appends UTF-16.
    pub(crate) fn push_units(&mut self, units: &[u16]) {
        for decoded in char::decode_utf16(units.iter().copied()) {
            match decoded {
                Ok(character) => self.push_char(character),
                Err(lone) => self.push_unit(lone.unpaired_surrogate()),
            }
        }
    }

    /// Appends one character.
    pub(crate) fn push_char(&mut self, character: char) {
        let mut buffer = [0; 4];
        self.bytes.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
    }

    /// Appends one code unit that is no half of a pair.
    fn push_unit(&mut self, unit: u16) {
        match char::from_u32(unit.into()) {
            Some(character) => self.push_char(character),
            None => self.bytes.extend_from_slice(&[
                0xE0 | (unit >> 12) as u8,
                0x80 | (unit >> 6 & 0x3F) as u8,
                0x80 | (unit & 0x3F) as u8,
            ]),
        }
    }

    /// The bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// True without any character.
    pub(crate) fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// The length as JavaScript counts: in UTF-16 code units.
    pub(crate) fn units(&self) -> usize {
        units(self.as_bytes())
    }

    /// Where `needle` begins, in bytes.
    pub(crate) fn find(&self, needle: &[u8]) -> Option<usize> {
        memmem::find(self.as_bytes(), needle)
    }

    /// True if it contains `needle`.
    pub(crate) fn contains(&self, needle: &[u8]) -> bool {
        self.find(needle).is_some()
    }

    /// True if it contains a line break.
    pub(crate) fn has_line_break(&self) -> bool {
        memchr::memchr(b'\n', self.as_bytes()).is_some()
    }

    /// The text with every line break followed by `indentation` spaces.
    pub(crate) fn indented(self, indentation: usize) -> Self {
        if indentation == 0 || !self.has_line_break() {
            return self;
        }
        let mut out = Self::new();
        for (i, line) in self.as_bytes().split(|&b| b == b'\n').enumerate() {
            if i > 0 {
                out.push_str("\n");
                out.push_spaces(indentation);
            }
            out.push_bytes(line);
        }
        out
    }

    /// The JavaScript string.
    pub(crate) fn to_js(&self) -> JsString {
        if self.as_bytes().is_ascii() {
            return JsString::from(JsStr::latin1(self.as_bytes()));
        }
        match std::str::from_utf8(self.as_bytes()) {
            Ok(text) => JsString::from(text),
            Err(_) => JsString::from(self.to_units().as_slice()),
        }
    }

    /// The UTF-16 code units.
    pub(crate) fn to_units(&self) -> Vec<u16> {
        let mut units = Vec::with_capacity(self.as_bytes().len());
        for point in points(self.as_bytes()) {
            match char::from_u32(point) {
                Some(character) => units.extend_from_slice(character.encode_utf16(&mut [0; 2])),
                None => units.push(point as u16),
            }
        }
        units
    }

    /// UTF-8, with U+FFFD for each lone surrogate.
    pub(crate) fn to_utf8(&self) -> Cow<'_, str> {
        match std::str::from_utf8(self.as_bytes()) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(String::from_utf16_lossy(&self.to_units())),
        }
    }

    /// As [`Self::to_utf8`], for those who keep it.
    pub(crate) fn into_string(self) -> String {
        let bytes = if self.start == 0 { self.bytes } else { self.as_bytes().to_vec() };
        match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => Self::of(error.into_bytes()).to_utf8().into_owned(),
        }
    }

    /// The order of JavaScript strings: by UTF-16 code units.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        if self.as_bytes().is_ascii() && other.as_bytes().is_ascii() {
            return self.as_bytes().cmp(other.as_bytes());
        }
        self.to_units().cmp(&other.to_units())
    }
}

/// How many UTF-16 code units these bytes of a text stand for.
pub(crate) fn units(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    bytes.iter().map(|&b| usize::from(b & 0xC0 != 0x80) + usize::from(b >= 0xF0)).sum()
}

/// The code points of a text; lone surrogates are themselves.
pub(crate) fn points(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (&first, _) = rest.split_first()?;
        let (length, head) = match first {
            0..0x80 => (1, u32::from(first)),
            0x80..0xE0 => (2, u32::from(first & 0x1F)),
            0xE0..0xF0 => (3, u32::from(first & 0x0F)),
            _ => (4, u32::from(first & 0x07)),
        };
        let length = usize::min(length, rest.len());
        let (bytes, after) = rest.split_at(length);
        rest = after;
        Some(bytes[1..].iter().fold(head, |point, &b| point << 6 | u32::from(b & 0x3F)))
    })
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::of(text.as_bytes().to_vec())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::of(text.into_bytes())
    }
}

impl From<&[u8]> for Text {
    /// Of bytes that came out of a text at boundaries of characters.
    fn from(bytes: &[u8]) -> Self {
        Self::of(bytes.to_vec())
    }
}

impl From<&JsString> for Text {
    fn from(text: &JsString) -> Self {
        let mut out = Self::of(Vec::with_capacity(text.len()));
        out.push_js(text.as_str());
        out
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(units: &[u16]) -> Text {
        let mut text = Text::new();
        text.push_units(units);
        text
    }

    #[test]
    fn lone_surrogates_survive() {
        let units = [0x61, 0xD800, 0xE9, 0xDC00, 0xD83D, 0xDE00];
        let text = text(&units);
        assert_eq!(text.units(), units.len());
        assert_eq!(text.to_js(), JsString::from(&units[..]));
        assert_eq!(text.to_utf8(), "a\u{FFFD}é\u{FFFD}😀");
    }

    #[test]
    fn halves_that_meet_become_a_pair() {
        let mut joined = text(&[0xD83D]);
        joined.push(&text(&[0xDE00]));
        assert_eq!(joined.units(), 2);
        assert_eq!(joined.to_utf8(), "😀");
    }

    #[test]
    fn it_grows_at_both_ends() {
        let mut text = Text::from("c");
        for word in ["b", "", "a"] {
            text.prepend(&Text::from(word));
        }
        text.push_str("d");
        assert_eq!(text, Text::from("abcd"));
        assert_eq!((text.units(), text.find(b"c")), (4, Some(2)));
        assert_eq!(text.clone().into_string(), "abcd");
        text.prepend(&Text::from("a long beginning, "));
        assert_eq!(text.to_utf8(), "a long beginning, abcd");
    }

    #[test]
    fn order_is_by_code_units() {
        // As code points, U+FF01 comes first.
        assert_eq!(text(&[0xFF01]).compare(&text(&[0xD83D, 0xDE00])), Ordering::Greater);
    }
}
