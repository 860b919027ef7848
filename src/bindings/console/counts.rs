//! `console.count` and `countReset`.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{call_own, data, label};
use crate::bindings::warning;

/// `console.count(label)`.
pub(super) fn count(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let label = label(args, context)?;
    let count = {
        let data = data::of(console)?;
        let mut counts = data.counts.borrow_mut();
        let count = counts.entry(label.clone()).or_insert(0);
        *count += 1;
        *count
    };
    let count = JsString::from(format!(": {count}").as_str());
    call_own(console, "log", &[js_string!(&label, &count).into()], context)?;
    Ok(JsValue::undefined())
}

/// `console.countReset(label)`.
pub(super) fn count_reset(
    console: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    // Node looks for the label as it was given: only a string was ever counted.
    let is_text = args.first().is_none_or(|label| label.is_undefined() || label.is_string());
    let label = label(args, context)?;
    let is_known = is_text && data::of(console)?.counts.borrow_mut().remove(&label).is_some();
    if !is_known {
        let label = label.to_std_string_lossy();
        warning::emit_named(&format!("Count for '{label}' does not exist"), "Warning", context)?;
    }
    Ok(JsValue::undefined())
}
