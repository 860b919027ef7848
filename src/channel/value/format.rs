//! Values in V8's format: the `advanced` serialization.

use std::ops::Range;

use super::Value;
use crate::ipc::value::{
    ErrorClass, FormatError, ViewClass,
    copy::{self, HOST_VIEW},
    decode::{self, Builder, Hosted, Objects},
    reader::{
        BigInt, Container, End, ErrorPart, Leaf, Primitive, Reader, Text, ViewPart, utf16_units,
    },
    tag,
    writer::Writer,
};

/// How deep values may lie in each other, as in `serde_json`: whoever takes one apart recurses.
const MAX_DEPTH: usize = 128;

/// Up to here numbers of JavaScript's are exact.
const SAFE: u64 = 1 << 53;

/// Appends a message to these bytes.
pub(in crate::channel) fn encode(bytes: Vec<u8>, value: &Value) -> Vec<u8> {
    let mut writer = Writer::after(bytes);
    writer.header();
    write(&mut writer, value);
    writer.into_bytes()
}

fn write(writer: &mut Writer, value: &Value) {
    match value {
        Value::Undefined => writer.tag(tag::UNDEFINED),
        Value::Null => writer.tag(tag::NULL),
        Value::Bool(value) => writer.boolean(*value),
        Value::Integer(value) if value.unsigned_abs() <= SAFE => writer.number(*value as f64),
        Value::Integer(value) => big_int(writer, (*value).into()),
        Value::Float(value) => writer.number(*value),
        Value::BigInt(value) => big_int(writer, *value),
        Value::String(value) => text(writer, value),
        Value::Bytes(bytes) => buffer(writer, bytes),
        Value::Date(value) => {
            writer.tag(tag::DATE);
            writer.double(*value);
        }
        Value::Array(list) => array(writer, list),
        Value::Object(properties) => object(writer, properties),
        Value::Map(entries) => map(writer, entries),
        Value::Set(list) => set(writer, list),
        Value::Error(properties) => error(writer, properties),
    }
}

fn buffer(writer: &mut Writer, bytes: &[u8]) {
    writer.tag(tag::HOST);
    writer.varint(HOST_VIEW.into());
    writer.varint(ViewClass::Buffer.number().into());
    writer.varint(bytes.len() as u64);
    writer.raw(bytes);
}

fn array(writer: &mut Writer, list: &[Value]) {
    let length = list.len() as u32;
    writer.tag(tag::DENSE);
    writer.varint(length.into());
    for value in list {
        write(writer, value);
    }
    writer.end(tag::DENSE_END, 0, Some(length));
}

fn object(writer: &mut Writer, properties: &[(String, Value)]) {
    writer.tag(tag::OBJECT);
    for (name, value) in properties {
        text(writer, name);
        write(writer, value);
    }
    writer.end(tag::OBJECT_END, properties.len() as u32, None);
}

fn map(writer: &mut Writer, entries: &[(Value, Value)]) {
    writer.tag(tag::MAP);
    for (key, value) in entries {
        write(writer, key);
        write(writer, value);
    }
    writer.end(tag::MAP_END, entries.len() as u32 * 2, None);
}

fn set(writer: &mut Writer, list: &[Value]) {
    writer.tag(tag::SET);
    for value in list {
        write(writer, value);
    }
    writer.end(tag::SET_END, list.len() as u32, None);
}

fn error(writer: &mut Writer, properties: &[(String, Value)]) {
    let of =
        |name: &str| properties.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    let name = of("name").and_then(Value::as_str).unwrap_or_default();
    writer.tag(tag::ERROR);
    writer.error_class(ErrorClass::from_name(name));
    for (name, part) in [("message", tag::ERROR_MESSAGE), ("stack", tag::ERROR_STACK)] {
        if let Some(value) = of(name).and_then(Value::as_str) {
            writer.tag(part);
            text(writer, value);
        }
    }
    if let Some(cause) = of("cause") {
        writer.tag(tag::ERROR_CAUSE);
        write(writer, cause);
    }
    writer.tag(tag::ERROR_END);
}

fn big_int(writer: &mut Writer, value: i128) {
    let magnitude = value.unsigned_abs();
    let digits = [magnitude as u64, (magnitude >> 64) as u64];
    let count = digits.iter().rposition(|digit| *digit != 0).map_or(0, |at| at + 1);
    writer.tag(tag::BIG_INT);
    writer.big_int(value < 0, digits.into_iter().take(count));
}

fn text(writer: &mut Writer, text: &str) {
    if text.is_ascii() {
        return writer.latin1(text.as_bytes());
    }
    let latin1: Option<Vec<u8>> =
        text.chars().map(|unit| u32::from(unit).try_into().ok()).collect();
    match latin1 {
        Some(units) => writer.latin1(&units),
        None => writer.utf16(text.encode_utf16().collect::<Vec<_>>().into_iter()),
    }
}

