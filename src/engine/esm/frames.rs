//! Linking and evaluating below a frame of their own.
//!
//! The engine leaves values on its stack when it links a module. In a program's first job that does no
//! harm; while a function runs that requires a module, the values would be taken for the function's
//! own. The call of a function of JavaScript cleans up when it returns.

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsValue, Module, Script, Source,
    object::builtins::JsPromise,
};

use crate::engine::{natives::closure, stack::SYNTHETIC};

/// The function that calls its argument.
#[derive(Clone)]
struct Caller(JsObject);

/// Links a module.
pub(super) fn link(module: &Module, context: &mut Context) -> JsResult<()> {
    let work = closure(
        "",
        0,
        module.clone(),
        |_, _, module, context| module.link(context).map(|()| JsValue::undefined()),
        context,
    );
    call(work.into(), context).map(drop)
}

/// Evaluates a module.
pub(super) fn evaluate(module: &Module, context: &mut Context) -> JsResult<JsPromise> {
    let work = closure(
        "",
        0,
        module.clone(),
        |_, _, module, context| module.evaluate(context).map(JsValue::from),
        context,
    );
    let promise = call(work.into(), context)?.as_object().ok_or_else(no_promise)?;
    JsPromise::from_object(promise)
}

fn call(work: JsObject, context: &mut Context) -> JsResult<JsValue> {
    let caller = caller(context)?;
    caller.call(&JsValue::undefined(), &[work.into()], context)
}

fn caller(context: &mut Context) -> JsResult<JsObject> {
    if let Some(Caller(known)) = context.get_data() {
        return Ok(known.clone());
    }
    let text = format!("({{'{SYNTHETIC}':f=>f()}})['{SYNTHETIC}']");
    let script = Script::parse(Source::from_bytes(&text), None, context)?;
    let function = script.evaluate(context)?.as_callable().ok_or_else(no_promise)?;
    context.insert_data(Caller(function.clone()));
    Ok(function)
}

fn no_promise() -> JsError {
    JsNativeError::typ().with_message("the engine evaluated a module to no promise").into()
}
