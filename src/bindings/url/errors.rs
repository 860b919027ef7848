//! The errors of `url`, worded as Node words them.

use boa_engine::{Context, JsError, JsNativeError, JsObject, JsString, js_string};

use crate::engine::{
    errors::{Code, coded, coded_object},
    natives::define_value,
};

/// `ERR_INVALID_URL`, with what was parsed. Node makes it in C++: its stack does not name the code.
pub(super) fn invalid_url(input: &str, base: Option<&str>, context: &mut Context) -> JsError {
    let error = JsNativeError::typ().with_message("Invalid URL").into_opaque(context);
    let code = JsString::from(Code::ERR_INVALID_URL.name());
    define_value(&error, js_string!("code"), code, true);
    define_value(&error, js_string!("input"), JsString::from(input), true);
    if let Some(base) = base {
        define_value(&error, js_string!("base"), JsString::from(base), true);
    }
    JsError::from_opaque(error.into())
}

/// `ERR_MISSING_ARGS` for these names.
pub(super) fn missing_args(names: &[&str], context: &mut Context) -> JsError {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let noun = if names.len() == 1 { "argument" } else { "arguments" };
    let message = format!("The {} {noun} must be specified", quoted.join(" and "));
    coded(context, Code::ERR_MISSING_ARGS, message)
}

/// `ERR_INVALID_THIS`.
pub(super) fn invalid_this(class: &str, context: &mut Context) -> JsError {
    let message = format!("Value of \"this\" must be of type {class}");
    coded(context, Code::ERR_INVALID_THIS, message)
}

/// `ERR_INVALID_FILE_URL_PATH`, with the URL.
pub(super) fn invalid_file_path(reason: &str, url: JsObject, context: &mut Context) -> JsError {
    let message = format!("File URL path {reason}");
    let error = coded_object(context, Code::ERR_INVALID_FILE_URL_PATH, message);
    define_value(&error, js_string!("input"), url, true);
    JsError::from_opaque(error.into())
}

/// What `decodeURIComponent` throws.
pub(super) fn malformed_uri() -> JsError {
    JsNativeError::uri().with_message("URI malformed").into()
}
