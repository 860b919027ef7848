//! From bytes to values.

use std::rc::Rc;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::{error::ErrorKind, object::OrdinaryObject},
    context::intrinsics::StandardConstructor,
    js_string,
    object::{
        builtins::{JsArray, JsArrayBuffer, JsMap, JsRegExp, JsSet},
        shape::RootShape,
    },
    property::{PropertyDescriptor, PropertyKey},
    string::JsStr,
};
use num_bigint::Sign;

use super::{leaves::FLAGS, objects::Caches};
use crate::{
    bindings::buffer::{self, View},
    engine::{intrinsics::string_buffer::MAX_STRING_LENGTH, natives::define_value, stack},
    ipc::value::{
        ErrorClass, FormatError, ViewClass, copy,
        decode::{self as format, Builder, Hosted, Objects},
        reader::{
            BigInt, Container, End, ErrorPart, Leaf, Primitive, Reader, Text, ViewPart, utf16_units,
        },
    },
};

/// What the format leaves to whoever uses it.
pub(crate) trait DecodeHost {
    /// Reads an object of the host's.
    fn object(
        &mut self,
        reader: &mut Reader<'_>,
        objects: &mut Objects<JsValue>,
        context: &mut Context,
    ) -> Result<Hosted<JsValue>, DecodeError>;

    /// The array buffer that was handed over under this number.
    fn buffer(&mut self, _number: u32, _context: &mut Context) -> JsResult<Option<JsObject>> {
        Ok(None)
    }

    /// The shared array buffer that was sent under this number.
    fn shared(&mut self, _number: u32, _context: &mut Context) -> Option<JsObject> {
        None
    }
}

/// Why there is no value.
pub(crate) enum DecodeError {
    Format(FormatError),
    Thrown(JsError),
}

impl From<FormatError> for DecodeError {
    fn from(error: FormatError) -> Self {
        Self::Format(error)
    }
}

impl From<JsError> for DecodeError {
    fn from(error: JsError) -> Self {
        Self::Thrown(error)
    }
}

impl From<DecodeError> for JsError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Thrown(error) => error,
            DecodeError::Format(error) => {
                JsNativeError::error().with_message(error.to_string()).into()
            }
        }
    }
}

/// Reads one value with all that is in it.
///
/// # Errors
/// V8's error where the bytes are no value, and what the host throws.
pub(crate) fn decode(
    reader: &mut Reader<'_>,
    objects: &mut Objects<JsValue>,
    host: &mut dyn DecodeHost,
    context: &mut Context,
) -> JsResult<JsValue> {
    let caches = Caches::of(context);
    let mut maker = Maker {
        root_shape: context.root_shape().clone(),
        object_prototype: context.intrinsics().constructors().object().prototype(),
        caches,
        host,
        context,
    };
    format::decode(reader, objects, &mut maker).map_err(JsError::from)
}

/// Reads a view as Node's host object: class, length, bytes.
pub(crate) fn host_view(
    reader: &mut Reader<'_>,
    context: &mut Context,
) -> Result<JsObject, DecodeError> {
    let (class, bytes) = copy::host_view(reader)?;
    Ok(view_of_bytes(class, bytes, context)?)
}

/// A view with memory of its own that holds a copy of these bytes; what is less than an element at
/// the end is left out.
pub(crate) fn view_of_bytes(
    class: ViewClass,
    bytes: &[u8],
    context: &mut Context,
) -> JsResult<JsObject> {
    if class == ViewClass::Buffer {
        return buffer::from_slice(bytes, context);
    }
    let length = bytes.len() / class.element_size();
    let buffer = buffer::array_buffer_of(bytes, context)?;
    let args = [buffer.into(), 0.into(), length.into()];
    view_constructor(class, context).constructor().construct(&args, None, context)
}

fn view_constructor(class: ViewClass, context: &Context) -> StandardConstructor {
    let all = context.intrinsics().constructors();
    match class {
        ViewClass::Int8 => all.typed_int8_array(),
        ViewClass::Uint8 | ViewClass::Buffer => all.typed_uint8_array(),
        ViewClass::Uint8Clamped => all.typed_uint8clamped_array(),
        ViewClass::Int16 => all.typed_int16_array(),
        ViewClass::Uint16 => all.typed_uint16_array(),
        ViewClass::Int32 => all.typed_int32_array(),
        ViewClass::Uint32 => all.typed_uint32_array(),
        ViewClass::Float16 => all.typed_float16_array(),
        ViewClass::Float32 => all.typed_float32_array(),
        ViewClass::Float64 => all.typed_float64_array(),
        ViewClass::BigInt64 => all.typed_bigint64_array(),
        ViewClass::BigUint64 => all.typed_biguint64_array(),
        ViewClass::DataView => all.data_view(),
    }
    .clone()
}

/// Makes JavaScript's values.
struct Maker<'m> {
    root_shape: RootShape,
    object_prototype: JsObject,
    caches: Rc<Caches>,
    host: &'m mut dyn DecodeHost,
    context: &'m mut Context,
}

