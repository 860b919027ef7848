//! `JSON.parse` with a reviver: `InternalizeJSONProperty` of ECMA-262, with the source text of
//! primitives ("JSON.parse source text access").
//!
//! The walk keeps its own stack: its depth costs memory and no native stack.

use std::collections::HashMap;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::object::OrdinaryObject, js_string,
    property::PropertyKey,
};

use super::{
    parser::Recorder,
    state::{MAX_DEPTH, State, array_length, too_deep},
};
use crate::engine::natives::define_value;

/// What the text said about one value: what it was, and where it was spelled or what was in it.
struct Record {
    value: JsValue,
    origin: Origin,
}

enum Origin {
    /// The range of the text that spells a primitive.
    Source(usize, usize),
    Elements(Vec<usize>),
    Entries(HashMap<PropertyKey, usize>),
}

/// A container whose end the parser has not reached.
#[derive(Default)]
struct Pending {
    elements: Vec<usize>,
    entries: HashMap<PropertyKey, usize>,
    key: Option<PropertyKey>,
}

/// The records of a whole text; they refer to each other by index.
#[derive(Default)]
pub(super) struct Records {
    all: Vec<Record>,
    pending: Vec<Pending>,
}

impl Records {
    fn add(&mut self, value: &JsValue, origin: Origin) {
        let index = self.all.len();
        self.all.push(Record { value: value.clone(), origin });
        let Some(parent) = self.pending.last_mut() else { return };
        match parent.key.take() {
            Some(key) => drop(parent.entries.insert(key, index)),
            None => parent.elements.push(index),
        }
    }

    /// The record of the text's value; it was completed last.
    fn root(&self) -> Option<usize> {
        self.all.len().checked_sub(1)
    }

    /// Whether the value is still the one that the text spelled.
    fn describes(&self, index: usize, value: &JsValue) -> bool {
        JsValue::same_value(&self.all[index].value, value)
    }
}

impl Recorder for Records {
    fn primitive(&mut self, value: &JsValue, from: usize, to: usize) {
        self.add(value, Origin::Source(from, to));
    }

    fn open(&mut self) {
        self.pending.push(Pending::default());
    }

    fn key(&mut self, key: &PropertyKey) {
        if let Some(pending) = self.pending.last_mut() {
            pending.key = Some(key.clone());
        }
    }

    fn close(&mut self, value: &JsValue) {
        let pending = self.pending.pop().unwrap_or_default();
        let origin = if pending.entries.is_empty() {
            Origin::Elements(pending.elements)
        } else {
            Origin::Entries(pending.entries)
        };
        self.add(value, origin);
    }
}

/// The properties of an object that are to be revived.
enum Names {
    Indices(u64),
    Keys(Vec<PropertyKey>),
}

impl Names {
    fn at(&self, index: usize) -> Option<PropertyKey> {
        match self {
            Self::Indices(length) => ((index as u64) < *length).then(|| (index as u64).into()),
            Self::Keys(keys) => keys.get(index).cloned(),
        }
    }
}

/// An object whose properties are being revived; it is `holder[key]`.
struct Level {
    holder: JsObject,
    key: PropertyKey,
    object: JsObject,
    record: Option<usize>,
    source: JsObject,
    names: Names,
    next: usize,
}

/// One walk over a parsed value.
pub(super) struct Walk<'a> {
    pub(super) text: &'a JsString,
    pub(super) records: Records,
    pub(super) reviver: JsObject,
    pub(super) state: &'a State,
}

impl Walk<'_> {
    /// Revives a parsed value and returns what the reviver made of it.
    pub(super) fn revive(&self, value: JsValue, context: &mut Context) -> JsResult<JsValue> {
        let root = plain_object(context);
        define_value(&root, js_string!(""), value, true);
        let mut levels = Vec::new();
        let key = PropertyKey::from(js_string!(""));
        let mut done = self.visit(&root, key, self.records.root(), &mut levels, context)?;
        loop {
            let Some(level) = levels.last_mut() else {
                return Ok(done.unwrap_or_default());
            };
            if let (Some(value), Some(key)) = (done.take(), level.names.at(level.next)) {
                level.next += 1;
                self.put(&level.object, key, value, context)?;
            }
            if let Some(key) = level.names.at(level.next) {
                let record = self.child(level.record, &key);
                let holder = level.object.clone();
                done = self.visit(&holder, key, record, &mut levels, context)?;
            } else if let Some(Level { holder, key, object, source, .. }) = levels.pop() {
                done = Some(self.call(&holder, key, object.into(), source, context)?);
            }
        }
    }

    /// Revives `holder[key]` if it is a primitive; makes a level for it if it is an object.
    fn visit(
        &self,
        holder: &JsObject,
        key: PropertyKey,
        record: Option<usize>,
        levels: &mut Vec<Level>,
        context: &mut Context,
    ) -> JsResult<Option<JsValue>> {
        let value = holder.get(key.clone(), context)?;
        let record = record.filter(|&index| self.records.describes(index, &value));
        let source = plain_object(context);
        let Some(object) = value.as_object() else {
            if let Some(Origin::Source(from, to)) =
                record.map(|index| &self.records.all[index].origin)
            {
                define_value(&source, js_string!("source"), self.text.slice(*from, *to), true);
            }
            return self.call(holder, key, value, source, context).map(Some);
        };
        if levels.len() == MAX_DEPTH {
            return Err(too_deep());
        }
        let names = if self.state.is_array(&object, context)? {
            Names::Indices(array_length(&object, context)?)
        } else {
            Names::Keys(self.state.enumerable_keys(&object, context)?)
        };
        let holder = holder.clone();
        levels.push(Level { holder, key, object, record, source, names, next: 0 });
        Ok(None)
    }

    /// The record of what the text had at this key of the container with this record.
    fn child(&self, container: Option<usize>, key: &PropertyKey) -> Option<usize> {
        match (&self.records.all[container?].origin, key) {
            (Origin::Elements(elements), PropertyKey::Index(index)) => {
                elements.get(index.get() as usize).copied()
            }
            (Origin::Entries(entries), key) => entries.get(key).copied(),
            _ => None,
        }
    }

    fn call(
        &self,
        holder: &JsObject,
        key: PropertyKey,
        value: JsValue,
        source: JsObject,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        self.reviver.call(&holder.clone().into(), &[key.into(), value, source.into()], context)
    }

    /// Puts a revived value in its place; `undefined` removes the property.
    fn put(
        &self,
        object: &JsObject,
        key: PropertyKey,
        value: JsValue,
        context: &mut Context,
    ) -> JsResult<()> {
        if value.is_undefined() {
            self.state.delete(object, key, context)
        } else {
            object.create_data_property(key, value, context).map(drop)
        }
    }
}

fn plain_object(context: &Context) -> JsObject {
    let prototype = context.intrinsics().constructors().object().prototype();
    JsObject::new(context.root_shape(), prototype, OrdinaryObject).upcast()
}
