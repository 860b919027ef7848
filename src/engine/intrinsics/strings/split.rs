//! `String.prototype.split`.

use boa_engine::{
    Context, JsResult, JsString, JsSymbol, JsValue, object::builtins::JsArray, string::JsStr,
};

use super::{
    super::conversions::{require_coercible, to_number, to_string},
    own_method,
    search::Search,
};
use crate::engine::natives::arg;

/// `String.prototype.split(separator, limit)`.
pub(super) fn split(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    require_coercible(this, "split")?;
    let (separator, limit) = (arg(args, 0), arg(args, 1));
    if let Some(splitter) = own_method(&separator, JsSymbol::split(), context)? {
        return splitter.call(&separator, &[this.clone(), limit], context);
    }
    let string = to_string(this, context)?;
    let limit = limit_of(&limit, context)?;
    let separator_string = to_string(&separator, context)?;
    if limit == 0 {
        return Ok(JsArray::new(context)?.into());
    }
    if separator.is_undefined() {
        return Ok(JsArray::from_iter([string.into()], context).into());
    }
    let parts = parts(&string, &separator_string, limit);
    Ok(JsArray::from_iter(parts.into_iter().map(JsValue::from), context).into())
}

/// How many parts are wanted: `ToUint32`, and all of them if nothing is said.
pub(in super::super) fn limit_of(limit: &JsValue, context: &mut Context) -> JsResult<usize> {
    if limit.is_undefined() {
        return Ok(u32::MAX as usize);
    }
    let limit = JsValue::new(to_number(limit, context)?);
    Ok(limit.to_u32(context)? as usize)
}

fn parts(string: &JsString, separator: &JsString, limit: usize) -> Vec<JsString> {
    if separator.is_empty() {
        let units = string.as_str().iter().take(limit);
        return units.map(part_of_unit).collect();
    }
    let Some(search) = Search::new(string.as_str(), separator.as_str()) else {
        return vec![string.clone()];
    };
    let mut parts = Vec::new();
    let mut from = 0;
    for at in search.all() {
        parts.push(part(string, from, at));
        if parts.len() == limit {
            return parts;
        }
        from = at + separator.len();
    }
    parts.push(part(string, from, string.len()));
    parts
}

fn part_of_unit(unit: u16) -> JsString {
    match u8::try_from(unit) {
        Ok(unit) => JsStr::latin1(&[unit]).into(),
        Err(_) => JsStr::utf16(&[unit]).into(),
    }
}

/// A part of a string. A long one shares the memory of the whole; for a short one that would take
/// more memory than a copy, and keep the whole alive.
pub(in super::super) fn part(string: &JsString, from: usize, to: usize) -> JsString {
    const SHORT: usize = 24;
    if to - from > SHORT {
        return string.slice(from, to);
    }
    string.as_str().get(from..to).map_or_else(JsString::default, JsString::from)
}
