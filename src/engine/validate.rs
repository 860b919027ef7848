//! Validation of arguments, with the wording of Node's `ERR_INVALID_ARG_TYPE` and its relatives.

use boa_engine::{Context, JsError, JsResult, JsString, JsValue, js_string, value::JsVariant};

use super::{
    errors::{Code, coded},
    kinds,
};

/// `ERR_INVALID_ARG_TYPE`: `expected` reads on from "must be", e.g. `"of type string"`.
pub(crate) fn invalid_arg_type(
    context: &mut Context,
    name: &str,
    expected: &str,
    actual: &JsValue,
) -> JsError {
    let received = received(actual, context);
    let message = format!("The {} must be {expected}. Received {received}", subject(name));
    coded(context, Code::ERR_INVALID_ARG_TYPE, message)
}

/// `ERR_INVALID_ARG_VALUE`: `reason` reads on from the name, e.g. `"is invalid"`.
pub(crate) fn invalid_arg_value(
    context: &mut Context,
    name: &str,
    actual: &JsValue,
    reason: &str,
) -> JsError {
    let kind = if name.contains('.') { "property" } else { "argument" };
    let shown = shown_whole(actual, context);
    let message = format!("The {kind} '{name}' {reason}. Received {shown}");
    coded(context, Code::ERR_INVALID_ARG_VALUE, message)
}

/// `ERR_OUT_OF_RANGE`: `range` reads on from "It must be", e.g. `">= 0 && <= 255"`.
pub(crate) fn out_of_range(
    context: &mut Context,
    name: &str,
    range: &str,
    actual: &JsValue,
) -> JsError {
    let received = match actual.variant() {
        JsVariant::Float64(n) if n.fract() == 0.0 && n.abs() > 4_294_967_296.0 => {
            grouped(&JsValue::from(n).display().to_string())
        }
        JsVariant::BigInt(n) if n.to_f64().abs() > 4_294_967_296.0 => {
            format!("{}n", grouped(&n.to_string()))
        }
        _ => shown(actual, context),
    };
    let message =
        format!("The value of \"{name}\" is out of range. It must be {range}. Received {received}");
    coded(context, Code::ERR_OUT_OF_RANGE, message)
}

/// `ERR_MISSING_ARGS`: the arguments that the caller had to give.
pub(crate) fn missing_args(context: &mut Context, names: &[&str]) -> JsError {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let noun = if names.len() == 1 { "argument" } else { "arguments" };
    let list = match quoted.as_slice() {
        [first, second] => format!("{first} and {second}"),
        [rest @ .., last] if !rest.is_empty() => format!("{}, and {last}", rest.join(", ")),
        all => all.join(""),
    };
    coded(context, Code::ERR_MISSING_ARGS, format!("The {list} {noun} must be specified"))
}

/// `ERR_INVALID_THIS`: a method was called on something that is no `expected`.
pub(crate) fn invalid_this(context: &mut Context, expected: &str) -> JsError {
    let message = format!("Value of \"this\" must be of type {expected}");
    coded(context, Code::ERR_INVALID_THIS, message)
}

/// A string, or `ERR_INVALID_ARG_TYPE`.
pub(crate) fn string(value: &JsValue, name: &str, context: &mut Context) -> JsResult<JsString> {
    value.as_string().ok_or_else(|| invalid_arg_type(context, name, "of type string", value))
}

/// A boolean, or `ERR_INVALID_ARG_TYPE`.
pub(crate) fn boolean(value: &JsValue, name: &str, context: &mut Context) -> JsResult<bool> {
    value.as_boolean().ok_or_else(|| invalid_arg_type(context, name, "of type boolean", value))
}

/// A number, or `ERR_INVALID_ARG_TYPE`.
pub(crate) fn number(value: &JsValue, name: &str, context: &mut Context) -> JsResult<f64> {
    value.as_number().ok_or_else(|| invalid_arg_type(context, name, "of type number", value))
}

/// A number that is at least `min`, or the error that Node throws.
pub(crate) fn number_at_least(
    value: &JsValue,
    name: &str,
    min: f64,
    context: &mut Context,
) -> JsResult<f64> {
    let n = number(value, name, context)?;
    if n >= min {
        return Ok(n);
    }
    let range = format!(">= {}", JsValue::from(min).display());
    Err(out_of_range(context, name, &range, value))
}

/// A port as a number or in a string, or `ERR_SOCKET_BAD_PORT`.
pub(crate) fn port(
    value: &JsValue,
    name: &str,
    allow_zero: bool,
    context: &mut Context,
) -> JsResult<u16> {
    let is_number = value.is_number();
    let is_text = value.as_string().is_some_and(|text| !text.trim().is_empty());
    let number = if is_number || is_text { value.to_number(context)? } else { f64::NAN };
    let fits = number.fract() == 0.0 && (0.0..=65_535.0).contains(&number);
    if fits && (allow_zero || !is_number || number != 0.0) {
        return Ok(number as u16);
    }
    let operator = if allow_zero { ">=" } else { ">" };
    let received = received(value, context);
    let message = format!("{name} should be {operator} 0 and < 65536. Received {received}.");
    Err(coded(context, Code::ERR_SOCKET_BAD_PORT, message))
}

