//! EventTarget, Event and CustomEvent, natively.
//!
//! What an object is, is kept in its native data: a subclass, an AbortSignal and a Node-style
//! target differ in their prototypes only. Nothing here is made before a program touches it.

mod dispatch;
mod event;
mod handlers;
mod listeners;
mod message_event;
mod module;
mod node_style;
mod target;

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsData, JsObject, JsResult, JsString, JsSymbol, JsValue};
use boa_gc::{Finalize, Gc, GcRefCell, Trace, WeakGc};

use super::abort::Signal;
use crate::engine::{builtins, classes::Class};

pub(crate) use dispatch::{dispatch_new, dispatch_value};
pub(crate) use handlers::define_event_handler;
pub(crate) use listeners::{ListenerOptions, add, listener_count, listeners_of, remove};
pub(crate) use message_event::{message_event, message_event_class};
pub(crate) use module::{define_inspect, exports};
pub(crate) use node_style::{class as node_style_class, exports as node_style_exports};

/// The classes and symbols of a realm.
pub(crate) struct EventTargets {
    pub(crate) event: Class,
    pub(crate) custom_event: Class,
    pub(crate) event_target: Class,
    /// Option of `addEventListener`: the listener runs in spite of `stopImmediatePropagation`.
    pub(crate) resist_stop: JsSymbol,
    /// Option of `addEventListener`: the listener gets what was emitted, not an event.
    node_style: JsSymbol,
    /// Option of the event constructors: the event comes from the runtime.
    trust: JsSymbol,
    /// Method of a target that makes the event for what was emitted.
    pub(crate) create_event: JsSymbol,
}

/// The state in this realm; the classes are made if they were not.
pub(crate) fn of(context: &mut Context) -> JsResult<Rc<EventTargets>> {
    if let Some(state) = context.get_data::<Rc<EventTargets>>() {
        return Ok(state.clone());
    }
    builtins::load("internal/event_target", context)?;
    let state = context.get_data::<Rc<EventTargets>>();
    Ok(state.expect("loading `internal/event_target` inserts its state").clone())
}

/// The native data of an event.
#[derive(Trace, Finalize, JsData)]
pub(crate) struct Event {
    #[unsafe_ignore_trace]
    kind: RefCell<JsString>,
    target: GcRefCell<Option<JsObject>>,
    /// What a `CustomEvent` or a `MessageEvent` carries; other events have none.
    carried: Carried,
    #[unsafe_ignore_trace]
    flags: Flags,
    /// Milliseconds since the process started.
    time_stamp: f64,
}

/// What an event carries beyond what every event has.
#[derive(Trace, Finalize)]
enum Carried {
    Nothing,
    /// The `detail` of a `CustomEvent`.
    Detail(JsValue),
    Message(Box<MessageFields>),
}

/// The fields of a `MessageEvent`.
#[derive(Clone, Trace, Finalize)]
pub(crate) struct MessageFields {
    pub(crate) data: JsValue,
    pub(crate) origin: JsString,
    pub(crate) last_event_id: JsString,
    pub(crate) source: JsValue,
    /// An array that does not change.
    pub(crate) ports: JsObject,
}

#[derive(Default)]
struct Flags {
    bubbles: Cell<bool>,
    cancelable: Cell<bool>,
    composed: bool,
    trusted: bool,
    default_prevented: Cell<bool>,
    propagation_stopped: Cell<bool>,
    immediate_stopped: Cell<bool>,
    dispatching: Cell<bool>,
    in_passive_listener: Cell<bool>,
}

/// The native data of an event target.
#[derive(Trace, Finalize, JsData)]
struct TargetData(Gc<Target>);

/// The listeners of an event target.
#[derive(Trace, Finalize)]
pub(crate) struct Target {
    /// In the order in which the types first got a listener.
    kinds: GcRefCell<Vec<Kind>>,
    /// The `on…` attributes that were set.
    attributes: GcRefCell<Vec<(JsString, Gc<Attribute>)>>,
    #[unsafe_ignore_trace]
    max_listeners: Cell<f64>,
    #[unsafe_ignore_trace]
    warned: Cell<bool>,
    #[unsafe_ignore_trace]
    next_id: Cell<u64>,
    /// What an AbortSignal has besides.
    pub(crate) signal: Option<Gc<Signal>>,
    /// Who is told of changes.
    #[unsafe_ignore_trace]
    watcher: Option<Rc<dyn Watcher>>,
}

/// Who is told when the listeners of a target change: natives that do something only while somebody
/// listens. It holds nothing that the collector would have to see.
pub(crate) trait Watcher: Any {
    /// The type has so many listeners now.
    fn changed(&self, kind: &JsString, count: usize, context: &mut Context);

    /// Itself, for who knows what it is.
    fn any(self: Rc<Self>) -> Rc<dyn Any>;
}

