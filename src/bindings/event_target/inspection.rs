//! How `util.inspect` shows events, targets and signals: the class's name and a few fields.

use boa_engine::{Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string};

use crate::engine::{
    builtins,
    natives::{arg, define_value, registered_symbol},
};

/// `util.inspect.custom`.
pub(crate) fn inspect_symbol(context: &mut Context) -> JsResult<JsSymbol> {
    registered_symbol("nodejs.util.inspect.custom", context)
}

/// The result of a custom inspection function that got `(depth, options, inspect)`: the name of
/// the object's class, then the fields one level less deep.
pub(crate) fn inspected_as(
    object: &JsValue,
    fields: &[(&'static str, JsValue)],
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let name = class_name(object, context)?;
    if arg(args, 0).as_number().is_some_and(|depth| depth < 0.0) {
        return Ok(name.into());
    }
    let shown = JsObject::with_object_proto(context.intrinsics());
    for (name, value) in fields {
        define_value(&shown, JsString::from(*name), value.clone(), true);
    }
    let options = shallower(&arg(args, 1), context)?;
    let text = call_inspect(&arg(args, 2), &shown.into(), &options, context)?;
    let text = text.to_string(context)?;
    Ok(js_string!(&name, &js_string!(" "), &text).into())
}

fn class_name(object: &JsValue, context: &mut Context) -> JsResult<JsString> {
    let class = object.to_object(context)?.get(js_string!("constructor"), context)?;
    let name = class.to_object(context)?.get(js_string!("name"), context)?;
    name.to_string(context)
}

/// A copy of the options with a depth of one less, unless it is unlimited.
fn shallower(options: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let copy = JsObject::with_object_proto(context.intrinsics());
    if let Some(options) = options.as_object() {
        copy.copy_data_properties::<boa_engine::property::PropertyKey>(
            &options.into(),
            Vec::new(),
            context,
        )?;
    }
    let depth = copy.get(js_string!("depth"), context)?;
    if let Some(depth) = depth.as_number() {
        copy.set(js_string!("depth"), depth - 1.0, true, context)?;
    }
    Ok(copy.into())
}

/// The `inspect` that the custom function was given, or `util.inspect`.
fn call_inspect(
    inspect: &JsValue,
    value: &JsValue,
    options: &JsValue,
    context: &mut Context,
) -> JsResult<JsValue> {
    let inspect = match inspect.as_callable() {
        Some(inspect) => inspect,
        None => {
            let util = builtins::load_object("util", context)?;
            util.get(js_string!("inspect"), context)?.to_object(context)?
        }
    };
    inspect.call(&JsValue::undefined(), &[value.clone(), options.clone()], context)
}
