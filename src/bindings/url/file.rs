//! Paths of files as URLs, and back.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsUint8Array,
};

use super::{Record, domain, errors, percent};
use crate::engine::{
    builtins,
    errors::{Code, coded},
    natives::arg,
    validate,
};

/// What these functions need of a `file:` URL.
struct FileUrl {
    /// The `URL`, for errors that say which it was.
    object: JsObject,
    hostname: String,
    pathname: String,
}

/// `url.fileURLToPath(url, options)`.
pub(crate) fn file_url_to_path(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let windows = windows_option(args, context)?;
    let url = file_url(&arg(args, 0), context)?;
    refuse_slashes(&url, windows, context)?;
    if !windows {
        refuse_host(&url, context)?;
        return Ok(JsString::from(decoded(&url.pathname)?).into());
    }
    let path = decoded(&url.pathname.replace('/', "\\"))?;
    if !url.hostname.is_empty() {
        let path = format!("\\\\{}{path}", domain::unicode(&url.hostname));
        return Ok(JsString::from(path).into());
    }
    Ok(JsString::from(&path[drive(&url, path.as_bytes(), context)?..]).into())
}

/// `url.fileURLToPathBuffer(url, options)`: the path's bytes, whatever they are.
pub(super) fn file_url_to_path_buffer(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let windows = windows_option(args, context)?;
    let url = file_url(&arg(args, 0), context)?;
    if !windows {
        refuse_host(&url, context)?;
        return buffer(&percent::decoded(url.pathname.as_bytes()), context);
    }
    refuse_slashes(&url, windows, context)?;
    let path = percent::decoded(url.pathname.replace('/', "\\").as_bytes());
    if !url.hostname.is_empty() {
        let mut bytes = format!("\\\\{}", domain::unicode(&url.hostname)).into_bytes();
        bytes.extend(path);
        return buffer(&bytes, context);
    }
    let start = drive(&url, &path, context)?;
    buffer(&path[start..], context)
}

fn windows_option(args: &[JsValue], context: &mut Context) -> JsResult<bool> {
    let options = arg(args, 1);
    if options.is_null_or_undefined() {
        return Ok(false);
    }
    Ok(options.to_object(context)?.get(js_string!("windows"), context)?.to_boolean())
}

/// Decodes the argument: a text, or anything that looks like a `URL`.
fn file_url(value: &JsValue, context: &mut Context) -> JsResult<FileUrl> {
    if let Some(text) = value.as_string() {
        let text = text.to_std_string_lossy();
        let Some(record) = Record::parse(&text, None) else {
            return Err(errors::invalid_url(&text, None, context));
        };
        checked(&record.scheme, context)?;
        let (hostname, pathname) = (record.hostname(), record.pathname());
        return Ok(FileUrl { object: super::create(record, context)?, hostname, pathname });
    }
    let Some(object) = value.as_object().filter(|object| looks_like_url(object, context)) else {
        let expected = "of type string or an instance of URL";
        return Err(validate::invalid_arg_type(context, "path", expected, value));
    };
    let mut get = |name: &str| -> JsResult<JsString> {
        object.get(JsString::from(name), context)?.to_string(context)
    };
    let protocol = get("protocol")?.to_std_string_lossy();
    let (hostname, pathname) = (get("hostname")?, get("pathname")?);
    checked(protocol.strip_suffix(':').unwrap_or(&protocol), context)?;
    Ok(FileUrl {
        object: object.clone(),
        hostname: hostname.to_std_string_lossy(),
        pathname: pathname.to_std_string_lossy(),
    })
}

fn checked(scheme: &str, context: &mut Context) -> JsResult<()> {
    if scheme == "file" {
        return Ok(());
    }
    Err(coded(context, Code::ERR_INVALID_URL_SCHEME, "The URL must be of scheme file"))
}

/// A `URL` of any realm or package; what `url.parse()` returns is none.
pub(crate) fn looks_like_url(object: &JsObject, context: &mut Context) -> bool {
    let mut get = |name: &str| object.get(JsString::from(name), context).unwrap_or_default();
    get("href").to_boolean()
        && get("protocol").to_boolean()
        && get("auth").is_undefined()
        && get("path").is_undefined()
}

/// A host has no meaning to a POSIX system.
fn refuse_host(url: &FileUrl, context: &mut Context) -> JsResult<()> {
    if url.hostname.is_empty() {
        return Ok(());
    }
    let message = "File URL host must be \"localhost\" or empty on linux";
    Err(coded(context, Code::ERR_INVALID_FILE_URL_HOST, message))
}

