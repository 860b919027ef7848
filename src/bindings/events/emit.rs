//! `emitter.emit`, from JavaScript and from Rust.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use super::{
    Registered, capture, elements, events_of, key_of, receiver, registered,
    table::{self, Found},
    unhandled,
};
use crate::{
    bindings::{http, sockets},
    engine::natives::arg,
};

/// Emits an event: calls `emitter.emit` if a program has overridden it, the listeners directly
/// if not. True if there was a listener.
pub(crate) fn emit(
    emitter: &JsObject,
    name: impl Into<JsValue>,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let name = name.into();
    let Some(replaced) = replaced(emitter, context)? else {
        return emit_native(emitter, &name, args, context);
    };
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(name);
    all.extend_from_slice(args);
    let result = replaced.call(&emitter.clone().into(), &all, context)?;
    Ok(result.to_boolean())
}

/// What a program has put in the place of `emitter.emit`. That sockets inherit ours is found out once in a turn:
/// each emits a dozen events, and has five prototypes.
fn replaced(emitter: &JsObject, context: &mut Context) -> JsResult<Option<JsObject>> {
    let known = sockets::knows_emit(emitter);
    if known == Some(true) || http::knows_emit(emitter, context)? == Some(true) {
        return Ok(None);
    }
    let ours = super::of(context)?;
    let method = js_string!("emit");
    let replaced = super::overridden(emitter, method, &ours.natives.emit, context)?;
    if known.is_some() && replaced.is_none() {
        sockets::note_emit(emitter);
    }
    Ok(replaced)
}

/// As [`emit`], but nothing is called if nobody listens; false then. Not for `error`.
pub(crate) fn emit_if_heard(
    emitter: &JsObject,
    name: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let key = PropertyKey::from(name.clone());
    let listeners = match table::find(emitter, &name.clone().into()) {
        Found::Nothing => return Ok(false),
        Found::One(listener) => Registered::One(listener),
        Found::Elsewhere => {
            let Some(list) = events_of(emitter, context)? else { return Ok(false) };
            registered(&list, &key, context)?
        }
    };
    if listeners.is_empty(context)? {
        return Ok(false);
    }
    if replaced(emitter, context)?.is_some() {
        emit(emitter, name, args, context)?;
    } else {
        call_all(emitter, listeners, &name.into(), args, context)?;
    }
    Ok(true)
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
    match table::find(emitter, name) {
        Found::Nothing if !is_error => return Ok(false),
        Found::One(listener) => {
            call(emitter, &listener, name, args, context)?;
            return Ok(true);
        }
        _ => {}
    }
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
    let listeners = registered(&events, &key, context)?;
    call_all(emitter, listeners, name, args, context)
}

/// Calls listeners; false if there is none.
fn call_all(
    emitter: &JsObject,
    listeners: Registered,
    name: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    match listeners {
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
