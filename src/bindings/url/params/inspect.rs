//! How `util.inspect` shows search parameters.

use boa_engine::{Context, JsResult, JsString, JsValue, js_string};

use super::{js_text, receiver, with_pairs};
use crate::bindings::{inspect::custom, url::inspection};

/// `params[util.inspect.custom](depth, options, inspect)`.
pub(in crate::bindings::url) fn inspect(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let object = receiver(this, context)?;
    if custom::is_too_deep(args) {
        return inspection::too_deep(args, context);
    }
    let options = inspection::deeper(args, context)?;
    let inspector = custom::Inspector::new(args, context)?;
    let pairs = with_pairs(this, context, |pairs| pairs.clone())?;
    let mut parts = Vec::new();
    for (name, value) in &pairs {
        let name = inspector.call(&js_text(name), &options, context)?;
        let value = inspector.call(&js_text(value), &options, context)?;
        parts.push(js_string!(&name, &js_string!(" => "), &value));
    }
    let name = custom::class_name(&object, context)?.to_std_string_lossy();
    between_braces(&name, &parts, false, args, context)
}

/// `name { part, part }` on one line where that fits, else a line for each part.
pub(super) fn between_braces(
    name: &str,
    parts: &[JsString],
    is_iterator: bool,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let limit = inspection::break_length(args, context)?;
    let length: usize =
        parts.iter().map(|part| inspection::visible_length(part) + ", ".len()).sum();
    // Node counts the separators of an iterator all, those of parameters without the last.
    let length = if is_iterator { length } else { length.saturating_sub(", ".len()) };
    let (separator, open) = if length as f64 > limit { (",\n  ", " {\n  ") } else { (", ", " { ") };
    if parts.is_empty() && !is_iterator {
        return Ok(js_text(&format!("{name} {{}}")));
    }
    let separator = JsString::from(separator);
    let mut pieces = vec![JsString::from(name), JsString::from(open)];
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            pieces.push(separator.clone());
        }
        pieces.push(part.clone());
    }
    pieces.push(js_string!(" }"));
    let pieces: Vec<_> = pieces.iter().map(JsString::as_str).collect();
    Ok(JsString::concat_array(&pieces).into())
}
