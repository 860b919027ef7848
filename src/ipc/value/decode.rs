//! From bytes to whole values: which value belongs where, without recursion.

use super::{
    FormatError,
    reader::{Container, End, ErrorPart, Leaf, Primitive, Reader, Token, ViewPart},
};

/// Makes values of what the bytes hold. Calls come in the order of the bytes.
pub(crate) trait Builder {
    /// A value; to clone one means to refer to the same.
    type Value: Clone;
    /// The key of a property.
    type Key;
    type Error: From<FormatError>;

    fn primitive(&mut self, primitive: Primitive<'_>) -> Result<Self::Value, Self::Error>;
    fn leaf(&mut self, leaf: Leaf<'_>) -> Result<Self::Value, Self::Error>;
    /// An object that was there before, under this number.
    fn reference(&mut self, number: u32, value: &Self::Value) -> Result<Self::Value, Self::Error>;
    /// A view of the value made last.
    fn view(&mut self, buffer: &Self::Value, part: ViewPart) -> Result<Self::Value, Self::Error>;
    /// An object whose contents follow.
    fn begin(&mut self, container: Container) -> Result<Self::Value, Self::Error>;
    /// The key of the property that follows: a string or a number.
    fn key(&mut self, primitive: Primitive<'_>) -> Result<Self::Key, Self::Error>;
    fn property(
        &mut self,
        object: &Self::Value,
        key: Self::Key,
        value: Self::Value,
    ) -> Result<(), Self::Error>;
    /// The next element of a dense array; `None` is a hole.
    fn element(
        &mut self,
        array: &Self::Value,
        index: u32,
        value: Option<Self::Value>,
    ) -> Result<(), Self::Error>;
    fn entry(
        &mut self,
        map: &Self::Value,
        key: Self::Value,
        value: Self::Value,
    ) -> Result<(), Self::Error>;
    fn member(&mut self, set: &Self::Value, value: Self::Value) -> Result<(), Self::Error>;
    /// A part of an error; of its cause, the value comes later.
    fn error_part(&mut self, error: &Self::Value, part: ErrorPart<'_>) -> Result<(), Self::Error>;
    fn cause(&mut self, error: &Self::Value, value: Self::Value) -> Result<(), Self::Error>;
    /// A container is complete; an error has told its end as a part.
    fn end(&mut self, container: &Self::Value, end: End) -> Result<(), Self::Error>;
    /// An object of the host's: reads what belongs to it.
    fn host(
        &mut self,
        reader: &mut Reader<'_>,
        objects: &mut Objects<Self::Value>,
    ) -> Result<Hosted<Self::Value>, Self::Error>;
}

/// What an object of the host's is.
pub(crate) enum Hosted<V> {
    Value(V),
    /// The value that follows stands for it.
    Nested,
}

/// The objects so far, by number. Several values of one serialization share them.
#[derive(Debug)]
pub(crate) struct Objects<V>(pub(crate) Vec<Option<V>>);

impl<V: Clone> Objects<V> {
    fn get(&self, number: u32) -> Result<V, FormatError> {
        self.0.get(number as usize).cloned().flatten().ok_or(FormatError::Invalid)
    }

    fn add(&mut self, value: &V) {
        self.0.push(Some(value.clone()));
    }
}

impl<V> Default for Objects<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A container whose end has not been read.
enum Frame<V, K> {
    /// A list of properties; `end` tells whose.
    Properties {
        object: V,
        key: Option<K>,
        count: u32,
        end: Ending,
    },
    Dense {
        array: V,
        length: u32,
        next: u32,
    },
    Map {
        map: V,
        key: Option<V>,
        count: u32,
    },
    Set {
        set: V,
        count: u32,
    },
    Error {
        error: V,
        awaits_cause: bool,
    },
    /// The value that follows is this object.
    Host {
        number: usize,
    },
}

/// How a list of properties ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Object,
    Dense(u32),
    Sparse,
}

/// Reads one value with all that is in it.
///
/// # Errors
/// [`FormatError`] if the bytes are none, and whatever the builder has to say.
pub(crate) fn decode<B: Builder>(
    reader: &mut Reader<'_>,
    objects: &mut Objects<B::Value>,
    builder: &mut B,
) -> Result<B::Value, B::Error> {
    let mut walk = Walk { reader, objects, builder, frames: Vec::new() };
    loop {
        if let Some(value) = walk.step()? {
            let Some(value) = walk.settle(value)? else { continue };
            return Ok(value);
        }
    }
}

struct Walk<'w, 'a, B: Builder> {
    reader: &'w mut Reader<'a>,
    objects: &'w mut Objects<B::Value>,
    builder: &'w mut B,
    /// The innermost last.
    frames: Vec<Frame<B::Value, B::Key>>,
}

const INVALID: FormatError = FormatError::Invalid;

impl<B: Builder> Walk<'_, '_, B> {
    /// Reads on in the innermost container; a value that is complete, if this made one so.
    fn step(&mut self) -> Result<Option<B::Value>, B::Error> {
        let Some(frame) = self.frames.last_mut() else { return self.value() };
        match frame {
            Frame::Properties { key: None, .. } => self.property_or_end(),
            Frame::Dense { array, length, next } if next == length => {
                let (object, end) = (array.clone(), Ending::Dense(*length));
                *frame = Frame::Properties { object, key: None, count: 0, end };
                Ok(None)
            }
            Frame::Error { awaits_cause: false, .. } => self.error_part(),
            Frame::Properties { .. }
            | Frame::Dense { .. }
            | Frame::Map { .. }
            | Frame::Set { .. }
            | Frame::Error { .. }
            | Frame::Host { .. } => self.value(),
        }
    }

    /// Reads a value, or the end of the map or set it would be in.
    fn value(&mut self) -> Result<Option<B::Value>, B::Error> {
        match self.reader.next()? {
            Token::Primitive(primitive) => self.builder.primitive(primitive).map(Some),
            Token::Leaf(leaf) => {
                let value = self.builder.leaf(leaf)?;
                self.objects.add(&value);
                if matches!(leaf, Leaf::ArrayBuffer(..) | Leaf::Transferred(_) | Leaf::Shared(_)) {
                    return self.viewed(value).map(Some);
                }
                Ok(Some(value))
            }
            Token::Reference(number) => {
                let value = self.objects.get(number)?;
                let value = self.builder.reference(number, &value)?;
                self.viewed(value).map(Some)
            }
            Token::Begin(container) => self.begin(container),
            Token::Host => self.host(),
            Token::Hole => self.hole(),
            Token::End(end) => self.collection_end(end),
        }
    }

    /// The view of an array buffer that follows, or the buffer itself.
    fn viewed(&mut self, buffer: B::Value) -> Result<B::Value, B::Error> {
        let Some(part) = self.reader.view()? else { return Ok(buffer) };
        let view = self.builder.view(&buffer, part)?;
        self.objects.add(&view);
        Ok(view)
    }

    fn begin(&mut self, container: Container) -> Result<Option<B::Value>, B::Error> {
        let value = self.builder.begin(container)?;
        self.objects.add(&value);
        let properties =
            |end| Frame::Properties { object: value.clone(), key: None, count: 0, end };
        self.frames.push(match container {
            Container::Object => properties(Ending::Object),
            Container::Sparse(_) => properties(Ending::Sparse),
            Container::Dense(length) => Frame::Dense { array: value, length, next: 0 },
            Container::Map => Frame::Map { map: value, key: None, count: 0 },
            Container::Set => Frame::Set { set: value, count: 0 },
            Container::Error => Frame::Error { error: value, awaits_cause: false },
        });
        Ok(None)
    }

    fn host(&mut self) -> Result<Option<B::Value>, B::Error> {
        let number = self.objects.0.len();
        self.objects.0.push(None);
        match self.builder.host(self.reader, self.objects)? {
            Hosted::Value(value) => {
                if let Some(slot) = self.objects.0.get_mut(number) {
                    *slot = Some(value.clone());
                }
                Ok(Some(value))
            }
            Hosted::Nested => {
                self.frames.push(Frame::Host { number });
                Ok(None)
            }
        }
    }

    /// Only a dense array has holes.
    fn hole(&mut self) -> Result<Option<B::Value>, B::Error> {
        let Some(Frame::Dense { array, next, .. }) = self.frames.last_mut() else {
            return Err(INVALID.into());
        };
        let index = *next;
        *next += 1;
        self.builder.element(array, index, None)?;
        Ok(None)
    }

    fn property_or_end(&mut self) -> Result<Option<B::Value>, B::Error> {
        let Some(Frame::Properties { object, key, count, end }) = self.frames.last_mut() else {
            return Err(INVALID.into());
        };
        match (self.reader.next()?, *end) {
            (
                Token::Primitive(
                    primitive @ (Primitive::Text(_) | Primitive::Int32(_) | Primitive::Number(_)),
                ),
                _,
            ) => {
                *key = Some(self.builder.key(primitive)?);
                Ok(None)
            }
            (Token::End(told), ending) => {
                let is_true = match (told, ending) {
                    (End::Object(told), Ending::Object)
                    | (End::Sparse(told, _), Ending::Sparse) => told == *count,
                    (End::Dense(told, length), Ending::Dense(known)) => {
                        told == *count && length == known
                    }
                    _ => false,
                };
                if !is_true {
                    return Err(INVALID.into());
                }
                let object = object.clone();
                self.complete(object, told)
            }
            _ => Err(INVALID.into()),
        }
    }

    fn collection_end(&mut self, told: End) -> Result<Option<B::Value>, B::Error> {
        let value = match (self.frames.last(), told) {
            (Some(Frame::Map { map, key: None, count }), End::Map(length)) if length == *count => {
                map.clone()
            }
            (Some(Frame::Set { set, count }), End::Set(length)) if length == *count => set.clone(),
            _ => return Err(INVALID.into()),
        };
        self.complete(value, told)
    }

    fn complete(&mut self, value: B::Value, end: End) -> Result<Option<B::Value>, B::Error> {
        self.frames.pop();
        self.builder.end(&value, end)?;
        Ok(Some(value))
    }

    fn error_part(&mut self) -> Result<Option<B::Value>, B::Error> {
        let Some(Frame::Error { error, awaits_cause }) = self.frames.last_mut() else {
            return Err(INVALID.into());
        };
        let part = self.reader.error_part()?;
        *awaits_cause = part == ErrorPart::Cause;
        self.builder.error_part(error, part)?;
        if part != ErrorPart::End {
            return Ok(None);
        }
        let error = error.clone();
        self.frames.pop();
        Ok(Some(error))
    }

    /// Gives a complete value to the container that it is in; the value back if it is in none.
    fn settle(&mut self, value: B::Value) -> Result<Option<B::Value>, B::Error> {
        let Some(frame) = self.frames.last_mut() else { return Ok(Some(value)) };
        match frame {
            Frame::Properties { object, key, count, .. } => {
                let key = key.take().ok_or(INVALID)?;
                *count = count.checked_add(1).ok_or(INVALID)?;
                self.builder.property(object, key, value)?;
            }
            Frame::Dense { array, next, .. } => {
                let index = *next;
                *next += 1;
                self.builder.element(array, index, Some(value))?;
            }
            Frame::Map { map, key, count } => {
                *count = count.checked_add(1).ok_or(INVALID)?;
                match key.take() {
                    None => *key = Some(value),
                    Some(key) => self.builder.entry(map, key, value)?,
                }
            }
            Frame::Set { set, count } => {
                *count = count.checked_add(1).ok_or(INVALID)?;
                self.builder.member(set, value)?;
            }
            Frame::Error { error, awaits_cause } => {
                *awaits_cause = false;
                self.builder.cause(error, value)?;
            }
            Frame::Host { number } => {
                let number = *number;
                self.frames.pop();
                if let Some(slot) = self.objects.0.get_mut(number) {
                    *slot = Some(value.clone());
                }
                return self.settle_again(value);
            }
        }
        Ok(None)
    }

    /// A host's object that stands for another one's: as deep as the bytes say, without recursion.
    fn settle_again(&mut self, value: B::Value) -> Result<Option<B::Value>, B::Error> {
        while let Some(Frame::Host { number }) = self.frames.last() {
            let number = *number;
            self.frames.pop();
            if let Some(slot) = self.objects.0.get_mut(number) {
                *slot = Some(value.clone());
            }
        }
        self.settle(value)
    }
}
