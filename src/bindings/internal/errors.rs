//! `internal/errors`: errors for the JavaScript halves, from the same table as everywhere.

use boa_engine::{Context, JsError, JsNativeError, JsResult, JsString, JsValue, js_string};

use crate::{
    bindings::abort::abort_error_class,
    engine::{
        errors::{Code, Kind, coded_object_of, value_of},
        natives::{Method, arg, define_methods, define_value, exports_of},
        validate,
    },
};

const METHODS: &[Method] = &[
    ("coded", 3, coded),
    ("invalidArgType", 3, invalid_arg_type),
    ("invalidArgValue", 3, invalid_arg_value),
    ("outOfRange", 3, out_of_range),
    ("received", 1, received),
];

/// The exports: functions that make errors (the caller throws them), and `AbortError`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    define_methods(&exports, super::errno::METHODS, true, context);
    define_value(&exports, js_string!("AbortError"), abort_error_class(context), true);
    Ok(exports.into())
}

/// `coded(code, message, kind)`: an error of the constructor of this name, or of the table's.
fn coded(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let code = text(args, 0, context)?;
    let message = text(args, 1, context)?;
    let Some(code) = Code::from_name(&code) else {
        let message = format!("{code} is not in the table of error codes");
        return Err(JsNativeError::error().with_message(message).into());
    };
    let kind =
        arg(args, 2).as_string().and_then(|name| Kind::from_name(&name.to_std_string_lossy()));
    Ok(coded_object_of(context, code, kind.unwrap_or(code.kind()), message).into())
}

/// `invalidArgType(name, expected, actual)`: `expected` reads on from "must be".
fn invalid_arg_type(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    made(args, context, validate::invalid_arg_type)
}

/// `invalidArgValue(name, actual, reason)`.
fn invalid_arg_value(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (name, mut reason) = (text(args, 0, context)?, "is invalid".to_owned());
    if !arg(args, 2).is_undefined() {
        reason = text(args, 2, context)?;
    }
    let error = validate::invalid_arg_value(context, &name, &arg(args, 1), &reason);
    Ok(value_of(error, context))
}

/// `outOfRange(name, range, actual)`: `range` reads on from "It must be".
fn out_of_range(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    made(args, context, validate::out_of_range)
}

/// `received(value)`: what follows "Received" in `ERR_INVALID_ARG_TYPE`.
fn received(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsString::from(validate::received(&arg(args, 0), context)).into())
}

fn made(
    args: &[JsValue],
    context: &mut Context,
    make: fn(&mut Context, &str, &str, &JsValue) -> JsError,
) -> JsResult<JsValue> {
    let (name, expected) = (text(args, 0, context)?, text(args, 1, context)?);
    let error = make(context, &name, &expected, &arg(args, 2));
    Ok(value_of(error, context))
}

fn text(args: &[JsValue], index: usize, context: &mut Context) -> JsResult<String> {
    let text: JsString = arg(args, index).to_string(context)?;
    Ok(text.to_std_string_lossy())
}
