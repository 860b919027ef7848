//! What kind of object a value is, by its internal slots and never by what it says of itself.
//!
//! Node: `util.types`. None of these runs JavaScript.

use boa_engine::{
    Context, JsBigInt, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::{
        array_buffer::{ArrayBuffer, SharedArrayBuffer},
        async_generator::AsyncGenerator,
        dataview::DataView,
        date::Date,
        error::Error,
        function::OrdinaryFunction,
        generator::Generator,
        map::ordered_map::OrderedMap,
        promise::Promise,
        proxy::Proxy,
        regexp::RegExp,
        set::ordered_set::OrderedSet,
        typed_array::TypedArray,
    },
    js_string,
    module::ModuleNamespace,
    object::builtins::{
        JsGeneratorFunction, JsMapIterator, JsSetIterator, JsTypedArray, JsWeakMap, JsWeakSet,
    },
    property::PropertyKey,
};

use super::{
    proxies::{self, Behind},
    reflect,
};

/// The engine's functions that tell kinds apart, kept before a script can replace them.
#[derive(Clone)]
struct Originals {
    object_to_string: JsObject,
    function_to_string: JsObject,
}

/// Keeps what this module needs of the realm.
pub(crate) fn install(context: &mut Context) -> JsResult<()> {
    let constructors = context.intrinsics().constructors();
    let (object, function) =
        (constructors.object().prototype(), constructors.function().prototype());
    let object = object.get(js_string!("toString"), context)?.as_callable();
    let function = function.get(js_string!("toString"), context)?.as_callable();
    if let (Some(object_to_string), Some(function_to_string)) = (object, function) {
        context.insert_data(Originals { object_to_string, function_to_string });
    }
    Ok(())
}

