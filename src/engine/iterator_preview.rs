//! What a `Map` or `Set` iterator still has to give, without taking it away.
//!
//! The engine keeps an iterator's position to itself. So a preview takes everything out and, from
//! then on, serves that iterator from what was taken: the prototype's `next` is replaced when the
//! first iterator is previewed, so that programs that never show an iterator pay next to nothing.
//!
//! Nor does the engine tell an iterator over keys from one over entries. `keys` and `values` of
//! maps and `entries` of sets, the rarer ones, are replaced by functions that note down where the
//! iterators are that they make.

use std::{cell::Cell, collections::VecDeque, ptr, rc::Rc};

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsMap, JsMapIterator, JsSetIterator, JsWeakMap},
    property::PropertyKey,
};
use boa_gc::GcRefCell;

use super::{
    kinds,
    natives::{closure, define_value, function},
    reflect,
};

/// What is left in an iterator.
pub(crate) struct Preview {
    /// The values that `next` will return, in order.
    pub(crate) items: Vec<JsValue>,
    /// True if each is a `[key, value]` pair that the iterator made.
    pub(crate) are_entries: bool,
}

/// The items that were taken out of iterators, by iterator.
#[derive(Clone)]
struct Taken(JsWeakMap);

/// What an iterator is served from once it was previewed.
#[derive(boa_gc::Trace, boa_gc::Finalize, boa_engine::JsData)]
struct Remaining(GcRefCell<VecDeque<JsValue>>);

/// The remaining items of a `Map` or `Set` iterator; `None` of anything else.
pub(crate) fn preview(iterator: &JsObject, context: &mut Context) -> JsResult<Option<Preview>> {
    let is_map = kinds::is_map_iterator(iterator);
    if !is_map && !kinds::is_set_iterator(iterator) {
        return Ok(None);
    }
    let taken = taken(context)?;
    let items = match remaining_of(iterator, &taken, context)? {
        Some(remaining) => items_of(&remaining),
        None => take_all(iterator, &taken, context)?,
    };
    let is_noted = context.get_data::<Rc<Notes>>().is_some_and(|notes| notes.contain(iterator));
    // What is not noted down any more still has to look like pairs.
    let are_entries = is_map != is_noted && items.iter().all(is_pair);
    Ok(Some(Preview { items, are_entries }))
}

fn items_of(remaining: &JsObject) -> Vec<JsValue> {
    let Some(remaining) = remaining.downcast_ref::<Remaining>() else { return Vec::new() };
    remaining.0.borrow().iter().cloned().collect()
}

fn take_all(
    iterator: &JsObject,
    taken: &JsWeakMap,
    context: &mut Context,
) -> JsResult<Vec<JsValue>> {
    let mut items = Vec::new();
    while let Some(item) = next_of_engine(iterator, context)? {
        items.push(item);
    }
    let queue = Remaining(GcRefCell::new(items.iter().cloned().collect()));
    let holder = JsObject::new(context.root_shape(), None, queue).upcast();
    taken.set(iterator, holder.into(), context)?;
    Ok(items)
}

fn remaining_of(
    iterator: &JsObject,
    taken: &JsWeakMap,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    Ok(taken.get(iterator, context)?.as_object())
}

/// The next value by the engine's own `next`; `None` at the end.
fn next_of_engine(iterator: &JsObject, context: &mut Context) -> JsResult<Option<JsValue>> {
    let result = engine_result(iterator, context)?;
    let Some(result) = result.as_object() else { return Ok(None) };
    if result.get(js_string!("done"), context)?.to_boolean() {
        return Ok(None);
    }
    result.get(js_string!("value"), context).map(Some)
}

fn engine_result(iterator: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    match JsMapIterator::from_object(iterator.clone()) {
        Ok(iterator) => iterator.next(context),
        Err(_) => JsSetIterator::from_object(iterator.clone())?.next(context),
    }
}

fn is_pair(item: &JsValue) -> bool {
    let Some(array) = item.as_object().filter(JsObject::is_array) else { return false };
    let length = reflect::stored(&array, &PropertyKey::from(js_string!("length")));
    length.is_some_and(|length| length.value().and_then(JsValue::as_number) == Some(2.0))
}

