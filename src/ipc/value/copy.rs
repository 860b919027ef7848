//! Writes a serialized value again, as a part of another one: its objects get other numbers, its
//! two-byte strings another alignment.

use super::{
    FormatError, ViewClass,
    decode::{Builder, Hosted, Objects, decode},
    reader::{
        BigInt, Container, End, ErrorPart, Leaf, Primitive, Reader, Text, ViewPart, utf16_units,
    },
    tag,
    writer::Writer,
};

/// What an object of the host's begins with, between two ends of a channel.
pub(crate) const HOST_VIEW: u32 = 0;
/// See [`HOST_VIEW`]: a value follows that stands for the object.
pub(crate) const HOST_PLAIN: u32 = 1;

/// A view among the host's objects of a channel: its class and its bytes.
pub(crate) fn channel_view<'a>(
    reader: &mut Reader<'a>,
) -> Result<Option<(ViewClass, &'a [u8])>, FormatError> {
    match reader.varint()? {
        HOST_VIEW => host_view(reader).map(Some),
        HOST_PLAIN => Ok(None),
        _ => Err(FormatError::Invalid),
    }
}

/// A view as Node's host object: class, length, bytes.
pub(crate) fn host_view<'a>(reader: &mut Reader<'a>) -> Result<(ViewClass, &'a [u8]), FormatError> {
    let class = ViewClass::from_number(reader.varint()?).ok_or(FormatError::Invalid)?;
    let length = reader.varint()? as usize;
    Ok((class, reader.raw(length)?))
}

/// Writes the value that a channel's payload is, with its objects numbered from `first` on.
///
/// # Errors
/// [`FormatError`] if the payload is no value.
pub(crate) fn copy(payload: &[u8], first: u32, writer: &mut Writer) -> Result<(), FormatError> {
    let mut reader = Reader::new(payload);
    reader.header()?;
    decode(&mut reader, &mut Objects::default(), &mut Copier { first, writer })
}

struct Copier<'w> {
    first: u32,
    writer: &'w mut Writer,
}

type Done = Result<(), FormatError>;

impl Copier<'_> {
    fn text(&mut self, text: Text<'_>) {
        match text {
            Text::Latin1(bytes) => self.writer.latin1(bytes),
            Text::Utf16(bytes) => self.writer.utf16(utf16_units(bytes)),
            Text::Utf8(bytes) => {
                self.writer.tag(tag::UTF8);
                self.writer.varint(bytes.len() as u64);
                self.writer.raw(bytes);
            }
        }
    }

    fn big_int(&mut self, BigInt { is_negative, magnitude }: BigInt<'_>) {
        self.writer.varint((magnitude.len() as u64) << 1 | u64::from(is_negative));
        self.writer.raw(magnitude);
    }

    fn tagged_double(&mut self, tag: u8, value: f64) {
        self.writer.tag(tag);
        self.writer.double(value);
    }
}

