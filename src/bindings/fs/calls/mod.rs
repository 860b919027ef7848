//! The decoders of `fs`'s table: arguments to an operation and the shape of its answer.

pub(super) mod content;
pub(super) mod descriptors;
pub(super) mod folders;
pub(super) mod paths;

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{answer::Shape, arguments, operation::Operation};
use crate::{engine::natives::arg, sys::content::StopSign};

/// A decoded call.
pub(super) struct Request {
    pub(super) operation: Operation,
    pub(super) shape: Shape,
    /// What aborts the call, and how the operation learns of it.
    pub(super) signal: Option<(JsObject, StopSign)>,
}

/// A decoded call, or what is wrong with its arguments.
pub(super) type Call = JsResult<Request>;

fn call(operation: Operation, shape: Shape) -> Call {
    Ok(Request { operation, shape, signal: None })
}

/// A call whose success says it all.
fn plain(operation: Operation) -> Call {
    call(operation, Shape::Plain)
}

fn path(args: &[JsValue], context: &mut Context) -> JsResult<std::path::PathBuf> {
    arguments::path(&arg(args, 0), "path", context)
}

fn fd(args: &[JsValue], context: &mut Context) -> JsResult<i32> {
    arguments::fd(&arg(args, 0), context)
}
