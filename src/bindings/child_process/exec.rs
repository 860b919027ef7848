//! `exec` and `execFile`: the options are decoded and the child is started here; what it writes is
//! gathered by the JavaScript half, from the streams that programs see too.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
};

use super::{
    arguments::{Given, Taker, given, joined},
    child, command,
    options::{self, own},
    sync::{MAX_BUFFER, shell_command},
};
use crate::{
    bindings::encoding::Encoding,
    engine::{
        builtins,
        natives::{arg, closure, define_value, registered_symbol},
        validate,
    },
};

/// What of the options goes to the child; the others are about what is done with it.
const FOR_THE_CHILD: [&str; 12] = [
    "cwd",
    "env",
    "gid",
    "shell",
    "signal",
    "uid",
    "windowsHide",
    "windowsVerbatimArguments",
    "closeGrace",
    "forceKillAfterDelay",
    "killTree",
    "killWithParent",
];

/// `exec(command, options, callback)`.
pub(super) fn exec(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (mut options, mut callback) = (arg(args, 1), arg(args, 2));
    if options.is_callable() {
        callback = options;
        options = JsValue::undefined();
    }
    let (line, options) = shell_command(&arg(args, 0), &options, context)?;
    execute(&line.into(), Vec::new(), &options, &callback, context)
}

/// `execFile(file, args, options, callback)`.
pub(super) fn exec_file(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Given { list, options, callback } = given(Taker::ExecFile, args, context)?;
    execute(&arg(args, 0), list, &options, &callback, context)
}

fn execute(
    file: &JsValue,
    list: Vec<JsValue>,
    options: &JsObject,
    callback: &JsValue,
    context: &mut Context,
) -> JsResult<JsValue> {
    if !callback.is_null_or_undefined() {
        validate::function(callback, "callback", context)?;
    }
    // It is looked at, though it does not reach the child.
    if let Some(argv0) = own(options, "argv0", context)?.as_string() {
        command::without_nul(&argv0, "options.argv0", context)?;
    }
    let settings = settings(options, context)?;
    let file_name = command::file_name(file, context)?;
    let command = joined(file, &list, context)?;
    define_value(&settings, js_string!("command"), command, true);
    let for_the_child = JsObject::with_null_proto();
    for name in FOR_THE_CHILD {
        let value = own(options, name, context)?;
        if !value.is_undefined() {
            define_value(&for_the_child, JsString::from(name), value, true);
        }
    }
    let decoded = options::decode(file_name, list, &for_the_child, context)?;
    let child = child::spawn(decoded, context)?;
    let args = [child.clone().into(), settings.into(), callback.clone()];
    call_half("gatherAndCall", &args, context)?;
    Ok(child.into())
}

/// What the JavaScript half has to know, with defaults.
fn settings(options: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let timeout = options::timeout(options, context)?.unwrap_or(0);
    let has_limit = options.has_own_property(js_string!("maxBuffer"), context)?;
    let max_buffer = match options::max_buffer(options, context)? {
        None if has_limit => f64::INFINITY,
        None => MAX_BUFFER as f64,
        Some(limit) => limit,
    };
    let kill_signal = options::kill_signal(options, context)?;
    let settings = JsObject::with_null_proto();
    define_value(&settings, js_string!("timeout"), timeout as f64, true);
    define_value(&settings, js_string!("maxBuffer"), max_buffer, true);
    define_value(&settings, js_string!("killSignal"), kill_signal, true);
    let encoding = encoding(options, context)?;
    define_value(&settings, js_string!("encoding"), encoding, true);
    Ok(settings)
}

/// The encoding of the outputs: UTF-8 unless the option is there; null, which means buffers, where
/// it names none.
fn encoding(options: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    if !options.has_own_property(js_string!("encoding"), context)? {
        return Ok(js_string!("utf8").into());
    }
    let given = own(options, "encoding", context)?;
    let is_one = given.as_string().is_some_and(|name| Encoding::parse(&name).is_some());
    Ok(if is_one { given } else { JsValue::null() })
}

fn call_half(name: &str, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let half = builtins::load_object("internal/child_process/exec", context)?;
    let function = half.get(JsString::from(name), context)?;
    match function.as_callable() {
        Some(function) => function.call(&JsValue::undefined(), args, context),
        None => Err(JsNativeError::typ().with_message(format!("{name} was removed")).into()),
    }
}

/// Gives `exec` and `execFile` their promised forms, which `util.promisify` finds.
pub(super) fn define_promised(exports: &JsObject, context: &mut Context) -> JsResult<()> {
    let custom = registered_symbol("nodejs.util.promisify.custom", context)?;
    for name in ["exec", "execFile"] {
        let run = exports.get(JsString::from(name), context)?.to_object(context)?;
        let promised = closure(name, 0, run.clone(), promised, context);
        define_value(&run, custom.clone(), promised, false);
    }
    Ok(())
}

fn promised(
    _: &JsValue,
    args: &[JsValue],
    run: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let args = JsArray::from_iter(args.iter().cloned(), context);
    call_half("promised", &[run.clone().into(), args.into()], context)
}
