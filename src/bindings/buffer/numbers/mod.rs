//! Reading and writing numbers of every width.

mod bigint;
mod float;
mod integer;

use boa_engine::{Context, JsError, JsResult, JsValue};

use super::view::View;
use crate::engine::{
    errors::{Code, coded},
    natives::arg,
    validate,
};

pub(super) use bigint::METHODS as BIGINT_METHODS;
pub(super) use float::METHODS as FLOAT_METHODS;
pub(super) use integer::METHODS as INTEGER_METHODS;

/// Second names of methods: the very same functions.
pub(super) const ALIASES: &[(&str, &str)] = &[
    ("readBigUint64LE", "readBigUInt64LE"),
    ("readBigUint64BE", "readBigUInt64BE"),
    ("writeBigUint64LE", "writeBigUInt64LE"),
    ("writeBigUint64BE", "writeBigUInt64BE"),
    ("readUintLE", "readUIntLE"),
    ("readUintBE", "readUIntBE"),
    ("readUint8", "readUInt8"),
    ("readUint16LE", "readUInt16LE"),
    ("readUint16BE", "readUInt16BE"),
    ("readUint32LE", "readUInt32LE"),
    ("readUint32BE", "readUInt32BE"),
    ("writeUintLE", "writeUIntLE"),
    ("writeUintBE", "writeUIntBE"),
    ("writeUint8", "writeUInt8"),
    ("writeUint16LE", "writeUInt16LE"),
    ("writeUint16BE", "writeUInt16BE"),
    ("writeUint32LE", "writeUInt32LE"),
    ("writeUint32BE", "writeUInt32BE"),
];

/// In which order the bytes of a number stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Endian {
    Little,
    Big,
}

/// The const parameter of the natives: little-endian.
const LE: bool = true;
/// The const parameter of the natives: big-endian.
const BE: bool = false;

const fn endian(little: bool) -> Endian {
    if little { Endian::Little } else { Endian::Big }
}

/// The bytes of the receiver.
fn receiver(this: &JsValue, context: &mut Context) -> JsResult<View> {
    match View::of_view(this, context) {
        Some(view) => Ok(view),
        None => {
            let message = "argument must be a buffer";
            Err(coded(context, Code::ERR_INVALID_ARG_TYPE, message))
        }
    }
}

/// The `offset` argument where leaving it out means 0.
fn offset_or_zero(args: &[JsValue], index: usize) -> JsValue {
    match arg(args, index) {
        offset if offset.is_undefined() => 0.into(),
        offset => offset,
    }
}

/// Where `width` bytes begin, checked against the buffer's length.
fn position(
    offset: &JsValue,
    width: usize,
    length: usize,
    context: &mut Context,
) -> JsResult<usize> {
    let number = validate::number(offset, "offset", context)?;
    let last = length as f64 - width as f64;
    if number >= 0.0 && number <= last && number.fract() == 0.0 {
        return Ok(number as usize);
    }
    Err(bounds_error(offset, last, None, context))
}

/// Why a value is no position, or no width where `name` says so.
fn bounds_error(value: &JsValue, max: f64, name: Option<&str>, context: &mut Context) -> JsError {
    let shown = name.unwrap_or("offset");
    let Some(number) = value.as_number() else {
        return validate::invalid_arg_type(context, shown, "of type number", value);
    };
    if number.floor() != number {
        return validate::out_of_range(context, shown, "an integer", value);
    }
    if max < 0.0 {
        let message = "Attempt to access memory outside buffer bounds";
        return coded(context, Code::ERR_BUFFER_OUT_OF_BOUNDS, message);
    }
    let min = i32::from(name.is_some());
    validate::out_of_range(context, shown, &format!(">= {min} and <= {max}"), value)
}

/// Reads `width` bytes as an unsigned number; bytes that vanished meanwhile read as zeros.
fn load(view: &View, position: usize, width: usize, order: Endian) -> u64 {
    let mut bytes = [0; 8];
    view.part(position, position + width).read(|source| {
        let slots = match order {
            Endian::Little => &mut bytes[..source.len()],
            Endian::Big => &mut bytes[8 - source.len()..],
        };
        slots.copy_from_slice(source);
    });
    match order {
        Endian::Little => u64::from_le_bytes(bytes),
        Endian::Big => u64::from_be_bytes(bytes),
    }
}

/// Writes the low `width` bytes of a number; returns where the next one goes.
fn store(
    view: &View,
    position: usize,
    width: usize,
    order: Endian,
    bits: u64,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (little, big) = (bits.to_le_bytes(), bits.to_be_bytes());
    let bytes = match order {
        Endian::Little => &little[..width],
        Endian::Big => &big[8 - width..],
    };
    view.part(position, position + width).write(context, |slots| {
        // Shorter only where the conversion of the value shrank the buffer.
        let count = slots.len();
        slots.copy_from_slice(&bytes[..count]);
    })?;
    Ok((position + width).into())
}
