//! Plain data: what can be written without running JavaScript, and so cannot change meanwhile.

use boa_engine::{
    JsObject, JsResult, JsString, JsValue, builtins::object::OrdinaryObject, js_string,
    object::IndexPropertyValues, property::PropertyDescriptor,
};

use super::{
    super::{output::Output, shapes::ShapeNames},
    Level, Names, Writer,
    layout::{separate, write_name, write_primitive},
    values::Item,
};

/// Why the members of a level were not written further.
enum Stop {
    /// All are written.
    End,
    /// The next one is this object.
    Object(JsObject),
    /// The next one may run JavaScript, or throws.
    Other,
}

/// Where the members of one level are written to.
struct Place<'a, O> {
    out: &'a mut O,
    gap: &'a JsString,
    depth: usize,
}

impl<O: Output> Writer<'_, O> {
    /// Writes all that comes next as far as it is data of plain arrays and objects.
    pub(super) fn plain_run(&mut self) -> JsResult<()> {
        if self.options.function.is_some() {
            return Ok(());
        }
        self.ran = false;
        loop {
            let depth = self.levels.len();
            let Some(level) = self.levels.last_mut() else { return Ok(()) };
            let mut place = Place { out: &mut *self.out, gap: &self.options.gap, depth };
            match place.members(level)? {
                Stop::End => self.close(),
                Stop::Object(object) => {
                    let Some(names) = self.plain_names(&object) else { return Ok(()) };
                    self.begin_plain(object, names)?;
                }
                Stop::Other => return Ok(()),
            }
        }
    }

    /// The names of the properties of an object that is plainly data; `None` if JavaScript may have a
    /// say in how it is written.
    pub(super) fn plain_names(&mut self, object: &JsObject) -> Option<Names> {
        if !object.is::<OrdinaryObject>() {
            if !self.is_plain_array(object) {
                return None;
            }
            let object = object.borrow();
            let length = object.properties().get(&js_string!("length").into())?;
            return Some(Names::Indices(length.value()?.as_number()? as u64));
        }
        let names = {
            let object = object.borrow();
            if self.options.list.is_some()
                || object.properties().index_property_keys().next().is_some()
            {
                return None;
            }
            self.state.shapes.borrow_mut().names(&object, &self.object_prototype)?
        };
        let is_plain = names.is_plain && self.object_prototype_lacks_to_json();
        is_plain.then_some(Names::Shape(names))
    }

    /// Opens an object that is the next member of the innermost level.
    fn begin_plain(&mut self, object: JsObject, names: Names) -> JsResult<()> {
        let depth = self.levels.len();
        if let Some(level) = self.levels.last_mut() {
            let index = level.next;
            level.next += 1;
            super::layout::write_lead(self.out, level, index, &self.options.gap, depth);
        }
        self.check_circle(&object)?;
        self.open(object, names)
    }
}

impl<O: Output> Place<'_, O> {
    /// Writes the primitives that come next in a level.
    fn members(&mut self, level: &mut Level) -> JsResult<Stop> {
        let object = level.object.clone();
        let object = object.borrow();
        let properties = object.properties();
        match &level.names {
            Names::Shape(shape) => {
                let shape = shape.clone();
                let value = |index: usize| properties.get(&shape.names[index].key);
                self.properties(level, &shape, value)
            }
            Names::Indices(length) => {
                let length = *length as usize;
                match properties.index_property_values() {
                    IndexPropertyValues::DenseI32(values) => {
                        let values = values.as_slice();
                        self.elements(level, length, values, |value| Some(Item::Integer(*value)))
                    }
                    IndexPropertyValues::DenseF64(values) => {
                        let values = values.as_slice();
                        self.elements(level, length, values, |value| Some(Item::Number(*value)))
                    }
                    IndexPropertyValues::DenseElement(values) => {
                        let values = values.as_slice();
                        let stop = self.elements(level, length, values, Item::of_primitive)?;
                        Ok(match (stop, values.get(level.next).and_then(JsValue::as_object)) {
                            (Stop::Other, Some(object)) => Stop::Object(object),
                            (stop, _) => stop,
                        })
                    }
                    _ => Ok(Stop::Other),
                }
            }
            Names::Keys(_) => Ok(Stop::Other),
        }
    }

    fn properties(
        &mut self,
        level: &mut Level,
        shape: &ShapeNames,
        property: impl Fn(usize) -> Option<PropertyDescriptor>,
    ) -> JsResult<Stop> {
        while let Some(name) = shape.names.get(level.next) {
            let property = property(level.next);
            let Some(value) = property.as_ref().and_then(PropertyDescriptor::value) else {
                return Ok(Stop::Other);
            };
            let Some(item) = Item::of_primitive(value) else {
                return Ok(value.as_object().map_or(Stop::Other, Stop::Object));
            };
            level.next += 1;
            if !matches!(item, Item::Nothing) {
                separate(self.out, &mut level.is_filled, self.gap, self.depth);
                write_name(self.out, name, self.gap);
                write_primitive(self.out, &item)?;
            }
        }
        Ok(Stop::End)
    }

    fn elements<T>(
        &mut self,
        level: &mut Level,
        length: usize,
        values: &[T],
        item: impl Fn(&T) -> Option<Item>,
    ) -> JsResult<Stop> {
        while level.next < length {
            let Some(item) = values.get(level.next).and_then(&item) else {
                return Ok(Stop::Other);
            };
            level.next += 1;
            separate(self.out, &mut level.is_filled, self.gap, self.depth);
            write_primitive(self.out, &item)?;
        }
        Ok(Stop::End)
    }
}