type Made<T> = Result<T, DecodeError>;

const INVALID: FormatError = FormatError::Invalid;

/// A text as JavaScript has it.
pub(crate) fn string(text: Text<'_>) -> Result<JsString, FormatError> {
    let (Text::Latin1(bytes) | Text::Utf16(bytes) | Text::Utf8(bytes)) = text;
    if bytes.len() > MAX_STRING_LENGTH * 2 {
        return Err(INVALID);
    }
    Ok(match text {
        Text::Latin1(bytes) => JsString::from(JsStr::latin1(bytes)),
        Text::Utf16(bytes) => {
            let units: Vec<u16> = utf16_units(bytes).collect();
            JsString::from(units.as_slice())
        }
        Text::Utf8(bytes) => JsString::from(String::from_utf8_lossy(bytes).as_ref()),
    })
}

fn big_int(BigInt { is_negative, magnitude }: BigInt<'_>) -> boa_engine::JsBigInt {
    let sign = if is_negative { Sign::Minus } else { Sign::Plus };
    num_bigint::BigInt::from_bytes_le(sign, magnitude).into()
}

impl Maker<'_> {
    fn construct(&mut self, class: StandardConstructor, args: &[JsValue]) -> Made<JsValue> {
        Ok(class.constructor().construct(args, None, self.context)?.into())
    }

    fn boxed(&mut self, primitive: JsValue) -> Made<JsValue> {
        Ok(primitive.to_object(self.context)?.into())
    }

    fn reg_exp(&mut self, source: Text<'_>, flags: u32) -> Made<JsValue> {
        let known: u32 = FLAGS.iter().map(|(_, bit)| bit).sum();
        if flags & !known != 0 {
            return Err(INVALID.into());
        }
        let letters = FLAGS.iter().filter(|(_, bit)| flags & bit != 0);
        let letters: String = letters.map(|(letter, _)| char::from(*letter)).collect();
        let flags = JsString::from(letters.as_str());
        Ok(JsRegExp::new(string(source)?, flags, self.context)?.into())
    }

    fn array_buffer(&mut self, bytes: &[u8], max: Option<usize>) -> Made<JsValue> {
        let buffer: JsArrayBuffer = buffer::array_buffer_of(bytes, self.context)?;
        let Some(max) = max else { return Ok(buffer.into()) };
        if max as u64 > self.context.host_hooks().max_buffer_size(self.context) {
            return Err(INVALID.into());
        }
        Ok(buffer.with_max_byte_length(max as u64).into())
    }
}

/// Defines a property of a new object; the last one of a name counts, `__proto__` is like others.
fn define(object: &JsValue, key: impl Into<PropertyKey>, value: JsValue) {
    if let Some(object) = object.as_object() {
        define_value(&object, key, value, true);
    }
}

/// Sets the length of a new array.
fn set_length(array: &JsObject, length: u32) {
    let length = PropertyDescriptor::builder()
        .value(length)
        .writable(true)
        .enumerable(false)
        .configurable(false);
    array.insert_property(js_string!("length"), length.build());
}

