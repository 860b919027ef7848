//! The options beside the command: what limits a child and how it is talked to; no system call
//! happens here.
//!
//! Source: Node's documentation, "Child process".

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue};

use super::{
    command::Command,
    decoding::{self, without_nul},
    kill::KillOptions,
    stdio::{self, Mode, Stdio},
};
use crate::{
    bindings::{abort, process::signal_number},
    engine::{
        errors::{Code, coded},
        validate,
    },
    ipc::codec::Serialization,
};

/// `forceKillAfterDelay: true`, in milliseconds.
const FORCE_AFTER: u64 = 5000;

const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// Everything that `spawn` needs to know.
pub(super) struct SpawnOptions {
    pub(super) command: Command,
    pub(super) stdio: Stdio,
    pub(super) serialization: Serialization,
    pub(super) timeout: Option<u64>,
    pub(super) kill_signal: i32,
    pub(super) abort_signal: Option<JsObject>,
    pub(super) kill_options: KillOptions,
    /// `closeGrace`: so long after the exit, in milliseconds, the streams are destroyed.
    pub(super) close_grace: Option<u64>,
    /// `explainErrors`: an error tells whether it was the working directory that is missing.
    pub(super) explains: bool,
}

/// A property of an options object that is its own: options are never taken from a polluted
/// `Object.prototype`.
pub(super) fn own(options: &JsObject, name: &str, context: &mut Context) -> JsResult<JsValue> {
    let key = JsString::from(name);
    if options.has_own_property(key.clone(), context)? {
        return options.get(key, context);
    }
    // A prototype of the program's own making counts as given.
    let given = options.get(key.clone(), context)?;
    let base = context.intrinsics().constructors().object().prototype();
    if base.has_own_property(key, context)? { Ok(JsValue::undefined()) } else { Ok(given) }
}

/// Decodes the options of `spawn` for a command whose file and list are known.
pub(super) fn decode(
    file: String,
    list: Vec<JsValue>,
    options: &JsObject,
    context: &mut Context,
) -> JsResult<SpawnOptions> {
    let command = decoding::decode(file, list, options, context)?;
    beside(command, options, context)
}

/// Decodes the options beside a command.
pub(super) fn beside(
    command: Command,
    options: &JsObject,
    context: &mut Context,
) -> JsResult<SpawnOptions> {
    let timeout = timeout(options, context)?;
    let abort_signal = abort_signal(options, context)?;
    let kill_signal = kill_signal(options, context)?;
    let serialization = serialization(options, context)?;
    let stdio = own(options, "stdio", context)?;
    let stdio = stdio::decode(&stdio, Mode::Async, context)?;
    let kill_options = KillOptions {
        tree: flag(options, "killTree", context)?.unwrap_or(false),
        force_after: delay(options, "forceKillAfterDelay", Some(FORCE_AFTER), context)?,
    };
    let close_grace = delay(options, "closeGrace", None, context)?;
    let explains = flag(options, "explainErrors", context)?.unwrap_or(false);
    Ok(SpawnOptions {
        command,
        stdio,
        serialization,
        timeout,
        kill_signal,
        abort_signal,
        kill_options,
        close_grace,
        explains,
    })
}

/// An option that is true or false, if it is given.
pub(super) fn flag(
    options: &JsObject,
    name: &str,
    context: &mut Context,
) -> JsResult<Option<bool>> {
    let value = own(options, name, context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    validate::boolean(&value, &format!("options.{name}"), context).map(Some)
}

/// An option that is text without NUL, if it is given.
pub(super) fn text(
    options: &JsObject,
    name: &str,
    context: &mut Context,
) -> JsResult<Option<String>> {
    let value = own(options, name, context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    let full = format!("options.{name}");
    let text = validate::string(&value, &full, context)?;
    without_nul(&text, &full, context).map(Some)
}

/// An option that is a number of milliseconds; true stands for `usual`, where there is one.
fn delay(
    options: &JsObject,
    name: &str,
    usual: Option<u64>,
    context: &mut Context,
) -> JsResult<Option<u64>> {
    let value = own(options, name, context)?;
    match value.as_boolean() {
        _ if value.is_null_or_undefined() => Ok(None),
        Some(false) => Ok(None),
        Some(true) if usual.is_some() => Ok(usual),
        _ => {
            let full = format!("options.{name}");
            let number = validate::integer(&value, &full, 0.0, MAX_SAFE, context)?;
            Ok(Some(number as u64))
        }
    }
}

/// `options.timeout` in milliseconds; 0 is none.
pub(super) fn timeout(options: &JsObject, context: &mut Context) -> JsResult<Option<u64>> {
    let value = own(options, "timeout", context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    let number = validate::integer(&value, "timeout", 0.0, MAX_SAFE, context)?;
    Ok((number > 0.0).then_some(number as u64))
}

/// `options.killSignal` by its number.
pub(super) fn kill_signal(options: &JsObject, context: &mut Context) -> JsResult<i32> {
    let value = own(options, "killSignal", context)?;
    if value.is_null_or_undefined() {
        return Ok(libc::SIGTERM);
    }
    if !value.is_string() && !value.is_number() {
        let expected = "one of type string or number";
        return Err(validate::invalid_arg_type(context, "options.killSignal", expected, &value));
    }
    // What is neither true nor a signal: 0 and the empty string.
    if !value.to_boolean() {
        return Err(unknown_signal(&value, context));
    }
    valid_signal(&value, context)
}

/// `options.maxBuffer` in bytes; `None` for as many as there are.
pub(super) fn max_buffer(options: &JsObject, context: &mut Context) -> JsResult<Option<f64>> {
    let value = own(options, "maxBuffer", context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    validate::number_at_least(&value, "options.maxBuffer", 0.0, context).map(Some)
}

/// The number of a signal: a name in any case, or a number that some signal has.
pub(super) fn valid_signal(value: &JsValue, context: &mut Context) -> JsResult<i32> {
    if let Some(name) = value.as_string() {
        let upper: JsValue = JsString::from(name.to_std_string_lossy().to_uppercase()).into();
        return signal_number(&upper, context).map_err(|_| unknown_signal(value, context));
    }
    let number = value.as_number().filter(|number| {
        number.fract() == 0.0
            && (*number == 0.0 || crate::sys::signals::name(*number as i32).is_some())
    });
    number.map(|number| number as i32).ok_or_else(|| unknown_signal(value, context))
}

fn unknown_signal(value: &JsValue, context: &mut Context) -> JsError {
    let shown = match value.as_string() {
        Some(name) => name.to_std_string_lossy(),
        None => validate::shown(value, context),
    };
    coded(context, Code::ERR_UNKNOWN_SIGNAL, format!("Unknown signal: {shown}"))
}

fn abort_signal(options: &JsObject, context: &mut Context) -> JsResult<Option<JsObject>> {
    let value = own(options, "signal", context)?;
    abort::validate_signal(&value, "options.signal", context)
}

fn serialization(options: &JsObject, context: &mut Context) -> JsResult<Serialization> {
    let value = own(options, "serialization", context)?;
    let name = match value.as_string() {
        _ if value.is_undefined() => return Ok(Serialization::Json),
        Some(name) => name.to_std_string_lossy(),
        None => String::new(),
    };
    match Serialization::from_name(&name) {
        Some(serialization) => Ok(serialization),
        None => {
            let reason = "must be one of: undefined, 'json', 'advanced'";
            Err(validate::invalid_arg_value(context, "options.serialization", &value, reason))
        }
    }
}
