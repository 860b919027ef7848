//! What messages are: the values of JavaScript that a channel carries.

mod deserialize;
mod format;
mod serialize;

use std::{fmt, ops::Index};

pub use self::serialize::ValueError;
pub(super) use self::{
    format::{decode, encode},
    serialize::to_value,
};

/// A value that came, or is to be sent.
///
/// [`Serialization::Json`](super::Serialization) knows those that JSON has. The `Advanced` one knows all of
/// these; what else JavaScript has comes as the nearest of them (a view of memory as its bytes, a boxed
/// value as what is in the box), and what several places share comes several times.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `undefined`; a hole in an array.
    Undefined,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number without a fraction. Beyond 2^53 it is sent as a big integer where these can be sent.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A big integer, as far as 128 bits hold it.
    BigInt(i128),
    /// A string. Halves of surrogate pairs are replaced.
    String(String),
    /// An array buffer or a view of one. A `Buffer` on the other side.
    Bytes(Vec<u8>),
    /// A date, in milliseconds since the epoch.
    Date(f64),
    /// An array.
    Array(Vec<Value>),
    /// An object, in the order of its properties.
    Object(Vec<(String, Value)>),
    /// A `Map`.
    Map(Vec<(Value, Value)>),
    /// A `Set`.
    Set(Vec<Value>),
    /// An `Error`, with `name`, `message`, `stack` and `cause` as far as it has them.
    Error(Vec<(String, Value)>),
}

/// Of what is not there.
static UNDEFINED: Value = Value::Undefined;

impl Value {
    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// A boolean's value.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// A number without a fraction, or a big integer.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::BigInt(value) => i64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// Any number.
    #[expect(clippy::cast_precision_loss, reason = "as JavaScript has them")]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Float(value) | Self::Date(value) => Some(*value),
            _ => None,
        }
    }

    /// The bytes of a buffer.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The members of an array or a set.
    pub fn as_array(&self) -> Option<&[Value]> {
        if let Self::Array(list) | Self::Set(list) = self { Some(list) } else { None }
    }

    /// A property of an object or an error.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let (Self::Object(properties) | Self::Error(properties)) = self else { return None };
        properties.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// What serde makes of it.
    ///
    /// # Errors
    /// If it is something else.
    pub fn to<T: serde::de::DeserializeOwned>(&self) -> Result<T, super::ChannelError> {
        T::deserialize(self.clone()).map_err(super::ChannelError::Value)
    }
}

/// A property; what is not there is undefined.
impl Index<&str> for Value {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&UNDEFINED)
    }
}

/// An element; what is not there is undefined.
impl Index<usize> for Value {
    type Output = Value;

    fn index(&self, at: usize) -> &Value {
        self.as_array().and_then(|list| list.get(at)).unwrap_or(&UNDEFINED)
    }
}

/// As JSON writes it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl PartialEq<serde_json::Value> for Value {
    fn eq(&self, other: &serde_json::Value) -> bool {
        serde_json::to_value(self).is_ok_and(|value| value == *other)
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from!(bool => Bool, i32 => Integer, i64 => Integer, f64 => Float, &str => String, String => String, Vec<u8> => Bytes);

/// A number as the nearest of the two kinds.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "it is checked")]
fn number(value: f64) -> Value {
    /// Up to here every whole number is a number of JavaScript's.
    const SAFE: f64 = 9_007_199_254_740_992.0;
    let is_whole = value.abs() <= SAFE && (value as i64) as f64 == value;
    if is_whole && (value != 0.0 || value.is_sign_positive()) {
        Value::Integer(value as i64)
    } else {
        Value::Float(value)
    }
}

#[cfg(test)]
mod tests;
