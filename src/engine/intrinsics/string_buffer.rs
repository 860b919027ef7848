//! A JavaScript string in the making: one byte a unit until the first unit that needs two.

use boa_engine::{
    JsError, JsNativeError, JsString,
    string::{JsStr, JsStrVariant},
};
use encoding_rs::mem;

/// The longest string there can be, in UTF-16 code units: V8's `String::kMaxLength`.
pub(crate) const MAX_STRING_LENGTH: usize = (1 << 29) - 24;

/// What a string longer than [`MAX_STRING_LENGTH`] would be.
pub(crate) fn too_long() -> JsError {
    JsNativeError::range().with_message("Invalid string length").into()
}

/// See the module.
#[derive(Default)]
pub(crate) struct StringBuffer {
    narrow: Vec<u8>,
    /// All of the string, once it is wide; `narrow` is empty from then on.
    wide: Vec<u16>,
    is_wide: bool,
}

impl StringBuffer {
    /// The length in UTF-16 code units.
    pub(crate) fn len(&self) -> usize {
        if self.is_wide { self.wide.len() } else { self.narrow.len() }
    }

    /// Empties the buffer and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.narrow.clear();
        self.wide.clear();
        self.is_wide = false;
    }

    /// Gives memory back, down to room for this many units.
    pub(crate) fn shrink_to(&mut self, units: usize) {
        self.narrow.shrink_to(units);
        self.wide.shrink_to(units);
    }

    /// Appends units below U+0100.
    pub(crate) fn push_latin1(&mut self, units: &[u8]) {
        if self.is_wide {
            self.wide.extend(units.iter().copied().map(u16::from));
        } else {
            self.narrow.extend_from_slice(units);
        }
    }

    /// Appends units of any value.
    pub(crate) fn push_utf16(&mut self, units: &[u16]) {
        if !self.is_wide && mem::is_utf16_latin1(units) {
            self.narrow.extend(units.iter().map(|&unit| unit as u8));
        } else {
            self.widen();
            self.wide.extend_from_slice(units);
        }
    }

    /// Appends a string.
    pub(crate) fn push(&mut self, string: JsStr<'_>) {
        match string.variant() {
            JsStrVariant::Latin1(units) => self.push_latin1(units),
            JsStrVariant::Utf16(units) => self.push_utf16(units),
        }
    }

    /// A string over and over, cut off at a length.
    pub(crate) fn repeating(string: JsStr<'_>, length: usize) -> Self {
        let mut buffer = Self::default();
        buffer.push(string.get(..string.len().min(length)).unwrap_or(JsStr::EMPTY));
        if buffer.is_wide {
            repeat_to(&mut buffer.wide, length);
        } else {
            repeat_to(&mut buffer.narrow, length);
        }
        buffer
    }

    /// The string.
    pub(crate) fn string(&self) -> JsString {
        if self.is_wide { JsStr::utf16(&self.wide) } else { JsStr::latin1(&self.narrow) }.into()
    }

    fn widen(&mut self) {
        if !self.is_wide {
            self.is_wide = true;
            self.wide.extend(self.narrow.drain(..).map(u16::from));
        }
    }
}

/// Repeats what is in a vector until it is this long.
fn repeat_to<U: Copy>(units: &mut Vec<U>, length: usize) {
    units.reserve_exact(length.saturating_sub(units.len()));
    while !units.is_empty() && units.len() < length {
        let more = units.len().min(length - units.len());
        units.extend_from_within(..more);
    }
}
