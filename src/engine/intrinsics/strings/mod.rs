//! Methods of `String.prototype` that search, cut and put together.
//!
//! The engine compares at every place, starts from the beginning for every match, and makes
//! strings of any length until memory ends. What gets a regular expression, or any other object
//! with a method of its own for the purpose, goes to that method.

mod build;
mod replace;
mod search;
mod split;
mod template;
#[cfg(test)]
mod tests;

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::regexp::RegExp, value::IntegerOrInfinity,
};

use self::search::{index_of, last_index_of};
pub(super) use self::{
    replace::Replacement,
    split::{limit_of, part},
    template::{Place, expand, push_range},
};
use super::conversions::{this_string, to_integer, to_number, to_string};
use crate::engine::natives::{Method, arg, define_methods};

const METHODS: &[Method] = &[
    ("concat", 1, build::concat),
    ("endsWith", 1, ends_with),
    ("includes", 1, includes),
    ("indexOf", 1, first_index),
    ("lastIndexOf", 1, last_index),
    ("padEnd", 1, build::pad_end),
    ("padStart", 1, build::pad_start),
    ("repeat", 1, build::repeat),
    ("replace", 2, replace::replace),
    ("replaceAll", 2, replace::replace_all),
    ("split", 2, split::split),
    ("startsWith", 1, starts_with),
];

/// Puts these methods in the place of the engine's.
pub(super) fn install(context: &mut Context) {
    let prototype = context.intrinsics().constructors().string().prototype();
    define_methods(&prototype, METHODS, false, context);
}

/// `String.prototype.indexOf(searchString, position)`.
fn first_index(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let string = this_string(this, "indexOf", context)?;
    let (sought, from) = search_arguments(&string, args, context)?;
    Ok(index_value(index_of(string.as_str(), sought.as_str(), from)))
}

/// `String.prototype.includes(searchString, position)`.
fn includes(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let string = this_string(this, "includes", context)?;
    refuse_regexp(args, "includes", context)?;
    let (sought, from) = search_arguments(&string, args, context)?;
    Ok(index_of(string.as_str(), sought.as_str(), from).is_some().into())
}

/// `String.prototype.startsWith(searchString, position)`.
fn starts_with(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let string = this_string(this, "startsWith", context)?;
    refuse_regexp(args, "startsWith", context)?;
    let (sought, from) = search_arguments(&string, args, context)?;
    let place = string.as_str().get(from..from.saturating_add(sought.len()));
    Ok(place.is_some_and(|place| place == sought.as_str()).into())
}

/// `String.prototype.endsWith(searchString, endPosition)`.
fn ends_with(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let string = this_string(this, "endsWith", context)?;
    refuse_regexp(args, "endsWith", context)?;
    let sought = to_string(&arg(args, 0), context)?;
    let end = match arg(args, 1) {
        end if end.is_undefined() => string.len(),
        end => clamp(to_integer(&end, context)?, string.len()),
    };
    let place = end.checked_sub(sought.len()).and_then(|from| string.as_str().get(from..end));
    Ok(place.is_some_and(|place| place == sought.as_str()).into())
}

/// Throws if the first argument is a regular expression.
fn refuse_regexp(args: &[JsValue], method: &str, context: &mut Context) -> JsResult<()> {
    if !is_regexp(&arg(args, 0), context)? {
        return Ok(());
    }
    let message =
        format!("First argument to String.prototype.{method} must not be a regular expression");
    Err(JsNativeError::typ().with_message(message).into())
}

/// `String.prototype.lastIndexOf(searchString, position)`.
fn last_index(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let string = this_string(this, "lastIndexOf", context)?;
    let sought = to_string(&arg(args, 0), context)?;
    let position = to_number(&arg(args, 1), context)?;
    let latest =
        if position.is_nan() { string.len() } else { clamp(position.into(), string.len()) };
    Ok(index_value(last_index_of(string.as_str(), sought.as_str(), latest)))
}

/// What to search for, and the unit to start at.
fn search_arguments(
    string: &JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<(JsString, usize)> {
    let sought = to_string(&arg(args, 0), context)?;
    let position = to_integer(&arg(args, 1), context)?;
    Ok((sought, clamp(position, string.len())))
}

fn clamp(position: IntegerOrInfinity, length: usize) -> usize {
    match position {
        IntegerOrInfinity::Integer(position) => usize::try_from(position).unwrap_or(0).min(length),
        IntegerOrInfinity::PositiveInfinity => length,
        IntegerOrInfinity::NegativeInfinity => 0,
    }
}

fn index_value(index: Option<usize>) -> JsValue {
    index.map_or(JsValue::new(-1), JsValue::new)
}

/// `IsRegExp`.
fn is_regexp(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    let matcher = object.get(JsSymbol::r#match(), context)?;
    Ok(if matcher.is_undefined() { object.is::<RegExp>() } else { matcher.to_boolean() })
}

/// The method that a pattern has of its own for this purpose, as regular expressions have.
///
/// A primitive has one if a program gave its prototype one.
fn own_method(
    pattern: &JsValue,
    symbol: JsSymbol,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    if pattern.is_null_or_undefined() {
        return Ok(None);
    }
    let holder = if pattern.is_string() {
        context.intrinsics().constructors().string().prototype()
    } else {
        pattern.to_object(context)?
    };
    let method = holder.get(symbol, context)?;
    if method.is_null_or_undefined() {
        return Ok(None);
    }
    let message = || format!("{} is not a function", method.display());
    method
        .as_callable()
        .map(Some)
        .ok_or_else(|| JsNativeError::typ().with_message(message()).into())
}
