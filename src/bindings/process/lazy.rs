//! Properties of `process` that are made when they are first read; a program may put others in
//! their place.

use boa_engine::{Context, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};

use crate::engine::{
    builtins,
    natives::{arg, define_value},
};

/// `get process.allowedNodeEnvironmentFlags`.
pub(super) fn environment_flags(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    builtins::load("internal/process/environment_flags", context)
}

/// `set process.allowedNodeEnvironmentFlags`.
pub(super) fn set_environment_flags(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    replace(this, js_string!("allowedNodeEnvironmentFlags"), args, context)
}

/// `get process.finalization`.
pub(super) fn finalization(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    builtins::load("internal/process/finalization", context)
}

/// `set process.finalization`.
pub(super) fn set_finalization(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    replace(this, js_string!("finalization"), args, context)
}

fn replace(
    this: &JsValue,
    name: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    define_value(&this.to_object(context)?, name, arg(args, 0), true);
    Ok(JsValue::undefined())
}

/// The native half of `internal/process/environment_flags`: the list.
pub(crate) fn flag_exports(context: &mut Context) -> JsResult<JsValue> {
    let process = super::state(context);
    let flags = process.launch.environment_flags.iter();
    let flags: Vec<JsValue> = flags.map(|flag| JsString::from(flag.as_str()).into()).collect();
    Ok(JsArray::from_iter(flags, context).into())
}
