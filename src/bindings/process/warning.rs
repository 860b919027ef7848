//! `process.emitWarning` and what is printed of warnings.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};

use super::{ProcessState, emit};
use crate::{
    bindings::console,
    engine::{
        natives::{arg, define_value},
        observer::{self, HostEvent},
        script_error::ScriptError,
        state, validate,
    },
    sys::{files, identity},
};

/// What `emitWarning` was given, decoded.
struct Warning {
    kind: JsString,
    code: Option<JsString>,
    detail: Option<JsString>,
}

/// `process.emitWarning(warning, type | options, code, ctor)`.
pub(super) fn emit_warning(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let process = super::state(context);
    let fields = decode(args, context)?;
    if fields.kind == js_string!("DeprecationWarning") && no_deprecation(&process, context)? {
        return Ok(JsValue::undefined());
    }
    let error = warning_object(&arg(args, 0), fields, context)?;
    let is_deprecation = error
        .get(js_string!("name"), context)?
        .strict_equals(&js_string!("DeprecationWarning").into());
    if is_deprecation {
        if no_deprecation(&process, context)? {
            return Ok(JsValue::undefined());
        }
        if flag(&process, "throwDeprecation", process.launch.reports.throw_deprecation, context)? {
            state::of(context).ticks.push_native(move |_| Err(JsError::from_opaque(error.into())));
            return Ok(JsValue::undefined());
        }
    }
    state::of(context).ticks.push_native(move |context| {
        let process = super::state(context);
        tell_host(&error, context);
        emit(&process.object, "warning", &[error.into()], context).map(drop)
    });
    Ok(JsValue::undefined())
}

fn tell_host(warning: &JsObject, context: &mut Context) {
    if !state::of(context).observer.is_there() {
        return;
    }
    let ScriptError { name, message, code, .. } =
        ScriptError::of_value(&warning.clone().into(), context);
    observer::tell(context, || HostEvent::Warning { name, message, code });
}

/// `process.noDeprecation` and its relatives may be set by the program; the command line gives
/// their value where it did not.
fn flag(process: &ProcessState, name: &str, given: bool, context: &mut Context) -> JsResult<bool> {
    let value = process.object.get(JsString::from(name), context)?;
    Ok(if value.is_undefined() { given } else { value.to_boolean() })
}

fn no_deprecation(process: &ProcessState, context: &mut Context) -> JsResult<bool> {
    flag(process, "noDeprecation", process.launch.reports.no_deprecation, context)
}

fn decode(args: &[JsValue], context: &mut Context) -> JsResult<Warning> {
    let (mut kind, mut code, mut detail) = (arg(args, 1), arg(args, 2), JsValue::undefined());
    if let Some(options) =
        kind.as_object().filter(|object| !object.is_array() && !object.is_callable())
    {
        code = options.get(js_string!("code"), context)?;
        detail = options.get(js_string!("detail"), context)?;
        kind = options.get(js_string!("type"), context)?;
    } else if kind.is_callable() {
        kind = JsValue::undefined();
        code = JsValue::undefined();
    }
    if code.is_callable() {
        code = JsValue::undefined();
    }
    let kind = if kind.is_undefined() {
        js_string!("Warning")
    } else {
        validate::string(&kind, "type", context)?
    };
    let code =
        if code.is_undefined() { None } else { Some(validate::string(&code, "code", context)?) };
    Ok(Warning { kind, code, detail: detail.as_string() })
}

fn warning_object(given: &JsValue, fields: Warning, context: &mut Context) -> JsResult<JsObject> {
    if let Some(text) = given.as_string() {
        let error = new_error(&text, context)?;
        define_value(&error, js_string!("name"), fields.kind, true);
        if let Some(code) = fields.code {
            define_value(&error, js_string!("code"), code, true);
        }
        if let Some(detail) = fields.detail {
            define_value(&error, js_string!("detail"), detail, true);
        }
        return Ok(error);
    }
    match given.as_object() {
        Some(error) if is_error(&error, context)? => Ok(error),
        _ => {
            let expected = "of type string or an instance of Error";
            Err(validate::invalid_arg_type(context, "warning", expected, given))
        }
    }
}

fn is_error(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    let constructor = context.intrinsics().constructors().error().constructor();
    JsValue::from(object.clone()).instance_of(&constructor.into(), context)
}

fn new_error(message: &JsString, context: &mut Context) -> JsResult<JsObject> {
    let constructor = context.intrinsics().constructors().error().constructor();
    constructor.construct(&[message.clone().into()], None, context)
}

/// Warns from native code: a message, the warning's type, its code.
pub(crate) fn warn(
    message: &str,
    kind: &str,
    code: Option<&str>,
    context: &mut Context,
) -> JsResult<()> {
    let code = code.map_or(JsValue::undefined(), |code| JsString::from(code).into());
    let args = [JsString::from(message).into(), JsString::from(kind).into(), code];
    let process = super::state(context).object.clone();
    let emit_warning = process.get(js_string!("emitWarning"), context)?;
    match emit_warning.as_callable() {
        Some(function) => function.call(&process.into(), &args, context).map(drop),
        None => Ok(()),
    }
}

