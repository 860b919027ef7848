//! The class `UDP`: what `dgram` calls of a socket's handle, save for its options.

use std::{
    net::SocketAddr,
    os::fd::{AsFd, AsRawFd, BorrowedFd},
};

use boa_engine::{Context, JsResult, JsString, JsValue, js_string};

use super::{
    handle::{self, descriptor, get},
    options::{self, membership, source_membership},
    request,
};
use crate::{
    bindings::handles,
    engine::{
        callbacks,
        classes::{Accessor, ClassSpec},
        natives::{Method, arg, define_value},
        permission, state,
    },
    sys::{
        address::{self, Family},
        errno::Errno,
        fd,
        multicast::Change,
        udp,
    },
};

pub(super) const UDP: ClassSpec = ClassSpec {
    methods: METHODS,
    accessors: ACCESSORS,
    ..ClassSpec::new("UDP", 0, handle::construct)
};

const ACCESSORS: &[Accessor] = &[("fd", get_fd, None)];

const METHODS: &[Method] = &[
    ("recvStart", 0, receive_start),
    ("recvStop", 0, receive_stop),
    ("open", 1, open),
    ("bind", 3, |this, args, context| bind(this, args, Family::V4, context)),
    ("bind6", 3, |this, args, context| bind(this, args, Family::V6, context)),
    ("connect", 2, |this, args, context| connect(this, args, Family::V4, context)),
    ("connect6", 2, |this, args, context| connect(this, args, Family::V6, context)),
    ("disconnect", 0, disconnect),
    ("send", 6, |this, args, context| request::send(this, args, Family::V4, context)),
    ("send6", 6, |this, args, context| request::send(this, args, Family::V6, context)),
    ("getsockname", 1, get_sock_name),
    ("getpeername", 1, get_peer_name),
    ("addMembership", 2, |this, args, context| membership(this, args, Change::Join, context)),
    ("dropMembership", 2, |this, args, context| membership(this, args, Change::Leave, context)),
    ("addSourceSpecificMembership", 3, |this, args, context| {
        source_membership(this, args, Change::Join, context)
    }),
    ("dropSourceSpecificMembership", 3, |this, args, context| {
        source_membership(this, args, Change::Leave, context)
    }),
    ("setMulticastInterface", 1, options::set_multicast_interface),
    ("setMulticastTTL", 1, options::set_multicast_ttl),
    ("setMulticastLoopback", 1, options::set_multicast_loopback),
    ("setBroadcast", 1, options::set_broadcast),
    ("setTTL", 1, options::set_ttl),
    ("bufferSize", 3, options::buffer_size),
    ("getSendQueueSize", 0, |this, _, _| Ok((get(this)?.queued_bytes() as f64).into())),
    ("getSendQueueCount", 0, |this, _, _| Ok((get(this)?.queue.borrow().len() as f64).into())),
    ("close", 1, close),
    ("hasRef", 0, |this, _, _| Ok(get(this)?.has_ref().into())),
    ("ref", 0, |this, _, context| set_ref(this, true, context)),
    ("unref", 0, |this, _, context| set_ref(this, false, context)),
];

/// libuv's flags of `bind`, as `os.constants` has them.
const IPV6_ONLY: u32 = 1;
const REUSE_ADDRESS: u32 = 4;
const REUSE_PORT: u32 = 8;

/// A result as Node's handles answer: 0, or the negative error number.
pub(super) fn answer(result: Result<(), Errno>) -> JsValue {
    match result {
        Ok(()) => 0.into(),
        Err(errno) => (-errno.0).into(),
    }
}

/// The text of an argument that names a host.
pub(super) fn host(args: &[JsValue], index: usize, context: &mut Context) -> JsResult<String> {
    Ok(arg(args, index).to_string(context)?.to_std_string_lossy())
}

/// The address that the first two arguments name; `None` if it is none of this family.
fn address_of(
    args: &[JsValue],
    family: Family,
    context: &mut Context,
) -> JsResult<Option<SocketAddr>> {
    let port = arg(args, 1).to_u32(context)? as u16;
    Ok(address::parse(&host(args, 0, context)?, port, family))
}

/// `handle.fd`: the number, or that of `EBADF` below zero.
fn get_fd(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let fd = this.as_object().and_then(|object| descriptor(&object));
    Ok(fd.map_or(-libc::EBADF, |fd| fd.as_raw_fd()).into())
}

/// `handle.recvStart()`.
fn receive_start(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = get(this)?;
    let object = this.to_object(context)?;
    let options = udp::BindOptions::default();
    let outcome = handle.ensure_bound(&object, handle.family.get(), options, context);
    if outcome.is_ok() {
        handle.receiving.set(true);
        handle.update_interest(context);
    }
    Ok(answer(outcome.map(drop)))
}

/// `handle.recvStop()`.
fn receive_stop(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = get(this)?;
    handle.receiving.set(false);
    handle.update_interest(context);
    Ok(0.into())
}

/// `handle.open(fd)`: takes over a descriptor of the program's.
fn open(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = get(this)?;
    let number = arg(args, 0).to_i32(context)?;
    let object = this.to_object(context)?;
    if handle.closed.get() || handle.descriptor().is_some() {
        return Ok(answer(Err(Errno(libc::EBUSY))));
    }
    let is_udp = fd::borrow(number).is_ok_and(|fd| udp::family_of(fd).is_some());
    if !is_udp {
        return Ok(answer(Err(Errno(libc::ENOTSOCK))));
    }
    let adopted = handles::own(number, context);
    Ok(answer(adopted.and_then(|fd| handle.adopt(&object, fd, context))))
}

