//! `util.format`, `stripVTControlCharacters`, `toUSVString`.

use boa_engine::{Context, JsResult, JsString, JsValue};

use crate::{
    bindings::inspect::{Options, Text, format, format_with_options, strip_control_sequences},
    engine::{natives::arg, validate},
};

/// `util.format(...)`.
pub(super) fn format_values(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(format(args, context)?.to_js().into())
}

/// `util.formatWithOptions(options, ...)`.
pub(super) fn format_values_with_options(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let options = arg(args, 0);
    if !options.is_object() || options.is_callable() {
        let expected = "of type object";
        return Err(validate::invalid_arg_type(context, "inspectOptions", expected, &options));
    }
    let options = Options::from_js(&options, context)?;
    let values = args.get(1..).unwrap_or_default();
    Ok(format_with_options(Some(&options), values, context)?.to_js().into())
}

/// `util.stripVTControlCharacters(text)`.
pub(super) fn strip_vt_control_characters(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = validate::string(&arg(args, 0), "str", context)?;
    Ok(strip_control_sequences(&Text::from(&text)).to_js().into())
}

/// `util.toUSVString(text)`: U+FFFD in the place of lone surrogates.
pub(super) fn to_usv_string(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = arg(args, 0);
    if value.is_symbol() {
        let message = "Cannot convert a Symbol value to a string";
        return Err(boa_engine::JsNativeError::typ().with_message(message).into());
    }
    let text = value.to_string(context)?;
    if text.as_str().is_latin1() {
        return Ok(text.into());
    }
    Ok(JsString::from(text.to_std_string_lossy()).into())
}
