//! A UDP socket in the loop, and the object that programs see behind a `dgram.Socket`.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    net::IpAddr,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    rc::Rc,
};

use boa_engine::{Context, JsData, JsNativeError, JsObject, JsResult, JsString, JsValue};
use boa_gc::{Finalize, Trace};

use super::transmit::Datagram;
use crate::{
    engine::{
        classes::{self, new_target},
        state,
    },
    event_loop::{Interest, Readiness, SourceId},
    sys::{
        address::{self, Family},
        errno::Errno,
        fd, udp,
    },
};

/// A UDP socket, or one to be.
pub(super) struct Handle {
    /// There from the first call that needs it until `close`.
    fd: RefCell<Option<Rc<OwnedFd>>>,
    pub(super) family: Cell<Family>,
    pub(super) source: Cell<Option<SourceId>>,
    pub(super) receiving: Cell<bool>,
    pub(super) connected: Cell<bool>,
    /// Numeric hosts need no look-up: nobody has replaced it, and no list of blocked addresses
    /// is to be asked.
    pub(super) plain: Cell<bool>,
    /// Datagrams wait for the loop, even where the socket would take them at once: so that a test
    /// finds some in the queue.
    pub(super) queues_first: Cell<bool>,
    pub(super) refed: Cell<bool>,
    pub(super) closed: Cell<bool>,
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
pub(super) fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
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
    pub(super) fn adopt(
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
        let callback = Rc::new(move |context: &mut Context, readiness: Readiness| {
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

    pub(super) fn has_ref(&self) -> bool {
        self.refed.get() && !self.closed.get()
    }

    /// Lets go of the socket. What was queued is lost; its senders are told.
    pub(super) fn close(&self, context: &mut Context) {
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
