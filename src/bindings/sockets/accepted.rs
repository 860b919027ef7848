//! Sockets that are made, by `new Socket` or by a connection that comes in.

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::object::OrdinaryObject, js_string,
    property::PropertyKey,
};

use super::{handles, of, streams};
use crate::{
    bindings::{diagnostics_channel, events},
    engine::natives::{arg, define_value},
};

/// Options of `new Socket` that change nothing here, or what [`Plain`] says.
const KNOWN: [&str; 19] = [
    "handle",
    "allowHalfOpen",
    "pauseOnCreate",
    "manualStart",
    "readable",
    "writable",
    "readableHighWaterMark",
    "writableHighWaterMark",
    "port",
    "host",
    "path",
    "family",
    "hints",
    "localAddress",
    "localPort",
    "lookup",
    "timeout",
    "autoSelectFamily",
    "autoSelectFamilyAttemptTimeout",
];

/// The options of a usual socket.
struct Plain {
    handle: Option<JsObject>,
    sides: streams::SocketSides,
    is_paused: bool,
    starts_by_hand: bool,
}

/// Reads the options; `None` where one is unusual, or a getter.
fn decode(options: &JsValue, context: &mut Context) -> JsResult<Option<Plain>> {
    let mut plain = Plain {
        handle: None,
        sides: streams::SocketSides {
            is_readable: true,
            is_writable: true,
            read_mark: None,
            write_mark: None,
            stays_half_open: false,
        },
        is_paused: false,
        starts_by_hand: false,
    };
    let Some(options) = options.as_object() else {
        return Ok(options.is_null_or_undefined().then_some(plain));
    };
    let usual = context.intrinsics().constructors().object().prototype();
    if !options.is_ordinary() || options.prototype().is_some_and(|other| other != usual) {
        return Ok(None);
    }
    let keys = options.borrow().shape().keys();
    for key in keys {
        let PropertyKey::String(name) = &key else { return Ok(None) };
        if !KNOWN.iter().any(|known| name == known) {
            return Ok(None);
        }
        let stored = options.borrow().properties().get(&key);
        let Some(value) = stored.as_ref().and_then(|property| property.value()) else {
            return Ok(None);
        };
        let mark = || value.as_number().filter(|mark| *mark >= 0.0 && mark.fract() == 0.0);
        match name.to_std_string_lossy().as_str() {
            "handle" => plain.handle = value.as_object(),
            "allowHalfOpen" => plain.sides.stays_half_open = value.to_boolean(),
            "pauseOnCreate" => plain.is_paused = value.to_boolean(),
            "manualStart" => plain.starts_by_hand = value.to_boolean(),
            "readable" => plain.sides.is_readable = value.as_boolean() != Some(false),
            "writable" => plain.sides.is_writable = value.as_boolean() != Some(false),
            "readableHighWaterMark" if mark().is_some() => plain.sides.read_mark = mark(),
            "writableHighWaterMark" if mark().is_some() => plain.sides.write_mark = mark(),
            "readableHighWaterMark" | "writableHighWaterMark" => return Ok(None),
            _ => {}
        }
    }
    Ok(Some(plain))
}

/// `begin(socket, options)`: what the constructor does, for usual options; false for others.
pub(super) fn begin(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(socket) = arg(args, 0).as_object().filter(JsObject::is_ordinary) else {
        return Ok(false.into());
    };
    let Some(plain) = decode(&arg(args, 1), context)? else { return Ok(false.into()) };
    if socket.get(js_string!("_construct"), context)?.is_callable() {
        return Ok(false.into());
    }
    make(&socket, plain, context)?;
    Ok(true.into())
}

