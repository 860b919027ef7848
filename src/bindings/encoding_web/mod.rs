//! `TextEncoder` and `TextDecoder` (WHATWG Encoding Standard): the builtin `internal/encoding`.

mod decoder;
mod encoder;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    NativeFunction, js_string, object::FunctionObjectBuilder, property::PropertyDescriptor,
};

use super::inspect::custom;
use crate::engine::{
    errors::{Code, coded},
    natives::{Method, Native, define_accessor, define_methods, define_value, function},
};

/// The exports: both classes.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = JsObject::with_object_proto(context.intrinsics());
    for description in [&encoder::CLASS, &decoder::CLASS] {
        let class = class(description, context)?;
        define_value(&exports, JsString::from(description.name), class, true);
    }
    Ok(exports.into())
}

/// What a class consists of.
struct Class {
    name: &'static str,
    construct: Native,
    methods: &'static [Method],
    getters: &'static [(&'static str, Native)],
    inspect: Native,
}

fn class(description: &Class, context: &mut Context) -> JsResult<JsObject> {
    let native = NativeFunction::from_fn_ptr(description.construct);
    let class: JsObject = FunctionObjectBuilder::new(context.realm(), native)
        .name(JsString::from(description.name))
        .length(0)
        .constructor(true)
        .build()
        .into();
    let prototype = JsObject::with_object_proto(context.intrinsics());
    define_value(&prototype, js_string!("constructor"), class.clone(), false);
    define_methods(&prototype, description.methods, true, context);
    for &(name, get) in description.getters {
        let get = function(&format!("get {name}"), 0, get, context);
        define_accessor(&prototype, JsString::from(name), Some(get), None, true);
    }
    let inspect = function("[nodejs.util.inspect.custom]", 2, description.inspect, context);
    define_value(&prototype, custom::symbol(context)?, inspect, false);
    let fixed = |value: JsValue, configurable| {
        PropertyDescriptor::builder()
            .value(value)
            .writable(false)
            .enumerable(false)
            .configurable(configurable)
            .build()
    };
    let tag = fixed(JsString::from(description.name).into(), true);
    prototype.insert_property(JsSymbol::to_string_tag(), tag);
    class.insert_property(js_string!("prototype"), fixed(prototype.into(), false));
    Ok(class)
}

/// The prototype for an object under construction; `this` is what `new` named.
fn prototype_for(this: &JsValue, class: &str, context: &mut Context) -> JsResult<JsObject> {
    let Some(new_target) = this.as_object() else {
        let message = format!("Class constructor {class} cannot be invoked without 'new'");
        return Err(JsNativeError::typ().with_message(message).into());
    };
    let prototype = new_target.get(js_string!("prototype"), context)?.as_object();
    Ok(prototype.unwrap_or_else(|| context.intrinsics().constructors().object().prototype()))
}

fn wrong_this(class: &str, context: &mut Context) -> JsError {
    let message = format!("Value of \"this\" must be of type {class}");
    coded(context, Code::ERR_INVALID_THIS, message)
}
