//! `setEnvironmentData` and `getEnvironmentData`: what every thread that is started gets a copy of.

use boa_engine::{Context, JsResult, JsValue, object::builtins::JsMap};

use crate::engine::natives::arg;

/// The entries of a realm.
struct Entries(JsMap);

fn entries(context: &mut Context) -> JsMap {
    if let Some(entries) = context.get_data::<Entries>() {
        return entries.0.clone();
    }
    let map = JsMap::new(context);
    context.insert_data(Entries(map.clone()));
    map
}

/// All entries as a map; undefined if there are none.
pub(super) fn all(context: &mut Context) -> JsValue {
    match context.get_data::<Entries>() {
        Some(entries) => entries.0.clone().into(),
        None => JsValue::undefined(),
    }
}

/// Takes what the parent has sent.
pub(super) fn inherit(map: &JsValue, context: &mut Context) {
    let map = map.as_object().and_then(|map| JsMap::from_object(map).ok());
    if let Some(map) = map {
        context.insert_data(Entries(map));
    }
}

/// `setEnvironmentData(key, value)`; without a value the entry goes.
pub(super) fn set(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let entries = entries(context);
    let (key, value) = (arg(args, 0), arg(args, 1));
    if value.is_undefined() {
        entries.delete(key, context)?;
    } else {
        entries.set(key, value, context)?;
    }
    Ok(JsValue::undefined())
}

/// `getEnvironmentData(key)`.
pub(super) fn get(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let entries = entries(context);
    entries.get(arg(args, 0), context)
}
