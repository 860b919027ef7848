//! IEEE 754 numbers of four and eight bytes.

use boa_engine::{Context, JsResult, JsValue};

use super::{BE, LE, endian, load, offset_or_zero, position, receiver, store};
use crate::engine::natives::{Method, arg};

/// The methods of this file.
pub(in super::super) const METHODS: &[Method] = &[
    ("readFloatLE", 0, read::<4, LE>),
    ("readFloatBE", 0, read::<4, BE>),
    ("readDoubleLE", 0, read::<8, LE>),
    ("readDoubleBE", 0, read::<8, BE>),
    ("writeFloatLE", 1, write::<4, LE>),
    ("writeFloatBE", 1, write::<4, BE>),
    ("writeDoubleLE", 1, write::<8, LE>),
    ("writeDoubleBE", 1, write::<8, BE>),
];

fn read<const WIDTH: usize, const LITTLE: bool>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    let position = position(&offset_or_zero(args, 0), WIDTH, view.len(), context)?;
    let bits = load(&view, position, WIDTH, endian(LITTLE));
    Ok(if WIDTH == 4 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) }
        .into())
}

fn write<const WIDTH: usize, const LITTLE: bool>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let number = arg(args, 0).to_number(context)?;
    let view = receiver(this, context)?;
    let position = position(&offset_or_zero(args, 1), WIDTH, view.len(), context)?;
    let bits = if WIDTH == 4 { u64::from((number as f32).to_bits()) } else { number.to_bits() };
    store(&view, position, WIDTH, endian(LITTLE), bits, context)
}
