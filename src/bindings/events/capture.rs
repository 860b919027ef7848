//! `captureRejections`: a listener's rejected promise becomes an `error` event.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};

use super::emit;
use crate::engine::{
    errors::value_of,
    natives::{arg, closure},
    state, validate,
};

/// The emission that a promise came from.
#[derive(Clone, Trace, Finalize)]
struct Emission {
    emitter: JsObject,
    name: JsValue,
    args: Vec<JsValue>,
}

/// Watches what a listener returned, if the emitter captures rejections.
pub(super) fn watch(
    emitter: &JsObject,
    result: &JsValue,
    name: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let symbol = super::of(context)?.capture.clone();
    if !emitter.get(symbol, context)?.to_boolean() {
        return Ok(());
    }
    let emission = Emission { emitter: emitter.clone(), name: name.clone(), args: args.to_vec() };
    if let Err(error) = subscribe(result, emission, context) {
        let error = value_of(error, context);
        emit(emitter, js_string!("error"), &[error], context)?;
    }
    Ok(())
}

/// Calls `result.then` once (it may be a getter) with a handler for rejections only.
fn subscribe(result: &JsValue, emission: Emission, context: &mut Context) -> JsResult<()> {
    let then = result.to_object(context)?.get(js_string!("then"), context)?;
    let Some(then) = then.as_callable() else { return Ok(()) };
    let rejected = closure("", 1, emission, on_rejected, context);
    then.call(result, &[JsValue::undefined(), rejected.into()], context).map(drop)
}

fn on_rejected(
    _: &JsValue,
    args: &[JsValue],
    emission: &Emission,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (emission, error) = (emission.clone(), arg(args, 0));
    // In a tick of its own, so that what the handler throws does not reject this promise.
    let ticks = state::of(context);
    ticks.ticks.push_native(move |context| report(&emission, error, context));
    Ok(JsValue::undefined())
}

fn report(emission: &Emission, error: JsValue, context: &mut Context) -> JsResult<()> {
    let events = super::of(context)?;
    let Emission { emitter, name, args } = emission;
    let handler = emitter.get(events.rejection.clone(), context)?;
    if let Some(handler) = handler.as_callable() {
        let mut all = vec![error, name.clone()];
        all.extend_from_slice(args);
        return handler.call(&emitter.clone().into(), &all, context).map(drop);
    }
    // Off while the error is emitted: an async `error` listener that rejects would loop.
    let symbol = events.capture.clone();
    let before = emitter.get(symbol.clone(), context)?;
    emitter.set(symbol.clone(), false, true, context)?;
    let result = emit(emitter, js_string!("error"), &[error], context);
    emitter.set(symbol, before, true, context)?;
    result.map(drop)
}

/// The getter of `EventEmitter.captureRejections`.
pub(super) fn get_default(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let events = super::of(context)?;
    events.prototype.get(events.capture.clone(), context)
}

/// The setter of `EventEmitter.captureRejections`.
pub(super) fn set_default(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let name = "EventEmitter.captureRejections";
    let capture = validate::boolean(&arg(args, 0), name, context)?;
    let events = super::of(context)?;
    events.prototype.set(events.capture.clone(), capture, true, context)?;
    Ok(JsValue::undefined())
}
