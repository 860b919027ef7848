//! How objects without values in them are written.

use boa_engine::{
    Context, JsBigInt, JsObject, JsResult, JsValue, JsVariant,
    builtins::typed_array::TypedArray,
    js_string,
    object::builtins::{JsDate, JsRegExp},
};
use num_bigint::Sign;

use super::encoder::Encoder;
use crate::{
    bindings::buffer::View,
    engine::{kinds, reflect},
    ipc::value::{ErrorClass, ViewClass, tag, writer::Writer},
};

/// A regular expression's flags, and their bits.
pub(super) const FLAGS: [(u8, u32); 8] = [
    (b'g', 1 << 0),
    (b'i', 1 << 1),
    (b'm', 1 << 2),
    (b'y', 1 << 3),
    (b'u', 1 << 4),
    (b's', 1 << 5),
    (b'd', 1 << 7),
    (b'v', 1 << 8),
];

pub(super) fn big_int(tag: u8, value: &JsBigInt, writer: &mut Writer) {
    let value = value.as_inner();
    writer.tag(tag);
    writer.big_int(value.sign() == Sign::Minus, value.iter_u64_digits());
}

/// A primitive in an object.
pub(super) fn boxed(primitive: &JsValue, encoder: &mut Encoder) {
    let writer = &mut encoder.writer;
    match primitive.variant() {
        JsVariant::Boolean(true) => writer.tag(tag::TRUE_OBJECT),
        JsVariant::Boolean(false) => writer.tag(tag::FALSE_OBJECT),
        JsVariant::BigInt(value) => big_int(tag::BIG_INT_OBJECT, &value, writer),
        JsVariant::String(text) => {
            writer.tag(tag::STRING_OBJECT);
            encoder.text(&text);
        }
        _ => {
            writer.tag(tag::NUMBER_OBJECT);
            writer.double(primitive.as_number().unwrap_or(f64::NAN));
        }
    }
}

pub(super) fn date(date: &JsObject, encoder: &mut Encoder, context: &mut Context) -> JsResult<()> {
    let time = JsDate::from_object(date.clone())?.get_time(context)?;
    encoder.writer.tag(tag::DATE);
    encoder.writer.double(time.as_number().unwrap_or(f64::NAN));
    Ok(())
}

pub(super) fn reg_exp(
    object: &JsObject,
    encoder: &mut Encoder,
    context: &mut Context,
) -> JsResult<()> {
    let flags = JsRegExp::from_object(object.clone())?.flags(context)?;
    let source = object.get(js_string!("source"), context)?.to_string(context)?;
    encoder.writer.tag(tag::REG_EXP);
    encoder.text(&source);
    let bits = FLAGS.iter().filter(|(letter, _)| flags.contains(char::from(*letter)));
    encoder.writer.varint(bits.map(|(_, bit)| u64::from(*bit)).sum());
    Ok(())
}

/// An array buffer with its bytes; false if it is detached.
pub(super) fn array_buffer(
    buffer: &JsObject,
    encoder: &mut Encoder,
    context: &mut Context,
) -> JsResult<bool> {
    let view = View::of_array_buffer(&buffer.clone().into());
    let Some(view) = view.filter(|view| !view.is_detached()) else { return Ok(false) };
    let max = if buffer.get(js_string!("resizable"), context)?.to_boolean() {
        Some(buffer.get(js_string!("maxByteLength"), context)?.to_length(context)? as usize)
    } else {
        None
    };
    view.read(|bytes| encoder.writer.array_buffer(bytes, max));
    Ok(true)
}

/// What a view is; a `Buffer` is a `Uint8Array` here.
pub(super) fn view_class(view: &JsObject) -> ViewClass {
    kinds::typed_array_name(view).and_then(ViewClass::from_name).unwrap_or(ViewClass::DataView)
}

/// Bit 0: the length follows the buffer's; bit 1: the buffer can be resized.
pub(super) fn view_flags(view: &JsObject, range: &View, context: &mut Context) -> JsResult<u32> {
    let resizable = js_string!("resizable");
    let is_resizable = range.array_buffer().get(resizable, context)?.to_boolean();
    let tracks = view.downcast_ref::<TypedArray>().is_some_and(|array| {
        // Only of a view that follows its buffer's length does a longer buffer make a longer one.
        let end = range.offset() + range.len();
        array.byte_length(end + 8) > array.byte_length(end)
    });
    Ok(u32::from(tracks) | u32::from(is_resizable) << 1)
}

/// The class, message and stack of an error.
pub(super) fn error(
    error: &JsObject,
    encoder: &mut Encoder,
    context: &mut Context,
) -> JsResult<()> {
    let name = error.get(js_string!("name"), context)?.to_string(context)?;
    let message = reflect::own_property(error, &js_string!("message").into(), context)?;
    encoder.writer.tag(tag::ERROR);
    encoder.writer.error_class(ErrorClass::from_name(&name.to_std_string_lossy()));
    if let Some(message) = message {
        let message = message.value().cloned().unwrap_or_default().to_string(context)?;
        encoder.writer.tag(tag::ERROR_MESSAGE);
        encoder.text(&message);
    }
    let stack = error.get(js_string!("stack"), context)?;
    if let Some(stack) = stack.as_string() {
        encoder.writer.tag(tag::ERROR_STACK);
        encoder.text(&stack);
    }
    Ok(())
}

/// True for an array of numbers that are not all integers of 32 bits: V8 keeps and writes all of
/// them as doubles.
pub(super) fn are_doubles(array: &JsObject) -> bool {
    let array = array.borrow();
    let mut has_double = false;
    for value in array.properties().index_property_values() {
        let Some(number) = value.value().and_then(JsValue::as_number) else { return false };
        has_double |= f64::from(number as i32).to_bits() != number.to_bits();
    }
    has_double
}
