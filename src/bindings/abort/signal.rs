//! The class AbortSignal.

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Gc, GcRefCell, WeakGc};

use super::{Origin, Signal, any, retention, signal_of, target_of_signal};
use crate::{
    bindings::{
        dom_exception,
        event_target::{self, dispatch_new},
        inspect::custom,
    },
    engine::{
        callbacks,
        classes::{Accessor, ClassSpec},
        errors::{Code, coded},
        natives::{Method, arg},
        state, validate,
    },
};

pub(super) const ABORT_SIGNAL: ClassSpec = ClassSpec {
    methods: &[("throwIfAborted", 0, throw_if_aborted)],
    accessors: &[("reason", get_reason, None)],
    statics: STATICS,
    tag: Some("AbortSignal"),
    ..ClassSpec::new("AbortSignal", 0, construct)
};

/// The accessors that JavaScript enumerates.
pub(super) const ENUMERABLE: &[Accessor] = &[("aborted", get_aborted, None)];

const STATICS: &[Method] =
    &[("abort", 0, born_aborted), ("timeout", 1, timeout), ("any", 1, any::any)];

/// Signals are made by controllers and by the statics, never by `new`.
fn construct(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Err(coded(context, Code::ERR_ILLEGAL_CONSTRUCTOR, "Illegal constructor"))
}

/// A new signal that has not aborted.
pub(super) fn create(origin: Origin, context: &mut Context) -> JsResult<(JsObject, Gc<Signal>)> {
    let signal = Gc::new(Signal {
        object: GcRefCell::new(None),
        reason: GcRefCell::new(JsValue::undefined()),
        aborted: Cell::new(false),
        origin: Cell::new(origin),
        dependents: GcRefCell::default(),
        sources: GcRefCell::default(),
    });
    let class = super::of(context)?.signal.clone();
    let data = Some(signal.clone());
    // Many wait for one signal: no warning about the number of listeners.
    let object = event_target::create(&class.constructor.clone(), &class, 0.0, data, context)?;
    *signal.object.borrow_mut() = Some(object.clone());
    Ok((object, signal))
}

/// The reason of those who give none.
pub(super) fn reason_or_default(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match arg(args, 0) {
        reason if reason.is_undefined() => {
            let message = "This operation was aborted";
            dom_exception::create(message, "AbortError", context).map(Into::into)
        }
        reason => Ok(reason),
    }
}

/// Aborts a signal and those that depend on it. DOM: "signal abort".
pub(crate) fn abort(signal: &Gc<Signal>, reason: &JsValue, context: &mut Context) -> JsResult<()> {
    if signal.aborted.replace(true) {
        return Ok(());
    }
    *signal.reason.borrow_mut() = reason.clone();
    let dependents: Vec<Gc<Signal>> =
        signal.dependents.borrow().iter().filter_map(WeakGc::upgrade).collect();
    let dependents: Vec<Gc<Signal>> = dependents
        .into_iter()
        .filter(|dependent| !dependent.aborted.replace(true))
        .inspect(|dependent| *dependent.reason.borrow_mut() = reason.clone())
        .collect();
    tell(signal, context)?;
    for dependent in &dependents {
        tell(dependent, context)?;
    }
    for ended in dependents.iter().chain([signal]) {
        retention::release(ended, context)?;
    }
    Ok(())
}

fn tell(signal: &Signal, context: &mut Context) -> JsResult<()> {
    match target_of_signal(signal) {
        Some((object, target)) => dispatch_new(&object, &target, js_string!("abort"), context),
        None => Ok(()),
    }
}

/// `AbortSignal.abort(reason)`.
fn born_aborted(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let reason = reason_or_default(args, context)?;
    let (object, signal) = create(Origin::Controller, context)?;
    signal.aborted.set(true);
    *signal.reason.borrow_mut() = reason;
    Ok(object.into())
}

/// `AbortSignal.timeout(delay)`: its timer keeps neither the loop nor the signal alive.
fn timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let max = f64::from(u32::MAX);
    let delay = validate::integer(&arg(args, 0), "delay", 0.0, max, context)?;
    let (object, signal) = create(Origin::Timeout, context)?;
    let signal = WeakGc::new(&signal);
    // As `setTimeout`: what does not fit into 31 bits is one millisecond.
    let delay = if (1.0..=f64::from(i32::MAX)).contains(&delay) { delay as u64 } else { 1 };
    let event_loop = state::of(context).event_loop.clone();
    let callback = Rc::new(move |context: &mut Context| {
        callbacks::run(context, |context| match signal.upgrade() {
            Some(signal) => time_out(&signal, context),
            None => Ok(()),
        });
    });
    let timer = event_loop.add_timer(delay, false, callback);
    event_loop.set_timer_ref(timer, false);
    Ok(object.into())
}

fn time_out(signal: &Gc<Signal>, context: &mut Context) -> JsResult<()> {
    let message = "The operation was aborted due to timeout";
    let reason = dom_exception::create(message, "TimeoutError", context)?;
    abort(signal, &reason.into(), context)
}

/// The signal that `this` is, or `ERR_INVALID_THIS`.
fn receiver(this: &JsValue, context: &mut Context) -> JsResult<Gc<Signal>> {
    signal_of(this).ok_or_else(|| validate::invalid_this(context, "AbortSignal"))
}

fn get_aborted(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(receiver(this, context)?.aborted.get().into())
}

fn get_reason(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let signal = receiver(this, context)?;
    let reason = signal.reason.borrow().clone();
    Ok(reason)
}

fn throw_if_aborted(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let signal = receiver(this, context)?;
    if signal.aborted.get() {
        let reason = signal.reason.borrow().clone();
        return Err(JsError::from_opaque(reason));
    }
    Ok(JsValue::undefined())
}

/// `signal[util.inspect.custom](depth, options, inspect)`.
pub(super) fn inspect(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let aborted = receiver(this, context)?.aborted.get();
    if custom::is_too_deep(args) {
        return Ok(this.clone());
    }
    custom::fields(this, &[("aborted", aborted.into())], args, context)
}
