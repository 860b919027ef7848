//! `perf_hooks`: the clock that the JavaScript half builds `performance` on.

use std::time::{Duration, Instant};

use boa_engine::{Context, JsResult, JsValue, js_string, object::builtins::JsArray};

use super::process;
use crate::{
    engine::{
        natives::{Method, define_value, exports_of},
        state,
    },
    event_loop::LoopTime,
};

const METHODS: &[Method] = &[("now", 0, now), ("loopTime", 0, loop_time)];

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

/// `loopTime()`: see [`loop_time_value`].
fn loop_time(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let time = state::of(context).event_loop.idle().time();
    Ok(loop_time_value(time, context))
}

/// `[started, idle, whole, ended]` in milliseconds: when a loop began to turn, since the program started, for how
/// long it has waited, and turned, and when it ended, or -1; `undefined` before it turns.
pub(crate) fn loop_time_value(time: Option<LoopTime>, context: &mut Context) -> JsValue {
    let Some(LoopTime { started, idle, whole, ended }) = time else { return JsValue::undefined() };
    let birth = process::state(context).launch.started.monotonic;
    let since_birth = |at: Instant| milliseconds(at.saturating_duration_since(birth));
    let ended = ended.map_or(-1.0, since_birth);
    let times = [since_birth(started), milliseconds(idle), milliseconds(whole), ended];
    let times = times.map(JsValue::from);
    JsArray::from_iter(times, context).into()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