/// `handle.bind(address, port, flags)`.
fn bind(
    this: &JsValue,
    args: &[JsValue],
    family: Family,
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = get(this)?;
    let object = this.to_object(context)?;
    let flags = arg(args, 2).to_u32(context)?;
    let Some(address) = address_of(args, family, context)? else {
        return Ok(answer(Err(Errno(libc::EINVAL))));
    };
    permission::check_net(|| address.to_string(), context)?;
    let options = udp::BindOptions {
        reuse_address: flags & REUSE_ADDRESS != 0,
        reuse_port: flags & REUSE_PORT != 0,
        ipv6_only: flags & IPV6_ONLY != 0,
    };
    if options.ipv6_only && family == Family::V4 {
        return Ok(answer(Err(Errno(libc::EINVAL))));
    }
    let fd = handle.ensure_socket(&object, family, context);
    Ok(answer(fd.and_then(|fd| udp::bind(&*fd, &address, options))))
}

/// `handle.connect(address, port)`.
fn connect(
    this: &JsValue,
    args: &[JsValue],
    family: Family,
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = get(this)?;
    let object = this.to_object(context)?;
    let Some(address) = address_of(args, family, context)? else {
        return Ok(answer(Err(Errno(libc::EINVAL))));
    };
    permission::check_net(|| address.to_string(), context)?;
    if handle.connected.get() {
        return Ok(answer(Err(Errno(libc::EISCONN))));
    }
    let fd = handle.ensure_bound(&object, family, udp::BindOptions::default(), context);
    let outcome = fd.and_then(|fd| udp::connect(&*fd, &address));
    handle.connected.set(outcome.is_ok());
    Ok(answer(outcome))
}

/// `handle.disconnect()`.
fn disconnect(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let handle = get(this)?;
    if !handle.connected.get() {
        return Ok(answer(Err(Errno(libc::ENOTCONN))));
    }
    let outcome = handle.open_descriptor().and_then(|fd| udp::disconnect(&*fd));
    if outcome.is_ok() {
        handle.connected.set(false);
    }
    Ok(answer(outcome))
}

/// `handle.getsockname(out)`: the address becomes properties of `out`.
fn get_sock_name(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    name(this, args, |fd| address::local(fd).map_err(|error| error.errno), context)
}

/// `handle.getpeername(out)`.
fn get_peer_name(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    name(this, args, |fd| address::peer(fd).map_err(|error| error.errno), context)
}

fn name(
    this: &JsValue,
    args: &[JsValue],
    ask: impl FnOnce(BorrowedFd<'_>) -> Result<Option<SocketAddr>, Errno>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = get(this)?;
    let out = arg(args, 0).to_object(context)?;
    let asked = handle.open_descriptor().and_then(|fd| ask(fd.as_fd()));
    match asked {
        Ok(Some(address)) => {
            let text = JsString::from(address::ip_text(&address));
            define_value(&out, js_string!("address"), text, true);
            let family = JsString::from(Family::of(&address).name());
            define_value(&out, js_string!("family"), family, true);
            define_value(&out, js_string!("port"), i32::from(address.port()), true);
            Ok(0.into())
        }
        Ok(None) => Ok(answer(Err(Errno(libc::EINVAL)))),
        Err(errno) => Ok(answer(Err(errno))),
    }
}

/// `handle.close(callback)`: the callback comes in the closing phase.
fn close(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = get(this)?;
    if handle.closed.get() {
        return Ok(JsValue::undefined());
    }
    handle.close(context);
    let (object, callback) = (this.clone(), arg(args, 0).as_callable());
    let Some(callback) = callback else { return Ok(JsValue::undefined()) };
    state::of(context).event_loop.add_closing(Box::new(move |context: &mut Context| {
        callbacks::run(context, |context| callback.call(&object, &[], context).map(drop));
    }));
    Ok(JsValue::undefined())
}

fn set_ref(this: &JsValue, refed: bool, context: &mut Context) -> JsResult<JsValue> {
    let handle = get(this)?;
    handle.refed.set(refed);
    if let Some(source) = handle.source.get() {
        state::of(context).event_loop.set_source_ref(source, refed);
    }
    Ok(JsValue::undefined())
}

/// `useDefaultLookup(handle)`: see [`handle::Handle::plain`].
pub(super) fn use_default_lookup(
    _: &JsValue,
    args: &[JsValue],
    _: &mut Context,
) -> JsResult<JsValue> {
    get(&arg(args, 0))?.plain.set(true);
    Ok(JsValue::undefined())
}

/// `queueFirst(handle)`: see [`handle::Handle::queues_first`].
pub(super) fn queue_first(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    get(&arg(args, 0))?.queues_first.set(true);
    Ok(JsValue::undefined())
}

/// `inheritLookup(handle, other)`: the same for a handle that takes another one's place.
pub(super) fn inherit_lookup(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let plain = get(&arg(args, 1))?.plain.get();
    if let Ok(handle) = get(&arg(args, 0)) {
        handle.plain.set(plain);
    }
    Ok(JsValue::undefined())
}
