//! `child_process`: starting processes, and their end.

mod arguments;
mod child;
mod class;
mod command;
mod decoding;
mod ending;
mod ends;
mod environment;
mod exec;
mod fork;
pub(crate) mod gate;
mod gather;
mod kill;
mod looks;
mod node_link;
mod options;
mod pipes;
mod raw;
mod register;
mod starting;
mod stdio;
mod streams;
mod sync;
mod warm;

pub(crate) use child::{Running, pid_of};
pub(crate) use looks::settle as settle_streams;
pub(crate) use node_link::remove_node_link;
pub(crate) use register::{DEATH, abandon, end_all, running};

use boa_engine::{Context, JsResult, JsValue, js_string};

use crate::engine::natives::{Method, define_value, exports_of};

const METHODS: &[Method] = &[
    ("fork", 1, fork::fork),
    ("spawn", 3, fork::spawn),
    ("exec", 3, exec::exec),
    ("execFile", 4, exec::exec_file),
    ("execSync", 2, sync::exec_sync),
    ("execFileSync", 3, sync::exec_file_sync),
    ("spawnSync", 3, sync::spawn_sync),
];

/// The builtin `child_process`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    let class = class::of(context)?;
    define_value(&exports, js_string!("ChildProcess"), class.constructor.clone(), true);
    exec::define_promised(&exports, context)?;
    Ok(exports.into())
}
