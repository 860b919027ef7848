//! Everything that makes a `Buffer`: `alloc`, `from`, `concat`, `of`, and `Buffer()` itself.

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::builtins::{AlignedVec, JsArrayBuffer},
};

use super::{
    fill, pool, realm,
    view::{View, block_of, element_size, is_any_array_buffer, kind_of, zeroed_block},
    warning,
};
use crate::{
    bindings::encoding::{self, Encoding},
    engine::{
        errors::{Code, coded},
        natives::{Method, arg},
        validate,
    },
};

/// The functions of `Buffer` that make buffers.
pub(super) const STATICS: &[Method] = &[
    ("from", 3, from),
    ("copyBytesFrom", 3, copy_bytes_from),
    ("of", 0, of),
    ("alloc", 3, alloc),
    ("allocUnsafe", 1, alloc_unsafe),
    ("allocUnsafeSlow", 1, alloc_unsafe_slow),
    ("isBuffer", 1, realm::is_buffer_static),
    ("concat", 2, concat),
];

/// The greatest size that arguments may name, in bytes (`buffer.kMaxLength`).
pub(crate) const MAX_LENGTH: f64 = 9_007_199_254_740_991.0;

/// A new array buffer that holds a copy of these bytes.
pub(crate) fn array_buffer_of(bytes: &[u8], context: &mut Context) -> JsResult<JsArrayBuffer> {
    let block = block_of(bytes, context).ok_or_else(allocation_failed)?;
    JsArrayBuffer::from_byte_block(block, context)
}

/// A new array buffer of zeros.
pub(super) fn array_buffer(length: usize, context: &mut Context) -> JsResult<JsArrayBuffer> {
    let block = zeroed_block(length, context).ok_or_else(allocation_failed)?;
    JsArrayBuffer::from_byte_block(block, context)
}

pub(super) fn allocation_failed() -> JsError {
    JsNativeError::range().with_message("Array buffer allocation failed").into()
}

/// A `Buffer` that takes over a block of memory without copying it.
pub(crate) fn from_block(block: AlignedVec<u8>, context: &mut Context) -> JsResult<JsObject> {
    let length = block.len();
    let array_buffer = JsArrayBuffer::from_byte_block(block, context)?;
    realm::of(context)?.view(array_buffer.into(), 0, length, context)
}

/// A `Buffer` that holds a copy of these bytes; short ones are cut from the pool.
pub(crate) fn from_slice(bytes: &[u8], context: &mut Context) -> JsResult<JsObject> {
    if bytes.is_empty() {
        return pool::allocate(0, context);
    }
    if bytes.len() < pool::limit(context)? {
        let part = pool::take(bytes.len(), context)?;
        part.write(context, |slots| slots.copy_from_slice(bytes))?;
        return over(&part, context);
    }
    unpooled(bytes, context)
}

/// A `Buffer` that holds a copy of these bytes in memory of its own.
pub(crate) fn unpooled(bytes: &[u8], context: &mut Context) -> JsResult<JsObject> {
    let block = block_of(bytes, context).ok_or_else(allocation_failed)?;
    from_block(block, context)
}

/// `Buffer(…)` and `new Buffer(…)`.
pub(super) fn call_or_construct(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    warning::buffer_constructor(context)?;
    let value = arg(args, 0);
    if !value.is_number() {
        return from(&JsValue::undefined(), args, context);
    }
    if arg(args, 1).is_string() {
        return Err(validate::invalid_arg_type(context, "string", "of type string", &value));
    }
    alloc(&JsValue::undefined(), &args[..1], context)
}

fn size_of(value: &JsValue, context: &mut Context) -> JsResult<usize> {
    let size = validate::number(value, "size", context)?;
    if !(0.0..=MAX_LENGTH).contains(&size) {
        let range = format!(">= 0 && <= {MAX_LENGTH}");
        return Err(validate::out_of_range(context, "size", &range, value));
    }
    Ok(size as usize)
}

fn alloc(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let size = size_of(&arg(args, 0), context)?;
    let block = array_buffer(size, context)?;
    let buffer = realm::of(context)?.view(block.into(), 0, size, context)?;
    let value = arg(args, 1);
    if size > 0 && !value.is_undefined() && value.as_number() != Some(0.0) {
        let encoding = arg(args, 2);
        fill::whole(&buffer.clone().into(), size, &value, &encoding, context)?;
    }
    Ok(buffer.into())
}

fn alloc_unsafe(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let size = size_of(&arg(args, 0), context)?;
    pool::allocate(size, context).map(Into::into).map_err(|error| unsafe_failed(error, context))
}

fn alloc_unsafe_slow(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let size = size_of(&arg(args, 0), context)?;
    let block = array_buffer(size, context).map_err(|error| unsafe_failed(error, context))?;
    Ok(realm::of(context)?.view(block.into(), 0, size, context)?.into())
}

/// Node words a failure of the unsafe allocations differently.
fn unsafe_failed(error: JsError, context: &mut Context) -> JsError {
    if error.as_native().is_some_and(JsNativeError::is_range) {
        return coded(context, Code::ERR_MEMORY_ALLOCATION_FAILED, "Failed to allocate memory");
    }
    error
}

