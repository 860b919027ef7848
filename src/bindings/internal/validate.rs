//! `internal/validate`: the engine's validators for the JavaScript halves.

use boa_engine::{Context, JsResult, JsValue};

use crate::{
    bindings::abort,
    engine::{
        natives::{Method, arg, exports_of},
        validate,
    },
};

const METHODS: &[Method] = &[
    ("validateAbortSignal", 2, abort_signal),
    ("validateBoolean", 2, boolean),
    ("validateFunction", 2, function),
    ("validateInteger", 4, integer),
    ("validateNumber", 3, number),
    ("validateObject", 2, object),
    ("validatePort", 3, port),
    ("validateString", 2, string),
];

/// The exports: each validator takes a value and its name, and throws or returns undefined.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

fn abort_signal(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name(args, context)?;
    abort::validate_signal(&arg(args, 0), &name, context)?;
    Ok(JsValue::undefined())
}

fn boolean(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name(args, context)?;
    validate::boolean(&arg(args, 0), &name, context)?;
    Ok(JsValue::undefined())
}

fn function(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name(args, context)?;
    validate::function(&arg(args, 0), &name, context)?;
    Ok(JsValue::undefined())
}

/// `validateInteger(value, name, min, max)`, both safe integers where they are missing.
fn integer(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    const MAX_SAFE: f64 = 9_007_199_254_740_991.0;
    let name = name(args, context)?;
    let min = arg(args, 2).as_number().unwrap_or(-MAX_SAFE);
    let max = arg(args, 3).as_number().unwrap_or(MAX_SAFE);
    validate::integer(&arg(args, 0), &name, min, max, context)?;
    Ok(JsValue::undefined())
}

/// `validateNumber(value, name, min)`.
fn number(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name(args, context)?;
    match arg(args, 2).as_number() {
        Some(min) => validate::number_at_least(&arg(args, 0), &name, min, context)?,
        None => validate::number(&arg(args, 0), &name, context)?,
    };
    Ok(JsValue::undefined())
}

fn object(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name(args, context)?;
    validate::object(&arg(args, 0), &name, context)?;
    Ok(JsValue::undefined())
}

/// `validatePort(value, name, allowZero)`: returns the number; zero is allowed unless said.
fn port(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = match arg(args, 1) {
        name if name.is_undefined() => "Port".to_owned(),
        _ => name(args, context)?,
    };
    let allow_zero = arg(args, 2).as_boolean().unwrap_or(true);
    validate::port(&arg(args, 0), &name, allow_zero, context).map(|port| i32::from(port).into())
}

fn string(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name(args, context)?;
    validate::string(&arg(args, 0), &name, context)?;
    Ok(JsValue::undefined())
}

fn name(args: &[JsValue], context: &mut Context) -> JsResult<String> {
    Ok(arg(args, 1).to_string(context)?.to_std_string_lossy())
}
