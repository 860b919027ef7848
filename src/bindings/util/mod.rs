//! `util`.

use boa_engine::{Context, JsResult, JsValue, js_string};

use super::inspect::{Options, format, format_with_options, inspect_function};
use crate::engine::{
    natives::{Method, arg, define_value, exports_of},
    validate,
};

const METHODS: &[Method] =
    &[("format", 0, format_values), ("formatWithOptions", 1, format_values_with_options)];

pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    define_value(&exports, js_string!("inspect"), inspect_function(context), true);
    Ok(exports.into())
}

fn format_values(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(format(args, context)?.to_js().into())
}

fn format_values_with_options(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let options = arg(args, 0);
    if !options.is_object() || options.is_callable() {
        let message = "of type object";
        return Err(validate::invalid_arg_type(context, "inspectOptions", message, &options));
    }
    let options = Options::from_js(&options, context)?;
    let values = args.get(1..).unwrap_or_default();
    Ok(format_with_options(Some(&options), values, context)?.to_js().into())
}
