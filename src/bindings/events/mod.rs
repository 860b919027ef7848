//! `events`: EventEmitter, natively.
//!
//! An emitter's state stands in ordinary properties (`_events`, `_eventsCount`, …), as in Node, so
//! that programs may subclass it, mix it in, or look into it. The floors around call [`emit`] and
//! its relatives; they notice when a program has overridden a method.

mod capture;
mod emit;
mod inspection;
mod limits;
mod listeners;
mod module;
mod once;
mod removal;
mod table;
mod targets;
mod unhandled;

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, builtins::object::OrdinaryObject,
    js_string, property::PropertyKey,
};

use super::{domain, sockets};
use crate::engine::{
    builtins,
    natives::{arg, define_value},
    reflect,
};

pub(crate) use emit::{emit, emit_if_heard};
pub(crate) use inspection::listener_count;
pub(crate) use limits::warn_too_many;
pub(crate) use listeners::{
    Position, add as add_listener_to, add_listener, add_once_listener, on as on_method,
};
pub(crate) use module::exports;
pub(crate) use removal::{off as remove_method, remove_all as remove_all_method};
pub(crate) use table::Table;

/// What the natives of `events` share in a realm.
pub(crate) struct Events {
    /// `EventEmitter.prototype`.
    pub(crate) prototype: JsObject,
    /// `Symbol(kCapture)`: whether rejections of listeners become `error` events.
    capture: JsSymbol,
    /// `Symbol(shapeMode)`: removed listeners leave `undefined` behind instead of a hole.
    shape_mode: JsSymbol,
    /// `Symbol(events.errorMonitor)`.
    error_monitor: JsSymbol,
    /// `Symbol.for('nodejs.rejection')`.
    rejection: JsSymbol,
    /// `Symbol(events.maxEventTargetListeners)`.
    pub(crate) max_target_listeners: JsSymbol,
    /// `Symbol(events.maxEventTargetListenersWarned)`.
    pub(crate) max_target_listeners_warned: JsSymbol,
    /// The native methods by which overriding is noticed.
    natives: Natives,
    /// `EventEmitter.defaultMaxListeners`.
    default_max_listeners: Cell<f64>,
}

/// Methods of the prototype as they were made.
struct Natives {
    emit: JsObject,
    add_listener: JsObject,
    prepend_listener: JsObject,
    remove_listener: JsObject,
    remove_all_listeners: JsObject,
}

/// The state of `events` in this realm; the module is loaded if it was not.
pub(crate) fn of(context: &mut Context) -> JsResult<Rc<Events>> {
    if let Some(events) = context.get_data::<Rc<Events>>() {
        return Ok(events.clone());
    }
    builtins::load("events", context)?;
    Ok(context.get_data::<Rc<Events>>().expect("loading `events` inserts its state").clone())
}

/// A new plain `EventEmitter` whose prototype is `prototype` (one that inherits from
/// `EventEmitter.prototype`).
pub(crate) fn create(prototype: JsObject, context: &mut Context) -> JsResult<JsObject> {
    let emitter = JsObject::new(context.root_shape(), prototype, OrdinaryObject).upcast();
    initialize(&emitter, &JsValue::undefined(), context)?;
    Ok(emitter)
}

/// `EventEmitter.defaultMaxListeners`.
pub(crate) fn default_max_listeners(context: &mut Context) -> JsResult<f64> {
    Ok(of(context)?.default_max_listeners.get())
}

/// What `EventEmitter.call(emitter, options)` does: gives an object an emitter's state.
pub(crate) fn initialize(
    emitter: &JsObject,
    options: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let events = of(context)?;
    let capture = capture_option(&events, options, context)?;
    let known = emitter.get(js_string!("_events"), context)?;
    let fresh = known.is_undefined() || inherited(emitter, &known, context)?;
    // Nothing can stand in the way of plain definitions on an ordinary object.
    let plain = emitter.is_ordinary();
    if fresh {
        put(emitter, js_string!("_events"), empty_events(context), plain, context)?;
        put(emitter, js_string!("_eventsCount"), 0, plain, context)?;
    }
    put(emitter, events.shape_mode.clone(), !fresh, plain, context)?;
    if !emitter.get(js_string!("_maxListeners"), context)?.to_boolean() {
        put(emitter, js_string!("_maxListeners"), JsValue::undefined(), plain, context)?;
    }
    put(emitter, events.capture.clone(), capture, plain, context)?;
    domain::adopt(emitter, context)
}

/// Says of all emitters with this prototype that removed listeners leave `undefined` behind.
pub(crate) fn leave_removed(prototype: &JsObject, context: &mut Context) -> JsResult<()> {
    define_value(prototype, of(context)?.shape_mode.clone(), true, false);
    Ok(())
}

fn put(
    emitter: &JsObject,
    key: impl Into<PropertyKey>,
    value: impl Into<JsValue>,
    plain: bool,
    context: &mut Context,
) -> JsResult<()> {
    if plain {
        define_value(emitter, key, value, true);
        return Ok(());
    }
    emitter.set(key, value, true, context).map(drop)
}

