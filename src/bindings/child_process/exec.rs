//! `exec` and `execFile`, and their promised forms. What the child writes is gathered in
//! [`super::gather`].

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::promise::ResolvingFunctions,
    js_string, object::builtins::JsPromise,
};

use super::{
    arguments::{Given, Taker, given, joined},
    decoding,
    gather::{self, Settings},
    options::{self, own},
    starting,
    sync::{MAX_BUFFER, shell_command},
};
use crate::{
    bindings::encoding::Encoding,
    engine::{
        natives::{arg, closure, define_value, registered_symbol},
        validate,
    },
};

/// What of the options goes to the child; the others are about what is done with it.
const FOR_THE_CHILD: [&str; 13] = [
    "cwd",
    "env",
    "gid",
    "shell",
    "signal",
    "uid",
    "windowsHide",
    "windowsVerbatimArguments",
    "closeGrace",
    "explainErrors",
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
        decoding::without_nul(&argv0, "options.argv0", context)?;
    }
    let settings = settings(options, context)?;
    let file_name = decoding::file_name(file, context)?;
    let settings = Settings { command: joined(file, &list, context)?, ..settings };
    let for_the_child = JsObject::with_null_proto();
    for name in FOR_THE_CHILD {
        let value = own(options, name, context)?;
        if !value.is_undefined() {
            define_value(&for_the_child, JsString::from(name), value, true);
        }
    }
    let decoded = options::decode(file_name, list, &for_the_child, context)?;
    let child = starting::spawn(decoded, context)?;
    gather::gather(&child, settings, callback.as_callable(), context)?;
    Ok(child.into())
}

/// What is done with the child, as the options say. The command is yet to be known.
fn settings(options: &JsObject, context: &mut Context) -> JsResult<Settings> {
    let timeout = options::timeout(options, context)?;
    let has_limit = options.has_own_property(js_string!("maxBuffer"), context)?;
    let max_buffer = match options::max_buffer(options, context)? {
        None if has_limit => f64::INFINITY,
        None => MAX_BUFFER as f64,
        Some(limit) => limit,
    };
    let kill_signal = options::kill_signal(options, context)?;
    let encoding = encoding(options, context)?;
    Ok(Settings { command: JsString::default(), encoding, max_buffer, kill_signal, timeout })
}

/// The encoding of the outputs: UTF-8 unless the option is there; none, which means buffers, where
/// it names none.
fn encoding(options: &JsObject, context: &mut Context) -> JsResult<Option<(JsString, Encoding)>> {
    if !options.has_own_property(js_string!("encoding"), context)? {
        return Ok(Some((js_string!("utf8"), Encoding::Utf8)));
    }
    let name = own(options, "encoding", context)?.as_string();
    Ok(name.and_then(|name| Encoding::parse(&name).map(|encoding| (name, encoding))))
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

/// A promise of both outputs, which has the child.
fn promised(
    _: &JsValue,
    args: &[JsValue],
    run: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (promise, ResolvingFunctions { resolve, reject }) = JsPromise::new_pending(context);
    let settle = (JsObject::from(resolve), JsObject::from(reject));
    let callback = closure("", 3, settle, settle_promise, context);
    let mut args = args.to_vec();
    args.push(callback.into());
    let child = run.call(&JsValue::undefined(), &args, context)?;
    let promise = JsObject::from(promise);
    define_value(&promise, js_string!("child"), child, true);
    Ok(promise.into())
}

fn settle_promise(
    _: &JsValue,
    args: &[JsValue],
    (resolve, reject): &(JsObject, JsObject),
    context: &mut Context,
) -> JsResult<JsValue> {
    let (error, stdout, stderr) = (arg(args, 0), arg(args, 1), arg(args, 2));
    let (settle, value) = match error.as_object() {
        None => (resolve, JsObject::with_object_proto(context.intrinsics())),
        Some(error) => (reject, error),
    };
    value.set(js_string!("stdout"), stdout, false, context)?;
    value.set(js_string!("stderr"), stderr, false, context)?;
    settle.call(&JsValue::undefined(), &[value.into()], context)
}