impl Builder for Maker<'_> {
    type Value = JsValue;
    type Key = PropertyKey;
    type Error = DecodeError;

    fn primitive(&mut self, primitive: Primitive<'_>) -> Made<JsValue> {
        Ok(match primitive {
            Primitive::Undefined => JsValue::undefined(),
            Primitive::Null => JsValue::null(),
            Primitive::Boolean(value) => value.into(),
            Primitive::Int32(value) => value.into(),
            Primitive::Number(value) => value.into(),
            Primitive::BigInt(value) => big_int(value).into(),
            Primitive::Text(text) => string(text)?.into(),
        })
    }

    fn leaf(&mut self, leaf: Leaf<'_>) -> Made<JsValue> {
        match leaf {
            Leaf::Date(time) => {
                let class = self.context.intrinsics().constructors().date().clone();
                self.construct(class, &[time.into()])
            }
            Leaf::BooleanObject(value) => self.boxed(value.into()),
            Leaf::NumberObject(value) => self.boxed(value.into()),
            Leaf::BigIntObject(value) => self.boxed(big_int(value).into()),
            Leaf::StringObject(text) => self.boxed(string(text)?.into()),
            Leaf::RegExp(source, flags) => self.reg_exp(source, flags),
            Leaf::ArrayBuffer(bytes, max) => self.array_buffer(bytes, max),
            Leaf::Transferred(number) => {
                Ok(self.host.buffer(number, self.context)?.ok_or(INVALID)?.into())
            }
            Leaf::Shared(number) => {
                Ok(self.host.shared(number, self.context).ok_or(INVALID)?.into())
            }
        }
    }

    fn reference(&mut self, _: u32, value: &JsValue) -> Made<JsValue> {
        Ok(value.clone())
    }

    fn view(&mut self, buffer: &JsValue, part: ViewPart) -> Made<JsValue> {
        let bytes = View::of_array_buffer(buffer).ok_or(INVALID)?.len();
        let size = part.class.element_size();
        let is_inside = part.offset <= bytes && part.length <= bytes - part.offset;
        if !is_inside || !part.offset.is_multiple_of(size) || !part.length.is_multiple_of(size) {
            return Err(INVALID.into());
        }
        let length =
            if part.tracks_length { JsValue::undefined() } else { (part.length / size).into() };
        let class = view_constructor(part.class, self.context);
        self.construct(class, &[buffer.clone(), part.offset.into(), length])
    }

    fn begin(&mut self, container: Container) -> Made<JsValue> {
        Ok(match container {
            Container::Object => {
                let prototype = self.object_prototype.clone();
                JsObject::new(&self.root_shape, prototype, OrdinaryObject).upcast().into()
            }
            Container::Dense(_) => JsArray::new(self.context)?.into(),
            Container::Sparse(length) => {
                let array: JsObject = JsArray::new(self.context)?.into();
                set_length(&array, length);
                array.into()
            }
            Container::Map => JsMap::new(self.context).into(),
            Container::Set => JsSet::new(self.context).into(),
            Container::Error => {
                let error = stack::new_error(ErrorKind::Error, None, "", self.context);
                error.delete_property_or_throw(js_string!("message"), self.context)?;
                // The stack is the one that is told, or none.
                error.set(js_string!("stack"), JsValue::undefined(), false, self.context)?;
                error.into()
            }
        })
    }

    fn key(&mut self, primitive: Primitive<'_>) -> Made<PropertyKey> {
        match primitive {
            Primitive::Text(Text::Latin1(bytes)) => Ok(self.caches.keys.borrow_mut().key(bytes)),
            Primitive::Text(text) => Ok(string(text)?.into()),
            number => Ok(self.primitive(number)?.to_property_key(self.context)?),
        }
    }

    fn property(&mut self, object: &JsValue, key: PropertyKey, value: JsValue) -> Made<()> {
        if let PropertyKey::Index(index) = &key
            && let Some(array) = object.as_object().filter(JsObject::is_array)
        {
            let length = array.get(js_string!("length"), self.context)?.to_length(self.context)?;
            if u64::from(index.get()) >= length {
                set_length(&array, index.get() + 1);
            }
        } else if key == PropertyKey::from(js_string!("length"))
            && object.as_object().is_some_and(|object| object.is_array())
        {
            return Err(INVALID.into());
        }
        define(object, key, value);
        Ok(())
    }

    fn element(&mut self, array: &JsValue, index: u32, value: Option<JsValue>) -> Made<()> {
        if let Some(value) = value {
            define(array, index, value);
        }
        Ok(())
    }

    fn entry(&mut self, map: &JsValue, key: JsValue, value: JsValue) -> Made<()> {
        let map = map.as_object().ok_or(INVALID)?;
        JsMap::from_object(map)?.set(key, value, self.context)?;
        Ok(())
    }

    fn member(&mut self, set: &JsValue, value: JsValue) -> Made<()> {
        let set = set.as_object().and_then(|set| JsSet::from_object(set).ok()).ok_or(INVALID)?;
        set.add(value, self.context)?;
        Ok(())
    }

    fn error_part(&mut self, error: &JsValue, part: ErrorPart<'_>) -> Made<()> {
        let error = error.as_object().ok_or(INVALID)?;
        match part {
            ErrorPart::Class(class) => {
                let all = self.context.intrinsics().constructors();
                let class = match class {
                    ErrorClass::Eval => all.eval_error(),
                    ErrorClass::Range => all.range_error(),
                    ErrorClass::Reference => all.reference_error(),
                    ErrorClass::Syntax => all.syntax_error(),
                    ErrorClass::Type => all.type_error(),
                    ErrorClass::Uri => all.uri_error(),
                };
                error.set_prototype(Some(class.prototype()));
            }
            ErrorPart::Message(text) => {
                define_value(&error, js_string!("message"), string(text)?, false);
            }
            ErrorPart::Stack(text) => {
                error.set(js_string!("stack"), string(text)?, false, self.context)?;
            }
            ErrorPart::Cause | ErrorPart::End => {}
        }
        Ok(())
    }

    fn cause(&mut self, error: &JsValue, value: JsValue) -> Made<()> {
        let error = error.as_object().ok_or(INVALID)?;
        define_value(&error, js_string!("cause"), value, false);
        Ok(())
    }

    fn end(&mut self, container: &JsValue, end: End) -> Made<()> {
        if let End::Dense(_, length) = end
            && let Some(array) = container.as_object()
        {
            set_length(&array, length);
        }
        Ok(())
    }

    fn host(
        &mut self,
        reader: &mut Reader<'_>,
        objects: &mut Objects<JsValue>,
    ) -> Made<Hosted<JsValue>> {
        self.host.object(reader, objects, self.context)
    }
}
