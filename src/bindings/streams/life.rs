//! The life of a stream: failure and destruction.

use std::cell::Cell;

use boa_engine::{Context, JsError, JsNativeError, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Gc, Trace};

use super::{
    State, call_method, is_ending, next_tick, rare, sides,
    state::{
        AUTO_DESTROY, CLOSE_EMITTED, CLOSED, CONSTRUCTED, DESTROYED, EMIT_CLOSE, ERROR_EMITTED,
        ERRORED,
    },
};
use crate::{
    bindings::{events, sockets},
    engine::{
        errors::{Code, coded, value_of},
        natives::{Method, arg, closure},
    },
};

pub(super) const METHODS: &[Method] = &[
    ("destroy", 2, destroy_method),
    ("passError", 2, pass_error),
    ("tearDown", 3, |_, args, context| {
        let stream = arg(args, 0).to_object(context)?;
        tear_down(&stream, &arg(args, 1), &arg(args, 2), context)?;
        Ok(JsValue::undefined())
    }),
    ("errorOrDestroy", 3, |_, args, context| {
        let stream = arg(args, 0).to_object(context)?;
        error_or_destroy(&stream, &arg(args, 1), arg(args, 2).to_boolean(), context)?;
        Ok(JsValue::undefined())
    }),
];

type Sides = (Option<State>, Option<State>);

fn any_has((readable, writable): &Sides, flags: u32) -> bool {
    let has = |state: &Option<State>| state.as_ref().is_some_and(|state| state.has(flags));
    has(writable) || has(readable)
}

fn mark((readable, writable): &Sides, flags: u32) {
    for state in [readable, writable].into_iter().flatten() {
        state.set(flags);
    }
}

/// Notes an error on both sides. The first one stays.
fn note_error(sides: &Sides, error: &JsValue, context: &mut Context) -> JsResult<()> {
    if !error.to_boolean() {
        return Ok(());
    }
    touch_stack(error, context)?;
    for state in [&sides.1, &sides.0].into_iter().flatten() {
        if !state.has(ERRORED) {
            state.with(|side| side.set_failure(error.clone()));
        }
    }
    Ok(())
}

/// A stack that is made lazily is made now, where the error is.
pub(super) fn touch_stack(error: &JsValue, context: &mut Context) -> JsResult<()> {
    match error.as_object() {
        Some(error) => error.get(js_string!("stack"), context).map(drop),
        None => Ok(()),
    }
}

/// `stream.destroy(error, callback)`.
pub(super) fn destroy_method(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    destroy(&stream, &arg(args, 0), &arg(args, 1), context)?;
    Ok(this.clone())
}

pub(super) fn destroy(
    stream: &JsObject,
    error: &JsValue,
    callback: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let both = sides(stream, context)?;
    if any_has(&both, DESTROYED) {
        if let Some(callback) = callback.as_callable() {
            callback.call(&JsValue::undefined(), &[], context)?;
        }
        return Ok(());
    }
    note_error(&both, error, context)?;
    mark(&both, DESTROYED);
    let first = both.1.as_ref().or(both.0.as_ref());
    if first.is_none_or(|state| state.has(CONSTRUCTED)) {
        return tear_down(stream, error, callback, context);
    }
    let args = [stream.clone().into(), error.clone(), callback.clone()];
    let name = js_string!("destroyWhenConstructed");
    rare("internal/streams/rare", name, &args, context).map(drop)
}

/// What `_destroy` is to call.
#[derive(Trace, Finalize)]
struct Done {
    stream: JsObject,
    callback: JsValue,
    #[unsafe_ignore_trace]
    was_called: Cell<bool>,
}

