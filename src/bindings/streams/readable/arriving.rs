//! Data comes into a stream: straight to its listeners, or into the buffer.

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::typed_array::TypedArray, js_string,
    object::builtins::JsArray,
};

use super::{
    IS_OVER,
    announcing::{announce, emit_readable, read_more_soon},
};
use crate::{
    bindings::{
        buffer::{self, View},
        events,
        streams::{
            State, call_method, life, rare, readable_of,
            state::{
                CONSTRUCTED, DATA_EMITTED, DATA_LISTENING, EMITTED_READABLE, ENDED, FLOWING,
                MULTI_AWAIT_DRAIN, NEED_READABLE, OBJECT_MODE, READABLE_LISTENING, READING,
                READING_MORE, SYNC,
            },
        },
    },
    engine::{
        errors::{Code, coded},
        natives::arg,
    },
};

const CANNOT_TAKE: u32 = IS_OVER | ENDED;
const DIRECT: u32 = FLOWING | DATA_LISTENING;

/// `push(chunk, encoding)`: true if the source may go on.
pub(super) fn push(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    push_chunk(&stream, arg(args, 0), arg(args, 1), Source::Unknown, context).map(JsValue::from)
}

/// Where a chunk comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// From one that has to be asked for the next.
    Unknown,
    /// From one that goes on by itself: asking it would only note that it was asked.
    GoesOn,
}

/// As `stream.push` does, whatever that is.
pub(in crate::bindings::streams) fn push_chunk(
    stream: &JsObject,
    mut chunk: JsValue,
    mut encoding: JsValue,
    source: Source,
    context: &mut Context,
) -> JsResult<bool> {
    let state = readable_of(stream, context)?;
    if chunk.is_null() {
        state.clear(READING);
        end_of_input(stream, &state, context)?;
        return Ok(false);
    }
    let object_mode = state.has(OBJECT_MODE);
    let mut size = 1.0;
    if !object_mode {
        match bytes_of(&state, &chunk, &mut encoding, context)? {
            Some(bytes) => chunk = bytes,
            None => {
                let args = std::slice::from_ref(&chunk);
                let name = js_string!("invalidChunk");
                let error = rare("internal/streams/state", name, args, context)?;
                life::error_or_destroy(stream, &error, false, context)?;
                return Ok(false);
            }
        }
        size = size_of(&chunk, context)?;
        if size == 0.0 {
            return nothing_came(stream, &state, context);
        }
    }
    if state.has(CANNOT_TAKE) {
        return refuse(stream, &state, context);
    }
    state.clear(READING);
    let decoder = state.with(|side| side.slots.borrow().decoder.clone());
    if let Some(decoder) = decoder.as_object()
        && !encoding.to_boolean()
    {
        chunk = call_method(&decoder, js_string!("write"), &[chunk], context)?;
        if !object_mode {
            size = size_of(&chunk, context)?;
        }
        if size == 0.0 {
            return nothing_came(stream, &state, context);
        }
    }
    place(stream, &state, (chunk, size), (false, source), context)
}

/// A chunk of a stream of bytes as it stands in the buffer; `None` for what is no chunk. The encoding
/// is left empty for what is bytes.
fn bytes_of(
    state: &State,
    chunk: &JsValue,
    encoding: &mut JsValue,
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    if chunk.is_string() {
        if !encoding.to_boolean() {
            *encoding = state.with(|side| side.slots.borrow().default_encoding.clone());
        }
        let own = state.with(|side| side.slots.borrow().encoding.clone());
        if own.strict_equals(encoding) {
            return Ok(Some(chunk.clone()));
        }
        let args = [chunk.clone(), std::mem::take(encoding)];
        return rare("internal/streams/buffer", js_string!("encoded"), &args, context).map(Some);
    }
    if let Some(buffer) = as_buffer(chunk, context)? {
        *encoding = JsValue::undefined();
        return Ok(Some(buffer));
    }
    Ok(chunk.is_undefined().then(|| chunk.clone()))
}

/// A view as a Buffer on the same memory; `None` for what is no view.
pub(in crate::bindings::streams) fn as_buffer(
    chunk: &JsValue,
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    let Some(object) = chunk.as_object() else { return Ok(None) };
    if buffer::is_plain(&object, context) {
        return Ok(Some(chunk.clone()));
    }
    if View::of_view(chunk, context).is_none() {
        return Ok(None);
    }
    let args = std::slice::from_ref(chunk);
    rare("internal/streams/buffer", js_string!("asBuffer"), args, context).map(Some)
}

