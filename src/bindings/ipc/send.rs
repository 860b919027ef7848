//! `send(message, handle, options, callback)`.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, value::JsVariant,
};

use super::{Endpoint, EndpointRef, Given, Phase, Token};
use crate::{
    bindings::{events, value_format},
    engine::{
        errors::{Code, coded, coded_object},
        intrinsics::json,
        limits,
        natives::arg,
        reflect, state, validate,
    },
    ipc::codec::Serialization,
};

/// The arguments of `send`, told apart.
struct Send {
    message: JsValue,
    handle: JsValue,
    keep_open: bool,
    is_silent: bool,
    callback: Option<JsObject>,
}

fn decode(args: &[JsValue], context: &mut Context) -> JsResult<Send> {
    let (mut handle, mut options, mut callback) = (arg(args, 1), arg(args, 2), arg(args, 3));
    if handle.is_callable() {
        callback = std::mem::take(&mut handle);
    } else if options.is_callable() {
        callback = std::mem::take(&mut options);
    } else if !options.is_undefined() && !options.is_boolean() {
        validate::object(&options, "options", context)?;
    }
    let mut flag = |name: JsString| match options.as_object().filter(|list| !list.is_callable()) {
        Some(options) => Ok(options.get(name, context)?.to_boolean()),
        None => JsResult::Ok(false),
    };
    let keep_open = flag(js_string!("keepOpen"))?;
    let is_silent = options.as_boolean().unwrap_or(flag(js_string!("swallowErrors"))?);
    let (message, callback) = (arg(args, 0), callback.as_callable());
    Ok(Send { message, handle, keep_open, is_silent, callback })
}

/// `target.send(…)`: false and an error in the next tick if there is no channel any more.
pub(super) fn send(
    this: &JsValue,
    args: &[JsValue],
    endpoint: &EndpointRef,
    context: &mut Context,
) -> JsResult<JsValue> {
    let call = decode(args, context)?;
    let target = this.to_object(context)?;
    if reflect::get(&target, &js_string!("connected").into(), context)?.to_boolean() {
        return deliver(call, &endpoint.0, context);
    }
    let error = coded_object(context, Code::ERR_IPC_CHANNEL_CLOSED, "Channel closed");
    let ticks = &state::of(context).ticks;
    match call.callback {
        Some(callback) => ticks.push_call(callback, vec![error.into()]),
        None => ticks.push_native(move |context| {
            events::emit(&target, js_string!("error"), &[error.into()], context).map(drop)
        }),
    }
    Ok(false.into())
}

/// `target._send(…)`: as `send`, without asking whether the channel is connected.
pub(super) fn send_connected(
    _: &JsValue,
    args: &[JsValue],
    endpoint: &EndpointRef,
    context: &mut Context,
) -> JsResult<JsValue> {
    let call = decode(args, context)?;
    deliver(call, &endpoint.0, context)
}

fn deliver(
    call: Send,
    endpoint: &std::rc::Rc<Endpoint>,
    context: &mut Context,
) -> JsResult<JsValue> {
    check_message(&call.message, context)?;
    let given = if call.handle.to_boolean() {
        Some(Given::decode(&call.handle, call.keep_open, context)?)
    } else {
        None
    };
    let frame = endpoint.opened_frame(&call.message, context)?;
    let waiting = endpoint.protocol.borrow().pending();
    limits::admit_message(frame.len(), waiting, context)?;
    let token = Token { callback: call.callback, is_silent: call.is_silent, is_detached: false };
    match given {
        Some(given) => endpoint.push_given(frame, given, token, context),
        None => Ok(endpoint.push(frame, token, context)),
    }
    .map(JsValue::from)
}

fn check_message(message: &JsValue, context: &mut Context) -> JsResult<()> {
    match message.variant() {
        JsVariant::Undefined => Err(missing_message(context)),
        JsVariant::Object(object) if object.is_callable() => Err(unserializable(message, context)),
        JsVariant::Symbol(_) | JsVariant::BigInt(_) => Err(unserializable(message, context)),
        _ => Ok(()),
    }
}

fn missing_message(context: &mut Context) -> JsError {
    coded(context, Code::ERR_MISSING_ARGS, "The \"message\" argument must be specified")
}

fn unserializable(message: &JsValue, context: &mut Context) -> JsError {
    let expected = "one of type string, object, number, or boolean";
    validate::invalid_arg_type(context, "message", expected, message)
}

impl Endpoint {
    /// An opened frame with the message in it.
    pub(super) fn opened_frame(
        &self,
        message: &JsValue,
        context: &mut Context,
    ) -> JsResult<Vec<u8>> {
        let mut frame = self.scratch.take();
        self.protocol.borrow().open(&mut frame);
        match self.serialization {
            Serialization::Json => {
                if !json::append_json(&mut frame, message, context)? {
                    // An object whose toJSON gives nothing: what Node writes then is no message either.
                    return Err(missing_message(context));
                }
            }
            Serialization::Advanced => {
                return value_format::append_message(frame, message, context);
            }
        }
        Ok(frame)
    }

    /// Queues a message and writes it if it may not wait: the first of a turn, one with a
    /// callback, one after which much is queued. The others go out together at the turn's end.
    pub(super) fn push(
        self: &std::rc::Rc<Self>,
        mut frame: Vec<u8>,
        token: Token,
        context: &mut Context,
    ) -> bool {
        if self.phase.get() != Phase::Open {
            return false;
        }
        if self.protocol.borrow().is_busy() {
            return self.protocol.borrow_mut().hold(&mut frame, None, token);
        }
        let has_callback = token.callback.is_some();
        let has_room = self.protocol.borrow_mut().send(&mut frame, token);
        self.scratch.replace(frame);
        let turn = state::of(context).event_loop.turns();
        let is_first = self.last_send.replace(Some(turn)) != Some(turn);
        let (pending, unwritten) = (self.protocol.borrow().pending(), self.unwritten.get());
        let is_due = unwritten == 0 && (has_callback || is_first);
        if is_due || pending >= unwritten + super::write::BATCH {
            self.flush(context);
        }
        if self.unwritten.get() == 0 && self.protocol.borrow().pending() > 0 {
            self.schedule_flush(context);
        }
        has_room || self.protocol.borrow().has_room()
    }

    /// Sends a message with a handle, or lets it wait for the handle before it.
    fn push_given(
        self: &std::rc::Rc<Self>,
        mut frame: Vec<u8>,
        given: Given,
        token: Token,
        context: &mut Context,
    ) -> JsResult<bool> {
        if self.phase.get() != Phase::Open {
            return Ok(false);
        }
        if self.protocol.borrow().is_busy() {
            return Ok(self.protocol.borrow_mut().hold(&mut frame, Some(given), token));
        }
        let has_room = self.send_given(&mut frame, &given, token, context)?;
        self.flush(context);
        self.schedule_flush(context);
        Ok(has_room || self.protocol.borrow().has_room())
    }
}
