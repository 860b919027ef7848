//! Sockets that are made, by `new Socket` or by a connection that comes in.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use super::{
    core::{self, Core, Field},
    handles, of, streams,
};
use crate::{
    bindings::{diagnostics_channel, domain, events},
    engine::{natives::arg, reflect},
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
pub(super) struct Plain {
    handle: Option<JsObject>,
    sides: streams::SocketSides,
    is_paused: bool,
    starts_by_hand: bool,
}

impl Plain {
    pub(super) fn over(handle: JsObject) -> Self {
        Self { handle: Some(handle), ..Self::default() }
    }
}

impl Default for Plain {
    fn default() -> Self {
        let sides = streams::SocketSides {
            is_readable: true,
            is_writable: true,
            read_mark: None,
            write_mark: None,
            stays_half_open: false,
        };
        Self { handle: None, sides, is_paused: false, starts_by_hand: false }
    }
}

/// Reads the options; `None` where one is unusual, or a getter.
fn decode(options: &JsValue, context: &mut Context) -> JsResult<Option<Plain>> {
    let mut plain = Plain::default();
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

/// `create(class, options)`: what the constructor makes for usual options; undefined for others.
pub(super) fn create(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(class) = arg(args, 0).as_object() else { return Ok(JsValue::undefined()) };
    let Some(plain) = decode(&arg(args, 1), context)? else { return Ok(JsValue::undefined()) };
    let ours = super::prototype(context)?;
    let prototype = class.get(js_string!("prototype"), context)?.as_object();
    let prototype = prototype.unwrap_or_else(|| ours.clone());
    if !JsObject::equals(&prototype, &ours)
        && prototype.get(js_string!("_construct"), context)?.is_callable()
    {
        return Ok(JsValue::undefined());
    }
    Ok(make(prototype, plain, context)?.into())
}

/// Makes a socket.
pub(super) fn make(prototype: JsObject, plain: Plain, context: &mut Context) -> JsResult<JsObject> {
    let states = streams::socket_states(&plain.sides, context)?;
    let core = Core::new(states, of(context)?);
    core.set(Field::AllowHalfOpen, plain.sides.stays_half_open.into());
    let socket = JsObject::new(context.root_shape(), prototype, core).upcast();
    super::states(&socket, |states| states.belong_to(&socket));
    domain::adopt(&socket, context)?;
    let end = js_string!("end").into();
    let listener = of(context)?.refuse_writes.clone();
    events::add_listener_to(&socket, &end, &listener, events::Position::Last, context)?;
    let Some(handle) = plain.handle else { return Ok(socket) };
    super::take_up(&socket, &handle, context)?;
    if !plain.sides.is_readable {
        return Ok(socket);
    }
    if plain.is_paused {
        handles::note_reading(&handle, false, context)?;
        if !handles::stop_reading(&handle) {
            streams::call_method(&handle, js_string!("readStop"), &[], context)?;
        }
        streams::hold(&socket, context)?;
    } else if !plain.starts_by_hand {
        streams::read_nothing(&socket, context)?;
    }
    Ok(socket)
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
        return streams::rare("internal/net/choosy", name, &args, context);
    };
    let mut flag = |name: JsString| -> JsResult<bool> {
        Ok(reflect::get(&server, &name.into(), context)?.to_boolean())
    };
    let stays_half_open = flag(js_string!("allowHalfOpen"))?;
    let is_paused = flag(js_string!("pauseOnConnect"))?;
    let mark = reflect::get(&server, &js_string!("highWaterMark").into(), context)?.as_number();
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
    let socket = make(prototype, plain, context)?;
    super::add_connections(&server, 1.0, context)?;
    core::set(&socket, Field::Server, server.clone(), context)?;
    core::set(&socket, Field::OwnServer, server.clone(), context)?;
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
        let value = reflect::get(server, &name.into(), context)?;
        if !value.is_null_or_undefined() && value.as_boolean() != Some(false) {
            return Ok(false);
        }
    }
    Ok(true)
}
