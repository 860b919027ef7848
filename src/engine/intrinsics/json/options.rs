//! The second and third argument of `JSON.stringify`, decoded.

use std::{collections::HashSet, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, property::PropertyKey, value::IntegerOrInfinity,
};

use super::state::{State, array_length};

/// What to write, and how.
#[derive(Default)]
pub(super) struct Options {
    /// Is asked for every value.
    pub(super) function: Option<JsObject>,
    /// The only keys of objects that are written.
    pub(super) list: Option<Rc<[PropertyKey]>>,
    /// The indentation of one level; nothing is broken into lines if it is empty.
    pub(super) gap: JsString,
}

impl Options {
    pub(super) fn decode(
        replacer: &JsValue,
        space: &JsValue,
        state: &State,
        context: &mut Context,
    ) -> JsResult<Self> {
        let mut options = Self::default();
        if let Some(object) = replacer.as_object() {
            if object.is_callable() {
                options.function = Some(object);
            } else if state.is_array(&object, context)? {
                options.list = Some(list(&object, context)?.into());
            }
        }
        options.gap = gap(space, context)?;
        Ok(options)
    }
}

fn list(array: &JsObject, context: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let mut keys = Vec::new();
    let mut seen = HashSet::new();
    for index in 0..array_length(array, context)? {
        let item = array.get(index, context)?;
        let is_wrapper =
            item.as_object().is_some_and(|object| object.is::<JsString>() || object.is::<f64>());
        if item.is_string() || item.is_number() || is_wrapper {
            let key = PropertyKey::from(item.to_string(context)?);
            if seen.insert(key.clone()) {
                keys.push(key);
            }
        }
    }
    Ok(keys)
}

/// At most ten spaces, or the first ten units of a string.
fn gap(space: &JsValue, context: &mut Context) -> JsResult<JsString> {
    const LONGEST: usize = 10;
    let space = match space.as_object() {
        Some(object) if object.is::<f64>() => space.to_number(context)?.into(),
        Some(object) if object.is::<JsString>() => space.to_string(context)?.into(),
        _ => space.clone(),
    };
    if let Some(string) = space.as_string() {
        return Ok(string.slice(0, LONGEST));
    }
    if !space.is_number() {
        return Ok(JsString::default());
    }
    let width = match space.to_integer_or_infinity(context)? {
        IntegerOrInfinity::Integer(width) => usize::try_from(width).unwrap_or(0).min(LONGEST),
        IntegerOrInfinity::PositiveInfinity => LONGEST,
        IntegerOrInfinity::NegativeInfinity => 0,
    };
    Ok(JsString::from(" ".repeat(width)))
}