/// The listener that every program has for `warning`: prints to standard error.
pub(super) fn on_warning(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(warning) = arg(args, 0).as_object() else { return Ok(JsValue::undefined()) };
    if !is_error(&warning, context)? {
        return Ok(JsValue::undefined());
    }
    let process = super::state(context);
    let name = warning.get(js_string!("name"), context)?;
    let is_deprecation = name.strict_equals(&js_string!("DeprecationWarning").into());
    if is_deprecation && no_deprecation(&process, context)? {
        return Ok(JsValue::undefined());
    }
    let code = warning.get(js_string!("code"), context)?;
    if is_disabled(&process, &name) || is_disabled(&process, &code) {
        return Ok(JsValue::undefined());
    }
    let trace = process.launch.reports.trace_warnings
        || (is_deprecation
            && flag(
                &process,
                "traceDeprecation",
                process.launch.reports.trace_deprecation,
                context,
            )?);
    let text = printed(&warning, trace, &process, is_deprecation, context)?;
    publish(&text, &process, context)?;
    Ok(JsValue::undefined())
}

/// `--disable-warning` names it, by its name or its code.
fn is_disabled(process: &ProcessState, name_or_code: &JsValue) -> bool {
    let given = name_or_code.as_string().map(|text| text.to_std_string_lossy());
    given.is_some_and(|given| process.launch.reports.disabled.contains(&given))
}

/// Appends to the file that warnings go to; prints where there is none, or where it fails.
fn publish(text: &str, process: &ProcessState, context: &mut Context) -> JsResult<()> {
    if let Some(path) = &process.launch.reports.redirected_to
        && files::append(path, text.as_bytes()).is_ok()
    {
        return Ok(());
    }
    console::error_line(text, context)
}

fn printed(
    warning: &JsObject,
    trace: bool,
    process: &ProcessState,
    is_deprecation: bool,
    context: &mut Context,
) -> JsResult<String> {
    let mut text = format!("(node:{}) ", identity::pid());
    let code = warning.get(js_string!("code"), context)?;
    if code.to_boolean() {
        text.push_str(&format!("[{}] ", code.to_string(context)?.to_std_string_lossy()));
    }
    let stack = warning.get(js_string!("stack"), context)?;
    if trace && stack.to_boolean() {
        text.push_str(&stack.to_string(context)?.to_std_string_lossy());
    } else {
        text.push_str(&header(warning, context)?.to_std_string_lossy());
    }
    let detail = warning.get(js_string!("detail"), context)?;
    if let Some(detail) = detail.as_string() {
        text.push('\n');
        text.push_str(&detail.to_std_string_lossy());
    }
    if !trace && !process.trace_hint_given.replace(true) {
        let option = if is_deprecation { "--trace-deprecation" } else { "--trace-warnings" };
        text.push_str(&format!(
            "\n(Use `{} {option} ...` to show where the warning was created)",
            std::path::Path::new(&process.launch.argv0)
                .file_name()
                .map_or_else(|| "rjs".into(), |name| name.to_string_lossy())
        ));
    }
    text.push('\n');
    Ok(text)
}

/// What the warning's own `toString` says; `Error`'s where it has none.
fn header(warning: &JsObject, context: &mut Context) -> JsResult<JsString> {
    let mut to_string = warning.get(js_string!("toString"), context)?;
    if !to_string.is_callable() {
        let prototype = context.intrinsics().constructors().error().prototype();
        to_string = prototype.get(js_string!("toString"), context)?;
    }
    to_string.to_object(context)?.call(&warning.clone().into(), &[], context)?.to_string(context)
}

/// The warnings of a rejection that nobody handled, in the modes that warn.
pub(super) fn unhandled_rejection(reason: &JsValue, context: &mut Context) -> JsResult<()> {
    let process = super::state(context);
    let id = process.rejections_warned.get() + 1;
    process.rejections_warned.set(id);
    let stack = match reason.as_object() {
        Some(object) => object.get(js_string!("stack"), context)?,
        None => JsValue::undefined(),
    };
    let shown = match stack.as_string() {
        Some(stack) => stack.to_std_string_lossy(),
        None => validate::shown(reason, context),
    };
    warn(&shown, "UnhandledPromiseRejectionWarning", None, context)?;
    let message = format!(
        "Unhandled promise rejection. This error originated either by throwing inside of an async \
         function without a catch block, or by rejecting a promise which was not handled with .catch(). \
         To terminate the node process on unhandled promise rejection, use the CLI flag \
         `--unhandled-rejections=strict` (see \
         https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). (rejection id: {id})"
    );
    warn(&message, "UnhandledPromiseRejectionWarning", None, context)
}

/// The warning of a rejection that was reported and is handled now.
pub(super) fn handled_late(context: &mut Context) -> JsResult<()> {
    let process = super::state(context);
    let id = process.rejections_warned.get();
    let message = format!("Promise rejection was handled asynchronously (rejection id: {id})");
    warn(&message, "PromiseRejectionHandledWarning", None, context)
}
