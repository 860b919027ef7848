//! The `Module` class: what `require('module')` gives.

use std::{cell::RefCell, path::Path};

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction, js_string,
    object::{FunctionObjectBuilder, builtins::JsArray},
    property::PropertyDescriptor,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{CommonJs, compile, invoke, load, lookup, state};
use crate::engine::{
    errors::{Code, coded},
    folder,
    natives::{Method, arg, define_accessor, define_methods, define_value, function},
    validate,
};

const STATICS: &[Method] = &[
    ("_load", 3, load::load),
    ("_resolveFilename", 4, lookup::resolve_filename),
    ("_resolveLookupPaths", 2, lookup::resolve_lookup_paths),
    ("_findPath", 3, lookup::find_path),
    ("_stat", 1, lookup::stat),
    ("_nodeModulePaths", 1, lookup::node_module_paths),
    ("_initPaths", 0, init_paths),
    ("_preloadModules", 1, preload_modules),
    ("isBuiltin", 1, lookup::is_builtin),
    ("createRequire", 1, create_require),
    ("findPackageJSON", 2, lookup::find_package_json),
    ("syncBuiltinESMExports", 0, sync_builtin_exports),
    ("register", 1, register),
    ("registerHooks", 1, register),
    ("runMain", 0, run_main),
    ("wrap", 1, wrap),
];

const METHODS: &[Method] = &[
    ("load", 1, load::module_load),
    ("require", 1, load::module_require),
    ("_compile", 2, compile::compile),
];

const EXTENSIONS: &[Method] =
    &[(".js", 2, load::load_js), (".json", 2, load::load_json), (".node", 2, load::load_addon)];

/// The native data of a module object: the module that required it first.
#[derive(Trace, Finalize, JsData)]
struct ModuleRecord {
    /// `null` for the main module, `undefined` for what `import` loaded.
    parent: GcRefCell<JsValue>,
}

/// The exports of the builtin `module`: the class itself.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(state(context)?.class.clone().into())
}

/// Makes the class with its prototype, its cache and its extensions.
pub(super) fn create(context: &mut Context) -> JsResult<CommonJs> {
    let native = NativeFunction::from_fn_ptr(construct);
    let class: JsObject = FunctionObjectBuilder::new(context.realm(), native)
        .name(js_string!("Module"))
        .length(0)
        .constructor(true)
        .build()
        .into();
    let prototype = JsObject::with_object_proto(context.intrinsics());
    define_value(&prototype, js_string!("constructor"), class.clone(), true);
    define_methods(&prototype, METHODS, true, context);
    let parent = function("parent", 0, get_parent, context);
    let set_parent = function("parent", 1, set_parent, context);
    define_accessor(&prototype, js_string!("parent"), Some(parent), Some(set_parent), false);
    let preloading = function("isPreloading", 0, |_, _, _| Ok(false.into()), context);
    define_accessor(&prototype, js_string!("isPreloading"), Some(preloading), None, false);
    class.insert_property(
        js_string!("prototype"),
        PropertyDescriptor::builder()
            .value(prototype.clone())
            .writable(true)
            .enumerable(false)
            .configurable(false)
            .build(),
    );
    let cache = JsObject::with_null_proto();
    let extensions = JsObject::with_null_proto();
    define_methods(&extensions, EXTENSIONS, true, context);
    define_methods(&class, STATICS, true, context);
    define_value(&class, js_string!("_cache"), cache.clone(), true);
    define_value(&class, js_string!("_extensions"), extensions.clone(), true);
    define_value(&class, js_string!("_pathCache"), JsObject::with_null_proto(), true);
    define_statics(&class, context);
    let own = |name: &str| {
        let key = JsString::from(name).into();
        let found = class.borrow().properties().get(&key);
        found.and_then(|property| property.value()?.as_object()).unwrap_or_else(|| class.clone())
    };
    let (wrap, run_main) = (own("wrap"), own("runMain"));
    Ok(CommonJs {
        wrap,
        run_main,
        class,
        prototype,
        cache,
        found: RefCell::default(),
        extensions,
        resolver: super::resolver(context),
        is_main: private_symbol("kIsMainSymbol"),
    })
}

