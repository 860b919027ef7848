//! The listeners of a target: adding, removing, looking.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::object::OrdinaryObject, js_string,
};
use boa_gc::{Finalize, Gc, Trace, WeakGc};

use super::{Callback, Kind, Listener, Target, target_of};
use crate::{
    bindings::{abort, events},
    engine::{
        natives::{closure, define_value},
        validate,
    },
};

/// How a listener is called.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // each is an option of `addEventListener`
pub(crate) struct ListenerOptions {
    pub(crate) once: bool,
    pub(crate) capture: bool,
    pub(crate) passive: bool,
    /// It gets what was emitted instead of an event.
    pub(crate) node_style: bool,
    /// It is called even after `stopImmediatePropagation`.
    pub(crate) resists_stop: bool,
}

/// Adds a listener: a function, or an object with `handleEvent`. One that is there stays as it is.
pub(crate) fn add(
    object: &JsObject,
    target: &Gc<Target>,
    name: &JsString,
    listener: JsObject,
    options: ListenerOptions,
    context: &mut Context,
) -> JsResult<()> {
    let known = target.with_kind(name, |listeners| {
        listeners.iter().any(|known| known.is(&listener, options.capture))
    });
    if known == Some(true) {
        return Ok(());
    }
    let callback = if listener.is_callable() {
        Callback::Function(listener)
    } else {
        Callback::Object(listener)
    };
    push(target, name, callback, options);
    added(object, target, name, context)
}

impl Listener {
    fn is(&self, listener: &JsObject, capture: bool) -> bool {
        self.options.capture == capture && self.callback.is(listener)
    }
}

pub(super) fn push(target: &Target, name: &JsString, callback: Callback, options: ListenerOptions) {
    let id = target.next_id.get();
    target.next_id.set(id + 1);
    let listener =
        Gc::new(Listener { callback, options, id, removed: std::cell::Cell::new(false) });
    let mut kinds = target.kinds.borrow_mut();
    match kinds.iter_mut().find(|kind| kind.name == *name) {
        Some(kind) => kind.listeners.push(listener),
        None => kinds.push(Kind { name: name.clone(), listeners: vec![listener] }),
    }
}

/// What follows an addition: the warning about too many, the signal's hold on itself.
pub(super) fn added(
    object: &JsObject,
    target: &Gc<Target>,
    name: &JsString,
    context: &mut Context,
) -> JsResult<()> {
    if target.signal.is_some() && *name == js_string!("abort") {
        abort::listener_added(object, target, context);
    }
    tell_watcher(target, name, context);
    let (count, limit) = (target.count(name), target.max_listeners.get());
    if !(limit > 0.0 && count as f64 > limit) || target.warned.replace(true) {
        return Ok(());
    }
    let shown = validate::inspected(&object.clone().into(), context);
    let message = format!(
        "Possible EventTarget memory leak detected. {count} {} listeners added to {shown}. \
         MaxListeners is {}. Use events.setMaxListeners() to increase limit",
        name.to_std_string_lossy(),
        JsValue::from(limit).display(),
    );
    events::warn_too_many(&message, "target", object, &name.clone().into(), count, context)
}

/// Removes a listener, if it is there.
pub(crate) fn remove(
    target: &Gc<Target>,
    name: &JsString,
    listener: &JsObject,
    capture: bool,
    context: &mut Context,
) -> JsResult<()> {
    let found = target.with_kind(name, |listeners| {
        listeners.iter().find(|known| known.is(listener, capture)).cloned()
    });
    if let Some(Some(found)) = found {
        take(target, name, &found);
        removed(target, name, context);
    }
    Ok(())
}

/// Takes a listener out of its list and marks it, for a dispatch that is under way.
pub(super) fn take(target: &Target, name: &JsString, listener: &Listener) {
    listener.removed.set(true);
    let mut kinds = target.kinds.borrow_mut();
    let Some(at) = kinds.iter().position(|kind| kind.name == *name) else { return };
    kinds[at].listeners.retain(|known| known.id != listener.id);
    if kinds[at].listeners.is_empty() {
        kinds.remove(at);
    }
}