/// An encoded slash would change its meaning when it is decoded.
fn refuse_slashes(url: &FileUrl, windows: bool, context: &mut Context) -> JsResult<()> {
    let path = url.pathname.to_ascii_lowercase();
    let reason = match windows {
        true if path.contains("%2f") || path.contains("%5c") => "\\ or /",
        false if path.contains("%2f") => "/",
        _ => return Ok(()),
    };
    let reason = format!("must not include encoded {reason} characters");
    Err(errors::invalid_file_path(&reason, url.object.clone(), context))
}

/// Where `C:` begins in `\C:\…`.
fn drive(url: &FileUrl, path: &[u8], context: &mut Context) -> JsResult<usize> {
    match path {
        [_, letter, b':', ..] if letter.is_ascii_alphabetic() => Ok(1),
        _ => Err(errors::invalid_file_path("must be absolute", url.object.clone(), context)),
    }
}

fn decoded(path: &str) -> JsResult<String> {
    percent::decode_component(path).ok_or_else(errors::malformed_uri)
}

fn buffer(bytes: &[u8], context: &mut Context) -> JsResult<JsValue> {
    let bytes = JsUint8Array::from_iter(bytes.iter().copied(), context)?;
    let module = builtins::load_object("buffer", context)?;
    let class = module.get(js_string!("Buffer"), context)?.to_object(context)?;
    let from = class.get(js_string!("from"), context)?.to_object(context)?;
    from.call(&class.into(), &[bytes.into()], context)
}

/// `url.pathToFileURL(path, options)`.
pub(super) fn path_to_file_url(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let windows = windows_option(args, context)?;
    let path = validate::string(&arg(args, 0), "path", context)?;
    let text = path.to_std_string_lossy();
    let mut resolved = match text.strip_prefix("\\\\?\\") {
        Some(path) if windows && !path.starts_with("UNC\\") => path.to_owned(),
        _ if windows && text.starts_with("\\\\") => text.clone(),
        _ => resolved(&path, windows, context)?,
    };
    if windows && resolved.starts_with("\\\\") {
        return network_path(&resolved, context);
    }
    // Resolving a path takes its last slash away.
    let slash = if windows { '\\' } else { '/' };
    let had_slash = text.ends_with('/') || windows && text.ends_with('\\');
    if had_slash && !resolved.ends_with(slash) {
        resolved.push('/');
    }
    let record = file_record("", &resolved, windows);
    Ok(super::create(record, context)?.into())
}

/// `path.posix.resolve(path)`, or that of `path.win32`.
fn resolved(path: &JsString, windows: bool, context: &mut Context) -> JsResult<String> {
    let module = if windows { "path/win32" } else { "path/posix" };
    let module = builtins::load_object(module, context)?;
    let resolve = module.get(js_string!("resolve"), context)?.to_object(context)?;
    let path = resolve.call(&module.into(), &[path.clone().into()], context)?;
    Ok(path.to_string(context)?.to_std_string_lossy())
}

/// `\\server\share\file`, also with the prefix `\\?\UNC\`.
fn network_path(path: &str, context: &mut Context) -> JsResult<JsValue> {
    let start = if path.starts_with("\\\\?\\UNC\\") { "\\\\?\\UNC\\".len() } else { 2 };
    let reason = match path[start..].find('\\') {
        None => "Missing UNC resource path",
        Some(0) => "Empty UNC servername",
        Some(length) => {
            let (server, resource) = path[start..].split_at(length);
            let record = file_record(server, resource, true);
            if record.host.as_deref() == Some("") && server != "localhost" {
                return Err(errors::invalid_url(path, None, context));
            }
            return Ok(super::create(record, context)?.into());
        }
    };
    let shown = JsString::from(path).into();
    Err(validate::invalid_arg_value(context, "path", &shown, reason))
}

/// The URL of an absolute path; a server that cannot be a host is left out.
fn file_record(server: &str, path: &str, windows: bool) -> Record {
    let path = if windows { path.replace('\\', "/") } else { path.to_owned() };
    let mut record =
        Record { scheme: "file".to_owned(), host: Some(String::new()), ..Record::default() };
    record.set_hostname(server);
    record.set_pathname(&percent::encoded(&path, percent::Set::FileName));
    record
}
