//! The options of `fork` and `spawn`, decoded and validated; no system call happens here.
//!
//! Source: Node's documentation, "Child process".

use std::ffi::CString;

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};

use super::stdio::{self, Slot};
use crate::{
    bindings::{abort, process::signal_number},
    engine::{
        errors::{Code, coded},
        validate,
    },
    ipc::codec::Serialization,
};

const MAX_SAFE: f64 = 9_007_199_254_740_991.0;
const MAX_ID: f64 = 2_147_483_647.0;

/// Everything that `spawn` needs to know.
pub(super) struct SpawnOptions {
    pub(super) file: String,
    /// The zeroth argument first.
    pub(super) args: Vec<JsValue>,
    pub(super) argv: Vec<CString>,
    pub(super) cwd: Option<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) stdio: Vec<Slot>,
    pub(super) detached: bool,
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) serialization: Serialization,
    pub(super) timeout: Option<u64>,
    pub(super) kill_signal: i32,
    pub(super) abort_signal: Option<JsObject>,
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

/// Decodes what `spawn(file, args, options)` was given.
pub(super) fn decode(
    file: &JsValue,
    args: Vec<JsValue>,
    options: &JsObject,
    context: &mut Context,
) -> JsResult<SpawnOptions> {
    let file = file_name(file, context)?;
    let argv = arguments(&args, context)?;
    let cwd = cwd(options, context)?;
    let detached = flag(options, "detached", context)?.unwrap_or(false);
    let uid = id(options, "uid", context)?;
    let gid = id(options, "gid", context)?;
    refuse_shell(options, context)?;
    let argv0 = own(options, "argv0", context)?;
    let zeroth = if argv0.is_null_or_undefined() {
        file.clone()
    } else {
        let text = validate::string(&argv0, "options.argv0", context)?;
        without_nul(&text, "options.argv0", context)?
    };
    flag(options, "windowsHide", context)?;
    flag(options, "windowsVerbatimArguments", context)?;
    let env = environment(options, context)?;
    let timeout = timeout(options, context)?;
    let kill_signal = kill_signal(options, context)?;
    let abort_signal = abort_signal(options, context)?;
    let serialization = serialization(options, context)?;
    let stdio = own(options, "stdio", context)?;
    let stdio = stdio::decode(&stdio, context)?;
    let mut shown = vec![JsString::from(zeroth.as_str()).into()];
    shown.extend(args);
    let mut all = vec![c_string(&zeroth)];
    all.extend(argv);
    Ok(SpawnOptions {
        file,
        args: shown,
        argv: all,
        cwd,
        env,
        stdio,
        detached,
        uid,
        gid,
        serialization,
        timeout,
        kill_signal,
        abort_signal,
    })
}

fn file_name(file: &JsValue, context: &mut Context) -> JsResult<String> {
    let text = validate::string(file, "file", context)?;
    if text.is_empty() {
        return Err(validate::invalid_arg_value(context, "file", file, "cannot be empty"));
    }
    without_nul(&text, "file", context)
}

fn arguments(args: &[JsValue], context: &mut Context) -> JsResult<Vec<CString>> {
    let mut out = Vec::with_capacity(args.len());
    for (index, value) in args.iter().enumerate() {
        let text = value.to_string(context)?;
        let text = without_nul(&text, &format!("args[{index}]"), context)?;
        out.push(c_string(&text));
    }
    Ok(out)
}

/// Text that the system can take.
fn without_nul(text: &JsString, name: &str, context: &mut Context) -> JsResult<String> {
    let plain = text.to_std_string_lossy();
    if plain.contains('\0') {
        let value = text.clone().into();
        let reason = "must be a string without null bytes";
        return Err(validate::invalid_arg_value(context, name, &value, reason));
    }
    Ok(plain)
}

/// Only for text that [`without_nul`] has passed.
pub(super) fn c_string(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}

