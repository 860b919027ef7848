//! Listening: connections are accepted one by one, each with a call into JavaScript.

use std::rc::Rc;

use boa_engine::{Context, JsResult, JsValue};

use super::{Handle, Kind, event_loop, status, status_of, stream};
use crate::{
    engine::{callbacks, natives::arg, permission},
    event_loop::stream::StreamFd,
    sys::{errno::Errno, socket},
};

/// How many connections one readiness brings: others are to get their turn.
const MAX_ACCEPTED: usize = 16;

/// When to look again after the system had no descriptor for a connection, in milliseconds.
const RETRY: u64 = 20;

/// `listen(backlog)`.
pub(super) fn listen(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let backlog = arg(args, 0).to_i32(context)?;
    permission::check_net(String::new, context)?;
    Ok(status_of(start(&handle, backlog)).into())
}

fn start(handle: &Rc<Handle>, backlog: i32) -> Result<(), Errno> {
    if let Some(errno) = handle.delayed_error.take() {
        return Err(errno);
    }
    if handle.kind == Kind::TcpServer {
        super::tcp::ensure_open(handle, crate::sys::address::Family::V4)?;
    }
    let fd = handle.stream().opened()?;
    socket::start_listening(&*fd, backlog)?;
    handle.accept_connections();
    handle.stream().set_reading(true)
}

/// The loop found a listening handle readable.
pub(super) fn readable(handle: &Rc<Handle>, context: &mut Context) {
    // Where one comes at a time, there is no look for a second each time.
    let batch = handle.accept_batch.get();
    for accepted_before in 0..batch {
        let Ok(fd) = handle.stream().opened() else { return };
        match socket::accept(&*fd) {
            Ok(None) => return handle.accept_batch.set(accepted_before.max(1)),
            Ok(Some(accepted)) => {
                let kind = match handle.kind {
                    Kind::TcpServer | Kind::TcpSocket => Kind::TcpSocket,
                    Kind::PipeServer | Kind::PipeSocket | Kind::Tty => Kind::PipeSocket,
                };
                let client = stream::create(kind, context);
                if let Some(accepted_handle) = stream::of_object(&client) {
                    // A connection inherits nothing of who listens.
                    event_loop(context).scope().within(None, || {
                        accepted_handle.open(StreamFd::Owned(accepted));
                    });
                }
                tell(handle, 0, client.into(), context);
            }
            Err(errno) if errno.is_shortage() => return wait_for_room(handle, context),
            Err(errno) => return tell(handle, status(errno), JsValue::undefined(), context),
        }
        if !handle.stream().is_reading() {
            return;
        }
    }
    handle.accept_batch.set((batch * 2).min(MAX_ACCEPTED));
}

fn tell(handle: &Handle, status: i32, client: JsValue, context: &mut Context) {
    let Some(object) = handle.object() else { return };
    callbacks::enter(context, |context| {
        let on_connection = handle.on_connection.borrow().clone();
        let Some(on_connection) = on_connection.as_callable() else { return Ok(()) };
        on_connection.call(&object.into(), &[status.into(), client], context).map(drop)
    });
}

/// The process has no descriptor for the connection, which waits in the backlog: looks again in a
/// while instead of at once, again and again.
fn wait_for_room(handle: &Rc<Handle>, context: &mut Context) {
    handle.stream().set_reading(false).unwrap_or_default();
    let weak = Rc::downgrade(handle);
    let event_loop = event_loop(context);
    let id = event_loop.add_timer(
        RETRY,
        false,
        Rc::new(move |context: &mut Context| {
            let Some(handle) = weak.upgrade() else { return };
            if handle.stream().fd().is_none() {
                return;
            }
            if handle.stream().set_reading(true).is_err() {
                wait_for_room(&handle, context);
            }
        }),
    );
    event_loop.set_timer_ref(id, handle.stream().has_ref());
}
