//! `internal/net/core`: what every `net.Socket` does: being made, reading, writing, its end.
//!
//! `js/internal/net/socket.js` has the rest of the class. Whatever is unusual (a handle that is not
//! ours, a socket that is still connecting, a buffer of the program's) is left to `unusual.js` beside it.

mod accepted;
mod accessors;
mod connecting;
mod core;
mod life;
mod transfer;
mod usual;

pub(crate) use self::core::{own_or_prototype, shown, states, table};
pub(crate) use life::{destroy_natively, finish_natively};
pub(crate) use transfer::{
    before_read, flows, is_on_read, on_read, read_more, sink, takes_at_once, write_at_once, written,
};
pub(crate) use usual::{Known, is_usual, knows_emit, note_emit};

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use self::{accepted::Plain, core::Field};
use super::{events, handles, streams};
use crate::engine::{
    builtins,
    natives::{Method, arg, define_methods, define_value, exports_of},
    state,
};

/// What all sockets of a realm share.
struct Sockets {
    /// The keys of a socket's fields, in the order of [`core::Field`].
    keys: Vec<PropertyKey>,
    on_read: JsObject,
    /// Methods by which overriding is noticed.
    read: JsObject,
    read_more: JsObject,
    sink: JsObject,
    refuse_writes: JsObject,
    destroy: JsObject,
    finish: JsObject,
    /// `Socket.prototype`, once there is the class.
    prototype: RefCell<Option<JsObject>>,
    /// Its `connect`, as it was made.
    connect: RefCell<JsValue>,
    usual: RefCell<usual::Usual>,
    event_loop: Rc<state::Loop>,
}

const METHODS: &[Method] = &[
    ("adopt", 1, |_, args, context| {
        let Some(prototype) = arg(args, 0).as_object() else { return Ok(JsValue::undefined()) };
        accessors::show(&prototype, context)?;
        events::leave_removed(&prototype, context)?;
        let connect = prototype.get(js_string!("connect"), context)?;
        let sockets = of(context)?;
        *sockets.connect.borrow_mut() = connect;
        *sockets.prototype.borrow_mut() = Some(prototype.clone());
        let mut ours = Vec::new();
        for method in [&sockets.read, &sockets.read_more, &sockets.sink] {
            ours.push(method.clone().into());
        }
        ours.extend(streams::methods(context)?);
        let plain = accepted::make(prototype, Plain::default(), context)?;
        *sockets.usual.borrow_mut() = usual::Usual::of(ours, &plain);
        Ok(JsValue::undefined())
    }),
    ("connect", 0, connecting::connect),
    ("create", 2, accepted::create),
    ("onConnection", 2, accepted::on_connection),
];

/// The exports: natives, and the keys that the JavaScript half shares.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    define_methods(&exports, transfer::METHODS, true, context);
    define_methods(&exports, life::METHODS, true, context);
    let function = |name: JsString, context: &mut Context| -> JsResult<JsObject> {
        exports.get(name, context)?.to_object(context)
    };
    let sockets = Rc::new(Sockets {
        keys: core::keys(),
        on_read: function(js_string!("onRead"), context)?,
        read: function(js_string!("read"), context)?,
        read_more: function(js_string!("_read"), context)?,
        sink: function(js_string!("_write"), context)?,
        refuse_writes: function(js_string!("refuseWrites"), context)?,
        destroy: function(js_string!("_destroy"), context)?,
        finish: function(js_string!("_final"), context)?,
        prototype: RefCell::default(),
        connect: RefCell::default(),
        usual: RefCell::default(),
        event_loop: state::of(context).event_loop.clone(),
    });
    for (name, key) in core::hidden(&sockets.keys) {
        define_value(&exports, JsString::from(name), key, true);
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

/// `Socket.prototype`; the class is loaded if it was not.
fn prototype(context: &mut Context) -> JsResult<JsObject> {
    if let Some(prototype) = of(context)?.prototype.borrow().clone() {
        return Ok(prototype);
    }
    builtins::load("internal/net/socket", context)?;
    let prototype = of(context)?.prototype.borrow().clone();
    Ok(prototype.expect("loading the class shows its prototype"))
}

/// Makes a handle a socket's.
fn take_up(socket: &JsObject, handle: &JsObject, context: &mut Context) -> JsResult<()> {
    core::set(socket, Field::Handle, handle.clone(), context)?;
    handles::set_owner(handle, socket, context);
    let on_read = of(context)?.on_read.clone();
    handles::set_on_read(handle, on_read.into(), context)
}

/// Whether an object is a socket that natives made.
pub(crate) fn is_native(object: &JsObject) -> bool {
    core::with(object, |_| ()).is_some()
}

/// The handle of a socket that natives made.
pub(crate) fn handle(socket: &JsObject) -> Option<JsObject> {
    core::with(socket, |core| core.get(Field::Handle))?.as_object()
}

/// `allowHalfOpen` of a socket that natives made.
pub(crate) fn stays_half_open(socket: &JsObject) -> Option<bool> {
    core::with(socket, |core| core.get(Field::AllowHalfOpen).as_boolean() != Some(false))
}

/// The server of a socket that natives made.
pub(crate) fn server(socket: &JsObject) -> Option<JsObject> {
    core::with(socket, |core| core.get(Field::Server))?.as_object()
}

/// A socket over a handle that is open.
pub(crate) fn over(handle: JsObject, context: &mut Context) -> JsResult<JsObject> {
    accepted::make(prototype(context)?, Plain::over(handle), context)
}

/// Takes its handle from a socket that natives made: what comes in from now on is another's.
pub(crate) fn let_go(socket: &JsObject, handle: &JsObject, context: &mut Context) -> JsResult<()> {
    handles::stop_reading(handle);
    let nothing = streams::nop(context)?;
    handles::set_on_read(handle, nothing.into(), context)?;
    core::set(socket, Field::Handle, JsValue::null(), context)?;
    if !core::get(socket, Field::Timeout, context)?.is_null() {
        streams::call_method(socket, js_string!("setTimeout"), &[0.into()], context)?;
    }
    if let Some(server) = server(socket) {
        add_connections(&server, -1.0, context)?;
    }
    Ok(())
}

/// Counts connections of a server. What the count is then.
fn add_connections(server: &JsObject, more: f64, context: &mut Context) -> JsResult<f64> {
    let count = server.get(js_string!("_connections"), context)?.to_number(context)? + more;
    server.set(js_string!("_connections"), count, false, context)?;
    Ok(count)
}

/// Leaves what few sockets do to JavaScript.
fn leave(name: JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    streams::rare("internal/net/unusual", name, args, context)
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
    let handle = core::get(socket, Field::Handle, context)?;
    Ok(handle.as_object().map(|handle| {
        let native = handles::native(&handle);
        (handle, native)
    }))
}

fn is_connecting(socket: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(core::get(socket, Field::Connecting, context)?.to_boolean())
}

/// Something happened: the time of idleness begins anew.
fn touch(socket: &JsObject, context: &mut Context) -> JsResult<()> {
    let timeout = core::get(socket, Field::Timeout, context)?;
    if timeout.is_null() && core::get(socket, Field::Parent, context)?.is_null() {
        return Ok(());
    }
    streams::call_method(socket, js_string!("_unrefTimer"), &[], context).map(drop)
}
