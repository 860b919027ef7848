//! Data goes out of a stream: `read`, and the call of the source that it takes.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};

use super::{
    IS_OVER,
    announcing::{announce, call_read},
    arriving::{nobody_holds_up, size_of},
    ending::end_soon,
};
use crate::{
    bindings::{
        events,
        sockets::{self, Known, is_usual},
        streams::{
            State, call_method, is_ending, life, rare, readable_of,
            state::{
                CLOSE_EMITTED, CONSTRUCTED, DATA_EMITTED, EMITTED_READABLE, ENDED, ERROR_EMITTED,
                FLOWING, NEED_READABLE, OBJECT_MODE, READING, SYNC,
            },
        },
    },
    engine::{errors::value_of, natives::arg},
};

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
pub(super) fn read_size(
    stream: &JsObject,
    wanted: f64,
    context: &mut Context,
) -> JsResult<JsValue> {
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

pub(super) fn flow(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    while state.has(FLOWING) && !call_read(stream, None, context)?.is_null() {}
    Ok(())
}
