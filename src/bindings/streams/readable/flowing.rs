//! Streams that flow and such that do not; listeners for `data` and `readable` change that.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    announcing::{announce, read_nothing},
    reading::flow,
};
use crate::{
    bindings::{
        events,
        streams::{
            State, call_method, next_tick, readable_of,
            state::{
                DATA_LISTENING, EMITTED_READABLE, END_EMITTED, FLOWING, HAS_FLOWING, NEED_READABLE,
                PAUSED, READABLE_LISTENING, READING, RESUME_SCHEDULED,
            },
        },
    },
    engine::natives::arg,
};

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
pub(super) fn on(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
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
pub(super) fn remove_listener(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
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

pub(super) fn remove_all_listeners(
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
