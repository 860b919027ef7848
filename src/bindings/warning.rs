//! Process warnings that natives emit: `process.emitWarning`, whatever a program made of it.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use crate::engine::builtins;

/// `process.emitWarning(error)`.
pub(crate) fn emit(error: JsObject, context: &mut Context) -> JsResult<()> {
    call(&[error.into()], context)
}

/// `process.emitWarning(message, name)`.
pub(crate) fn emit_named(message: &str, name: &str, context: &mut Context) -> JsResult<()> {
    call(&[JsString::from(message).into(), JsString::from(name).into()], context)
}

/// `process.emitWarning(message, 'DeprecationWarning', code)`.
pub(crate) fn emit_deprecation(message: &str, code: &str, context: &mut Context) -> JsResult<()> {
    let name = js_string!("DeprecationWarning").into();
    call(&[JsString::from(message).into(), name, JsString::from(code).into()], context)
}

fn call(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let process = builtins::load_object("process", context)?;
    let Some(emit) = process.get(js_string!("emitWarning"), context)?.as_callable() else {
        // A program that deletes it wants no warnings.
        return Ok(());
    };
    emit.call(&process.into(), args, context).map(drop)
}