/// Gives an object the fields of a socket.
fn make(socket: &JsObject, plain: Plain, context: &mut Context) -> JsResult<()> {
    let sockets = of(context)?;
    let null = JsValue::null;
    let put = |name, value: JsValue| define_value(socket, name, value, true);
    let put_hidden = |key: &boa_engine::JsSymbol, value: JsValue| {
        define_value(socket, key.clone(), value, true);
    };
    put(js_string!("connecting"), false.into());
    put(js_string!("_hadError"), false.into());
    put(js_string!("_handle"), plain.handle.clone().map_or_else(null, Into::into));
    put(js_string!("_parent"), null());
    put(js_string!("_host"), null());
    put_hidden(&sockets.queue_size, 0.into());
    put_hidden(&sockets.timeout, null());
    put_hidden(&sockets.buffer, null());
    put_hidden(&sockets.nulls[0], null());
    put_hidden(&sockets.nulls[1], null());
    put(js_string!("_closeAfterHandlingError"), false.into());
    streams::begin_socket(socket, &plain.sides, context)?;
    put_hidden(&sockets.switches[0], false.into());
    put_hidden(&sockets.switches[1], false.into());
    put_hidden(&sockets.keep_alive_delay, 0.into());
    let listener = sockets.refuse_writes.clone();
    let end = js_string!("end").into();
    events::add_listener_to(socket, &end, &listener, events::Position::Last, context)?;
    put(js_string!("_sockname"), JsValue::undefined());
    put(js_string!("_pendingData"), null());
    put(js_string!("_pendingEncoding"), js_string!("").into());
    put(js_string!("server"), null());
    put(js_string!("_server"), null());
    put_hidden(&sockets.bytes_read, 0.into());
    put_hidden(&sockets.bytes_written, 0.into());
    let Some(handle) = plain.handle else { return Ok(()) };
    handles::set_owner(&handle, socket, context);
    let on_read = sockets.on_read.clone();
    handle.set(js_string!("onread"), on_read, false, context)?;
    if !plain.sides.is_readable {
        return Ok(());
    }
    if plain.is_paused {
        handle.set(js_string!("reading"), false, false, context)?;
        streams::call_method(&handle, js_string!("readStop"), &[], context)?;
        streams::hold(socket, context)?;
    } else if !plain.starts_by_hand {
        streams::read_nothing(socket, context)?;
    }
    Ok(())
}

/// What a listening handle calls: `onconnection(status, client)`, the handle as `this`.
pub(super) fn on_connection(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let server = match this.as_object() {
        Some(handle) => handles::owner(&handle, context)?.as_object(),
        None => None,
    };
    let Some(server) = server else { return Ok(JsValue::undefined()) };
    let client = arg(args, 1).as_object();
    let is_plain = arg(args, 0).to_i32(context)? == 0 && is_usual(&server, context)?;
    let prototype = of(context)?.prototype.borrow().clone();
    let (Some(client), Some(prototype), true) = (client, prototype, is_plain) else {
        let args = [server.into(), arg(args, 0), arg(args, 1)];
        let name = js_string!("onConnection");
        return streams::rare("internal/net/server", name, &args, context);
    };
    let mut flag = |name| -> JsResult<bool> { Ok(server.get(name, context)?.to_boolean()) };
    let stays_half_open = flag(js_string!("allowHalfOpen"))?;
    let is_paused = flag(js_string!("pauseOnConnect"))?;
    let mark = server.get(js_string!("highWaterMark"), context)?.as_number();
    let plain = Plain {
        handle: Some(client),
        sides: streams::SocketSides {
            is_readable: true,
            is_writable: true,
            read_mark: mark,
            write_mark: mark,
            stays_half_open,
        },
        is_paused,
        starts_by_hand: false,
    };
    let socket = JsObject::new(context.root_shape(), prototype, OrdinaryObject).upcast();
    make(&socket, plain, context)?;
    let count = server.get(js_string!("_connections"), context)?.to_number(context)?;
    server.set(js_string!("_connections"), count + 1.0, false, context)?;
    socket.set(js_string!("server"), server.clone(), false, context)?;
    socket.set(js_string!("_server"), server.clone(), false, context)?;
    events::emit(&server, js_string!("connection"), &[socket.clone().into()], context)?;
    let told = |context: &mut Context| {
        diagnostics_channel::message(&[("socket", socket.into())], context).into()
    };
    diagnostics_channel::publish("net.server.socket", told, context)?;
    Ok(JsValue::undefined())
}

/// Whether a server takes all connections as they come.
fn is_usual(server: &JsObject, context: &mut Context) -> JsResult<bool> {
    for name in [
        js_string!("maxConnections"),
        js_string!("blockList"),
        js_string!("noDelay"),
        js_string!("keepAlive"),
    ] {
        let value = server.get(name, context)?;
        if !value.is_null_or_undefined() && value.as_boolean() != Some(false) {
            return Ok(false);
        }
    }
    Ok(true)
}
