//! What `JSON.stringify` writes for a value: `toJSON`, the replacer, wrapper objects.

use boa_engine::{
    JsBigInt, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, JsVariant,
    builtins::object::OrdinaryObject, js_string, property::PropertyKey,
};

use super::{
    super::{output::Output, raw::RawJson},
    Writer,
};

/// What is to be written for a value.
pub(super) enum Item {
    /// The value has no JSON; an array has `null` in its place.
    Nothing,
    Null,
    Boolean(bool),
    Integer(i32),
    Number(f64),
    String(JsString),
    Raw(JsString),
    Array(JsObject),
    Object(JsObject),
}

impl Item {
    /// The item of a primitive that cannot have a `toJSON`; `None` for other values.
    pub(super) fn of_primitive(value: &JsValue) -> Option<Self> {
        Some(match value.variant() {
            JsVariant::Null => Self::Null,
            JsVariant::Boolean(value) => Self::Boolean(value),
            JsVariant::Integer32(value) => Self::Integer(value),
            JsVariant::Float64(value) => Self::Number(value),
            JsVariant::String(value) => Self::String(value),
            JsVariant::Undefined | JsVariant::Symbol(_) => Self::Nothing,
            JsVariant::BigInt(_) | JsVariant::Object(_) => return None,
        })
    }
}

impl<O: Output> Writer<'_, O> {
    /// `holder[key]`, without a call if it is a data property of the holder's own.
    pub(super) fn read(&mut self, holder: &JsObject, key: &PropertyKey) -> JsResult<JsValue> {
        if holder.is::<OrdinaryObject>() || holder.is_array() {
            let property = holder.borrow().properties().get(key);
            if let Some(value) = property.as_ref().and_then(|property| property.value()) {
                return Ok(value.clone());
            }
        }
        self.ran();
        holder.get(key.clone(), self.context)
    }

    /// What `toJSON` and the replacer make of a value.
    pub(super) fn replaced(
        &mut self,
        mut value: JsValue,
        key: &PropertyKey,
        holder: &JsObject,
    ) -> JsResult<JsValue> {
        if let Some(to_json) = self.own_words(&value)? {
            self.ran();
            value = to_json.call(&value, &[key.clone().into()], self.context)?;
        }
        if let Some(function) = &self.options.function {
            let args = [key.clone().into(), value];
            value = function.call(&holder.clone().into(), &args, self.context)?;
            self.ran();
        }
        Ok(value)
    }

    /// The value's `toJSON`, if it has one.
    fn own_words(&mut self, value: &JsValue) -> JsResult<Option<JsObject>> {
        let object = match value.variant() {
            JsVariant::Object(object) if self.plainly_lacks_to_json(&object) => return Ok(None),
            JsVariant::Object(object) => object,
            JsVariant::BigInt(_) => value.to_object(self.context)?,
            _ => return Ok(None),
        };
        self.ran();
        let to_json = object.get(js_string!("toJSON"), self.context)?;
        Ok(to_json.as_callable())
    }

    /// Whether it is certain without running JavaScript that the object has no `toJSON`.
    fn plainly_lacks_to_json(&mut self, object: &JsObject) -> bool {
        if !object.is::<OrdinaryObject>() {
            return self.is_plain_array(object);
        }
        let is_plain = {
            let object = object.borrow();
            let mut shapes = self.state.shapes.borrow_mut();
            shapes.names(&object, &self.object_prototype).is_some_and(|names| names.is_plain)
        };
        is_plain && self.object_prototype_lacks_to_json()
    }

    /// Whether it is certain that this is an array without a `toJSON`.
    pub(super) fn is_plain_array(&mut self, object: &JsObject) -> bool {
        if !object.is_array() {
            return false;
        }
        let is_plain = {
            let object = object.borrow();
            object.prototype().as_ref() == Some(&self.array_prototype)
                && !object.properties().contains_key(&js_string!("toJSON").into())
        };
        is_plain && self.array_prototype_lacks_to_json()
    }

    /// Whether the prototype of plain objects has no `toJSON`.
    pub(super) fn object_prototype_lacks_to_json(&mut self) -> bool {
        *self.objects_lack_to_json.get_or_insert_with(|| {
            let to_json = PropertyKey::from(js_string!("toJSON"));
            !self.object_prototype.borrow().properties().contains_key(&to_json)
        })
    }

    /// Whether the prototypes of plain arrays have no `toJSON`.
    fn array_prototype_lacks_to_json(&mut self) -> bool {
        let own = *self.arrays_lack_to_json.get_or_insert_with(|| {
            let to_json = PropertyKey::from(js_string!("toJSON"));
            let prototype = self.array_prototype.borrow();
            prototype.prototype().as_ref() == Some(&self.object_prototype)
                && !prototype.properties().contains_key(&to_json)
        });
        own && self.object_prototype_lacks_to_json()
    }

    /// Notes that JavaScript runs or ran.
    pub(super) fn ran(&mut self) {
        self.ran = true;
        self.objects_lack_to_json = None;
        self.arrays_lack_to_json = None;
    }

    /// What to write for a value.
    pub(super) fn item(&mut self, value: &JsValue) -> JsResult<Item> {
        if let Some(item) = Item::of_primitive(value) {
            return Ok(item);
        }
        let Some(object) = value.as_object() else { return Err(big_int()) };
        if object.is::<OrdinaryObject>() {
            Ok(Item::Object(object))
        } else if object.is_array() {
            Ok(Item::Array(object))
        } else {
            self.item_of_exotic(value, object)
        }
    }

    fn item_of_exotic(&mut self, value: &JsValue, object: JsObject) -> JsResult<Item> {
        self.ran();
        Ok(if object.is::<f64>() {
            Item::Number(value.to_number(self.context)?)
        } else if object.is::<JsString>() {
            Item::String(value.to_string(self.context)?)
        } else if let Some(value) = object.downcast_ref::<bool>() {
            Item::Boolean(*value)
        } else if object.is::<JsBigInt>() {
            return Err(big_int());
        } else if object.is::<RawJson>() {
            Item::Raw(object.get(js_string!("rawJSON"), self.context)?.to_string(self.context)?)
        } else if object.is_callable() {
            Item::Nothing
        } else if self.state.is_array(&object, self.context)? {
            Item::Array(object)
        } else {
            Item::Object(object)
        })
    }
}

fn big_int() -> JsError {
    JsNativeError::typ().with_message("Do not know how to serialize a BigInt").into()
}
