//! The end: `end`, what `_final` has still to do, 'finish', and who waited for it.

use std::cell::Cell;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Gc, Trace};

use super::writing::{Outcome, write};
use crate::{
    bindings::{
        events, sockets,
        streams::{
            State, call_method, is_ending,
            life::{self, multiple_callback, stream_destroyed},
            next_tick, next_tick_call, sides,
            state::{
                AUTO_DESTROY, CLOSE_EMITTED, CONSTRUCTED, DESTROYED, END_EMITTED, ENDED, ENDING,
                ERROR_EMITTED, ERRORED, FINAL_CALLED, FINISHED, PREFINISHED, SYNC, WRITING,
            },
            writable_of,
        },
    },
    engine::{
        errors::{Code, coded, value_of},
        natives::{arg, closure},
    },
};

/// What stands in the way of the end.
const NO_FINISH: u32 =
    ENDING | DESTROYED | CONSTRUCTED | FINISHED | WRITING | ERRORED | ERROR_EMITTED | CLOSE_EMITTED;

/// `end(chunk, encoding, callback)`.
pub(super) fn end(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    let state = writable_of(&stream, context)?;
    let (mut chunk, mut encoding, mut callback) = (arg(args, 0), arg(args, 1), arg(args, 2));
    if chunk.is_callable() {
        callback = std::mem::take(&mut chunk);
    } else if encoding.is_callable() {
        callback = std::mem::take(&mut encoding);
    }
    let mut error = None;
    if !chunk.is_null_or_undefined()
        && let Outcome::Refused(refused) =
            write(&stream, chunk, encoding, JsValue::undefined(), context)?
    {
        error = Some(refused);
    }
    if state.with(|side| side.corked.get()) > 0 {
        state.with(|side| side.corked.set(1));
        call_method(&stream, js_string!("uncork"), &[], context)?;
    }
    if error.is_none() {
        error = begin_to_end(&stream, &state, context)?;
    }
    if let Some(callback) = callback.as_callable() {
        tell_of_end(&state, callback, error, context);
    }
    Ok(this.clone())
}

/// Nothing may be written any more; or the error of who asks for the end too late.
fn begin_to_end(
    stream: &JsObject,
    state: &State,
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    if !state.has(ERRORED | ENDING) {
        state.set(ENDING);
        finish_maybe(stream, state, true, context)?;
        state.set(ENDED);
        return Ok(None);
    }
    let late = if state.has(FINISHED) {
        let message = "Cannot call end after a stream was finished";
        coded(context, Code::ERR_STREAM_ALREADY_FINISHED, message)
    } else if state.has(DESTROYED) {
        stream_destroyed("end", context)
    } else {
        return Ok(None);
    };
    Ok(Some(value_of(late, context)))
}

/// Calls the callback of `end` in the next tick, or once the stream has finished.
fn tell_of_end(state: &State, callback: JsObject, error: Option<JsValue>, context: &Context) {
    if let Some(error) = error {
        next_tick_call(&callback, vec![error], context);
    } else if state.has(ERRORED) {
        let failure = state.with(|side| side.slots.borrow().failure.clone());
        next_tick_call(&callback, vec![failure], context);
    } else if state.has(FINISHED) {
        next_tick_call(&callback, Vec::new(), context);
    } else {
        state.with(|side| side.slots.borrow_mut().on_finished.push(callback));
    }
}

fn needs_finish(state: &State, context: &mut Context) -> JsResult<bool> {
    if !state.is(NO_FINISH, ENDING | CONSTRUCTED) || state.length() != 0.0 {
        return Ok(false);
    }
    let list = state.with(|side| side.slots.borrow().list.clone());
    match list {
        Some(list) => Ok(list.get(js_string!("length"), context)?.to_u32(context)? == 0),
        None => Ok(true),
    }
}

pub(super) fn finish_maybe(
    stream: &JsObject,
    state: &State,
    is_sync: bool,
    context: &mut Context,
) -> JsResult<()> {
    if !needs_finish(state, context)? {
        return Ok(());
    }
    prefinish(stream, state, context)?;
    if state.with(|side| side.pending.get()) != 0 {
        return Ok(());
    }
    if is_sync {
        state.with(|side| side.pending.set(1));
        let (stream, state) = (stream.clone(), state.clone());
        next_tick(context, move |context| {
            if needs_finish(&state, context)? {
                return finish(&stream, &state, context);
            }
            state.with(|side| side.pending.set(side.pending.get() - 1));
            Ok(())
        });
    } else if needs_finish(state, context)? {
        state.with(|side| side.pending.set(1));
        finish(stream, state, context)?;
    }
    Ok(())
}