/// The message that a payload is.
///
/// # Errors
/// [`FormatError`], also if values lie deeper in each other than 128 times, hold themselves, or are
/// shared so often that they would be more than the bytes account for.
pub(in crate::channel) fn decode(payload: &[u8]) -> Result<Value, FormatError> {
    let mut reader = Reader::new(payload);
    reader.header()?;
    let mut nodes = Nodes(Vec::new());
    let root = decode::decode(&mut reader, &mut Objects::default(), &mut nodes)?;
    // What is shared comes several times: with this much in all.
    let mut budget = payload.len().saturating_mul(4).saturating_add(1024);
    nodes.tree(root, 0, &mut budget)
}

/// A value whose parts are numbers of other ones.
enum Node {
    Plain(Value),
    Buffer(Vec<u8>),
    /// A part of a buffer.
    View(usize, Range<usize>),
    Array(Vec<Option<usize>>),
    /// An array of this length, and its elements under their names.
    Sparse(usize, Vec<(String, usize)>),
    Object(Vec<(String, usize)>),
    Map(Vec<(usize, usize)>),
    Set(Vec<usize>),
    Error(Vec<(String, usize)>),
}

struct Nodes(Vec<Node>);

type Made<T> = Result<T, FormatError>;

const INVALID: FormatError = FormatError::Invalid;

impl Nodes {
    fn add(&mut self, node: Node) -> usize {
        self.0.push(node);
        self.0.len() - 1
    }

    fn plain(&mut self, value: Value) -> usize {
        self.add(Node::Plain(value))
    }

    fn tree(&self, at: usize, depth: usize, budget: &mut usize) -> Made<Value> {
        let node = self.0.get(at).ok_or(INVALID)?;
        let size = match node {
            Node::View(_, range) => range.len() + 1,
            Node::Buffer(bytes) | Node::Plain(Value::Bytes(bytes)) => bytes.len() + 1,
            Node::Plain(Value::String(text)) => text.len() + 1,
            _ => 1,
        };
        *budget = budget.checked_sub(size).ok_or(INVALID)?;
        if depth > MAX_DEPTH {
            return Err(INVALID);
        }
        let mut inner = |at: usize| self.tree(at, depth + 1, budget);
        Ok(match node {
            Node::Plain(value) => value.clone(),
            Node::Buffer(bytes) => Value::Bytes(bytes.clone()),
            Node::View(buffer, range) => match self.0.get(*buffer) {
                Some(Node::Buffer(bytes)) => Value::Bytes(bytes[range.clone()].to_vec()),
                _ => return Err(INVALID),
            },
            Node::Array(list) => {
                let list = list.iter().map(|at| at.map_or(Ok(Value::Undefined), &mut inner));
                Value::Array(list.collect::<Made<_>>()?)
            }
            Node::Set(list) => Value::Set(list.iter().map(|at| inner(*at)).collect::<Made<_>>()?),
            Node::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| Ok((inner(*key)?, inner(*value)?)));
                Value::Map(entries.collect::<Made<_>>()?)
            }
            Node::Object(properties) => Value::Object(named(properties, &mut inner)?),
            Node::Error(properties) => Value::Error(named(properties, &mut inner)?),
            Node::Sparse(length, properties) => {
                let elements = named(properties, &mut inner)?;
                filled(*length, elements, budget)
            }
        })
    }

    /// What a container is given at this place.
    fn container(&mut self, at: usize) -> Made<&mut Node> {
        self.0.get_mut(at).ok_or(INVALID)
    }

    fn error_property(&mut self, error: usize, name: &str, value: usize) -> Made<()> {
        match self.container(error)? {
            Node::Error(properties) => properties.push((name.to_owned(), value)),
            _ => return Err(INVALID),
        }
        Ok(())
    }
}

fn named(
    properties: &[(String, usize)],
    mut inner: impl FnMut(usize) -> Made<Value>,
) -> Made<Vec<(String, Value)>> {
    properties.iter().map(|(name, at)| Ok((name.clone(), inner(*at)?))).collect()
}

/// An array with holes; an object where no bytes pay for its length.
fn filled(length: usize, elements: Vec<(String, Value)>, budget: &mut usize) -> Value {
    let Some(left) = budget.checked_sub(length) else { return Value::Object(elements) };
    *budget = left;
    let mut list = vec![Value::Undefined; length];
    for (name, value) in elements {
        if let Some(place) = name.parse::<usize>().ok().and_then(|at| list.get_mut(at)) {
            *place = value;
        }
    }
    Value::Array(list)
}

