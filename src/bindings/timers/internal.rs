//! `internal/timers`: what JavaScript halves need besides the public functions.

use boa_engine::{Context, JsResult, JsValue};

use super::{
    delay,
    timeout::{self, Plan},
};
use crate::engine::{
    natives::{Method, arg, exports_of},
    validate,
};

const METHODS: &[Method] = &[
    ("getTimerDuration", 2, timer_duration),
    ("setUnrefTimeout", 2, set_unref_timeout),
    ("startTimeout", 5, start_timeout),
];

/// The exports.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// `getTimerDuration(milliseconds, name)`: validated, truncated to what a timer can wait.
fn timer_duration(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = arg(args, 1).to_string(context)?.to_std_string_lossy();
    delay::duration(&arg(args, 0), &name, context).map(Into::into)
}

/// `setUnrefTimeout(callback, after)`: a timer that does not keep the loop alive.
fn set_unref_timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(&arg(args, 0), "callback", context)?;
    let plan = Plan {
        callback: callback.into(),
        delay: arg(args, 1),
        args: Vec::new(),
        repeat: false,
        refed: false,
    };
    timeout::start(plan, context).map(Into::into)
}

/// `startTimeout(callback, after, value, repeat, ref)`: the timers of `timers/promises`.
fn start_timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let plan = Plan {
        callback: arg(args, 0),
        delay: arg(args, 1),
        args: vec![arg(args, 2)],
        repeat: arg(args, 3).to_boolean(),
        refed: arg(args, 4).to_boolean(),
    };
    timeout::start(plan, context).map(Into::into)
}