/// What follows a removal.
pub(super) fn removed(target: &Gc<Target>, name: &JsString, context: &mut Context) {
    if target.signal.is_some() && *name == js_string!("abort") {
        abort::listener_removed(target, context);
    }
    tell_watcher(target, name, context);
}

pub(super) fn tell_watcher(target: &Target, name: &JsString, context: &mut Context) {
    if let Some(watcher) = &target.watcher {
        watcher.changed(name, target.count(name), context);
    }
}

/// Removes the listeners of a type, of every type where it is undefined.
pub(super) fn remove_all(
    target: &Gc<Target>,
    kind: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let names: Vec<JsString> = if kind.is_undefined() {
        target.kinds.borrow().iter().map(|kind| kind.name.clone()).collect()
    } else {
        vec![kind.to_string(context)?]
    };
    for name in names {
        target.kinds.borrow_mut().retain(|kind| kind.name != name);
        tell_watcher(target, &name, context);
    }
    Ok(())
}

/// The removal of a listener by its `signal` option: what to take off, and from whom.
#[derive(Trace, Finalize)]
struct Removal {
    target: WeakGc<Target>,
    name: JsString,
    listener: JsObject,
    #[unsafe_ignore_trace]
    capture: bool,
}

/// Takes the listener off once the signal aborts.
pub(super) fn remove_on_abort(
    target: &Gc<Target>,
    signal: &JsObject,
    name: &JsString,
    listener: &JsObject,
    options: ListenerOptions,
    context: &mut Context,
) -> JsResult<()> {
    let (name, listener) = (name.clone(), listener.clone());
    let (capture, abort) = (options.capture, js_string!("abort"));
    let weak = WeakGc::new(target);
    if let Some(own) = target_of(&signal.clone().into()) {
        let callback = Callback::Removal { target: weak, name, listener, capture };
        let options =
            ListenerOptions { once: true, resists_stop: true, ..ListenerOptions::default() };
        push(&own, &abort, callback, options);
        return Ok(());
    }
    // A signal of somebody else's making: anything with `aborted` and `addEventListener`.
    let removal = Removal { target: weak, name, listener, capture };
    let take_off = closure("", 0, removal, run_removal, context);
    let options = JsObject::new(context.root_shape(), None, OrdinaryObject).upcast();
    define_value(&options, js_string!("once"), true, true);
    let add = signal.get(js_string!("addEventListener"), context)?;
    let args = [abort.into(), take_off.into(), options.into()];
    add.to_object(context)?.call(&signal.clone().into(), &args, context).map(drop)
}

fn run_removal(
    _: &JsValue,
    _: &[JsValue],
    removal: &Removal,
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(target) = removal.target.upgrade() {
        remove(&target, &removal.name, &removal.listener, removal.capture, context)?;
    }
    Ok(JsValue::undefined())
}

/// How many listeners a target has for a type; `None` if the value is no target.
pub(crate) fn listener_count(value: &JsValue, name: &JsString) -> Option<usize> {
    target_of(value).map(|target| target.count(name))
}

/// The listeners of a type; `None` if the value is no target.
pub(crate) fn listeners_of(value: &JsValue, name: &JsString) -> Option<Vec<JsValue>> {
    let target = target_of(value)?;
    let listeners = target.with_kind(name, |listeners| {
        listeners.iter().filter_map(|listener| listener.callback.shown()).collect()
    });
    Some(listeners.unwrap_or_default())
}

impl Callback {
    /// What `events.getEventListeners` lists.
    fn shown(&self) -> Option<JsValue> {
        match self {
            Self::Function(object) | Self::Object(object) => Some(object.clone().into()),
            Self::Attribute(attribute) => attribute.function.borrow().clone().map(Into::into),
            Self::Removal { .. } => None,
        }
    }
}