/// `Module.globalPaths`, from the environment as it is now.
pub(super) fn define_global_paths(class: &JsObject, context: &mut Context) {
    let folders = lookup::global_folders(context);
    let globals = lookup::paths_array(folders, context);
    define_value(class, js_string!("globalPaths"), globals, true);
}

fn define_statics(class: &JsObject, context: &mut Context) {
    define_global_paths(class, context);
    let engine = crate::engine::state::of(context);
    let builtins = &engine.builtins;
    let names = builtins.public_names().map(JsString::from);
    let prefixed = builtins.prefixed_names().map(JsString::from);
    let names: Vec<JsValue> = names.chain(prefixed).map(Into::into).collect();
    let names = JsArray::from_iter(names, context);
    define_value(class, js_string!("builtinModules"), names, true);
    let wrapper = JsArray::from_iter(
        [JsString::from(opening()).into(), JsString::from(CLOSING).into()],
        context,
    );
    define_value(class, js_string!("wrapper"), wrapper, true);
    define_value(class, js_string!("Module"), class.clone(), true);
}

fn private_symbol(description: &str) -> JsSymbol {
    // Boa runs out of symbols after 2^64 of them.
    JsSymbol::new(Some(JsString::from(description))).expect("two symbols a realm are available")
}

/// What stands before a module's source in its wrapper.
pub(super) fn opening() -> String {
    format!("(function ({}) {{ ", compile::PARAMETERS)
}

/// What stands behind it.
pub(super) const CLOSING: &str = "\n});";

/// `new Module(id, parent)`: `this` is the class that `new` was called on.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = state(context)?;
    let id = match args.first() {
        Some(id) if !id.is_undefined() => id.to_string(context)?,
        _ => JsString::default(),
    };
    let parent = arg(args, 1).as_object();
    let module = new_module(&state, id, parent.as_ref(), context)?;
    if let Some(target) = this.as_object()
        && let Some(prototype) = target.get(js_string!("prototype"), context)?.as_object()
    {
        module.set_prototype(Some(prototype));
    }
    Ok(module.into())
}

/// A module object, known to its parent.
pub(super) fn new_module(
    state: &CommonJs,
    id: JsString,
    parent: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let text = id.to_std_string_lossy();
    let folder = match Path::new(&text).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_string_lossy().into_owned(),
        _ => ".".to_owned(),
    };
    let exports = JsObject::with_object_proto(context.intrinsics());
    let children = JsArray::new(context)?;
    let record = ModuleRecord {
        parent: GcRefCell::new(parent.cloned().map(JsValue::from).unwrap_or_default()),
    };
    let module = JsObject::new(context.root_shape(), state.prototype.clone(), record).upcast();
    define_value(&module, js_string!("id"), id, true);
    define_value(&module, js_string!("path"), JsString::from(folder), true);
    define_value(&module, js_string!("exports"), exports, true);
    define_value(&module, js_string!("filename"), JsValue::null(), true);
    define_value(&module, js_string!("loaded"), false, true);
    define_value(&module, js_string!("children"), children, true);
    if let Some(parent) = parent {
        let children = parent.get(js_string!("children"), context)?;
        if let Some(list) = children.as_object().and_then(|list| JsArray::from_object(list).ok()) {
            list.push(module.clone(), context)?;
        }
    }
    Ok(module)
}

/// The module that required this one first.
pub(super) fn parent_of(module: &JsObject) -> Option<JsObject> {
    module.downcast_ref::<ModuleRecord>()?.parent.borrow().as_object()
}

/// The module has no parent because it is the main one.
pub(super) fn mark_main(module: &JsObject) {
    if let Some(record) = module.downcast_ref::<ModuleRecord>() {
        *record.parent.borrow_mut() = JsValue::null();
    }
}

