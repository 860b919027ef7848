//! `Buffer.compare()`, `buf.compare()` and `buf.equals()`.

use std::cmp::Ordering;

use boa_engine::{Context, JsResult, JsValue};

use super::{construct::MAX_LENGTH, view::View};
use crate::engine::{
    errors::{Code, coded},
    natives::{Method, arg},
    validate,
};

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[("equals", 1, equals), ("compare", 5, compare)];

/// The functions of `Buffer` in this file.
pub(super) const STATICS: &[Method] = &[("compare", 2, compare_static)];

fn operand(value: &JsValue, name: &str, context: &mut Context) -> JsResult<View> {
    match View::of_uint8_array(value, context) {
        Some(view) => Ok(view),
        None => {
            let expected = "an instance of Buffer or Uint8Array";
            Err(validate::invalid_arg_type(context, name, expected, value))
        }
    }
}

fn order(a: &View, b: &View) -> Ordering {
    a.read(|a| b.read(|b| a.cmp(b)))
}

fn equals(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let a = operand(this, "this", context)?;
    let b = operand(&arg(args, 0), "otherBuffer", context)?;
    Ok((a.len() == b.len() && order(&a, &b).is_eq()).into())
}

fn compare_static(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let a = operand(&arg(args, 0), "buf1", context)?;
    let b = operand(&arg(args, 1), "buf2", context)?;
    Ok((order(&a, &b) as i32).into())
}

fn compare(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(source) = View::of_uint8_array(this, context) else {
        let message = "argument must be a buffer";
        return Err(coded(context, Code::ERR_INVALID_ARG_TYPE, message));
    };
    let target = operand(&arg(args, 0), "target", context)?;
    if args.len() <= 1 {
        return Ok((order(&source, &target) as i32).into());
    }
    let (source_length, target_length) = (source.len() as f64, target.len() as f64);
    let target_start = bound(&arg(args, 1), "targetStart", 0.0, MAX_LENGTH, context)?;
    let target_end = bound(&arg(args, 2), "targetEnd", target_length, target_length, context)?;
    let source_start = bound(&arg(args, 3), "sourceStart", 0.0, MAX_LENGTH, context)?;
    let source_end = bound(&arg(args, 4), "sourceEnd", source_length, source_length, context)?;
    if source_start >= source_end {
        let answer = if target_start >= target_end { 0 } else { -1 };
        return Ok(answer.into());
    }
    if target_start >= target_end {
        return Ok(1.into());
    }
    if source_start > source_length || target_start > target_length {
        return Err(coded(context, Code::ERR_OUT_OF_RANGE, "Index out of range"));
    }
    let source = source.part(source_start as usize, source_end as usize);
    let target = target.part(target_start as usize, target_end as usize);
    Ok((order(&source, &target) as i32).into())
}

fn bound(
    value: &JsValue,
    name: &str,
    default: f64,
    max: f64,
    context: &mut Context,
) -> JsResult<f64> {
    if value.is_undefined() {
        return Ok(default);
    }
    validate::integer(value, name, 0.0, max, context)
}
