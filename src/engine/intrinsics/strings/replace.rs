//! `String.prototype.replace` and `replaceAll`.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
};

use super::{
    super::{
        conversions::{require_coercible, to_string},
        string_buffer::{MAX_STRING_LENGTH, StringBuffer, too_long},
    },
    is_regexp, own_method,
    search::{Search, index_of},
    template::{Place, expand, push_range},
};
use crate::engine::natives::arg;

/// `String.prototype.replace(pattern, replacement)`.
pub(super) fn replace(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    require_coercible(this, "replace")?;
    let (pattern, replacement) = (arg(args, 0), arg(args, 1));
    if let Some(replacer) = own_method(&pattern, JsSymbol::replace(), context)? {
        return replacer.call(&pattern, &[this.clone(), replacement], context);
    }
    let string = to_string(this, context)?;
    let pattern = to_string(&pattern, context)?;
    let replacement = Replacement::of(&replacement, context)?;
    match index_of(string.as_str(), pattern.as_str(), 0) {
        Some(at) => replaced(&string, &pattern, &replacement, &[at], context),
        None => Ok(string.into()),
    }
}

/// `String.prototype.replaceAll(pattern, replacement)`.
pub(super) fn replace_all(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    require_coercible(this, "replaceAll")?;
    let (pattern, replacement) = (arg(args, 0), arg(args, 1));
    require_global(&pattern, context)?;
    if let Some(replacer) = own_method(&pattern, JsSymbol::replace(), context)? {
        return replacer.call(&pattern, &[this.clone(), replacement], context);
    }
    let string = to_string(this, context)?;
    let pattern = to_string(&pattern, context)?;
    let replacement = Replacement::of(&replacement, context)?;
    let places: Vec<usize> = if pattern.is_empty() {
        (0..=string.len()).collect()
    } else {
        let search = Search::new(string.as_str(), pattern.as_str());
        search.iter().flat_map(Search::all).collect()
    };
    if places.is_empty() {
        return Ok(string.into());
    }
    replaced(&string, &pattern, &replacement, &places, context)
}

/// Throws if the pattern is a regular expression that matches only once.
fn require_global(pattern: &JsValue, context: &mut Context) -> JsResult<()> {
    if !is_regexp(pattern, context)? {
        return Ok(());
    }
    let Some(pattern) = pattern.as_object() else { return Ok(()) };
    let flags = pattern.get(js_string!("flags"), context)?;
    require_coercible(&flags, "replaceAll")?;
    if to_string(&flags, context)?.contains(b'g') {
        return Ok(());
    }
    let message = "String.prototype.replaceAll called with a non-global RegExp argument";
    Err(JsNativeError::typ().with_message(message).into())
}

/// What comes in the place of what was found.
pub(in super::super) enum Replacement {
    Function(JsObject),
    /// A text without `$`.
    Text(JsString),
    Template(JsString),
}

impl Replacement {
    pub(in super::super) fn of(value: &JsValue, context: &mut Context) -> JsResult<Self> {
        if let Some(function) = value.as_callable() {
            return Ok(Self::Function(function));
        }
        let text = to_string(value, context)?;
        Ok(if text.contains(b'$') { Self::Template(text) } else { Self::Text(text) })
    }
}

/// The string with every place at which the pattern was found replaced.
fn replaced(
    string: &JsString,
    pattern: &JsString,
    replacement: &Replacement,
    places: &[usize],
    context: &mut Context,
) -> JsResult<JsValue> {
    let mut out = StringBuffer::default();
    let mut from = 0;
    for &at in places {
        push_range(&mut out, string, from, at);
        from = at + pattern.len();
        match replacement {
            Replacement::Text(text) => out.push(text.as_str()),
            Replacement::Template(template) => {
                let length = pattern.len();
                let place = Place { string, at, length, groups: &[], named: None };
                expand(&mut out, template.as_str(), &place);
            }
            Replacement::Function(function) => {
                let args = [pattern.clone().into(), at.into(), string.clone().into()];
                let text = function.call(&JsValue::undefined(), &args, context)?;
                out.push(to_string(&text, context)?.as_str());
            }
        }
        if out.len() > MAX_STRING_LENGTH {
            return Err(too_long());
        }
    }
    push_range(&mut out, string, from, string.len());
    if out.len() > MAX_STRING_LENGTH { Err(too_long()) } else { Ok(out.string().into()) }
}