fn prefinish(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    if state.has(PREFINISHED | FINAL_CALLED) {
        return Ok(());
    }
    if !state.has(DESTROYED)
        && let Some(last) = stream.get(js_string!("_final"), context)?.as_callable()
    {
        state.set(FINAL_CALLED);
        return call_final(stream, state, &last, context);
    }
    state.set(PREFINISHED);
    events::emit(stream, js_string!("prefinish"), &[], context).map(drop)
}

/// What `_final` is to call.
#[derive(Trace, Finalize)]
struct Final {
    stream: JsObject,
    #[unsafe_ignore_trace]
    is_done: Cell<bool>,
}

fn call_final(
    stream: &JsObject,
    state: &State,
    last: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let done = Gc::new(Final { stream: stream.clone(), is_done: Cell::new(false) });
    if sockets::is_native(stream) {
        let done = done.clone();
        let told = move |context: &mut Context| final_done(&done, &JsValue::undefined(), context);
        state.set(SYNC);
        state.with(|side| side.pending.set(side.pending.get() + 1));
        let is_done = sockets::finish_natively(stream, last, told, context)?;
        state.clear(SYNC);
        if is_done {
            return Ok(());
        }
        state.with(|side| side.pending.set(side.pending.get() - 1));
    }
    let told = closure(
        "done",
        1,
        done.clone(),
        |_, args, done, context| {
            final_done(done, &arg(args, 0), context)?;
            Ok(JsValue::undefined())
        },
        context,
    );
    state.set(SYNC);
    state.with(|side| side.pending.set(side.pending.get() + 1));
    if let Err(thrown) = last.call(&stream.clone().into(), &[told.into()], context) {
        if is_ending(context) {
            return Err(thrown);
        }
        let thrown = value_of(thrown, context);
        final_done(&done, &thrown, context)?;
    }
    state.clear(SYNC);
    Ok(())
}

fn final_done(done: &Final, error: &JsValue, context: &mut Context) -> JsResult<()> {
    let stream = &done.stream;
    if done.is_done.replace(true) {
        let error = if error.is_null_or_undefined() {
            let twice = multiple_callback(context);
            value_of(twice, context)
        } else {
            error.clone()
        };
        return life::error_or_destroy(stream, &error, false, context);
    }
    let state = writable_of(stream, context)?;
    state.with(|side| side.pending.set(side.pending.get() - 1));
    if error.to_boolean() {
        call_finished(&state, error, context)?;
        return life::error_or_destroy(stream, error, state.has(SYNC), context);
    }
    if needs_finish(&state, context)? {
        state.set(PREFINISHED);
        events::emit(stream, js_string!("prefinish"), &[], context)?;
        // Not at once: nobody could have listened for 'finish' yet.
        state.with(|side| side.pending.set(side.pending.get() + 1));
        let stream = stream.clone();
        next_tick(context, move |context| finish(&stream, &state, context));
    }
    Ok(())
}

fn finish(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    state.with(|side| side.pending.set(side.pending.get() - 1));
    state.set(FINISHED);
    call_finished(state, &JsValue::null(), context)?;
    events::emit(stream, js_string!("finish"), &[], context)?;
    if !state.has(AUTO_DESTROY) {
        return Ok(());
    }
    let is_through = match sides(stream, context)?.0 {
        None => true,
        Some(other) => {
            other.has(AUTO_DESTROY)
                && (other.has(END_EMITTED)
                    || other.object().get(js_string!("readable"), context)?.as_boolean()
                        == Some(false))
        }
    };
    if is_through {
        call_method(stream, js_string!("destroy"), &[], context)?;
    }
    Ok(())
}

/// Tells those who gave `end` a callback.
pub(super) fn call_finished(state: &State, error: &JsValue, context: &mut Context) -> JsResult<()> {
    let callbacks = state.with(|side| std::mem::take(&mut side.slots.borrow_mut().on_finished));
    for callback in callbacks {
        callback.call(&JsValue::undefined(), std::slice::from_ref(error), context)?;
    }
    Ok(())
}
