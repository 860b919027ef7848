//! Sending: at once where the socket takes it, else as soon as it does.

use std::{io::IoSlice, net::SocketAddr, rc::Rc};

use boa_engine::{Context, JsObject, JsValue, js_string};

use super::handle::Handle;
use crate::{
    engine::{callbacks, errors::host_port_error, state},
    sys::{errno::Errno, udp},
};

/// One datagram on its way.
pub(super) struct Datagram {
    pub(super) bytes: Vec<u8>,
    /// `None`: to the connected peer.
    pub(super) to: Option<SocketAddr>,
    pub(super) sender: Sender,
}

/// Who is told what became of a datagram.
pub(super) enum Sender {
    /// The callback of `socket.send`, if it has one, and the host and port that it was sent to as
    /// the program named them.
    Socket { callback: Option<JsObject>, host: JsValue, port: u16 },
    /// The request of `handle.send`: its `oncomplete` is called.
    Request(JsObject),
}

impl Sender {
    /// Tells the sender in the next tick. Without a callback nobody is told, not of errors
    /// either: as in Node.
    pub(super) fn tell_in_tick(self, outcome: Result<usize, Errno>, context: &mut Context) {
        if let Some(call) = self.call(outcome, context) {
            state::of(context).ticks.push_call(call.callback, call.args);
        }
    }

    /// The callback and the arguments that tell it.
    fn call(self, outcome: Result<usize, Errno>, context: &mut Context) -> Option<Call> {
        match self {
            Self::Socket { callback, host, port } => {
                let callback = callback?;
                let args = match outcome {
                    Ok(count) => vec![JsValue::null(), (count as f64).into()],
                    Err(errno) => {
                        let port = JsValue::from(i32::from(port));
                        vec![host_port_error(context, errno, "send", &host, &port, None).into()]
                    }
                };
                Some(Call { callback, this: JsValue::undefined(), args })
            }
            Self::Request(request) => {
                let callback =
                    request.get(js_string!("oncomplete"), context).ok()?.as_callable()?;
                let (status, count) = match outcome {
                    Ok(count) => (0, count),
                    Err(errno) => (-errno.0, 0),
                };
                let args = vec![status.into(), (count as f64).into()];
                Some(Call { callback, this: request.into(), args })
            }
        }
    }
}

struct Call {
    callback: JsObject,
    this: JsValue,
    args: Vec<JsValue>,
}

impl Datagram {
    /// Tells the sender, in the next pending phase: whoever closes a socket is not called back
    /// from within.
    pub(super) fn tell(self, outcome: Result<usize, Errno>, context: &mut Context) {
        let Some(call) = self.sender.call(outcome, context) else { return };
        state::of(context).event_loop.add_pending(Box::new(move |context: &mut Context| {
            callbacks::run(context, |context| {
                call.callback.call(&call.this, &call.args, context).map(drop)
            });
        }));
    }
}

impl Handle {
    /// Sends a datagram for a socket; its callback is called in the next tick, or once the
    /// datagram has left the queue.
    pub(super) fn transmit(self: &Rc<Self>, datagram: Datagram, context: &mut Context) {
        let outcome = self.try_send(&datagram);
        match outcome {
            Ok(Some(count)) => datagram.sender.tell_in_tick(Ok(count), context),
            Ok(None) => self.enqueue(datagram, context),
            Err(errno) => datagram.sender.tell_in_tick(Err(errno), context),
        }
    }

    /// Sends at once if nothing is queued before it. `None` if the socket takes nothing now.
    pub(super) fn try_send(&self, datagram: &Datagram) -> Result<Option<usize>, Errno> {
        let fd = self.open_descriptor()?;
        if self.queues_first.get() || !self.queue.borrow().is_empty() {
            return Ok(None);
        }
        udp::send(&*fd, &[IoSlice::new(&datagram.bytes)], datagram.to.as_ref())
    }

    /// Keeps a datagram until the socket takes it.
    pub(super) fn enqueue(&self, datagram: Datagram, context: &Context) {
        self.queue.borrow_mut().push_back(datagram);
        self.update_interest(context);
    }

    /// Sends what is queued, as far as the socket takes it.
    pub(super) fn flush(&self, context: &mut Context) {
        loop {
            let outcome = {
                let queue = self.queue.borrow();
                let (Some(first), Some(fd)) = (queue.front(), self.descriptor()) else { break };
                udp::send(&*fd, &[IoSlice::new(&first.bytes)], first.to.as_ref())
            };
            let outcome = match outcome {
                Ok(None) => break,
                Ok(Some(count)) => Ok(count),
                Err(errno) => Err(errno),
            };
            let first = self.queue.borrow_mut().pop_front();
            if let Some(first) = first {
                first.tell(outcome, context);
            }
        }
        self.update_interest(context);
    }
}
