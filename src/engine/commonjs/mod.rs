//! CommonJS: the `Module` class, `require`, and how a specifier becomes a loaded file.
//!
//! `resolve` and `package` know files and no JavaScript; `class` is what programs see as
//! `require('module')`; `load` reads files and `compile` runs their texts; `foresight` has them compiled before. As in Node every
//! step goes through the properties of the class (`Module._load`, `Module._resolveFilename`, `Module._extensions`), so that
//! programs can replace it.

mod class;
mod compile;
mod cycle;
mod errors;
pub(crate) mod foresight;
mod load;
mod lookup;
pub(in crate::engine) mod package;
mod require;
pub(in crate::engine) mod resolve;
mod settings;

use std::{cell::RefCell, collections::HashMap, path::Path, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

pub(crate) use class::exports;
pub(in crate::engine) use compile::without_hashbang;
pub(in crate::engine) use errors::describe;
use load::text_of;
pub(in crate::engine) use load::{parse_json, read as read_source};
use resolve::Resolver;
pub use settings::ModuleSettings;

use super::{
    esm,
    natives::made_for,
    permission::{self, Scope},
};

/// What the CommonJS loader keeps for a realm.
pub(crate) struct CommonJs {
    class: JsObject,
    prototype: JsObject,
    /// `Module.wrap` and `Module.runMain` as they were made.
    wrap: JsObject,
    run_main: JsObject,
    cache: JsObject,
    /// The files that requests from a folder led to: asked again, the disk is not looked at.
    found: RefCell<HashMap<(String, String), JsString>>,
    extensions: JsObject,
    resolver: Rc<Resolver>,
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

/// How files are found in this realm: by `require` and by `import`.
pub(crate) fn resolver(context: &mut Context) -> Rc<Resolver> {
    if let Some(resolver) = context.get_data::<Rc<Resolver>>() {
        return resolver.clone();
    }
    let resolver = Rc::new(Resolver::default());
    context.insert_data(resolver.clone());
    resolver
}

/// Makes the loader's state before it is used.
pub(crate) fn prepare(context: &mut Context) -> JsResult<()> {
    state(context).map(drop)
}

/// Sets how modules are found and loaded; before any is, and after `process` has its environment.
pub(crate) fn configure(settings: ModuleSettings, context: &mut Context) {
    if let Some(state) = context.get_data::<Rc<CommonJs>>().cloned() {
        class::define_global_paths(&state.class, context);
    }
    let resolver = resolver(context);
    resolver.packages.limit(permission::granted(context));
    resolver.conditions.borrow_mut().extend_from_slice(&settings.conditions);
    resolver.import_conditions.borrow_mut().extend_from_slice(&settings.conditions);
    if !permission::has(Scope::Addon, context) {
        for conditions in [&resolver.conditions, &resolver.import_conditions] {
            conditions.borrow_mut().retain(|condition| condition != "node-addons");
        }
    }
    *resolver.settings.borrow_mut() = settings;
}

/// Runs the main module: as an ES module if it is one, else by `Module._load(path, null, true)`.
///
/// What `imports` name is imported before it.
pub(crate) fn run_main(path: &Path, imports: &[String], context: &mut Context) -> JsResult<()> {
    if let Some(replaced) = replaced_run_main(context)? {
        return replaced.call(&JsValue::undefined(), &[], context).map(drop);
    }
    let resolver = resolver(context);
    let request = path.to_string_lossy();
    let found = resolver.find(&request, &[Path::new("").into()], &extensions(), true);
    let found = found.ok().flatten();
    // What it warns of it warns of once more when the file is loaded.
    resolver.missing_main.take();
    match found {
        Some(file) if !imports.is_empty() || is_module_main(&file, &resolver) => {
            let steps = imports.iter().cloned().map(esm::Entry::Import);
            esm::run(steps.chain([esm::Entry::Main(file)]).collect(), context);
            Ok(())
        }
        _ => load_path(JsString::from(&*request), true, context).map(drop),
    }
}

/// What a module that was loaded before the main one put in the place of `Module.runMain`.
fn replaced_run_main(context: &mut Context) -> JsResult<Option<JsObject>> {
    let Some(state) = context.get_data::<Rc<CommonJs>>().cloned() else { return Ok(None) };
    let now = state.class.get(js_string!("runMain"), context)?;
    let replaced = now.as_callable();
    Ok(replaced.filter(|function| !JsObject::equals(function, &state.run_main)))
}

fn is_module_main(file: &Path, resolver: &Resolver) -> bool {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("mjs") => true,
        Some("cjs") => false,
        _ => resolver.packages.of_file(file).is_ok_and(|package| {
            package.is_some_and(|package| package.kind.as_deref() == Some("module"))
        }),
    }
}

/// `Module._load(path, undefined, isMain)`.
pub(crate) fn load_path(path: JsString, is_main: bool, context: &mut Context) -> JsResult<JsValue> {
    let state = state(context)?;
    let parent = if is_main { JsValue::null() } else { JsValue::undefined() };
    invoke(&state.class, "_load", &[path.into(), parent, is_main.into()], context)
}

/// The value of a JSON file, which `require` and `import` share.
pub(in crate::engine) fn shared_json(
    text: &str,
    path: &Path,
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = state(context)?;
    let name = JsString::from(&*path.to_string_lossy());
    if let Some(cached) = state.cache.get(name.clone(), context)?.as_object()
        && cached.get(js_string!("loaded"), context)?.to_boolean()
    {
        return cached.get(js_string!("exports"), context);
    }
    let value = parse_json(text, Some(path), context)?;
    let module = class::new_module(&state, name.clone(), None, context)?;
    for (key, value) in
        [("exports", value.clone()), ("filename", name.clone().into()), ("loaded", true.into())]
    {
        module.set(JsString::from(key), value, true, context)?;
    }
    state.cache.set(name, module, true, context)?;
    Ok(value)
}

/// True while the file's module runs for the first time.
pub(in crate::engine) fn is_loading(path: &Path, context: &mut Context) -> JsResult<bool> {
    let state = state(context)?;
    let cached = state.cache.get(JsString::from(&*path.to_string_lossy()), context)?;
    match cached.as_object() {
        Some(module) => Ok(!module.get(js_string!("loaded"), context)?.to_boolean()),
        None => Ok(false),
    }
}

/// The file that `require(request)` in the file at `from` would load, if there is one.
pub(in crate::engine) fn resolve_from(
    from: &Path,
    request: &str,
    context: &mut Context,
) -> Option<std::path::PathBuf> {
    found_from(&resolver(context), from, request)
}

fn found_from(resolver: &Resolver, from: &Path, request: &str) -> Option<std::path::PathBuf> {
    let folder = from.parent()?;
    let folders = if request.starts_with('/') {
        vec![std::path::PathBuf::new()]
    } else if resolve::is_relative(request) {
        vec![folder.to_path_buf()]
    } else {
        resolve::node_modules_paths(folder)
    };
    resolver.find(request, &folders, &extensions(), false).ok()?
}

/// The extensions that a request may leave out.
fn extensions() -> [String; 3] {
    [".js", ".json", ".node"].map(str::to_owned)
}

/// Compiles a file as a module without running it.
pub(crate) fn check(path: &Path, context: &mut Context) -> JsResult<()> {
    if !path.exists() {
        return Err(errors::not_found(&path.to_string_lossy(), None, context)?);
    }
    let text = load::read(path, context)?.to_std_string_lossy();
    let resolver = resolver(context);
    let format = esm::format_of_path(path, &resolver).ok().flatten();
    let is_undeclared = matches!(format, None | Some(esm::Format::Undeclared));
    if format == Some(esm::Format::Module) || is_undeclared && esm::is_module_text(&text) {
        return esm::check(path, &text, context);
    }
    compile::compile_text(path, &text, context).map(drop)
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

/// The `require` of modules that are loaded before the program.
pub(crate) fn require_of_preload(folder: &Path, context: &mut Context) -> JsResult<JsObject> {
    let id = "internal/preload";
    let (module, require) = module_without_file(id, folder, context)?;
    module.set(js_string!("filename"), JsValue::null(), true, context)?;
    Ok(require)
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