/// The length of a chunk of a stream of bytes.
pub(in crate::bindings::streams) fn size_of(
    chunk: &JsValue,
    context: &mut Context,
) -> JsResult<f64> {
    if let Some(text) = chunk.as_string() {
        return Ok(text.len() as f64);
    }
    match chunk.as_object() {
        Some(object) if object.is::<TypedArray>() => {
            Ok(View::of_view(chunk, context).map_or(0, |view| view.len()) as f64)
        }
        Some(object) => object.get(js_string!("length"), context)?.to_number(context),
        None => Ok(0.0),
    }
}

fn refuse(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<bool> {
    if state.has(ENDED) {
        let error = coded(context, Code::ERR_STREAM_PUSH_AFTER_EOF, "stream.push() after EOF");
        life::fail(stream, error, context)?;
    }
    Ok(false)
}

fn nothing_came(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<bool> {
    state.clear(READING);
    read_more_soon(stream, state, context);
    Ok(may_go_on(state))
}

pub(super) fn may_go_on(state: &State) -> bool {
    state.with(|side| {
        let length = side.length.get();
        !side.has(ENDED) && (length < side.high_water_mark.get() || length == 0.0)
    })
}

/// A chunk that is one: straight to the listeners, or into the buffer.
pub(super) fn place(
    stream: &JsObject,
    state: &State,
    (chunk, size): (JsValue, f64),
    (is_front, source): (bool, Source),
    context: &mut Context,
) -> JsResult<bool> {
    // What comes by itself and has no listener flows away at once, too: nobody could come to listen meanwhile.
    let flows = state.is(DIRECT | SYNC, DIRECT)
        || (source == Source::GoesOn
            && !is_front
            && state.is(FLOWING | READABLE_LISTENING | SYNC, FLOWING));
    if flows && state.length() == 0.0 {
        nobody_holds_up(state, context)?;
        state.set(DATA_EMITTED);
        events::emit(stream, js_string!("data"), &[chunk], context)?;
        if source == Source::GoesOn && is_asked_already(state) {
            return Ok(true);
        }
    } else {
        state.with(|side| side.length.set(side.length.get() + size));
        let list = JsArray::from_object(state.list(context))?;
        let index = state.with(|side| side.index.get());
        if !is_front {
            list.push(chunk, context)?;
        } else if index > 0 {
            state.with(|side| side.index.set(index - 1));
            list.set(index - 1, chunk, true, context)?;
        } else {
            list.unshift(&[chunk], context)?;
        }
        if state.has(NEED_READABLE) {
            announce(stream, state, context);
        }
    }
    read_more_soon(stream, state, context);
    Ok(may_go_on(state))
}

/// Notes what asking a source notes that goes on by itself; false where there is more to it.
fn is_asked_already(state: &State) -> bool {
    state.with(|side| {
        let is_usual = side.is(ENDED | IS_OVER | CONSTRUCTED | READING_MORE, CONSTRUCTED)
            && side.length.get() == 0.0
            && side.high_water_mark.get() > 0.0;
        if is_usual {
            side.set(READING | NEED_READABLE);
        }
        is_usual
    })
}

pub(super) fn nobody_holds_up(state: &State, context: &mut Context) -> JsResult<()> {
    if !state.has(MULTI_AWAIT_DRAIN) {
        state.with(|side| side.slots.borrow_mut().await_drain = JsValue::null());
        return Ok(());
    }
    let writers = state.with(|side| side.slots.borrow().await_drain.clone());
    match writers.as_object() {
        Some(writers) => call_method(&writers, js_string!("clear"), &[], context).map(drop),
        None => Ok(()),
    }
}

pub(super) fn end_of_input(
    stream: &JsObject,
    state: &State,
    context: &mut Context,
) -> JsResult<()> {
    if state.has(ENDED) {
        return Ok(());
    }
    let decoder = state.with(|side| side.slots.borrow().decoder.clone());
    if let Some(decoder) = decoder.as_object() {
        let rest = call_method(&decoder, js_string!("end"), &[], context)?;
        if rest.to_boolean() {
            let size = if state.has(OBJECT_MODE) { 1.0 } else { size_of(&rest, context)? };
            JsArray::from_object(state.list(context))?.push(rest, context)?;
            state.with(|side| side.length.set(side.length.get() + size));
        }
    }
    state.set(ENDED);
    if state.has(SYNC) {
        announce(stream, state, context);
        return Ok(());
    }
    // The end comes in its own time: it is told at once, so that what is left is not read in vain.
    state.clear(NEED_READABLE);
    state.set(EMITTED_READABLE);
    emit_readable(stream, state, context)
}