/// An object that is no array and no function, or `ERR_INVALID_ARG_TYPE`.
pub(crate) fn object(
    value: &JsValue,
    name: &str,
    context: &mut Context,
) -> JsResult<boa_engine::JsObject> {
    match value.as_object() {
        Some(object) if !object.is_callable() && !kinds::is_array(&object, context) => Ok(object),
        _ => Err(invalid_arg_type(context, name, "of type object", value)),
    }
}

/// A function, or `ERR_INVALID_ARG_TYPE`.
pub(crate) fn function(
    value: &JsValue,
    name: &str,
    context: &mut Context,
) -> JsResult<boa_engine::JsObject> {
    value.as_callable().ok_or_else(|| invalid_arg_type(context, name, "of type function", value))
}

/// A whole number between `min` and `max`, or the error that Node throws.
pub(crate) fn integer(
    value: &JsValue,
    name: &str,
    min: f64,
    max: f64,
    context: &mut Context,
) -> JsResult<f64> {
    let n = number(value, name, context)?;
    if n.fract() != 0.0 || !n.is_finite() {
        return Err(out_of_range(context, name, "an integer", value));
    }
    if n < min || n > max {
        let range =
            format!(">= {} && <= {}", JsValue::from(min).display(), JsValue::from(max).display());
        return Err(out_of_range(context, name, &range, value));
    }
    Ok(n)
}

fn subject(name: &str) -> String {
    if name.ends_with(" argument") {
        return name.to_owned();
    }
    let kind = if name.contains('.') { "property" } else { "argument" };
    format!("\"{name}\" {kind}")
}

/// What follows "Received" in `ERR_INVALID_ARG_TYPE`.
pub(crate) fn received(value: &JsValue, context: &mut Context) -> String {
    match value.variant() {
        JsVariant::Undefined => "undefined".to_owned(),
        JsVariant::Null => "null".to_owned(),
        JsVariant::Object(object) if object.is_callable() => {
            match name_of(&object.clone().into(), context) {
                Some(name) => format!("function {name}"),
                None => "function ".to_owned(),
            }
        }
        JsVariant::Object(object) => {
            let constructor = object.get(js_string!("constructor"), context).unwrap_or_default();
            match name_of(&constructor, context) {
                Some(name) => format!("an instance of {name}"),
                None => shown(value, context),
            }
        }
        JsVariant::String(text) if text.len() > 28 => {
            let short = format!("{}...", text.slice(0, 25).to_std_string_lossy());
            format!("type string ({})", full(&JsString::from(short).into(), context))
        }
        _ => format!("type {} ({})", value.type_of(), truncated(full(value, context), 28, 25)),
    }
}

fn name_of(function: &JsValue, context: &mut Context) -> Option<String> {
    let name = function.as_object()?.get(js_string!("name"), context).ok()?;
    let name = name.as_string()?.to_std_string_lossy();
    (!name.is_empty()).then_some(name)
}

/// A short form of a value as `util.inspect` would show it, for error messages.
pub(crate) fn shown(value: &JsValue, context: &mut Context) -> String {
    truncated(full(value, context), 128, 128)
}

fn full(value: &JsValue, context: &mut Context) -> String {
    match value.variant() {
        JsVariant::BigInt(n) => format!("{n}n"),
        JsVariant::Float64(n) if n == 0.0 && n.is_sign_negative() => "-0".to_owned(),
        JsVariant::Object(_) | JsVariant::String(_) => inspected(value, context),
        _ => value.display().to_string(),
    }
}

/// `util.inspect(value, { depth: -1 })` where the runtime has registered it.
pub(crate) fn inspected(value: &JsValue, context: &mut Context) -> String {
    inspected_as(value, true, context)
}

fn inspected_as(value: &JsValue, is_short: bool, context: &mut Context) -> String {
    let Some(&Inspect(inspect)) = context.get_data::<Inspect>() else {
        return value.display().to_string();
    };
    inspect(value, is_short, context)
}

/// `util.inspect(value)`, cut where it gets long.
pub(crate) fn shown_whole(value: &JsValue, context: &mut Context) -> String {
    let text = match value.as_object() {
        Some(_) => inspected_as(value, false, context),
        None => full(value, context),
    };
    truncated(text, 128, 128)
}

/// The floor above registers how objects are shown in error messages: in short, or not.
#[derive(Clone, Copy)]
pub(crate) struct Inspect(pub(crate) fn(&JsValue, bool, &mut Context) -> String);

/// A text that is longer than `limit` characters, cut to `kept` of them.
fn truncated(text: String, limit: usize, kept: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text;
    }
    let kept: String = text.chars().take(kept).collect();
    format!("{kept}...")
}

/// `1234567` as `1_234_567`.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('_');
        }
        out.push(c);
    }
    out
}