impl Builder for Copier<'_> {
    type Value = ();
    type Key = ();
    type Error = FormatError;

    fn primitive(&mut self, primitive: Primitive<'_>) -> Done {
        match primitive {
            Primitive::Undefined => self.writer.tag(tag::UNDEFINED),
            Primitive::Null => self.writer.tag(tag::NULL),
            Primitive::Boolean(value) => self.writer.boolean(value),
            Primitive::Int32(value) => self.writer.int32(value),
            Primitive::Number(value) => self.tagged_double(tag::DOUBLE, value),
            Primitive::BigInt(value) => {
                self.writer.tag(tag::BIG_INT);
                self.big_int(value);
            }
            Primitive::Text(text) => self.text(text),
        }
        Ok(())
    }

    fn leaf(&mut self, leaf: Leaf<'_>) -> Done {
        match leaf {
            Leaf::Date(time) => self.tagged_double(tag::DATE, time),
            Leaf::BooleanObject(true) => self.writer.tag(tag::TRUE_OBJECT),
            Leaf::BooleanObject(false) => self.writer.tag(tag::FALSE_OBJECT),
            Leaf::NumberObject(value) => self.tagged_double(tag::NUMBER_OBJECT, value),
            Leaf::BigIntObject(value) => {
                self.writer.tag(tag::BIG_INT_OBJECT);
                self.big_int(value);
            }
            Leaf::StringObject(text) => {
                self.writer.tag(tag::STRING_OBJECT);
                self.text(text);
            }
            Leaf::RegExp(source, flags) => {
                self.writer.tag(tag::REG_EXP);
                self.text(source);
                self.writer.varint(flags.into());
            }
            Leaf::ArrayBuffer(bytes, max) => self.writer.array_buffer(bytes, max),
            Leaf::Transferred(_) | Leaf::Shared(_) => return Err(FormatError::Invalid),
        }
        Ok(())
    }

    fn reference(&mut self, number: u32, (): &()) -> Done {
        self.writer.reference(number + self.first);
        Ok(())
    }

    fn view(&mut self, (): &(), part: ViewPart) -> Done {
        self.writer.view(part.class, part.offset, part.length, part.flags);
        Ok(())
    }

    fn begin(&mut self, container: Container) -> Done {
        let (tag, length) = match container {
            Container::Object => (tag::OBJECT, None),
            Container::Dense(length) => (tag::DENSE, Some(length)),
            Container::Sparse(length) => (tag::SPARSE, Some(length)),
            Container::Map => (tag::MAP, None),
            Container::Set => (tag::SET, None),
            Container::Error => (tag::ERROR, None),
        };
        self.writer.tag(tag);
        if let Some(length) = length {
            self.writer.varint(length.into());
        }
        Ok(())
    }

    fn key(&mut self, primitive: Primitive<'_>) -> Done {
        self.primitive(primitive)
    }

    fn property(&mut self, (): &(), (): (), (): ()) -> Done {
        Ok(())
    }

    fn element(&mut self, (): &(), _: u32, value: Option<()>) -> Done {
        if value.is_none() {
            self.writer.tag(tag::HOLE);
        }
        Ok(())
    }

    fn entry(&mut self, (): &(), (): (), (): ()) -> Done {
        Ok(())
    }

    fn member(&mut self, (): &(), (): ()) -> Done {
        Ok(())
    }

    fn error_part(&mut self, (): &(), part: ErrorPart<'_>) -> Done {
        match part {
            ErrorPart::Class(class) => self.writer.error_class(Some(class)),
            ErrorPart::Message(text) => {
                self.writer.tag(tag::ERROR_MESSAGE);
                self.text(text);
            }
            ErrorPart::Stack(text) => {
                self.writer.tag(tag::ERROR_STACK);
                self.text(text);
            }
            ErrorPart::Cause => self.writer.tag(tag::ERROR_CAUSE),
            ErrorPart::End => self.writer.tag(tag::ERROR_END),
        }
        Ok(())
    }

    fn cause(&mut self, (): &(), (): ()) -> Done {
        Ok(())
    }

    fn end(&mut self, (): &(), end: End) -> Done {
        match end {
            End::Object(count) => self.writer.end(tag::OBJECT_END, count, None),
            End::Dense(count, length) => self.writer.end(tag::DENSE_END, count, Some(length)),
            End::Sparse(count, length) => self.writer.end(tag::SPARSE_END, count, Some(length)),
            End::Map(count) => self.writer.end(tag::MAP_END, count, None),
            End::Set(count) => self.writer.end(tag::SET_END, count, None),
        }
        Ok(())
    }

    fn host(
        &mut self,
        reader: &mut Reader<'_>,
        _: &mut Objects<()>,
    ) -> Result<Hosted<()>, FormatError> {
        self.writer.tag(tag::HOST);
        let Some((class, bytes)) = channel_view(reader)? else {
            self.writer.varint(HOST_PLAIN.into());
            return Ok(Hosted::Nested);
        };
        self.writer.varint(HOST_VIEW.into());
        self.writer.varint(class.number().into());
        self.writer.varint(bytes.len() as u64);
        self.writer.raw(bytes);
        Ok(Hosted::Value(()))
    }
}
