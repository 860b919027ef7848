//! What stringifying needs to know of an object's shape: found out once, kept while the shape is
//! in the cache.

use std::rc::Rc;

use boa_engine::{
    JsObject, JsString,
    object::{ErasedObject, shape::Shape},
    property::PropertyKey,
};

use super::{super::string_buffer::StringBuffer, quote::quote};

/// How many shapes are kept; a power of two.
const SLOTS: usize = 128;

/// A property that is written.
pub(crate) struct Name {
    pub(crate) key: PropertyKey,
    /// `"key":`, if that is ASCII.
    pub(crate) quoted: Option<Box<[u8]>>,
}

/// See the module.
pub(crate) struct ShapeNames {
    /// The enumerable properties with string keys, in order.
    pub(crate) names: Vec<Name>,
    /// Whether the prototype is `Object.prototype` and `toJSON` no property of the object's own.
    pub(crate) is_plain: bool,
}

/// Names by shape. The cache keeps its shapes alive, so an address in it means one shape.
pub(crate) struct ShapeCache {
    slots: Vec<Option<(Shape, Rc<ShapeNames>)>>,
}

impl Default for ShapeCache {
    fn default() -> Self {
        Self { slots: vec![None; SLOTS] }
    }
}

impl ShapeCache {
    /// The names of an object without exotic behaviour and without indexed properties.
    ///
    /// `None` for a shape that is the object's own: such a shape changes with the object.
    pub(crate) fn names(
        &mut self,
        object: &ErasedObject,
        object_prototype: &JsObject,
    ) -> Option<Rc<ShapeNames>> {
        let shape = object.shape();
        if !shape.is_shared() {
            return None;
        }
        let address = shape.to_addr_usize();
        let slot = &mut self.slots[(address >> 4) % SLOTS];
        if let Some((known, names)) = slot
            && known.to_addr_usize() == address
        {
            return Some(names.clone());
        }
        let names = Rc::new(found(object, object_prototype));
        *slot = Some((shape.clone(), names.clone()));
        Some(names)
    }
}

fn found(object: &ErasedObject, object_prototype: &JsObject) -> ShapeNames {
    let properties = object.properties();
    let is_enumerable = |key: &PropertyKey| {
        properties.get(key).is_some_and(|property| property.enumerable() == Some(true))
    };
    let names = object
        .shape()
        .keys()
        .into_iter()
        .filter(is_enumerable)
        .filter_map(|key| match &key {
            PropertyKey::String(name) => {
                let quoted = quoted(name);
                Some(Name { key, quoted })
            }
            _ => None,
        })
        .collect();
    let to_json = PropertyKey::from(boa_engine::js_string!("toJSON"));
    let is_plain =
        object.prototype().as_ref() == Some(object_prototype) && !properties.contains_key(&to_json);
    ShapeNames { names, is_plain }
}

fn quoted(name: &JsString) -> Option<Box<[u8]>> {
    let mut buffer = StringBuffer::default();
    quote(name.as_str(), &mut buffer);
    buffer.push_latin1(b":");
    let text = buffer.string();
    let bytes = text.as_str().as_latin1().filter(|bytes| bytes.is_ascii())?.to_vec();
    Some(bytes.into())
}
