//! The encodings that a JSON text arrives in: a JavaScript string's two, and a channel's UTF-8.

use boa_engine::{JsString, string::JsStr};
use encoding_rs::mem;

use super::{
    super::string_buffer::StringBuffer,
    runs::{Run, find, is_special_wide, plain_run},
};

/// The units of a JSON text, one by one.
///
/// Units below U+0080 mean the same in every encoding, and all that gives a text its structure
/// is below U+0080; only the inside of a string literal needs decoding.
pub(super) trait Units: Copy {
    /// The unit at an index, `None` at the end. A unit of UTF-8 is a byte.
    fn unit(self, index: usize) -> Option<u16>;

    /// The plain run of a string literal that begins at `from`. Of wide units it may be said that
    /// they are not ASCII though they are.
    fn run(self, from: usize) -> Run;

    /// Whether the text goes on with these ASCII characters at `from`.
    fn continues(self, from: usize, ascii: &[u8]) -> bool;

    /// Puts a range into `buffer`, which is emptied first; false if the range is not all ASCII.
    fn ascii(self, from: usize, to: usize, buffer: &mut Vec<u8>) -> bool;

    /// A range that is known to be ASCII, if its units are bytes.
    fn bytes(&self, from: usize, to: usize) -> Option<&[u8]>;
}

/// A JSON text as the parser reads it: its units, and what ranges of them spell.
pub(super) trait Text: Units {
    /// The string that a range of the text spells.
    fn string(self, from: usize, run: Run) -> JsString;

    /// Appends what a range of the text spells.
    fn append(self, from: usize, run: Run, buffer: &mut StringBuffer);

    /// The whole text, and where `index` is in it, in UTF-16 code units as JavaScript counts.
    fn located(self, index: usize) -> (Vec<u16>, usize);
}

/// A text of a JavaScript string of one byte a unit.
#[derive(Clone, Copy)]
pub(super) struct Latin1<'a>(pub(super) &'a [u8]);

/// A text of a JavaScript string of two bytes a unit.
#[derive(Clone, Copy)]
pub(super) struct Utf16<'a>(pub(super) &'a [u16]);

/// A text in UTF-8; what is invalid in it reads as U+FFFD, as the Encoding Standard has it.
#[derive(Clone, Copy)]
pub(super) struct Utf8<'a>(pub(super) &'a [u8]);

/// A text whose units are bytes.
trait Bytes: Copy {
    fn all(&self) -> &[u8];
}

impl Bytes for Latin1<'_> {
    #[inline]
    fn all(&self) -> &[u8] {
        self.0
    }
}

impl Bytes for Utf8<'_> {
    #[inline]
    fn all(&self) -> &[u8] {
        self.0
    }
}

impl<T: Bytes> Units for T {
    #[inline]
    fn unit(self, index: usize) -> Option<u16> {
        self.all().get(index).copied().map(u16::from)
    }

    #[inline]
    fn run(self, from: usize) -> Run {
        plain_run(self.all(), from)
    }

    #[inline]
    fn continues(self, from: usize, ascii: &[u8]) -> bool {
        self.all()[from..].starts_with(ascii)
    }

    fn ascii(self, from: usize, to: usize, buffer: &mut Vec<u8>) -> bool {
        copy_ascii(&self.all()[from..to], buffer)
    }

    #[inline]
    fn bytes(&self, from: usize, to: usize) -> Option<&[u8]> {
        Some(&self.all()[from..to])
    }
}

impl Text for Latin1<'_> {
    fn string(self, from: usize, run: Run) -> JsString {
        JsStr::latin1(&self.0[from..run.end]).into()
    }

    fn append(self, from: usize, run: Run, buffer: &mut StringBuffer) {
        buffer.push_latin1(&self.0[from..run.end]);
    }

    fn located(self, index: usize) -> (Vec<u16>, usize) {
        (self.0.iter().copied().map(u16::from).collect(), index)
    }
}

impl Units for Utf16<'_> {
    #[inline]
    fn unit(self, index: usize) -> Option<u16> {
        self.0.get(index).copied()
    }

    fn run(self, from: usize) -> Run {
        Run { end: find(self.0, from, is_special_wide), is_ascii: false }
    }

    fn continues(self, from: usize, ascii: &[u8]) -> bool {
        let units = self.0.get(from..from + ascii.len());
        units.is_some_and(|units| units.iter().copied().eq(ascii.iter().copied().map(u16::from)))
    }

    fn bytes(&self, _: usize, _: usize) -> Option<&[u8]> {
        None
    }

    fn ascii(self, from: usize, to: usize, buffer: &mut Vec<u8>) -> bool {
        buffer.clear();
        let range = &self.0[from..to];
        let is_ascii = range.iter().all(|&unit| unit < 0x80);
        if is_ascii {
            buffer.extend(range.iter().map(|&unit| unit as u8));
        }
        is_ascii
    }
}

impl Text for Utf16<'_> {
    fn string(self, from: usize, run: Run) -> JsString {
        let range = &self.0[from..run.end];
        if range.iter().fold(0, |seen, &unit| seen | unit) > 0xFF {
            return JsStr::utf16(range).into();
        }
        let narrow: Vec<u8> = range.iter().map(|&unit| unit as u8).collect();
        JsStr::latin1(&narrow).into()
    }

    fn append(self, from: usize, run: Run, buffer: &mut StringBuffer) {
        buffer.push_utf16(&self.0[from..run.end]);
    }

    fn located(self, index: usize) -> (Vec<u16>, usize) {
        (self.0.to_vec(), index)
    }
}

impl Text for Utf8<'_> {
    fn string(self, from: usize, run: Run) -> JsString {
        let range = &self.0[from..run.end];
        if run.is_ascii { JsStr::latin1(range).into() } else { decode_utf8(range) }
    }

    fn append(self, from: usize, run: Run, buffer: &mut StringBuffer) {
        let range = &self.0[from..run.end];
        if run.is_ascii {
            buffer.push_latin1(range);
        } else {
            buffer.push_utf16(&utf16_of(range));
        }
    }

    fn located(self, index: usize) -> (Vec<u16>, usize) {
        let position = utf16_of(&self.0[..index]).len();
        (utf16_of(self.0), position)
    }
}

fn copy_ascii(bytes: &[u8], buffer: &mut Vec<u8>) -> bool {
    buffer.clear();
    buffer.extend_from_slice(bytes);
    bytes.is_ascii()
}

/// Decodes UTF-8 to the narrower of the two ways in which the engine keeps strings.
fn decode_utf8(bytes: &[u8]) -> JsString {
    if mem::is_utf8_latin1(bytes) {
        let mut units = vec![0; bytes.len()];
        let length = mem::convert_utf8_to_latin1_lossy(bytes, &mut units);
        return JsStr::latin1(&units[..length]).into();
    }
    JsStr::utf16(&utf16_of(bytes)).into()
}

fn utf16_of(bytes: &[u8]) -> Vec<u16> {
    // One unit more than there can be: `convert_utf8_to_utf16` asks for it.
    let mut units = vec![0; bytes.len() + 1];
    let length = mem::convert_utf8_to_utf16(bytes, &mut units);
    units.truncate(length);
    units
}
