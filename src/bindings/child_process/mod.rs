//! `child_process`: starting processes, and their end.

mod arguments;
mod child;
mod class;
mod command;
mod fork;
mod options;
mod stdio;
mod sync;
mod warm;

use boa_engine::{Context, JsResult, JsValue, js_string};

use crate::engine::natives::{Method, define_value, exports_of};

const METHODS: &[Method] = &[
    ("fork", 1, fork::fork),
    ("spawn", 3, fork::spawn),
    ("exec", 3, missing_exec),
    ("execFile", 4, missing_exec),
    ("execSync", 2, sync::exec_sync),
    ("execFileSync", 3, sync::exec_file_sync),
    ("spawnSync", 3, sync::spawn_sync),
];

/// The builtin `child_process`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    let class = class::of(context)?;
    define_value(&exports, js_string!("ChildProcess"), class.constructor.clone(), true);
    Ok(exports.into())
}

/// Those that need pipes come with the streams.
fn missing_exec(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Err(options::unavailable("exec and execFile", context))
}
