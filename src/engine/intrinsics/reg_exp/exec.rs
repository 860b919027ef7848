//! `RegExpBuiltinExec`, and the methods that are it.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
};
use regress::Match;

use super::{State, compiled::Compiled, part_value};
use crate::engine::{
    intrinsics::conversions::to_string,
    natives::{arg, define_value},
};

/// `RegExp.prototype.exec(string)`.
pub(super) fn exec(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    let Some(object) = this.as_object() else { return original.call(this, args, context) };
    let Some(compiled) = state.compiler.compiled(&object, context)? else {
        return original.call(this, args, context);
    };
    let string = to_string(&arg(args, 0), context)?;
    match next_match(&object, &compiled, &string, &state, context)? {
        Some(found) => Ok(result(&found, &compiled, &string, context)),
        None => Ok(JsValue::null()),
    }
}

/// `RegExp.prototype.test(string)`.
pub(super) fn test(
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
    let found = next_match(&object, &compiled, &string, &state, context)?;
    Ok(found.is_some().into())
}

/// The match that `exec` finds; it moves `lastIndex` where the flags say so.
pub(super) fn next_match(
    object: &JsObject,
    compiled: &Compiled,
    string: &JsString,
    state: &State,
    context: &mut Context,
) -> JsResult<Option<Match>> {
    let last_index = object.get(js_string!("lastIndex"), context)?.to_length(context)?;
    let moves = compiled.is_global() || compiled.is_sticky();
    let start = if moves { usize::try_from(last_index).unwrap_or(usize::MAX) } else { 0 };
    let found = if start > string.len() {
        None
    } else {
        compiled.find(&state.compiler.text(string), start)
    };
    let found = found.filter(|found| !compiled.is_sticky() || found.start() == start);
    if moves {
        let index = found.as_ref().map_or(0, Match::end);
        set_last_index(object, index, context)?;
    }
    if found.is_none() {
        state.compiler.forget_text();
    }
    Ok(found)
}

/// `Set(R, "lastIndex", value, true)`.
pub(super) fn set_last_index(
    object: &JsObject,
    value: impl Into<JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    if object.set(js_string!("lastIndex"), value, false, context)? {
        return Ok(());
    }
    let message = "Cannot assign to read only property 'lastIndex' of object '[object RegExp]'";
    Err(JsNativeError::typ().with_message(message).into())
}

/// The array that `exec` returns.
fn result(found: &Match, compiled: &Compiled, string: &JsString, context: &mut Context) -> JsValue {
    let parts = found.groups().map(|range| part_value(string, range.as_ref()));
    let array: JsObject = JsArray::from_iter(parts, context).into();
    define_value(&array, js_string!("index"), found.start(), true);
    define_value(&array, js_string!("input"), string.clone(), true);
    let groups = groups(found, |range| part_value(string, range));
    define_value(&array, js_string!("groups"), groups, true);
    if compiled.has_indices() {
        let indices = indices(found, context);
        define_value(&array, js_string!("indices"), indices, true);
    }
    array.into()
}

/// The object of a match's named groups; `undefined` if it has none.
pub(super) fn groups(
    found: &Match,
    mut value: impl FnMut(Option<&std::ops::Range<usize>>) -> JsValue,
) -> JsValue {
    let mut named = found.named_groups().peekable();
    if named.peek().is_none() {
        return JsValue::undefined();
    }
    let groups = JsObject::with_null_proto();
    for (name, range) in named {
        define_value(&groups, JsString::from(name), value(range.as_ref()), true);
    }
    groups.into()
}

/// The `indices` of a result: start and end of each group.
fn indices(found: &Match, context: &mut Context) -> JsValue {
    let pairs: Vec<JsValue> = found.groups().map(|range| pair(range.as_ref(), context)).collect();
    let array: JsObject = JsArray::from_iter(pairs, context).into();
    let groups = groups(found, |range| pair(range, context));
    define_value(&array, js_string!("groups"), groups, true);
    array.into()
}

fn pair(range: Option<&std::ops::Range<usize>>, context: &mut Context) -> JsValue {
    let Some(range) = range else { return JsValue::undefined() };
    JsArray::from_iter([range.start.into(), range.end.into()], context).into()
}
