//! Custom inspection: how `util.inspect` shows objects of our classes. Their methods
//! `[util.inspect.custom]` are given `(depth, options, inspect)`, here `args`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string, property::PropertyKey,
};

use crate::engine::{
    builtins,
    natives::{arg, define_value, registered_symbol},
};

/// `util.inspect.custom`.
pub(crate) fn symbol(context: &mut Context) -> JsResult<JsSymbol> {
    registered_symbol("nodejs.util.inspect.custom", context)
}

/// Whether the object lies deeper than is to be shown.
pub(crate) fn is_too_deep(args: &[JsValue]) -> bool {
    arg(args, 0).as_number().is_some_and(|depth| depth < 0.0)
}

/// `object.constructor.name`.
pub(crate) fn class_name(object: &JsObject, context: &mut Context) -> JsResult<JsString> {
    let class = object.get(js_string!("constructor"), context)?;
    let name = class.to_object(context)?.get(js_string!("name"), context)?;
    name.to_string(context)
}

/// How the parts of an object are shown.
pub(crate) struct Inspector(JsObject);

impl Inspector {
    /// The function that the method was given, or `util.inspect`.
    pub(crate) fn new(args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        if let Some(inspect) = arg(args, 2).as_callable() {
            return Ok(Self(inspect));
        }
        let util = builtins::load_object("util", context)?;
        Ok(Self(util.get(js_string!("inspect"), context)?.to_object(context)?))
    }

    pub(crate) fn call(
        &self,
        value: &JsValue,
        options: &JsValue,
        context: &mut Context,
    ) -> JsResult<JsString> {
        let text =
            self.0.call(&JsValue::undefined(), &[value.clone(), options.clone()], context)?;
        text.to_string(context)
    }
}

/// The name of the object's class, then these fields, one level deeper.
pub(crate) fn fields(
    object: &JsValue,
    fields: &[(&'static str, JsValue)],
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let name = class_name(&object.to_object(context)?, context)?;
    if is_too_deep(args) {
        return Ok(name.into());
    }
    let shown = JsObject::with_object_proto(context.intrinsics());
    for (name, value) in fields {
        define_value(&shown, JsString::from(*name), value.clone(), true);
    }
    let options = shallower(&arg(args, 1), context)?;
    let text = Inspector::new(args, context)?.call(&shown.into(), &options, context)?;
    Ok(js_string!(&name, &js_string!(" "), &text).into())
}

/// A copy of the options with a depth of one less, if it is a number.
fn shallower(options: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let copy = JsObject::with_object_proto(context.intrinsics());
    if let Some(options) = options.as_object() {
        copy.copy_data_properties::<PropertyKey>(&options.into(), Vec::new(), context)?;
    }
    let depth = copy.get(js_string!("depth"), context)?;
    if let Some(depth) = depth.as_number() {
        copy.set(js_string!("depth"), depth - 1.0, true, context)?;
    }
    Ok(copy.into())
}

/// The class's name, then an object that is shown in the place of the inspected one.
pub(crate) fn named(
    class: &str,
    object: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if is_too_deep(args) {
        return Ok(JsString::from(format!("[{class}]")).into());
    }
    let text = one_deeper(object, args, context)?;
    Ok(JsString::from(format!("{class} {text}")).into())
}

/// As [`named`], with the name only where the object lies too deep.
pub(crate) fn plain(
    class: &str,
    object: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if is_too_deep(args) {
        return named(class, object, args, context);
    }
    Ok(JsString::from(one_deeper(object, args, context)?).into())
}

fn one_deeper(object: &JsObject, args: &[JsValue], context: &mut Context) -> JsResult<String> {
    let mut options = JsObject::with_object_proto(context.intrinsics());
    if let Some(given) = arg(args, 1).as_object() {
        options = copied(&given, context)?;
        let depth = given.get(js_string!("depth"), context)?;
        let depth = depth.as_number().map_or(JsValue::null(), |depth| (depth - 1.0).into());
        define_value(&options, js_string!("depth"), depth, true);
    }
    shown(object, options, context)
}

/// `util.inspect(value, options)`.
pub(crate) fn shown(
    value: &JsObject,
    options: JsObject,
    context: &mut Context,
) -> JsResult<String> {
    let util = builtins::load_object("util", context)?;
    let inspect = util.get(js_string!("inspect"), context)?;
    let Some(inspect) = inspect.as_callable() else { return Ok(String::new()) };
    let text = inspect.call(&util.into(), &[value.clone().into(), options.into()], context)?;
    Ok(text.to_string(context)?.to_std_string_lossy())
}

/// An object with all properties of another one.
pub(crate) fn copied(object: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let copy = JsObject::with_object_proto(context.intrinsics());
    for key in object.own_property_keys(context)? {
        let value = object.get(key.clone(), context)?;
        define_value(&copy, key, value, true);
    }
    Ok(copy)
}