fn tear_down(
    stream: &JsObject,
    error: &JsValue,
    callback: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let done = || Done {
        stream: stream.clone(),
        callback: callback.clone(),
        was_called: Cell::new(false),
    };
    let was_told = Cell::new(false);
    let told = |context: &mut Context| {
        was_told.set(true);
        torn_down(&done(), &shown_error(error), context)
    };
    match sockets::destroy_natively(stream, error.to_boolean(), told, context) {
        Ok(true) => return Ok(()),
        Err(thrown) if is_ending(context) => return Err(thrown),
        Err(_) if was_told.get() => return Ok(()),
        Err(thrown) => {
            let thrown = value_of(thrown, context);
            return torn_down(&done(), &thrown, context);
        }
        Ok(false) => {}
    }
    let done = Gc::new(done());
    let told = closure(
        "done",
        1,
        done.clone(),
        |_, args, done, context| {
            torn_down(done, &arg(args, 0), context)?;
            Ok(JsValue::undefined())
        },
        context,
    );
    let args = [shown_error(error), told.into()];
    let outcome = call_method(stream, js_string!("_destroy"), &args, context);
    match outcome {
        Err(thrown) if !is_ending(context) => {
            let thrown = value_of(thrown, context);
            torn_down(&done, &thrown, context)
        }
        outcome => outcome.map(drop),
    }
}

/// What `_destroy` is told.
fn shown_error(error: &JsValue) -> JsValue {
    if error.to_boolean() { error.clone() } else { JsValue::null() }
}

/// The `_destroy` of most: `callback(error)`.
fn pass_error(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match arg(args, 1).as_callable() {
        Some(callback) => callback.call(&JsValue::undefined(), &[arg(args, 0)], context),
        None => Err(JsNativeError::typ().with_message("callback is not a function").into()),
    }
}

fn torn_down(done: &Done, error: &JsValue, context: &mut Context) -> JsResult<()> {
    if done.was_called.replace(true) {
        return Ok(());
    }
    let both = sides(&done.stream, context)?;
    note_error(&both, error, context)?;
    mark(&both, CLOSED);
    if let Some(callback) = done.callback.as_callable() {
        callback.call(&JsValue::undefined(), std::slice::from_ref(error), context)?;
    }
    let (stream, error) = (done.stream.clone(), error.clone());
    next_tick(context, move |context| {
        if error.to_boolean() {
            emit_error(&stream, &error, context)?;
        }
        emit_close(&stream, context)
    });
    Ok(())
}

fn emit_close(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    let both = sides(stream, context)?;
    mark(&both, CLOSE_EMITTED);
    if any_has(&both, EMIT_CLOSE) {
        events::emit(stream, js_string!("close"), &[], context)?;
    }
    Ok(())
}

fn emit_error(stream: &JsObject, error: &JsValue, context: &mut Context) -> JsResult<()> {
    let both = sides(stream, context)?;
    if any_has(&both, ERROR_EMITTED) {
        return Ok(());
    }
    mark(&both, ERROR_EMITTED);
    events::emit(stream, js_string!("error"), std::slice::from_ref(error), context).map(drop)
}

/// A stream fails: it is destroyed, or says so only. `sync` puts off the event by a tick.
pub(super) fn error_or_destroy(
    stream: &JsObject,
    error: &JsValue,
    sync: bool,
    context: &mut Context,
) -> JsResult<()> {
    let both = sides(stream, context)?;
    if any_has(&both, DESTROYED) {
        return Ok(());
    }
    if any_has(&both, AUTO_DESTROY) {
        call_method(stream, js_string!("destroy"), std::slice::from_ref(error), context)?;
        return Ok(());
    }
    if !error.to_boolean() {
        return Ok(());
    }
    note_error(&both, error, context)?;
    if !sync {
        return emit_error(stream, error, context);
    }
    let (stream, error) = (stream.clone(), error.clone());
    next_tick(context, move |context| emit_error(&stream, &error, context));
    Ok(())
}

/// As [`error_or_destroy`], at once, for an error of ours.
pub(super) fn fail(stream: &JsObject, error: JsError, context: &mut Context) -> JsResult<()> {
    let error = value_of(error, context);
    error_or_destroy(stream, &error, false, context)
}

pub(super) fn multiple_callback(context: &mut Context) -> JsError {
    coded(context, Code::ERR_MULTIPLE_CALLBACK, "Callback called multiple times")
}

pub(super) fn stream_destroyed(method: &str, context: &mut Context) -> JsError {
    let message = format!("Cannot call {method} after a stream was destroyed");
    coded(context, Code::ERR_STREAM_DESTROYED, message)
}
