//! What `emit('error')` throws when nobody listens.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};

use crate::engine::{
    builtins,
    errors::{Code, coded_object},
    natives::{arg, define_value},
};

/// The exception for an `error` event without listener: the error itself, or
/// `ERR_UNHANDLED_ERROR` around what is no error.
pub(super) fn error(
    _emitter: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsError> {
    let value = arg(args, 0);
    if is_error(&value, context)? {
        return Ok(JsError::from_opaque(value));
    }
    let message = format!("Unhandled error. ({})", shown(&value, context));
    let error = coded_object(context, Code::ERR_UNHANDLED_ERROR, message);
    define_value(&error, js_string!("context"), value, true);
    Ok(JsError::from_opaque(error.into()))
}

fn is_error(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    let class = context.intrinsics().constructors().error().constructor();
    value.instance_of(&class.into(), context)
}

/// `util.inspect(value)`, or the value as a string where that throws.
fn shown(value: &JsValue, context: &mut Context) -> String {
    let text = match inspect(value, context) {
        Ok(text) => text.to_string(context),
        Err(_) => value.to_string(context),
    };
    text.map(|text| text.to_std_string_lossy()).unwrap_or_default()
}

fn inspect(value: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let util = builtins::load_object("util", context)?;
    let inspect = util.get(js_string!("inspect"), context)?;
    let inspect = inspect.as_callable().unwrap_or_else(|| util.clone());
    inspect.call(&util.into(), std::slice::from_ref(value), context)
}
