//! The writable side: writes, their ends, and the end of all.

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Gc, Trace};

use super::{
    SideOptions, State, call_method, is_encoding, is_ending,
    life::{self, multiple_callback, stream_destroyed, touch_stack},
    next_tick, next_tick_call, of, rare,
    readable::{as_buffer, size_of},
    side_options, sides,
    state::{
        AFTER_WRITE_PENDING, ALL_BUFFERS, ALL_NOOP, AUTO_DESTROY, CLOSE_EMITTED, CONSTRUCTED,
        DECODE_STRINGS, DESTROYED, END_EMITTED, ENDED, ENDING, ERROR_EMITTED, ERRORED,
        FINAL_CALLED, FINISHED, NEED_DRAIN, OBJECT_MODE, PREFINISHED, SYNC, Side, WRITING,
    },
    unknown_encoding, writable_of,
};
use crate::{
    bindings::{
        events,
        sockets::{self, Known, is_usual},
    },
    engine::{
        classes::{instance, new_target},
        errors::{Code, coded, value_of},
        natives::{Method, arg, closure, define_value},
    },
};

/// What must wait: a write is under way, or none may be.
const BUSY: u32 = WRITING | ERRORED;
/// What stands in the way of the end.
const NO_FINISH: u32 =
    ENDING | DESTROYED | CONSTRUCTED | FINISHED | WRITING | ERRORED | ERROR_EMITTED | CLOSE_EMITTED;

pub(super) const METHODS: &[Method] = &[
    ("write", 3, |this, args, context| {
        let stream = this.to_object(context)?;
        let outcome = write(&stream, arg(args, 0), arg(args, 1), arg(args, 2), context)?;
        Ok(matches!(outcome, Outcome::Room(true)).into())
    }),
    ("end", 3, end),
    ("uncork", 0, uncork),
    ("destroyWritable", 2, destroy),
    ("start", 5, |_, args, context| {
        let stream = arg(args, 0).to_object(context)?;
        let state = writable_of(&stream, context)?;
        let size = arg(args, 1).to_number(context)?;
        start(&stream, &state, size, arg(args, 2), (arg(args, 3), arg(args, 4)), context)?;
        Ok(JsValue::undefined())
    }),
    ("callFinished", 2, |_, args, context| {
        if let Some(state) = State::of(&arg(args, 0)) {
            call_finished(&state, &arg(args, 1), context)?;
        }
        Ok(JsValue::undefined())
    }),
    ("whenWritableConstructed", 1, |_, args, context| {
        let stream = arg(args, 0).to_object(context)?;
        let state = writable_of(&stream, context)?;
        if !state.has(WRITING) {
            write_buffered(&stream, &state, context)?;
        }
        if state.has(ENDING) {
            finish_maybe(&stream, &state, false, context)?;
        }
        Ok(JsValue::undefined())
    }),
];

/// `new WritableState(options, stream, isDuplex)`.
pub(super) fn construct_state(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let new_target = new_target(this, "WritableState")?;
    let (options, is_duplex) = (arg(args, 0), arg(args, 2).to_boolean());
    let names = (js_string!("writableObjectMode"), js_string!("writableHighWaterMark"));
    let SideOptions { mut flags, high_water_mark, default_encoding } =
        side_options(&options, is_duplex, names, context)?;
    flags |= ALL_BUFFERS | ALL_NOOP;
    let decodes = match options.as_object() {
        Some(options) => options.get(js_string!("decodeStrings"), context)?,
        None => JsValue::undefined(),
    };
    if decodes.as_boolean() != Some(false) {
        flags |= DECODE_STRINGS;
    }
    let side = Side::new(flags, high_water_mark, default_encoding);
    side.slots.borrow_mut().stream = arg(args, 1).as_object();
    let class = of(context)?.writable.clone();
    Ok(instance(&new_target, &class, side, context)?.into())
}

/// `state.onwrite`: what the sink calls.
pub(super) fn on_write_of(this: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let Some(state) = State::of(this) else { return Ok(JsValue::undefined()) };
    Ok(on_write(&state, context))
}

fn on_write(state: &State, context: &mut Context) -> JsValue {
    let (known, stream) = state.with(|side| {
        let slots = side.slots.borrow();
        (slots.on_write.clone(), slots.stream.clone())
    });
    if let Some(known) = known {
        return known.into();
    }
    let Some(stream) = stream else { return JsValue::undefined() };
    let told = closure(
        "onwrite",
        1,
        stream,
        |_, args, stream, context| {
            written(stream, &arg(args, 0), context)?;
            Ok(JsValue::undefined())
        },
        context,
    );
    let told: JsObject = told.into();
    state.with(|side| side.slots.borrow_mut().on_write = Some(told.clone()));
    told.into()
}

