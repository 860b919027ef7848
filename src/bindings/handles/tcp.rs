//! `TCP`: TCP sockets, listening and connected.

use std::{net::SocketAddr, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{Handle, Kind, accept, status_of, stream, writing};
use crate::{
    engine::{
        classes::ClassSpec,
        natives::{Method, arg, define_value},
        permission,
    },
    event_loop::stream::{Done, StreamFd},
    sys::{
        address::{self, Family},
        errno::Errno,
        error::SysError,
        socket::{self, BindOptions},
    },
};

/// Flags of `bind` and `bind6`.
pub(super) const IPV6_ONLY: i32 = 1;
pub(super) const REUSE_PORT: i32 = 2;

pub(super) const TCP: ClassSpec =
    ClassSpec { methods: METHODS, ..ClassSpec::new("TCP", 1, construct) };

const METHODS: &[Method] = &[
    ("open", 1, stream::open),
    ("bind", 3, |this, args, context| bind(this, args, Family::V4, context)),
    ("listen", 1, accept::listen),
    ("connect", 3, |this, args, context| connect(this, args, Family::V4, context)),
    ("bind6", 3, |this, args, context| bind(this, args, Family::V6, context)),
    ("connect6", 3, |this, args, context| connect(this, args, Family::V6, context)),
    ("getsockname", 1, |this, args, context| name(this, args, |fd| address::local(fd), context)),
    ("getpeername", 1, |this, args, context| name(this, args, |fd| address::peer(fd), context)),
    ("setNoDelay", 1, set_no_delay),
    ("setKeepAlive", 2, set_keep_alive),
    ("setTypeOfService", 1, set_type_of_service),
    ("getTypeOfService", 0, type_of_service),
    ("reset", 1, reset),
];

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    stream::construct(this, args, "TCP", &[Kind::TcpSocket, Kind::TcpServer], context)
}

/// Opens a handle that is not open yet on a new socket.
pub(super) fn ensure_open(handle: &Rc<Handle>, family: Family) -> Result<(), Errno> {
    if handle.stream().fd().is_none() {
        handle.open(StreamFd::Owned(socket::tcp(family)?));
    }
    Ok(())
}

fn address_of(
    args: &[JsValue],
    first: usize,
    family: Family,
    context: &mut Context,
) -> JsResult<Option<SocketAddr>> {
    let text = arg(args, first).to_string(context)?.to_std_string_lossy();
    let port = arg(args, first + 1).to_uint16(context)?;
    Ok(address::parse(&text, port, family))
}

/// `bind(address, port, flags)`.
fn bind(
    this: &JsValue,
    args: &[JsValue],
    family: Family,
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let address = address_of(args, 0, family, context)?;
    let flags = arg(args, 2).to_i32(context)?;
    let options =
        BindOptions { ipv6_only: flags & IPV6_ONLY != 0, reuse_port: flags & REUSE_PORT != 0 };
    let Some(address) = address else { return Ok(status_of(Err(Errno::EINVAL)).into()) };
    permission::check_net(|| address.to_string(), context)?;
    let work = || {
        ensure_open(&handle, family)?;
        let fd = handle.stream().opened()?;
        match socket::bind_ip(&*fd, &address, options) {
            Err(Errno::EADDRINUSE) => handle.delayed_error.set(Some(Errno::EADDRINUSE)),
            outcome => outcome?,
        }
        Ok(())
    };
    Ok(status_of(work()).into())
}

/// `connect(request, address, port)`.
fn connect(
    this: &JsValue,
    args: &[JsValue],
    family: Family,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (handle, object) = stream::receiver_object(this)?;
    let request = arg(args, 0).to_object(context)?;
    let address = address_of(args, 1, family, context)?;
    let Some(address) = address else { return Ok(status_of(Err(Errno::EINVAL)).into()) };
    permission::check_net(|| address.to_string(), context)?;
    let told = [object.clone().into(), request.clone().into(), true.into(), true.into()];
    let done = writing::complete_request(request, told.to_vec());
    Ok(status_of(handle.connect(&address, family, done)).into())
}

impl Handle {
    /// Begins to connect to an address; `done` is told in a later phase.
    ///
    /// # Errors
    /// The system's, except for a refusal, which is told later.
    pub(crate) fn connect(
        self: &Rc<Self>,
        address: &SocketAddr,
        family: Family,
        done: Done<Context>,
    ) -> Result<(), Errno> {
        ensure_open(self, family)?;
        let outcome = match self.delayed_error.take() {
            Some(errno) => Err(errno),
            None => match socket::connect_ip(&*self.stream().opened()?, address) {
                // Told later, as libuv does on the systems that know at once.
                Err(Errno::ECONNREFUSED) => Err(Errno::ECONNREFUSED),
                outcome => Ok(outcome.map(drop)?),
            },
        };
        self.stream().wait_connected(outcome, "ConnectWrap", done)
    }
}

/// `getsockname(out)` and `getpeername(out)`: fill in `address`, `family` and `port`.
fn name(
    this: &JsValue,
    args: &[JsValue],
    ask: fn(&StreamFd) -> Result<Option<SocketAddr>, SysError>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let out = arg(args, 0).to_object(context)?;
    let outcome = handle
        .stream()
        .opened()
        .and_then(|fd| ask(&fd).map_err(|error| error.errno)?.ok_or(Errno::EINVAL));
    if let Ok(address) = &outcome {
        let family = JsString::from(Family::of(address).name());
        let text = JsString::from(address::ip_text(address));
        put(&out, js_string!("address"), text.into(), context)?;
        put(&out, js_string!("family"), family.into(), context)?;
        put(&out, js_string!("port"), address.port().into(), context)?;
    }
    Ok(status_of(outcome.map(drop)).into())
}

fn put(out: &JsObject, key: JsString, value: JsValue, context: &mut Context) -> JsResult<()> {
    if out.is_ordinary() {
        define_value(out, key, value, true);
        return Ok(());
    }
    out.set(key, value, false, context).map(drop)
}

fn with_fd(this: &JsValue, work: impl FnOnce(&StreamFd) -> Result<(), Errno>) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    Ok(status_of(handle.stream().opened().and_then(|fd| work(&fd))).into())
}

fn set_no_delay(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let on = arg(args, 0).to_boolean();
    with_fd(this, |fd| socket::set_no_delay(fd, on))
}

/// `setKeepAlive(on, seconds)`.
fn set_keep_alive(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let on = arg(args, 0).to_boolean();
    let delay = arg(args, 1).to_u32(context)?;
    with_fd(this, |fd| socket::set_keep_alive(fd, on, delay))
}

fn set_type_of_service(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = arg(args, 0).to_i32(context)?;
    with_fd(this, |fd| socket::set_type_of_service(fd, value))
}

/// `getTypeOfService()`: the value, or a status.
fn type_of_service(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let value = handle.stream().opened().and_then(|fd| socket::type_of_service(&*fd));
    Ok(value.unwrap_or_else(super::status).into())
}

/// `reset(callback)`: closes the handle; the peer is told so by a reset.
fn reset(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (handle, object) = stream::receiver_object(this)?;
    let outcome = handle.stream().opened().and_then(|fd| socket::reset_on_close(&*fd));
    if outcome.is_ok() {
        handle.close(object, arg(args, 0), context);
    }
    Ok(status_of(outcome).into())
}