fn string(text: Text<'_>) -> String {
    match text {
        Text::Latin1(bytes) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Text::Utf16(bytes) => {
            let units = char::decode_utf16(utf16_units(bytes));
            units.map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Text::Utf8(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn integer(BigInt { is_negative, magnitude }: BigInt<'_>) -> Made<Value> {
    let mut bytes = [0; 16];
    let (low, high) = magnitude.split_at(magnitude.len().min(bytes.len()));
    bytes[..low.len()].copy_from_slice(low);
    let value = i128::try_from(u128::from_le_bytes(bytes)).map_err(|_| INVALID)?;
    if high.iter().any(|byte| *byte != 0) {
        return Err(INVALID);
    }
    Ok(Value::BigInt(if is_negative { -value } else { value }))
}

fn primitive(primitive: Primitive<'_>) -> Made<Value> {
    Ok(match primitive {
        Primitive::Undefined => Value::Undefined,
        Primitive::Null => Value::Null,
        Primitive::Boolean(value) => Value::Bool(value),
        Primitive::Int32(value) => Value::Integer(value.into()),
        Primitive::Number(value) => super::number(value),
        Primitive::BigInt(value) => integer(value)?,
        Primitive::Text(text) => Value::String(string(text)),
    })
}

impl Builder for Nodes {
    type Value = usize;
    type Key = String;
    type Error = FormatError;

    fn primitive(&mut self, given: Primitive<'_>) -> Made<usize> {
        let value = primitive(given)?;
        Ok(self.plain(value))
    }

    fn leaf(&mut self, leaf: Leaf<'_>) -> Made<usize> {
        let value = match leaf {
            Leaf::Date(value) => Value::Date(value),
            Leaf::BooleanObject(value) => Value::Bool(value),
            Leaf::NumberObject(value) => super::number(value),
            Leaf::BigIntObject(value) => integer(value)?,
            Leaf::StringObject(text) => Value::String(string(text)),
            Leaf::RegExp(source, _) => Value::String(string(source)),
            Leaf::ArrayBuffer(bytes, _) => return Ok(self.add(Node::Buffer(bytes.to_vec()))),
            Leaf::Transferred(_) | Leaf::Shared(_) => return Err(INVALID),
        };
        Ok(self.plain(value))
    }

    fn reference(&mut self, _: u32, value: &usize) -> Made<usize> {
        Ok(*value)
    }

    fn view(&mut self, buffer: &usize, part: ViewPart) -> Made<usize> {
        let Node::Buffer(bytes) = self.container(*buffer)? else { return Err(INVALID) };
        let end = part.offset.checked_add(part.length).ok_or(INVALID)?;
        let end = if part.tracks_length { bytes.len() } else { end };
        let range = part.offset..end;
        bytes.get(range.clone()).ok_or(INVALID)?;
        Ok(self.add(Node::View(*buffer, range)))
    }

    fn begin(&mut self, container: Container) -> Made<usize> {
        let node = match container {
            Container::Object => Node::Object(Vec::new()),
            Container::Sparse(length) => Node::Sparse(length as usize, Vec::new()),
            Container::Dense(_) => Node::Array(Vec::new()),
            Container::Map => Node::Map(Vec::new()),
            Container::Set => Node::Set(Vec::new()),
            Container::Error => Node::Error(Vec::new()),
        };
        Ok(self.add(node))
    }

    fn key(&mut self, given: Primitive<'_>) -> Made<String> {
        match primitive(given)? {
            Value::String(text) => Ok(text),
            Value::Integer(number) => Ok(number.to_string()),
            Value::Float(number) => Ok(number.to_string()),
            _ => Err(INVALID),
        }
    }

    fn property(&mut self, object: &usize, key: String, value: usize) -> Made<()> {
        // Nothing here has named properties of arrays.
        match self.container(*object)? {
            Node::Object(properties) | Node::Sparse(_, properties) => properties.push((key, value)),
            _ => {}
        }
        Ok(())
    }

    fn element(&mut self, array: &usize, _: u32, value: Option<usize>) -> Made<()> {
        if let Node::Array(list) = self.container(*array)? {
            list.push(value);
        }
        Ok(())
    }

    fn entry(&mut self, map: &usize, key: usize, value: usize) -> Made<()> {
        if let Node::Map(entries) = self.container(*map)? {
            entries.push((key, value));
        }
        Ok(())
    }

    fn member(&mut self, set: &usize, value: usize) -> Made<()> {
        if let Node::Set(list) = self.container(*set)? {
            list.push(value);
        }
        Ok(())
    }

    fn error_part(&mut self, error: &usize, part: ErrorPart<'_>) -> Made<()> {
        let (name, text) = match part {
            ErrorPart::Class(class) => ("name", class.name().to_owned()),
            ErrorPart::Message(text) => ("message", string(text)),
            ErrorPart::Stack(text) => ("stack", string(text)),
            ErrorPart::Cause | ErrorPart::End => return Ok(()),
        };
        let value = self.plain(Value::String(text));
        self.error_property(*error, name, value)
    }

    fn cause(&mut self, error: &usize, value: usize) -> Made<()> {
        self.error_property(*error, "cause", value)
    }

    fn end(&mut self, _: &usize, _: End) -> Made<()> {
        Ok(())
    }

    fn host(&mut self, reader: &mut Reader<'_>, _: &mut Objects<usize>) -> Made<Hosted<usize>> {
        let Some((_, bytes)) = copy::channel_view(reader)? else { return Ok(Hosted::Nested) };
        Ok(Hosted::Value(self.plain(Value::Bytes(bytes.to_vec()))))
    }
}
