//! `RegExp.prototype[Symbol.match]` and `[Symbol.search]`.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use regress::Match;

use super::{
    State,
    exec::{next_match, set_last_index},
    part_value,
};
use crate::engine::{intrinsics::conversions::to_string, natives::arg};

/// `RegExp.prototype[Symbol.match](string)`.
pub(super) fn r#match(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    let usual = state.usual(this, context)?;
    // A match that is not global is one call of `exec`, a sticky one goes from match to match.
    let usual = usual.filter(|(_, compiled)| compiled.is_global() && !compiled.is_sticky());
    let Some((object, compiled)) = usual else { return original.call(this, args, context) };
    let string = to_string(&arg(args, 0), context)?;
    set_last_index(&object, 0, context)?;
    let matches = compiled.find_all(&state.compiler.text(&string));
    state.compiler.forget_text();
    if matches.is_empty() {
        return Ok(JsValue::null());
    }
    let parts = matches.iter().map(|found| part_value(&string, Some(&found.range)));
    Ok(JsArray::from_iter(parts, context).into())
}

/// `RegExp.prototype[Symbol.search](string)`.
pub(super) fn search(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    let Some((object, compiled)) = state.usual(this, context)? else {
        return original.call(this, args, context);
    };
    let string = to_string(&arg(args, 0), context)?;
    let last_index = object.get(js_string!("lastIndex"), context)?;
    if !JsValue::same_value(&last_index, &JsValue::new(0)) {
        set_last_index(&object, 0, context)?;
    }
    let found = next_match(&object, &compiled, &string, &state, context)?;
    let moved = object.get(js_string!("lastIndex"), context)?;
    if !JsValue::same_value(&moved, &last_index) {
        set_last_index(&object, last_index, context)?;
    }
    Ok(found.as_ref().map_or(JsValue::new(-1), |found| Match::start(found).into()))
}