/// `get module.parent`.
fn get_parent(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    warn_of_parent(context)?;
    let module = this.as_object();
    let record = module.as_ref().and_then(JsObject::downcast_ref::<ModuleRecord>);
    Ok(record.map(|record| record.parent.borrow().clone()).unwrap_or_default())
}

/// `set module.parent`.
fn set_parent(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    warn_of_parent(context)?;
    let module = this.as_object();
    if let Some(record) = module.as_ref().and_then(JsObject::downcast_ref::<ModuleRecord>) {
        *record.parent.borrow_mut() = arg(args, 0);
    }
    Ok(JsValue::undefined())
}

/// DEP0144, once, where pending deprecations are shown.
fn warn_of_parent(context: &mut Context) -> JsResult<()> {
    let resolver = super::resolver(context);
    if !std::mem::take(&mut resolver.settings.borrow_mut().pending_deprecations) {
        return Ok(());
    }
    let message = "module.parent is deprecated due to accuracy issues. Please use require.main to find \
                   program entry point instead.";
    lookup::warn_of_deprecation(message, "DEP0144", context)
}

/// `Module.createRequire(filename)`: an absolute path or a `file:` URL.
fn create_require(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = arg(args, 0);
    let path =
        lookup::file_argument(&given, "filename", context).ok().filter(|path| path.is_absolute());
    let Some(path) = path else {
        let reason = "must be a file URL object, file URL string, or absolute path string";
        return Err(validate::invalid_arg_value(context, "filename", &given, reason));
    };
    // A folder with a slash at its end stands for a file in it that need not exist.
    let is_folder = given.as_string().is_some_and(|text| text.ends_with(js_string!("/").as_str()));
    let path = if is_folder { path.join("noop.js") } else { path };
    super::require_from(&path, context).map(JsValue::from)
}

/// `Module.wrap(script)`.
fn wrap(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let script = arg(args, 0).to_string(context)?;
    let wrapper = state(context)?.class.get(js_string!("wrapper"), context)?.to_object(context)?;
    let before = wrapper.get(0, context)?.to_string(context)?;
    let after = wrapper.get(1, context)?.to_string(context)?;
    Ok(JsString::concat_array(&[before.as_str(), script.as_str(), after.as_str()]).into())
}

/// `Module._initPaths()`: reads `NODE_PATH` again.
fn init_paths(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let class = state(context)?.class.clone();
    let globals = {
        let folders = lookup::global_folders(context);
        lookup::paths_array(folders, context)
    };
    class.set(js_string!("globalPaths"), globals, true, context)?;
    Ok(JsValue::undefined())
}

/// `Module._preloadModules(requests)`: what `-r` does.
fn preload_modules(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(list) = arg(args, 0).as_object() else { return Ok(JsValue::undefined()) };
    let cwd = folder::current(context);
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    let require = super::require_from(&cwd.join("preload"), context)?;
    for index in 0..length {
        let request = list.get(index, context)?;
        require.call(&JsValue::undefined(), &[request], context)?;
    }
    Ok(JsValue::undefined())
}

/// `Module.runMain(main = process.argv[1])`.
fn run_main(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let main = if let Some(main) = args.first() {
        main.clone()
    } else {
        let process = context.global_object().get(js_string!("process"), context)?;
        let argv = process.to_object(context)?.get(js_string!("argv"), context)?;
        argv.to_object(context)?.get(1, context)?
    };
    let class = state(context)?.class.clone();
    invoke(&class, "_load", &[main, JsValue::null(), true.into()], context)
}

/// `Module.syncBuiltinESMExports()`: what `import` gives of builtins is what they export now.
fn sync_builtin_exports(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    crate::engine::esm::sync_builtins(context)?;
    Ok(JsValue::undefined())
}

/// `Module.register` and `Module.registerHooks`: loader hooks run in a thread of V8's; rjs has none.
fn register(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let message = "rjs has no module customization hooks";
    Err(coded(context, Code::ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, message))
}
