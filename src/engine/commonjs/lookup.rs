//! Where modules are looked for: the natives behind `Module._resolveFilename` and its neighbours.

use std::{
    env,
    path::{Path, PathBuf},
};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{
    CommonJs, errors,
    package::ImportTarget,
    resolve::{self, is_relative},
    state,
};
use crate::engine::{
    builtins,
    errors::{Code, coded},
    folder, module_hook,
    natives::arg,
    state as engine_state, validate,
};

/// `Module._resolveFilename(request, parent, isMain, options)`.
pub(super) fn resolve_filename(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let request = validate::string(&arg(args, 0), "request", context)?;
    let text = request.to_std_string_lossy();
    let parent = arg(args, 1).as_object();
    if let Some(path) = hooked(&text, parent.as_ref(), context)? {
        return Ok(path_value(&path));
    }
    if crate::engine::state::of(context).builtins.public(&text).is_some() {
        return Ok(request.into());
    }
    let options = arg(args, 3).as_object();
    let state = state(context)?;
    if let Some(found) = by_package(&state, &text, parent.as_ref(), context)? {
        return Ok(found);
    }
    let folders = match options {
        Some(options) => folders_of_options(&options, &request, parent.as_ref(), context)?,
        None => lookup_folders(&request, parent.as_ref(), context)?,
    };
    let is_main = arg(args, 2).to_boolean();
    let args = [request.into(), folders, is_main.into()];
    let found = super::invoke(&state.class, "_findPath", &args, context)?;
    if found.to_boolean() {
        return Ok(found);
    }
    Err(errors::not_found(&text, parent.as_ref(), context)?)
}

