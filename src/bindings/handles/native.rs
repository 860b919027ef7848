//! Handles that native code reads, as long as no program has seen them: what is read goes to a
//! function of ours, and costs no call into JavaScript.

use std::{os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{Kind, reading, status, stream};
use crate::{
    bindings::buffer,
    event_loop::stream::StreamFd,
    sys::{errno::Errno, fd},
};

/// What is told of a read: its bytes, or why there are no more (`Errno::EOF` at the end).
pub(crate) type OnRead = dyn Fn(&mut Context, Result<&[u8], Errno>);

/// A handle object that owns one end of a pair of Unix sockets, which is made non-blocking.
pub(crate) fn adopt_pair_end(fd: OwnedFd, context: &mut Context) -> Result<JsObject, Errno> {
    fd::set_nonblocking(&fd, true).map_err(|error| error.errno)?;
    let object = stream::create(Kind::PipeSocket, context);
    if let Some(handle) = stream::of_object(&object) {
        handle.open(StreamFd::Owned(fd));
    }
    Ok(object)
}

/// Begins to read a handle, for `on_read`. It stops at the end, or where it cannot.
///
/// # Errors
/// Where the descriptor cannot be watched.
pub(crate) fn read(object: &JsObject, on_read: Rc<OnRead>) -> Result<(), Errno> {
    let handle = stream::of_object(object).ok_or(Errno::EBADF)?;
    let weak = Rc::downgrade(&handle);
    handle.stream().set_on_readable(Rc::new(move |context: &mut Context| {
        if let Some(handle) = weak.upgrade() {
            reading::read_natively(&handle, &*on_read, context);
        }
    }));
    handle.stream().set_reading(true)
}

/// Begins or ends reading.
///
/// # Errors
/// Where the descriptor cannot be watched.
pub(crate) fn set_reading(object: &JsObject, reading: bool) -> Result<(), Errno> {
    stream::of_object(object).ok_or(Errno::EBADF)?.stream().set_reading(reading)
}

/// From now on the handle is read as every other: for its `onread`.
pub(crate) fn read_for_program(object: &JsObject) {
    if let Some(handle) = stream::of_object(object) {
        handle.read_for_program();
    }
}

/// Tells a handle's `onread` what native code has read.
pub(crate) fn tell(
    object: &JsObject,
    read: Result<&[u8], Errno>,
    context: &mut Context,
) -> JsResult<()> {
    let (status, bytes) = match read {
        Ok(bytes) => (bytes.len() as i32, buffer::unpooled(bytes, context)?.into()),
        Err(errno) => (status(errno), JsValue::undefined()),
    };
    reading::call_on_read(object, status, bytes, context)
}

/// Closes a handle; `closed` is called in the closing phase.
pub(crate) fn close(
    object: &JsObject,
    closed: impl FnOnce(&mut Context) + 'static,
    context: &mut Context,
) {
    if let Some(handle) = stream::of_object(object) {
        handle.close_natively(closed, context);
    }
}
