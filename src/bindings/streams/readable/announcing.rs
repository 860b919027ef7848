//! A stream says that there is something to read, and asks for more ahead of its readers.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    IS_OVER,
    reading::{flow, read_size},
};
use crate::bindings::{
    events,
    sockets::{self, Known, is_usual},
    streams::{
        Ours, State, call_method, is_ours, next_tick,
        state::{
            CONSTRUCTED, EMITTED_READABLE, ENDED, FLOWING, NEED_READABLE, READING, READING_MORE,
        },
    },
};

/// Plans a `readable` event, if none is planned.
pub(super) fn announce(stream: &JsObject, state: &State, context: &mut Context) {
    state.clear(NEED_READABLE);
    if state.has(EMITTED_READABLE) {
        return;
    }
    state.set(EMITTED_READABLE);
    let (stream, state) = (stream.clone(), state.clone());
    next_tick(context, move |context| emit_readable(&stream, &state, context));
}

pub(super) fn emit_readable(
    stream: &JsObject,
    state: &State,
    context: &mut Context,
) -> JsResult<()> {
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
pub(super) fn read_more_soon(stream: &JsObject, state: &State, context: &mut Context) {
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

pub(super) fn call_read(
    stream: &JsObject,
    size: Option<f64>,
    context: &mut Context,
) -> JsResult<JsValue> {
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
