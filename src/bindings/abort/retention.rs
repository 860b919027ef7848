//! Which signals are kept from being collected.
//!
//! A signal of `AbortSignal.timeout` or `AbortSignal.any` will abort although nobody may hold it
//! any more. While it has an `abort` listener it is held here, as in Node; without one, nobody
//! could tell whether it still exists.

use boa_engine::{Context, JsObject, JsResult, js_string};
use boa_gc::Gc;

use super::{Aborts, Origin, Signal};
use crate::bindings::event_target::{Target, listener_count};

/// A listener of `abort` was added.
pub(crate) fn listener_added(object: &JsObject, target: &Gc<Target>, context: &mut Context) {
    let Some(signal) = &target.signal else { return };
    if signal.aborted.get() || !aborts_by_itself(signal) {
        return;
    }
    if let Ok(state) = super::of(context) {
        hold(&state, object);
    }
}

/// A listener of `abort` was removed.
pub(crate) fn listener_removed(target: &Gc<Target>, context: &mut Context) {
    let Some(signal) = &target.signal else { return };
    let Some(object) = signal.object.borrow().clone() else { return };
    let count = listener_count(&object.clone().into(), &js_string!("abort"));
    if count == Some(0)
        && let Ok(state) = super::of(context)
    {
        state.held.borrow_mut().retain(|held| !JsObject::equals(held, &object));
    }
}

/// True for a signal that nobody's `abort()` call is needed for.
fn aborts_by_itself(signal: &Signal) -> bool {
    match signal.origin.get() {
        Origin::Controller => false,
        Origin::Timeout => true,
        Origin::Any => !signal.sources.borrow().is_empty(),
    }
}

/// Holds a signal until it aborts or loses its listeners.
pub(super) fn hold(state: &Aborts, object: &JsObject) {
    let mut held = state.held.borrow_mut();
    if !held.iter().any(|known| JsObject::equals(known, object)) {
        held.push(object.clone());
    }
}

/// Lets go of a signal that aborted.
pub(super) fn release(signal: &Signal, context: &mut Context) -> JsResult<()> {
    let object = signal.object.borrow().clone();
    if let Some(object) = object {
        let state = super::of(context)?;
        state.held.borrow_mut().retain(|held| !JsObject::equals(held, &object));
    }
    Ok(())
}
