//! `socket.send`: all its forms decoded, and the usual case done without JavaScript.

use std::{net::SocketAddr, rc::Rc};

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
};

use super::{
    handle::{self, Handle},
    methods,
    transmit::{Datagram, Sender},
};
use crate::{
    bindings::{
        buffer::{self, View},
        encoding::{self, Encoding},
    },
    engine::{
        errors::{Code, coded},
        natives::{arg, closure},
        state, validate,
    },
    sys::{address, errno::Errno},
};

const DATA: &str = "of type string or an instance of Buffer, TypedArray, or DataView";

/// What `state.connectState` is on a connected socket.
const CONNECTED: f64 = 2.0;

/// A decoded call of `socket.send`.
struct Plan {
    bytes: Vec<u8>,
    /// Zero on a connected socket.
    port: u16,
    host: Option<JsString>,
    callback: Option<JsObject>,
}

/// `makeSend(deferred)`: the method `send`. What it cannot do at once, `deferred` is called for,
/// with the socket as `this` and `(buffer, port, host, callback, isConnected)`.
pub(super) fn make(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let deferred = validate::function(&arg(args, 0), "deferred", context)?;
    Ok(closure("send", 6, deferred, send, context).into())
}

fn send(
    this: &JsValue,
    args: &[JsValue],
    deferred: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let symbol = super::of(context)?.state.clone();
    let socket = this.as_object().ok_or_else(no_socket)?;
    let state = socket.get(symbol, context)?.as_object().ok_or_else(no_socket)?;
    let connect_state = state.get(js_string!("connectState"), context)?;
    let is_connected = connect_state.as_number() == Some(CONNECTED);
    let plan = decode(args, is_connected, context)?;
    let Some(object) = state.get(js_string!("handle"), context)?.as_object() else {
        return Err(coded(context, Code::ERR_SOCKET_DGRAM_NOT_RUNNING, "Not running"));
    };
    let handle = handle::of_object(&object).filter(|handle| handle.receiving.get());
    let Some(handle) = handle.filter(|handle| handle.plain.get()) else {
        return defer(this, plan, is_connected, deferred, context);
    };
    if is_connected {
        handle.transmit(plan.to(None), context);
        return Ok(JsValue::undefined());
    }
    match plan.numeric_address(&handle) {
        Some(Ok(to)) => transmit_in_tick(handle, plan.to(Some(to)), context),
        _ => return defer(this, plan, is_connected, deferred, context),
    }
    Ok(JsValue::undefined())
}

fn no_socket() -> JsError {
    JsNativeError::typ().with_message("send was called on something that is no socket").into()
}

impl Plan {
    /// Where the datagram goes if that needs no look-up.
    fn numeric_address(&self, handle: &Handle) -> Option<Result<SocketAddr, Errno>> {
        let family = handle.family.get();
        let Some(host) = self.host.as_ref().filter(|host| !host.is_empty()) else {
            return Some(Ok((family.loopback(), self.port).into()));
        };
        let text = host.to_std_string_lossy();
        match address::parse(&text, self.port, family) {
            Some(address) => Some(Ok(address)),
            None => address::parse_any(&text, 0).map(|_| Err(Errno(libc::EINVAL))),
        }
    }

    fn to(self, to: Option<SocketAddr>) -> Datagram {
        let host = self.host.map_or(JsValue::undefined(), Into::into);
        let sender = Sender::Socket { callback: self.callback, host, port: self.port };
        Datagram { bytes: self.bytes, to, sender }
    }
}

/// Node looks every host up, numeric ones too, which takes until the next tick. A socket that is
/// closed by then sends nothing, and calls nobody.
fn transmit_in_tick(handle: Rc<Handle>, datagram: Datagram, context: &mut Context) {
    state::of(context).ticks.push_native(move |context| {
        if handle.descriptor().is_some() {
            handle.transmit(datagram, context);
        }
        Ok(())
    });
}

fn defer(
    this: &JsValue,
    plan: Plan,
    is_connected: bool,
    deferred: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let buffer = buffer::from_slice(&plan.bytes, context)?;
    let args = [
        buffer.into(),
        if is_connected { JsValue::undefined() } else { i32::from(plan.port).into() },
        plan.host.map_or(JsValue::undefined(), Into::into),
        plan.callback.map_or(JsValue::undefined(), Into::into),
        is_connected.into(),
    ];
    deferred.call(this, &args, context)?;
    Ok(JsValue::undefined())
}

