//! `internal/terminal`: what terminals show, by the environment.

use boa_engine::{Context, JsResult, JsValue};

use super::console::color_depth;
use crate::engine::natives::{Method, arg, exports_of};

const METHODS: &[Method] = &[("getColorDepth", 1, get_color_depth)];

/// The native half.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// `getColorDepth(env)`: the bits of colour, 1, 4, 8 or 24.
fn get_color_depth(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let env = arg(args, 0).to_object(context)?;
    color_depth(&env, context).map(JsValue::from)
}
