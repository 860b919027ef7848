//! `TTY`: terminals.

use std::os::fd::BorrowedFd;

use boa_engine::{Context, JsResult, JsString, JsValue, js_string};

use super::{Kind, status, status_of, stream};
use crate::{
    engine::{
        classes::{ClassSpec, new_target},
        descriptors,
        natives::{Method, arg},
        standard,
    },
    event_loop::stream::StreamFd,
    sys::{errno::Errno, fd, tty},
};

pub(super) const TTY: ClassSpec =
    ClassSpec { methods: METHODS, statics: STATICS, ..ClassSpec::new("TTY", 2, construct) };

const METHODS: &[Method] = &[("getWindowSize", 1, window_size), ("setRawMode", 1, set_raw_mode)];

const STATICS: &[Method] = &[("isTTY", 1, is_tty)];

/// `new TTY(fd, problem)`: `problem` gets `errno`, `code` and `message` if the descriptor of this
/// number is no terminal.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    new_target(this, "TTY")?;
    let number = arg(args, 0).to_i32(context)?;
    let number = standard::meant(number, context).unwrap_or(number);
    let is_known = descriptors::is_known(number, context);
    let object = stream::create(Kind::Tty, context);
    let Some(handle) = stream::of_object(&object) else { return Ok(object.into()) };
    let opened = fd::borrow(if is_known { number } else { descriptors::NONE })
        .map_err(|error| error.errno)
        .and_then(|terminal: BorrowedFd<'_>| tty::reopen(terminal));
    match opened {
        Ok(fd) => {
            handle.open(StreamFd::Owned(fd));
            handle.note_output(number);
        }
        Err(errno) => {
            handle.close(object.clone(), JsValue::undefined(), context);
            report(errno, &arg(args, 1), context)?;
        }
    }
    Ok(object.into())
}

fn report(errno: Errno, problem: &JsValue, context: &mut Context) -> JsResult<()> {
    let Some(problem) = problem.as_object() else { return Ok(()) };
    let code = JsString::from(errno.name().unwrap_or("UNKNOWN"));
    let message = JsString::from(errno.message().unwrap_or("unknown error"));
    problem.set(js_string!("errno"), status(errno), false, context)?;
    problem.set(js_string!("code"), code, false, context)?;
    problem.set(js_string!("message"), message, false, context)?;
    problem.set(js_string!("syscall"), js_string!("uv_tty_init"), false, context)?;
    Ok(())
}

/// `getWindowSize(out)`: puts columns and rows into an array.
fn window_size(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let out = arg(args, 0).to_object(context)?;
    let size = handle.stream().opened().and_then(|fd| tty::size(&*fd));
    if let Ok((columns, rows)) = size {
        out.set(0, columns, false, context)?;
        out.set(1, rows, false, context)?;
    }
    Ok(status_of(size.map(drop)).into())
}

/// `setRawMode(on)`.
fn set_raw_mode(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let raw = arg(args, 0).to_boolean();
    super::of(context).is_raw.set(raw);
    Ok(status_of(handle.stream().opened().and_then(|fd| tty::set_raw(&*fd, raw))).into())
}

/// See [`tty::restore`].
pub(super) fn restore() -> Result<(), Errno> {
    tty::restore()
}

/// `TTY.isTTY(fd)`.
fn is_tty(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let number = arg(args, 0).to_i32(context)?;
    Ok((standard::kind(number, context) == fd::FdKind::Tty).into())
}
