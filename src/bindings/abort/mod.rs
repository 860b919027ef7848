//! AbortController and AbortSignal, and the AbortError of all that can be aborted.

mod any;
mod controller;
mod error;
mod module;
mod retention;
mod signal;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Gc, GcRefCell, Trace, WeakGc};

use super::event_target::{self, ListenerOptions, Target, target_of};
use crate::engine::{builtins, classes::Class, validate};

pub(crate) use error::{abort_error, abort_error_class};
pub(crate) use module::exports;
pub(crate) use retention::{listener_added, listener_removed};

/// The classes of a realm, and the signals that must not be collected.
pub(crate) struct Aborts {
    pub(crate) signal: Class,
    pub(crate) controller: Class,
    /// Signals that will abort by themselves and have a listener: nobody else may hold them.
    held: RefCell<Vec<JsObject>>,
}

/// The state in this realm; the classes are made if they were not.
pub(crate) fn of(context: &mut Context) -> JsResult<Rc<Aborts>> {
    if let Some(state) = context.get_data::<Rc<Aborts>>() {
        return Ok(state.clone());
    }
    builtins::load("internal/abort_controller", context)?;
    let state = context.get_data::<Rc<Aborts>>();
    Ok(state.expect("loading `internal/abort_controller` inserts its state").clone())
}

/// What an AbortSignal has besides its listeners.
#[derive(Trace, Finalize)]
pub(crate) struct Signal {
    /// The signal as JavaScript has it.
    object: GcRefCell<Option<JsObject>>,
    reason: GcRefCell<JsValue>,
    #[unsafe_ignore_trace]
    aborted: Cell<bool>,
    #[unsafe_ignore_trace]
    origin: Cell<Origin>,
    /// The signals of `AbortSignal.any` that this one aborts.
    dependents: GcRefCell<Vec<WeakGc<Signal>>>,
    /// The signals that abort this one of `AbortSignal.any`.
    sources: GcRefCell<Vec<WeakGc<Signal>>>,
}

/// What aborts a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// A controller, or it was born aborted.
    Controller,
    /// A timer.
    Timeout,
    /// Other signals.
    Any,
}

/// The native state of an AbortSignal.
fn signal_of(value: &JsValue) -> Option<Gc<Signal>> {
    target_of(value)?.signal.clone()
}

/// `undefined` or a signal (anything with `aborted`), else `ERR_INVALID_ARG_TYPE`.
pub(crate) fn validate_signal(
    value: &JsValue,
    name: &str,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    if value.is_undefined() {
        return Ok(None);
    }
    if let Some(object) = value.as_object()
        && object.has_property(js_string!("aborted"), context)?
    {
        return Ok(Some(object));
    }
    Err(validate::invalid_arg_type(context, name, "an instance of AbortSignal", value))
}

/// `signal.aborted`.
pub(crate) fn is_aborted(signal: &JsObject, context: &mut Context) -> JsResult<bool> {
    if let Some(own) = signal_of(&signal.clone().into()) {
        return Ok(own.aborted.get());
    }
    Ok(signal.get(js_string!("aborted"), context)?.to_boolean())
}

/// `signal.reason`.
pub(crate) fn reason(signal: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    signal.get(js_string!("reason"), context)
}

/// A listener that waits for a signal to abort.
#[derive(Clone, Trace, Finalize)]
pub(crate) struct AbortListener {
    signal: JsObject,
    listener: JsObject,
}

/// Calls `listener` once when the signal aborts, whatever other listeners do about the event.
/// The signal may be of anybody's making.
pub(crate) fn add_listener(
    signal: &JsObject,
    listener: impl Into<JsObject>,
    context: &mut Context,
) -> JsResult<AbortListener> {
    let listener: JsObject = listener.into();
    let registered = AbortListener { signal: signal.clone(), listener: listener.clone() };
    let name = js_string!("abort");
    if let Some(target) = target_of(&signal.clone().into()) {
        let options =
            ListenerOptions { once: true, resists_stop: true, ..ListenerOptions::default() };
        event_target::add(signal, &target, &name, listener, options, context)?;
        return Ok(registered);
    }
    let options = resistant_once(context)?;
    let add = signal.get(js_string!("addEventListener"), context)?.to_object(context)?;
    add.call(&signal.clone().into(), &[name.into(), listener.into(), options], context)?;
    Ok(registered)
}

/// The options `{ once: true }` of a listener that runs in spite of `stopImmediatePropagation`.
pub(crate) fn resistant_once(context: &mut Context) -> JsResult<JsValue> {
    let resist = event_target::of(context)?.resist_stop.clone();
    let options = JsObject::with_null_proto();
    options.set(js_string!("once"), true, true, context)?;
    options.set(resist, true, true, context)?;
    Ok(options.into())
}

impl AbortListener {
    /// Takes the listener off again.
    pub(crate) fn remove(&self, context: &mut Context) -> JsResult<()> {
        let name = js_string!("abort");
        let signal: JsValue = self.signal.clone().into();
        if let Some(target) = target_of(&signal) {
            return event_target::remove(&target, &name, &self.listener, false, context);
        }
        let remove = self.signal.get(js_string!("removeEventListener"), context)?;
        let args = [name.into(), self.listener.clone().into()];
        remove.to_object(context)?.call(&signal, &args, context).map(drop)
    }
}

/// The target whose signal this is, for those who hold the state only.
fn target_of_signal(signal: &Signal) -> Option<(JsObject, Gc<Target>)> {
    let object = signal.object.borrow().clone()?;
    let target = target_of(&object.clone().into())?;
    Some((object, target))
}
