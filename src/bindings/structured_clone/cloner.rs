//! The cloning itself: depth first, without recursion, so that no nesting is too deep.

use std::vec;

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsDataView, JsMap, JsSet, JsTypedArray},
    property::PropertyKey,
};

use super::{
    Clones,
    kind::{self, Kind},
    shells,
    transfer::Transfer,
    uncloneable,
};
use crate::engine::reflect;

/// Clones a value with all that it refers to.
pub(super) fn clone(
    value: &JsValue,
    transfers: &[Transfer],
    context: &mut Context,
) -> JsResult<JsValue> {
    let known = transfers
        .iter()
        .map(|transfer| (transfer.source.clone(), transfer.target.clone()))
        .collect();
    let mut cloner = Cloner { known, frames: Vec::new() };
    let clone = cloner.value(value, context)?;
    while let Some(frame) = cloner.frames.pop() {
        cloner.step(frame, context)?;
    }
    Ok(clone)
}

struct Cloner {
    known: Clones,
    /// What is still to be filled; the innermost last.
    frames: Vec<Frame>,
}

/// A clone whose values are missing from some point on.
enum Frame {
    Properties {
        source: JsObject,
        target: JsObject,
        keys: vec::IntoIter<PropertyKey>,
    },
    Map {
        target: JsMap,
        entries: vec::IntoIter<(JsValue, JsValue)>,
    },
    /// A map's entry whose key is being filled.
    MapValue {
        target: JsMap,
        key: JsValue,
        value: JsValue,
    },
    Set {
        target: JsSet,
        values: vec::IntoIter<JsValue>,
    },
    /// The property of an error that may hold anything.
    Cause {
        source: JsObject,
        target: JsObject,
    },
}

impl Cloner {
    /// The clone of a value; what is inside of it waits in a frame.
    fn value(&mut self, value: &JsValue, context: &mut Context) -> JsResult<JsValue> {
        if value.is_symbol() {
            return Err(uncloneable(value, context));
        }
        match value.as_object() {
            Some(object) => self.object(&object, context).map(Into::into),
            None => Ok(value.clone()),
        }
    }

    fn object(&mut self, source: &JsObject, context: &mut Context) -> JsResult<JsObject> {
        if let Some(clone) = self.known.get(source) {
            return Ok(clone.clone());
        }
        let Some(kind) = kind::of(source, context) else {
            return Err(uncloneable(&source.clone().into(), context));
        };
        let clone = self.shell(source, &kind, context)?;
        self.known.insert(source.clone(), clone.clone());
        if let Some(frame) = contents(source, &clone, &kind, context)? {
            self.frames.push(frame);
        }
        Ok(clone)
    }

    fn shell(
        &mut self,
        source: &JsObject,
        kind: &Kind,
        context: &mut Context,
    ) -> JsResult<JsObject> {
        match kind {
            Kind::Boxed(primitive) => shells::boxed(primitive, context),
            Kind::Date => shells::date(source, context),
            Kind::RegExp => shells::reg_exp(source, context),
            Kind::ArrayBuffer => shells::array_buffer(source, context),
            Kind::SharedArrayBuffer => shells::shared_array_buffer(source, context),
            Kind::TypedArray(name) => {
                let buffer = JsTypedArray::from_object(source.clone())?.buffer(context)?;
                self.view(name, source, &buffer, context)
            }
            Kind::DataView => {
                let buffer = JsDataView::from_object(source.clone())?.buffer(context)?;
                self.view("DataView", source, &buffer, context)
            }
            Kind::Map => Ok(shells::map(context)),
            Kind::Set => Ok(shells::set(context)),
            Kind::Error => shells::error(source, context),
            Kind::Array => shells::array(source, context),
            Kind::Plain => Ok(JsObject::with_object_proto(context.intrinsics())),
            Kind::DomException(fields) => shells::dom_exception(source, fields, context),
            Kind::Blob(data) => Ok(shells::blob(source, data.clone(), context)),
        }
    }

    fn view(
        &mut self,
        name: &str,
        source: &JsObject,
        buffer: &JsValue,
        context: &mut Context,
    ) -> JsResult<JsObject> {
        let buffer = self.value(buffer, context)?.to_object(context)?;
        shells::view(name, source, buffer, context)
    }

    /// Clones the next value of a frame. What that value holds comes before the frame goes on.
    fn step(&mut self, frame: Frame, context: &mut Context) -> JsResult<()> {
        match frame {
            Frame::Properties { source, target, mut keys } => {
                let Some(key) = keys.next() else { return Ok(()) };
                // A getter may have removed it.
                let value = if source.has_own_property(key.clone(), context)? {
                    Some(source.get(key.clone(), context)?)
                } else {
                    None
                };
                self.frames.push(Frame::Properties { source, target: target.clone(), keys });
                if let Some(value) = value {
                    let clone = self.value(&value, context)?;
                    target.create_data_property_or_throw(key, clone, context)?;
                }
            }
            Frame::Map { target, mut entries } => {
                let Some((key, value)) = entries.next() else { return Ok(()) };
                self.frames.push(Frame::Map { target: target.clone(), entries });
                let at = self.frames.len();
                let key = self.value(&key, context)?;
                self.frames.insert(at, Frame::MapValue { target, key, value });
            }
            Frame::MapValue { target, key, value } => {
                let value = self.value(&value, context)?;
                target.set(key, value, context)?;
            }
            Frame::Set { target, mut values } => {
                let Some(value) = values.next() else { return Ok(()) };
                self.frames.push(Frame::Set { target: target.clone(), values });
                let value = self.value(&value, context)?;
                target.add(value, context)?;
            }
            Frame::Cause { source, target } => {
                let cause = source.get(js_string!("cause"), context)?;
                let cause = self.value(&cause, context)?;
                crate::engine::natives::define_value(&target, js_string!("cause"), cause, false);
            }
        }
        Ok(())
    }
}

/// What is inside of an object, if anything can be.
fn contents(
    source: &JsObject,
    target: &JsObject,
    kind: &Kind,
    context: &mut Context,
) -> JsResult<Option<Frame>> {
    Ok(match kind {
        Kind::Array | Kind::Plain => {
            let keys = reflect::own_keys(source, context)?;
            let keys = reflect::only_enumerable(source, keys, context)?;
            let keys: Vec<PropertyKey> =
                keys.into_iter().filter(|key| !matches!(key, PropertyKey::Symbol(_))).collect();
            let (source, target, keys) = (source.clone(), target.clone(), keys.into_iter());
            Some(Frame::Properties { source, target, keys })
        }
        Kind::Map => {
            let mut entries = Vec::new();
            JsMap::from_object(source.clone())?.for_each_native(|key, value| {
                entries.push((key, value));
                Ok(())
            })?;
            let target = JsMap::from_object(target.clone())?;
            Some(Frame::Map { target, entries: entries.into_iter() })
        }
        Kind::Set => {
            let mut values = Vec::new();
            if let Ok(set) = JsSet::from_object(source.clone()) {
                set.for_each_native(|value| {
                    values.push(value);
                    Ok(())
                })?;
            }
            JsSet::from_object(target.clone())
                .ok()
                .map(|target| Frame::Set { target, values: values.into_iter() })
        }
        Kind::Error if source.has_own_property(js_string!("cause"), context)? => {
            Some(Frame::Cause { source: source.clone(), target: target.clone() })
        }
        _ => None,
    })
}
