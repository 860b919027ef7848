//! The frame of an async context: what each storage holds in it.
//!
//! A frame never changes; to enter a value is to make another frame. So whoever keeps one (a promise's
//! handler, a timer) needs no copy.

use boa_engine::{Context, JsData, JsObject, JsValue, builtins::object::OrdinaryObject};
use boa_gc::{Finalize, Trace};

use crate::engine::state;

/// The storages and their values.
#[derive(Trace, Finalize, JsData)]
struct Frame(Vec<(JsObject, JsValue)>);

/// The frame that is current.
pub(super) fn current(context: &Context) -> Option<JsObject> {
    state::of(context).event_loop.scope().current()
}

/// Makes a frame current; returns the one before.
pub(super) fn replace(frame: Option<JsObject>, context: &Context) -> Option<JsObject> {
    state::of(context).event_loop.scope().replace(frame)
}

/// What the current frame holds for a storage; `None` if it holds nothing.
pub(super) fn value_of(storage: &JsObject, context: &Context) -> Option<JsValue> {
    let frame = current(context)?;
    let frame = frame.downcast_ref::<Frame>()?;
    let found = frame.0.iter().find(|(key, _)| JsObject::equals(key, storage));
    found.map(|(_, value)| value.clone())
}

/// Enters a value for a storage: the current frame is one with it from now on.
pub(super) fn enter(storage: &JsObject, value: Option<JsValue>, context: &Context) {
    let before = current(context);
    let held = before.as_ref().and_then(|frame| frame.downcast_ref::<Frame>());
    let mut entries: Vec<(JsObject, JsValue)> = match &held {
        Some(frame) => {
            frame.0.iter().filter(|(key, _)| !JsObject::equals(key, storage)).cloned().collect()
        }
        None => Vec::new(),
    };
    drop(held);
    if let Some(value) = value {
        entries.push((storage.clone(), value));
    }
    let frame = (!entries.is_empty()).then(|| JsObject::from_proto_and_data(None, Frame(entries)));
    replace(frame, context);
}

/// A frame as a value for JavaScript halves, which only hand it back.
pub(super) fn to_value(frame: Option<JsObject>) -> JsValue {
    frame.map_or_else(JsValue::undefined, JsValue::from)
}

/// The frame that a JavaScript half hands back.
pub(super) fn from_value(value: &JsValue) -> Option<JsObject> {
    value.as_object().filter(|object| !object.is::<OrdinaryObject>())
}