/// `transmit(handle, buffer, port, ip, callback, host)`: sends to a host that was looked up, or to
/// the connected peer where `ip` is undefined.
pub(super) fn transmit(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = handle::get(&arg(args, 0))?;
    let view = View::of_view(&arg(args, 1), context);
    let bytes = view.map(|view| view.to_vec()).unwrap_or_default();
    let port = arg(args, 2).to_u32(context)? as u16;
    let sender = Sender::Socket { callback: arg(args, 4).as_callable(), host: arg(args, 5), port };
    let to = if arg(args, 3).is_undefined() {
        None
    } else {
        let ip = methods::host(args, 3, context)?;
        match address::parse(&ip, port, handle.family.get()) {
            Some(address) => Some(address),
            None => {
                sender.tell_in_tick(Err(Errno(libc::EINVAL)), context);
                return Ok(JsValue::undefined());
            }
        }
    };
    handle.transmit(Datagram { bytes, to, sender }, context);
    Ok(JsValue::undefined())
}

/// The arguments of `send`: `(message, offset, length)` or `(message)`, then `(port, host)` unless
/// connected, then the callback; each may be missing.
fn decode(args: &[JsValue], is_connected: bool, context: &mut Context) -> JsResult<Plan> {
    let message = arg(args, 0);
    let [mut port, mut host, mut callback] = [arg(args, 3), arg(args, 4), arg(args, 5)];
    let has_slice = if is_connected {
        arg(args, 2).is_number()
    } else {
        host.to_boolean() || (port.to_boolean() && !port.is_callable())
    };
    let slice = has_slice.then(|| (arg(args, 1), arg(args, 2)));
    if is_connected {
        if !has_slice {
            callback = arg(args, 1);
        } else if port.is_callable() {
            callback = std::mem::take(&mut port);
        }
    } else if !has_slice {
        [port, host, callback] = [arg(args, 1), arg(args, 2), port];
    }
    // A slice is checked before the peer is, a message without one afterwards: as in Node.
    let sliced = slice.map(|slice| sliced_bytes(&message, &slice, context)).transpose()?;
    if is_connected && (port.to_boolean() || host.to_boolean()) {
        return Err(coded(context, Code::ERR_SOCKET_DGRAM_IS_CONNECTED, "Already connected"));
    }
    let bytes = match sliced {
        Some(bytes) => bytes,
        None => message_bytes(&message, context)?,
    };
    let port = if is_connected { 0 } else { validate::port(&port, "Port", false, context)? };
    let mut callback = callback.as_callable();
    if host.is_callable() {
        callback = host.as_callable();
        host = JsValue::undefined();
    }
    let host = if host.is_null_or_undefined() {
        None
    } else {
        Some(validate::string(&host, "address", context)?)
    };
    Ok(Plan { bytes, port, host, callback })
}

/// The bytes of a string or a view; `None` for anything else.
fn bytes_of(value: &JsValue, context: &mut Context) -> Option<Vec<u8>> {
    match value.as_string() {
        Some(text) => Some(encoding::encode(&text, Encoding::Utf8)),
        None => View::of_view(value, context).map(|view| view.to_vec()),
    }
}

fn sliced_bytes(
    message: &JsValue,
    (offset, length): &(JsValue, JsValue),
    context: &mut Context,
) -> JsResult<Vec<u8>> {
    let Some(mut bytes) = bytes_of(message, context) else {
        return Err(validate::invalid_arg_type(context, "buffer", DATA, message));
    };
    let offset = offset.to_u32(context)? as usize;
    let length = length.to_u32(context)? as usize;
    if offset > bytes.len() {
        return Err(out_of_bounds("offset", context));
    }
    if offset + length > bytes.len() {
        return Err(out_of_bounds("length", context));
    }
    bytes.truncate(offset + length);
    bytes.drain(..offset);
    Ok(bytes)
}

fn out_of_bounds(name: &str, context: &mut Context) -> JsError {
    let message = format!("\"{name}\" is outside of buffer bounds");
    coded(context, Code::ERR_BUFFER_OUT_OF_BOUNDS, message)
}

/// The bytes of a message, or of a list of them.
fn message_bytes(message: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    if let Some(bytes) = bytes_of(message, context) {
        return Ok(bytes);
    }
    let Some(list) = message.as_object().filter(JsObject::is_array) else {
        return Err(validate::invalid_arg_type(context, "buffer", DATA, message));
    };
    let list = JsArray::from_object(list)?;
    let mut bytes = Vec::new();
    for index in 0..list.length(context)? {
        let part = list.get(index, context)?;
        let Some(part) = bytes_of(&part, context) else {
            let name = "buffer list arguments";
            return Err(validate::invalid_arg_type(context, name, DATA, message));
        };
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}
