//! `path`, with its halves `posix` and `win32`.

mod glob;
mod posix;
mod text;
mod win32;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};
use text::{BACKSLASH, Parsed, SLASH, string, units};

use crate::engine::{
    builtins,
    natives::{Method, arg, closure, define_methods, define_value},
    validate,
};

const POSIX: bool = false;
const WIN32: bool = true;

const POSIX_METHODS: &[Method] = &[
    ("resolve", 0, resolve_posix),
    ("normalize", 1, normalize::<POSIX>),
    ("isAbsolute", 1, is_absolute::<POSIX>),
    ("join", 0, join::<POSIX>),
    ("relative", 2, relative::<POSIX>),
    ("toNamespacedPath", 1, to_namespaced_path_posix),
    ("dirname", 1, dirname::<POSIX>),
    ("basename", 2, basename::<POSIX>),
    ("extname", 1, extname::<POSIX>),
    ("format", 1, format::<POSIX>),
    ("parse", 1, parse::<POSIX>),
    ("matchesGlob", 2, matches_glob::<POSIX>),
];

const WIN32_METHODS: &[Method] = &[
    ("resolve", 0, resolve_win32),
    ("normalize", 1, normalize::<WIN32>),
    ("isAbsolute", 1, is_absolute::<WIN32>),
    ("join", 0, join::<WIN32>),
    ("relative", 2, relative::<WIN32>),
    ("toNamespacedPath", 1, to_namespaced_path_win32),
    ("dirname", 1, dirname::<WIN32>),
    ("basename", 2, basename::<WIN32>),
    ("extname", 1, extname::<WIN32>),
    ("format", 1, format::<WIN32>),
    ("parse", 1, parse::<WIN32>),
    ("matchesGlob", 2, matches_glob::<WIN32>),
];

/// The exports of `path`: the rules of POSIX.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let posix = half(POSIX_METHODS, js_string!("/"), js_string!(":"), context);
    let win32 = half(WIN32_METHODS, js_string!("\\"), js_string!(";"), context);
    for object in [&posix, &win32] {
        define_value(object, js_string!("win32"), win32.clone(), true);
        define_value(object, js_string!("posix"), posix.clone(), true);
        let make_long = object.get(js_string!("toNamespacedPath"), context)?;
        define_value(object, js_string!("_makeLong"), make_long, true);
    }
    Ok(posix.into())
}

/// The exports of `path/posix`.
pub(crate) fn posix_exports(context: &mut Context) -> JsResult<JsValue> {
    builtins::load_object("path", context)?.get(js_string!("posix"), context)
}

/// The exports of `path/win32`.
pub(crate) fn win32_exports(context: &mut Context) -> JsResult<JsValue> {
    builtins::load_object("path", context)?.get(js_string!("win32"), context)
}

fn half(
    methods: &[Method],
    separator: JsString,
    delimiter: JsString,
    context: &mut Context,
) -> JsObject {
    let object = JsObject::with_object_proto(context.intrinsics());
    define_methods(&object, methods, true, context);
    define_value(&object, js_string!("sep"), separator, true);
    define_value(&object, js_string!("delimiter"), delimiter, true);
    object
}

/// An argument that must be a string, as code units.
fn path_argument(
    args: &[JsValue],
    index: usize,
    name: &str,
    context: &mut Context,
) -> JsResult<Vec<u16>> {
    Ok(validate::string(&arg(args, index), name, context)?.to_vec())
}

fn numbered(args: &[JsValue], index: usize, context: &mut Context) -> JsResult<Vec<u16>> {
    path_argument(args, index, &format!("paths[{index}]"), context)
}

/// `process.cwd()`: a script may have replaced it.
fn working_folder(context: &mut Context) -> JsResult<Vec<u16>> {
    let process = builtins::load_object("process", context)?;
    let cwd = process.get(js_string!("cwd"), context)?;
    let folder = match cwd.as_callable() {
        Some(cwd) => cwd.call(&process.into(), &[], context)?,
        None => JsValue::undefined(),
    };
    Ok(folder.to_string(context)?.to_vec())
}

