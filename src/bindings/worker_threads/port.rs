//! Ports as objects of a realm: which there are, and what keeps the loop alive.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    broadcast::Member,
    classes, delivery, descriptors,
    queue::{Doorbell, Home, Inbox, PortEnd},
    relations::Relations,
};
use crate::{
    bindings::event_target::{Watcher, create_watched, watcher_of},
    engine::{
        async_ids::{self, AsyncId},
        callbacks,
        classes::Class,
        state,
    },
    event_loop::Request,
};

/// What a port is an end of.
pub(super) enum End {
    /// A channel between two.
    Pair(PortEnd),
    /// A `BroadcastChannel` of a name.
    Group(Member),
}

/// The native side of a `MessagePort` or `BroadcastChannel`.
pub(crate) struct Port {
    id: u64,
    /// What a `BroadcastChannel` is called.
    pub(super) name: Option<JsString>,
    pub(super) inbox: Arc<Inbox>,
    /// `None` once it is closed or handed over.
    pub(super) end: RefCell<Option<End>>,
    pub(super) is_receiving: Cell<bool>,
    /// Messages are being delivered; who closes it meanwhile does so behind them.
    pub(super) is_delivering: Cell<bool>,
    pub(super) is_closing: Cell<bool>,
    /// Somebody listens for messages.
    has_listeners: Cell<bool>,
    /// What keeps the loop alive.
    request: RefCell<Option<Request>>,
    /// The ports of the message that is being delivered.
    pub(super) current_ports: RefCell<Vec<JsValue>>,
    /// What `async_hooks` knows it as, if somebody watches.
    operation: Cell<Option<AsyncId>>,
}

/// A port that is open, and its object.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) port: Rc<Port>,
    pub(super) object: JsObject,
    /// The emitter that emits its messages, where the port itself is nobody's.
    pub(super) emitter: Option<JsObject>,
}

/// The open ports of a realm. As in Node none is collected before it is closed.
pub(super) struct Ports {
    doorbell: Arc<Doorbell>,
    last: Cell<u64>,
    open: RefCell<HashMap<u64, Open>>,
}

pub(super) fn ports(context: &mut Context) -> Rc<Ports> {
    if let Some(ports) = context.get_data::<Rc<Ports>>() {
        return ports.clone();
    }
    let remote = state::of(context).event_loop.remote();
    let ports = Rc::new(Ports {
        doorbell: Doorbell::new(remote, delivery::arrived),
        last: Cell::new(0),
        open: RefCell::default(),
    });
    context.insert_data(ports.clone());
    ports
}

impl Ports {
    pub(super) fn get(&self, id: u64) -> Option<Open> {
        self.open.borrow().get(&id).cloned()
    }
}

/// Makes the object of an end of a channel.
pub(crate) fn create(end: PortEnd, context: &mut Context) -> JsResult<JsObject> {
    let class = classes::of(context)?.port.clone();
    let inbox = end.inbox.clone();
    settle(End::Pair(end), inbox, None, &class, context).map(|open| open.object)
}

/// Gives an end a home in this realm.
pub(super) fn settle(
    end: End,
    inbox: Arc<Inbox>,
    name: Option<JsString>,
    class: &Class,
    context: &mut Context,
) -> JsResult<Open> {
    let ports = ports(context);
    let id = ports.last.get() + 1;
    ports.last.set(id);
    let port = Rc::new(Port {
        id,
        name,
        inbox: inbox.clone(),
        end: RefCell::new(Some(end)),
        is_receiving: Cell::new(false),
        is_delivering: Cell::new(false),
        is_closing: Cell::new(false),
        has_listeners: Cell::new(false),
        request: RefCell::default(),
        current_ports: RefCell::default(),
        operation: Cell::new(None),
    });
    let object = create_watched(class, port.clone(), context)?;
    let ids = &state::of(context).async_ids;
    if ids.is_watched() {
        let operation = ids.create();
        port.operation.set(Some(operation));
        async_ids::init(operation, "MESSAGEPORT", &object, context)?;
    }
    let open = Open { port, object, emitter: None };
    ports.open.borrow_mut().insert(id, open.clone());
    inbox.move_in(Home { doorbell: ports.doorbell.clone(), port: id });
    Ok(open)
}

/// Has an emitter emit what comes to a port, at once and from now on.
pub(super) fn relay(object: &JsObject, emitter: JsObject, context: &mut Context) {
    let Some(port) = port_of(&object.clone().into()) else { return };
    if let Some(open) = ports(context).open.borrow_mut().get_mut(&port.id) {
        open.emitter = Some(emitter);
    }
    port.start();
}

