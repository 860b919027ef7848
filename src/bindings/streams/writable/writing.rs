//! Writing: a chunk goes to the sink, or waits until the sink is free.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray,
};

use super::written::written;
use crate::{
    bindings::{
        sockets::{self, Known, is_usual},
        streams::{
            State, call_method, is_encoding,
            life::{self, stream_destroyed},
            next_tick, nop, rare,
            readable::{as_buffer, size_of},
            state::{
                ALL_BUFFERS, ALL_NOOP, CONSTRUCTED, DECODE_STRINGS, DESTROYED, ENDING, ERRORED,
                NEED_DRAIN, OBJECT_MODE, SYNC, WRITING,
            },
            unknown_encoding, writable_of,
        },
    },
    engine::{
        errors::{Code, coded, value_of},
        natives::{arg, closure, define_value},
    },
};

/// What must wait: a write is under way, or none may be.
const BUSY: u32 = WRITING | ERRORED;

/// What became of a write.
pub(in crate::bindings::streams) enum Outcome {
    /// It was taken; false at the high water mark.
    Room(bool),
    /// It came too late.
    Refused(JsValue),
}

pub(in crate::bindings::streams) fn write(
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
    Ok(Outcome::Room(has_room(&state)))
}

/// Whether more may be written now; if not, a drain will be told.
fn has_room(state: &State) -> bool {
    state.with(|side| {
        // What was written at once fills nothing.
        let length = side.length.get();
        let has_room = length < side.high_water_mark.get() || length == 0.0;
        if !has_room {
            side.set(NEED_DRAIN);
        }
        // A stream that failed meanwhile wants nothing more.
        has_room && !side.has(ERRORED | DESTROYED)
    })
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
        None => nop(context)?,
    };
    let entry = JsObject::with_object_proto(context.intrinsics());
    define_value(&entry, js_string!("chunk"), chunk, true);
    define_value(&entry, js_string!("encoding"), encoding, true);
    define_value(&entry, js_string!("callback"), callback, true);
    let list = JsArray::from_object(state.list(context))?;
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
pub(super) fn start(
    stream: &JsObject,
    state: &State,
    size: f64,
    callback: JsValue,
    (chunk, encoding): (JsValue, JsValue),
    context: &mut Context,
) -> JsResult<()> {
    let nop = nop(context)?;
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

pub(super) fn write_buffered(
    stream: &JsObject,
    state: &State,
    context: &mut Context,
) -> JsResult<()> {
    if state.waiting(context)? == 0 {
        return Ok(());
    }
    let args = [stream.clone().into(), state.object().into()];
    rare("internal/streams/writable", js_string!("writeBuffered"), &args, context).map(drop)
}

/// `state.onwrite`: what the sink calls.
pub(in crate::bindings::streams) fn on_write_of(
    this: &JsValue,
    context: &mut Context,
) -> JsResult<JsValue> {
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
