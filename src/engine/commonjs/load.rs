//! Loading: `Module._load`, `module.load`, the extensions.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
    property::PropertyKey,
};

use super::{CommonJs, class, cycle, lookup, state};
use crate::{
    engine::{
        errors::{Code, Wording, coded, throw_sys},
        esm::{self, Format},
        natives::{arg, define_value},
        permission, state as engine_state, validate,
    },
    sys::{errno::Errno, error::SysError},
};

/// `Module._load(request, parent, isMain)`.
pub(super) fn load(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let request = arg(args, 0);
    let parent = arg(args, 1).as_object();
    let is_main = arg(args, 2).to_boolean();
    let state = state(context)?;
    if let Some(text) = request.as_string()
        && let Some(exports) = prefixed_builtin(&text, context)?
    {
        return Ok(exports);
    }
    let place = place_of(parent.as_ref(), &request, context)?;
    let known = place.as_ref().and_then(|place| state.found.borrow().get(place).cloned());
    if let Some(filename) = known
        && let Some(cached) = state.cache.get(filename, context)?.as_object()
    {
        return exports_of_cached(parent.as_ref(), &cached, context);
    }
    let parent_value = parent.clone().map_or(JsValue::null(), JsValue::from);
    let filename = super::invoke(
        &state.class,
        "_resolveFilename",
        &[request, parent_value, is_main.into()],
        context,
    )?;
    let key = filename.to_property_key(context)?;
    if let Some(cached) = state.cache.get(key.clone(), context)?.as_object() {
        return exports_of_cached(parent.as_ref(), &cached, context);
    }
    let filename = filename.to_string(context)?;
    if let Some(exports) = lookup::builtin(&filename.to_std_string_lossy(), context)? {
        return Ok(exports);
    }
    if let Some(place) = place {
        state.found.borrow_mut().insert(place, filename.clone());
    }
    load_file(&state, key, filename, parent.as_ref(), is_main, context)
}

/// The folder of the module that asks, and what it asks for.
fn place_of(
    parent: Option<&JsObject>,
    request: &JsValue,
    context: &mut Context,
) -> JsResult<Option<(String, String)>> {
    let (Some(parent), Some(request)) = (parent, request.as_string()) else { return Ok(None) };
    let folder = parent.get(js_string!("path"), context)?;
    let text = |text: JsString| text.to_std_string_lossy();
    Ok(folder.as_string().map(|folder| (text(folder), text(request))))
}

fn exports_of_cached(
    parent: Option<&JsObject>,
    cached: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    adopt(parent, cached, context)?;
    if cached.get(js_string!("loaded"), context)?.to_boolean() {
        return cached.get(js_string!("exports"), context);
    }
    let name = |module: &JsObject, context: &mut Context| -> JsResult<Option<String>> {
        let name = module.get(js_string!("filename"), context)?;
        Ok(name.as_string().map(|name| name.to_std_string_lossy()))
    };
    if let Some(file) = name(cached, context)? {
        let first = class::parent_of(cached);
        let asking = first.map(|first| name(&first, context)).transpose()?.flatten();
        esm::refuse_cycle(Path::new(&file), asking.as_deref(), context)?;
    }
    cycle::exports_so_far(cached, context)
}

fn prefixed_builtin(request: &JsString, context: &mut Context) -> JsResult<Option<JsValue>> {
    if !request.starts_with(js_string!("node:").as_str()) {
        return Ok(None);
    }
    lookup::builtin(&request.to_std_string_lossy(), context)
}

/// Makes the module, puts it into the cache, loads it; takes it out again if that throws.
fn load_file(
    state: &CommonJs,
    key: PropertyKey,
    filename: JsString,
    parent: Option<&JsObject>,
    is_main: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let module = class::new_module(state, filename.clone(), parent, context)?;
    if is_main {
        mark_main(state, &module, context)?;
    }
    state.cache.set(key.clone(), module.clone(), true, context)?;
    let loaded = super::invoke(&module, "load", &[filename.into()], context);
    if let Err(error) = loaded {
        state.cache.delete_property_or_throw(key, context)?;
        disown(parent, &module, context)?;
        return Err(error);
    }
    cycle::loaded(&module, context)?;
    module.get(js_string!("exports"), context)
}

fn mark_main(state: &CommonJs, module: &JsObject, context: &mut Context) -> JsResult<()> {
    class::mark_main(module);
    module.set(js_string!("id"), js_string!("."), true, context)?;
    define_value(module, state.is_main.clone(), true, true);
    let process = context.global_object().get(js_string!("process"), context)?;
    if let Some(process) = process.as_object() {
        process.set(js_string!("mainModule"), module.clone(), true, context)?;
    }
    Ok(())
}

