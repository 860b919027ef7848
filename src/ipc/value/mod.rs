//! V8's format for values: what `v8.serialize` makes and the `advanced` serialization sends.
//!
//! A value is a tag (one byte) and what belongs to it; containers end with a tag of their own. Objects
//! are numbered in the order in which they begin, and a reference names such a number. The
//! [`writer::Writer`] knows how the parts are spelled, the [`reader::Reader`] reads them back one at a
//! time, [`decode`] drives a [`decode::Builder`] with what a whole value holds.
//!
//! Nothing here recurses, and nothing is allocated that the bytes at hand do not pay for: the input may
//! come from anybody.
//!
//! Source: the bytes that Node writes, and the documentation of `v8.Serializer`.

pub(crate) mod copy;
pub(crate) mod decode;
#[cfg(test)]
pub(crate) mod hex;
pub(crate) mod reader;
#[cfg(test)]
mod tests;
pub(crate) mod writer;

use std::fmt;

/// The version that is written.
pub(crate) const VERSION: u32 = 15;

/// The versions that are read.
pub(crate) const READABLE: std::ops::RangeInclusive<u32> = 13..=16;

/// The tags, by what they mean.
pub(crate) mod tag {
    pub(crate) const VERSION: u8 = 0xFF;
    pub(crate) const PADDING: u8 = 0;
    pub(crate) const OBJECT_COUNT: u8 = b'?';
    pub(crate) const HOLE: u8 = b'-';
    pub(crate) const UNDEFINED: u8 = b'_';
    pub(crate) const NULL: u8 = b'0';
    pub(crate) const TRUE: u8 = b'T';
    pub(crate) const FALSE: u8 = b'F';
    pub(crate) const INT32: u8 = b'I';
    pub(crate) const UINT32: u8 = b'U';
    pub(crate) const DOUBLE: u8 = b'N';
    pub(crate) const BIG_INT: u8 = b'Z';
    pub(crate) const UTF8: u8 = b'S';
    pub(crate) const ONE_BYTE: u8 = b'"';
    pub(crate) const TWO_BYTE: u8 = b'c';
    pub(crate) const REFERENCE: u8 = b'^';
    pub(crate) const OBJECT: u8 = b'o';
    pub(crate) const OBJECT_END: u8 = b'{';
    pub(crate) const SPARSE: u8 = b'a';
    pub(crate) const SPARSE_END: u8 = b'@';
    pub(crate) const DENSE: u8 = b'A';
    pub(crate) const DENSE_END: u8 = b'$';
    pub(crate) const DATE: u8 = b'D';
    pub(crate) const TRUE_OBJECT: u8 = b'y';
    pub(crate) const FALSE_OBJECT: u8 = b'x';
    pub(crate) const NUMBER_OBJECT: u8 = b'n';
    pub(crate) const BIG_INT_OBJECT: u8 = b'z';
    pub(crate) const STRING_OBJECT: u8 = b's';
    pub(crate) const REG_EXP: u8 = b'R';
    pub(crate) const MAP: u8 = b';';
    pub(crate) const MAP_END: u8 = b':';
    pub(crate) const SET: u8 = b'\'';
    pub(crate) const SET_END: u8 = b',';
    pub(crate) const ARRAY_BUFFER: u8 = b'B';
    pub(crate) const RESIZABLE_ARRAY_BUFFER: u8 = b'~';
    pub(crate) const TRANSFERRED: u8 = b't';
    pub(crate) const SHARED: u8 = b'u';
    pub(crate) const VIEW: u8 = b'V';
    pub(crate) const ERROR: u8 = b'r';
    pub(crate) const HOST: u8 = b'\\';
    pub(crate) const ERROR_MESSAGE: u8 = b'm';
    pub(crate) const ERROR_STACK: u8 = b's';
    pub(crate) const ERROR_CAUSE: u8 = b'c';
    pub(crate) const ERROR_END: u8 = b'.';
}

