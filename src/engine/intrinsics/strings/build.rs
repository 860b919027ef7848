//! Methods that make a string longer, up to the longest that there can be.

use boa_engine::{
    Context, JsNativeError, JsResult, JsString, JsValue, string::JsStr, value::IntegerOrInfinity,
};

use super::super::{
    conversions::{this_string, to_integer, to_number, to_string},
    string_buffer::{MAX_STRING_LENGTH, StringBuffer, too_long},
};
use crate::engine::natives::arg;

/// `String.prototype.concat(...strings)`.
pub(super) fn concat(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut out = StringBuffer::default();
    out.push(this_string(this, "concat", context)?.as_str());
    for value in args {
        let string = to_string(value, context)?;
        if out.len() + string.len() > MAX_STRING_LENGTH {
            return Err(too_long());
        }
        out.push(string.as_str());
    }
    Ok(out.string().into())
}

/// `String.prototype.repeat(count)`.
pub(super) fn repeat(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let string = this_string(this, "repeat", context)?;
    let count = arg(args, 0);
    let times = match to_integer(&count, context)? {
        IntegerOrInfinity::Integer(times) => usize::try_from(times).ok(),
        _ => None,
    };
    let Some(times) = times else {
        // As V8 shows it: without asking an object.
        let shown = if count.is_object() {
            "[object Object]".to_owned()
        } else {
            to_string(&count, context)?.to_std_string_lossy()
        };
        let message = format!("Invalid count value: {shown}");
        return Err(JsNativeError::range().with_message(message).into());
    };
    let length = string.len().saturating_mul(times);
    repeated(string.as_str(), length).map(JsValue::from)
}

/// `String.prototype.padStart(length, filler)`.
pub(super) fn pad_start(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let string = this_string(this, "padStart", context)?;
    let filler = filler(&string, args, context)?;
    Ok(joined(&filler, &string).into())
}

/// `String.prototype.padEnd(length, filler)`.
pub(super) fn pad_end(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let string = this_string(this, "padEnd", context)?;
    let filler = filler(&string, args, context)?;
    Ok(joined(&string, &filler).into())
}

/// What is added to a string to make it as long as asked.
fn filler(string: &JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsString> {
    let length = JsValue::new(to_number(&arg(args, 0), context)?).to_length(context)?;
    let missing = usize::try_from(length).unwrap_or(usize::MAX).saturating_sub(string.len());
    if missing == 0 {
        return Ok(JsString::default());
    }
    let filler = match arg(args, 1) {
        filler if filler.is_undefined() => boa_engine::js_string!(" "),
        filler => to_string(&filler, context)?,
    };
    if filler.is_empty() {
        return Ok(filler);
    }
    if missing.saturating_add(string.len()) > MAX_STRING_LENGTH {
        return Err(too_long());
    }
    repeated(filler.as_str(), missing)
}

fn joined(first: &JsString, second: &JsString) -> JsString {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second.clone(),
        (_, true) => first.clone(),
        _ => JsString::concat(first.as_str(), second.as_str()),
    }
}

/// A string over and over, up to a length.
fn repeated(string: JsStr<'_>, length: usize) -> JsResult<JsString> {
    if length > MAX_STRING_LENGTH {
        return Err(too_long());
    }
    Ok(StringBuffer::repeating(string, length).string())
}
