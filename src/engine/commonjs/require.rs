//! The `require` function that each module gets.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{CommonJs, lookup, state};
use crate::engine::{
    natives::{arg, closure, define_value},
    validate,
};

/// Makes the `require` of a module, with its `resolve`, `main`, `extensions` and `cache`.
pub(super) fn make(
    module: &JsObject,
    state: &CommonJs,
    context: &mut Context,
) -> JsResult<JsObject> {
    let require: JsObject = closure("require", 1, module.clone(), call, context).into();
    let resolve: JsObject = closure("resolve", 2, module.clone(), resolve, context).into();
    let paths = closure("paths", 1, module.clone(), paths, context);
    define_value(&resolve, js_string!("paths"), paths, true);
    define_value(&require, js_string!("resolve"), resolve, true);
    let main = main_module(context)?;
    define_value(&require, js_string!("main"), main, true);
    define_value(&require, js_string!("extensions"), state.extensions.clone(), true);
    define_value(&require, js_string!("cache"), state.cache.clone(), true);
    Ok(require)
}

fn main_module(context: &mut Context) -> JsResult<JsValue> {
    let process = context.global_object().get(js_string!("process"), context)?;
    match process.as_object() {
        Some(process) => process.get(js_string!("mainModule"), context),
        None => Ok(JsValue::undefined()),
    }
}

fn call(
    _: &JsValue,
    args: &[JsValue],
    module: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    super::invoke(module, "require", &[arg(args, 0)], context)
}

fn resolve(
    _: &JsValue,
    args: &[JsValue],
    module: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let request = validate::string(&arg(args, 0), "request", context)?;
    let class = state(context)?.class.clone();
    let args = [request.into(), module.clone().into(), false.into(), arg(args, 1)];
    super::invoke(&class, "_resolveFilename", &args, context)
}

fn paths(
    _: &JsValue,
    args: &[JsValue],
    module: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    lookup::paths_for(&arg(args, 0), module, context)
}
