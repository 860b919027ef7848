//! From a JSON text straight to JavaScript values.
//!
//! The parser keeps its own stack, so the depth of a text costs memory and no native stack.
//! No JavaScript runs while it works.

mod number;
mod string;

use boa_engine::{
    Context, JsObject, JsString, JsValue,
    builtins::object::OrdinaryObject,
    object::{builtins::JsArray, shape::RootShape},
    property::{PropertyDescriptor, PropertyKey},
};

use super::{
    super::string_buffer::StringBuffer,
    failure::{Failure, Reason},
    keys::{KeyCache, Place, Position},
    spelled::Spelled,
    text::Text,
};

/// Is told what the parser finds, in the order of the text.
///
/// A reviver needs to know where the primitives of a text came from; for everything else the
/// recorder does nothing and costs nothing.
pub(super) trait Recorder {
    /// A primitive value that is spelled by this range of the text.
    fn primitive(&mut self, value: &JsValue, from: usize, to: usize);
    /// An array or an object begins.
    fn open(&mut self);
    /// The key of the value that comes next.
    fn key(&mut self, key: &PropertyKey);
    /// The array or object that was opened last is complete.
    fn close(&mut self, value: &JsValue);
}

/// Records nothing.
pub(super) struct NoRecorder;

impl Recorder for NoRecorder {
    fn primitive(&mut self, _: &JsValue, _: usize, _: usize) {}
    fn open(&mut self) {}
    fn key(&mut self, _: &PropertyKey) {}
    fn close(&mut self, _: &JsValue) {}
}

/// A container whose end has not been read.
enum Open {
    /// Its elements are the values from this index on.
    Array(usize),
    Object {
        object: JsObject,
        /// That of the value that is being read.
        key: PropertyKey,
        /// The place of this object's own key.
        above: Option<Place>,
    },
}

/// What begins where a value is expected.
enum Begun {
    Whole(JsValue),
    /// A container with something in it: its first value comes next.
    Container,
}

/// What is kept from one parse to the next: the keys, and memory (empty between two parses).
#[derive(Default)]
pub(super) struct Workspace {
    keys: KeyCache,
    /// Short strings: values repeat, too.
    strings: Spelled<JsString>,
    open: Vec<Open>,
    /// The elements so far of all open arrays.
    values: Vec<JsValue>,
    bytes: Vec<u8>,
    buffer: StringBuffer,
}

impl Workspace {
    /// Lets go of all values, and of memory if a large text took much of it.
    fn tidy(&mut self) {
        const KEPT: usize = 4096;
        self.open.clear();
        self.open.shrink_to(KEPT);
        self.values.clear();
        self.values.shrink_to(KEPT);
        self.bytes.shrink_to(KEPT);
        self.buffer.clear();
        self.buffer.shrink_to(KEPT);
    }
}

/// The state of one parse.
pub(super) struct Parser<'a, T, R> {
    text: T,
    at: usize,
    recorder: &'a mut R,
    work: &'a mut Workspace,
    context: &'a mut Context,
    root_shape: RootShape,
    object_prototype: JsObject,
    /// Where in the layout the value stands that is being read: the place of its key, or of the key of
    /// the array it is in.
    place: Option<Place>,
}

type Parsed<V> = Result<V, Failure>;

impl<'a, T: Text, R: Recorder> Parser<'a, T, R> {
    pub(super) fn new(
        text: T,
        recorder: &'a mut R,
        work: &'a mut Workspace,
        context: &'a mut Context,
    ) -> Self {
        Self {
            text,
            at: 0,
            recorder,
            work,
            root_shape: context.root_shape().clone(),
            object_prototype: context.intrinsics().constructors().object().prototype(),
            context,
            place: None,
        }
    }

    /// Parses the whole text.
    pub(super) fn document(mut self) -> Parsed<JsValue> {
        let document = self.read_document();
        self.work.tidy();
        document
    }

    fn read_document(&mut self) -> Parsed<JsValue> {
        loop {
            let Begun::Whole(value) = self.begin_value()? else { continue };
            if let Some(document) = self.settle(value)? {
                return Ok(document);
            }
        }
    }

    /// Gives a complete value to the container it belongs to, and closes the containers that end
    /// right after it. Returns the value of the text if that is complete.
    fn settle(&mut self, mut value: JsValue) -> Parsed<Option<JsValue>> {
        loop {
            match self.work.open.last_mut() {
                None => {
                    return match self.token() {
                        None => Ok(Some(value)),
                        Some(_) => self.fail(Reason::TrailingText),
                    };
                }
                Some(Open::Array(first)) => {
                    let first = *first;
                    self.work.values.push(value);
                    match self.token() {
                        Some(b',') => {
                            self.at += 1;
                            return Ok(None);
                        }
                        Some(b']') => value = self.close_array(first),
                        _ => return self.fail(Reason::ExpectedCommaOrBracket),
                    }
                }
                Some(Open::Object { object, key, .. }) => {
                    insert(object, std::mem::replace(key, 0.into()), value);
                    match self.token() {
                        Some(b',') => {
                            self.at += 1;
                            self.next_key()?;
                            return Ok(None);
                        }
                        Some(b'}') => value = self.close_object(),
                        _ => return self.fail(Reason::ExpectedCommaOrBrace),
                    }
                }
            }
        }
    }

    fn close_array(&mut self, first: usize) -> JsValue {
        self.at += 1;
        self.work.open.pop();
        let array: JsValue =
            JsArray::from_iter(self.work.values.drain(first..), self.context).into();
        self.recorder.close(&array);
        array
    }

