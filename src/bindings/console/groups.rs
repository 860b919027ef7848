//! `console.group` and `groupEnd`.

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{call_own, data};

/// `console.group(...)`: what follows is indented.
pub(super) fn group(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if !args.is_empty() {
        call_own(console, "log", args, context)?;
    }
    let data = data::of(console)?;
    data.indentation.set(data.indentation.get().saturating_add(data.group_width));
    Ok(JsValue::undefined())
}

/// `console.groupEnd()`.
pub(super) fn group_end(console: &JsObject, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let data = data::of(console)?;
    data.indentation.set(data.indentation.get().saturating_sub(data.group_width));
    Ok(JsValue::undefined())
}