/// The listeners of one type, in the order of their calls.
#[derive(Trace, Finalize)]
struct Kind {
    name: JsString,
    listeners: Vec<Gc<Listener>>,
}

/// One listener.
#[derive(Trace, Finalize)]
struct Listener {
    callback: Callback,
    #[unsafe_ignore_trace]
    options: ListenerOptions,
    /// Ids rise: they say who comes after whom when the list changes during a dispatch.
    #[unsafe_ignore_trace]
    id: u64,
    #[unsafe_ignore_trace]
    removed: Cell<bool>,
}

/// What a listener does.
#[derive(Clone, Trace, Finalize)]
enum Callback {
    /// Calls a function.
    Function(JsObject),
    /// Calls `handleEvent` of an object.
    Object(JsObject),
    /// Calls what an `on…` attribute holds.
    Attribute(Gc<Attribute>),
    /// Takes a listener of another target off, whose `signal` option this target is. The signal
    /// does not keep that target alive.
    Removal { target: WeakGc<Target>, name: JsString, listener: JsObject, capture: bool },
}

/// An `on…` attribute: a listener whose function can be replaced in its place.
#[derive(Trace, Finalize)]
struct Attribute {
    /// The function that is listed as the listener.
    function: GcRefCell<Option<JsObject>>,
    value: GcRefCell<JsValue>,
}

impl Target {
    fn new(
        max_listeners: f64,
        signal: Option<Gc<Signal>>,
        watcher: Option<Rc<dyn Watcher>>,
    ) -> Gc<Self> {
        Gc::new(Self {
            kinds: GcRefCell::default(),
            attributes: GcRefCell::default(),
            max_listeners: Cell::new(max_listeners),
            warned: Cell::new(false),
            next_id: Cell::new(0),
            signal,
            watcher,
        })
    }

    /// How many listeners a type has.
    fn count(&self, name: &JsString) -> usize {
        self.with_kind(name, |listeners| {
            listeners.iter().filter(|listener| listener.callback.is_set()).count()
        })
        .unwrap_or(0)
    }

    fn with_kind<T>(&self, name: &JsString, look: impl FnOnce(&[Gc<Listener>]) -> T) -> Option<T> {
        let kinds = self.kinds.borrow();
        kinds.iter().find(|kind| kind.name == *name).map(|kind| look(&kind.listeners))
    }
}

impl Callback {
    /// False for an attribute that was set back to null.
    fn is_set(&self) -> bool {
        match self {
            Self::Attribute(attribute) => attribute.value.borrow().is_callable(),
            _ => true,
        }
    }

    fn is(&self, object: &JsObject) -> bool {
        match self {
            Self::Function(own) | Self::Object(own) => JsObject::equals(own, object),
            Self::Attribute(attribute) => attribute
                .function
                .borrow()
                .as_ref()
                .is_some_and(|own| JsObject::equals(own, object)),
            Self::Removal { .. } => false,
        }
    }
}

/// The listeners of an object that is an event target.
pub(crate) fn target_of(value: &JsValue) -> Option<Gc<Target>> {
    value.as_object()?.downcast_ref::<TargetData>().map(|data| data.0.clone())
}

/// Makes an object of a class that extends EventTarget; `new_target` as in [`crate::engine::classes`].
pub(crate) fn create(
    new_target: &JsObject,
    class: &Class,
    max_listeners: f64,
    signal: Option<Gc<Signal>>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let data = TargetData(Target::new(max_listeners, signal, None));
    crate::engine::classes::instance(new_target, class, data, context)
}

/// Makes an object of a class that extends EventTarget, whose changes somebody watches.
pub(crate) fn create_watched(
    class: &Class,
    watcher: Rc<dyn Watcher>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let max_listeners = super::events::default_max_listeners(context)?;
    let data = TargetData(Target::new(max_listeners, None, Some(watcher)));
    Ok(crate::engine::classes::object(class, data, context))
}

/// Who watches the target that a value is, if it is of this type.
pub(crate) fn watcher_of<T: Watcher>(value: &JsValue) -> Option<Rc<T>> {
    let object = value.as_object()?;
    let watcher = object.downcast_ref::<TargetData>()?.0.watcher.clone()?;
    watcher.any().downcast().ok()
}

/// Sets the number of listeners from which on a target warns; false if the value is no target.
pub(crate) fn set_max_listeners(value: &JsValue, limit: f64) -> bool {
    let target = target_of(value);
    if let Some(target) = &target {
        target.max_listeners.set(limit);
        target.warned.set(false);
    }
    target.is_some()
}

/// The event for what a target emits that is no message.
pub(crate) fn custom_event(
    name: JsString,
    detail: JsValue,
    context: &mut Context,
) -> JsResult<JsObject> {
    let classes = of(context)?;
    Ok(event::custom(&classes, name, detail, context))
}