/// The module that the host has for a request.
fn hooked(
    request: &str,
    parent: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<Option<PathBuf>> {
    let name = match parent {
        Some(parent) => parent.get(js_string!("filename"), context)?.as_string(),
        None => None,
    };
    let name = name.map(|name| name.to_std_string_lossy()).unwrap_or_default();
    // What came from the host is asked for by its path, once `import` has found it.
    let path = Path::new(request);
    if engine_state::of(context).module_hook.kind(path).is_some() {
        return Ok(Some(path.to_owned()));
    }
    module_hook::resolve(request, &name, context).map_err(|error| error.into_js(context))
}

/// What `imports` of the parent's package, or its own name, say about the request.
fn by_package(
    state: &CommonJs,
    request: &str,
    parent: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    let Some(parent) = parent else { return Ok(None) };
    let filename = parent.get(js_string!("filename"), context)?;
    let from = match filename.as_string() {
        Some(filename) => PathBuf::from(filename.to_std_string_lossy()),
        // A conversation has no file; what it means stands in the current folder.
        None if parent
            .get(js_string!("id"), context)?
            .as_string()
            .is_some_and(|id| id == "<repl>") =>
        {
            folder::current(context).join("<repl>")
        }
        None => return Ok(None),
    };
    if request.starts_with('#') {
        let target = state.resolver.imported(&from, request);
        let asking = from.to_string_lossy();
        let told = |error| errors::from_resolve_of(error, Some(&asking), context);
        return match target.map_err(told)? {
            Some(ImportTarget::File(file)) => Ok(Some(path_value(&file))),
            Some(ImportTarget::Package(name)) => {
                let args = [JsString::from(name.as_str()).into(), parent.clone().into()];
                super::invoke(&state.class, "_resolveFilename", &args, context).map(Some)
            }
            None => Ok(None),
        };
    }
    let found = state.resolver.self_reference(&from, request);
    Ok(found.map_err(|error| errors::from_resolve(error, context))?.map(|file| path_value(&file)))
}

/// The folders that `require.resolve(request, { paths })` asks to search.
fn folders_of_options(
    options: &JsObject,
    request: &JsString,
    parent: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let given = options.get(js_string!("paths"), context)?;
    if given.is_undefined() {
        return lookup_folders(request, parent, context);
    }
    let Some(list) = given.as_object().filter(JsObject::is_array) else {
        return Err(validate::invalid_arg_value(context, "options.paths", &given, "is invalid"));
    };
    let starts = strings(&list, context)?;
    let text = request.to_std_string_lossy();
    if is_relative(&text) {
        return Ok(paths_array(starts.iter().map(PathBuf::from), context).into());
    }
    let cwd = folder::current(context);
    let mut folders: Vec<PathBuf> = Vec::new();
    for start in &starts {
        let start = cwd.join(start);
        for folder in resolve::node_modules_paths(&start).into_iter().chain(global_folders(context))
        {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }
    Ok(paths_array(folders, context).into())
}

fn lookup_folders(
    request: &JsString,
    parent: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let class = state(context)?.class.clone();
    let parent = parent.map_or(JsValue::null(), |parent| parent.clone().into());
    super::invoke(&class, "_resolveLookupPaths", &[request.clone().into(), parent], context)
}

/// `Module._resolveLookupPaths(request, parent)`: `null` for a builtin.
pub(super) fn resolve_lookup_paths(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let request = validate::string(&arg(args, 0), "request", context)?.to_std_string_lossy();
    if crate::engine::state::of(context).builtins.public(&request).is_some() {
        return Ok(JsValue::null());
    }
    let parent = arg(args, 1).as_object();
    if !is_relative(&request) {
        let mut folders = match &parent {
            Some(parent) => {
                let paths = parent.get(js_string!("paths"), context)?;
                match paths.as_object() {
                    Some(list) => strings(&list, context)?.into_iter().map(PathBuf::from).collect(),
                    None => Vec::new(),
                }
            }
            None => Vec::new(),
        };
        folders.extend(global_folders(context));
        return Ok(paths_array(folders, context).into());
    }
    let filename = match &parent {
        Some(parent) => parent.get(js_string!("filename"), context)?.as_string(),
        None => None,
    };
    let folder = match filename {
        Some(name) => {
            let name = name.to_std_string_lossy();
            Path::new(&name).parent().map(Path::to_path_buf).unwrap_or_default()
        }
        // The REPL and `-e`: what is relative is relative to the working directory.
        None => PathBuf::from("."),
    };
    Ok(paths_array([folder], context).into())
}

/// `Module._findPath(request, paths, isMain)`: the file, or `false`.
pub(super) fn find_path(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let request = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let state = state(context)?;
    let folders: Vec<PathBuf> = if request.starts_with('/') {
        vec![PathBuf::new()]
    } else {
        match arg(args, 1).as_object() {
            Some(list) => {
                let cwd = folder::current(context);
                strings(&list, context)?.into_iter().map(|folder| cwd.join(folder)).collect()
            }
            None => return Ok(false.into()),
        }
    };
    let extensions = extensions(&state, context)?;
    let found = state.resolver.find(&request, &folders, &extensions, arg(args, 2).to_boolean());
    let found = found.map_err(|error| errors::from_resolve(error, context))?;
    let missing = state.resolver.missing_main.take();
    if let Some((package, main)) = missing {
        warn_of_missing_main(&package, &main, context)?;
    }
    Ok(found.map_or(false.into(), |file| path_value(&file)))
}

/// DEP0128: a package's `main` is not there, its index file is.
fn warn_of_missing_main(package: &Path, main: &str, context: &mut Context) -> JsResult<()> {
    let message = format!(
        "Invalid 'main' field in '{}' of '{main}'. Please either fix that or report it to the module author",
        package.display()
    );
    warn_of_deprecation(&message, "DEP0128", context)
}

/// `process.emitWarning(message, 'DeprecationWarning', code)`.
pub(super) fn warn_of_deprecation(
    message: &str,
    code: &str,
    context: &mut Context,
) -> JsResult<()> {
    let args = [
        JsString::from(message).into(),
        js_string!("DeprecationWarning").into(),
        JsString::from(code).into(),
    ];
    builtins::emit_warning(&args, context)
}

/// `Module._stat(path)`: 1 for a folder, 0 for a file, below 0 for what is not there.
pub(super) fn stat(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = validate::string(&arg(args, 0), "filename", context)?.to_std_string_lossy();
    Ok(match std::fs::metadata(folder::placed(Path::new(&path), context)) {
        Ok(found) => i32::from(found.is_dir()),
        Err(error) => -error.raw_os_error().unwrap_or(libc::ENOENT),
    }
    .into())
}

/// The keys of `Module._extensions`, in their order.
fn extensions(state: &CommonJs, context: &mut Context) -> JsResult<Vec<String>> {
    let keys = state.extensions.own_property_keys(context)?;
    Ok(keys.iter().map(ToString::to_string).collect())
}

/// `Module._nodeModulePaths(from)`.
pub(super) fn node_module_paths(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let from = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let from = folder::current(context).join(from);
    Ok(node_modules_array(&resolve::normalized(&from), context))
}

/// `require.resolve.paths(request)`, by way of `Module._resolveLookupPaths`.
pub(super) fn paths_for(
    request: &JsValue,
    module: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let request = validate::string(request, "request", context)?;
    lookup_folders(&request, Some(module), context)
}

/// `Module.isBuiltin(name)`.
pub(super) fn is_builtin(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(name) = arg(args, 0).as_string() else { return Ok(false.into()) };
    let known =
        crate::engine::state::of(context).builtins.public(&name.to_std_string_lossy()).is_some();
    Ok(known.into())
}

/// `Module.findPackageJSON(specifier, base)`: the nearest `package.json` of a path.
pub(super) fn find_package_json(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let specifier = file_argument(&arg(args, 0), "specifier", context)?;
    let state = state(context)?;
    let base = match args.get(1) {
        Some(base) if !base.is_undefined() => file_argument(base, "base", context)?,
        _ => PathBuf::new(),
    };
    let text = specifier.to_string_lossy().into_owned();
    let folder = base.parent().unwrap_or(Path::new("/"));
    let file = if is_relative(&text) || text.starts_with('/') {
        resolve::normalized(&folder.join(&specifier))
    } else {
        let name: String = text
            .splitn(3, '/')
            .take(if text.starts_with('@') { 2 } else { 1 })
            .collect::<Vec<_>>()
            .join("/");
        let home = resolve::node_modules_paths(folder).into_iter().map(|at| at.join(&name));
        match home.into_iter().find(|at| at.join("package.json").is_file()) {
            Some(at) => at.join("package.json"),
            None => return Ok(JsValue::undefined()),
        }
    };
    let package = state.resolver.packages.of_file(&file);
    let package = package.map_err(|error| errors::from_resolve(error, context))?;
    Ok(package.map_or(JsValue::undefined(), |package| path_value(&package.path)))
}

/// A `node:` specifier that no builtin has.
pub(super) fn unknown_builtin(specifier: &str, context: &mut Context) -> boa_engine::JsError {
    let message = format!("No such built-in module: {specifier}");
    coded(context, Code::ERR_UNKNOWN_BUILTIN_MODULE, message)
}

/// A path, a `file:` URL or its text.
pub(super) fn file_argument(
    value: &JsValue,
    name: &str,
    context: &mut Context,
) -> JsResult<PathBuf> {
    let text = match value.as_object() {
        Some(object) => object.get(js_string!("href"), context)?,
        None => value.clone(),
    };
    let Some(text) = text.as_string().map(|text| text.to_std_string_lossy()) else {
        return Err(validate::invalid_arg_type(
            context,
            name,
            "of type string or an instance of URL",
            value,
        ));
    };
    if text.starts_with("file:") {
        let path = url::Url::parse(&text).ok().and_then(|url| url.to_file_path().ok());
        return path.ok_or_else(|| {
            let message = format!("File URL path must be absolute: {text}");
            coded(context, Code::ERR_INVALID_FILE_URL_PATH, message)
        });
    }
    Ok(PathBuf::from(text))
}

/// The folders that Node searches last: of `NODE_PATH`, two in the home folder, one beside the
/// executable's.
pub(super) fn global_folders(context: &mut Context) -> Vec<PathBuf> {
    let listed = variable("NODE_PATH", context).unwrap_or_default();
    let listed: Vec<PathBuf> =
        env::split_paths(&listed).filter(|path| !path.as_os_str().is_empty()).collect();
    let home = variable("HOME", context).map(PathBuf::from);
    let own =
        home.iter().flat_map(|home| [home.join(".node_modules"), home.join(".node_libraries")]);
    let beside = executable(context)
        .and_then(|path| Some(path.parent()?.parent()?.join("lib").join("node")));
    listed.into_iter().chain(own).chain(beside).collect()
}

/// `process.execPath`.
fn executable(context: &mut Context) -> Option<PathBuf> {
    let process = context.global_object().get(js_string!("process"), context).ok()?.as_object()?;
    let path = process.get(js_string!("execPath"), context).ok()?.as_string()?;
    Some(PathBuf::from(path.to_std_string_lossy()))
}

/// A variable of `process.env`, which programs change.
fn variable(name: &str, context: &mut Context) -> Option<String> {
    let process = context.global_object().get(js_string!("process"), context).ok()?.as_object()?;
    let env = process.get(js_string!("env"), context).ok()?.as_object()?;
    let value = env.get(JsString::from(name), context).ok()?.as_string()?;
    Some(value.to_std_string_lossy())
}

/// `node_modules` folders as a JavaScript array.
pub(super) fn node_modules_array(folder: &Path, context: &mut Context) -> JsValue {
    paths_array(resolve::node_modules_paths(folder), context).into()
}

pub(super) fn paths_array(
    paths: impl IntoIterator<Item = PathBuf>,
    context: &mut Context,
) -> JsArray {
    let values: Vec<JsValue> = paths.into_iter().map(|path| path_value(&path)).collect();
    JsArray::from_iter(values, context)
}

fn path_value(path: &Path) -> JsValue {
    JsString::from(&*path.to_string_lossy()).into()
}

fn strings(list: &JsObject, context: &mut Context) -> JsResult<Vec<String>> {
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    let mut out = Vec::new();
    for index in 0..length {
        let item = list.get(index, context)?;
        out.push(validate::string(&item, "paths", context)?.to_std_string_lossy());
    }
    Ok(out)
}

/// Loads the builtin that a specifier means, if it means one.
pub(super) fn builtin(specifier: &str, context: &mut Context) -> JsResult<Option<JsValue>> {
    let row = crate::engine::state::of(context).builtins.public(specifier);
    match row {
        Some(row) => builtins::load(row.name, context).map(Some),
        None if specifier.starts_with("node:") => Err(unknown_builtin(specifier, context)),
        None => Ok(None),
    }
}