// ---- Writing.

/// What became of a write.
pub(super) enum Outcome {
    /// It was taken; false at the high water mark.
    Room(bool),
    /// It came too late.
    Refused(JsValue),
}

pub(super) fn write(
    stream: &JsObject,
    mut chunk: JsValue,
    mut encoding: JsValue,
    mut callback: JsValue,
    context: &mut Context,
) -> JsResult<Outcome> {
    let state = writable_of(stream, context)?;
    if encoding.is_callable() {
        callback = std::mem::replace(&mut encoding, JsValue::null());
    }
    let callback = callback.as_callable();
    if chunk.is_null() {
        let message = "May not write null values to stream";
        return Err(coded(context, Code::ERR_STREAM_NULL_VALUES, message));
    }
    let object_mode = state.has(OBJECT_MODE);
    if !object_mode {
        (chunk, encoding) = to_bytes(&state, chunk, encoding, context)?;
    }
    if state.has(ENDING | DESTROYED) {
        return too_late(stream, &state, callback, context).map(Outcome::Refused);
    }
    let size = if object_mode { 1.0 } else { size_of(&chunk, context)? };
    let must_wait = state.with(|side| {
        side.pending.set(side.pending.get() + 1);
        side.length.set(side.length.get() + size);
        !side.is(BUSY | CONSTRUCTED, CONSTRUCTED) || side.corked.get() > 0
    });
    if must_wait {
        queue(&state, chunk, encoding, callback, context)?;
    } else {
        state.with(|side| {
            side.write_length.set(size);
            side.slots.borrow_mut().write_callback = callback;
            side.set(WRITING | SYNC);
        });
        sink(stream, &state, (chunk, encoding), context)?;
        state.clear(SYNC);
    }
    let has_room = state.with(|side| {
        // What was written at once fills nothing.
        let length = side.length.get();
        let has_room = length < side.high_water_mark.get() || length == 0.0;
        if !has_room {
            side.set(NEED_DRAIN);
        }
        // A stream that failed meanwhile wants nothing more.
        has_room && !side.has(ERRORED | DESTROYED)
    });
    Ok(Outcome::Room(has_room))
}

/// A chunk of a stream of bytes, and its encoding.
fn to_bytes(
    state: &State,
    chunk: JsValue,
    mut encoding: JsValue,
    context: &mut Context,
) -> JsResult<(JsValue, JsValue)> {
    let is_buffer = encoding.as_string().is_some_and(|name| name == js_string!("buffer"));
    if !encoding.to_boolean() {
        encoding = state.with(|side| side.slots.borrow().default_encoding.clone());
    } else if !is_buffer && !is_encoding(&encoding) {
        return Err(unknown_encoding(&encoding, context));
    }
    if chunk.is_string() {
        if !state.has(DECODE_STRINGS) {
            return Ok((chunk, encoding));
        }
        let name = js_string!("encoded");
        let bytes = rare("internal/streams/buffer", name, &[chunk, encoding], context)?;
        return Ok((bytes, js_string!("buffer").into()));
    }
    match as_buffer(&chunk, context)? {
        Some(bytes) => Ok((bytes, js_string!("buffer").into())),
        None => {
            let name = js_string!("invalidChunk");
            let error = rare("internal/streams/state", name, &[chunk], context)?;
            Err(JsError::from_opaque(error))
        }
    }
}

fn too_late(
    stream: &JsObject,
    state: &State,
    callback: Option<JsObject>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let error = if state.has(ENDING) {
        coded(context, Code::ERR_STREAM_WRITE_AFTER_END, "write after end")
    } else {
        stream_destroyed("write", context)
    };
    let error = value_of(error, context);
    let told = error.clone();
    next_tick(context, move |context| match callback {
        Some(callback) => callback.call(&JsValue::undefined(), &[told], context).map(drop),
        None => Ok(()),
    });
    life::error_or_destroy(stream, &error, true, context)?;
    Ok(error)
}

