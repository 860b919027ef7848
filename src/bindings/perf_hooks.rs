//! `perf_hooks`: the clock that the JavaScript half builds `performance` on.

use boa_engine::{Context, JsResult, JsValue, js_string};

use super::process;
use crate::engine::natives::{Method, define_value, exports_of};

const METHODS: &[Method] = &[("now", 0, now)];

/// The native half's exports.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    let origin = process::state(context).launch.started.wall.as_secs_f64() * 1000.0;
    define_value(&exports, js_string!("timeOrigin"), origin, true);
    Ok(exports.into())
}

/// Milliseconds since the program started.
fn now(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(process::milliseconds_since_start(context).into())
}
