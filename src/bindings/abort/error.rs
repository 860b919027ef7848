//! `AbortError`: what an operation fails with when its signal aborts.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};

use crate::engine::{
    classes::{Class, ClassSpec, class, new_target},
    natives::{arg, define_value},
};

const CLASS: ClassSpec = ClassSpec::new("AbortError", 0, construct);

/// The class in this realm; it is no global.
struct AbortErrorClass(Class);

/// A new `AbortError` (code `ABORT_ERR`), with the signal's reason as its cause where there is one.
pub(crate) fn abort_error(cause: Option<JsValue>, context: &mut Context) -> JsResult<JsError> {
    let class = abort_error_class(context);
    let mut args = vec![JsValue::undefined()];
    if let Some(cause) = cause {
        let options = JsObject::with_object_proto(context.intrinsics());
        define_value(&options, js_string!("cause"), cause, true);
        args.push(options.into());
    }
    let error = class.construct(&args, None, context)?;
    Ok(JsError::from_opaque(error.into()))
}

/// The class, for `new AbortError(message, options)` in JavaScript halves.
pub(crate) fn abort_error_class(context: &mut Context) -> JsObject {
    if let Some(AbortErrorClass(known)) = context.get_data() {
        return known.constructor.clone();
    }
    let parent = context.intrinsics().constructors().error();
    let parent = Class { constructor: parent.constructor(), prototype: parent.prototype() };
    let made = class(&CLASS, Some(&parent), context);
    context.insert_data(AbortErrorClass(made.clone()));
    made.constructor
}

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "AbortError")?;
    let message = match arg(args, 0) {
        message if message.is_undefined() => js_string!("The operation was aborted").into(),
        message => message,
    };
    let parent = context.intrinsics().constructors().error().constructor();
    let error = parent.construct(&[message, arg(args, 1)], Some(&new_target), context)?;
    define_value(&error, js_string!("code"), JsString::from("ABORT_ERR"), true);
    define_value(&error, js_string!("name"), JsString::from("AbortError"), true);
    Ok(error.into())
}
