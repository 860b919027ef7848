//! Handles on their way out: taken when they have their turn, closed when the peer has them, given
//! back when they did not leave.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    Endpoint, Token,
    handle::{self, Handle},
};
use crate::{
    bindings::{process::warning, sockets},
    engine::{
        errors::{Code, Wording, coded, from_sys, value_of},
        state,
    },
    ipc::{
        codec::{Envelope, HandleType},
        handover::{Retention, Verdict},
    },
    sys::{errno::Errno, error::SysError},
};

/// What a program gave to be sent.
pub(super) struct Given {
    object: JsObject,
    kind: HandleType,
    keep_open: bool,
}

/// A socket that was taken from the program: it is kept until the peer has it.
pub(super) struct Detached {
    socket: JsObject,
    handle: JsObject,
}

/// A handle that has its turn.
struct Taken {
    handle: Handle,
    object: JsObject,
    key: Option<String>,
    dgram_type: Option<String>,
}

/// What became of taking one.
enum Took {
    Handle(Taken),
    /// There is none any more: the message goes alone.
    Nothing,
    /// It has no descriptor yet: nothing goes.
    NotOpen,
}

impl Given {
    /// What an argument of `send` is.
    ///
    /// # Errors
    /// `ERR_INVALID_HANDLE_TYPE` for what cannot be sent.
    pub(super) fn decode(
        value: &JsValue,
        keep_open: bool,
        context: &mut Context,
    ) -> JsResult<Self> {
        let refused = "This handle type cannot be sent";
        let Some(object) = value.as_object() else {
            return Err(coded(context, Code::ERR_INVALID_HANDLE_TYPE, refused));
        };
        if let Some(kind) = handle::native_kind(&object) {
            return Ok(Self { object, kind, keep_open });
        }
        let name = handle::call("typeOf", std::slice::from_ref(value), context)?.as_string();
        let kind = name.and_then(|name| HandleType::from_name(&name.to_std_string_lossy()));
        match kind {
            Some(kind) => Ok(Self { object, kind, keep_open }),
            None => Err(coded(context, Code::ERR_INVALID_HANDLE_TYPE, refused)),
        }
    }

    /// Takes the handle.
    fn take(&self, endpoint: &Rc<Endpoint>, context: &mut Context) -> JsResult<Took> {
        if matches!(self.kind, HandleType::Native | HandleType::DgramNative) {
            let object = self.object.clone();
            return Ok(match Handle::of(&object) {
                Some(handle) => Took::Handle(Taken { handle, object, key: None, dgram_type: None }),
                None => Took::Nothing,
            });
        }
        if sockets::is_native(&self.object) {
            return self.take_socket(endpoint, context);
        }
        let link = endpoint.link(context);
        let kind = JsString::from(self.kind.name());
        let args = [link.into(), self.object.clone().into(), kind.into(), self.keep_open.into()];
        let taken = handle::call("take", &args, context)?.to_object(context)?;
        let Some(object) = taken.get(js_string!("handle"), context)?.as_object() else {
            return Ok(Took::Nothing);
        };
        let Some(handle) = Handle::of(&object) else { return Ok(Took::NotOpen) };
        let mut text = |name: JsString| -> JsResult<Option<String>> {
            let text = taken.get(name, context)?.as_string();
            Ok(text.map(|text| text.to_std_string_lossy()))
        };
        let (key, dgram_type) = (text(js_string!("key"))?, text(js_string!("dgramType"))?);
        Ok(Took::Handle(Taken { handle, object, key, dgram_type }))
    }
}

impl Given {
    /// As [`Self::take`], for a socket that natives made. Of one that is not kept open nothing but its handle
    /// is left to us.
    fn take_socket(&self, endpoint: &Rc<Endpoint>, context: &mut Context) -> JsResult<Took> {
        let Some(object) = sockets::handle(&self.object) else { return Ok(Took::Nothing) };
        let server = sockets::server(&self.object);
        let key = match &server {
            Some(server) => endpoint.list_sockets_of(server, context)?,
            None => None,
        };
        if !self.keep_open {
            sockets::let_go(&self.object, &object, context)?;
        }
        Ok(match Handle::of(&object) {
            Some(handle) => Took::Handle(Taken { handle, object, key, dgram_type: None }),
            None => Took::Nothing,
        })
    }
}