fn from(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    from_value(&arg(args, 0), args, context).map(Into::into)
}

/// `Buffer.from(value, encodingOrOffset, length)`; `args` are the original ones.
fn from_value(value: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsObject> {
    if let Some(text) = value.as_string() {
        return from_string(&text, &arg(args, 1), context);
    }
    let Some(object) = value.as_object().filter(|object| !object.is_callable()) else {
        return Err(not_bufferable(value, context));
    };
    if is_any_array_buffer(value) {
        return from_array_buffer(object, &arg(args, 1), &arg(args, 2), context);
    }
    if let Some(primitive) = value_of(&object, context)? {
        return from_value(&primitive, args, context);
    }
    if let Some(buffer) = from_array_like_object(&object, context)? {
        return Ok(buffer);
    }
    if let Some(text) = string_of(&object, context)? {
        return from_string(&text, &arg(args, 1), context);
    }
    Err(not_bufferable(value, context))
}

fn not_bufferable(value: &JsValue, context: &mut Context) -> JsError {
    validate::invalid_arg_type(
        context,
        "first argument",
        "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object",
        value,
    )
}

/// What `valueOf()` gives instead of the object, if that is a string or another object.
fn value_of(object: &JsObject, context: &mut Context) -> JsResult<Option<JsValue>> {
    let function = object.get(js_string!("valueOf"), context)?;
    if !function.to_boolean() {
        return Ok(None);
    }
    let function = function
        .as_callable()
        .ok_or_else(|| JsNativeError::typ().with_message("value.valueOf is not a function"))?;
    let value = function.call(&object.clone().into(), &[], context)?;
    let is_another = match value.as_object() {
        Some(other) => !JsObject::equals(&other, object) && !other.is_callable(),
        None => value.is_string(),
    };
    Ok(is_another.then_some(value))
}

/// What `Symbol.toPrimitive` gives, if that is a string.
fn string_of(object: &JsObject, context: &mut Context) -> JsResult<Option<JsString>> {
    let function = object.get(JsSymbol::to_primitive(), context)?;
    let Some(function) = function.as_callable() else { return Ok(None) };
    let hint = js_string!("string").into();
    Ok(function.call(&object.clone().into(), &[hint], context)?.as_string())
}

fn from_string(text: &JsString, encoding: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    let encoding = match encoding.as_string() {
        Some(name) if !name.is_empty() => {
            Encoding::parse(&name).ok_or_else(|| unknown_encoding(&name, context))?
        }
        _ => Encoding::Utf8,
    };
    if text.is_empty() {
        return pool::allocate(0, context);
    }
    encoded(text, encoding, context)
}

/// `ERR_UNKNOWN_ENCODING`.
pub(super) fn unknown_encoding(name: &JsString, context: &mut Context) -> JsError {
    let message = format!("Unknown encoding: {}", name.to_std_string_lossy());
    coded(context, Code::ERR_UNKNOWN_ENCODING, message)
}

/// A `Buffer` with the bytes of a text: cut from the pool if it is short.
pub(crate) fn encoded(
    text: &JsString,
    encoding: Encoding,
    context: &mut Context,
) -> JsResult<JsObject> {
    match encoding::own_bytes(text, encoding) {
        Some(bytes) => from_slice(bytes, context),
        None => from_slice(&encoding::encode(text, encoding), context),
    }
}

/// The shared-memory form: `Buffer.from(arrayBuffer, byteOffset, length)`.
fn from_array_buffer(
    object: JsObject,
    offset: &JsValue,
    length: &JsValue,
    context: &mut Context,
) -> JsResult<JsObject> {
    let size = View::of_array_buffer(&object.clone().into()).map_or(0, |view| view.len()) as f64;
    let offset = if offset.is_undefined() { 0.0 } else { number_or_zero(offset, context)? };
    let available = size - offset;
    if available < 0.0 {
        return Err(out_of_bounds("offset", context));
    }
    let length = if length.is_undefined() {
        None
    } else {
        let length = number_or_zero(length, context)?.max(0.0);
        if length > available {
            return Err(out_of_bounds("length", context));
        }
        Some(length)
    };
    if offset < 0.0 {
        let shown = JsValue::from(offset).display().to_string();
        let message = format!("Start offset {shown} is outside the bounds of the buffer");
        return Err(JsNativeError::range().with_message(message).into());
    }
    // Without a length the view follows a resizable array buffer.
    let realm = realm::of(context)?;
    let mut args = vec![object.into(), JsValue::from(offset.trunc())];
    args.extend(length.map(|length| JsValue::from(length.trunc())));
    realm.construct(&args, context)
}

fn number_or_zero(value: &JsValue, context: &mut Context) -> JsResult<f64> {
    let number = value.to_number(context)?;
    Ok(if number.is_nan() { 0.0 } else { number })
}

/// `ERR_BUFFER_OUT_OF_BOUNDS` for a named argument.
pub(super) fn out_of_bounds(name: &str, context: &mut Context) -> JsError {
    let message = format!("\"{name}\" is outside of buffer bounds");
    coded(context, Code::ERR_BUFFER_OUT_OF_BOUNDS, message)
}

/// Arrays, array-likes, and what `buf.toJSON()` made; `None` for any other object.
fn from_array_like_object(object: &JsObject, context: &mut Context) -> JsResult<Option<JsObject>> {
    let length = object.get(js_string!("length"), context)?;
    let is_array_like = !length.is_undefined() || {
        let buffer = object.get(js_string!("buffer"), context)?;
        is_any_array_buffer(&buffer)
    };
    if is_array_like {
        if !length.is_number() {
            return pool::allocate(0, context).map(Some);
        }
        return from_array_like(object, context).map(Some);
    }
    if object.get(js_string!("type"), context)?.as_string() == Some(js_string!("Buffer")) {
        let data = object.get(js_string!("data"), context)?;
        if let Some(data) = data.as_object().filter(JsObject::is_array) {
            return from_array_like(&data, context).map(Some);
        }
    }
    Ok(None)
}

/// The elements of an array-like, each as an unsigned byte.
fn from_array_like(object: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let value = JsValue::from(object.clone());
    if let Some(view) = View::of_uint8_array(&value, context) {
        return copy_of(&view, context);
    }
    let length = object.get(js_string!("length"), context)?.to_number(context)?;
    if length.is_nan() || length < 1.0 {
        return pool::allocate(0, context);
    }
    let length = length as usize;
    // Asking for the memory first makes an absurd length fail before the loop begins.
    let mut block = zeroed_block(length, context).ok_or_else(allocation_failed)?;
    for (index, slot) in block.iter_mut().enumerate() {
        *slot = object.get(index as u64, context)?.to_uint8(context)?;
    }
    if length < pool::limit(context)? {
        return from_slice(&block, context);
    }
    from_block(block, context)
}

fn copy_of(source: &View, context: &mut Context) -> JsResult<JsObject> {
    let buffer = pool::allocate(source.len(), context)?;
    if let Some(target) = View::of_uint8_array(&buffer.clone().into(), context) {
        source.copy_to(&target, context)?;
    }
    Ok(buffer)
}

fn of(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut bytes = Vec::with_capacity(args.len());
    for value in args {
        bytes.push(value.to_uint8(context)?);
    }
    Ok(unpooled(&bytes, context)?.into())
}

fn copy_bytes_from(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let kind = value.as_object().and_then(|object| kind_of(&object));
    let (Some(kind), Some(view)) = (kind, View::of_view(&value, context)) else {
        let expected = "an instance of TypedArray";
        return Err(validate::invalid_arg_type(context, "view", expected, &value));
    };
    let element = element_size(kind);
    let elements = view.len() / element;
    let offset = element_index(&arg(args, 1), "offset", 0, context)?;
    if offset >= elements {
        return pool::allocate(0, context).map(Into::into);
    }
    let count = element_index(&arg(args, 2), "length", elements, context)?;
    let end = offset.saturating_add(count).min(elements);
    let bytes = view.part(offset * element, end * element).to_vec();
    Ok(from_slice(&bytes, context)?.into())
}

fn element_index(
    value: &JsValue,
    name: &str,
    default: usize,
    context: &mut Context,
) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(default);
    }
    Ok(validate::integer(value, name, 0.0, MAX_LENGTH, context)? as usize)
}

