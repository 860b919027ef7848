//! `send(message, handle, options, callback)`.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string, value::JsVariant};

use super::{Endpoint, EndpointRef, Phase};
use crate::{
    bindings::{events, value_format},
    engine::{
        errors::{Code, coded, coded_object},
        intrinsics::json,
        natives::arg,
        state, validate,
    },
    ipc::codec::Serialization,
};

/// The arguments of `send`, told apart.
struct Send {
    message: JsValue,
    handle: JsValue,
    callback: Option<JsObject>,
}

fn decode(args: &[JsValue], context: &mut Context) -> JsResult<Send> {
    let (mut handle, mut options, mut callback) = (arg(args, 1), arg(args, 2), arg(args, 3));
    if handle.is_callable() {
        callback = std::mem::take(&mut handle);
    } else if options.is_callable() {
        callback = std::mem::take(&mut options);
    } else if !options.is_undefined() {
        validate::object(&options, "options", context)?;
    }
    Ok(Send { message: arg(args, 0), handle, callback: callback.as_callable() })
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
    if target.get(js_string!("connected"), context)?.to_boolean() {
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
    if call.handle.to_boolean() {
        return Err(coded(
            context,
            Code::ERR_INVALID_HANDLE_TYPE,
            "This handle type cannot be sent",
        ));
    }
    let mut frame = endpoint.scratch.take();
    endpoint.protocol.borrow().open(&mut frame);
    let frame = endpoint.serialized(frame, &call.message, context)?;
    let has_room = endpoint.push(frame, call.callback, context);
    Ok(has_room.into())
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
    fn serialized(
        &self,
        mut frame: Vec<u8>,
        message: &JsValue,
        context: &mut Context,
    ) -> JsResult<Vec<u8>> {
        match self.serialization {
            Serialization::Json => match json::stringify_to_bytes(message, context)? {
                Some(payload) => frame.extend_from_slice(&payload),
                // An object whose toJSON gives nothing: what Node writes then is no message either.
                None => return Err(missing_message(context)),
            },
            Serialization::Advanced => {
                return value_format::append_message(frame, message, context);
            }
        }
        Ok(frame)
    }

    /// Queues a message and writes it if it may not wait: the first of a turn, one with a
    /// callback, one after which much is queued. The others go out together at the turn's end.
    fn push(
        self: &std::rc::Rc<Self>,
        mut frame: Vec<u8>,
        token: Option<JsObject>,
        context: &mut Context,
    ) -> bool {
        if self.phase.get() != Phase::Open {
            return false;
        }
        let has_callback = token.is_some();
        let has_room = self.protocol.borrow_mut().send(&mut frame, token);
        self.scratch.replace(frame);
        let is_due = has_callback || !self.is_flush_scheduled.get();
        if is_due || self.protocol.borrow().pending() >= super::write::BATCH {
            self.flush(context);
        }
        self.schedule_flush(context);
        has_room || self.protocol.borrow().has_room()
    }
}
