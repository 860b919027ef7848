//! `internal/builtins`: what is loaded, for who must not load it.

use boa_engine::{Context, JsResult, JsString, JsValue};

use crate::engine::{
    builtins,
    natives::{Method, arg, exports_of},
};

const METHODS: &[Method] = &[("loaded", 1, loaded)];

/// The exports.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// `loaded(name)`: what a builtin exports, if somebody has loaded it.
fn loaded(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name: JsString = arg(args, 0).to_string(context)?;
    let name = name.to_std_string_lossy();
    if !builtins::is_loaded(&name, context) {
        return Ok(JsValue::undefined());
    }
    builtins::load(&name, context)
}