/// The working folder of a drive, or of the process where no drive is named.
fn windows_working_folder(device: &[u16], context: &mut Context) -> JsResult<Vec<u16>> {
    if device.is_empty() {
        return working_folder(context);
    }
    let process = builtins::load_object("process", context)?;
    let env = process.get(js_string!("env"), context)?;
    let key = [&units("=")[..], device].concat();
    let folder = match env.as_object() {
        Some(env) => env.get(JsString::from(&*key), context)?,
        None => JsValue::undefined(),
    };
    let folder = match folder {
        unset if unset.is_undefined() => working_folder(context)?,
        folder => folder.to_string(context)?.to_vec(),
    };
    // A folder on another drive says nothing about this one.
    let same_drive = folder.get(..2).is_some_and(|drive| {
        String::from_utf16_lossy(drive).eq_ignore_ascii_case(&String::from_utf16_lossy(device))
    });
    if !same_drive && folder.get(2) == Some(&BACKSLASH) {
        return Ok([device, &[BACKSLASH]].concat());
    }
    Ok(folder)
}

fn resolve_posix(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let context = std::cell::RefCell::new(context);
    let resolved = posix::resolve(
        args.len(),
        |index| numbered(args, index, &mut context.borrow_mut()),
        || working_folder(&mut context.borrow_mut()),
    )?;
    Ok(string(&resolved).into())
}

fn resolve_win32(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let context = std::cell::RefCell::new(context);
    let resolved = win32::resolve(
        args.len(),
        |index| numbered(args, index, &mut context.borrow_mut()),
        |device| windows_working_folder(device, &mut context.borrow_mut()),
    )?;
    Ok(string(&resolved).into())
}

/// `resolve` of one path.
fn resolved<const WINDOWS: bool>(path: &[u16], context: &mut Context) -> JsResult<Vec<u16>> {
    if WINDOWS {
        let part = |_| Ok(path.to_vec());
        return win32::resolve(1, part, |device| windows_working_folder(device, context));
    }
    posix::resolve(1, |_| Ok(path.to_vec()), || working_folder(context))
}

fn normalize<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = path_argument(args, 0, "path", context)?;
    let normal = if WINDOWS { win32::normalize(&path) } else { posix::normalize(&path) };
    Ok(string(&normal).into())
}

fn is_absolute<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = path_argument(args, 0, "path", context)?;
    Ok(if WINDOWS { win32::is_absolute(&path) } else { posix::is_absolute(&path) }.into())
}

fn join<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let mut parts = Vec::with_capacity(args.len());
    for index in 0..args.len() {
        parts.push(path_argument(args, index, "path", context)?);
    }
    let joined = if WINDOWS { win32::join(&parts) } else { posix::join(&parts) };
    Ok(string(&joined).into())
}

fn relative<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let from = path_argument(args, 0, "from", context)?;
    let to = path_argument(args, 1, "to", context)?;
    if from == to {
        return Ok(JsString::default().into());
    }
    let from = resolved::<WINDOWS>(&from, context)?;
    let to = resolved::<WINDOWS>(&to, context)?;
    let way = if WINDOWS { win32::relative(&from, &to) } else { posix::relative(&from, &to) };
    Ok(string(&way).into())
}

fn to_namespaced_path_posix(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(arg(args, 0))
}

fn to_namespaced_path_win32(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let Some(path) = value.as_string().filter(|path| !path.is_empty()) else { return Ok(value) };
    let resolved = resolved::<WIN32>(&path.to_vec(), context)?;
    if resolved.len() <= 2 {
        return Ok(value);
    }
    let namespaced = win32::to_namespaced_path(&resolved);
    Ok(string(&namespaced.unwrap_or(resolved)).into())
}

fn dirname<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = path_argument(args, 0, "path", context)?;
    let folder = if WINDOWS { win32::dirname(&path) } else { posix::dirname(&path) };
    Ok(string(&folder).into())
}

