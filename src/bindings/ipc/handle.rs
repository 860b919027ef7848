//! What travels beside a message, and what programs know it as.

use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use crate::{
    bindings::{dgram, handles, sockets},
    engine::{
        builtins,
        natives::{Method, arg, exports_of},
    },
    event_loop::stream::StreamFd,
    ipc::codec::HandleType,
    sys::fd::{self, FdKind},
};

/// A descriptor on its way.
pub(super) enum Handle {
    /// It came from the peer, and is nobody's yet.
    Arrived(OwnedFd),
    /// It belongs to a TCP socket or a pipe of this program.
    Stream(Rc<StreamFd>),
    /// It belongs to a UDP socket of this program.
    Datagram(Rc<OwnedFd>),
}

impl AsFd for Handle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Arrived(fd) => fd.as_fd(),
            Self::Stream(fd) => fd.as_fd(),
            Self::Datagram(fd) => fd.as_fd(),
        }
    }
}

impl Handle {
    /// What the descriptor is, by the name that programs know such a thing by.
    pub(super) fn kind_name(&self) -> Option<&'static str> {
        match fd::kind(self) {
            FdKind::Tcp | FdKind::Pipe if fd::is_listening(self) => Some("net.Server"),
            FdKind::Tcp | FdKind::Pipe => Some("net.Socket"),
            FdKind::Udp => Some("dgram.Socket"),
            FdKind::Tty | FdKind::File | FdKind::Unknown => None,
        }
    }

    /// The descriptor of a handle object, while it is open.
    pub(super) fn of(object: &JsObject) -> Option<Self> {
        match handles::fd_of(object) {
            Some(fd) => Some(Self::Stream(fd)),
            None => dgram::descriptor(object).map(Self::Datagram),
        }
    }
}

/// The handle object of a descriptor that came, if it is what the peer says that it is; else the descriptor
/// is closed.
pub(super) fn adopt(
    kind: HandleType,
    fd: OwnedFd,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    let is = (fd::kind(&fd), fd::is_listening(&fd));
    let is_stream = matches!(is.0, FdKind::Tcp | FdKind::Pipe);
    Ok(match kind {
        HandleType::Dgram | HandleType::DgramNative if is.0 == FdKind::Udp => {
            dgram::from_fd(fd, context)?.ok()
        }
        HandleType::Socket if is_stream && !is.1 => handles::adopt(fd, is, context).ok(),
        HandleType::Server if is_stream && is.1 => handles::adopt(fd, is, context).ok(),
        HandleType::Native if is_stream => handles::adopt(fd, is, context).ok(),
        _ => None,
    })
}

/// Calls a function of the builtin that takes sockets apart and puts them together.
pub(super) fn call(
    function: &'static str,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let module = builtins::load_object("internal/ipc/handles", context)?;
    let function = module.get(JsString::from(function), context)?.to_object(context)?;
    function.call(&JsValue::undefined(), args, context)
}

/// Closes a handle object.
pub(super) fn close(handle: &JsObject, context: &mut Context) -> JsResult<()> {
    if !handles::is_closed_by_program(handle)
        && let Some(native) = handles::native(handle)
    {
        native.close_then(|_| Ok(()), context);
        return Ok(());
    }
    let close = handle.get(js_string!("close"), context)?;
    match close.as_callable() {
        Some(close) => close.call(&handle.clone().into(), &[], context).map(drop),
        None => Ok(()),
    }
}

/// What the peer is told of an object that natives know.
pub(super) fn native_kind(object: &JsObject) -> Option<HandleType> {
    if handles::is_handle(object) {
        return Some(HandleType::Native);
    }
    if dgram::is_handle(object) {
        return Some(HandleType::DgramNative);
    }
    sockets::is_native(object).then_some(HandleType::Socket)
}

const METHODS: &[Method] = &[("datagramHandle", 1, datagram_handle)];

/// The native half of `internal/ipc/handles`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// `datagramHandle(socket)`: the handle of a `dgram.Socket`, null once it is closed.
fn datagram_handle(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    dgram::handle_of_socket(&arg(args, 0), context)
}
