//! The methods of handles that set and ask options of the socket.

use std::{net::SocketAddr, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    handle::{Handle, get},
    methods::{answer, host},
};
use crate::{
    engine::natives::{arg, define_value},
    sys::{
        address::{self, Family},
        errno::Errno,
        fd,
        multicast::{self, Change},
        udp::{self, Buffer},
    },
};

const INVALID: Errno = Errno(libc::EINVAL);

/// `handle.addMembership(group, interface)` and `dropMembership`.
pub(super) fn membership(
    this: &JsValue,
    args: &[JsValue],
    change: Change,
    context: &mut Context,
) -> JsResult<JsValue> {
    let member = Member::decode(this, &arg(args, 0), &arg(args, 1), context)?;
    Ok(answer(member.and_then(|member| {
        let fd = member.socket(context)?;
        let interface = member.interface.as_ref();
        multicast::change_membership(&*fd, &member.group, interface, change)
    })))
}

/// `handle.addSourceSpecificMembership(source, group, interface)` and `dropSourceSpecificMembership`.
pub(super) fn source_membership(
    this: &JsValue,
    args: &[JsValue],
    change: Change,
    context: &mut Context,
) -> JsResult<JsValue> {
    let source = address::parse_any(&host(args, 0, context)?, 0).ok_or(INVALID);
    let member = Member::decode(this, &arg(args, 1), &arg(args, 2), context)?;
    Ok(answer(source.and_then(|source| {
        let member = member?;
        let fd = member.socket(context)?;
        let interface = member.interface.as_ref();
        multicast::change_source_membership(&*fd, &source, &member.group, interface, change)
    })))
}

/// Who joins or leaves which group.
struct Member {
    handle: Rc<Handle>,
    object: JsObject,
    group: SocketAddr,
    interface: Option<SocketAddr>,
}

impl Member {
    fn decode(
        this: &JsValue,
        group: &JsValue,
        interface: &JsValue,
        context: &mut Context,
    ) -> JsResult<Result<Self, Errno>> {
        let handle = get(this)?;
        let object = this.to_object(context)?;
        let group: JsString = group.to_string(context)?;
        let Some(group) = address::parse_any(&group.to_std_string_lossy(), 0) else {
            return Ok(Err(INVALID));
        };
        if interface.is_null_or_undefined() {
            return Ok(Ok(Self { handle, object, group, interface: None }));
        }
        let interface: JsString = interface.to_string(context)?;
        let interface = address::parse(&interface.to_std_string_lossy(), 0, Family::of(&group));
        Ok(interface
            .map(|interface| Self { handle, object, group, interface: Some(interface) })
            .ok_or(INVALID))
    }

    /// The socket, which is bound if it was not: as libuv.
    fn socket(&self, context: &mut Context) -> Result<Rc<std::os::fd::OwnedFd>, Errno> {
        let options = udp::BindOptions { reuse_address: true, ..udp::BindOptions::default() };
        self.handle.ensure_bound(&self.object, Family::of(&self.group), options, context)
    }
}

/// `handle.setMulticastInterface(interface)`.
pub(super) fn set_multicast_interface(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = get(this)?;
    let interface = address::parse_any(&host(args, 0, context)?, 0).ok_or(INVALID);
    Ok(answer(
        interface.and_then(|interface| {
            multicast::set_interface(&*handle.open_descriptor()?, &interface)
        }),
    ))
}

/// `handle.setMulticastTTL(hops)`.
pub(super) fn set_multicast_ttl(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = get(this)?;
    let hops = u8::try_from(arg(args, 0).to_i32(context)?).map_err(|_| INVALID);
    Ok(answer(hops.and_then(|hops| {
        multicast::set_ttl(&*handle.open_descriptor()?, handle.family.get(), hops)
    })))
}

/// `handle.setMulticastLoopback(on)`.
pub(super) fn set_multicast_loopback(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = get(this)?;
    let on = arg(args, 0).to_i32(context)? != 0;
    let fd = handle.open_descriptor();
    Ok(answer(fd.and_then(|fd| multicast::set_loopback(&*fd, handle.family.get(), on))))
}

/// `handle.setBroadcast(on)`.
pub(super) fn set_broadcast(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = get(this)?;
    let on = arg(args, 0).to_i32(context)? != 0;
    Ok(answer(handle.open_descriptor().and_then(|fd| udp::set_broadcast(&*fd, on))))
}

/// `handle.setTTL(hops)`.
pub(super) fn set_ttl(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = get(this)?;
    let hops = arg(args, 0).to_i32(context)?;
    let hops = u8::try_from(hops).ok().filter(|&hops| hops > 0).ok_or(INVALID);
    Ok(answer(
        hops.and_then(|hops| udp::set_ttl(&*handle.open_descriptor()?, handle.family.get(), hops)),
    ))
}

/// `handle.bufferSize(size, isReceive, failure)`: asks where the size is 0, else sets. Answers the
/// size; of a failure `undefined`, and what it was as properties of `failure`.
pub(super) fn buffer_size(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = get(this)?;
    let (buffer, syscall) = if arg(args, 1).to_boolean() {
        (Buffer::Receive, "uv_recv_buffer_size")
    } else {
        (Buffer::Send, "uv_send_buffer_size")
    };
    // A size that is no 32-bit integer is refused before the socket is asked.
    let size = arg(args, 0).as_number().filter(|&size| size == f64::from(size as i32));
    let outcome = size.ok_or(INVALID).and_then(|size| {
        let fd = handle.open_descriptor()?;
        match size as i32 {
            0 => udp::buffer_size(&*fd, buffer).map(|size| size as f64),
            _ => udp::set_buffer_size(&*fd, buffer, size as i32 as usize).map(|()| size),
        }
    });
    match outcome {
        Ok(size) => Ok(size.into()),
        Err(errno) => {
            let failure = arg(args, 2).to_object(context)?;
            describe(&failure, errno, syscall);
            Ok(JsValue::undefined())
        }
    }
}

fn describe(failure: &JsObject, errno: Errno, syscall: &'static str) {
    let text = |text: &str| JsString::from(text);
    define_value(failure, js_string!("errno"), -errno.0, true);
    define_value(failure, js_string!("code"), text(errno.name().unwrap_or("UNKNOWN")), true);
    let message = errno.message().unwrap_or("unknown error");
    define_value(failure, js_string!("message"), text(message), true);
    define_value(failure, js_string!("syscall"), text(syscall), true);
}

/// `kindOf(fd)`: what a descriptor is, in Node's words.
pub(super) fn kind_of(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let number = arg(args, 0).to_i32(context)?;
    let kind = fd::borrow(number).map_or(fd::FdKind::Unknown, fd::kind);
    Ok(JsString::from(kind.name()).into())
}

/// `ipVersion(host)`: 4 or 6 for a numeric address, 0 for anything else.
pub(super) fn ip_version(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let Some(host) = arg(args, 0).as_string() else { return Ok(0.into()) };
    let address = address::parse_any(&host.to_std_string_lossy(), 0);
    Ok(address.map_or(0, |address| if address.is_ipv4() { 4 } else { 6 }).into())
}
