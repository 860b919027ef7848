//! What a program may do only where the process is its own: a host's stays as the host made it.

use boa_engine::{Context, JsResult};

use crate::engine::{
    errors::{Code, coded},
    state,
};

/// Throws where the process is not the program's own.
///
/// # Errors
/// `ERR_WORKER_UNSUPPORTED_OPERATION`, as in Node's threads.
pub(super) fn require(function: &str, context: &mut Context) -> JsResult<()> {
    if state::of(context).owns_process.get() {
        return Ok(());
    }
    let message = format!("process.{function}() is not supported in an embedded runtime");
    Err(coded(context, Code::ERR_WORKER_UNSUPPORTED_OPERATION, message))
}
