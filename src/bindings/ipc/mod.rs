//! The IPC channel in JavaScript: `send`, `disconnect`, `connected`, `channel`, and the events of
//! messages.
//!
//! An [`Endpoint`] ties one end of the protocol (`crate::ipc`) to a descriptor, the loop, and the
//! object that programs see: a `ChildProcess` in the parent, `process` in the child.

mod arrival;
mod control;
mod departure;
mod handle;
mod link;
mod own_end;
mod receive;
mod send;
mod write;

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashSet,
    os::fd::OwnedFd,
    rc::{Rc, Weak},
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};

pub(crate) use handle::exports as handle_exports;
pub(crate) use own_end::{Counting, OwnEnd, start};
pub(crate) use write::flush_all;

use self::{
    departure::{Detached, Given},
    handle::Handle,
};
use crate::{
    bindings::{events, trace::ChannelTrace},
    engine::{
        limits,
        natives::{closure, define_value},
        state,
    },
    event_loop::{Interest, SourceId},
    ipc::{channel::Channel, codec::Serialization, sockets::SocketLists},
    sys::{error::SysError, fd},
};

/// What a send is known by.
#[derive(Clone, Default)]
struct Token {
    /// Is told what became of it.
    callback: Option<JsObject>,
    /// Its loss is told to nobody.
    is_silent: bool,
    /// A socket was taken from the program for it.
    is_detached: bool,
}

/// The protocol, with what travels and waits here.
type Protocol = Channel<Handle, Given, Token>;

/// Called once, when the channel is closed at our end.
type OnClosed = Box<dyn FnOnce(&mut Context)>;

/// How far an end is from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// `disconnect` was called or the peer hung up; what is queued is still written.
    Disconnecting,
    Closed,
}

/// One end of a channel.
pub(crate) struct Endpoint {
    /// The object whose events these are; let go of when the channel closes.
    target: RefCell<Option<JsObject>>,
    /// Closed with the channel: what JavaScript still holds of this end keeps no descriptor.
    fd: RefCell<Option<Rc<OwnedFd>>>,
    serialization: Serialization,
    protocol: RefCell<Protocol>,
    source: Cell<Option<SourceId>>,
    phase: Cell<Phase>,
    /// The program called `channel.ref()` or `unref()`: what listeners do counts no more.
    explicit_ref: Cell<Option<bool>>,
    /// Listeners that keep the channel referenced.
    references: Cell<u32>,
    /// A flush is to come in this turn: small messages may wait for it.
    is_flush_scheduled: Cell<bool>,
    /// The turn of the loop in which the last message was sent: those that follow in it wait for its
    /// end.
    last_send: Cell<Option<u64>>,
    /// So many bytes the operating system did not take when it was last asked.
    unwritten: Cell<usize>,
    /// `disconnect` was called; handles on their way come first.
    is_disconnect_due: Cell<bool>,
    /// The socket that the peer has yet to acknowledge.
    detached: RefCell<Option<Detached>>,
    /// Which connections of a server live at which end; who asks for them is called back.
    sockets: RefCell<SocketLists<JsObject>>,
    /// The servers that know that connections of theirs live at the other end.
    listed: RefCell<HashSet<String>>,
    /// What JavaScript of ours holds of this end.
    link: RefCell<Option<JsObject>>,
    /// Messages that came before anybody listened, and what came with them.
    kept: RefCell<Vec<[JsValue; 2]>>,
    on_closed: RefCell<Option<OnClosed>>,
    scratch: RefCell<Vec<u8>>,
    /// Who is told of every message.
    trace: OnceCell<ChannelTrace>,
    /// The operating system was asked for more room on the way to the peer.
    is_widened: Cell<bool>,
    /// That what the peer did not read is lost was said.
    has_warned_of_loss: Cell<bool>,
}

/// Every end of this realm's channels, for the flush at the end of the program.
#[derive(Default)]
struct Endpoints(RefCell<Vec<Weak<Endpoint>>>);

/// What closures of JavaScript hold of an end.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct EndpointRef(Rc<Endpoint>);

/// Whether an end keeps the loop alive before anybody says anything about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// The parent's end: yes.
    Referenced,
    /// The child's end: only while somebody listens.
    Counted,
}

/// The parent's end of a child's channel.
///
/// # Errors
/// The system's, where the descriptor cannot be watched.
pub(crate) fn attach_child(
    child: &JsObject,
    fd: OwnedFd,
    serialization: Serialization,
    context: &mut Context,
) -> Result<Rc<Endpoint>, SysError> {
    let endpoint = attach(child, fd, serialization, Liveness::Referenced, context)?;
    // Adding a listener to an emitter that has no other cannot fail.
    let listening = own_end::watch_listeners(child, &endpoint, Counting::No, context);
    debug_assert!(listening.is_ok(), "a new emitter takes listeners");
    Ok(endpoint)
}

