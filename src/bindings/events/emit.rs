//! `emitter.emit`, from JavaScript and from Rust.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use super::{Registered, capture, elements, events_of, key_of, receiver, registered, unhandled};
use crate::engine::natives::arg;

/// Emits an event: calls `emitter.emit` if a program has overridden it, the listeners directly
/// if not. True if there was a listener.
pub(crate) fn emit(
    emitter: &JsObject,
    name: impl Into<JsValue>,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let name = name.into();
    let events = super::of(context)?;
    let method = js_string!("emit");
    let Some(replaced) = super::overridden(emitter, method, &events.natives.emit, context)? else {
        return emit_native(emitter, &name, args, context);
    };
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(name);
    all.extend_from_slice(args);
    let result = replaced.call(&emitter.clone().into(), &all, context)?;
    Ok(result.to_boolean())
}

/// `EventEmitter.prototype.emit` as JavaScript calls it.
pub(super) fn method(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, context)?;
    let name = arg(args, 0);
    let rest = args.get(1..).unwrap_or_default();
    emit_native(&emitter, &name, rest, context).map(Into::into)
}

/// Calls the listeners of an event, whatever `emitter.emit` is.
pub(crate) fn emit_native(
    emitter: &JsObject,
    name: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let is_error = name.as_string().is_some_and(|name| is_error(&name));
    let Some(events) = events_of(emitter, context)? else {
        if is_error {
            return Err(unhandled::error(emitter, args, context)?);
        }
        return Ok(false);
    };
    if is_error {
        monitor(emitter, &events, args, context)?;
        if events.get(js_string!("error"), context)?.is_undefined() {
            return Err(unhandled::error(emitter, args, context)?);
        }
    }
    let key = key_of(name, context)?;
    match registered(&events, &key, context)? {
        Registered::Nothing => return Ok(false),
        Registered::One(listener) => call(emitter, &listener, name, args, context)?,
        Registered::Many(list) => {
            // A copy: listeners added or removed meanwhile change the next emission, not this.
            for listener in elements(&list, context)? {
                let Some(listener) = listener.as_callable() else {
                    let message = "listener is not a function";
                    return Err(boa_engine::JsNativeError::typ().with_message(message).into());
                };
                call(emitter, &listener, name, args, context)?;
            }
        }
    }
    Ok(true)
}

fn is_error(name: &JsString) -> bool {
    *name == js_string!("error")
}

/// Tells `errorMonitor` listeners, who see an error and do not handle it.
fn monitor(
    emitter: &JsObject,
    events: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let symbol = super::of(context)?.error_monitor.clone();
    let key = PropertyKey::from(symbol.clone());
    if !events.get(key, context)?.is_undefined() {
        emit(emitter, symbol, args, context)?;
    }
    Ok(())
}

fn call(
    emitter: &JsObject,
    listener: &JsObject,
    name: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let result = listener.call(&emitter.clone().into(), args, context)?;
    if !result.is_null_or_undefined() {
        capture::watch(emitter, &result, name, args, context)?;
    }
    Ok(())
}
