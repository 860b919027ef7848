//! What a `Map` or `Set` iterator still has to give, without taking it away.
//!
//! The engine keeps an iterator's position to itself. So a preview takes everything out and, from
//! then on, serves that iterator from what was taken: the prototype's `next` is replaced when the
//! first iterator is previewed, so that programs that never show an iterator pay nothing.

use std::collections::VecDeque;

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsMapIterator, JsSetIterator, JsWeakMap},
    property::PropertyKey,
};
use boa_gc::GcRefCell;

use super::{
    kinds,
    natives::{define_value, function},
    reflect,
};

/// What is left in an iterator.
pub(crate) struct Preview {
    /// The values that `next` will return, in order.
    pub(crate) items: Vec<JsValue>,
    /// True if each is a `[key, value]` pair that the iterator made.
    ///
    /// The engine does not tell: pairs with keys as unique as a map's are taken for entries.
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
    let are_entries = look_like_entries(&items, is_map);
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

fn look_like_entries(items: &[JsValue], of_map: bool) -> bool {
    let mut keys: Vec<JsValue> = Vec::with_capacity(items.len());
    for item in items {
        let Some((key, value)) = pair_of(item) else { return false };
        if !of_map && !JsValue::same_value(&key, &value) {
            return false;
        }
        if of_map && keys.len() < 100 && keys.iter().any(|k| JsValue::same_value_zero(k, &key)) {
            return false;
        }
        keys.push(key);
    }
    !items.is_empty()
}

fn pair_of(item: &JsValue) -> Option<(JsValue, JsValue)> {
    let array = item.as_object().filter(JsObject::is_array)?;
    let at = |index: u32| {
        let property = reflect::stored(&array, &PropertyKey::from(index))?;
        property.value().cloned()
    };
    let length = reflect::stored(&array, &PropertyKey::from(js_string!("length")))?;
    if length.value()?.as_number()? != 2.0 {
        return None;
    }
    Some((at(0)?, at(1)?))
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