/// Where the latest iterators are that are not of the usual kind: of entries for maps, of values
/// for sets.
///
/// An address says nothing for sure once its iterator is gone, and the oldest are forgotten. Both
/// can only mislabel what is shown.
struct Notes {
    addresses: [Cell<usize>; 64],
    next: Cell<usize>,
}

impl Notes {
    fn add(&self, iterator: &JsObject) {
        let next = self.next.get();
        self.addresses[next].set(address(iterator));
        self.next.set((next + 1) % self.addresses.len());
    }

    fn contain(&self, iterator: &JsObject) -> bool {
        let address = address(iterator);
        self.addresses.iter().any(|known| known.get() == address)
    }
}

fn address(object: &JsObject) -> usize {
    ptr::from_ref(object.as_ref()).addr()
}

/// Replaces the functions that make iterators of the rarer kinds.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let notes = Notes { addresses: [const { Cell::new(0) }; 64], next: Cell::new(0) };
    context.insert_data(Rc::new(notes));
    let constructors = context.intrinsics().constructors();
    let (map, set) = (constructors.map().prototype(), constructors.set().prototype());
    define_value(&map, js_string!("keys"), function("keys", 0, map_keys, context), false);
    define_value(&map, js_string!("values"), function("values", 0, map_values, context), false);
    let key = PropertyKey::from(js_string!("entries"));
    let original = reflect::stored(&set, &key).and_then(|p| p.value().and_then(JsValue::as_object));
    if let Some(original) = original {
        let entries = closure("entries", 0, original, set_entries, context);
        define_value(&set, key, entries, false);
    }
    Ok(())
}

fn noted(iterator: JsValue, context: &Context) -> JsValue {
    if let (Some(iterator), Some(notes)) = (iterator.as_object(), context.get_data::<Rc<Notes>>()) {
        notes.add(&iterator);
    }
    iterator
}

/// The map that a method was called on; V8's error for anything else.
fn this_map(this: &JsValue, method: &str) -> JsResult<JsMap> {
    this.as_object().and_then(|map| JsMap::from_object(map).ok()).ok_or_else(|| {
        let shown = this.display();
        let message =
            format!("Method Map.prototype.{method} called on incompatible receiver {shown}");
        JsNativeError::typ().with_message(message).into()
    })
}

fn map_keys(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let iterator = this_map(this, "keys")?.keys(context)?;
    Ok(noted(iterator.into(), context))
}

fn map_values(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let iterator = this_map(this, "values")?.values(context)?;
    Ok(noted(iterator.into(), context))
}

fn set_entries(
    this: &JsValue,
    _: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let iterator = original.call(this, &[], context)?;
    Ok(noted(iterator, context))
}

/// The memory of taken items; made with the first preview, which replaces `next` too.
fn taken(context: &mut Context) -> JsResult<JsWeakMap> {
    if let Some(Taken(map)) = context.get_data::<Taken>() {
        return Ok(map.clone());
    }
    let map = JsWeakMap::new(context);
    context.insert_data(Taken(map.clone()));
    let prototypes = context.intrinsics().objects().iterator_prototypes();
    let prototypes = [prototypes.map(), prototypes.set()];
    for prototype in prototypes {
        let next = function("next", 0, next, context);
        define_value(&prototype, js_string!("next"), next, false);
    }
    Ok(map)
}

/// `next` of both prototypes, once an iterator was previewed.
fn next(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(iterator) = this.as_object() else {
        let message = "next method called on incompatible receiver";
        return Err(boa_engine::JsNativeError::typ().with_message(message).into());
    };
    let taken = taken(context)?;
    let Some(remaining) = remaining_of(&iterator, &taken, context)? else {
        return engine_result(&iterator, context);
    };
    let item = remaining.downcast_ref::<Remaining>().and_then(|r| r.0.borrow_mut().pop_front());
    let result = JsObject::with_object_proto(context.intrinsics());
    define_value(&result, js_string!("value"), item.clone().unwrap_or_default(), true);
    define_value(&result, js_string!("done"), item.is_none(), true);
    Ok(result.into())
}
