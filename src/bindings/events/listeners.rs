//! Adding listeners: `on`, `once`, `prependListener`, `prependOnceListener`.

use std::cell::Cell;

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray,
    property::PropertyKey,
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

use super::{
    Registered, empty_events, events_of, inspection::count_of, key_of, limits, overridden,
    receiver, registered, removal, table,
};
use crate::engine::{
    natives::{arg, closure, define_value},
    validate,
};

/// Where a listener is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    First,
    Last,
}

/// `emitter.on(name, listener)` or `emitter.prependListener(name, listener)`, overridden or not.
pub(crate) fn add_listener(
    emitter: &JsObject,
    name: impl Into<JsValue>,
    listener: impl Into<JsObject>,
    position: Position,
    context: &mut Context,
) -> JsResult<()> {
    let (name, listener) = (name.into(), listener.into());
    let events = super::of(context)?;
    let (method, native) = match position {
        Position::First => (js_string!("prependListener"), &events.natives.prepend_listener),
        Position::Last => (js_string!("on"), &events.natives.add_listener),
    };
    match overridden(emitter, method, native, context)? {
        Some(replaced) => {
            replaced.call(&emitter.clone().into(), &[name, listener.into()], context).map(drop)
        }
        None => add(emitter, &name, &listener, position, context),
    }
}

/// `emitter.once(name, listener)` or `emitter.prependOnceListener(name, listener)`.
pub(crate) fn add_once_listener(
    emitter: &JsObject,
    name: impl Into<JsValue>,
    listener: impl Into<JsObject>,
    position: Position,
    context: &mut Context,
) -> JsResult<()> {
    let name = name.into();
    let wrapper = once_wrapper(emitter, &name, &listener.into(), context);
    add_listener(emitter, name, wrapper, position, context)
}

/// `on`, whatever the emitter's is.
pub(crate) fn on(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    add_method(this, args, Position::Last, context)
}

pub(super) fn prepend(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    add_method(this, args, Position::First, context)
}

pub(super) fn once(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    once_method(this, args, Position::Last, context)
}

pub(super) fn prepend_once(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    once_method(this, args, Position::First, context)
}

fn add_method(
    this: &JsValue,
    args: &[JsValue],
    position: Position,
    context: &mut Context,
) -> JsResult<JsValue> {
    let listener = validate::function(&arg(args, 1), "listener", context)?;
    let emitter = receiver(this, context)?;
    add(&emitter, &arg(args, 0), &listener, position, context)?;
    Ok(this.clone())
}

fn once_method(
    this: &JsValue,
    args: &[JsValue],
    position: Position,
    context: &mut Context,
) -> JsResult<JsValue> {
    let listener = validate::function(&arg(args, 1), "listener", context)?;
    let emitter = receiver(this, context)?;
    add_once_listener(&emitter, arg(args, 0), listener, position, context)?;
    Ok(this.clone())
}

/// Adds a listener, whatever `emitter.on` is.
pub(crate) fn add(
    emitter: &JsObject,
    name: &JsValue,
    listener: &JsObject,
    position: Position,
    context: &mut Context,
) -> JsResult<()> {
    if table::add(emitter, name, listener) {
        return Ok(());
    }
    let key = key_of(name, context)?;
    let events = announced(emitter, name, listener, context)?;
    let length = match registered(&events, &key, context)? {
        Registered::Nothing => {
            events.set(key, listener.clone(), true, context)?;
            let count = count_of(emitter, context)?;
            emitter.set(js_string!("_eventsCount"), count + 1.0, true, context)?;
            return Ok(());
        }
        Registered::One(existing) => pair(&events, key, existing, listener, position, context)?,
        Registered::Many(list) => extend(list, listener, position, context)?,
    };
    limits::check(emitter, name, &length, context)
}

/// The object to register in, after `newListener` was emitted (before the listener is there, so
/// that a `newListener` listener does not see itself).
fn announced(
    emitter: &JsObject,
    name: &JsValue,
    listener: &JsObject,
    context: &mut Context,
) -> JsResult<JsObject> {
    let Some(events) = events_of(emitter, context)? else {
        let events = empty_events(context);
        emitter.set(js_string!("_events"), events.clone(), true, context)?;
        emitter.set(js_string!("_eventsCount"), 0, true, context)?;
        return Ok(events);
    };
    if events.get(js_string!("newListener"), context)?.is_undefined() {
        return Ok(events);
    }
    let wrapped = listener.get(js_string!("listener"), context)?;
    let shown = if wrapped.is_null_or_undefined() { listener.clone().into() } else { wrapped };
    super::emit(emitter, js_string!("newListener"), &[name.clone(), shown], context)?;
    // A newListener listener may have replaced `_events`.
    match events_of(emitter, context)? {
        Some(events) => Ok(events),
        None => Ok(empty_events(context)),
    }
}

/// The second listener of a name makes an array of the first.
fn pair(
    events: &JsObject,
    key: PropertyKey,
    existing: JsObject,
    listener: &JsObject,
    position: Position,
    context: &mut Context,
) -> JsResult<JsArray> {
    let both: [JsValue; 2] = match position {
        Position::First => [listener.clone().into(), existing.into()],
        Position::Last => [existing.into(), listener.clone().into()],
    };
    let list = JsArray::from_iter(both, context);
    events.set(key, list.clone(), true, context)?;
    Ok(list)
}

fn extend(
    list: JsObject,
    listener: &JsObject,
    position: Position,
    context: &mut Context,
) -> JsResult<JsArray> {
    let list = JsArray::from_object(list)?;
    match position {
        Position::First => list.unshift(&[listener.clone().into()], context)?,
        Position::Last => list.push(listener.clone(), context)?,
    };
    Ok(list)
}

/// One `once` registration.
#[derive(Trace, Finalize)]
struct Once {
    emitter: JsObject,
    name: JsValue,
    listener: JsObject,
    /// The function that was registered, by which it is removed.
    wrapper: GcRefCell<Option<JsObject>>,
    #[unsafe_ignore_trace]
    fired: Cell<bool>,
}

/// The function that removes itself, then calls `listener`.
fn once_wrapper(
    emitter: &JsObject,
    name: &JsValue,
    listener: &JsObject,
    context: &mut Context,
) -> JsObject {
    let once = Gc::new(Once {
        emitter: emitter.clone(),
        name: name.clone(),
        listener: listener.clone(),
        wrapper: GcRefCell::new(None),
        fired: Cell::new(false),
    });
    let wrapper = closure("bound onceWrapper", 0, once.clone(), fire, context);
    let wrapper: JsObject = wrapper.into();
    define_value(&wrapper, js_string!("listener"), listener.clone(), true);
    *once.wrapper.borrow_mut() = Some(wrapper.clone());
    wrapper
}

fn fire(
    _: &JsValue,
    args: &[JsValue],
    once: &Gc<Once>,
    context: &mut Context,
) -> JsResult<JsValue> {
    if once.fired.get() {
        return Ok(JsValue::undefined());
    }
    let wrapper = once.wrapper.borrow().clone();
    if let Some(wrapper) = wrapper {
        removal::remove_listener(&once.emitter, once.name.clone(), wrapper, context)?;
    }
    once.fired.set(true);
    once.listener.call(&once.emitter.clone().into(), args, context)
}
