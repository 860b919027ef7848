//! Looking at listeners: `listeners`, `rawListeners`, `listenerCount`, `eventNames`.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};

use super::{
    Registered, elements, events_of, is_same, key_of, name_arg, receiver, registered,
    table::{self, Found},
    unwrapped,
};
use crate::engine::natives::arg;

/// How many listeners an emitter has for an event.
pub(crate) fn listener_count(
    emitter: &JsObject,
    name: impl Into<JsValue>,
    context: &mut Context,
) -> JsResult<usize> {
    let name = name.into();
    match table::find(emitter, &name) {
        Found::Nothing => return Ok(0),
        Found::One(_) => return Ok(1),
        Found::Elsewhere => {}
    }
    let key = key_of(&name, context)?;
    let Some(events) = events_of(emitter, context)? else { return Ok(0) };
    Ok(match registered(&events, &key, context)? {
        Registered::Nothing => 0,
        Registered::One(_) => 1,
        Registered::Many(list) => elements(&list, context)?.len(),
    })
}

/// `emitter._eventsCount`.
pub(super) fn count_of(emitter: &JsObject, context: &mut Context) -> JsResult<f64> {
    emitter.get(js_string!("_eventsCount"), context)?.to_number(context)
}

pub(super) fn listener_count_method(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let wanted = arg(args, 1);
    let found = found(this, args, context)?;
    if wanted.is_null_or_undefined() {
        return Ok(found.len().into());
    }
    let Some(wanted) = wanted.as_object() else { return Ok(0.into()) };
    let mut matching = 0;
    for listener in &found {
        matching += i32::from(is_same(listener, &wanted, context)?);
    }
    Ok(matching.into())
}

pub(super) fn listeners(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let found = found(this, args, context)?;
    let shown: JsResult<Vec<_>> =
        found.iter().map(|listener| unwrapped(listener, context)).collect();
    Ok(JsArray::from_iter(shown?, context).into())
}

pub(super) fn raw_listeners(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let found = found(this, args, context)?;
    Ok(JsArray::from_iter(found, context).into())
}

pub(super) fn event_names(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let emitter = receiver(this, context)?;
    let names = match events_of(&emitter, context)? {
        Some(events) if count_of(&emitter, context)? > 0.0 => events.own_property_keys(context)?,
        _ => Vec::new(),
    };
    let names: Vec<JsValue> = names.iter().map(super::name_of).collect();
    Ok(JsArray::from_iter(names, context).into())
}

/// The registered functions of the event that the first argument names, wrappers included.
fn found(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<Vec<JsValue>> {
    let emitter = receiver(this, context)?;
    match table::find(&emitter, &arg(args, 0)) {
        Found::Nothing => return Ok(Vec::new()),
        Found::One(listener) => return Ok(vec![listener.into()]),
        Found::Elsewhere => {}
    }
    let (_, key) = name_arg(args, context)?;
    let Some(events) = events_of(&emitter, context)? else { return Ok(Vec::new()) };
    match registered(&events, &key, context)? {
        Registered::Nothing => Ok(Vec::new()),
        Registered::One(listener) => Ok(vec![listener.into()]),
        Registered::Many(list) => elements(&list, context),
    }
}
