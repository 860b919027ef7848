//! `v8`: values as bytes, and what can be told of an engine that is another one.

mod deserializer;
mod serializer;
mod whole;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::NativeObject, string::JsStrVariant,
};

use crate::engine::{
    classes::Class,
    errors::{Code, coded},
    natives::{Method, arg, define_value, exports_of},
    validate,
};

const METHODS: &[Method] = &[
    ("serialize", 1, whole::serialize),
    ("deserialize", 1, whole::deserialize),
    ("isStringOneByteRepresentation", 1, is_one_byte),
];

/// The native half: the two functions and the four classes.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    let (serializer, default_serializer) = serializer::classes(context)?;
    let (deserializer, default_deserializer) = deserializer::classes(context);
    let classes: [(&str, Class); 4] = [
        ("Serializer", serializer),
        ("Deserializer", deserializer),
        ("DefaultSerializer", default_serializer),
        ("DefaultDeserializer", default_deserializer),
    ];
    for (name, class) in classes {
        define_value(&exports, JsString::from(name), class.constructor, true);
    }
    Ok(exports.into())
}

/// `v8.isStringOneByteRepresentation(content)`.
fn is_one_byte(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = validate::string(&arg(args, 0), "content", context)?;
    Ok(matches!(text.variant(), JsStrVariant::Latin1(_)).into())
}

/// `new.target`, or the error of a class that was called.
fn new_target(this: &JsValue, name: &str, context: &mut Context) -> JsResult<JsObject> {
    this.as_object().ok_or_else(|| {
        let message = format!("Class constructor {name} cannot be invoked without 'new'");
        coded(context, Code::ERR_CONSTRUCT_CALL_REQUIRED, message)
    })
}

/// Lets `work` look at what an object of one of the classes holds.
fn with<D: NativeObject, T>(this: &JsValue, work: impl FnOnce(&D) -> T) -> JsResult<T> {
    let object = this.as_object();
    match object.as_ref().and_then(JsObject::downcast_ref::<D>) {
        Some(data) => Ok(work(&data)),
        None => Err(JsNativeError::typ().with_message("Illegal invocation").into()),
    }
}

/// A `TypeError` whose text does not show its code.
fn invalid_argument(message: &'static str, context: &mut Context) -> JsError {
    let error = crate::engine::stack::new_error(
        boa_engine::builtins::error::ErrorKind::Type,
        None,
        message,
        context,
    );
    define_value(&error, js_string!("code"), js_string!("ERR_INVALID_ARG_TYPE"), true);
    JsError::from_opaque(error.into())
}

/// A method of the object that programs may have put there.
fn own_words(
    object: &JsObject,
    name: &'static str,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    Ok(object.get(JsString::from(name), context)?.as_callable())
}
