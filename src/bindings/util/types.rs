//! `util.types`: what kind of object a value is, by its internal slots.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, property::PropertyDescriptor};

use crate::engine::{
    kinds,
    natives::{Method, Native, define_methods, function},
};

macro_rules! tests {
    ($($name:literal: $test:expr,)*) => {
        /// One function per kind, in Node's order; the rest of it.
        const METHODS: &[Method] = &[$(($name, 1, |_, args, _| {
            let test: fn(&JsObject) -> bool = $test;
            Ok(args.first().and_then(JsValue::as_object).is_some_and(|object| test(&object)).into())
        }),)*];
    };
}

tests! {
    "isArrayBuffer": kinds::is_array_buffer,
    "isBigIntObject": kinds::is_big_int_object,
    "isBooleanObject": kinds::is_boolean_object,
    "isDataView": kinds::is_data_view,
    "isDate": kinds::is_date,
    "isExternal": |_| false,
    "isGeneratorObject": kinds::is_generator,
    "isMap": kinds::is_map,
    "isMapIterator": kinds::is_map_iterator,
    "isModuleNamespaceObject": kinds::is_module_namespace,
    "isNativeError": kinds::is_error,
    "isNumberObject": kinds::is_number_object,
    "isPromise": kinds::is_promise,
    "isProxy": kinds::is_proxy,
    "isRegExp": kinds::is_reg_exp,
    "isSet": kinds::is_set,
    "isSetIterator": kinds::is_set_iterator,
    "isSharedArrayBuffer": kinds::is_shared_array_buffer,
    "isStringObject": kinds::is_string_object,
    "isSymbolObject": kinds::is_symbol_object,
    "isWeakMap": kinds::is_weak_map,
    "isWeakSet": kinds::is_weak_set,
    "isAnyArrayBuffer": kinds::is_any_array_buffer,
    "isBoxedPrimitive": kinds::is_boxed_primitive,
    "isArrayBufferView": |object| kinds::is_typed_array(object) || kinds::is_data_view(object),
    "isTypedArray": kinds::is_typed_array,
    "isUint8Array": |object| kinds::typed_array_name(object) == Some("Uint8Array"),
    "isUint8ClampedArray": |object| kinds::typed_array_name(object) == Some("Uint8ClampedArray"),
    "isUint16Array": |object| kinds::typed_array_name(object) == Some("Uint16Array"),
    "isUint32Array": |object| kinds::typed_array_name(object) == Some("Uint32Array"),
    "isInt8Array": |object| kinds::typed_array_name(object) == Some("Int8Array"),
    "isInt16Array": |object| kinds::typed_array_name(object) == Some("Int16Array"),
    "isInt32Array": |object| kinds::typed_array_name(object) == Some("Int32Array"),
    "isFloat16Array": |object| kinds::typed_array_name(object) == Some("Float16Array"),
    "isFloat32Array": |object| kinds::typed_array_name(object) == Some("Float32Array"),
    "isFloat64Array": |object| kinds::typed_array_name(object) == Some("Float64Array"),
    "isBigInt64Array": |object| kinds::typed_array_name(object) == Some("BigInt64Array"),
    "isBigUint64Array": |object| kinds::typed_array_name(object) == Some("BigUint64Array"),
}

/// Kinds that only the source text or the prototype tells.
const BY_SOURCE: &[Method] = &[
    ("isArgumentsObject", 1, is_arguments_object),
    ("isAsyncFunction", 1, is_async_function),
    ("isGeneratorFunction", 1, is_generator_function),
];

/// Where those stand among the others in Node's order: before this one.
const PLACES: [&str; 3] = ["isArrayBuffer", "isBigIntObject", "isGeneratorObject"];

/// Nothing is a key: there is no `crypto`.
const ABSENT: [(&str, Native); 2] =
    [("isKeyObject", |_, _, _| Ok(false.into())), ("isCryptoKey", |_, _, _| Ok(false.into()))];

/// `util.types`.
pub(super) fn object(context: &mut Context) -> JsObject {
    let types = JsObject::with_object_proto(context.intrinsics());
    for method in METHODS {
        let place = PLACES.iter().position(|place| *place == method.0);
        let before = place.map_or(&[][..], |at| &BY_SOURCE[at..=at]);
        define_methods(&types, before, true, context);
        define_methods(&types, &[*method], true, context);
    }
    for (name, test) in ABSENT {
        let property = PropertyDescriptor::builder()
            .value(function("value", 1, test, context))
            .writable(false)
            .enumerable(true)
            .configurable(false);
        types.insert_property(JsString::from(name), property.build());
    }
    types
}

fn test(
    args: &[JsValue],
    test: fn(&JsObject, &mut Context) -> bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let object = args.first().and_then(JsValue::as_object);
    Ok(object.is_some_and(|object| test(&object, context)).into())
}

fn is_arguments_object(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    test(args, kinds::is_arguments, context)
}

fn is_async_function(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    test(args, kinds::is_async_function, context)
}

fn is_generator_function(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    test(args, kinds::is_generator_function, context)
}
