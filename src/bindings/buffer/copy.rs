//! `buf.copy()` and the byte-order swaps.

use boa_engine::{Context, JsResult, JsValue};

use super::{construct::MAX_LENGTH, view::View};
use crate::engine::{
    errors::{Code, coded},
    natives::{Method, arg},
    validate,
};

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    ("copy", 4, copy),
    ("swap16", 0, swap::<2>),
    ("swap32", 0, swap::<4>),
    ("swap64", 0, swap::<8>),
];

fn copy(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let source = view_or_error(this, "source", context)?;
    let target = view_or_error(&arg(args, 0), "target", context)?;
    let target_start = position(&arg(args, 1), "targetStart", 0.0, None, context)?;
    let length = source.len() as f64;
    let start = position(&arg(args, 2), "sourceStart", 0.0, Some(length), context)?;
    let end = position(&arg(args, 3), "sourceEnd", length, None, context)?;
    if target_start >= target.len() as f64 || start >= end {
        return Ok(0.into());
    }
    let source = source.part(start as usize, end as usize);
    let target = target.part(target_start as usize, target.len());
    Ok(source.copy_to(&target, context)?.into())
}

fn view_or_error(value: &JsValue, name: &str, context: &mut Context) -> JsResult<View> {
    match View::of_view(value, context) {
        Some(view) => Ok(view),
        None => {
            let expected = "an instance of Buffer or Uint8Array";
            Err(validate::invalid_arg_type(context, name, expected, value))
        }
    }
}

/// A position that may be anything convertible to a number, but not negative.
fn position(
    value: &JsValue,
    name: &str,
    default: f64,
    max: Option<f64>,
    context: &mut Context,
) -> JsResult<f64> {
    if value.is_undefined() {
        return Ok(default);
    }
    let number = value.to_number(context)?;
    // Anything beyond the safe integers counts as zero, as in Node.
    let number = if number.abs() <= MAX_LENGTH { number.floor() } else { 0.0 };
    let range = match max {
        Some(max) if number < 0.0 || number > max => format!(">= 0 && <= {max}"),
        None if number < 0.0 => ">= 0".to_owned(),
        _ => return Ok(number),
    };
    Err(validate::out_of_range(context, name, &range, &number.into()))
}

fn swap<const WIDTH: usize>(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(view) = View::of_view(this, context) else {
        let message = "argument must be a buffer";
        return Err(coded(context, Code::ERR_INVALID_ARG_TYPE, message));
    };
    if !view.len().is_multiple_of(WIDTH) {
        let message = format!("Buffer size must be a multiple of {}-bits", WIDTH * 8);
        return Err(coded(context, Code::ERR_INVALID_BUFFER_SIZE, message));
    }
    view.write(context, |bytes| {
        let (units, _) = bytes.as_chunks_mut::<WIDTH>();
        for unit in units {
            unit.reverse();
        }
    })?;
    Ok(this.clone())
}
