//! What `require('buffer')` gives.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyDescriptor,
};

use super::{construct::MAX_LENGTH, realm, transcode};
use crate::{
    bindings::{blob, encoding::MAX_STRING_LENGTH, web_base64},
    engine::{
        natives::{arg, define_accessor, define_methods, define_value, function},
        validate,
    },
};

/// `Buffer`, made if it was not yet.
pub(crate) fn constructor(context: &mut Context) -> JsResult<JsObject> {
    Ok(realm::of(context)?.constructor.clone())
}

/// Whether this is `Buffer`.
pub(crate) fn is_constructor(class: &JsObject, context: &mut Context) -> bool {
    let realm = context.get_data::<std::rc::Rc<realm::BufferRealm>>();
    realm.is_some_and(|realm| JsObject::equals(&realm.constructor, class))
}

/// The exports of `buffer`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = JsObject::with_object_proto(context.intrinsics());
    define_value(&exports, js_string!("Buffer"), constructor(context)?, true);
    define_methods(&exports, transcode::METHODS, true, context);
    define_value(&exports, js_string!("kMaxLength"), MAX_LENGTH, true);
    define_value(&exports, js_string!("kStringMaxLength"), MAX_STRING_LENGTH, true);
    define_methods(&exports, web_base64::METHODS, true, context);
    define_constant(&exports, "constants", constants(context));
    let get = function("get", 0, inspect_max_bytes, context);
    let set = function("set", 1, set_inspect_max_bytes, context);
    define_accessor(&exports, js_string!("INSPECT_MAX_BYTES"), Some(get), Some(set), true);
    let classes = blob::classes(context)?;
    define_value(&exports, js_string!("Blob"), classes.blob.clone(), true);
    define_methods(&exports, blob::METHODS, true, context);
    define_value(&exports, js_string!("File"), classes.file.clone(), true);
    Ok(exports.into())
}

fn constants(context: &Context) -> JsObject {
    let constants = JsObject::with_object_proto(context.intrinsics());
    define_constant(&constants, "MAX_LENGTH", MAX_LENGTH);
    define_constant(&constants, "MAX_STRING_LENGTH", MAX_STRING_LENGTH);
    constants
}

fn define_constant(object: &JsObject, name: &str, value: impl Into<JsValue>) {
    let descriptor = PropertyDescriptor::builder()
        .value(value.into())
        .writable(false)
        .enumerable(true)
        .configurable(false);
    object.insert_property(JsString::from(name), descriptor.build());
}

fn inspect_max_bytes(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(realm::of(context)?.inspect_max_bytes.get().into())
}

fn set_inspect_max_bytes(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let max = validate::number(&value, "INSPECT_MAX_BYTES", context)?;
    if max.is_nan() || max < 0.0 {
        return Err(validate::out_of_range(context, "INSPECT_MAX_BYTES", ">= 0", &value));
    }
    realm::of(context)?.inspect_max_bytes.set(max);
    Ok(JsValue::undefined())
}
