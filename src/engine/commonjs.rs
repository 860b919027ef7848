//! CommonJS: `require`, `module`, and the files behind them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use boa_engine::{Context, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    builtins,
    natives::{arg, closure, define_value},
    scripts, state,
};

/// Runs a file as the main module.
pub(crate) fn run_main(path: &Path, context: &mut Context) -> JsResult<JsValue> {
    let source = fs::read_to_string(path)
        .map_err(|error| JsNativeError::error().with_message(error.to_string()))?;
    let name = path.to_string_lossy().into_owned();
    let function = scripts::compile_wrapper(
        &source,
        &name,
        "exports, require, module, __filename, __dirname",
        context,
    )?;
    let exports = JsObject::with_object_proto(context.intrinsics());
    let module = JsObject::with_object_proto(context.intrinsics());
    define_value(&module, js_string!("exports"), exports.clone(), true);
    let directory = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let require = closure("require", 1, Base(directory.clone()), require, context);
    let args = [
        exports.clone().into(),
        require.into(),
        module.into(),
        JsString::from(name.as_str()).into(),
        JsString::from(&*directory.to_string_lossy()).into(),
    ];
    function.call(&exports.into(), &args, context)
}

#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Base(PathBuf);

fn require(_: &JsValue, args: &[JsValue], base: &Base, context: &mut Context) -> JsResult<JsValue> {
    let name = arg(args, 0).to_string(context)?.to_std_string_lossy();
    if let Some(row) = state::of(context).builtins.public(&name) {
        return builtins::load(row.name, context);
    }
    run_main(&base.0.join(name), context)
}