macro_rules! by_data {
    ($($(#[$doc:meta])* $name:ident: $data:ty,)*) => {
        $($(#[$doc])*
        pub(crate) fn $name(object: &JsObject) -> bool {
            object.is::<$data>()
        })*
    };
}

by_data! {
    /// A `Map`.
    is_map: OrderedMap<JsValue>,
    /// A `Set`.
    is_set: OrderedSet,
    /// A promise.
    is_promise: Promise,
    /// A proxy, revoked ones too.
    is_proxy: Proxy,
    /// A regular expression.
    is_reg_exp: RegExp,
    /// A `Date`.
    is_date: Date,
    /// An object made by an error constructor. Node: `isNativeError`.
    is_error: Error,
    /// A typed array.
    is_typed_array: TypedArray,
    /// A `DataView`.
    is_data_view: DataView,
    /// An `ArrayBuffer`.
    is_array_buffer: ArrayBuffer,
    /// A `SharedArrayBuffer`.
    is_shared_array_buffer: SharedArrayBuffer,
    /// The object that a module's `import * as` makes.
    is_module_namespace: ModuleNamespace,
    /// `new Number()`.
    is_number_object: f64,
    /// `new String()`.
    is_string_object: JsString,
    /// `new Boolean()`.
    is_boolean_object: bool,
    /// `Object(1n)`.
    is_big_int_object: JsBigInt,
    /// `Object(Symbol())`.
    is_symbol_object: JsSymbol,
}

/// What a generator function or an async generator function returned.
pub(crate) fn is_generator(object: &JsObject) -> bool {
    object.is::<Generator>() || object.is::<AsyncGenerator>()
}

/// An `ArrayBuffer` or a `SharedArrayBuffer`.
pub(crate) fn is_any_array_buffer(object: &JsObject) -> bool {
    is_array_buffer(object) || is_shared_array_buffer(object)
}

/// A primitive in an object.
pub(crate) fn is_boxed_primitive(object: &JsObject) -> bool {
    is_number_object(object)
        || is_string_object(object)
        || is_boolean_object(object)
        || is_big_int_object(object)
        || is_symbol_object(object)
}

/// The primitive in an object.
pub(crate) fn boxed_primitive(object: &JsObject) -> Option<JsValue> {
    if let Some(n) = object.downcast_ref::<f64>() {
        return Some(JsValue::from(*n));
    }
    if let Some(b) = object.downcast_ref::<bool>() {
        return Some(JsValue::from(*b));
    }
    if let Some(text) = object.downcast_ref::<JsString>() {
        return Some(text.clone().into());
    }
    if let Some(n) = object.downcast_ref::<JsBigInt>() {
        return Some(n.clone().into());
    }
    object.downcast_ref::<JsSymbol>().map(|symbol| symbol.clone().into())
}

/// An array, or a proxy of one: `Array.isArray`.
pub(crate) fn is_array(object: &JsObject, context: &mut Context) -> bool {
    if object.is_array() {
        return true;
    }
    match proxies::behind(object, context) {
        Behind::Proxy(details) => is_array(&details.target, context),
        _ => false,
    }
}

/// A `WeakMap`.
pub(crate) fn is_weak_map(object: &JsObject) -> bool {
    JsWeakMap::from_object(object.clone()).is_ok()
}

/// A `WeakSet`.
pub(crate) fn is_weak_set(object: &JsObject) -> bool {
    JsWeakSet::from_object(object.clone()).is_ok()
}

/// What `map.entries()` and its like return.
pub(crate) fn is_map_iterator(object: &JsObject) -> bool {
    JsMapIterator::from_object(object.clone()).is_ok()
}

/// What `set.values()` and its like return.
pub(crate) fn is_set_iterator(object: &JsObject) -> bool {
    JsSetIterator::from_object(object.clone()).is_ok()
}

/// `Uint8Array` and the like: the constructor's name.
pub(crate) fn typed_array_name(object: &JsObject) -> Option<&'static str> {
    use boa_engine::builtins::typed_array::TypedArrayKind as Kind;
    let array = JsTypedArray::from_object(object.clone()).ok()?;
    Some(match array.kind()? {
        Kind::Int8 => "Int8Array",
        Kind::Uint8 => "Uint8Array",
        Kind::Uint8Clamped => "Uint8ClampedArray",
        Kind::Int16 => "Int16Array",
        Kind::Uint16 => "Uint16Array",
        Kind::Int32 => "Int32Array",
        Kind::Uint32 => "Uint32Array",
        Kind::BigInt64 => "BigInt64Array",
        Kind::BigUint64 => "BigUint64Array",
        Kind::Float32 => "Float32Array",
        Kind::Float64 => "Float64Array",
        Kind::Float16 => "Float16Array",
    })
}

/// The `arguments` of a function.
pub(crate) fn is_arguments(object: &JsObject, context: &mut Context) -> bool {
    if object.is_ordinary() || object.is_array() || object.is_callable() {
        return false;
    }
    let iterator = PropertyKey::from(JsSymbol::iterator());
    let callee = PropertyKey::from(js_string!("callee"));
    if reflect::stored(object, &callee).is_none() && reflect::stored(object, &iterator).is_none() {
        return false;
    }
    // The engine's slot shows in `Object.prototype.toString` unless the object has a tag.
    let tag = PropertyKey::from(JsSymbol::to_string_tag());
    if reflect::data_value(object, &tag).is_some() {
        return false;
    }
    class_of(object, context).is_some_and(|name| name == js_string!("[object Arguments]"))
}

/// `Object.prototype.toString` of the engine.
pub(crate) fn class_of(object: &JsObject, context: &mut Context) -> Option<JsString> {
    let Originals { object_to_string, .. } = context.get_data::<Originals>()?.clone();
    object_to_string.call(&object.clone().into(), &[], context).ok()?.as_string()
}

/// The source text of a function: `Function.prototype.toString` of the engine.
pub(crate) fn source_text(function: &JsObject, context: &mut Context) -> Option<JsString> {
    let Originals { function_to_string, .. } = context.get_data::<Originals>()?.clone();
    function_to_string.call(&function.clone().into(), &[], context).ok()?.as_string()
}

/// A function made with `function*` and without `async`.
pub(crate) fn is_plain_generator_function(object: &JsObject) -> bool {
    JsGeneratorFunction::from_object(object.clone()).is_ok()
}

/// A function made with `function*`, `async function*` included.
pub(crate) fn is_generator_function(object: &JsObject, context: &mut Context) -> bool {
    if is_plain_generator_function(object) {
        return true;
    }
    function_flavour(object, context) == Flavour::AsyncGenerator
}

/// A function made with `async`, async generator functions included.
pub(crate) fn is_async_function(object: &JsObject, context: &mut Context) -> bool {
    matches!(function_flavour(object, context), Flavour::Async | Flavour::AsyncGenerator)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavour {
    Plain,
    Async,
    AsyncGenerator,
}

/// The engine keeps the flavour to itself; the prototype tells it, and where a script took the
/// prototype away, the source text.
fn function_flavour(object: &JsObject, context: &mut Context) -> Flavour {
    if !object.is::<OrdinaryFunction>() {
        return Flavour::Plain;
    }
    let Some(prototype) = object.prototype() else { return flavour_in_source(object, context) };
    let constructors = context.intrinsics().constructors();
    let is = |candidate: JsObject| JsObject::equals(&prototype, &candidate);
    if is(constructors.function().prototype()) {
        Flavour::Plain
    } else if is(constructors.async_function().prototype()) {
        Flavour::Async
    } else if is(constructors.async_generator_function().prototype()) {
        Flavour::AsyncGenerator
    } else {
        flavour_in_source(object, context)
    }
}

fn flavour_in_source(object: &JsObject, context: &mut Context) -> Flavour {
    let Some(text) = source_text(object, context) else { return Flavour::Plain };
    let text = text.to_std_string_lossy();
    let Some(rest) = text.strip_prefix("async") else { return Flavour::Plain };
    let rest = rest.trim_start();
    let after_keyword = rest.strip_prefix("function").map_or(rest, str::trim_start);
    if after_keyword.starts_with('*') {
        return Flavour::AsyncGenerator;
    }
    // `async() {}` is a method of that name, `async() => {}` an async function.
    match rest.strip_prefix('(') {
        Some(parameters) if !parameters.contains("=>") => Flavour::Plain,
        _ => Flavour::Async,
    }
}