/// The classes of errors that the format tells apart; `None` of them is a plain `Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorClass {
    Eval,
    Range,
    Reference,
    Syntax,
    Type,
    Uri,
}

impl ErrorClass {
    const TABLE: [(u8, &'static str, Self); 6] = [
        (b'E', "EvalError", Self::Eval),
        (b'R', "RangeError", Self::Range),
        (b'F', "ReferenceError", Self::Reference),
        (b'S', "SyntaxError", Self::Syntax),
        (b'T', "TypeError", Self::Type),
        (b'U', "URIError", Self::Uri),
    ];

    /// The class that goes by this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == name).map(|row| row.2)
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        Self::TABLE.iter().find(|row| row.2 == self).map_or("Error", |row| row.1)
    }

    fn from_tag(tag: u32) -> Option<Self> {
        Self::TABLE.iter().find(|row| u32::from(row.0) == tag).map(|row| row.2)
    }

    fn tag(self) -> u8 {
        Self::TABLE.iter().find(|row| row.2 == self).map_or(0, |row| row.0)
    }
}

/// What a view of an array buffer is, in the format itself (tag `V`) and as Node's host objects name
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ViewClass {
    Int8,
    Uint8,
    Uint8Clamped,
    Int16,
    Uint16,
    Int32,
    Uint32,
    Float32,
    Float64,
    DataView,
    /// Node's `Buffer`; to the format it is a `Uint8Array`.
    Buffer,
    BigInt64,
    BigUint64,
    Float16,
}

impl ViewClass {
    /// Class, tag in the format, element size in bytes; the position is Node's number.
    const TABLE: [(Self, u8, usize); 14] = [
        (Self::Int8, b'b', 1),
        (Self::Uint8, b'B', 1),
        (Self::Uint8Clamped, b'C', 1),
        (Self::Int16, b'w', 2),
        (Self::Uint16, b'W', 2),
        (Self::Int32, b'd', 4),
        (Self::Uint32, b'D', 4),
        (Self::Float32, b'f', 4),
        (Self::Float64, b'F', 8),
        (Self::DataView, b'?', 1),
        (Self::Buffer, b'B', 1),
        (Self::BigInt64, b'q', 8),
        (Self::BigUint64, b'Q', 8),
        (Self::Float16, b'h', 2),
    ];

    fn row(self) -> (usize, u8, usize) {
        let index = Self::TABLE.iter().position(|row| row.0 == self).unwrap_or(0);
        (index, Self::TABLE[index].1, Self::TABLE[index].2)
    }

    /// The class of typed arrays of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "Int8Array" => Self::Int8,
            "Uint8Array" => Self::Uint8,
            "Uint8ClampedArray" => Self::Uint8Clamped,
            "Int16Array" => Self::Int16,
            "Uint16Array" => Self::Uint16,
            "Int32Array" => Self::Int32,
            "Uint32Array" => Self::Uint32,
            "Float16Array" => Self::Float16,
            "Float32Array" => Self::Float32,
            "Float64Array" => Self::Float64,
            "BigInt64Array" => Self::BigInt64,
            "BigUint64Array" => Self::BigUint64,
            _ => return None,
        })
    }

    /// The number that Node's host objects give it.
    pub(crate) fn number(self) -> u32 {
        self.row().0 as u32
    }

    /// The class of this number.
    pub(crate) fn from_number(number: u32) -> Option<Self> {
        Self::TABLE.get(number as usize).map(|row| row.0)
    }

    /// Bytes in an element.
    pub(crate) fn element_size(self) -> usize {
        self.row().2
    }

    fn tag(self) -> u8 {
        self.row().1
    }

    fn from_tag(tag: u8) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == tag).map(|row| row.0)
    }
}

/// Why bytes are no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormatError {
    /// There is no version, or one that cannot be read.
    Version,
    /// Anything else.
    Invalid,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => {
                "Unable to deserialize cloned data due to invalid or unsupported version."
            }
            Self::Invalid => "Unable to deserialize cloned data.",
        })
    }
}

impl std::error::Error for FormatError {}