/// Lets a write wait.
fn queue(
    state: &State,
    chunk: JsValue,
    encoding: JsValue,
    callback: Option<JsObject>,
    context: &mut Context,
) -> JsResult<()> {
    let is_buffer = encoding.as_string().is_some_and(|name| name == js_string!("buffer"));
    state.with(|side| {
        if !is_buffer {
            side.clear(ALL_BUFFERS);
        }
        if callback.is_some() {
            side.clear(ALL_NOOP);
        }
    });
    let callback = match callback {
        Some(callback) => callback,
        None => super::nop(context)?,
    };
    let entry = JsObject::with_object_proto(context.intrinsics());
    define_value(&entry, js_string!("chunk"), chunk, true);
    define_value(&entry, js_string!("encoding"), encoding, true);
    define_value(&entry, js_string!("callback"), callback, true);
    let list = boa_engine::object::builtins::JsArray::from_object(state.list(context))?;
    list.push(entry, context).map(drop)
}

fn sink(
    stream: &JsObject,
    state: &State,
    (chunk, encoding): (JsValue, JsValue),
    context: &mut Context,
) -> JsResult<()> {
    let told = on_write(state, context);
    if is_usual(stream, Known::Sink, context) {
        return sockets::sink(stream, (&chunk, &encoding), &told, context);
    }
    call_method(stream, js_string!("_write"), &[chunk, encoding, told], context).map(drop)
}

/// One call of the sink with a write that waited. The encoding of many at once is a symbol.
fn start(
    stream: &JsObject,
    state: &State,
    size: f64,
    callback: JsValue,
    (chunk, encoding): (JsValue, JsValue),
    context: &mut Context,
) -> JsResult<()> {
    let nop = super::nop(context)?;
    let callback = callback.as_callable().filter(|given| !JsObject::equals(given, &nop));
    state.with(|side| {
        side.write_length.set(size);
        side.slots.borrow_mut().write_callback = callback;
        side.set(WRITING | SYNC);
    });
    if state.has(DESTROYED) {
        let error = stream_destroyed("write", context);
        let error = value_of(error, context);
        written(stream, &error, context)?;
    } else if encoding.is_symbol() {
        let told = on_write(state, context);
        call_method(stream, js_string!("_writev"), &[chunk, told], context)?;
    } else {
        sink(stream, state, (chunk, encoding), context)?;
    }
    state.clear(SYNC);
    Ok(())
}

fn write_buffered(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    if state.waiting(context)? == 0 {
        return Ok(());
    }
    let args = [stream.clone().into(), state.object().into()];
    rare("internal/streams/writable", js_string!("writeBuffered"), &args, context).map(drop)
}

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
fn fail_buffered(state: &State, context: &mut Context) -> JsResult<()> {
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

fn uncork(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    let state = writable_of(&stream, context)?;
    let corked = state.with(|side| side.corked.get());
    if corked > 0 {
        state.with(|side| side.corked.set(corked - 1));
        if !state.has(WRITING) {
            write_buffered(&stream, &state, context)?;
        }
    }
    Ok(JsValue::undefined())
}

// ---- The end.

/// `end(chunk, encoding, callback)`.
fn end(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
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
    if error.is_some() {
        // The write has failed already.
    } else if !state.has(ERRORED | ENDING) {
        state.set(ENDING);
        finish_maybe(&stream, &state, true, context)?;
        state.set(ENDED);
    } else if state.has(FINISHED) {
        let message = "Cannot call end after a stream was finished";
        let late = coded(context, Code::ERR_STREAM_ALREADY_FINISHED, message);
        error = Some(value_of(late, context));
    } else if state.has(DESTROYED) {
        let late = stream_destroyed("end", context);
        error = Some(value_of(late, context));
    }
    if let Some(callback) = callback.as_callable() {
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
    Ok(this.clone())
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

fn finish_maybe(
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
fn call_finished(state: &State, error: &JsValue, context: &mut Context) -> JsResult<()> {
    let callbacks = state.with(|side| std::mem::take(&mut side.slots.borrow_mut().on_finished));
    for callback in callbacks {
        callback.call(&JsValue::undefined(), std::slice::from_ref(error), context)?;
    }
    Ok(())
}

/// `destroy` of a stream that can be written to: what waits to be written is told.
fn destroy(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    let state = writable_of(&stream, context)?;
    let is_awaited = state.with(|side| !side.slots.borrow().on_finished.is_empty());
    if !state.has(DESTROYED) && (is_awaited || state.waiting(context)? > 0) {
        next_tick(context, move |context| fail_buffered(&state, context));
    }
    life::destroy_method(this, args, context)
}
