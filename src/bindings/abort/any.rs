//! `AbortSignal.any`: a signal that aborts with the first of several.

use boa_engine::{Context, JsError, JsObject, JsResult, JsSymbol, JsValue, js_string};
use boa_gc::{Gc, WeakGc};

use super::{Origin, Signal, retention, signal::create, signal_of};
use crate::engine::{
    errors::{Code, coded},
    natives::arg,
    validate,
};

/// `AbortSignal.any(signals)`.
pub(super) fn any(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let signals = decode(&arg(args, 0), context)?;
    let (object, composite) = create(Origin::Any, context)?;
    for signal in &signals {
        if signal.aborted.get() {
            composite.aborted.set(true);
            let reason = signal.reason.borrow().clone();
            *composite.reason.borrow_mut() = reason;
            return Ok(object.into());
        }
        follow(&composite, signal);
    }
    if signals.iter().any(|signal| signal.origin.get() == Origin::Timeout) {
        let state = super::of(context)?;
        retention::hold(&state, &object);
    }
    Ok(object.into())
}

/// Makes `composite` depend on a signal, or on what that one depends on: dependence is one deep.
fn follow(composite: &Gc<Signal>, signal: &Gc<Signal>) {
    if signal.origin.get() != Origin::Any {
        depend(composite, signal);
        return;
    }
    let sources: Vec<Gc<Signal>> =
        signal.sources.borrow().iter().filter_map(WeakGc::upgrade).collect();
    for source in &sources {
        depend(composite, source);
    }
}

fn depend(composite: &Gc<Signal>, source: &Gc<Signal>) {
    let is_known = composite
        .sources
        .borrow()
        .iter()
        .filter_map(WeakGc::upgrade)
        .any(|known| Gc::ptr_eq(&known, source));
    if is_known {
        return;
    }
    composite.sources.borrow_mut().push(WeakGc::new(source));
    let mut dependents = source.dependents.borrow_mut();
    // The dead are swept when the list would grow: a long-lived signal gathers no garbage.
    if dependents.len() == dependents.capacity() {
        dependents.retain(WeakGc::is_upgradable);
    }
    dependents.push(WeakGc::new(composite));
}

/// The signals of an iterable.
fn decode(value: &JsValue, context: &mut Context) -> JsResult<Vec<Gc<Signal>>> {
    let Some(iterable) = value.as_object() else { return Err(not_a_sequence(context)) };
    let method = iterable.get(JsSymbol::iterator(), context)?;
    let Some(method) = method.as_callable() else { return Err(not_a_sequence(context)) };
    let iterator = method.call(value, &[], context)?;
    let Some(iterator) = iterator.as_object() else { return Err(not_a_sequence(context)) };
    let mut signals = Vec::new();
    while let Some(item) = next(&iterator, context)? {
        let Some(signal) = signal_of(&item) else {
            let name = format!("signals[{}]", signals.len());
            let expected = "an instance of AbortSignal";
            return Err(validate::invalid_arg_type(context, &name, expected, &item));
        };
        signals.push(signal);
    }
    Ok(signals)
}

fn next(iterator: &JsObject, context: &mut Context) -> JsResult<Option<JsValue>> {
    let next = iterator.get(js_string!("next"), context)?.to_object(context)?;
    let result = next.call(&iterator.clone().into(), &[], context)?.to_object(context)?;
    if result.get(js_string!("done"), context)?.to_boolean() {
        return Ok(None);
    }
    result.get(js_string!("value"), context).map(Some)
}

fn not_a_sequence(context: &mut Context) -> JsError {
    let message = "signals can not be converted to sequence.";
    // Web IDL's converter is a TypeError of this code without the usual wording.
    coded(context, Code::ERR_INVALID_ARG_TYPE, message)
}
