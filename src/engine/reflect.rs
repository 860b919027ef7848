//! Looking at objects without running their JavaScript: no getter, no proxy trap.
//!
//! What shows or compares values (`util.inspect`, `assert`, IPC's serializer) reads properties
//! through here.

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::{proxy::Proxy, typed_array::TypedArray},
    js_string,
    module::ModuleNamespace,
    property::{PropertyDescriptor, PropertyKey},
};

use super::proxies::{self, Behind};

/// The own property of this name.
///
/// Only a proxy runs JavaScript here, as every look at a proxy does; whoever must not, takes its
/// target first (see [`super::proxies`]).
pub(crate) fn own_property(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> JsResult<Option<PropertyDescriptor>> {
    if let PropertyKey::Index(_) = key {
        return own_index(object, key, context);
    }
    if object.is::<Proxy>() || object.is::<ModuleNamespace>() {
        return own_exotic(object, key, context);
    }
    Ok(object.borrow().properties().get(key))
}

/// As [`own_property`] for an index: that is where most exotic objects differ.
fn own_index(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> JsResult<Option<PropertyDescriptor>> {
    if object.is_array() || object.is_ordinary() {
        return Ok(object.borrow().properties().get(key));
    }
    if object.is::<Proxy>()
        || object.is::<ModuleNamespace>()
        || object.is::<TypedArray>()
        || object.is::<JsString>()
    {
        return own_exotic(object, key, context);
    }
    let Some(stored) = object.borrow().properties().get(key) else { return Ok(None) };
    if stored.is_accessor_descriptor() {
        return Ok(Some(stored));
    }
    // The parameters behind an `arguments` object hold the value, not the object.
    let value = object.get(key.clone(), context)?;
    Ok(Some(data_property(value, &stored)))
}

fn data_property(value: JsValue, like: &PropertyDescriptor) -> PropertyDescriptor {
    PropertyDescriptor::builder()
        .value(value)
        .writable(like.writable().unwrap_or(true))
        .enumerable(like.enumerable().unwrap_or(true))
        .configurable(like.configurable().unwrap_or(true))
        .build()
}

/// The engine's own `Reflect.getOwnPropertyDescriptor`, for objects whose properties are not stored.
fn own_exotic(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> JsResult<Option<PropertyDescriptor>> {
    let Some(ReflectFunctions { own_property, .. }) =
        context.get_data::<ReflectFunctions>().cloned()
    else {
        return Ok(stored(object, key));
    };
    let args = [object.clone().into(), key.clone().into()];
    let found = own_property.call(&JsValue::undefined(), &args, context)?;
    if found.is_undefined() {
        return Ok(None);
    }
    found.to_property_descriptor(context).map(Some)
}

/// Functions of `Reflect` as the engine made them.
#[derive(Clone)]
struct ReflectFunctions {
    own_property: JsObject,
    prototype_of: JsObject,
}

/// Keeps the engine's functions that this module needs, before a script can replace them.
pub(crate) fn install(context: &mut Context) -> JsResult<()> {
    let reflect = context.intrinsics().objects().reflect();
    let own_property = reflect.get(js_string!("getOwnPropertyDescriptor"), context)?;
    let prototype_of = reflect.get(js_string!("getPrototypeOf"), context)?;
    if let (Some(own_property), Some(prototype_of)) =
        (own_property.as_callable(), prototype_of.as_callable())
    {
        context.insert_data(ReflectFunctions { own_property, prototype_of });
    }
    Ok(())
}

/// The own property of this name as it is stored: of ordinary properties of any object but a proxy.
pub(crate) fn stored(object: &JsObject, key: &PropertyKey) -> Option<PropertyDescriptor> {
    object.borrow().properties().get(key)
}

/// True if the object has an own property of this name.
pub(crate) fn has_own(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> JsResult<bool> {
    Ok(own_property(object, key, context)?.is_some())
}

/// True if the object has an own enumerable property of this name.
pub(crate) fn is_enumerable(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> JsResult<bool> {
    Ok(own_property(object, key, context)?.is_some_and(|p| p.enumerable() == Some(true)))
}

/// Every own key in the standard's order: indices, strings, symbols.
pub(crate) fn own_keys(object: &JsObject, context: &mut Context) -> JsResult<Vec<PropertyKey>> {
    if is_exotic(object) {
        return object.own_property_keys(context).map_err(|error| reworded(error, object, context));
    }
    let mut keys = index_keys(object);
    keys.extend(named_keys(object));
    Ok(keys)
}

/// What a proxy's `ownKeys` did wrong in V8's words, where only one key can be meant.
fn reworded(error: JsError, proxy: &JsObject, context: &mut Context) -> JsError {
    let is_omission =
        |error: &JsNativeError| error.message().contains("non-configurable property keys");
    let Behind::Proxy(behind) = proxies::behind(proxy, context) else { return error };
    if !error.as_native().is_some_and(is_omission) || is_exotic(&behind.target) {
        return error;
    }
    let target = behind.target.borrow();
    let mut fixed = target.shape().keys();
    fixed.retain(|key| {
        target.properties().get(key).is_some_and(|own| own.configurable() == Some(false))
    });
    match fixed.as_slice() {
        [key] => {
            let message = format!("'ownKeys' on proxy: trap result did not include '{key}'");
            JsNativeError::typ().with_message(message).into()
        }
        _ => error,
    }
}

/// Objects whose keys are not all stored as properties.
fn is_exotic(object: &JsObject) -> bool {
    object.is::<Proxy>()
        || object.is::<ModuleNamespace>()
        || object.is::<TypedArray>()
        || object.is::<JsString>()
}

/// The stored indices in ascending order.
fn index_keys(object: &JsObject) -> Vec<PropertyKey> {
    let mut indices: Vec<u32> = object.borrow().properties().index_property_keys().collect();
    indices.sort_unstable();
    indices.into_iter().map(PropertyKey::from).collect()
}

/// The stored keys that are no indices: strings, then symbols, each in order of creation.
pub(crate) fn named_keys(object: &JsObject) -> Vec<PropertyKey> {
    let mut keys = object.borrow().shape().keys();
    let is_symbol = |key: &PropertyKey| matches!(key, PropertyKey::Symbol(_));
    if keys.iter().any(is_symbol) {
        keys.sort_by_key(is_symbol);
    }
    keys
}

/// Of these keys, those whose property is enumerable.
pub(crate) fn only_enumerable(
    object: &JsObject,
    mut keys: Vec<PropertyKey>,
    context: &mut Context,
) -> JsResult<Vec<PropertyKey>> {
    if is_exotic(object) {
        let mut kept = Vec::with_capacity(keys.len());
        for key in keys {
            if is_enumerable(object, &key, context)? {
                kept.push(key);
            }
        }
        return Ok(kept);
    }
    let object = object.borrow();
    keys.retain(|key| object.properties().get(key).is_some_and(|p| p.enumerable() == Some(true)));
    Ok(keys)
}

/// The prototype. As with [`own_property`], only a proxy runs JavaScript.
pub(crate) fn prototype(object: &JsObject, context: &mut Context) -> JsResult<Option<JsObject>> {
    if !object.is::<Proxy>() {
        return Ok(object.prototype());
    }
    let Some(ReflectFunctions { prototype_of, .. }) =
        context.get_data::<ReflectFunctions>().cloned()
    else {
        return Ok(None);
    };
    let found = prototype_of.call(&JsValue::undefined(), &[object.clone().into()], context)?;
    Ok(found.as_object())
}

/// `object[key]`: the same as the engine's, sooner told where all objects on the way are ordinary ones
/// and the property is data.
pub(crate) fn get(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> JsResult<JsValue> {
    let mut holder = object.clone();
    while holder.is_ordinary() {
        let looked_up = holder.borrow();
        if let Some(property) = looked_up.properties().get(key) {
            let Some(value) = property.value() else { break };
            return Ok(value.clone());
        }
        let Some(prototype) = looked_up.prototype() else { return Ok(JsValue::undefined()) };
        drop(looked_up);
        holder = prototype;
    }
    object.get(key.clone(), context)
}

/// The value of a data property found on the object or its prototypes, where no getter and no
/// proxy stands in the way.
pub(crate) fn data_value(object: &JsObject, key: &PropertyKey) -> Option<JsValue> {
    let mut holder = Some(object.clone());
    while let Some(object) = holder {
        if object.is::<Proxy>() {
            return None;
        }
        if let Some(property) = stored(&object, key) {
            return property.value().cloned();
        }
        holder = object.prototype();
    }
    None
}

/// The values of an iterable; `None` if the object is none.
///
/// # Errors
/// Whatever the iterator throws.
pub(crate) fn iterated(list: &JsObject, context: &mut Context) -> JsResult<Option<Vec<JsValue>>> {
    let method = list.get(boa_engine::JsSymbol::iterator(), context)?;
    let Some(method) = method.as_callable() else { return Ok(None) };
    let iterator = method.call(&list.clone().into(), &[], context)?;
    let Some(iterator) = iterator.as_object() else { return Ok(None) };
    let next = iterator.get(js_string!("next"), context)?;
    let Some(next) = next.as_callable() else { return Ok(None) };
    let mut values = Vec::new();
    loop {
        let result = next.call(&iterator.clone().into(), &[], context)?.to_object(context)?;
        if result.get(js_string!("done"), context)?.to_boolean() {
            return Ok(Some(values));
        }
        values.push(result.get(js_string!("value"), context)?);
    }
}

#[cfg(test)]
mod tests {
    use boa_engine::{Source, js_string};

    use super::*;

    #[test]
    fn get_is_the_engines() {
        let context = &mut Context::default();
        let source = "[
            { a: 1 }, Object.create({ a: 2 }), Object.create(Object.create({ get a() { return this.b }, b: 3 })),
            new Proxy({}, { get: () => 4 }), Object.create(new Proxy({}, { get: () => 5 })), Object.create(null), {},
            Object.assign([], { a: 6 }), class { static a = 7 }, { set a(value) {} },
        ]";
        let objects = context.eval(Source::from_bytes(source)).expect("the source is valid");
        let objects = objects.as_object().expect("an array is an object");
        for index in 0..10 {
            let object = objects.get(index, context).ok().and_then(|object| object.as_object());
            let object = object.expect("all elements are objects");
            let expected = object.get(js_string!("a"), context).expect("nothing throws");
            let found = get(&object, &js_string!("a").into(), context).expect("nothing throws");
            assert!(JsValue::same_value(&found, &expected), "{index}");
        }
    }
}
