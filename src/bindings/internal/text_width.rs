//! `internal/text_width`: how many columns of a terminal a text takes.

use boa_engine::{Context, JsResult, JsValue};

use crate::{
    bindings::inspect::{Text, string_width},
    engine::natives::{Method, arg, exports_of},
};

const METHODS: &[Method] = &[("getStringWidth", 2, get_string_width)];

/// The exports.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// `getStringWidth(text, stripped = true)`: escape sequences count only if they are not stripped.
fn get_string_width(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = arg(args, 0).to_string(context)?;
    let stripped = args.get(1).is_none_or(JsValue::to_boolean);
    let mut shown = Text::default();
    shown.push_js(text.as_str());
    Ok((string_width(&shown, stripped, context) as f64).into())
}
