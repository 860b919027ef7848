//! The stream handles that `net`, `tty` and `child_process` build their streams on: `TCP`, `Pipe`
//! and `TTY`, in the shape that programs see as `socket._handle`.
//!
//! A status is a number as libuv has it: 0, or an error number below 0. What a handle reads goes to
//! its `onread(status, buffer)`, connections to its `onconnection(status, handle)`.

mod accept;
mod closing;
mod listing;
pub(crate) mod native;
mod pipe;
mod reading;
mod stream;
mod tcp;
mod tty;
mod writing;

use std::{cell::Cell, os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string};

pub(crate) use self::{
    listing::{abandon, active_kinds, active_owners, has_descriptor},
    stream::{Handle, Kind, own},
};
use crate::{
    engine::{
        classes::{Class, ClassSpec, class},
        natives::{Method, arg, define_accessor, define_value, exports_of, function},
        standard, state,
    },
    event_loop::stream::StreamFd,
    sys::{
        errno::Errno,
        fd::{self, FdKind},
    },
};

/// The classes of a realm, and the key under which a handle names its owner.
pub(crate) struct Handles {
    tcp: Class,
    pipe: Class,
    tty: Class,
    owner: JsSymbol,
    list: listing::Listing,
    /// A terminal was made raw.
    is_raw: Cell<bool>,
}

const METHODS: &[Method] = &[("guessHandleType", 1, guess_handle_type)];

/// The native builtin `internal/handles`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let handles = of(context);
    let exports = exports_of(METHODS, context);
    define_value(&exports, js_string!("TCP"), handles.tcp.constructor.clone(), true);
    define_value(&exports, js_string!("Pipe"), handles.pipe.constructor.clone(), true);
    define_value(&exports, js_string!("TTY"), handles.tty.constructor.clone(), true);
    define_value(&exports, js_string!("ownerSymbol"), handles.owner.clone(), true);
    for (name, value) in [
        ("SOCKET", 0),
        ("SERVER", 1),
        ("IPC", 2),
        ("IPV6ONLY", tcp::IPV6_ONLY),
        ("REUSEPORT", tcp::REUSE_PORT),
        ("READABLE", pipe::READABLE),
        ("WRITABLE", pipe::WRITABLE),
        ("EOF", status(Errno::EOF)),
    ] {
        define_value(&exports, JsString::from(name), value, true);
    }
    Ok(exports.into())
}

/// The classes, made on first use.
pub(crate) fn of(context: &mut Context) -> Rc<Handles> {
    if let Some(handles) = context.get_data::<Rc<Handles>>() {
        return handles.clone();
    }
    let base = class(&ClassSpec { methods: stream::METHODS, ..spec("HandleWrap") }, None, context);
    let stream_spec = ClassSpec {
        methods: writing::METHODS,
        accessors: stream::ACCESSORS,
        ..spec("LibuvStreamWrap")
    };
    let stream = class(&stream_spec, Some(&base), context);
    let owner = JsSymbol::new(Some(js_string!("owner_symbol"))).unwrap_or_else(|| {
        // The engine has run out of symbols; one of its own stands in.
        JsSymbol::async_iterator()
    });
    show_owner(&base.prototype, &owner, context);
    let handles = Rc::new(Handles {
        tcp: class(&tcp::TCP, Some(&stream), context),
        pipe: class(&pipe::PIPE, Some(&stream), context),
        tty: class(&tty::TTY, Some(&stream), context),
        owner,
        list: listing::Listing::default(),
        is_raw: Cell::default(),
    });
    context.insert_data(handles.clone());
    handles
}

/// `handle[ownerSymbol]`.
fn show_owner(prototype: &JsObject, key: &JsSymbol, context: &Context) {
    let get = function(
        "get",
        0,
        |this, _, _| {
            let handle = this.as_object().and_then(|object| stream::of_object(&object));
            Ok(handle.map_or(JsValue::undefined(), |handle| handle.owner.borrow().clone()))
        },
        context,
    );
    let set = function(
        "set",
        1,
        |this, args, _| {
            stream::receiver(this)?.owner.replace(arg(args, 0));
            Ok(JsValue::undefined())
        },
        context,
    );
    define_accessor(prototype, key.clone(), Some(get), Some(set), false);
}

const fn spec(name: &'static str) -> ClassSpec {
    ClassSpec::new(name, 0, illegal)
}

fn illegal(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Err(boa_engine::JsNativeError::typ().with_message("Illegal constructor").into())
}