/// Adds a cached module to its parent's children, once.
fn adopt(parent: Option<&JsObject>, child: &JsObject, context: &mut Context) -> JsResult<()> {
    let Some(parent) = parent else { return Ok(()) };
    let children = parent.get(js_string!("children"), context)?;
    let Some(children) = children.as_object().and_then(|list| JsArray::from_object(list).ok())
    else {
        return Ok(());
    };
    let length = children.length(context)?;
    for index in 0..length {
        if children
            .get(index, context)?
            .as_object()
            .is_some_and(|known| JsObject::equals(&known, child))
        {
            return Ok(());
        }
    }
    children.push(child.clone(), context).map(drop)
}

fn disown(parent: Option<&JsObject>, child: &JsObject, context: &mut Context) -> JsResult<()> {
    let Some(parent) = parent else { return Ok(()) };
    let children = parent.get(js_string!("children"), context)?;
    let Some(children) = children.as_object().and_then(|list| JsArray::from_object(list).ok())
    else {
        return Ok(());
    };
    let length = children.length(context)?;
    let last =
        if length == 0 { JsValue::undefined() } else { children.get(length - 1, context)? };
    if last.as_object().is_some_and(|known| JsObject::equals(&known, child)) {
        children.pop(context)?;
    }
    Ok(())
}

/// `module.require(id)`.
pub(super) fn module_require(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let id = validate::string(&arg(args, 0), "id", context)?;
    if id.is_empty() {
        let value = id.into();
        return Err(validate::invalid_arg_value(
            context,
            "id",
            &value,
            "must be a non-empty string",
        ));
    }
    let class = state(context)?.class.clone();
    super::invoke(&class, "_load", &[id.into(), this.clone(), false.into()], context)
}

/// `module.load(filename)`.
pub(super) fn module_load(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let module = this.to_object(context)?;
    let filename = validate::string(&arg(args, 0), "filename", context)?;
    let path = PathBuf::from(filename.to_std_string_lossy());
    module.set(js_string!("filename"), filename.clone(), true, context)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let paths = lookup::node_modules_array(folder, context);
    module.set(js_string!("paths"), paths, true, context)?;
    let state = state(context)?;
    let extension = registered_extension(&state, &path, context)?;
    let handler = state.extensions.get(extension, context)?;
    if let Some(handler) = handler.as_callable() {
        handler.call(
            &state.extensions.clone().into(),
            &[module.clone().into(), filename.into()],
            context,
        )?;
    }
    module.set(js_string!("loaded"), true, true, context)?;
    Ok(JsValue::undefined())
}

/// The longest suffix of the file name, dot first, that `Module._extensions` has; else `.js`.
fn registered_extension(
    state: &CommonJs,
    path: &Path,
    context: &mut Context,
) -> JsResult<JsString> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let dots = name.match_indices('.').map(|(at, _)| at).filter(|&at| at != 0);
    for at in dots {
        let extension = JsString::from(&name[at..]);
        if state.extensions.has_own_property(extension.clone(), context)? {
            return Ok(extension);
        }
    }
    Ok(js_string!(".js"))
}

/// `Module._extensions['.js'](module, filename)`.
pub(super) fn load_js(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = arg(args, 0).to_object(context)?;
    let filename = arg(args, 1).to_string(context)?;
    let path = PathBuf::from(filename.to_std_string_lossy());
    let format = declared_format(&path, context)?;
    if format == Some(Format::Module) {
        return load_es_module(&module, &path, None, context);
    }
    if format == Some(Format::Json) {
        return load_json(&JsValue::undefined(), args, context);
    }
    let content = read(&path, context)?;
    let format = match format {
        Some(Format::CommonJs) => js_string!("commonjs").into(),
        _ => JsValue::undefined(),
    };
    super::invoke(&module, "_compile", &[content.into(), filename.into(), format], context)
}

/// What a file's extension, or that of a `.js` file's package, says.
fn declared_format(path: &Path, context: &mut Context) -> JsResult<Option<Format>> {
    if let Some(kind) = engine_state::of(context).module_hook.kind(path) {
        return Ok(Some(Format::of_host(kind)));
    }
    let resolver = super::resolver(context);
    let format = esm::format_of_path(path, &resolver);
    let format = format.map_err(|(code, message)| coded(context, code, message))?;
    // A file without an extension may be either, unless its package says that it is CommonJS.
    let is_named = path.extension().is_some();
    Ok(format.filter(|format| is_named || *format == Format::CommonJs))
}

