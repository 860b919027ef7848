//! The readable side: data comes in, data goes out, the end, flowing and not.

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::typed_array::TypedArray, js_string,
    object::builtins::JsArray,
};

use super::{
    Ours, SideOptions, State, call_method, is_ending, is_ours, life, next_tick, of, rare,
    readable_of, side_options, sides,
    state::{
        AUTO_DESTROY, CLOSE_EMITTED, CONSTRUCTED, DATA_EMITTED, DATA_LISTENING, DESTROYED,
        EMITTED_READABLE, END_EMITTED, ENDED, ERROR_EMITTED, ERRORED, FINISHED, FLOWING,
        HAS_FLOWING, MULTI_AWAIT_DRAIN, NEED_READABLE, OBJECT_MODE, PAUSED, READABLE_LISTENING,
        READING, READING_MORE, RESUME_SCHEDULED, SYNC, Side,
    },
};
use crate::{
    bindings::{
        buffer::{self, View},
        events,
        sockets::{self, Known, is_usual},
    },
    engine::{
        classes::{instance, new_target},
        errors::{Code, coded, value_of},
        natives::{Method, arg},
    },
};

const IS_OVER: u32 = DESTROYED | ERRORED;
const CANNOT_TAKE: u32 = IS_OVER | ENDED;
const DIRECT: u32 = FLOWING | DATA_LISTENING;

pub(super) const METHODS: &[Method] = &[
    ("push", 2, push),
    ("read", 1, read_method),
    ("resume", 0, resume_method),
    ("pause", 0, pause),
    ("on", 2, on),
    ("removeListener", 2, remove_listener),
    ("removeAllListeners", 1, remove_all_listeners),
    ("place", 5, |_, args, context| {
        let (stream, state) = stream_and_state(args, context)?;
        let (size, is_front) = (arg(args, 3).to_number(context)?, arg(args, 4).to_boolean());
        let how = (is_front, Source::Unknown);
        Ok(place(&stream, &state, (arg(args, 2), size), how, context)?.into())
    }),
    ("endOfInput", 2, |_, args, context| {
        let (stream, state) = stream_and_state(args, context)?;
        end_of_input(&stream, &state, context)?;
        Ok(JsValue::undefined())
    }),
    ("mayGoOn", 1, |_, args, _| {
        Ok(State::of(&arg(args, 0)).is_some_and(|state| may_go_on(&state)).into())
    }),
    ("whenReadableConstructed", 1, |_, args, context| {
        let stream = arg(args, 0).to_object(context)?;
        let state = readable_of(&stream, context)?;
        if state.has(NEED_READABLE) {
            read_more_soon(&stream, &state, context);
        }
        Ok(JsValue::undefined())
    }),
];

fn stream_and_state(args: &[JsValue], context: &mut Context) -> JsResult<(JsObject, State)> {
    let stream = arg(args, 0).to_object(context)?;
    let state = readable_of(&stream, context)?;
    Ok((stream, state))
}

/// `new ReadableState(options, stream, isDuplex)`.
pub(super) fn construct_state(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let new_target = new_target(this, "ReadableState")?;
    let (options, is_duplex) = (arg(args, 0), arg(args, 2).to_boolean());
    let names = (js_string!("readableObjectMode"), js_string!("readableHighWaterMark"));
    let SideOptions { flags, high_water_mark, default_encoding } =
        side_options(&options, is_duplex, names, context)?;
    let side = Side::new(flags, high_water_mark, default_encoding);
    let class = of(context)?.readable.clone();
    let state = instance(&new_target, &class, side, context)?;
    if let Some(options) = options.as_object() {
        let encoding = options.get(js_string!("encoding"), context)?;
        if encoding.to_boolean() {
            let args = [state.clone().into(), encoding];
            let name = js_string!("startDecoding");
            rare("internal/streams/readable", name, &args, context)?;
        }
    }
    Ok(state.into())
}

// ---- Data comes in.

