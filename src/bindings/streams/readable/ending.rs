//! The end of a stream's readable side, and of what ends with it.

use boa_engine::{Context, JsObject, JsResult, js_string};

use crate::bindings::{
    events, sockets,
    streams::{
        State, call_method, is_writable, next_tick, sides,
        state::{AUTO_DESTROY, CLOSE_EMITTED, END_EMITTED, ENDED, ERRORED, FINISHED},
    },
};

pub(super) fn end_soon(stream: &JsObject, state: &State, context: &mut Context) {
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
    let is_writable = is_writable(stream, context)?;
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
    if !is_writable(stream, context)? {
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
