//! Reading: frames become values, values become events.

use std::{
    cell::RefCell,
    os::fd::{AsFd, BorrowedFd},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{Endpoint, Handle, Phase, arrival};
use crate::{
    bindings::{child_process, events, process::warning, trace::Frame, value_format},
    engine::{
        callbacks,
        errors::{Code, coded_object, value_of},
        intrinsics::json,
        natives::define_value,
        observer::{self, HostEvent},
        state, ticks,
    },
    ipc::{
        channel::Received,
        codec::{Command, FrameError, Serialization},
    },
    sys::{channel, error::SysError},
};

thread_local! {
    /// Reads go here first: frames that are whole are parsed in place.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// How often one message may be read on before others have their turn.
const PARTS: usize = 16;

/// What one read came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    Some,
    /// As much of a message as there was room for.
    Part,
    Nothing,
    End,
}

impl ticks::Receiver for Endpoint {
    fn receive(
        self: Rc<Self>,
        target: JsObject,
        message: [JsValue; 2],
        context: &mut Context,
    ) -> JsResult<()> {
        Self::tell_host(&target, &message[0], context);
        self.emit(&target, message, context)
    }
}

impl Endpoint {
    /// The loop found the channel readable: reads once, or as long as no message is whole and there is
    /// more of it, and emits what came.
    pub(super) fn readable(self: &Rc<Self>, context: &mut Context) {
        callbacks::enter(context, |context| {
            for _ in 0..PARTS {
                if self.read_once(context) != Read::Part {
                    break;
                }
            }
            Ok(())
        });
    }

    /// Reads all that is there: the peer is gone, nothing more will come.
    pub(crate) fn read_rest(self: &Rc<Self>, context: &mut Context) {
        callbacks::enter(context, |context| {
            while matches!(self.read_once(context), Read::Some | Read::Part) {}
            Ok(())
        });
    }

    fn read_once(self: &Rc<Self>, context: &mut Context) -> Read {
        if self.phase.get() != Phase::Open {
            return Read::Nothing;
        }
        let Some(fd) = self.descriptor() else { return Read::Nothing };
        // A callback never reads while another does: natives only queue ticks here.
        let mut buffer = BUFFER.take();
        let outcome = self.receive(fd.as_fd(), &mut buffer);
        let read = match outcome {
            Ok(None) => Read::Nothing,
            Ok(Some(received)) if received.bytes > 0 => {
                if let Some(handle) = received.handle {
                    self.protocol.borrow_mut().accept_handle(Handle::Arrived(handle));
                }
                let is_message = self.frames(&buffer, context);
                if received.is_filled && !is_message { Read::Part } else { Read::Some }
            }
            // A reset is an end, too: the peer died with our messages unread.
            Ok(Some(_)) | Err(_) => Read::End,
        };
        buffer.clear();
        BUFFER.replace(buffer);
        if read == Read::End {
            self.end(context);
        }
        read
    }

    /// Reads once: behind the beginning of a message if there is one, else into the empty buffer.
    fn receive(
        &self,
        fd: BorrowedFd<'_>,
        buffer: &mut Vec<u8>,
    ) -> Result<Option<channel::Received>, SysError> {
        let mut protocol = self.protocol.borrow_mut();
        if protocol.is_within_frame() {
            protocol.extend_frame(|begun, room| channel::receive(fd, begun, room))
        } else {
            channel::receive(fd, buffer, channel::READ_SIZE)
        }
    }

    /// Takes the frames out of a chunk and of what was read behind a message's beginning; true if there
    /// was one.
    fn frames(self: &Rc<Self>, mut chunk: &[u8], context: &mut Context) -> bool {
        let mut is_message = false;
        loop {
            let mut protocol = self.protocol.borrow_mut();
            let message = match protocol.next_frame(&mut chunk) {
                Ok(None) => break,
                Ok(Some(Received::Message(payload))) => {
                    if let Some(trace) = self.trace.get() {
                        trace.received(&Frame {
                            bytes: payload.len(),
                            command: None,
                            handle: None,
                        });
                    }
                    self.parse(payload, context)
                }
                Ok(Some(Received::Internal { command, payload, handle, verdict })) => {
                    if let Some(trace) = self.trace.get() {
                        let handle = handle.as_ref().and_then(Handle::kind_name);
                        let command = Some(command.shown());
                        trace.received(&Frame { bytes: payload.len(), command, handle });
                    }
                    let message = self.parse(payload, context);
                    drop(protocol);
                    self.answered(verdict, context);
                    if let (Ok(message), Some(target)) = (message, self.target()) {
                        self.internal(target, command, message, handle, context);
                    }
                    is_message = true;
                    continue;
                }
                Err(error) => {
                    drop(protocol);
                    self.broken(&error, context);
                    return true;
                }
            };
            drop(protocol);
            is_message = true;
            match message {
                Ok(message) => {
                    let Some(target) = self.target() else { return true };
                    self.queue(target, message, JsValue::undefined(), context);
                }
                Err(error) => {
                    let error = value_of(error, context);
                    self.malformed(&error, context);
                    return true;
                }
            }
        }
        // An answer to a handle does not wait for what the program does with it: the peer sends the next then.
        if self.protocol.borrow().pending() > self.unwritten.get() {
            self.flush(context);
        }
        is_message
    }

    /// The value that a payload is.
    fn parse(&self, payload: &[u8], context: &mut Context) -> JsResult<JsValue> {
        match self.serialization {
            Serialization::Json => json::parse_bytes(payload, context),
            Serialization::Advanced => value_format::parse_message(payload, context),
        }
    }

    /// Emits a message in a tick of its own, with what came beside it; keeps it if nobody listens.
    pub(super) fn queue(
        self: &Rc<Self>,
        target: JsObject,
        message: JsValue,
        handle: JsValue,
        context: &Context,
    ) {
        state::of(context).ticks.push_delivery(self.clone(), target, [message, handle]);
    }

    fn tell_host(target: &JsObject, message: &JsValue, context: &mut Context) {
        if !state::of(context).observer.is_there() {
            return;
        }
        let pid = child_process::pid_of(target);
        let value = json::to_serde(message, context).unwrap_or_default();
        observer::tell(context, || HostEvent::Message { pid, value });
    }

    fn emit(
        &self,
        target: &JsObject,
        message: [JsValue; 2],
        context: &mut Context,
    ) -> JsResult<()> {
        if !events::emit_if_heard(target, js_string!("message"), &message, context)? {
            self.kept.borrow_mut().push(message);
        }
        Ok(())
    }

    /// A listener came: in the next tick it gets what was kept.
    pub(super) fn deliver_kept(self: &Rc<Self>, target: JsObject, context: &Context) {
        if self.kept.borrow().is_empty() {
            return;
        }
        let endpoint = self.clone();
        state::of(context).ticks.push_native(move |context| {
            if events::listener_count(&target, js_string!("message"), context)? == 0 {
                return Ok(());
            }
            for message in endpoint.kept.take() {
                endpoint.emit(&target, message, context)?;
            }
            Ok(())
        });
    }

    /// A message between runtimes: the protocol acted on it; who listens for such is told.
    fn internal(
        self: &Rc<Self>,
        target: JsObject,
        command: Command,
        message: JsValue,
        handle: Option<Handle>,
        context: &mut Context,
    ) {
        let endpoint = self.clone();
        state::of(context).ticks.push_native(move |context| {
            if let Some(Handle::Arrived(fd)) = handle {
                return endpoint.arrived(&target, message, fd, context);
            }
            arrival::emit_internal(&target, message.clone(), JsValue::undefined(), context)?;
            match message.as_object() {
                Some(message) => endpoint.about_sockets(command, &message, context),
                None => Ok(()),
            }
        });
    }

    /// The peer sends no more. What came before that and is still in the ticks is told before it.
    fn end(self: &Rc<Self>, context: &mut Context) {
        let endpoint = self.clone();
        state::of(context).ticks.push_native(move |context| {
            endpoint.hung_up(context);
            Ok(())
        });
    }

    fn hung_up(self: &Rc<Self>, context: &mut Context) {
        let outcome = self.protocol.borrow_mut().end();
        if let Err(error) = outcome {
            self.report(&error.to_string(), context);
        }
        // Nobody reads what is queued: its senders are told.
        self.protocol.borrow_mut().abort();
        self.settle(context);
        self.disconnect(context);
    }

    fn broken(self: &Rc<Self>, error: &FrameError, context: &mut Context) {
        self.report(&error.to_string(), context);
        self.disconnect(context);
    }

    fn malformed(self: &Rc<Self>, error: &JsValue, context: &mut Context) {
        let text = error
            .as_object()
            .and_then(|error| error.get(js_string!("message"), context).ok())
            .and_then(|message| message.as_string())
            .map(|message| message.to_std_string_lossy())
            .unwrap_or_default();
        self.report(&format!("Malformed message on the IPC channel: {text}"), context);
        self.disconnect(context);
    }

    /// Says on this target what is wrong with its channel: to its `error` listeners, or as a
    /// process warning. Never an exception: a peer must not be able to end this program.
    pub(super) fn report(&self, message: &str, context: &mut Context) {
        if let Some(target) = self.target() {
            Self::report_to(&target, message, context);
        }
    }

    /// As [`Self::report`], on a target that the channel may have let go of.
    pub(super) fn report_to(target: &JsObject, message: &str, context: &mut Context) {
        let target = target.clone();
        let error = coded_object(context, Code::ERR_INVALID_IPC_MESSAGE, message);
        define_value(&error, js_string!("syscall"), js_string!("read"), true);
        let message = message.to_owned();
        state::of(context).ticks.push_native(move |context| {
            let name = js_string!("error");
            if events::listener_count(&target, name.clone(), context)? > 0 {
                return events::emit(&target, name, &[error.into()], context).map(drop);
            }
            warning::warn(&message, "IPCWarning", Some("ERR_INVALID_IPC_MESSAGE"), context)
        });
    }
}
