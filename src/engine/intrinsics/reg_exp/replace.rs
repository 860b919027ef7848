//! `RegExp.prototype[Symbol.replace]`.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, string::JsStr};
use regress::Match;

use super::{
    State,
    exec::{groups, next_match, set_last_index},
    part_value,
};
use crate::engine::{
    intrinsics::{
        conversions::to_string,
        string_buffer::{MAX_STRING_LENGTH, StringBuffer, too_long},
        strings::{Place, Replacement, expand, push_range},
    },
    natives::arg,
};

/// `RegExp.prototype[Symbol.replace](string, replacement)`.
pub(super) fn replace(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    let usual = state.usual(this, context)?;
    // A sticky global replacement goes from match to match.
    let usual = usual.filter(|(_, compiled)| !(compiled.is_global() && compiled.is_sticky()));
    let Some((object, compiled)) = usual else { return original.call(this, args, context) };
    let string = to_string(&arg(args, 0), context)?;
    let replacement = Replacement::of(&arg(args, 1), context)?;
    let matches = if compiled.is_global() {
        set_last_index(&object, 0, context)?;
        let matches = compiled.find_all(&state.compiler.text(&string));
        state.compiler.forget_text();
        matches
    } else {
        next_match(&object, &compiled, &string, &state, context)?.into_iter().collect()
    };
    if matches.is_empty() {
        return Ok(string.into());
    }
    replaced(&string, &matches, &replacement, context)
}

fn replaced(
    string: &JsString,
    matches: &[Match],
    replacement: &Replacement,
    context: &mut Context,
) -> JsResult<JsValue> {
    let mut out = StringBuffer::default();
    let mut from = 0;
    for found in matches {
        push_range(&mut out, string, from, found.start());
        from = found.end();
        match replacement {
            Replacement::Text(text) => out.push(text.as_str()),
            Replacement::Template(template) => {
                expand_match(&mut out, template.as_str(), string, found);
            }
            Replacement::Function(function) => {
                let text =
                    function.call(&JsValue::undefined(), &arguments(string, found), context)?;
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

/// What a replacing function is told of a match.
fn arguments(string: &JsString, found: &Match) -> Vec<JsValue> {
    let mut args: Vec<JsValue> =
        found.groups().map(|range| part_value(string, range.as_ref())).collect();
    args.push(found.start().into());
    args.push(string.clone().into());
    let groups = groups(found, |range| part_value(string, range));
    if !groups.is_undefined() {
        args.push(groups);
    }
    args
}

fn expand_match(out: &mut StringBuffer, template: JsStr<'_>, string: &JsString, found: &Match) {
    let named: Vec<_> = found.named_groups().collect();
    let place = Place {
        string,
        at: found.start(),
        length: found.range.len(),
        groups: &found.captures,
        named: (!named.is_empty()).then_some(named.as_slice()),
    };
    expand(out, template, &place);
}
