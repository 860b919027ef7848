//! Reads the parts of a value one at a time.

use super::{ErrorClass, FormatError, READABLE, ViewClass, tag};

/// A string as it lies in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text<'a> {
    Latin1(&'a [u8]),
    /// Pairs of bytes, the low one first.
    Utf16(&'a [u8]),
    /// Written by older versions; may be invalid.
    Utf8(&'a [u8]),
}

impl Text<'_> {
    /// Whether this is exactly these ASCII characters, however they are stored.
    pub(crate) fn is(&self, ascii: &str) -> bool {
        match self {
            Self::Latin1(bytes) | Self::Utf8(bytes) => *bytes == ascii.as_bytes(),
            Self::Utf16(bytes) => utf16_units(bytes).eq(ascii.bytes().map(u16::from)),
        }
    }

    /// Whether this begins with these ASCII characters and is longer.
    pub(crate) fn is_longer_than(&self, ascii: &str) -> bool {
        match self {
            Self::Latin1(bytes) | Self::Utf8(bytes) => {
                bytes.len() > ascii.len() && bytes.starts_with(ascii.as_bytes())
            }
            Self::Utf16(bytes) => {
                bytes.len() > ascii.len() * 2
                    && utf16_units(bytes).take(ascii.len()).eq(ascii.bytes().map(u16::from))
            }
        }
    }
}

/// The code units of a two-byte string.
pub(crate) fn utf16_units(bytes: &[u8]) -> impl ExactSizeIterator<Item = u16> + use<'_> {
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
}

/// A big integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BigInt<'a> {
    pub(crate) is_negative: bool,
    /// The magnitude, the lowest byte first.
    pub(crate) magnitude: &'a [u8],
}

