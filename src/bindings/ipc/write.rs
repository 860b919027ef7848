//! Writing: one system call for all that is queued, in a turn or when it has become much.

use std::{
    os::fd::{AsFd, BorrowedFd},
    rc::{Rc, Weak},
    time::{Duration, Instant},
};

use boa_engine::{Context, JsValue, js_string};

use super::{Endpoint, Endpoints, Handle, Phase, Token};
use crate::{
    bindings::{
        events,
        process::warning,
        trace::{ChannelTrace, Frame},
    },
    engine::{
        errors::{Wording, from_sys},
        state,
    },
    ipc::outbox::Completion,
    sys::{channel, errno::Errno, error::SysError, stdio},
};

/// So many queued bytes are written without waiting for the end of the turn.
pub(super) const BATCH: usize = 64 * 1024;

/// A channel on which so much waits gets as much room (bytes).
const WIDE: usize = 512 * 1024;

/// How long the end of a program waits for a peer that does not read.
const LAST_FLUSH: Duration = Duration::from_secs(2);

impl Endpoint {
    /// Flushes at the end of this turn, once however often it is asked.
    pub(super) fn schedule_flush(self: &Rc<Self>, context: &Context) {
        if self.is_flush_scheduled.replace(true) {
            return;
        }
        let weak: Weak<Self> = Rc::downgrade(self);
        state::of(context).event_loop.add_pending(Box::new(move |context: &mut Context| {
            let Some(endpoint) = weak.upgrade() else { return };
            endpoint.is_flush_scheduled.set(false);
            endpoint.flush(context);
        }));
    }

    /// Writes what is queued, for who is about to do something that must come after it.
    pub(crate) fn write_now(self: &Rc<Self>, context: &mut Context) {
        self.flush(context);
    }

    /// Writes what is queued, as far as the channel takes it.
    pub(super) fn flush(self: &Rc<Self>, context: &mut Context) {
        if self.phase.get() == Phase::Closed {
            return;
        }
        self.write_out(context);
        if self.protocol.borrow().has_released() {
            // A handle could not be written: those behind it have their turn.
            self.release(context);
        }
        if self.phase.get() == Phase::Disconnecting && self.protocol.borrow().is_drained() {
            self.close(context);
        } else {
            self.update_watch(context);
        }
    }

    /// Writes what is queued as far as the channel takes it, and tells who waits for it.
    pub(super) fn write_out(self: &Rc<Self>, context: &mut Context) {
        let outcome = self.write_queued();
        if outcome.is_err() {
            self.protocol.borrow_mut().abort();
        }
        self.unwritten.set(self.protocol.borrow().pending());
        self.settle(context);
    }

    /// Writes until nothing is queued or the channel is full.
    fn write_queued(&self) -> Result<(), SysError> {
        let Some(fd) = self.descriptor() else { return Ok(()) };
        loop {
            if let Some(trace) = self.trace.get() {
                self.announce(trace);
            }
            let outcome = {
                let protocol = self.protocol.borrow();
                let Some(write) = protocol.next_write() else { return Ok(()) };
                let handle = write.handle.map(|handle| handle.as_fd());
                let mut slices = write.slices();
                if handle.is_some() && self.trace.get().is_some() {
                    // What was told of, and no more.
                    slices = &slices[..1];
                }
                channel::send(fd.as_fd(), slices, handle)
            };
            match outcome {
                Ok(Some(count)) => self.protocol.borrow_mut().wrote(count),
                Ok(None) if self.widen(fd.as_fd()) => {}
                Ok(None) => return Ok(()),
                Err(error) => {
                    if !self.protocol.borrow_mut().reject_handle() {
                        return Err(error);
                    }
                    if let Some(trace) = self.trace.get() {
                        trace.takes_back();
                    }
                }
            }
        }
    }

    /// Tells the trace of what the next write takes along.
    fn announce(&self, trace: &ChannelTrace) {
        let mut protocol = self.protocol.borrow_mut();
        let write = protocol.next_write();
        let mut handle = write.and_then(|write| write.handle).and_then(Handle::kind_name);
        protocol.announce(|bytes, command| {
            // The handle goes with the first.
            trace.sends(&Frame { bytes, command, handle: handle.take() });
        });
    }

    /// Makes more room on the way to the peer, once, if more is queued than fits: a large message
    /// needs fewer turns then. True if it is worth trying to write again.
    fn widen(&self, fd: BorrowedFd<'_>) -> bool {
        self.protocol.borrow().pending() >= WIDE
            && !self.is_widened.replace(true)
            && channel::set_room(fd, WIDE).is_ok()
    }

    /// Tells the sends whose fate is known: callbacks in the next tick, losses without a callback
    /// as an `error` event.
    pub(super) fn settle(self: &Rc<Self>, context: &mut Context) {
        loop {
            let next = self.protocol.borrow_mut().next_completion();
            let Some((token, completion)) = next else { return };
            let ticks = &state::of(context).ticks;
            match (token.callback, completion) {
                (Some(callback), Completion::Written) => {
                    ticks.push_call(callback, vec![JsValue::null()]);
                }
                (None, Completion::Written) => {}
                (callback, Completion::Lost) => {
                    if token.is_detached {
                        self.give_back(context);
                    }
                    let error = SysError::new(Errno(libc::EPIPE), "write");
                    let error = from_sys(context, &error, Wording::Short);
                    if callback.is_some() || token.is_silent {
                        self.report_lost(Token { callback, ..token }, error.into(), context);
                    } else {
                        self.report_unwritten(error.into(), context);
                    }
                }
            }
        }
    }

    /// Says that the peer ended before it read what was sent: to `error` listeners each time, else once
    /// as a process warning. Never an exception: a peer must not be able to end this program.
    fn report_unwritten(&self, error: JsValue, context: &mut Context) {
        let Some(target) = self.target.borrow().clone() else { return };
        let is_first = !self.has_warned_of_loss.replace(true);
        state::of(context).ticks.push_native(move |context| {
            let name = js_string!("error");
            if events::listener_count(&target, name.clone(), context)? > 0 {
                return events::emit(&target, name, &[error], context).map(drop);
            }
            if !is_first {
                return Ok(());
            }
            let message = "Messages on the IPC channel were lost: the other process ended before it read them";
            warning::warn(message, "IPCWarning", Some("EPIPE"), context)
        });
    }

    pub(super) fn report_lost(&self, token: Token, error: JsValue, context: &mut Context) {
        let ticks = &state::of(context).ticks;
        if token.is_silent {
            return;
        }
        if let Some(callback) = token.callback {
            ticks.push_call(callback, vec![error]);
            return;
        }
        let Some(target) = self.target.borrow().clone() else { return };
        ticks.push_native(move |context| {
            events::emit(&target, js_string!("error"), &[error], context).map(drop)
        });
    }
}

/// Writes what every channel has queued, at the end of a program or before it signals itself;
/// waits for slow readers, but not for long.
pub(crate) fn flush_all(context: &mut Context) {
    let Some(endpoints) = context.get_data::<Rc<Endpoints>>().cloned() else { return };
    let deadline = Instant::now() + LAST_FLUSH;
    let list: Vec<_> = endpoints.0.borrow().iter().filter_map(Weak::upgrade).collect();
    for endpoint in list {
        while endpoint.phase.get() != Phase::Closed
            && endpoint.write_queued().is_ok()
            && endpoint.protocol.borrow().pending() > 0
            && Instant::now() < deadline
        {
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(fd) = endpoint.descriptor() else { break };
            stdio::wait_writable_for(fd.as_fd(), left);
        }
    }
}
