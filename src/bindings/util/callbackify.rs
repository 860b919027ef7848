//! `util.callbackify`.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    property::{PropertyDescriptor, PropertyKey},
};

use crate::engine::{
    errors::{Code, coded_object},
    natives::{arg, closure, define_value},
    reflect, state, validate,
};

/// `util.callbackify(original)`.
pub(super) fn callbackify(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let original = validate::function(&arg(args, 0), "original", context)?;
    let function: JsObject = closure("callbackified", 0, original.clone(), call, context).into();
    for key in reflect::own_keys(&original, context)? {
        if let Some(property) = reflect::own_property(&original, &key, context)? {
            let property = adapted(&key, property);
            function.define_property_or_throw(key, property, context)?;
        }
    }
    Ok(function.into())
}

/// One more argument, and a name that says so.
fn adapted(key: &PropertyKey, property: PropertyDescriptor) -> PropertyDescriptor {
    let value = property.value();
    let adapted: Option<JsValue> = if *key == PropertyKey::from(js_string!("length")) {
        value.and_then(JsValue::as_number).map(|length| JsValue::from(length + 1.0))
    } else if *key == PropertyKey::from(js_string!("name")) {
        let name = value.and_then(JsValue::as_string);
        name.map(|name| js_string!(&name, &js_string!("Callbackified")).into())
    } else {
        None
    };
    match adapted {
        Some(value) => PropertyDescriptor::builder()
            .value(value)
            .maybe_writable(property.writable())
            .maybe_enumerable(property.enumerable())
            .maybe_configurable(property.configurable())
            .build(),
        None => property,
    }
}

/// Calls the original; its promise's outcome goes to the callback, in a tick of its own.
fn call(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (last, args) = match args.split_last() {
        Some((last, args)) => (last.clone(), args),
        None => (JsValue::undefined(), args),
    };
    let callback = validate::function(&last, "last argument", context)?;
    let returned = original.call(this, args, context)?;
    let callback = Callback { this: this.clone(), callback };
    let fulfilled = closure("", 1, callback.clone(), fulfilled, context);
    let rejected = closure("", 1, callback, rejected, context);
    let promise = returned.to_object(context)?;
    let Some(then) = promise.get(js_string!("then"), context)?.as_callable() else {
        let message = "The original function must return a promise";
        return Err(JsNativeError::typ().with_message(message).into());
    };
    then.call(&returned, &[fulfilled.into(), rejected.into()], context)?;
    Ok(JsValue::undefined())
}

#[derive(Clone, boa_gc::Trace, boa_gc::Finalize)]
struct Callback {
    this: JsValue,
    callback: JsObject,
}

impl Callback {
    fn call_later(&self, args: Vec<JsValue>, context: &mut Context) {
        let (this, callback) = (self.this.clone(), self.callback.clone());
        let engine = state::of(context);
        engine.ticks.push_native(move |context| callback.call(&this, &args, context).map(drop));
    }
}

fn fulfilled(
    _: &JsValue,
    args: &[JsValue],
    callback: &Callback,
    context: &mut Context,
) -> JsResult<JsValue> {
    callback.call_later(vec![JsValue::null(), arg(args, 0)], context);
    Ok(JsValue::undefined())
}

fn rejected(
    _: &JsValue,
    args: &[JsValue],
    callback: &Callback,
    context: &mut Context,
) -> JsResult<JsValue> {
    let mut reason = arg(args, 0);
    if !reason.to_boolean() {
        // To the callback a falsy reason would say that there was no error.
        let message = "Promise was rejected with falsy value";
        let error = coded_object(context, Code::ERR_FALSY_VALUE_REJECTION, message);
        define_value(&error, JsString::from("reason"), reason, true);
        show_queue(&error, context)?;
        reason = error.into();
    }
    callback.call_later(vec![reason], context);
    Ok(JsValue::undefined())
}

/// The error was made by what goes through the queues, no script is running: V8 shows that.
fn show_queue(error: &JsObject, context: &mut Context) -> JsResult<()> {
    const FRAME: &str =
        "\n    at process.processTicksAndRejections (node:internal/process/task_queues)";
    let stack = error.get(JsString::from("stack"), context)?.to_string(context)?;
    let stack = stack.to_std_string_lossy();
    if !stack.contains("\n    at ") {
        error.set(JsString::from("stack"), JsString::from(stack + FRAME), true, context)?;
    }
    Ok(())
}
