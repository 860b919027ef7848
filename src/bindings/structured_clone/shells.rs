//! Clones as they begin: objects with everything but the values inside of them.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::error::ErrorKind,
    js_string,
    object::builtins::{
        AlignedVec, JsArray, JsArrayBuffer, JsDate, JsMap, JsRegExp, JsSet, JsSharedArrayBuffer,
    },
    property::PropertyKey,
};

use super::transfer;
use crate::{
    bindings::{blob::BlobData, buffer::View, dom_exception},
    engine::{reflect, stack},
};

/// A date of the same time.
pub(super) fn date(source: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let time = JsDate::from_object(source.clone())?.get_time(context)?;
    let class = context.intrinsics().constructors().date().constructor();
    class.construct(&[time], None, context)
}

/// A regular expression of the same source and flags; `lastIndex` is 0.
pub(super) fn reg_exp(source: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let source = JsRegExp::from_object(source.clone())?;
    let (pattern, flags) = (source.source(context)?, source.flags(context)?);
    let pattern = boa_engine::JsString::from(pattern);
    let flags = boa_engine::JsString::from(flags);
    Ok(JsRegExp::new(pattern, flags, context)?.into())
}

/// An array buffer with a copy of the bytes.
pub(super) fn array_buffer(source: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let view = View::of_array_buffer(&source.clone().into());
    let Some(view) = view.filter(|view| !view.is_detached()) else {
        return Err(transfer::detached(context));
    };
    let bytes = view.read(|bytes| AlignedVec::from_iter(0, bytes.iter().copied()));
    let buffer = JsArrayBuffer::from_byte_block(bytes, context)?;
    if source.get(js_string!("resizable"), context)?.to_boolean() {
        let max = source.get(js_string!("maxByteLength"), context)?.to_number(context)?;
        return Ok(buffer.with_max_byte_length(max as u64).into());
    }
    Ok(buffer.into())
}

/// A shared array buffer over the same memory.
pub(super) fn shared_array_buffer(source: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let memory = JsSharedArrayBuffer::from_object(source.clone())?.inner();
    Ok(JsSharedArrayBuffer::from_buffer(memory, context).into())
}

/// A typed array or `DataView` over the clone of its buffer.
pub(super) fn view(
    name: &str,
    source: &JsObject,
    buffer: JsObject,
    context: &mut Context,
) -> JsResult<JsObject> {
    let Some(view) = View::of_view(&source.clone().into(), context) else {
        return Err(transfer::detached(context));
    };
    let constructors = context.intrinsics().constructors();
    let (class, size) = match name {
        "Int8Array" => (constructors.typed_int8_array(), 1),
        "Uint8Array" => (constructors.typed_uint8_array(), 1),
        "Uint8ClampedArray" => (constructors.typed_uint8clamped_array(), 1),
        "Int16Array" => (constructors.typed_int16_array(), 2),
        "Uint16Array" => (constructors.typed_uint16_array(), 2),
        "Int32Array" => (constructors.typed_int32_array(), 4),
        "Uint32Array" => (constructors.typed_uint32_array(), 4),
        "BigInt64Array" => (constructors.typed_bigint64_array(), 8),
        "BigUint64Array" => (constructors.typed_biguint64_array(), 8),
        "Float16Array" => (constructors.typed_float16_array(), 2),
        "Float32Array" => (constructors.typed_float32_array(), 4),
        "Float64Array" => (constructors.typed_float64_array(), 8),
        _ => (constructors.data_view(), 1),
    };
    let (offset, length) = (view.offset() as f64, (view.len() / size) as f64);
    let class = class.constructor();
    class.construct(&[buffer.into(), offset.into(), length.into()], None, context)
}

/// An empty map or set.
pub(super) fn map(context: &mut Context) -> JsObject {
    JsMap::new(context).into()
}

/// An empty set.
pub(super) fn set(context: &mut Context) -> JsObject {
    JsSet::new(context).into()
}

/// An array of the same length, all holes.
pub(super) fn array(source: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let length = source.get(js_string!("length"), context)?;
    let array = JsArray::new(context)?;
    array.set(js_string!("length"), length, true, context)?;
    Ok(array.into())
}

/// An error of the language's class that the source's `name` tells, with message and stack.
pub(super) fn error(source: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let name = source.get(js_string!("name"), context)?;
    let kind = match name.as_string().map(|name| name.to_std_string_lossy()).as_deref() {
        Some("EvalError") => ErrorKind::Eval,
        Some("RangeError") => ErrorKind::Range,
        Some("ReferenceError") => ErrorKind::Reference,
        Some("SyntaxError") => ErrorKind::Syntax,
        Some("TypeError") => ErrorKind::Type,
        Some("URIError") => ErrorKind::Uri,
        _ => ErrorKind::Error,
    };
    let key = PropertyKey::from(js_string!("message"));
    let message = reflect::data_value(source, &key);
    let text = match &message {
        Some(message) => message.to_string(context)?.to_std_string_lossy(),
        None => String::new(),
    };
    let error = stack::new_error(kind, None, &text, context);
    if message.is_none() {
        error.delete_property_or_throw(key, context)?;
    }
    let stack = source.get(js_string!("stack"), context)?;
    if stack.is_string() {
        error.set(js_string!("stack"), stack, false, context)?;
    }
    Ok(error)
}

/// A DOMException of the same name, message and stack.
pub(super) fn dom_exception(
    source: &JsObject,
    fields: &dom_exception::Fields,
    context: &mut Context,
) -> JsResult<JsObject> {
    let (message, name) = (fields.message.to_std_string_lossy(), fields.name.to_std_string_lossy());
    let error = dom_exception::create(&message, &name, context)?;
    let stack = source.get(js_string!("stack"), context)?;
    error.set(js_string!("stack"), stack, false, context)?;
    Ok(error)
}

/// A blob over the same bytes: they never change.
pub(super) fn blob(source: &JsObject, data: BlobData, context: &Context) -> JsObject {
    JsObject::new(context.root_shape(), source.prototype(), data).upcast()
}

/// The object of a primitive.
pub(super) fn boxed(primitive: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    primitive.to_object(context)
}
