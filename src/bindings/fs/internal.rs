//! `internal/fs/native`: what the JavaScript of `fs` builds on.

use std::path::PathBuf;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsDate,
};

use super::{
    answer, arguments, forms, open_folders, stats,
    table::{FUNCTIONS, INTERNAL},
    watches,
};
use crate::{
    bindings::{encoding::Encoding, path},
    engine::{
        errors::Code,
        natives::{Method, arg, define_value, exports_of},
        validate,
    },
    sys::{
        errno::Errno,
        error::{Subject, SysError},
    },
};

const METHODS: &[Method] = &[
    ("closeFolder", 1, close_folder),
    ("emptyStats", 1, empty_stats),
    ("globPatterns", 1, path::glob_patterns),
    ("pathText", 2, path_text),
    ("systemError", 7, system_error),
    ("toMode", 1, to_mode),
    ("watchRef", 2, watches::set_ref),
    ("watchStart", 4, watches::start),
    ("watchStop", 1, watches::stop),
];

/// The exports: `sync` and `promised` hold the forms of every function, whatever programs make of
/// those of `fs`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    let sync = JsObject::with_null_proto();
    let promised = JsObject::with_null_proto();
    for function in FUNCTIONS.iter().chain(INTERNAL) {
        let name = JsString::from(function.name);
        let form = forms::synchronous(function, function.name, context);
        define_value(&sync, name.clone(), form, true);
        let form = forms::promised(function, function.name, context);
        define_value(&promised, name, form, true);
    }
    define_value(&exports, js_string!("sync"), sync, true);
    define_value(&exports, js_string!("promised"), promised, true);
    Ok(exports.into())
}

fn close_folder(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = arg(args, 0).to_u32(context)?;
    open_folders::of(context).close(id);
    Ok(JsValue::undefined())
}

fn empty_stats(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(stats::empty(arg(args, 0).to_boolean(), context).into())
}

/// `pathText(value, name)`: a path argument as text.
fn path_text(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = text(args, 1, context)?;
    let path = arguments::path(&arg(args, 0), &name, context)?;
    answer::name(&path, Some(Encoding::Utf8), context)
}

/// `toMode(value)`: the bits as `access` and `copyFile` take it.
fn to_mode(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(arguments::bits(&arg(args, 0), context)?.into())
}

/// `systemError(code, about, message, errnoName, syscall, path, dest)`.
fn system_error(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = text(args, 0, context)?;
    let code = Code::from_name(&name).unwrap_or(Code::ERR_INVALID_STATE);
    let (about, message) = (text(args, 1, context)?, text(args, 2, context)?);
    let error = sys_error(args.get(3..).unwrap_or_default(), context)?;
    Ok(answer::system_error(code, &about, &message, &error, context).into())
}

/// From the name of an errno, a system call, a path and a second one.
fn sys_error(args: &[JsValue], context: &mut Context) -> JsResult<SysError> {
    let errno = Errno::from_name(&text(args, 0, context)?).unwrap_or(Errno(libc::EINVAL));
    let mut error = SysError::new(errno, text(args, 1, context)?);
    let path = |value: JsValue| value.as_string().map(|p| PathBuf::from(p.to_std_string_lossy()));
    error.subject = match (path(arg(args, 2)), path(arg(args, 3))) {
        (Some(path), Some(dest)) => Subject::Paths(path, dest),
        (Some(path), None) => Subject::Path(path),
        _ => Subject::None,
    };
    Ok(error)
}

fn text(args: &[JsValue], index: usize, context: &mut Context) -> JsResult<String> {
    Ok(arg(args, index).to_string(context)?.to_std_string_lossy())
}

/// `fs._toUnixTimestamp(time, name)`: seconds since the epoch.
pub(super) fn to_unix_timestamp(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = arg(args, 0);
    let name = match arg(args, 1).as_string() {
        Some(name) => name.to_std_string_lossy(),
        None => "time".to_owned(),
    };
    if let Some(object) = value.as_object()
        && JsDate::from_object(object).is_ok()
    {
        return Ok((value.to_number(context)? / 1000.0).into());
    }
    let number = if value.is_string() { value.to_number(context)? } else { f64::NAN };
    let number = value.as_number().unwrap_or(number);
    if number.is_finite() {
        return Ok(number.into());
    }
    let expected = "an instance of Date or an Time in seconds";
    Err(validate::invalid_arg_type(context, &name, expected, &value))
}
