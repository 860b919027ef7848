//! CommonJS: the `Module` class, `require`, and how a specifier becomes a loaded file.
//!
//! `resolve` and `package` know files and no JavaScript; `class` is what programs see as
//! `require('module')`; `load` runs files. As in Node every step goes through the properties of the
//! class (`Module._load`, `Module._resolveFilename`, `Module._extensions`), so that programs can
//! replace it.

mod class;
mod cycle;
mod errors;
mod load;
mod lookup;
mod package;
mod require;
mod resolve;

use std::{path::Path, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

pub(crate) use class::exports;

use super::natives::made_for;

/// What the CommonJS loader keeps for a realm.
pub(crate) struct CommonJs {
    class: JsObject,
    prototype: JsObject,
    cache: JsObject,
    extensions: JsObject,
    resolver: resolve::Resolver,
    /// Symbols that mark module objects as Node does.
    is_main: boa_engine::JsSymbol,
}

/// The loader's state; the class is made on first use.
fn state(context: &mut Context) -> JsResult<Rc<CommonJs>> {
    if let Some(state) = context.get_data::<Rc<CommonJs>>() {
        return Ok(state.clone());
    }
    let state = made_for("internal/modules/cjs/loader", context, class::create)?;
    let state = Rc::new(state);
    context.insert_data(state.clone());
    Ok(state)
}

/// Runs a file as the main module: `Module._load(path, null, true)`.
pub(crate) fn run_main(path: &Path, context: &mut Context) -> JsResult<JsValue> {
    let state = state(context)?;
    let request = JsString::from(&*path.to_string_lossy());
    let args = [request.into(), JsValue::null(), true.into()];
    invoke(&state.class, "_load", &args, context)
}

/// Compiles a file as a module without running it.
pub(crate) fn check(path: &Path, context: &mut Context) -> JsResult<()> {
    load::compile_file(path, context).map(drop)
}

/// The `require` of a program that has no file: `-e`, `-p`, standard input, the REPL.
///
/// Returns the module object too: its `exports`, `paths` and `require` are the program's.
pub(crate) fn module_without_file(
    id: &str,
    folder: &Path,
    context: &mut Context,
) -> JsResult<(JsObject, JsObject)> {
    let state = state(context)?;
    let module = class::new_module(&state, JsString::from(id), None, context)?;
    let filename = folder.join(id);
    let filename = JsString::from(&*filename.to_string_lossy());
    module.set(js_string!("filename"), filename, true, context)?;
    let paths = lookup::node_modules_array(folder, context);
    module.set(js_string!("paths"), paths, true, context)?;
    let require = require::make(&module, &state, context)?;
    Ok((module, require))
}

/// The `require` of a module at this absolute path, for preloading (`-r`) and `createRequire`.
pub(crate) fn require_from(path: &Path, context: &mut Context) -> JsResult<JsObject> {
    let state = state(context)?;
    let name = JsString::from(&*path.to_string_lossy());
    let module = class::new_module(&state, name.clone(), None, context)?;
    module.set(js_string!("filename"), name, true, context)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let paths = lookup::node_modules_array(folder, context);
    module.set(js_string!("paths"), paths, true, context)?;
    require::make(&module, &state, context)
}

/// Calls `object[name](...args)`, whatever stands there now.
fn invoke(
    object: &JsObject,
    name: &str,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let function = object.get(JsString::from(name), context)?;
    let Some(function) = function.as_callable() else {
        return Err(boa_engine::JsNativeError::typ()
            .with_message(format!("Module.{name} is not a function"))
            .into());
    };
    function.call(&object.clone().into(), args, context)
}