fn concat(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let list = arg(args, 0);
    let Some(array) = list.as_object().filter(JsObject::is_array) else {
        return Err(validate::invalid_arg_type(context, "list", "an instance of Array", &list));
    };
    let count = array.get(js_string!("length"), context)?.to_length(context)?;
    if count == 0 {
        return pool::allocate(0, context).map(Into::into);
    }
    let length = arg(args, 1);
    let wanted = if length.is_undefined() {
        None
    } else {
        Some(validate::integer(&length, "length", 0.0, MAX_LENGTH, context)? as usize)
    };
    let views = views_of(&array, count, context)?;
    let total = wanted.unwrap_or_else(|| views.iter().map(View::len).sum());
    let buffer = pool::allocate(total, context)?;
    let Some(target) = View::of_uint8_array(&buffer.clone().into(), context) else {
        return Ok(buffer.into());
    };
    let mut position = 0;
    for view in views {
        position += view.copy_to(&target.part(position, total), context)?;
    }
    // Memory from the pool may hold something older.
    target.part(position, total).write(context, |rest| rest.fill(0))?;
    Ok(buffer.into())
}

fn views_of(array: &JsObject, count: u64, context: &mut Context) -> JsResult<Vec<View>> {
    let mut views = Vec::new();
    for index in 0..count {
        let value = array.get(index, context)?;
        let Some(view) = View::of_uint8_array(&value, context) else {
            let name = format!("list[{index}]");
            let expected = "an instance of Buffer or Uint8Array";
            return Err(validate::invalid_arg_type(context, &name, expected, &value));
        };
        views.push(view);
    }
    Ok(views)
}

/// A `Buffer` over the memory of a view.
pub(crate) fn over(view: &View, context: &mut Context) -> JsResult<JsObject> {
    realm::of(context)?.view(view.array_buffer(), view.offset(), view.len(), context)
}