/// Makes an end of a channel and gives `target` its properties.
///
/// # Errors
/// The system's, where the descriptor cannot be watched.
pub(crate) fn attach(
    target: &JsObject,
    fd: OwnedFd,
    serialization: Serialization,
    liveness: Liveness,
    context: &mut Context,
) -> Result<Rc<Endpoint>, SysError> {
    fd::set_nonblocking(&fd, true)?;
    let fd = Rc::new(fd);
    let endpoint = Rc::new(Endpoint {
        target: RefCell::new(Some(target.clone())),
        fd: RefCell::new(Some(fd.clone())),
        serialization,
        protocol: RefCell::new(Channel::new(serialization, message_limit(context))),
        source: Cell::new(None),
        phase: Cell::new(Phase::Open),
        explicit_ref: Cell::new((liveness == Liveness::Referenced).then_some(true)),
        references: Cell::new(0),
        is_flush_scheduled: Cell::new(false),
        last_send: Cell::new(None),
        unwritten: Cell::new(0),
        is_disconnect_due: Cell::new(false),
        detached: RefCell::default(),
        sockets: RefCell::default(),
        listed: RefCell::default(),
        link: RefCell::default(),
        kept: RefCell::default(),
        on_closed: RefCell::default(),
        has_warned_of_loss: Cell::new(false),
        scratch: RefCell::default(),
        trace: OnceCell::new(),
        is_widened: Cell::new(false),
    });
    watch(&endpoint, fd, context)?;
    define_properties(target, &endpoint, context);
    register(&endpoint, context);
    Ok(endpoint)
}

/// The longest message accepted, in bytes: `RJS_IPC_MESSAGE_LIMIT` in the environment.
fn message_limit(context: &Context) -> usize {
    if let Some(limit) = limits::message_size(context) {
        return limit;
    }
    let process = crate::bindings::process::state(context);
    let given = process.launch.env.iter().rev().find(|(name, _)| name == "RJS_IPC_MESSAGE_LIMIT");
    given.and_then(|(_, value)| value.parse().ok()).unwrap_or(Protocol::DEFAULT_LIMIT)
}

fn watch(endpoint: &Rc<Endpoint>, fd: Rc<OwnedFd>, context: &mut Context) -> Result<(), SysError> {
    let event_loop = state::of(context).event_loop.clone();
    let weak = Rc::downgrade(endpoint);
    let callback =
        Rc::new(move |context: &mut Context, readiness: crate::event_loop::Readiness| {
            let Some(endpoint) = weak.upgrade() else { return };
            if readiness.writable {
                endpoint.flush(context);
            }
            if readiness.readable {
                endpoint.readable(context);
            }
        });
    // The loop keeps the end alive as long as it watches it.
    let watched = Watched { fd, _endpoint: endpoint.clone() };
    let id = event_loop
        .add_source(watched, Interest::READABLE, callback)
        .map_err(|error| SysError::new(crate::sys::errno::Errno::of(&error), "uv_read_start"))?;
    event_loop.set_source_kind(id, "PipeWrap");
    endpoint.source.set(Some(id));
    endpoint.update_watch(context);
    Ok(())
}

/// What the loop owns of an end.
struct Watched {
    fd: Rc<OwnedFd>,
    _endpoint: Rc<Endpoint>,
}

impl std::os::fd::AsFd for Watched {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

fn define_properties(target: &JsObject, endpoint: &Rc<Endpoint>, context: &mut Context) {
    let control = control::create(endpoint, context);
    define_value(target, js_string!("channel"), control, true);
    define_value(target, js_string!("connected"), true, true);
    let captured = || EndpointRef(endpoint.clone());
    let send = closure("send", 4, captured(), send::send, context);
    define_value(target, js_string!("send"), send, true);
    let send = closure("_send", 4, captured(), send::send_connected, context);
    define_value(target, js_string!("_send"), send, true);
    let disconnect = closure("disconnect", 0, captured(), disconnect, context);
    define_value(target, js_string!("disconnect"), disconnect, true);
    let disconnect = closure("_disconnect", 0, captured(), disconnect_now, context);
    define_value(target, js_string!("_disconnect"), disconnect, true);
}

/// Closes the channels of a program that is gone.
pub(crate) fn abandon(context: &Context) {
    let Some(endpoints) = context.get_data::<Rc<Endpoints>>() else { return };
    for endpoint in std::mem::take(&mut *endpoints.0.borrow_mut()).iter().filter_map(Weak::upgrade)
    {
        endpoint.abandon();
    }
}

fn register(endpoint: &Rc<Endpoint>, context: &mut Context) {
    let endpoints = match context.get_data::<Rc<Endpoints>>() {
        Some(endpoints) => endpoints.clone(),
        None => {
            let endpoints = Rc::new(Endpoints::default());
            context.insert_data(endpoints.clone());
            endpoints
        }
    };
    let mut list = endpoints.0.borrow_mut();
    list.retain(|known| known.strong_count() > 0);
    list.push(Rc::downgrade(endpoint));
}

/// `target.disconnect()`.
fn disconnect(
    this: &JsValue,
    _: &[JsValue],
    endpoint: &EndpointRef,
    context: &mut Context,
) -> JsResult<JsValue> {
    let target = this.to_object(context)?;
    if !target.get(js_string!("connected"), context)?.to_boolean() {
        let error = crate::engine::errors::coded_object(
            context,
            crate::engine::errors::Code::ERR_IPC_DISCONNECTED,
            "IPC channel is already disconnected",
        );
        events::emit(&target, js_string!("error"), &[error.into()], context)?;
        return Ok(JsValue::undefined());
    }
    target.set(js_string!("connected"), false, true, context)?;
    if endpoint.0.protocol.borrow().is_busy() {
        endpoint.0.is_disconnect_due.set(true);
        return Ok(JsValue::undefined());
    }
    let internal = target.get(js_string!("_disconnect"), context)?;
    match internal.as_callable() {
        Some(internal) => internal.call(&target.into(), &[], context),
        None => disconnect_now(this, &[], endpoint, context),
    }
}

/// `target._disconnect()`.
fn disconnect_now(
    _: &JsValue,
    _: &[JsValue],
    endpoint: &EndpointRef,
    context: &mut Context,
) -> JsResult<JsValue> {
    endpoint.0.disconnect(context);
    Ok(JsValue::undefined())
}

impl Endpoint {
    /// Tells of every message from now on.
    pub(crate) fn trace_with(&self, trace: ChannelTrace) {
        // An end has one trace.
        let _ = self.trace.set(trace);
    }