/// A value without identity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Primitive<'a> {
    Undefined,
    Null,
    Boolean(bool),
    Int32(i32),
    Number(f64),
    BigInt(BigInt<'a>),
    Text(Text<'a>),
}

/// An object that holds no other value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Leaf<'a> {
    Date(f64),
    BooleanObject(bool),
    NumberObject(f64),
    BigIntObject(BigInt<'a>),
    StringObject(Text<'a>),
    /// Source and flags, a bit each.
    RegExp(Text<'a>, u32),
    /// The bytes, and the greatest length if it can be resized.
    ArrayBuffer(&'a [u8], Option<usize>),
    /// An array buffer that was transferred under this number.
    Transferred(u32),
    /// A shared array buffer that was sent under this number.
    Shared(u32),
}

/// An object that holds other values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Object,
    /// An array whose elements follow one by one, so many.
    Dense(u32),
    /// An array of this length whose elements are written as properties.
    Sparse(u32),
    Map,
    Set,
    Error,
}

/// The end of a container, with what it says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Object(u32),
    Dense(u32, u32),
    Sparse(u32, u32),
    Map(u32),
    Set(u32),
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Hole,
    Primitive(Primitive<'a>),
    Leaf(Leaf<'a>),
    Reference(u32),
    Begin(Container),
    End(End),
    /// What follows is the host's.
    Host,
}

/// What comes next in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorPart<'a> {
    Class(ErrorClass),
    Message(Text<'a>),
    Stack(Text<'a>),
    /// A value follows.
    Cause,
    End,
}

/// A range of the array buffer before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ViewPart {
    pub(crate) class: ViewClass,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    /// The view's length follows the buffer's.
    pub(crate) tracks_length: bool,
    /// As the bytes have them.
    pub(crate) flags: u32,
}

type Read<T> = Result<T, FormatError>;

/// A place in the bytes of a serialization.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    version: u32,
}

impl<'a> Reader<'a> {
    /// At the beginning; the version is yet to be read.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, version: 0 }
    }

    /// Where it was before, in the same bytes.
    pub(crate) const fn resumed(bytes: &'a [u8], at: usize, version: u32) -> Self {
        Self { bytes, at, version }
    }

    /// How many bytes were read.
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    /// Goes to another place.
    pub(crate) fn seek(&mut self, position: usize) {
        self.at = position.min(self.bytes.len());
    }

    /// The version of the data; zero as long as it was not read.
    pub(crate) const fn version(&self) -> u32 {
        self.version
    }

    const fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Reads the version.
    pub(crate) fn header(&mut self) -> Read<()> {
        if self.bytes.get(self.at) != Some(&tag::VERSION) {
            return Err(FormatError::Version);
        }
        self.at += 1;
        self.version = self.varint().map_err(|_| FormatError::Version)?;
        if READABLE.contains(&self.version) { Ok(()) } else { Err(FormatError::Version) }
    }

    fn byte(&mut self) -> Read<u8> {
        let byte = *self.bytes.get(self.at).ok_or(FormatError::Invalid)?;
        self.at += 1;
        Ok(byte)
    }

    /// An unsigned integer of 32 bits; bits beyond are dropped.
    pub(crate) fn varint(&mut self) -> Read<u32> {
        self.varint_of(32).map(|value| value as u32)
    }

    /// An unsigned integer of 64 bits.
    pub(crate) fn varint64(&mut self) -> Read<u64> {
        self.varint_of(64)
    }

    fn varint_of(&mut self, bits: u32) -> Read<u64> {
        let (mut value, mut shift) = (0_u64, 0);
        loop {
            let byte = self.byte()?;
            if shift < bits {
                value |= u64::from(byte & 0x7F) << shift;
                shift += 7;
            }
            if byte < 0x80 {
                return Ok(value);
            }
        }
    }

    /// A length, which is never more than the bytes left.
    fn length(&mut self) -> Read<usize> {
        let length = self.varint()? as usize;
        if length <= self.remaining() { Ok(length) } else { Err(FormatError::Invalid) }
    }

    pub(crate) fn double(&mut self) -> Read<f64> {
        let bytes = self.raw(8)?;
        Ok(f64::from_le_bytes(bytes.try_into().map_err(|_| FormatError::Invalid)?))
    }

    /// So many bytes as they are.
    pub(crate) fn raw(&mut self, length: usize) -> Read<&'a [u8]> {
        let end = self.at.checked_add(length).ok_or(FormatError::Invalid)?;
        let bytes = self.bytes.get(self.at..end).ok_or(FormatError::Invalid)?;
        self.at = end;
        Ok(bytes)
    }

    fn sized(&mut self) -> Read<&'a [u8]> {
        let length = self.length()?;
        self.raw(length)
    }

    /// The next tag; padding and counts of objects mean nothing.
    fn tag(&mut self) -> Read<u8> {
        loop {
            match self.byte()? {
                tag::PADDING => {}
                tag::OBJECT_COUNT => drop(self.varint()?),
                other => return Ok(other),
            }
        }
    }

    /// What comes next.
    pub(crate) fn next(&mut self) -> Read<Token<'a>> {
        let tag = self.tag()?;
        if let Some(primitive) = self.primitive(tag)? {
            return Ok(Token::Primitive(primitive));
        }
        if let Some(leaf) = self.leaf(tag)? {
            return Ok(Token::Leaf(leaf));
        }
        Ok(match tag {
            tag::HOLE => Token::Hole,
            tag::REFERENCE => Token::Reference(self.varint()?),
            tag::HOST => Token::Host,
            tag::OBJECT => Token::Begin(Container::Object),
            tag::DENSE => Token::Begin(Container::Dense(self.length()? as u32)),
            tag::SPARSE => Token::Begin(Container::Sparse(self.varint()?)),
            tag::MAP => Token::Begin(Container::Map),
            tag::SET => Token::Begin(Container::Set),
            tag::ERROR => Token::Begin(Container::Error),
            tag::OBJECT_END => Token::End(End::Object(self.varint()?)),
            tag::DENSE_END => Token::End(End::Dense(self.varint()?, self.varint()?)),
            tag::SPARSE_END => Token::End(End::Sparse(self.varint()?, self.varint()?)),
            tag::MAP_END => Token::End(End::Map(self.varint()?)),
            tag::SET_END => Token::End(End::Set(self.varint()?)),
            _ => return Err(FormatError::Invalid),
        })
    }

    fn primitive(&mut self, tag: u8) -> Read<Option<Primitive<'a>>> {
        Ok(Some(match tag {
            tag::UNDEFINED => Primitive::Undefined,
            tag::NULL => Primitive::Null,
            tag::TRUE => Primitive::Boolean(true),
            tag::FALSE => Primitive::Boolean(false),
            tag::INT32 => {
                let bits = self.varint()?;
                Primitive::Int32((bits >> 1) as i32 ^ -((bits & 1) as i32))
            }
            tag::UINT32 => Primitive::Number(self.varint()?.into()),
            tag::DOUBLE => Primitive::Number(self.double()?),
            tag::BIG_INT => Primitive::BigInt(self.big_int()?),
            tag::ONE_BYTE | tag::TWO_BYTE | tag::UTF8 => Primitive::Text(self.text_of(tag)?),
            _ => return Ok(None),
        }))
    }

    fn leaf(&mut self, tag: u8) -> Read<Option<Leaf<'a>>> {
        Ok(Some(match tag {
            tag::DATE => Leaf::Date(self.double()?),
            tag::TRUE_OBJECT => Leaf::BooleanObject(true),
            tag::FALSE_OBJECT => Leaf::BooleanObject(false),
            tag::NUMBER_OBJECT => Leaf::NumberObject(self.double()?),
            tag::BIG_INT_OBJECT => Leaf::BigIntObject(self.big_int()?),
            tag::STRING_OBJECT => Leaf::StringObject(self.text()?),
            tag::REG_EXP => {
                let source = self.text()?;
                Leaf::RegExp(source, self.varint()?)
            }
            tag::ARRAY_BUFFER => Leaf::ArrayBuffer(self.sized()?, None),
            tag::RESIZABLE_ARRAY_BUFFER => {
                let (length, max) = (self.varint()? as usize, self.varint()? as usize);
                if length > max {
                    return Err(FormatError::Invalid);
                }
                Leaf::ArrayBuffer(self.raw(length)?, Some(max))
            }
            tag::TRANSFERRED => Leaf::Transferred(self.varint()?),
            tag::SHARED => Leaf::Shared(self.varint()?),
            _ => return Ok(None),
        }))
    }

    /// A string with its tag.
    fn text(&mut self) -> Read<Text<'a>> {
        let tag = self.tag()?;
        self.text_of(tag)
    }

    fn text_of(&mut self, tag: u8) -> Read<Text<'a>> {
        let bytes = match tag {
            tag::ONE_BYTE | tag::TWO_BYTE | tag::UTF8 => self.sized()?,
            _ => return Err(FormatError::Invalid),
        };
        match tag {
            tag::ONE_BYTE => Ok(Text::Latin1(bytes)),
            tag::TWO_BYTE if bytes.len() % 2 == 0 => Ok(Text::Utf16(bytes)),
            tag::UTF8 => Ok(Text::Utf8(bytes)),
            _ => Err(FormatError::Invalid),
        }
    }

    fn big_int(&mut self) -> Read<BigInt<'a>> {
        let bits = self.varint()?;
        let is_negative = bits & 1 == 1;
        let magnitude = self.raw((bits >> 1) as usize)?;
        // There is no negative zero, and longer ones than this are none of V8's.
        if (is_negative && magnitude.is_empty()) || magnitude.len() > 1 << 27 {
            return Err(FormatError::Invalid);
        }
        Ok(BigInt { is_negative, magnitude })
    }

    /// The next part of an error.
    pub(crate) fn error_part(&mut self) -> Read<ErrorPart<'a>> {
        let part = self.varint()?;
        Ok(match u8::try_from(part) {
            Ok(tag::ERROR_MESSAGE) => ErrorPart::Message(self.text()?),
            Ok(tag::ERROR_STACK) => ErrorPart::Stack(self.text()?),
            Ok(tag::ERROR_CAUSE) => ErrorPart::Cause,
            Ok(tag::ERROR_END) => ErrorPart::End,
            _ => ErrorPart::Class(ErrorClass::from_tag(part).ok_or(FormatError::Invalid)?),
        })
    }

    /// The view of the array buffer that was just read, if one follows.
    pub(crate) fn view(&mut self) -> Read<Option<ViewPart>> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let padding = rest.iter().take_while(|byte| **byte == tag::PADDING).count();
        if rest.get(padding) != Some(&tag::VIEW) {
            return Ok(None);
        }
        self.at += padding + 1;
        let class = u8::try_from(self.varint()?).ok().and_then(ViewClass::from_tag);
        let class = class.ok_or(FormatError::Invalid)?;
        let (offset, length) = (self.varint()? as usize, self.varint()? as usize);
        let flags = if self.version >= 14 { self.varint()? } else { 0 };
        Ok(Some(ViewPart { class, offset, length, tracks_length: flags & 1 == 1, flags }))
    }
}