/// `push(chunk, encoding)`: true if the source may go on.
fn push(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
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
pub(super) fn push_chunk(
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
pub(super) fn as_buffer(chunk: &JsValue, context: &mut Context) -> JsResult<Option<JsValue>> {
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
pub(super) fn size_of(chunk: &JsValue, context: &mut Context) -> JsResult<f64> {
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

fn may_go_on(state: &State) -> bool {
    state.with(|side| {
        let length = side.length.get();
        !side.has(ENDED) && (length < side.high_water_mark.get() || length == 0.0)
    })
}

/// A chunk that is one: straight to the listeners, or into the buffer.
fn place(
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

fn nobody_holds_up(state: &State, context: &mut Context) -> JsResult<()> {
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

/// Plans a `readable` event, if none is planned.
fn announce(stream: &JsObject, state: &State, context: &mut Context) {
    state.clear(NEED_READABLE);
    if state.has(EMITTED_READABLE) {
        return;
    }
    state.set(EMITTED_READABLE);
    let (stream, state) = (stream.clone(), state.clone());
    next_tick(context, move |context| emit_readable(&stream, &state, context));
}

fn emit_readable(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    if !state.has(IS_OVER) && (state.length() != 0.0 || state.has(ENDED)) {
        events::emit(stream, js_string!("readable"), &[], context)?;
        state.clear(EMITTED_READABLE);
    }
    // Whoever has not read all, or reads less than there may be, is told again.
    state.with(|side| {
        if !side.has(FLOWING | ENDED) && side.length.get() <= side.high_water_mark.get() {
            side.set(NEED_READABLE);
        }
    });
    flow(stream, state, context)
}

/// Plans to fill the buffer up to the high water mark.
fn read_more_soon(stream: &JsObject, state: &State, context: &mut Context) {
    if !state.is(READING_MORE | CONSTRUCTED, CONSTRUCTED) {
        return;
    }
    state.set(READING_MORE);
    let (stream, state) = (stream.clone(), state.clone());
    next_tick(context, move |context| read_more(&stream, &state, context));
}

fn read_more(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    loop {
        let before = state.length();
        let wants_more = state.with(|side| {
            !side.has(READING | ENDED)
                && (before < side.high_water_mark.get() || (side.has(FLOWING) && before == 0.0))
        });
        if !wants_more {
            break;
        }
        read_nothing(stream, context)?;
        if state.length() == before {
            break;
        }
    }
    state.clear(READING_MORE);
    Ok(())
}

/// `stream.read(0)`, overridden or not.
pub(crate) fn read_nothing(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    call_read(stream, Some(0.0), context).map(drop)
}

fn call_read(stream: &JsObject, size: Option<f64>, context: &mut Context) -> JsResult<JsValue> {
    if is_usual(stream, Known::Read, context) {
        sockets::before_read(stream, context)?;
        return read_size(stream, size.unwrap_or(f64::NAN), context);
    }
    let read = stream.get(js_string!("read"), context)?;
    match read.as_callable() {
        Some(read) if is_ours(&read, Ours::Read, context) => {
            read_size(stream, size.unwrap_or(f64::NAN), context)
        }
        Some(read) => {
            let args: &[JsValue] = &size.map(JsValue::from).into_iter().collect::<Vec<_>>();
            read.call(&stream.clone().into(), args, context)
        }
        None => call_method(stream, js_string!("read"), &[], context),
    }
}

// ---- Data goes out.

/// The method of this name, whatever the stream's is.
pub(crate) fn read_method(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    let asked = arg(args, 0);
    let size = if asked.is_undefined() {
        f64::NAN
    } else {
        match asked.as_number() {
            Some(number) if number.trunc() == number && number.abs() < 2_147_483_648.0 => number,
            // As `parseInt` has it.
            _ => {
                let parse = context.global_object().get(js_string!("parseInt"), context)?;
                match parse.as_callable() {
                    Some(parse) => parse
                        .call(&JsValue::undefined(), &[asked, 10.into()], context)?
                        .to_number(context)?,
                    None => f64::NAN,
                }
            }
        }
    };
    read_size(&stream, size, context)
}

/// What `read(0)` and `read(n)` find before they ask the source: an answer, or nothing.
fn before_asking(
    stream: &JsObject,
    state: &State,
    size: f64,
    context: &mut Context,
) -> JsResult<bool> {
    if size > state.with(|side| side.high_water_mark.get()) {
        let name = js_string!("nextMark");
        let mark = rare("internal/streams/buffer_parts", name, &[size.into()], context)?;
        let mark = mark.to_number(context)?;
        state.with(|side| side.high_water_mark.set(mark));
    }
    if size != 0.0 {
        state.clear(EMITTED_READABLE);
    } else if state.has(NEED_READABLE) {
        // read(0) asks for data, not for chunks: where there are enough, it only says so.
        let is_full = state.with(|side| {
            let (mark, length) = (side.high_water_mark.get(), side.length.get());
            if mark == 0.0 { length > 0.0 } else { length >= mark }
        });
        if is_full || state.has(ENDED) {
            if state.length() == 0.0 && state.has(ENDED) {
                end_soon(stream, state, context);
            } else {
                announce(stream, state, context);
            }
            return Ok(true);
        }
    }
    Ok(false)
}

/// `read(size)`; NaN asks for whatever there is.
fn read_size(stream: &JsObject, wanted: f64, context: &mut Context) -> JsResult<JsValue> {
    let state = readable_of(stream, context)?;
    if before_asking(stream, &state, wanted, context)? {
        return Ok(JsValue::null());
    }
    let mut size = available(wanted, &state, context)?;
    if size == 0.0 && state.has(ENDED) {
        if state.length() == 0.0 {
            end_soon(stream, &state, context);
        }
        return Ok(JsValue::null());
    }
    let wants_more = state.with(|side| {
        let length = side.length.get();
        side.has(NEED_READABLE) || length == 0.0 || length - size < side.high_water_mark.get()
    });
    if wants_more && state.is(ENDED | READING | IS_OVER | CONSTRUCTED, CONSTRUCTED) {
        ask(stream, &state, context)?;
        // What came at once counts.
        if !state.has(READING) {
            size = available(wanted, &state, context)?;
        }
    }
    let chunk = if size > 0.0 { take(size, &state, context)? } else { JsValue::null() };
    if chunk.is_null() {
        state.with(|side| {
            if side.length.get() <= side.high_water_mark.get() {
                side.set(NEED_READABLE);
            }
        });
        size = 0.0;
    } else {
        state.with(|side| side.length.set(side.length.get() - size));
        nobody_holds_up(&state, context)?;
    }
    if state.length() == 0.0 {
        if !state.has(ENDED) {
            state.set(NEED_READABLE);
        } else if wanted != size {
            end_soon(stream, &state, context);
        }
    }
    if !chunk.is_null() && !state.has(ERROR_EMITTED | CLOSE_EMITTED) {
        state.set(DATA_EMITTED);
        events::emit(stream, js_string!("data"), std::slice::from_ref(&chunk), context)?;
    }
    Ok(chunk)
}

/// How much of the asked can be taken.
fn available(size: f64, state: &State, context: &mut Context) -> JsResult<f64> {
    let length = state.length();
    if size <= 0.0 || (length == 0.0 && state.has(ENDED)) {
        return Ok(0.0);
    }
    if state.has(OBJECT_MODE) {
        return Ok(1.0);
    }
    if size <= length {
        return Ok(size);
    }
    if size > length {
        return Ok(if state.has(ENDED) { length } else { 0.0 });
    }
    if !state.has(FLOWING) || length == 0.0 || state.waiting(context)? == 1 {
        return Ok(length);
    }
    // A flowing stream gives chunk by chunk.
    let index = state.with(|side| side.index.get());
    let first = state.list(context).get(index, context)?;
    size_of(&first, context)
}

/// Takes this much from the front of the buffer.
fn take(size: f64, state: &State, context: &mut Context) -> JsResult<JsValue> {
    let is_whole = state.has(OBJECT_MODE) || size >= state.length();
    if is_whole && state.with(|side| side.index.get()) == 0 && state.waiting(context)? == 1 {
        return JsArray::from_object(state.list(context))?.pop(context);
    }
    let args = [size.into(), state.object().into()];
    rare("internal/streams/buffer", js_string!("take"), &args, context)
}

/// One call of the source.
fn ask(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    state.set(READING | SYNC);
    if state.length() == 0.0 {
        state.set(NEED_READABLE);
    }
    let mark = state.with(|side| side.high_water_mark.get());
    let asked = if is_usual(stream, Known::ReadMore, context) {
        sockets::read_more(stream, context)
    } else {
        call_method(stream, js_string!("_read"), &[mark.into()], context).map(drop)
    };
    if let Err(error) = asked {
        if is_ending(context) {
            return Err(error);
        }
        let error = value_of(error, context);
        life::error_or_destroy(stream, &error, false, context)?;
    }
    state.clear(SYNC);
    Ok(())
}

fn flow(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    while state.has(FLOWING) && !call_read(stream, None, context)?.is_null() {}
    Ok(())
}

fn end_soon(stream: &JsObject, state: &State, context: &mut Context) {
    if state.has(END_EMITTED) {
        return;
    }
    state.set(ENDED);
    let (stream, state) = (stream.clone(), state.clone());
    next_tick(context, move |context| end(&stream, &state, context));
}

fn end(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    if state.has(ERRORED | CLOSE_EMITTED | END_EMITTED) || state.length() > 0.0 {
        return Ok(());
    }
    state.set(END_EMITTED);
    events::emit(stream, js_string!("end"), &[], context)?;
    let is_writable = super::is_writable(stream, context)?;
    let stays_open = match sockets::stays_half_open(stream) {
        Some(stays_open) => stays_open,
        None => stream.get(js_string!("allowHalfOpen"), context)?.as_boolean() != Some(false),
    };
    if is_writable && !stays_open {
        let stream = stream.clone();
        next_tick(context, move |context| end_other_side(&stream, context));
        return Ok(());
    }
    if !state.has(AUTO_DESTROY) {
        return Ok(());
    }
    let is_through = match sides(stream, context)?.1 {
        None => true,
        Some(other) => {
            other.has(AUTO_DESTROY)
                && (other.has(FINISHED)
                    || other.object().get(js_string!("writable"), context)?.as_boolean()
                        == Some(false))
        }
    };
    if is_through {
        call_method(stream, js_string!("destroy"), &[], context)?;
    }
    Ok(())
}

fn end_other_side(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    if !super::is_writable(stream, context)? {
        return Ok(());
    }
    let mut is = |name| -> JsResult<bool> { Ok(stream.get(name, context)?.to_boolean()) };
    // A socket that is writable has not ended.
    if sockets::is_native(stream)
        || (!is(js_string!("writableEnded"))? && !is(js_string!("destroyed"))?)
    {
        call_method(stream, js_string!("end"), &[], context)?;
    }
    Ok(())
}

// ---- Flowing and not.

/// The method of this name, whatever the stream's is.
pub(crate) fn resume_method(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    let state = readable_of(&stream, context)?;
    if !state.has(FLOWING) {
        // A listener for `readable` reads at its own pace.
        state.with(|side| side.set_flowing(!side.has(READABLE_LISTENING)));
        resume_soon(&stream, &state, context);
    }
    state.clear(PAUSED);
    Ok(this.clone())
}

fn resume_soon(stream: &JsObject, state: &State, context: &mut Context) {
    if state.has(RESUME_SCHEDULED) {
        return;
    }
    state.set(RESUME_SCHEDULED);
    let (stream, state) = (stream.clone(), state.clone());
    next_tick(context, move |context| resume(&stream, &state, context));
}

fn resume(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    if !state.has(READING) {
        read_nothing(stream, context)?;
    }
    state.clear(RESUME_SCHEDULED);
    events::emit(stream, js_string!("resume"), &[], context)?;
    flow(stream, state, context)?;
    if state.is(FLOWING | READING, FLOWING) {
        read_nothing(stream, context)?;
    }
    Ok(())
}

/// The method of this name, whatever the stream's is.
pub(crate) fn pause(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    let state = readable_of(&stream, context)?;
    if !state.is(HAS_FLOWING | FLOWING, HAS_FLOWING) {
        state.with(|side| side.set_flowing(false));
        events::emit(&stream, js_string!("pause"), &[], context)?;
    }
    state.set(PAUSED);
    Ok(this.clone())
}

fn count(stream: &JsObject, name: boa_engine::JsString, context: &mut Context) -> JsResult<f64> {
    call_method(stream, js_string!("listenerCount"), &[name.into()], context)?.to_number(context)
}

/// `on` and `addListener`.
fn on(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let result = events::on_method(this, args, context)?;
    let Some(name) = arg(args, 0).as_string() else { return Ok(result) };
    let is_data = name == js_string!("data");
    if !is_data && name != js_string!("readable") {
        return Ok(result);
    }
    let stream = this.to_object(context)?;
    let state = readable_of(&stream, context)?;
    if is_data {
        state.set(DATA_LISTENING);
        let is_heard = count(&stream, js_string!("readable"), context)? > 0.0;
        state.with(|side| side.put(READABLE_LISTENING, is_heard));
        if !state.is(HAS_FLOWING | FLOWING, HAS_FLOWING) {
            call_method(&stream, js_string!("resume"), &[], context)?;
        }
    } else if !state.has(END_EMITTED | READABLE_LISTENING) {
        state.set(READABLE_LISTENING | NEED_READABLE);
        state.clear(EMITTED_READABLE);
        state.with(|side| side.set_flowing(false));
        if state.length() != 0.0 {
            announce(&stream, &state, context);
        } else if !state.has(READING) {
            next_tick(context, move |context| read_nothing(&stream, context));
        }
    }
    Ok(result)
}

/// After listeners went: does the stream flow?
fn reconsider_soon(stream: JsObject, context: &mut Context) {
    next_tick(context, move |context| {
        let state = readable_of(&stream, context)?;
        let is_heard = count(&stream, js_string!("readable"), context)? > 0.0;
        state.with(|side| side.put(READABLE_LISTENING, is_heard));
        if state.is(RESUME_SCHEDULED | PAUSED, RESUME_SCHEDULED) {
            state.with(|side| side.set_flowing(true));
        } else if count(&stream, js_string!("data"), context)? > 0.0 {
            call_method(&stream, js_string!("resume"), &[], context)?;
        } else if !state.has(READABLE_LISTENING) {
            state.clear(HAS_FLOWING | FLOWING);
        }
        Ok(())
    });
}

/// `removeListener` and `off`.
fn remove_listener(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let result = events::remove_method(this, args, context)?;
    let Some(name) = arg(args, 0).as_string() else { return Ok(result) };
    if name == js_string!("readable") {
        reconsider_soon(this.to_object(context)?, context);
    } else if name == js_string!("data") {
        let stream = this.to_object(context)?;
        if count(&stream, name, context)? == 0.0 {
            readable_of(&stream, context)?.clear(DATA_LISTENING);
        }
    }
    Ok(result)
}

fn remove_all_listeners(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let result = events::remove_all_method(this, args, context)?;
    let stream = this.to_object(context)?;
    let name = arg(args, 0);
    let is = |text| name.is_undefined() || name.as_string().is_some_and(|name| name == text);
    if is(js_string!("readable")) {
        reconsider_soon(stream.clone(), context);
    }
    if is(js_string!("data")) {
        readable_of(&stream, context)?.clear(DATA_LISTENING);
    }
    Ok(result)
}