/// A handle object that owns this descriptor, which is made non-blocking. `is` says what it is, and whether it listens: a TCP
/// socket, a pipe or a Unix socket.
///
/// # Errors
/// EINVAL: it is something else.
pub(crate) fn adopt(
    fd: OwnedFd,
    is: (FdKind, bool),
    context: &mut Context,
) -> Result<JsObject, Errno> {
    let kind = match is {
        (FdKind::Tcp, false) => Kind::TcpSocket,
        (FdKind::Tcp, true) => Kind::TcpServer,
        (FdKind::Pipe, false) => Kind::PipeSocket,
        (FdKind::Pipe, true) => Kind::PipeServer,
        _ => return Err(Errno::EINVAL),
    };
    fd::set_nonblocking(&fd, true).map_err(|error| error.errno)?;
    let object = stream::create(kind, context);
    if let Some(handle) = stream::of_object(&object) {
        handle.open(StreamFd::Owned(fd));
    }
    Ok(object)
}

/// A new handle object for a TCP socket, not open.
pub(crate) fn tcp_socket(context: &mut Context) -> JsObject {
    stream::create(Kind::TcpSocket, context)
}

/// What a handle object is natively.
pub(crate) fn native(object: &JsObject) -> Option<Rc<Handle>> {
    stream::of_object(object)
}

/// Whom a handle object belongs to: a `Socket`, a `Server`.
pub(crate) fn owner(object: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    if let Some(handle) = stream::of_object(object) {
        return Ok(handle.owner.borrow().clone());
    }
    let key = of(context).owner.clone();
    object.get(key, context)
}

/// Says whom a handle object belongs to.
pub(crate) fn set_owner(object: &JsObject, owner: &JsObject, context: &mut Context) {
    match stream::of_object(object) {
        Some(handle) => drop(handle.owner.replace(owner.clone().into())),
        None => define_value(object, of(context).owner.clone(), owner.clone(), true),
    }
}

/// Whether a program has given a handle object a `close` of its own.
pub(crate) fn is_closed_by_program(object: &JsObject) -> bool {
    object.borrow().properties().contains_key(&js_string!("close").into())
}

/// Says what a handle calls when it has read, or cannot.
pub(crate) fn set_on_read(
    object: &JsObject,
    on_read: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    match stream::of_object(object) {
        Some(handle) => drop(handle.on_read.replace(on_read)),
        None => drop(object.set(js_string!("onread"), on_read, false, context)?),
    }
    Ok(())
}

/// Ends the reading of a handle of ours; false for others.
pub(crate) fn stop_reading(object: &JsObject) -> bool {
    // What is watched already cannot be refused.
    stream::of_object(object).is_some_and(|handle| handle.stream().set_reading(false).is_ok())
}

/// Notes whether a handle reads.
pub(crate) fn note_reading(
    object: &JsObject,
    reading: bool,
    context: &mut Context,
) -> JsResult<()> {
    match stream::of_object(object) {
        Some(handle) => handle.is_reading.set(reading),
        None => drop(object.set(js_string!("reading"), reading, false, context)?),
    }
    Ok(())
}

/// What [`note_reading`] noted.
pub(crate) fn is_noted_reading(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    match stream::of_object(object) {
        Some(handle) => Ok(handle.is_reading.get()),
        None => Ok(object.get(js_string!("reading"), context)?.to_boolean()),
    }
}

/// Whether an object is a handle.
pub(crate) fn is_handle(object: &JsObject) -> bool {
    stream::of_object(object).is_some()
}

/// A handle object's descriptor, for who sends a copy of it. `None` if it is no handle or not open.
pub(crate) fn fd_of(object: &JsObject) -> Option<Rc<StreamFd>> {
    stream::of_object(object)?.stream().fd()
}

/// Makes a terminal that the program has made raw what it was before.
pub(crate) fn restore_terminal() {
    // One that is gone needs it no more.
    let _ = tty::restore();
}

/// A status as JavaScript sees it.
pub(crate) fn status(errno: Errno) -> i32 {
    -errno.0
}

fn status_of(outcome: Result<(), Errno>) -> i32 {
    outcome.map_or_else(status, |()| 0)
}

/// `guessHandleType(fd)`: what a descriptor number is.
fn guess_handle_type(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let number = arg(args, 0).to_i32(context)?;
    let kind = standard::kind(number, context);
    Ok(JsString::from(kind.name()).into())
}

/// Lets the loop of this context be used.
fn event_loop(context: &Context) -> Rc<state::Loop> {
    state::of(context).event_loop.clone()
}
