//! TEMP
use boa_engine::{Context, JsValue, js_string};
pub(crate) fn uncaught(value: &JsValue, context: &mut Context) -> String {
    let stack = value
        .as_object()
        .and_then(|o| o.get(js_string!("stack"), context).ok())
        .map(|v| v.display().to_string())
        .unwrap_or_default();
    format!("Uncaught {}\n{stack}\n", value.display())
}
