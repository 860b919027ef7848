//! Integers of eight bytes, as `BigInt`s.

use std::cmp::Ordering;

use boa_engine::{Context, JsBigInt, JsNativeError, JsResult, JsValue};

use super::{BE, LE, endian, load, offset_or_zero, position, receiver, store};
use crate::engine::{
    natives::{Method, arg},
    validate,
};

const WIDTH: usize = 8;

/// The methods of this file.
pub(in super::super) const METHODS: &[Method] = &[
    ("readBigUInt64LE", 0, read::<LE, false>),
    ("readBigUInt64BE", 0, read::<BE, false>),
    ("readBigInt64LE", 0, read::<LE, true>),
    ("readBigInt64BE", 0, read::<BE, true>),
    ("writeBigUInt64LE", 1, write::<LE, false>),
    ("writeBigUInt64BE", 1, write::<BE, false>),
    ("writeBigInt64LE", 1, write::<LE, true>),
    ("writeBigInt64BE", 1, write::<BE, true>),
];

fn read<const LITTLE: bool, const SIGNED: bool>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    let position = position(&offset_or_zero(args, 0), WIDTH, view.len(), context)?;
    let bits = load(&view, position, WIDTH, endian(LITTLE));
    let number = if SIGNED { JsBigInt::from(bits as i64) } else { JsBigInt::from(bits) };
    Ok(number.into())
}

fn write<const LITTLE: bool, const SIGNED: bool>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = arg(args, 0);
    if !fits(&value, SIGNED, context)? {
        let range =
            if SIGNED { ">= -(2n ** 63n) and < 2n ** 63n" } else { ">= 0n and < 2n ** 64n" };
        return Err(validate::out_of_range(context, "value", range, &value));
    }
    let view = receiver(this, context)?;
    let position = position(&offset_or_zero(args, 1), WIDTH, view.len(), context)?;
    if !value.is_bigint() {
        let message = "Cannot mix BigInt and other types, use explicit conversions";
        return Err(JsNativeError::typ().with_message(message).into());
    }
    let bits = value.to_big_uint64(context)?;
    store(&view, position, WIDTH, endian(LITTLE), bits, context)
}

/// True where the value compares as within range; what is no number at all compares as neither
/// too small nor too great.
fn fits(value: &JsValue, signed: bool, context: &mut Context) -> JsResult<bool> {
    if let Some(number) = value.as_bigint() {
        let (min, max) = if signed {
            (JsBigInt::from(i64::MIN), JsBigInt::from(i64::MAX))
        } else {
            (JsBigInt::from(0), JsBigInt::from(u64::MAX))
        };
        return Ok(number.cmp(&min) != Ordering::Less && number.cmp(&max) != Ordering::Greater);
    }
    let number = value.to_number(context)?;
    let (min, limit) =
        if signed { (-(2f64.powi(63)), 2f64.powi(63)) } else { (0.0, 2f64.powi(64)) };
    Ok(!(number < min || number >= limit))
}
