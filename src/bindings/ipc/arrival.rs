//! Handles that came: what they are is looked at before it is believed, then the program gets a
//! ready object with its message. Who gets it is known from the beginning: the channel may be closed by then.

use std::{os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, property::PropertyKey};
use boa_gc::{Finalize, Trace};

use super::{Endpoint, EndpointRef, handle};
use crate::{
    bindings::{events, sockets},
    engine::{
        errors::value_of,
        natives::{arg, closure},
        reflect, state,
    },
    ipc::codec::HandleType,
};

/// How often an envelope may be within another: one that is sent again is.
const MAX_ENVELOPES: usize = 4;

/// An envelope, opened.
struct Opened {
    /// The innermost envelope.
    envelope: JsObject,
    kind: Option<HandleType>,
    message: JsValue,
}

/// The command of an internal message: of an object whose `cmd` begins with `NODE_` and is longer.
fn internal_command(message: &JsValue) -> Option<String> {
    let object = message.as_object()?;
    let command = reflect::data_value(&object, &PropertyKey::from(js_string!("cmd")))?;
    let command = command.as_string()?.to_std_string_lossy();
    (command.starts_with("NODE_") && command.len() > "NODE_".len()).then_some(command)
}

fn open(message: &JsValue, context: &mut Context) -> JsResult<Option<Opened>> {
    let Some(mut envelope) = message.as_object() else { return Ok(None) };
    let mut inner = envelope.get(js_string!("msg"), context)?;
    for _ in 0..MAX_ENVELOPES {
        if internal_command(&inner).as_deref() != Some("NODE_HANDLE") {
            break;
        }
        envelope = inner.to_object(context)?;
        inner = envelope.get(js_string!("msg"), context)?;
    }
    let kind = envelope.get(js_string!("type"), context)?.as_string();
    let kind = kind.and_then(|kind| HandleType::from_name(&kind.to_std_string_lossy()));
    Ok(Some(Opened { envelope, kind, message: inner }))
}

impl Endpoint {
    /// A `NODE_HANDLE` message for `target`, with the descriptor that belongs to it.
    pub(super) fn arrived(
        self: &Rc<Self>,
        target: &JsObject,
        message: JsValue,
        fd: OwnedFd,
        context: &mut Context,
    ) -> JsResult<()> {
        let Some(opened) = open(&message, context)? else { return Ok(()) };
        let object = match opened.kind {
            Some(kind) => handle::adopt(kind, fd, context)?,
            None => None,
        };
        let Some(object) = object else {
            let kind = opened.kind.map_or("of an unknown type", HandleType::name);
            let text = format!("A handle arrived on the IPC channel that is no {kind}");
            Self::report_to(target, &text, context);
            self.deliver(target, opened.message, JsValue::undefined(), context);
            return Ok(());
        };
        emit_internal(target, message, object.clone().into(), context)?;
        match opened.kind {
            Some(HandleType::Native | HandleType::DgramNative) => {
                self.deliver(target, opened.message, object.into(), context);
                Ok(())
            }
            Some(HandleType::Socket) => self.socket_arrived(target, opened, object, context),
            _ => self.put_together(target, opened, &object, context),
        }
    }

    /// Makes a socket of a handle, and its event.
    fn socket_arrived(
        self: &Rc<Self>,
        target: &JsObject,
        opened: Opened,
        handle: JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        let key = opened.envelope.get(js_string!("key"), context)?.as_string();
        let socket = sockets::over(handle, context)?;
        if let Some(key) = key {
            self.count_socket(key, &socket, context)?;
        }
        self.deliver(target, opened.message, socket.into(), context);
        Ok(())
    }

    /// Makes the program's object of a handle, and its event.
    fn put_together(
        self: &Rc<Self>,
        target: &JsObject,
        opened: Opened,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        let captured = || Captured {
            endpoint: EndpointRef(self.clone()),
            target: target.clone(),
            message: opened.message.clone(),
            handle: object.clone(),
        };
        let emit = closure("emit", 1, captured(), emit, context);
        let fail = closure("fail", 1, captured(), fail, context);
        let args =
            [opened.envelope.clone().into(), object.clone().into(), emit.into(), fail.into()];
        if let Err(error) = handle::call("receive", &args, context) {
            let error = value_of(error, context);
            captured().unusable(&error, context);
        }
        Ok(())
    }

    /// Emits what an envelope held: to the program, or to who listens for internal messages.
    fn deliver(
        self: &Rc<Self>,
        target: &JsObject,
        message: JsValue,
        handle: JsValue,
        context: &mut Context,
    ) {
        let target = target.clone();
        if internal_command(&message).is_none() {
            return self.queue(target, message, handle, context);
        }
        state::of(context)
            .ticks
            .push_native(move |context| emit_internal(&target, message, handle, context));
    }
}

/// Tells those who listen for internal messages.
pub(super) fn emit_internal(
    target: &JsObject,
    message: JsValue,
    handle: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    events::emit(target, js_string!("internalMessage"), &[message, handle], context).map(drop)
}

/// A message that waits until its handle is put together.
#[derive(Trace, Finalize)]
struct Captured {
    endpoint: EndpointRef,
    target: JsObject,
    message: JsValue,
    handle: JsObject,
}

impl Captured {
    fn usable(&self, object: JsValue, context: &mut Context) {
        self.endpoint.0.deliver(&self.target, self.message.clone(), object, context);
    }

    /// The program gets its message alone; what was wrong with the handle is told apart.
    fn unusable(&self, error: &JsValue, context: &mut Context) {
        let reason = error
            .as_object()
            .and_then(|error| reflect::data_value(&error, &js_string!("message").into()))
            .and_then(|message| message.as_string())
            .map_or_else(String::new, |reason| format!(": {}", reason.to_std_string_lossy()));
        let _ = handle::close(&self.handle, context);
        let text = format!("A handle that arrived cannot be used{reason}");
        Endpoint::report_to(&self.target, &text, context);
        self.usable(JsValue::undefined(), context);
    }
}

fn emit(
    _: &JsValue,
    args: &[JsValue],
    captured: &Captured,
    context: &mut Context,
) -> JsResult<JsValue> {
    captured.usable(arg(args, 0), context);
    Ok(JsValue::undefined())
}

fn fail(
    _: &JsValue,
    args: &[JsValue],
    captured: &Captured,
    context: &mut Context,
) -> JsResult<JsValue> {
    captured.unusable(&arg(args, 0), context);
    Ok(JsValue::undefined())
}
