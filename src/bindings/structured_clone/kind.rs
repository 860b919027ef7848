//! What kind of object is to be cloned, by its internal slots.

use boa_engine::{
    Context, JsBigInt, JsObject, JsString, JsSymbol, JsValue, js_string, property::PropertyKey,
};

use crate::{
    bindings::{blob::BlobData, dom_exception, process::env},
    engine::{kinds, reflect},
};

/// The kinds of objects that a clone can be made of.
pub(crate) enum Kind {
    /// A primitive in an object.
    Boxed(JsValue),
    Date,
    RegExp,
    ArrayBuffer,
    SharedArrayBuffer,
    TypedArray(&'static str),
    DataView,
    Map,
    Set,
    Error,
    Array,
    /// Whatever has properties only, our own classes included: they lose their class.
    Plain,
    DomException(dom_exception::Fields),
    Blob(BlobData),
}

/// The kind of an object; `None` if it cannot be cloned.
pub(crate) fn of(object: &JsObject, context: &mut Context) -> Option<Kind> {
    if object.is_ordinary() {
        return (!is_global(object, context)).then_some(Kind::Plain);
    }
    if object.is_array() && !kinds::is_proxy(object) {
        return Some(Kind::Array);
    }
    if let Some(kind) = by_slot(object) {
        return Some(kind);
    }
    if kinds::is_error(object) {
        let fields = dom_exception::fields(&object.clone().into(), context).ok().flatten();
        return Some(fields.map_or(Kind::Error, Kind::DomException));
    }
    if let Some(blob) = object.downcast_ref::<BlobData>() {
        return Some(Kind::Blob(blob.clone()));
    }
    let is_plain = env::is_environment(object, context) || !is_refused(object, context);
    is_plain.then_some(Kind::Plain)
}

/// Tells one kind by its slot.
type Test = fn(&JsObject) -> bool;

fn by_slot(object: &JsObject) -> Option<Kind> {
    if let Some(primitive) = boxed(object) {
        return Some(Kind::Boxed(primitive));
    }
    if let Some(name) = kinds::typed_array_name(object) {
        return Some(Kind::TypedArray(name));
    }
    let slots: [(Test, Kind); 7] = [
        (kinds::is_date, Kind::Date),
        (kinds::is_reg_exp, Kind::RegExp),
        (kinds::is_array_buffer, Kind::ArrayBuffer),
        (kinds::is_shared_array_buffer, Kind::SharedArrayBuffer),
        (kinds::is_data_view, Kind::DataView),
        (kinds::is_map, Kind::Map),
        (kinds::is_set, Kind::Set),
    ];
    slots.into_iter().find(|(is_kind, _)| is_kind(object)).map(|(_, kind)| kind)
}

fn boxed(object: &JsObject) -> Option<JsValue> {
    if let Some(value) = object.downcast_ref::<f64>() {
        return Some((*value).into());
    }
    if let Some(value) = object.downcast_ref::<bool>() {
        return Some((*value).into());
    }
    if let Some(value) = object.downcast_ref::<JsString>() {
        return Some(value.clone().into());
    }
    object.downcast_ref::<JsBigInt>().map(|value| value.clone().into())
}

/// The objects of the language that stand for something beyond their properties.
fn is_refused(object: &JsObject, context: &mut Context) -> bool {
    object.is_callable()
        || kinds::is_proxy(object)
        || kinds::is_promise(object)
        || kinds::is_generator(object)
        || kinds::is_weak_map(object)
        || kinds::is_weak_set(object)
        || kinds::is_symbol_object(object)
        || kinds::is_module_namespace(object)
        || kinds::is_map_iterator(object)
        || kinds::is_set_iterator(object)
        || is_global(object, context)
        || kinds::is_arguments(object, context)
        || has_engine_tag(object)
}

/// The engine keeps the types of its other objects to itself; their prototypes have a tag.
fn has_engine_tag(object: &JsObject) -> bool {
    const TAGS: &[&str] = &["WeakRef", "FinalizationRegistry"];
    let Some(tag) = inherited_data(object, &JsSymbol::to_string_tag().into()) else {
        return false;
    };
    let Some(tag) = tag.as_string().map(|tag| tag.to_std_string_lossy()) else { return false };
    TAGS.contains(&tag.as_str()) || tag.ends_with(" Iterator") || tag.starts_with("Intl.")
}

fn is_global(object: &JsObject, context: &Context) -> bool {
    JsObject::equals(object, &context.global_object())
}

/// A data property of the object or of its prototypes; no JavaScript runs.
fn inherited_data(object: &JsObject, key: &PropertyKey) -> Option<JsValue> {
    let mut cursor = Some(object.clone());
    while let Some(object) = cursor {
        if reflect::stored(&object, key).is_some() {
            return reflect::data_value(&object, key);
        }
        cursor = object.prototype();
    }
    None
}

/// An object in V8's error messages: a function's source, `#<Class>`, or `[object Tag]`.
pub(super) fn name_without_effects(object: &JsObject, context: &mut Context) -> String {
    if object.is_callable() {
        let source = kinds::source_text(object, context);
        return source.map(|text| text.to_std_string_lossy()).unwrap_or_default();
    }
    if kinds::is_proxy(object) {
        return "#<Object>".to_owned();
    }
    if kinds::is_symbol_object(object) {
        return "[object Symbol]".to_owned();
    }
    if let Some(name) = kinds::typed_array_name(object) {
        return format!("[object {name}]");
    }
    let constructor = inherited_data(object, &js_string!("constructor").into());
    let name = constructor
        .and_then(|constructor| constructor.as_object().filter(JsObject::is_callable))
        .and_then(|class| reflect::data_value(&class, &js_string!("name").into()))
        .and_then(|name| name.as_string())
        .filter(|name| !name.is_empty());
    let tag = inherited_data(object, &JsSymbol::to_string_tag().into());
    let tag = tag.and_then(|tag| tag.as_string()).map(|tag| tag.to_std_string_lossy());
    match (name, tag) {
        (_, Some(tag)) if tag.ends_with(" Iterator") || tag == "Generator" => {
            format!("[object {tag}]")
        }
        (Some(name), _) => format!("#<{}>", name.to_std_string_lossy()),
        (None, Some(tag)) => format!("[object {tag}]"),
        (None, None) => "#<Object>".to_owned(),
    }
}