impl Endpoint {
    /// Lets a server ask the peer for its connections there; what it is called between the two.
    fn list_sockets_of(
        self: &Rc<Self>,
        server: &JsObject,
        context: &mut Context,
    ) -> JsResult<Option<String>> {
        let key = server.get(js_string!("_connectionKey"), context)?;
        let Some(name) = key.as_string() else { return Ok(None) };
        let name = name.to_std_string_lossy();
        if self.listed.borrow_mut().insert(name.clone()) {
            let link = self.link(context);
            handle::call("setUpWorker", &[link.into(), key, server.clone().into()], context)?;
        }
        Ok(Some(name))
    }

    /// Sends an opened frame with a handle that has its turn. Returns what `send` returns.
    ///
    /// # Errors
    /// What the program's own methods throw while the handle is taken.
    pub(super) fn send_given(
        self: &Rc<Self>,
        frame: &mut Vec<u8>,
        given: &Given,
        mut token: Token,
        context: &mut Context,
    ) -> JsResult<bool> {
        let taken = match given.take(self, context)? {
            Took::Handle(taken) => taken,
            Took::Nothing => return Ok(self.protocol.borrow_mut().send_now(frame, token)),
            Took::NotOpen => {
                let error = SysError::new(Errno::EBADF, "write");
                let error = from_sys(context, &error, Wording::Short);
                self.report_lost(token, error.into(), context);
                return Ok(true);
            }
        };
        let mut retention = Retention::UntilWritten;
        if given.kind == HandleType::Socket && !given.keep_open {
            retention = Retention::UntilAcknowledged;
            token.is_detached = true;
            let detached = Detached { socket: given.object.clone(), handle: taken.object };
            *self.detached.borrow_mut() = Some(detached);
        }
        let envelope = Envelope {
            kind: given.kind,
            dgram_type: taken.dgram_type.as_deref(),
            key: taken.key.as_deref(),
        };
        let mut protocol = self.protocol.borrow_mut();
        Ok(protocol.send_handle(frame, &envelope, (taken.handle, retention), token))
    }

    /// Sends what waited for a handle before it, up to and with the next handle.
    pub(super) fn release(self: &Rc<Self>, context: &mut Context) {
        loop {
            let next = self.protocol.borrow_mut().next_held();
            let Some(mut held) = next else { break };
            let Some(given) = held.handle else {
                self.protocol.borrow_mut().send_now(&mut held.frame, held.token);
                continue;
            };
            let token = held.token.clone();
            match self.send_given(&mut held.frame, &given, token, context) {
                Ok(_) => self.write_out(context),
                Err(error) => {
                    let error = value_of(error, context);
                    self.report_lost(held.token, error, context);
                }
            }
        }
        self.schedule_flush(context);
    }

    /// The peer has answered for a handle.
    pub(super) fn answered(self: &Rc<Self>, verdict: Verdict, context: &mut Context) {
        if matches!(verdict, Verdict::Unasked | Verdict::SentAgain) {
            return;
        }
        self.let_go(context);
        if verdict == Verdict::GaveUp {
            state::of(context).ticks.push_native(|context| {
                let text = "Handle did not reach the receiving process correctly";
                warning::warn(text, "SentHandleNotReceivedWarning", None, context)
            });
        }
        self.release(context);
        if self.is_disconnect_due.get() && !self.protocol.borrow().is_busy() {
            self.disconnect(context);
        }
    }

    /// The socket that was sent is not ours any more.
    pub(super) fn let_go(&self, context: &mut Context) {
        let Some(detached) = self.detached.borrow_mut().take() else { return };
        // Its own `close` does not throw; a program that has replaced it closes for itself.
        let _ = handle::close(&detached.handle, context);
    }

    /// The socket did not leave this process: the program has it again.
    pub(super) fn give_back(&self, context: &mut Context) {
        let Some(detached) = self.detached.borrow_mut().take() else { return };
        let args = [detached.socket.into(), detached.handle.into()];
        state::of(context)
            .ticks
            .push_native(move |context| handle::call("giveBack", &args, context).map(drop));
    }
}
