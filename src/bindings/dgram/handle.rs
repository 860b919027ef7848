//! The class `UDP`: a socket in the loop, and the object that programs see behind a `dgram.Socket`.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    net::IpAddr,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    rc::Rc,
};

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
};
use boa_gc::{Finalize, Trace};

use super::{options, request, transmit::Datagram};
use crate::{
    bindings::handles,
    engine::{
        callbacks,
        classes::{self, Accessor, ClassSpec, new_target},
        natives::{Method, arg, define_value},
        permission, state,
    },
    event_loop::{Interest, SourceId},
    sys::{
        address::{self, Family},
        errno::Errno,
        fd, udp,
    },
};

pub(super) const UDP: ClassSpec =
    ClassSpec { methods: METHODS, accessors: ACCESSORS, ..ClassSpec::new("UDP", 0, construct) };

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
    ("addMembership", 2, options::add_membership),
    ("dropMembership", 2, options::drop_membership),
    ("addSourceSpecificMembership", 3, options::add_source_membership),
    ("dropSourceSpecificMembership", 3, options::drop_source_membership),
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

/// A UDP socket, or one to be.
pub(super) struct Handle {
    /// There from the first call that needs it until `close`.
    fd: RefCell<Option<Rc<OwnedFd>>>,
    pub(super) family: Cell<Family>,
    source: Cell<Option<SourceId>>,
    pub(super) receiving: Cell<bool>,
    pub(super) connected: Cell<bool>,
    /// Numeric hosts need no look-up: nobody has replaced it, and no list of blocked addresses
    /// is to be asked.
    pub(super) plain: Cell<bool>,
    /// Datagrams wait for the loop, even where the socket would take them at once: so that a test
    /// finds some in the queue.
    pub(super) queues_first: Cell<bool>,
    refed: Cell<bool>,
    closed: Cell<bool>,
    /// What the socket did not take yet.
    pub(super) queue: RefCell<VecDeque<Datagram>>,
    /// The text of the address that the last datagram came from.
    pub(super) last_from: RefCell<Option<(IpAddr, JsString)>>,
}

/// The native data of a handle's object.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct Udp(Rc<Handle>);

/// The handle that a method is called on.
pub(super) fn get(this: &JsValue) -> JsResult<Rc<Handle>> {
    this.as_object()
        .and_then(|object| of_object(&object))
        .ok_or_else(|| JsNativeError::typ().with_message("Illegal invocation").into())
}

/// The handle of an object; `None` if it is none.
pub(super) fn of_object(object: &JsObject) -> Option<Rc<Handle>> {
    object.downcast_ref::<Udp>().map(|udp| udp.0.clone())
}

/// The descriptor of a handle, for who sends it to another process; `None` if the object is no
/// UDP handle or has no descriptor.
pub(crate) fn descriptor(object: &JsObject) -> Option<Rc<OwnedFd>> {
    of_object(object)?.descriptor()
}

/// Whether an object is a UDP handle.
pub(crate) fn is_handle(object: &JsObject) -> bool {
    object.is::<Udp>()
}

/// A handle of a UDP socket that came from elsewhere.
///
/// # Errors
/// The handle is closed again where the descriptor is no UDP socket or cannot be watched.
pub(crate) fn from_fd(fd: OwnedFd, context: &mut Context) -> JsResult<Result<JsObject, Errno>> {
    let class = super::of(context)?.udp.clone();
    let object = classes::object(&class, new_handle(), context);
    let Some(handle) = of_object(&object) else { return Ok(Err(Errno(libc::EINVAL))) };
    Ok(handle.adopt(&object, fd, context).map(|()| object))
}

fn new_handle() -> Udp {
    Udp(Rc::new(Handle {
        fd: RefCell::default(),
        family: Cell::new(Family::V4),
        source: Cell::new(None),
        receiving: Cell::new(false),
        connected: Cell::new(false),
        plain: Cell::new(false),
        queues_first: Cell::new(false),
        refed: Cell::new(true),
        closed: Cell::new(false),
        queue: RefCell::default(),
        last_from: RefCell::default(),
    }))
}

/// `new UDP()`.
fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "UDP")?;
    let class = super::of(context)?.udp.clone();
    classes::instance(&new_target, &class, new_handle(), context).map(Into::into)
}

impl Handle {
    /// The descriptor, while there is one.
    pub(super) fn descriptor(&self) -> Option<Rc<OwnedFd>> {
        self.fd.borrow().clone()
    }

    /// The descriptor; the error that the system has for none.
    pub(super) fn open_descriptor(&self) -> Result<Rc<OwnedFd>, Errno> {
        self.descriptor().ok_or(Errno(libc::EBADF))
    }

