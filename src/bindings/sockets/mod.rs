//! `internal/net/core`: what every `net.Socket` does: being made, reading, writing, its end.
//!
//! `js/internal/net/socket.js` has the rest of the class. Whatever is unusual (a handle that is not
//! ours, a socket that is still connecting, a buffer of the program's) is left to it.

mod accepted;
mod life;
mod transfer;

pub(crate) use transfer::written;

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
};

use super::{handles, streams};
use crate::engine::{
    builtins,
    natives::{Method, arg, define_methods, define_value, exports_of},
};

/// The keys of a socket's hidden fields, and what all sockets share.
struct Sockets {
    timeout: JsSymbol,
    buffer: JsSymbol,
    bytes_read: JsSymbol,
    bytes_written: JsSymbol,
    queue_size: JsSymbol,
    /// Fields that every socket begins with: null, false, zero.
    nulls: [JsSymbol; 2],
    switches: [JsSymbol; 2],
    keep_alive_delay: JsSymbol,
    on_read: JsObject,
    /// Methods by which overriding is noticed.
    read: JsObject,
    read_more: JsObject,
    refuse_writes: JsObject,
    /// `Socket.prototype`, once there is the class.
    prototype: RefCell<Option<JsObject>>,
}

const METHODS: &[Method] = &[
    ("adopt", 1, |_, args, context| {
        *of(context)?.prototype.borrow_mut() = arg(args, 0).as_object();
        Ok(JsValue::undefined())
    }),
    ("begin", 2, accepted::begin),
    ("onConnection", 2, accepted::on_connection),
];

fn symbol(name: &'static str) -> JsSymbol {
    // The engine has run out of symbols; one of its own stands in.
    JsSymbol::new(Some(JsString::from(name))).unwrap_or_else(JsSymbol::async_iterator)
}

/// The exports: natives, and the keys that the JavaScript half shares.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    define_methods(&exports, transfer::METHODS, true, context);
    define_methods(&exports, life::METHODS, true, context);
    let function = |name: JsString, context: &mut Context| -> JsResult<JsObject> {
        exports.get(name, context)?.to_object(context)
    };
    let sockets = Rc::new(Sockets {
        timeout: symbol("timeout"),
        buffer: symbol("kBuffer"),
        bytes_read: symbol("kBytesRead"),
        bytes_written: symbol("kBytesWritten"),
        queue_size: symbol("lastWriteQueueSize"),
        nulls: [symbol("kBufferCb"), symbol("kBufferGen")],
        switches: [symbol("kSetNoDelay"), symbol("kSetKeepAlive")],
        keep_alive_delay: symbol("kSetKeepAliveInitialDelay"),
        on_read: function(js_string!("onRead"), context)?,
        read: function(js_string!("read"), context)?,
        read_more: function(js_string!("_read"), context)?,
        refuse_writes: function(js_string!("refuseWrites"), context)?,
        prototype: RefCell::default(),
    });
    for (name, key) in [
        ("kTimeout", &sockets.timeout),
        ("kBuffer", &sockets.buffer),
        ("kBufferCb", &sockets.nulls[0]),
        ("kBufferGen", &sockets.nulls[1]),
        ("kBytesRead", &sockets.bytes_read),
        ("kBytesWritten", &sockets.bytes_written),
        ("kLastWriteQueueSize", &sockets.queue_size),
        ("kSetNoDelay", &sockets.switches[0]),
        ("kSetKeepAlive", &sockets.switches[1]),
        ("kSetKeepAliveInitialDelay", &sockets.keep_alive_delay),
    ] {
        define_value(&exports, JsString::from(name), key.clone(), true);
    }
    context.insert_data(sockets);
    Ok(exports.into())
}

fn of(context: &mut Context) -> JsResult<Rc<Sockets>> {
    if let Some(sockets) = context.get_data::<Rc<Sockets>>() {
        return Ok(sockets.clone());
    }
    builtins::load("internal/net/core", context)?;
    let sockets = context.get_data::<Rc<Sockets>>().cloned();
    Ok(sockets.expect("loading the builtin inserts its state"))
}

/// Leaves something to the JavaScript half.
fn leave(name: JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    streams::rare("internal/net/socket", name, args, context)
}

/// The socket that a method was called on.
fn receiver(this: &JsValue) -> JsResult<JsObject> {
    let message = "Illegal invocation";
    this.as_object().ok_or_else(|| JsNativeError::typ().with_message(message).into())
}

/// `socket._handle`, and what it is natively, if it is a stream of ours.
fn handle_of(
    socket: &JsObject,
    context: &mut Context,
) -> JsResult<Option<(JsObject, Option<Rc<handles::Handle>>)>> {
    let handle = socket.get(js_string!("_handle"), context)?;
    Ok(handle.as_object().map(|handle| {
        let native = handles::native(&handle);
        (handle, native)
    }))
}

fn is_connecting(socket: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(socket.get(js_string!("connecting"), context)?.to_boolean())
}

/// Something happened: the time of idleness begins anew.
fn touch(socket: &JsObject, context: &mut Context) -> JsResult<()> {
    let key = of(context)?.timeout.clone();
    let timeout = socket.get(key, context)?;
    if timeout.is_null() && socket.get(js_string!("_parent"), context)?.is_null() {
        return Ok(());
    }
    streams::call_method(socket, js_string!("_unrefTimer"), &[], context).map(drop)
}
