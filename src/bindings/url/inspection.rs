//! How `util.inspect` shows URLs, search parameters and their iterators.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use crate::{
    bindings::inspect::custom::{self, Inspector, class_name},
    engine::natives::{Native, arg, define_value, function},
};

/// Defines `[util.inspect.custom]`.
pub(super) fn define(prototype: &JsObject, inspect: Native, context: &mut Context) -> JsResult<()> {
    let symbol = custom::symbol(context)?;
    let inspect = function("[nodejs.util.inspect.custom]", 2, inspect, context);
    define_value(prototype, symbol, inspect, false);
    Ok(())
}

/// The name of the object's class, then the values of these properties.
pub(super) fn fields(
    object: &JsObject,
    names: &[&str],
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let shown = JsObject::with_object_proto(context.intrinsics());
    for &name in names {
        let value = object.get(JsString::from(name), context)?;
        define_value(&shown, JsString::from(name), value, true);
    }
    let text = Inspector::new(args, context)?.call(&shown.into(), &arg(args, 1), context)?;
    let name = class_name(object, context)?;
    Ok(js_string!(&name, &js_string!(" "), &text).into())
}

/// `options.stylize('[Object]', 'special')`, where the options have one: what stands for an
/// object that lies too deep.
pub(super) fn too_deep(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text: JsValue = js_string!("[Object]").into();
    let options = arg(args, 1).to_object(context)?;
    match options.get(js_string!("stylize"), context)?.as_callable() {
        Some(stylize) => {
            stylize.call(&options.into(), &[text, js_string!("special").into()], context)
        }
        None => Ok(text),
    }
}

/// What a list of texts, put between braces, may take of a line.
pub(super) fn break_length(args: &[JsValue], context: &mut Context) -> JsResult<f64> {
    let options = arg(args, 1).to_object(context)?;
    options.get(js_string!("breakLength"), context)?.to_number(context)
}

/// A copy of the options for what lies one level deeper.
pub(super) fn deeper(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let copy = JsObject::with_object_proto(context.intrinsics());
    copy.copy_data_properties::<PropertyKey>(&arg(args, 1), Vec::new(), context)?;
    let depth = arg(args, 0);
    if !depth.is_null() {
        let depth = depth.to_number(context)? - 1.0;
        define_value(&copy, js_string!("depth"), depth, true);
    }
    Ok(copy.into())
}

/// The text without the escape sequences of colours; its length is what counts on a line.
pub(super) fn visible_length(text: &JsString) -> usize {
    let mut length = 0;
    let mut in_escape = false;
    for unit in text {
        match unit {
            0x1b => in_escape = true,
            0x6d if in_escape => in_escape = false,
            _ if !in_escape => length += 1,
            _ => {}
        }
    }
    length
}
