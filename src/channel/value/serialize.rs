//! From what serde knows to values, and back to what other formats write.

use std::fmt;

use serde::{
    Serialize, Serializer,
    ser::{
        SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use super::Value;

/// Names by which our own serializer knows what serde has no word for.
pub(super) const DATE: &str = "rjs::channel::Date";
pub(super) const MAP: &str = "rjs::channel::Map";
pub(super) const SET: &str = "rjs::channel::Set";
pub(super) const ERROR: &str = "rjs::channel::Error";
pub(super) const UNDEFINED: &str = "rjs::channel::Undefined";

/// What is wrong with a value.
#[derive(Debug)]
pub struct ValueError(pub(super) String);

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ValueError {}

impl serde::ser::Error for ValueError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl serde::de::Error for ValueError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// The value that this is.
pub(in crate::channel) fn to_value(value: &impl Serialize) -> Result<Value, ValueError> {
    value.serialize(ToValue)
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Undefined => serializer.serialize_unit_struct(UNDEFINED),
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::BigInt(value) => serializer.serialize_i128(*value),
            Self::String(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::Date(value) => serializer.serialize_newtype_struct(DATE, value),
            Self::Array(list) => serializer.collect_seq(list),
            Self::Set(list) => serializer.serialize_newtype_struct(SET, list),
            Self::Map(entries) => serializer.serialize_newtype_struct(MAP, entries),
            Self::Object(properties) => Properties(properties).serialize(serializer),
            Self::Error(properties) => {
                serializer.serialize_newtype_struct(ERROR, &Properties(properties))
            }
        }
    }
}

struct Properties<'a>(&'a [(String, Value)]);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn integer(value: i128) -> Value {
    i64::try_from(value).map_or(Value::BigInt(value), Value::Integer)
}

/// Makes values.
struct ToValue;

type Made = Result<Value, ValueError>;

/// A container that is being filled, and what it becomes.
struct Filling {
    list: Vec<Value>,
    properties: Vec<(String, Value)>,
    key: Option<String>,
    is_list: bool,
    /// The variant of an enum that holds it.
    variant: Option<&'static str>,
}

impl Filling {
    fn new(is_list: bool, variant: Option<&'static str>) -> Self {
        Self { list: Vec::new(), properties: Vec::new(), key: None, is_list, variant }
    }

    fn push(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), ValueError> {
        self.list.push(value.serialize(ToValue)?);
        Ok(())
    }

    fn put(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), ValueError> {
        self.properties.push((name.to_owned(), value.serialize(ToValue)?));
        Ok(())
    }

    fn made(self) -> Value {
        let value =
            if self.is_list { Value::Array(self.list) } else { Value::Object(self.properties) };
        match self.variant {
            Some(name) => Value::Object(vec![(name.to_owned(), value)]),
            None => value,
        }
    }
}

macro_rules! integers {
    ($($name:ident: $type:ty),*) => {$(
        fn $name(self, value: $type) -> Made {
            Ok(integer(value.into()))
        }
    )*};
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = ValueError;
    type SerializeSeq = Filling;
    type SerializeTuple = Filling;
    type SerializeTupleStruct = Filling;
    type SerializeTupleVariant = Filling;
    type SerializeMap = Filling;
    type SerializeStruct = Filling;
    type SerializeStructVariant = Filling;

    integers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    integers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_i128(self, value: i128) -> Made {
        Ok(Value::BigInt(value))
    }

    fn serialize_u128(self, value: u128) -> Made {
        let value = i128::try_from(value).map_err(|_| ValueError(format!("{value} is too great")));
        self.serialize_i128(value?)
    }

    fn serialize_bool(self, value: bool) -> Made {
        Ok(Value::Bool(value))
    }

    fn serialize_f32(self, value: f32) -> Made {
        Ok(super::number(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Made {
        Ok(super::number(value))
    }

    fn serialize_char(self, value: char) -> Made {
        Ok(Value::String(value.into()))
    }

    fn serialize_str(self, value: &str) -> Made {
        Ok(Value::String(value.to_owned()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Made {
        Ok(Value::Bytes(value.to_vec()))
    }

    fn serialize_none(self) -> Made {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, name: &'static str) -> Made {
        Ok(if name == UNDEFINED { Value::Undefined } else { Value::Null })
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Made {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Made {
        let inner = value.serialize(self)?;
        Ok(match (name, inner) {
            (DATE, value) => Value::Date(value.as_f64().unwrap_or(f64::NAN)),
            (SET, Value::Array(list)) => Value::Set(list),
            (MAP, Value::Array(list)) => Value::Map(list.into_iter().filter_map(pair).collect()),
            (ERROR, Value::Object(properties)) => Value::Error(properties),
            (_, value) => value,
        })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Made {
        Ok(Value::Object(vec![(variant.to_owned(), value.serialize(self)?)]))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Filling, ValueError> {
        Ok(Filling::new(true, None))
    }

    fn serialize_tuple(self, _: usize) -> Result<Filling, ValueError> {
        Ok(Filling::new(true, None))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Filling, ValueError> {
        Ok(Filling::new(true, None))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Filling, ValueError> {
        Ok(Filling::new(true, Some(variant)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Filling, ValueError> {
        Ok(Filling::new(false, None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Filling, ValueError> {
        Ok(Filling::new(false, None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Filling, ValueError> {
        Ok(Filling::new(false, Some(variant)))
    }
}

fn pair(entry: Value) -> Option<(Value, Value)> {
    let Value::Array(list) = entry else { return None };
    let [key, value] = <[Value; 2]>::try_from(list).ok()?;
    Some((key, value))
}

macro_rules! lists {
    ($($of:ident: $function:ident),*) => {$(
        impl $of for Filling {
            type Ok = Value;
            type Error = ValueError;

            fn $function<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
                self.push(value)
            }

            fn end(self) -> Made {
                Ok(self.made())
            }
        }
    )*};
}

lists!(SerializeSeq: serialize_element, SerializeTuple: serialize_element);
lists!(SerializeTupleStruct: serialize_field, SerializeTupleVariant: serialize_field);

macro_rules! structs {
    ($($of:ident),*) => {$(
        impl $of for Filling {
            type Ok = Value;
            type Error = ValueError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), ValueError> {
                self.put(name, value)
            }

            fn end(self) -> Made {
                Ok(self.made())
            }
        }
    )*};
}

structs!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Filling {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ValueError> {
        self.key = Some(match key.serialize(ToValue)? {
            Value::String(text) => text,
            // As in JSON.
            Value::Integer(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            _ => return Err(ValueError("a key must be a string".to_owned())),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        let key = self.key.take().unwrap_or_default();
        self.put(&key, value)
    }

    fn end(self) -> Made {
        Ok(self.made())
    }
}
