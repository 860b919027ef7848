//! What follows a write: its callback, a drain, a failure.

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{ending::finish_maybe, writing::write_buffered};
use crate::bindings::{
    events,
    streams::{
        State,
        life::{self, multiple_callback, touch_stack},
        next_tick, rare, sides,
        state::{
            AFTER_WRITE_PENDING, DESTROYED, ENDING, ERRORED, NEED_DRAIN, OBJECT_MODE, SYNC, WRITING,
        },
        writable_of,
    },
};

/// The sink is through with a write.
pub(super) fn written(stream: &JsObject, error: &JsValue, context: &mut Context) -> JsResult<()> {
    let state = writable_of(stream, context)?;
    if !state.has(WRITING) {
        let error = multiple_callback(context);
        return life::fail(stream, error, context);
    }
    let is_sync = state.has(SYNC);
    let callback = state.with(|side| {
        side.clear(WRITING);
        side.length.set(side.length.get() - side.write_length.replace(0.0));
        side.slots.borrow_mut().write_callback.take()
    });
    if error.to_boolean() {
        return not_written(stream, &state, error, (callback, is_sync), context);
    }
    write_buffered(stream, &state, context)?;
    if !is_sync {
        return after_write(stream, &state, 1, callback, context);
    }
    let Some(callback) = callback else {
        // Nobody waits for it: only a drain has to be told in a tick of its own, and objects are.
        let needs_tick = state.has(OBJECT_MODE) || (state.has(NEED_DRAIN) && state.length() == 0.0);
        if needs_tick && !state.has(AFTER_WRITE_PENDING) {
            state.set(AFTER_WRITE_PENDING);
            let (stream, state) = (stream.clone(), state.clone());
            next_tick(context, move |context| after_write(&stream, &state, 1, None, context));
            return Ok(());
        }
        state.with(|side| side.pending.set(side.pending.get() - 1));
        if state.has(ENDING) {
            finish_maybe(stream, &state, true, context)?;
        }
        return Ok(());
    };
    told_later(stream, &state, callback, context);
    Ok(())
}

/// Many writes with the same callback end in one tick.
fn told_later(stream: &JsObject, state: &State, callback: JsObject, context: &mut Context) {
    let count = state.with(|side| {
        let mut slots = side.slots.borrow_mut();
        if slots.after_write.as_ref().is_some_and(|last| JsObject::equals(last, &callback)) {
            slots.after_writes.set(slots.after_writes.get() + 1);
            return None;
        }
        let count = Rc::new(Cell::new(1));
        slots.after_write = Some(callback.clone());
        slots.after_writes = count.clone();
        side.set(AFTER_WRITE_PENDING);
        Some(count)
    });
    let Some(count) = count else { return };
    let (stream, state) = (stream.clone(), state.clone());
    next_tick(context, move |context| {
        state.with(|side| side.slots.borrow_mut().after_write = None);
        after_write(&stream, &state, count.get(), Some(callback), context)
    });
}

fn not_written(
    stream: &JsObject,
    state: &State,
    error: &JsValue,
    (callback, is_sync): (Option<JsObject>, bool),
    context: &mut Context,
) -> JsResult<()> {
    touch_stack(error, context)?;
    let other = sides(stream, context)?.0;
    for state in [Some(state), other.as_ref()].into_iter().flatten() {
        if !state.has(ERRORED) {
            state.with(|side| side.set_failure(error.clone()));
        }
    }
    let (stream, state, error) = (stream.clone(), state.clone(), error.clone());
    let fail = move |context: &mut Context| {
        state.with(|side| side.pending.set(side.pending.get() - 1));
        if let Some(callback) = callback {
            callback.call(&JsValue::undefined(), std::slice::from_ref(&error), context)?;
        }
        fail_buffered(&state, context)?;
        life::error_or_destroy(&stream, &error, false, context)
    };
    if is_sync {
        next_tick(context, fail);
        return Ok(());
    }
    fail(context)
}

/// What waits will never be written: whoever waits for it is told.
pub(super) fn fail_buffered(state: &State, context: &mut Context) -> JsResult<()> {
    let args = [state.object().into()];
    rare("internal/streams/writable_rare", js_string!("failBuffered"), &args, context).map(drop)
}

fn after_write(
    stream: &JsObject,
    state: &State,
    count: i32,
    callback: Option<JsObject>,
    context: &mut Context,
) -> JsResult<()> {
    state.clear(AFTER_WRITE_PENDING);
    if state.length() == 0.0 && state.is(NEED_DRAIN | ENDING | DESTROYED, NEED_DRAIN) {
        state.clear(NEED_DRAIN);
        events::emit(stream, js_string!("drain"), &[], context)?;
    }
    for _ in 0..count {
        state.with(|side| side.pending.set(side.pending.get() - 1));
        if let Some(callback) = &callback {
            callback.call(&JsValue::undefined(), &[JsValue::null()], context)?;
        }
    }
    if state.has(DESTROYED) {
        fail_buffered(state, context)?;
    }
    finish_maybe(stream, state, true, context)
}
