//! The limit on listeners per event, and the warning for those who exceed it.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::receiver;
use crate::{
    bindings::warning,
    engine::{
        natives::{arg, define_value},
        validate,
    },
};

pub(super) fn set_max_listeners(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let limit = validate::number_at_least(&arg(args, 0), "setMaxListeners", 0.0, context)?;
    receiver(this, context)?.set(js_string!("_maxListeners"), limit, true, context)?;
    Ok(this.clone())
}

pub(super) fn get_max_listeners(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let emitter = receiver(this, context)?;
    limit_of(&emitter, context)
}

/// The emitter's own limit, else the default of all.
pub(super) fn limit_of(emitter: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let own = emitter.get(js_string!("_maxListeners"), context)?;
    if own.is_undefined() {
        return Ok(super::of(context)?.default_max_listeners.get().into());
    }
    Ok(own)
}

pub(super) fn default_max_listeners(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(super::of(context)?.default_max_listeners.get().into())
}

pub(super) fn set_default_max_listeners(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let limit = validate::number_at_least(&arg(args, 0), "defaultMaxListeners", 0.0, context)?;
    super::of(context)?.default_max_listeners.set(limit);
    Ok(JsValue::undefined())
}

/// Warns, once for each event of an emitter, when a list has grown beyond the limit.
pub(super) fn check(
    emitter: &JsObject,
    name: &JsValue,
    list: &JsArray,
    context: &mut Context,
) -> JsResult<()> {
    let limit = limit_of(emitter, context)?;
    let number = limit.to_number(context)?;
    let count = list.length(context)?;
    if !(number > 0.0 && count as f64 > number) {
        return Ok(());
    }
    if list.get(js_string!("warned"), context)?.to_boolean() {
        return Ok(());
    }
    list.set(js_string!("warned"), true, true, context)?;
    let shown = validate::inspected(&emitter.clone().into(), context);
    let message = format!(
        "Possible EventEmitter memory leak detected. {count} {} listeners added to {shown}. \
         MaxListeners is {}. Use emitter.setMaxListeners() to increase limit",
        name_text(name, context)?.to_std_string_lossy(),
        limit.display(),
    );
    warn_too_many(&message, "emitter", emitter, name, count as usize, context)
}

/// Emits a `MaxListenersExceededWarning` about `object`; `role` is the warning's property that
/// holds it: `emitter` or `target`.
pub(crate) fn warn_too_many(
    message: &str,
    role: &'static str,
    object: &JsObject,
    name: &JsValue,
    count: usize,
    context: &mut Context,
) -> JsResult<()> {
    let warning =
        boa_engine::JsNativeError::error().with_message(message.to_owned()).into_opaque(context);
    define_value(&warning, js_string!("name"), js_string!("MaxListenersExceededWarning"), true);
    define_value(&warning, JsString::from(role), object.clone(), true);
    define_value(&warning, js_string!("type"), name.clone(), true);
    define_value(&warning, js_string!("count"), count, true);
    warning::emit(warning, context)
}

/// `String(name)`: symbols are shown, not refused.
pub(super) fn name_text(name: &JsValue, context: &mut Context) -> JsResult<JsString> {
    match name.as_symbol() {
        Some(symbol) => Ok(symbol.descriptive_string()),
        None => name.to_string(context),
    }
}
