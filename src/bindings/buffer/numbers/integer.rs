//! Integers of one to six bytes.

use boa_engine::{Context, JsError, JsResult, JsValue};

use super::{BE, LE, bounds_error, endian, load, offset_or_zero, position, receiver, store};
use crate::engine::{
    natives::{Method, arg},
    validate,
};

/// The widest integer that a JavaScript number holds here, in bytes.
const WIDEST: usize = 6;

/// The methods of this file.
pub(in super::super) const METHODS: &[Method] = &[
    ("readUIntLE", 2, read_variable::<LE, false>),
    ("readUIntBE", 2, read_variable::<BE, false>),
    ("readUInt8", 1, read::<1, LE, false>),
    ("readUInt16LE", 1, read::<2, LE, false>),
    ("readUInt16BE", 1, read::<2, BE, false>),
    ("readUInt32LE", 1, read::<4, LE, false>),
    ("readUInt32BE", 1, read::<4, BE, false>),
    ("readIntLE", 2, read_variable::<LE, true>),
    ("readIntBE", 2, read_variable::<BE, true>),
    ("readInt8", 1, read::<1, LE, true>),
    ("readInt16LE", 1, read::<2, LE, true>),
    ("readInt16BE", 1, read::<2, BE, true>),
    ("readInt32LE", 1, read::<4, LE, true>),
    ("readInt32BE", 1, read::<4, BE, true>),
    ("writeUIntLE", 3, write_variable::<LE, false>),
    ("writeUIntBE", 3, write_variable::<BE, false>),
    ("writeUInt8", 1, write::<1, LE, false>),
    ("writeUInt16LE", 1, write::<2, LE, false>),
    ("writeUInt16BE", 1, write::<2, BE, false>),
    ("writeUInt32LE", 1, write::<4, LE, false>),
    ("writeUInt32BE", 1, write::<4, BE, false>),
    ("writeIntLE", 3, write_variable::<LE, true>),
    ("writeIntBE", 3, write_variable::<BE, true>),
    ("writeInt8", 1, write::<1, LE, true>),
    ("writeInt16LE", 1, write::<2, LE, true>),
    ("writeInt16BE", 1, write::<2, BE, true>),
    ("writeInt32LE", 1, write::<4, LE, true>),
    ("writeInt32BE", 1, write::<4, BE, true>),
];

fn read<const WIDTH: usize, const LITTLE: bool, const SIGNED: bool>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    read_at::<LITTLE, SIGNED>(this, &offset_or_zero(args, 0), WIDTH, context)
}

fn read_variable<const LITTLE: bool, const SIGNED: bool>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let offset = arg(args, 0);
    if offset.is_undefined() {
        return Err(validate::invalid_arg_type(context, "offset", "of type number", &offset));
    }
    let width = width(&arg(args, 1), context)?;
    read_at::<LITTLE, SIGNED>(this, &offset, width, context)
}

fn read_at<const LITTLE: bool, const SIGNED: bool>(
    this: &JsValue,
    offset: &JsValue,
    width: usize,
    context: &mut Context,
) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    let position = position(offset, width, view.len(), context)?;
    let bits = load(&view, position, width, endian(LITTLE));
    if SIGNED {
        let unused = u64::BITS - 8 * width as u32;
        return Ok(((bits << unused) as i64 >> unused).into());
    }
    Ok(bits.into())
}

/// The `byteLength` argument.
fn width(value: &JsValue, context: &mut Context) -> JsResult<usize> {
    match value.as_number() {
        Some(number) if (1.0..=WIDEST as f64).contains(&number) && number.fract() == 0.0 => {
            Ok(number as usize)
        }
        _ => Err(bounds_error(value, WIDEST as f64, Some("byteLength"), context)),
    }
}

fn write<const WIDTH: usize, const LITTLE: bool, const SIGNED: bool>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let offset = offset_or_zero(args, 1);
    write_at::<LITTLE, SIGNED>(this, &arg(args, 0), &offset, WIDTH, context)
}

fn write_variable<const LITTLE: bool, const SIGNED: bool>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let width = width(&arg(args, 2), context)?;
    write_at::<LITTLE, SIGNED>(this, &arg(args, 0), &arg(args, 1), width, context)
}

fn write_at<const LITTLE: bool, const SIGNED: bool>(
    this: &JsValue,
    value: &JsValue,
    offset: &JsValue,
    width: usize,
    context: &mut Context,
) -> JsResult<JsValue> {
    let number = value.to_number(context)?;
    if width == 1 {
        validate::number(offset, "offset", context)?;
    }
    let (min, max) = range(width, SIGNED);
    if number < min || number > max {
        return Err(value_error(number, width, SIGNED, context));
    }
    let view = receiver(this, context)?;
    let position = position(offset, width, view.len(), context)?;
    store(&view, position, width, endian(LITTLE), bits_of(number), context)
}

/// The least and the greatest number that fit.
fn range(width: usize, signed: bool) -> (f64, f64) {
    let bits = 8 * width as i32;
    if signed {
        let limit = 2f64.powi(bits - 1);
        return (-limit, limit - 1.0);
    }
    (0.0, 2f64.powi(bits) - 1.0)
}

fn value_error(number: f64, width: usize, signed: bool, context: &mut Context) -> JsError {
    let (min, max) = range(width, signed);
    let bits = 8 * width;
    let range = match (width > 4, signed) {
        (false, _) => format!(">= {min} and <= {max}"),
        (true, true) => format!(">= -(2 ** {0}) and < 2 ** {0}", bits - 1),
        (true, false) => format!(">= 0 and < 2 ** {bits}"),
    };
    validate::out_of_range(context, "value", &range, &number.into())
}

/// The number in two's complement. A fraction is cut off the low 32 bits but rounds the high
/// ones down, as in Node, where they are written apart.
fn bits_of(number: f64) -> u64 {
    let low = number.trunc().rem_euclid(4_294_967_296.0) as u64;
    let high = (number / 4_294_967_296.0).floor() as i64;
    (high as u64) << 32 | low
}
