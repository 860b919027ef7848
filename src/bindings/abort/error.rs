//! `AbortError`: what an operation fails with when its signal aborts.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, builtins::error::ErrorKind, js_string,
};

use crate::engine::{
    classes::{Class, ClassSpec, class, new_target},
    natives::{arg, define_value},
    stack,
};

const CLASS: ClassSpec = ClassSpec::new("AbortError", 0, construct);

/// The class in this realm; it is no global.
struct AbortErrorClass(Class);

/// A new `AbortError` (code `ABORT_ERR`), with the signal's reason as its cause where there is one.
pub(crate) fn abort_error(cause: Option<JsValue>, context: &mut Context) -> JsResult<JsError> {
    let prototype = class_of(context).prototype.clone();
    let error = make(&prototype, "The operation was aborted", cause, context);
    Ok(JsError::from_opaque(error.into()))
}

/// The class, for `new AbortError(message, options)` in JavaScript halves.
pub(crate) fn abort_error_class(context: &mut Context) -> JsObject {
    class_of(context).constructor.clone()
}

fn class_of(context: &mut Context) -> Class {
    if let Some(AbortErrorClass(known)) = context.get_data() {
        return known.clone();
    }
    let prototype = context.intrinsics().constructors().error().prototype();
    let parent = Class { constructor: stack::error_class(context), prototype };
    let made = class(&CLASS, Some(&parent), context);
    context.insert_data(AbortErrorClass(made.clone()));
    made
}

fn make(
    prototype: &JsObject,
    message: &str,
    cause: Option<JsValue>,
    context: &mut Context,
) -> JsObject {
    let error = stack::new_error(ErrorKind::Error, Some(prototype), message, context);
    if let Some(cause) = cause {
        define_value(&error, js_string!("cause"), cause, false);
    }
    define_value(&error, js_string!("code"), JsString::from("ABORT_ERR"), true);
    define_value(&error, js_string!("name"), JsString::from("AbortError"), true);
    error
}

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "AbortError")?;
    let message = match arg(args, 0) {
        message if message.is_undefined() => "The operation was aborted".to_owned(),
        message => message.to_string(context)?.to_std_string_lossy(),
    };
    let cause = match arg(args, 1).as_object() {
        Some(options) if options.has_property(js_string!("cause"), context)? => {
            Some(options.get(js_string!("cause"), context)?)
        }
        _ => None,
    };
    let prototype = new_target.get(js_string!("prototype"), context)?.as_object();
    let prototype = prototype.unwrap_or_else(|| class_of(context).prototype);
    Ok(make(&prototype, &message, cause, context).into())
}
