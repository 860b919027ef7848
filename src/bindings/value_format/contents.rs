//! What is inside of objects, written value by value.

use std::{rc::Rc, vec};

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::object::OrdinaryObject,
    property::{PropertyDescriptor, PropertyKey},
};

use super::encoder::{Ending, Frame, Walk, named};
use crate::{
    engine::{intrinsics::json::ShapeNames, reflect},
    ipc::value::tag,
};

impl Walk<'_> {
    /// Writes the next value of a frame. What that value holds comes before the frame goes on.
    pub(super) fn step(&mut self, frame: Frame, context: &mut Context) -> JsResult<()> {
        match frame {
            Frame::Shape { object, names, next, count } => {
                self.shape_step(object, names, next, count, context)
            }
            Frame::Properties { object, keys, count, end } => {
                self.properties_step(object, keys, count, end, context)
            }
            Frame::Dense { array, length, next, doubles } => {
                self.dense_step(array, length, next, doubles, context)
            }
            Frame::Values { mut values, count, end } => {
                let Some(value) = values.next() else {
                    self.encoder.writer.end(end, count, None);
                    return Ok(());
                };
                self.frames.push(Frame::Values { values, count, end });
                self.value(&value, context)
            }
            Frame::ErrorEnd => {
                self.encoder.writer.tag(tag::ERROR_END);
                Ok(())
            }
        }
    }

    /// Writes properties of an ordinary object until one holds an object itself.
    fn shape_step(
        &mut self,
        object: JsObject,
        names: Rc<ShapeNames>,
        mut next: usize,
        mut count: u32,
        context: &mut Context,
    ) -> JsResult<()> {
        loop {
            let Some(name) = names.names.get(next) else {
                self.encoder.writer.end(tag::OBJECT_END, count, None);
                return Ok(());
            };
            next += 1;
            let Some(value) = stored_or_got(&object, &name.key, context)? else { continue };
            count += 1;
            self.key(&name.key);
            if !self.primitive(&value) {
                self.frames.push(Frame::Shape { object, names, next, count });
                return self.value(&value, context);
            }
        }
    }

    fn properties_step(
        &mut self,
        object: JsObject,
        mut keys: vec::IntoIter<PropertyKey>,
        mut count: u32,
        end: Ending,
        context: &mut Context,
    ) -> JsResult<()> {
        let Some(key) = keys.next() else {
            let writer = &mut self.encoder.writer;
            match end {
                Ending::Object => writer.end(tag::OBJECT_END, count, None),
                Ending::Dense(length) => writer.end(tag::DENSE_END, count, Some(length)),
                Ending::Sparse(length) => writer.end(tag::SPARSE_END, count, Some(length)),
            }
            return Ok(());
        };
        let value = stored_or_got(&object, &key, context)?;
        count += u32::from(value.is_some());
        self.frames.push(Frame::Properties { object, keys, count, end });
        let Some(value) = value else { return Ok(()) };
        self.key(&key);
        self.value(&value, context)
    }

    fn dense_step(
        &mut self,
        array: JsObject,
        length: u32,
        mut next: u32,
        doubles: bool,
        context: &mut Context,
    ) -> JsResult<()> {
        while next < length {
            let value = stored_or_got(&array, &next.into(), context)?;
            next += 1;
            match value {
                None => self.encoder.writer.tag(tag::HOLE),
                Some(value) if doubles && value.is_number() => {
                    self.encoder.writer.tag(tag::DOUBLE);
                    self.encoder.writer.double(value.as_number().unwrap_or_default());
                }
                Some(value) if self.primitive(&value) => {}
                Some(value) => {
                    self.frames.push(Frame::Dense { array, length, next, doubles });
                    return self.value(&value, context);
                }
            }
        }
        let keys = named(reflect::named_keys(&array));
        let keys = reflect::only_enumerable(&array, keys, context)?.into_iter();
        let end = Ending::Dense(length);
        self.frames.push(Frame::Properties { object: array, keys, count: 0, end });
        Ok(())
    }

    fn key(&mut self, key: &PropertyKey) {
        match key {
            PropertyKey::String(text) => self.encoder.text(text),
            PropertyKey::Index(index) => self.encoder.writer.number(index.get().into()),
            PropertyKey::Symbol(_) => {}
        }
    }
}

/// The value of an own property, `None` if a getter before has removed it.
fn stored_or_got(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    if object.is::<OrdinaryObject>() || object.is_array() {
        let property = object.borrow().properties().get(key);
        match property.as_ref().map(PropertyDescriptor::value) {
            None => return Ok(None),
            Some(Some(value)) => return Ok(Some(value.clone())),
            Some(None) => {}
        }
    } else if !reflect::has_own(object, key, context)? {
        return Ok(None);
    }
    object.get(key.clone(), context).map(Some)
}