    /// Takes over a socket that came from elsewhere.
    fn adopt(
        self: &Rc<Self>,
        object: &JsObject,
        fd: OwnedFd,
        context: &mut Context,
    ) -> Result<(), Errno> {
        if self.closed.get() || self.fd.borrow().is_some() {
            return Err(Errno(libc::EBUSY));
        }
        let family = udp::family_of(&fd).ok_or(Errno(libc::ENOTSOCK))?;
        fd::set_nonblocking(&fd, true).map_err(|error| error.errno)?;
        self.connected.set(address::peer(&fd).is_ok());
        self.install(object, fd, family, context)
    }

    /// The descriptor, made if there was none: a socket of this family.
    pub(super) fn ensure_socket(
        self: &Rc<Self>,
        object: &JsObject,
        family: Family,
        context: &mut Context,
    ) -> Result<Rc<OwnedFd>, Errno> {
        if let Some(fd) = self.descriptor() {
            return Ok(fd);
        }
        if self.closed.get() {
            return Err(Errno(libc::EBADF));
        }
        self.install(object, udp::create(family)?, family, context)?;
        self.open_descriptor()
    }

    /// As [`Self::ensure_socket`], bound to any port if there was no socket.
    pub(super) fn ensure_bound(
        self: &Rc<Self>,
        object: &JsObject,
        family: Family,
        options: udp::BindOptions,
        context: &mut Context,
    ) -> Result<Rc<OwnedFd>, Errno> {
        if let Some(fd) = self.descriptor() {
            return Ok(fd);
        }
        let fd = self.ensure_socket(object, family, context)?;
        udp::bind(&*fd, &(family.any(), 0).into(), options)?;
        Ok(fd)
    }

    fn install(
        self: &Rc<Self>,
        object: &JsObject,
        fd: OwnedFd,
        family: Family,
        context: &mut Context,
    ) -> Result<(), Errno> {
        let fd = Rc::new(fd);
        let event_loop = state::of(context).event_loop.clone();
        let (handle, object) = (self.clone(), object.clone());
        let callback =
            Rc::new(move |context: &mut Context, readiness: crate::event_loop::Readiness| {
                if readiness.readable {
                    handle.receive_batch(&object, context);
                }
                if readiness.writable {
                    handle.flush(context);
                }
            });
        let source = event_loop
            .add_source(Watched(fd.clone()), Interest::NONE, callback)
            .map_err(|error| Errno::of(&error))?;
        event_loop.set_source_kind(source, "UDPWrap");
        event_loop.set_source_ref(source, self.refed.get());
        self.source.set(Some(source));
        self.family.set(family);
        *self.fd.borrow_mut() = Some(fd);
        Ok(())
    }

    /// Tells the loop what this handle waits for.
    pub(super) fn update_interest(&self, context: &Context) {
        let Some(source) = self.source.get() else { return };
        let interest =
            Interest { readable: self.receiving.get(), writable: !self.queue.borrow().is_empty() };
        state::of(context).event_loop.set_interest(source, interest);
    }

    pub(super) fn queued_bytes(&self) -> usize {
        self.queue.borrow().iter().map(|datagram| datagram.bytes.len()).sum()
    }

    fn has_ref(&self) -> bool {
        self.refed.get() && !self.closed.get()
    }

    /// Lets go of the socket. What was queued is lost; its senders are told.
    fn close(&self, context: &mut Context) {
        self.closed.set(true);
        self.receiving.set(false);
        if let Some(source) = self.source.take() {
            state::of(context).event_loop.remove_source(source);
        }
        self.fd.borrow_mut().take();
        let queue = self.queue.take();
        for datagram in queue {
            datagram.tell(Err(Errno(libc::ECANCELED)), context);
        }
    }
}

/// What the loop owns of a handle.
struct Watched(Rc<OwnedFd>);

impl AsFd for Watched {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

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
    let port = arg(args, 1).to_u32(context)? as u16;
    let flags = arg(args, 2).to_u32(context)?;
    let Some(address) = address::parse(&host(args, 0, context)?, port, family) else {
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
    let port = arg(args, 1).to_u32(context)? as u16;
    let Some(address) = address::parse(&host(args, 0, context)?, port, family) else {
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
    ask: impl FnOnce(BorrowedFd<'_>) -> Result<Option<std::net::SocketAddr>, Errno>,
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

/// `useDefaultLookup(handle)`: see [`Handle::plain`].
pub(super) fn use_default_lookup(
    _: &JsValue,
    args: &[JsValue],
    _: &mut Context,
) -> JsResult<JsValue> {
    get(&arg(args, 0))?.plain.set(true);
    Ok(JsValue::undefined())
}

/// `queueFirst(handle)`: see [`Handle::queues_first`].
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