    fn close_object(&mut self) -> JsValue {
        self.at += 1;
        let Some(Open::Object { object, above, .. }) = self.work.open.pop() else {
            unreachable!("only an open object is closed by a brace");
        };
        self.place = above;
        let object = object.into();
        self.recorder.close(&object);
        object
    }

    /// Reads the key that must follow a comma, with its colon, into the object that is open.
    fn next_key(&mut self) -> Parsed<()> {
        if self.token() != Some(b'"') {
            return self.fail(Reason::ExpectedKey);
        }
        let next = self.key(Position { before: self.place, above: None })?;
        if let Some(Open::Object { key, .. }) = self.work.open.last_mut() {
            *key = next;
        }
        Ok(())
    }

    fn begin_value(&mut self) -> Parsed<Begun> {
        let from = self.skip_whitespace();
        let value = match self.token() {
            Some(b'"') => self.string()?.into(),
            Some(b'{') => return self.begin_object(),
            Some(b'[') => return self.begin_array(),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.literal(b"true", JsValue::new(true))?,
            Some(b'f') => self.literal(b"false", JsValue::new(false))?,
            Some(b'n') => self.literal(b"null", JsValue::null())?,
            _ => return self.unexpected(),
        };
        self.recorder.primitive(&value, from, self.at);
        Ok(Begun::Whole(value))
    }

    fn begin_array(&mut self) -> Parsed<Begun> {
        self.at += 1;
        self.recorder.open();
        if self.token() == Some(b']') {
            self.at += 1;
            let array = JsArray::from_iter([], self.context).into();
            self.recorder.close(&array);
            return Ok(Begun::Whole(array));
        }
        self.work.open.push(Open::Array(self.work.values.len()));
        Ok(Begun::Container)
    }

    fn begin_object(&mut self) -> Parsed<Begun> {
        self.at += 1;
        self.recorder.open();
        let prototype = self.object_prototype.clone();
        let object = JsObject::new(&self.root_shape, prototype, OrdinaryObject).upcast();
        match self.token() {
            Some(b'"') => {
                let above = self.place;
                let key = self.key(Position { before: None, above })?;
                self.work.open.push(Open::Object { object, key, above });
                Ok(Begun::Container)
            }
            Some(b'}') => {
                self.at += 1;
                let object = object.into();
                self.recorder.close(&object);
                Ok(Begun::Whole(object))
            }
            _ => self.fail(Reason::ExpectedKeyOrBrace),
        }
    }

    /// Reads a key and the colon after it.
    fn key(&mut self, position: Position) -> Parsed<PropertyKey> {
        let from = self.at + 1;
        let key = match self.guessed_key(from, position) {
            Some(key) => key,
            None => self.new_key(from, position)?,
        };
        self.recorder.key(&key);
        if self.token() != Some(b':') {
            return self.fail(Reason::ExpectedColon);
        }
        self.at += 1;
        Ok(key)
    }

    /// The key that was here in the last text of this layout, if it is here again.
    fn guessed_key(&mut self, from: usize, position: Position) -> Option<PropertyKey> {
        let (spelling, key, place) = self.work.keys.guess(position)?;
        let end = from + spelling.len();
        if self.text.unit(end) != Some(u16::from(b'"')) || !self.text.continues(from, spelling) {
            return None;
        }
        self.at = end + 1;
        self.place = Some(place);
        Some(key.clone())
    }

    fn new_key(&mut self, from: usize, position: Position) -> Parsed<PropertyKey> {
        let run = self.text.run(from);
        let is_plain = self.text.unit(run.end) == Some(u16::from(b'"'));
        if !is_plain || !self.text.ascii(from, run.end, &mut self.work.bytes) {
            self.place = None;
            return Ok(self.string()?.into());
        }
        self.at = run.end + 1;
        let (key, place) = self.work.keys.key_at(&self.work.bytes, position);
        self.place = place;
        Ok(key)
    }

    /// Skips white space; returns where what follows it begins.
    fn skip_whitespace(&mut self) -> usize {
        while let Some(0x20 | 0x0A | 0x0D | 0x09) = self.text.unit(self.at) {
            self.at += 1;
        }
        self.at
    }

    /// Skips white space; the ASCII character that follows it, zero for any other, `None` at the
    /// end of the text.
    fn token(&mut self) -> Option<u8> {
        let at = self.skip_whitespace();
        self.text.unit(at).map(|unit| u8::try_from(unit).unwrap_or(0))
    }

    fn literal(&mut self, spelling: &[u8], value: JsValue) -> Parsed<JsValue> {
        for &expected in spelling {
            if self.text.unit(self.at) != Some(u16::from(expected)) {
                return self.unexpected();
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn fail<V>(&self, reason: Reason) -> Parsed<V> {
        Err(Failure { reason, at: self.at })
    }

    /// Fails because of what stands here, whatever was expected.
    fn unexpected<V>(&self) -> Parsed<V> {
        let unit = self.text.unit(self.at);
        self.fail(match unit.map(|unit| u8::try_from(unit).unwrap_or(0)) {
            None => Reason::UnexpectedEnd,
            Some(b'"') => Reason::UnexpectedString,
            Some(b'-' | b'0'..=b'9') => Reason::UnexpectedNumber,
            Some(_) => Reason::UnexpectedToken,
        })
    }
}

/// Defines a property of a new object; the last one of a name counts, `__proto__` is like others.
fn insert(object: &JsObject, key: PropertyKey, value: JsValue) {
    let property = PropertyDescriptor::builder()
        .value(value)
        .writable(true)
        .enumerable(true)
        .configurable(true);
    object.insert_property(key, property.build());
}