fn basename<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let suffix = match arg(args, 1) {
        absent if absent.is_undefined() => None,
        given => Some(validate::string(&given, "suffix", context)?.to_vec()),
    };
    let path = path_argument(args, 0, "path", context)?;
    let suffix = suffix.as_deref();
    let base =
        if WINDOWS { win32::basename(&path, suffix) } else { posix::basename(&path, suffix) };
    Ok(string(&base).into())
}

fn extname<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = path_argument(args, 0, "path", context)?;
    let extension = if WINDOWS { win32::extname(&path) } else { posix::extname(&path) };
    Ok(string(&extension).into())
}

fn parse<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = path_argument(args, 0, "path", context)?;
    let Parsed { root, dir, base, ext, name } =
        if WINDOWS { win32::parse(&path) } else { posix::parse(&path) };
    let object = JsObject::with_object_proto(context.intrinsics());
    define_value(&object, js_string!("root"), string(&root), true);
    define_value(&object, js_string!("dir"), string(&dir), true);
    define_value(&object, js_string!("base"), string(&base), true);
    define_value(&object, js_string!("ext"), string(&ext), true);
    define_value(&object, js_string!("name"), string(&name), true);
    Ok(object.into())
}

fn format<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let is_plain = |object: &JsObject| !object.is_array() && !object.is_callable();
    let Some(fields) = value.as_object().filter(is_plain) else {
        return Err(validate::invalid_arg_type(context, "pathObject", "of type object", &value));
    };
    let root = fields.get(js_string!("root"), context)?;
    let dir = match fields.get(js_string!("dir"), context)? {
        dir if dir.to_boolean() => dir,
        _ => root.clone(),
    };
    let base = match fields.get(js_string!("base"), context)? {
        base if base.to_boolean() => base,
        _ => named_base(&fields, context)?.into(),
    };
    if !dir.to_boolean() {
        return Ok(base);
    }
    let (folder, name) = (dir.to_string(context)?, base.to_string(context)?);
    if dir.strict_equals(&root) {
        return Ok(js_string!(&folder, &name).into());
    }
    let separator = [if WINDOWS { BACKSLASH } else { SLASH }];
    Ok(js_string!(&folder, &string(&separator), &name).into())
}

/// The base that `name` and `ext` make together.
fn named_base(fields: &JsObject, context: &mut Context) -> JsResult<JsString> {
    let mut text = |key: JsString| match fields.get(key, context)? {
        value if value.to_boolean() => value.to_string(context),
        _ => Ok(JsString::default()),
    };
    let name = text(js_string!("name"))?;
    let ext = text(js_string!("ext"))?;
    let lacks_dot = !ext.is_empty() && ext.code_unit_at(0) != Some(text::DOT);
    let dot = if lacks_dot { js_string!(".") } else { JsString::default() };
    Ok(js_string!(&name, &dot, &ext))
}

fn matches_glob<const WINDOWS: bool>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = validate::string(&arg(args, 0), "path", context)?.to_std_string_lossy();
    let pattern = validate::string(&arg(args, 1), "pattern", context)?.to_std_string_lossy();
    Ok(glob::matches(&path, &pattern, WINDOWS).into())
}

/// `globPatterns(pattern)`: the patterns without braces, each an array of steps: `true` for `**`, a
/// name, or a function that tests names.
pub(crate) fn glob_patterns(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let pattern = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let mut patterns = Vec::new();
    for steps in glob::steps(&pattern) {
        let steps: Vec<JsValue> = steps
            .into_iter()
            .map(|step| match step {
                glob::Step::Anywhere => true.into(),
                glob::Step::Name(name) => JsString::from(name).into(),
                glob::Step::Matching(matcher) => {
                    closure("matches", 1, Fits(matcher), fits, context).into()
                }
            })
            .collect();
        patterns.push(JsArray::from_iter(steps, context).into());
    }
    Ok(JsArray::from_iter::<Vec<JsValue>>(patterns, context).into())
}

/// What a test of names remembers.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Fits(glob::Matcher);

fn fits(_: &JsValue, args: &[JsValue], fits: &Fits, _: &mut Context) -> JsResult<JsValue> {
    let name = arg(args, 0).as_string().unwrap_or_default();
    Ok(fits.0.matches(&name.to_std_string_lossy()).into())
}
