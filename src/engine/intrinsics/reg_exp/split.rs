//! `RegExp.prototype[Symbol.split]`.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, object::builtins::JsArray};

use super::{State, compiled::Compiled, part_value};
use crate::engine::{
    intrinsics::{conversions::to_string, strings::limit_of},
    natives::arg,
};

/// `RegExp.prototype[Symbol.split](string, limit)`.
pub(super) fn split(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    let usual = state.usual(this, context)?.filter(|_| state.pristine.has_pristine_species());
    let Some((_, compiled)) = usual else { return original.call(this, args, context) };
    let string = to_string(&arg(args, 0), context)?;
    let limit = limit_of(&arg(args, 1), context)?;
    let text = state.compiler.text(&string);
    let parts = if limit == 0 { Vec::new() } else { parts(&compiled, &string, &text, limit) };
    state.compiler.forget_text();
    Ok(JsArray::from_iter(parts, context).into())
}

/// The parts between the matches, with the groups of each match.
///
/// The standard tries a sticky match at every place; the first place from there on at which one
/// succeeds is what a search finds.
fn parts(compiled: &Compiled, string: &JsString, text: &[u16], limit: usize) -> Vec<JsValue> {
    if text.is_empty() {
        let is_matched = compiled.find(text, 0).is_some();
        return if is_matched { Vec::new() } else { vec![string.clone().into()] };
    }
    let mut parts = Vec::new();
    let (mut part_start, mut search_start) = (0, 0);
    while search_start < text.len()
        && let Some(found) = compiled.find(text, search_start)
        && found.start() < text.len()
    {
        if found.end() == part_start {
            search_start = compiled.advance(text, found.start());
            continue;
        }
        let part = part_start..found.start();
        let groups = found.groups().skip(1);
        for part in std::iter::once(Some(part)).chain(groups) {
            parts.push(part_value(string, part.as_ref()));
            if parts.len() == limit {
                return parts;
            }
        }
        part_start = found.end();
        search_start = part_start;
    }
    parts.push(part_value(string, Some(&(part_start..text.len()))));
    parts
}
