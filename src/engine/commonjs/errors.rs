//! What the loader throws.

use std::path::Path;

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::resolve::ResolveError;
use crate::engine::{
    errors::{Code, coded, coded_object},
    natives::define_value,
    permission::{self, Scope},
};

/// `MODULE_NOT_FOUND`, with the chain of modules that led to the request.
pub(super) fn not_found(
    request: &str,
    parent: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<JsError> {
    let stack = require_stack(parent, context)?;
    let mut message = format!("Cannot find module '{request}'");
    if !stack.is_empty() {
        message.push_str("\nRequire stack:\n- ");
        let names: Vec<_> = stack.iter().map(JsString::to_std_string_lossy).collect();
        message.push_str(&names.join("\n- "));
    }
    let error = coded_object(context, Code::MODULE_NOT_FOUND, message);
    let stack = JsArray::from_iter(stack.into_iter().map(JsValue::from), context);
    define_value(&error, js_string!("requireStack"), stack, true);
    Ok(JsError::from_opaque(error.into()))
}

/// The file names (or ids) of the modules from `parent` to the main one.
fn require_stack(parent: Option<&JsObject>, context: &mut Context) -> JsResult<Vec<JsString>> {
    let mut stack = Vec::new();
    let mut cursor = parent.cloned();
    while let Some(module) = cursor {
        let mut name = module.get(js_string!("filename"), context)?;
        if !name.to_boolean() {
            name = module.get(js_string!("id"), context)?;
        }
        stack.push(name.to_string(context)?);
        cursor = super::class::parent_of(&module);
    }
    Ok(stack)
}

/// The JavaScript error of a failed resolution.
pub(super) fn from_resolve(error: ResolveError, context: &mut Context) -> JsError {
    from_resolve_of(error, None, context)
}

/// As [`from_resolve`], where the error says which file asked.
pub(super) fn from_resolve_of(
    error: ResolveError,
    from: Option<&str>,
    context: &mut Context,
) -> JsError {
    match &error {
        ResolveError::Denied(path) => {
            permission::denied(Scope::FsRead, &path.to_string_lossy(), context)
        }
        ResolveError::ExportedFileMissing { package, .. } => {
            missing(describe(&error, None).1, package, None, context)
        }
        ResolveError::MainMissing { package, request, .. } => {
            missing(describe(&error, None).1, package, Some(request), context)
        }
        // `require` names the URL, `import` its path.
        ResolveError::EncodedSeparator { path } => {
            let path = format!("file://{}", path.display()).into();
            let (code, message) = describe(&ResolveError::EncodedSeparator { path }, from);
            coded(context, code, message)
        }
        _ => {
            let (code, message) = describe(&error, from);
            coded(context, code, message)
        }
    }
}

/// Code and message of a failed resolution. ES modules say who asked: `from`.
pub(in crate::engine) fn describe(error: &ResolveError, from: Option<&str>) -> (Code, String) {
    let from = from.map_or_else(String::new, |from| format!(" imported from {from}"));
    match error {
        ResolveError::Denied(path) => {
            (Code::ERR_ACCESS_DENIED, format!("Access to {} has been restricted.", path.display()))
        }
        ResolveError::InvalidPackageConfig { path, reason } => {
            let mut message = format!("Invalid package config {}.", path.display());
            if let Some(reason) = reason {
                message.push(' ');
                message.push_str(reason);
            }
            (Code::ERR_INVALID_PACKAGE_CONFIG, message)
        }
        ResolveError::InvalidPackageTarget { field, target, key, package } => {
            let is_relative = target == "\"\"" || target.starts_with("\"./");
            let hint = if *field == "exports" && !is_relative {
                "; targets must start with \"./\""
            } else {
                ""
            };
            let at = if key == "." {
                format!("Invalid \"{field}\" main target {target}")
            } else {
                format!("Invalid \"{field}\" target {target} defined for '{key}'")
            };
            let message = format!("{at} in the package config {}{from}{hint}", package.display());
            (Code::ERR_INVALID_PACKAGE_TARGET, message)
        }
        ResolveError::InvalidSpecifier { specifier, pattern, field, package } => {
            let message = format!(
                "Invalid module \"{specifier}\" request is not a valid match in pattern \"{pattern}\" for \
                 the \"{field}\" resolution of {}{from}",
                package.display()
            );
            (Code::ERR_INVALID_MODULE_SPECIFIER, message)
        }
        ResolveError::EncodedSeparator { path } => {
            let path = path.display();
            let message = format!(
                "Invalid module \"{path}\" must not include encoded \"/\" or \"\\\" characters{from}"
            );
            (Code::ERR_INVALID_MODULE_SPECIFIER, message)
        }
        ResolveError::InvalidImport { specifier } => {
            let message = format!(
                "Invalid module \"{specifier}\" is not a valid internal imports specifier name{from}"
            );
            (Code::ERR_INVALID_MODULE_SPECIFIER, message)
        }
        ResolveError::PathNotExported { package, subpath } => {
            let what = match &**subpath {
                "." => "No \"exports\" main defined in".to_owned(),
                _ => format!("Package subpath '{subpath}' is not defined by \"exports\" in"),
            };
            let message = format!("{what} {}{from}", package.display());
            (Code::ERR_PACKAGE_PATH_NOT_EXPORTED, message)
        }
        ResolveError::ImportNotDefined { specifier, package } => {
            let message = format!(
                "Package import specifier \"{specifier}\" is not defined in package {}{from}",
                package.display()
            );
            (Code::ERR_PACKAGE_IMPORT_NOT_DEFINED, message)
        }
        ResolveError::ExportedFileMissing { file, .. } => {
            (Code::MODULE_NOT_FOUND, format!("Cannot find module '{}'{from}", file.display()))
        }
        ResolveError::MainMissing { file, .. } => {
            let message = format!(
                "Cannot find module '{}'. Please verify that the package.json has a valid \"main\" entry",
                file.display()
            );
            (Code::MODULE_NOT_FOUND, message)
        }
    }
}

fn missing(message: String, path: &Path, request: Option<&str>, context: &mut Context) -> JsError {
    let error = coded_object(context, Code::MODULE_NOT_FOUND, message);
    define_value(&error, js_string!("path"), JsString::from(&*path.to_string_lossy()), true);
    if let Some(request) = request {
        define_value(&error, js_string!("requestPath"), JsString::from(request), true);
    }
    JsError::from_opaque(error.into())
}