/// The port that a value is, a `BroadcastChannel` included.
pub(super) fn port_of(value: &JsValue) -> Option<Rc<Port>> {
    watcher_of::<Port>(value)
}

/// Whether a value is a `MessagePort`, open or not.
pub(crate) fn is_port(value: &JsValue) -> bool {
    port_of(value).is_some_and(|port| port.name.is_none())
}

/// Whether a port was closed or handed over.
pub(super) fn is_gone(object: &JsObject) -> bool {
    port_of(&object.clone().into()).is_none_or(|port| port.end.borrow().is_none())
}

/// Takes the end from a port's object, to be handed over; for the object that is its close.
pub(super) fn take(object: &JsObject, context: &mut Context) -> Option<PortEnd> {
    let port = port_of(&object.clone().into())?;
    let Some(End::Pair(end)) = port.end.take() else { return None };
    end.leave_home();
    port.finish(None, context);
    Some(end)
}

impl Port {
    /// The port with its object, while it is open.
    pub(super) fn open(&self, context: &mut Context) -> Option<Open> {
        ports(context).get(self.id)
    }

    /// Starts receiving.
    pub(super) fn start(&self) {
        if !self.is_receiving.replace(true) {
            self.inbox.tell_again();
        }
    }

    pub(super) fn set_ref(&self, refed: bool, context: &mut Context) {
        if !refed || self.end.borrow().is_none() {
            self.request.replace(None);
        } else if self.request.borrow().is_none() {
            let request = state::of(context).event_loop.begin_request("MessagePort");
            self.request.replace(Some(request));
        }
    }

    pub(super) fn has_ref(&self) -> bool {
        self.request.borrow().is_some()
    }

    /// Closes it.
    pub(super) fn close(&self, context: &mut Context) {
        if self.is_delivering.get() && self.name.is_none() {
            self.is_closing.set(true);
            return;
        }
        let Some(end) = self.end.take() else { return };
        // The other end of a channel is told with this one's `close`; members of a name are not.
        let end = Some(end).filter(|end| matches!(end, End::Pair(_)));
        self.finish(end, context);
    }

    /// Takes it out of the realm's ports; `close` is emitted in the loop's closing phase.
    fn finish(&self, end: Option<End>, context: &mut Context) {
        self.is_receiving.set(false);
        let open = ports(context).open.borrow_mut().remove(&self.id);
        let Some(open) = open else { return };
        let operation = self.operation.take();
        let task = Box::new(move |context: &mut Context| {
            open.port.request.replace(None);
            drop(end);
            delivery::emit_close(&open, context);
            if let Some(operation) = operation {
                callbacks::enter(context, |context| async_ids::destroy(operation, context));
            }
        });
        state::of(context).event_loop.add_closing(task);
    }
}

/// The ports that keep the loop alive, the oldest first.
pub(crate) fn active_ports(context: &Context) -> Vec<JsValue> {
    let Some(ports) = context.get_data::<Rc<Ports>>() else { return Vec::new() };
    let open = ports.open.borrow();
    let mut active: Vec<&Open> = open.values().filter(|open| open.port.has_ref()).collect();
    active.sort_by_key(|open| open.port.id);
    active.into_iter().map(|open| open.object.clone().into()).collect()
}

/// Closes every port of a realm that ends, without telling its program, and what else it has open.
pub(crate) fn close_all(context: &mut Context) {
    if let Some(relations) = context.get_data::<Arc<Relations>>().cloned() {
        relations.leave(context);
    }
    descriptors::close_all(context);
    let Some(ports) = context.get_data::<Rc<Ports>>().cloned() else { return };
    let open = ports.open.take();
    for open in open.into_values() {
        open.port.request.replace(None);
        drop(open.port.end.take());
    }
}

impl Watcher for Port {
    /// Whoever listens for messages starts the port and keeps the loop alive.
    fn changed(&self, kind: &JsString, count: usize, context: &mut Context) {
        if self.name.is_some() || *kind != js_string!("message") {
            return;
        }
        let listens = count > 0;
        if self.has_listeners.replace(listens) != listens {
            self.set_ref(listens, context);
            if listens {
                self.start();
            } else {
                // What comes now waits for the next listener.
                self.is_receiving.set(false);
            }
        }
    }

    fn any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}
