//! How the parts of a value are spelled.

use super::{ErrorClass, VERSION, ViewClass, tag};

/// Appends the parts of values to bytes.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    /// Where the serialization begins in `bytes`; two-byte strings are aligned from here.
    origin: usize,
}

impl Writer {
    /// Goes on at the end of these bytes.
    pub(crate) fn after(bytes: Vec<u8>) -> Self {
        let origin = bytes.len();
        Self { bytes, origin }
    }

    /// All bytes.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The version mark that a serialization begins with.
    pub(crate) fn header(&mut self) {
        self.tag(tag::VERSION);
        self.varint(VERSION.into());
    }

    pub(crate) fn tag(&mut self, tag: u8) {
        self.bytes.push(tag);
    }

    /// Seven bits a byte, the lowest first.
    pub(crate) fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Eight bytes, the lowest first.
    pub(crate) fn double(&mut self, value: f64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.tag(if value { tag::TRUE } else { tag::FALSE });
    }

    pub(crate) fn int32(&mut self, value: i32) {
        self.tag(tag::INT32);
        self.varint(u64::from((value << 1 ^ value >> 31) as u32));
    }

    /// A number, as an integer where it is one of 32 bits.
    pub(crate) fn number(&mut self, value: f64) {
        let integer = value as i32;
        if f64::from(integer).to_bits() == value.to_bits() {
            self.int32(integer);
        } else {
            self.tag(tag::DOUBLE);
            self.double(value);
        }
    }

    pub(crate) fn latin1(&mut self, units: &[u8]) {
        self.tag(tag::ONE_BYTE);
        self.varint(units.len() as u64);
        self.raw(units);
    }

    /// A string of two-byte units; they begin at an even offset.
    pub(crate) fn utf16(&mut self, units: impl ExactSizeIterator<Item = u16>) {
        let length = units.len() as u64 * 2;
        let before = self.bytes.len() - self.origin;
        if (before + 1 + varint_length(length)) % 2 == 1 {
            self.tag(tag::PADDING);
        }
        self.tag(tag::TWO_BYTE);
        self.varint(length);
        self.bytes.reserve(length as usize);
        for unit in units {
            self.bytes.extend_from_slice(&unit.to_le_bytes());
        }
    }

    /// What follows the tag of a big integer: its digits of 64 bits, the lowest first.
    pub(crate) fn big_int(
        &mut self,
        is_negative: bool,
        digits: impl ExactSizeIterator<Item = u64>,
    ) {
        let length = digits.len() as u64 * 8;
        self.varint(length << 1 | u64::from(is_negative));
        for digit in digits {
            self.bytes.extend_from_slice(&digit.to_le_bytes());
        }
    }

    pub(crate) fn reference(&mut self, number: u32) {
        self.tag(tag::REFERENCE);
        self.varint(number.into());
    }

    /// An array buffer that holds these bytes; `max` if it can be resized.
    pub(crate) fn array_buffer(&mut self, bytes: &[u8], max: Option<usize>) {
        self.tag(max.map_or(tag::ARRAY_BUFFER, |_| tag::RESIZABLE_ARRAY_BUFFER));
        self.varint(bytes.len() as u64);
        if let Some(max) = max {
            self.varint(max as u64);
        }
        self.raw(bytes);
    }

    /// A view of the array buffer that was written right before.
    pub(crate) fn view(&mut self, class: ViewClass, offset: usize, length: usize, flags: u32) {
        self.tag(tag::VIEW);
        self.varint(class.tag().into());
        self.varint(offset as u64);
        self.varint(length as u64);
        self.varint(flags.into());
    }

    /// The class of the error that has just begun; nothing for a plain one.
    pub(crate) fn error_class(&mut self, class: Option<ErrorClass>) {
        if let Some(class) = class {
            self.tag(class.tag());
        }
    }

    /// The end of an object or array: its properties are counted, and an array's length repeated.
    pub(crate) fn end(&mut self, tag: u8, count: u32, length: Option<u32>) {
        self.tag(tag);
        self.varint(count.into());
        if let Some(length) = length {
            self.varint(length.into());
        }
    }
}

/// How many bytes a varint takes.
const fn varint_length(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}