/// Loads a file that is an ES module: its namespace becomes the exports. As the main module it runs
/// on its own instead.
pub(super) fn load_es_module(
    module: &JsObject,
    path: &Path,
    text: Option<String>,
    context: &mut Context,
) -> JsResult<JsValue> {
    if is_main(module, context)? {
        let text = match text {
            Some(text) => text,
            None => read(path, context)?.to_std_string_lossy(),
        };
        let process = context.global_object().get(js_string!("process"), context)?;
        if let Some(process) = process.as_object() {
            process.set(js_string!("mainModule"), JsValue::undefined(), true, context)?;
        }
        esm::run_as_main(path, text, context);
        return Ok(JsValue::undefined());
    }
    let parent = match class::parent_of(module) {
        Some(parent) => parent.get(js_string!("filename"), context)?.as_string(),
        None => None,
    };
    let parent = parent.map(|name| name.to_std_string_lossy());
    if super::resolver(context).settings.borrow().refuse_require_of_modules {
        return Err(refused(path, parent.as_deref(), context));
    }
    let exports = esm::require(path, text, parent.as_deref(), context)?;
    module.set(js_string!("exports"), exports, true, context).map(JsValue::from)
}

/// `ERR_REQUIRE_ESM`, of a program that was started so.
fn refused(path: &Path, parent: Option<&str>, context: &mut Context) -> JsError {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let from = parent.map_or_else(String::new, |parent| format!(" from {parent}"));
    let mut message = format!("require() of ES Module {}{from} not supported.", path.display());
    let advice = if path.extension().is_some_and(|extension| extension == "mjs") {
        format!(
            "\nInstead change the require of {file} to a dynamic import() which is available in all \
             CommonJS modules."
        )
    } else {
        format!(
            "\n{file} is treated as an ES module file as it is a .js file whose nearest parent package.json \
             contains \"type\": \"module\" which declares all .js files in that package scope as ES \
             modules.\nInstead either rename {file} to end in .cjs, change the requiring code to use dynamic \
             import() which is available in all CommonJS modules, or change \"type\": \"module\" to \
             \"type\": \"commonjs\" to treat all .js files as CommonJS (using .mjs for all ES modules \
             instead).\n"
        )
    };
    message.push_str(&advice);
    coded(context, Code::ERR_REQUIRE_ESM, message)
}

pub(super) fn is_main(module: &JsObject, context: &mut Context) -> JsResult<bool> {
    let symbol = state(context)?.is_main.clone();
    Ok(module.get(symbol, context)?.to_boolean())
}

/// `Module._extensions['.json'](module, filename)`.
pub(super) fn load_json(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = arg(args, 0).to_object(context)?;
    let filename = arg(args, 1).to_string(context)?.to_std_string_lossy();
    let content = read(Path::new(&filename), context)?;
    let value = parse_json(&content.to_std_string_lossy(), Some(Path::new(&filename)), context)?;
    module.set(js_string!("exports"), value, true, context).map(JsValue::from)
}

/// The value of a JSON text; an error names the file, if there is one.
pub(in crate::engine) fn parse_json(
    text: &str,
    path: Option<&Path>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let json = context.global_object().get(js_string!("JSON"), context)?.to_object(context)?;
    let parsed = json.get(js_string!("parse"), context)?;
    let Some(parse) = parsed.as_callable() else { return Ok(JsValue::undefined()) };
    let parsed = parse.call(&json.into(), &[JsString::from(text).into()], context);
    parsed.map_err(|error| match path {
        Some(path) => named(error, &path.to_string_lossy(), context),
        None => error,
    })
}

/// Puts the file's name before an error's message.
fn named(error: JsError, filename: &str, context: &mut Context) -> JsError {
    let value = crate::engine::errors::value_of(error, context);
    if let Some(object) = value.as_object()
        && let Ok(message) = object.get(js_string!("message"), context)
        && let Ok(message) = message.to_string(context)
    {
        let message = format!("{filename}: {}", message.to_std_string_lossy());
        define_value(&object, js_string!("message"), JsString::from(message), false);
    }
    JsError::from_opaque(value)
}

/// `Module._extensions['.node']`: native addons are made for V8.
pub(super) fn load_addon(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let filename = arg(args, 1).to_string(context)?.to_std_string_lossy();
    let message = format!("rjs cannot load native addons: {filename}");
    Err(coded(context, Code::ERR_DLOPEN_FAILED, message))
}

/// A source file's text, without a byte order mark.
pub(in crate::engine) fn read(path: &Path, context: &mut Context) -> JsResult<JsString> {
    if let Some(text) = engine_state::of(context).module_hook.text(path) {
        return Ok(JsString::from(&*text));
    }
    let bytes =
        permission::read_file(path, context)?.map_err(|error| unreadable(&error, path, context))?;
    Ok(JsString::from(&*text_of(&bytes)))
}

/// The bytes of a file as text, without a byte order mark.
pub(super) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf");
    // Behind such a mark `#!` begins no comment.
    let plain = plain.filter(|text| !text.starts_with(b"#!"));
    String::from_utf8_lossy(plain.unwrap_or(bytes))
}

fn unreadable(error: &std::io::Error, path: &Path, context: &mut Context) -> JsError {
    let error = if Errno::of(error).0 == libc::EISDIR {
        SysError::new(Errno(libc::EISDIR), "read")
    } else {
        SysError::from_io(error, "open", path)
    };
    throw_sys(context, &error, Wording::Described)
}