/// True where `_events` is the prototype's: a prototype that is an emitter shares nothing.
fn inherited(emitter: &JsObject, known: &JsValue, context: &mut Context) -> JsResult<bool> {
    let Some(prototype) = emitter.prototype() else { return Ok(false) };
    Ok(prototype.get(js_string!("_events"), context)?.strict_equals(known))
}

fn capture_option(events: &Events, options: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    if let Some(options) = options.as_object() {
        let capture = options.get(js_string!("captureRejections"), context)?;
        if capture.to_boolean() {
            let name = "options.captureRejections";
            return crate::engine::validate::boolean(&capture, name, context).map(Into::into);
        }
    }
    events.prototype.get(events.capture.clone(), context)
}

/// The null-prototype object that `_events` holds.
fn empty_events(context: &Context) -> JsObject {
    JsObject::new(context.root_shape(), None, OrdinaryObject).upcast()
}

/// `this` of a method: Node's natural TypeError for null and undefined, the wrapper object for
/// other primitives.
fn receiver(this: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    if let Some(object) = this.as_object() {
        return Ok(object);
    }
    if this.is_null_or_undefined() {
        let message = format!("Cannot read properties of {} (reading '_events')", this.display());
        return Err(boa_engine::JsNativeError::typ().with_message(message).into());
    }
    this.to_object(context)
}

/// `emitter._events`, if the object has any.
fn events_of(emitter: &JsObject, context: &mut Context) -> JsResult<Option<JsObject>> {
    let events = match table::shown(emitter, context) {
        Some(shown) => shown,
        None => reflect::get(emitter, &js_string!("_events").into(), context)?,
    };
    if let Some(events) = events.as_object() {
        return Ok(Some(events));
    }
    if events.is_undefined() { Ok(None) } else { events.to_object(context).map(Some) }
}

/// What `_events` holds for one name.
enum Registered {
    Nothing,
    One(JsObject),
    /// An array of listeners in the order of their calls.
    Many(JsObject),
}

impl Registered {
    fn is_empty(&self, context: &mut Context) -> JsResult<bool> {
        match self {
            Self::Nothing => Ok(true),
            Self::One(_) => Ok(false),
            Self::Many(list) => Ok(elements(list, context)?.is_empty()),
        }
    }
}

fn registered(events: &JsObject, key: &PropertyKey, context: &mut Context) -> JsResult<Registered> {
    let value = reflect::get(events, key, context)?;
    match value.as_object() {
        Some(object) if object.is_callable() => Ok(Registered::One(object)),
        Some(object) => Ok(Registered::Many(object)),
        None if value.is_undefined() => Ok(Registered::Nothing),
        // Only a program that writes into `_events` comes here.
        None => value.to_object(context).map(Registered::Many),
    }
}

/// The listeners in an array of `_events`, in order.
fn elements(list: &JsObject, context: &mut Context) -> JsResult<Vec<JsValue>> {
    use boa_engine::object::IndexPropertyValues;
    if let IndexPropertyValues::DenseElement(values) =
        list.borrow().properties().index_property_values()
    {
        return Ok(values.as_slice().to_vec());
    }
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    (0..length).map(|index| list.get(index, context)).collect()
}

/// True if `registered` is `listener` or a `once` wrapper around it.
fn is_same(registered: &JsValue, listener: &JsObject, context: &mut Context) -> JsResult<bool> {
    let Some(object) = registered.as_object() else { return Ok(false) };
    if JsObject::equals(&object, listener) {
        return Ok(true);
    }
    let wrapped = object.get(js_string!("listener"), context)?;
    Ok(wrapped.as_object().is_some_and(|wrapped| JsObject::equals(&wrapped, listener)))
}

/// The listener that a `once` wrapper stands for, else the value itself.
fn unwrapped(registered: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let Some(object) = registered.as_object() else { return Ok(registered.clone()) };
    let wrapped = object.get(js_string!("listener"), context)?;
    Ok(if wrapped.is_callable() { wrapped } else { registered.clone() })
}

/// Calls `emitter[method](...args)` where a program has overridden `native`; `None` if not.
fn overridden(
    emitter: &JsObject,
    method: JsString,
    native: &JsObject,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    let key = method.clone().into();
    let value = match sockets::own_or_prototype(emitter, &key) {
        Some(Ok(own)) => own,
        Some(Err(prototype)) => reflect::get(&prototype, &key, context)?,
        None => reflect::get(emitter, &key, context)?,
    };
    let Some(function) = value.as_callable() else {
        let message = format!("emitter.{} is not a function", method.to_std_string_lossy());
        return Err(boa_engine::JsNativeError::typ().with_message(message).into());
    };
    Ok((!JsObject::equals(&function, native)).then_some(function))
}

fn key_of(name: &JsValue, context: &mut Context) -> JsResult<PropertyKey> {
    name.to_property_key(context)
}

/// The first argument of a method as property key.
fn name_arg(args: &[JsValue], context: &mut Context) -> JsResult<(JsValue, PropertyKey)> {
    let name = arg(args, 0);
    let key = key_of(&name, context)?;
    Ok((name, key))
}

/// A property key as the event's name: a string or a symbol, never a number.
fn name_of(key: &PropertyKey) -> JsValue {
    match key {
        PropertyKey::Index(index) => JsString::from(index.get().to_string()).into(),
        key => key.into(),
    }
}