fn cwd(options: &JsObject, context: &mut Context) -> JsResult<Option<String>> {
    let value = own(options, "cwd", context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    path(&value, "options.cwd", context).map(Some)
}

/// A path: text, or a `file:` URL.
pub(super) fn path(value: &JsValue, name: &str, context: &mut Context) -> JsResult<String> {
    if let Some(text) = value.as_string() {
        let plain = text.to_std_string_lossy();
        if plain.contains('\0') {
            let reason = "must be a string, Uint8Array, or URL without null bytes";
            return Err(validate::invalid_arg_value(context, name, value, reason));
        }
        return Ok(plain);
    }
    if let Some(object) = value.as_object()
        && let Some(href) = object.get(js_string!("href"), context)?.as_string()
    {
        let url = url::Url::parse(&href.to_std_string_lossy()).ok();
        let file = url.filter(|url| url.scheme() == "file").and_then(|url| url.to_file_path().ok());
        return match file {
            Some(file) => Ok(file.to_string_lossy().into_owned()),
            None => {
                Err(coded(context, Code::ERR_INVALID_URL_SCHEME, "The URL must be of scheme file"))
            }
        };
    }
    let expected = "of type string or an instance of Buffer or URL";
    Err(validate::invalid_arg_type(context, name, expected, value))
}

fn flag(options: &JsObject, name: &str, context: &mut Context) -> JsResult<Option<bool>> {
    let value = own(options, name, context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    validate::boolean(&value, &format!("options.{name}"), context).map(Some)
}

fn id(options: &JsObject, name: &str, context: &mut Context) -> JsResult<Option<u32>> {
    let value = own(options, name, context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    let full = format!("options.{name}");
    let number = validate::integer(&value, &full, -MAX_ID - 1.0, MAX_ID, context)?;
    Ok(Some(number as i64 as u32))
}

/// A shell comes with the issue that brings pipes; silently running without one would be worse.
fn refuse_shell(options: &JsObject, context: &mut Context) -> JsResult<()> {
    let shell = own(options, "shell", context)?;
    if !shell.is_null_or_undefined() && !shell.is_boolean() && !shell.is_string() {
        let expected = "one of type boolean or string";
        return Err(validate::invalid_arg_type(context, "options.shell", expected, &shell));
    }
    if shell.to_boolean() {
        return Err(unavailable("options.shell", context));
    }
    Ok(())
}

/// What this version does not have, said plainly.
pub(super) fn unavailable(what: &str, context: &mut Context) -> JsError {
    let message = format!("{what} is not available in this version of rjs");
    coded(context, Code::ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, message)
}

/// `options.env`, else the program's own: every enumerable property, `undefined` left out.
fn environment(options: &JsObject, context: &mut Context) -> JsResult<Vec<(String, String)>> {
    let given = own(options, "env", context)?;
    let env = match given.as_object() {
        Some(env) => env,
        None => crate::bindings::process::state(context)
            .object
            .get(js_string!("env"), context)?
            .to_object(context)?,
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for key in enumerable_keys(&env, context)? {
        let value = env.get(key.clone(), context)?;
        if value.is_undefined() {
            continue;
        }
        let name =
            without_nul(&key, &format!("options.env['{}']", key.to_std_string_lossy()), context)?;
        let text = value.to_string(context)?;
        let text = without_nul(&text, &format!("options.env['{name}']"), context)?;
        pairs.push((name, text));
    }
    Ok(pairs)
}

/// What `for (key in object)` visits.
fn enumerable_keys(object: &JsObject, context: &mut Context) -> JsResult<Vec<JsString>> {
    let mut keys: Vec<JsString> = Vec::new();
    let mut cursor = Some(object.clone());
    while let Some(holder) = cursor {
        let list = context
            .intrinsics()
            .constructors()
            .object()
            .constructor()
            .get(js_string!("keys"), context)?
            .to_object(context)?
            .call(&JsValue::undefined(), &[holder.clone().into()], context)?
            .to_object(context)?;
        let length = list.get(js_string!("length"), context)?.to_length(context)?;
        for index in 0..length {
            let key = list.get(index, context)?.to_string(context)?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let base = context.intrinsics().constructors().object().prototype();
        cursor = holder.prototype().filter(|next| !JsObject::equals(next, &base));
    }
    Ok(keys)
}

fn timeout(options: &JsObject, context: &mut Context) -> JsResult<Option<u64>> {
    let value = own(options, "timeout", context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    let number = validate::integer(&value, "timeout", 0.0, MAX_SAFE, context)?;
    Ok((number > 0.0).then_some(number as u64))
}

fn kill_signal(options: &JsObject, context: &mut Context) -> JsResult<i32> {
    let value = own(options, "killSignal", context)?;
    if value.is_null_or_undefined() {
        return Ok(libc::SIGTERM);
    }
    if !value.is_string() && !value.is_number() {
        let expected = "one of type string or number";
        return Err(validate::invalid_arg_type(context, "options.killSignal", expected, &value));
    }
    valid_signal(&value, context)
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
