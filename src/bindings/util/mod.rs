//! `util`.
//!
//! What programs use all the time is native; parts that are big and rare are JavaScript, loaded when
//! they are first touched.

mod call_sites;
mod callbackify;
mod debuglog;
mod deprecated;
mod diff;
pub(crate) mod dotenv;
mod errnos;
mod inherits;
mod lazy;
pub(crate) mod promisify;
mod style_text;
mod text;
mod types;

pub(crate) use promisify::{define_promisified, name_values};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{deep_equal, inspect::inspect_function};
use crate::engine::natives::{Method, arg, define_methods, define_value, function};

/// In Node's order, up to the properties that are no functions of ours.
const METHODS: &[Method] = &[
    ("_errnoException", 0, errnos::errno_exception),
    ("_exceptionWithHostPort", 0, errnos::exception_with_host_port),
    ("_extend", 2, deprecated::extend),
    ("callbackify", 1, callbackify::callbackify),
    ("convertProcessSignalToExitCode", 1, errnos::convert_process_signal_to_exit_code),
    ("debug", 2, debuglog::debuglog),
    ("debuglog", 2, debuglog::debuglog),
    ("deprecate", 3, deprecated::deprecate),
    ("format", 0, text::format_values),
    ("styleText", 3, style_text::style_text),
    ("formatWithOptions", 1, text::format_values_with_options),
    ("getCallSites", 0, call_sites::get_call_sites),
    ("getSystemErrorMap", 0, errnos::get_system_error_map),
    ("getSystemErrorName", 1, errnos::get_system_error_name),
    ("getSystemErrorMessage", 1, errnos::get_system_error_message),
    ("inherits", 2, inherits::inherits),
];

const MORE_METHODS: &[Method] = &[
    ("isArray", 1, deprecated::is_array),
    ("isDeepStrictEqual", 3, is_deep_strict_equal),
    ("promisify", 1, promisify::promisify),
    ("stripVTControlCharacters", 1, text::strip_vt_control_characters),
    ("toUSVString", 1, text::to_usv_string),
];

/// Properties that load a builtin: name, builtin.
const LAZY: &[(&str, &str)] = &[
    ("transferableAbortSignal", "internal/util/abort"),
    ("transferableAbortController", "internal/util/abort"),
    ("aborted", "internal/util/abort"),
];

const MORE_LAZY: &[(&str, &str)] = &[
    ("parseArgs", "internal/util/parse_args"),
    ("TextDecoder", "internal/encoding"),
    ("TextEncoder", "internal/encoding"),
    ("MIMEType", "internal/util/mime"),
    ("MIMEParams", "internal/util/mime"),
];

/// The builtin `util`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = JsObject::with_object_proto(context.intrinsics());
    define_methods(&exports, METHODS, true, context);
    let debuglog = exports.get(js_string!("debuglog"), context)?;
    define_value(&exports, js_string!("debug"), debuglog, true);
    define_value(&exports, js_string!("inspect"), inspect_function(context), true);
    define_methods(&exports, MORE_METHODS, true, context);
    promisify::define_custom(&exports, context)?;
    lazy::define(&exports, LAZY, context);
    define_value(&exports, js_string!("types"), types::object(context), true);
    let parse_env = function("parseEnv", 1, dotenv::parse_env, context);
    define_value(&exports, js_string!("parseEnv"), parse_env, true);
    lazy::define(&exports, MORE_LAZY, context);
    define_value(&exports, js_string!("diff"), function("diff", 2, diff::diff, context), true);
    let trace = function("setTraceSigInt", 1, |_, _, _| Ok(JsValue::undefined()), context);
    define_value(&exports, js_string!("setTraceSigInt"), trace, true);
    Ok(exports.into())
}

/// The builtin `util/types`.
pub(crate) fn types_exports(context: &mut Context) -> JsResult<JsValue> {
    let util = crate::engine::builtins::load_object("util", context)?;
    util.get(js_string!("types"), context)
}

/// `util.isDeepStrictEqual(a, b, skipPrototype)`.
fn is_deep_strict_equal(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mode = if arg(args, 2).to_boolean() {
        deep_equal::Mode::StrictWithoutPrototypes
    } else {
        deep_equal::Mode::Strict
    };
    deep_equal::deep_equal(&arg(args, 0), &arg(args, 1), mode, context).map(JsValue::from)
}
