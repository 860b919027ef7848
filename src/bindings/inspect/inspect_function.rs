//! The JavaScript function `util.inspect` with its properties.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsValue, js_string, object::IntegrityLevel,
    property::PropertyDescriptor,
};

use super::{
    Options, inspect,
    state::State,
    style::{colors_object, styles_object},
};
use crate::engine::{
    natives::{arg, define_value, function},
    validate,
};

/// `util.inspect`; always the same one.
pub(crate) fn inspect_function(context: &mut Context) -> JsObject {
    let state = State::of(context);
    if let Some(function) = state.function.get() {
        return function.clone();
    }
    let inspect: JsObject = function("inspect", 2, call, context).into();
    define_value(&inspect, js_string!("custom"), state.custom.clone(), true);
    let get = function("get", 0, default_options, context);
    let set = function("set", 1, set_default_options, context);
    let accessor = PropertyDescriptor::builder().get(get).set(set).enumerable(false);
    inspect.insert_property(js_string!("defaultOptions"), accessor.configurable(false).build());
    define_value(&inspect, js_string!("colors"), colors_object(context), true);
    define_value(&inspect, js_string!("styles"), styles_object(context), true);
    state.function.get_or_init(|| inspect).clone()
}

/// `util.inspect(value, options)`, and the old `util.inspect(value, showHidden, depth, colors)`.
fn call(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut options = Options::current(context)?;
    if let Some(depth) = args.get(2).filter(|depth| !depth.is_undefined()) {
        options.set_depth(depth);
    }
    if let Some(colors) = args.get(3).filter(|colors| !colors.is_undefined()) {
        options.colors = colors.to_boolean();
    }
    let given = arg(args, 1);
    if let Some(show_hidden) = given.as_boolean() {
        options.show_hidden = show_hidden;
    } else if let Some(object) = given.as_object() {
        options.read(&object, context)?;
    }
    Ok(inspect(&arg(args, 0), &options, context)?.to_js().into())
}

/// `util.inspect.defaultOptions`: made when it is first asked for.
fn default_options(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    if let Some(options) = state.default_options.get() {
        return Ok(options.clone().into());
    }
    let options = JsObject::with_object_proto(context.intrinsics());
    Options::default().write(&options);
    options.set_integrity_level(IntegrityLevel::Sealed, context)?;
    Ok(state.default_options.get_or_init(|| options).clone().into())
}

/// `util.inspect.defaultOptions = { … }` sets the options given and leaves the others.
fn set_default_options(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = arg(args, 0);
    let Some(given) = given.as_object().filter(|given| !given.is_callable() && !given.is_array())
    else {
        return Err(validate::invalid_arg_type(context, "options", "of type object", &given));
    };
    let options = default_options(&JsValue::undefined(), &[], context)?;
    let Some(options) = options.as_object() else {
        return Err(JsNativeError::typ().with_message("defaultOptions is no object").into());
    };
    let keys = given.own_property_keys(context)?;
    for key in crate::engine::reflect::only_enumerable(&given, keys, context)? {
        let value = given.get(key.clone(), context)?;
        options.set(key, value, true, context)?;
    }
    Ok(options.into())
}