    /// Calls `action` once, when the channel is closed.
    pub(crate) fn when_closed(&self, action: impl FnOnce(&mut Context) + 'static) {
        *self.on_closed.borrow_mut() = Some(Box::new(action));
    }

    /// Begins the end: no message comes any more, what is queued is still written, the event
    /// comes in the next tick.
    fn disconnect(self: &Rc<Self>, context: &mut Context) {
        if self.phase.get() != Phase::Open {
            return;
        }
        self.phase.set(Phase::Disconnecting);
        let Some(target) = self.target.borrow().clone() else { return };
        define_value(&target, js_string!("channel"), JsValue::null(), true);
        define_value(&target, js_string!("connected"), false, true);
        self.flush(context);
        let endpoint = self.clone();
        state::of(context).ticks.push_native(move |context| {
            endpoint.close_if_drained(context);
            endpoint.schedule_abandoning(context);
            events::emit(&target, js_string!("disconnect"), &[], context).map(drop)
        });
    }

    /// Closes our end if nothing waits to be written; otherwise the last write does.
    fn close_if_drained(self: &Rc<Self>, context: &mut Context) {
        if self.phase.get() == Phase::Disconnecting && self.protocol.borrow().is_drained() {
            self.close(context);
        } else {
            self.update_watch(context);
        }
    }

    /// Closes our end at once. What was queued is lost, and its senders are told.
    fn close(self: &Rc<Self>, context: &mut Context) {
        if self.phase.replace(Phase::Closed) == Phase::Closed {
            return;
        }
        self.protocol.borrow_mut().abort();
        self.settle(context);
        self.let_go(context);
        self.link.borrow_mut().take();
        if let Some(id) = self.source.take() {
            state::of(context).event_loop.remove_source(id);
        }
        self.fd.borrow_mut().take();
        self.target.borrow_mut().take();
        if let Some(action) = self.on_closed.borrow_mut().take() {
            action(context);
        }
    }

    /// Lets go of everything, untold: the end's objects hold it, and it holds them.
    fn abandon(&self) {
        self.phase.set(Phase::Closed);
        drop((self.fd.take(), self.target.take(), self.link.take(), self.detached.take()));
        drop((self.on_closed.take(), self.kept.take(), self.sockets.take()));
        let empty = Channel::new(self.serialization, 0);
        drop(self.protocol.replace(empty));
    }

    /// The object whose events these are, while the channel is not closed.
    fn target(&self) -> Option<JsObject> {
        self.target.borrow().clone()
    }

    /// The descriptor, while the channel is not closed.
    fn descriptor(&self) -> Option<Rc<OwnedFd>> {
        self.fd.borrow().clone()
    }

    /// Tells the loop what this end waits for, and whether that keeps the program alive.
    fn update_watch(&self, context: &Context) {
        let Some(id) = self.source.get() else { return };
        let event_loop = state::of(context).event_loop.clone();
        let has_unwritten = self.protocol.borrow().pending() > 0;
        let readable = self.phase.get() == Phase::Open;
        event_loop.set_interest(id, Interest { readable, writable: has_unwritten });
        let is_wanted = self.explicit_ref.get().unwrap_or(self.references.get() > 0);
        event_loop.set_source_ref(id, is_wanted || has_unwritten);
    }
}
