//! `spawnSync`, `execFileSync` and `execSync`.

use std::time::Duration;

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, builtins::error::ErrorKind, js_string,
    object::builtins::JsArray,
};

use super::{
    arguments::{Given, Taker, copied, given, joined},
    command::{self, Command},
    decoding::{self, without_nul},
    ending, ends, gate,
    options::{self, own},
    stdio::{self, Mode, Slot, Stdio},
};
use crate::{
    bindings::{
        buffer::{self, View},
        encoding::{self, Encoding},
        ipc, process, trace,
    },
    engine::{
        builtins,
        errors::{Code, Wording, coded, from_sys},
        family,
        natives::{arg, define_value},
        reflect,
        spawn_policy::SpawnCall,
        stack, standard, validate,
    },
    sys::{
        error::SysError,
        run::{self, Limits, Outcome, RunSlot},
        spawn::{self, ChildFd},
        stdio::Output,
        wait::ExitStatus,
    },
};

/// How many bytes a child may write unless `maxBuffer` says otherwise.
pub(super) const MAX_BUFFER: u64 = 1024 * 1024;

/// Everything that a synchronous run needs to know.
struct SyncOptions {
    command: Command,
    limits: Limits,
    slots: Vec<Slot>,
    /// What the child reads from its standard input, if that is a stream.
    input: Vec<u8>,
    /// What outputs become: buffers, if none is named.
    encoding: Option<JsString>,
}

/// `spawnSync(file, args, options)`.
pub(super) fn spawn_sync(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let file = decoding::file_name(&arg(args, 0), context)?;
    let Given { list, options, .. } = given(Taker::Spawn, args, context)?;
    let options = decode(file, list, &options, context)?;
    run_to_the_end(options, context).map(JsValue::from)
}

/// `execFileSync(file, args, options)`.
pub(super) fn exec_file_sync(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Given { list, options, callback } = given(Taker::ExecFile, args, context)?;
    if !callback.is_null_or_undefined() {
        // There is none, but Node looks at it all the same.
        validate::function(&callback, "callback", context)?;
    }
    let file = decoding::file_name(&arg(args, 0), context)?;
    let argv0 = own(&options, "argv0", context)?;
    let zeroth = if argv0.to_boolean() { argv0 } else { arg(args, 0) };
    let shown = joined(&zeroth, &list, context)?;
    executed(file, list, &options, &shown, context)
}

/// `execSync(command, options)`.
pub(super) fn exec_sync(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (line, options) = shell_command(&arg(args, 0), &arg(args, 1), context)?;
    let file = decoding::file_name(&line.clone().into(), context)?;
    executed(file, Vec::new(), &options, &line, context)
}

/// A command for the shell, and options that name one.
pub(super) fn shell_command(
    line: &JsValue,
    options: &JsValue,
    context: &mut Context,
) -> JsResult<(JsString, JsObject)> {
    let line = validate::string(line, "command", context)?;
    without_nul(&line, "command", context)?;
    let options = copied(options, context)?;
    if !own(&options, "shell", context)?.is_string() {
        define_value(&options, js_string!("shell"), true, true);
    }
    Ok((line, options))
}

/// What `execFileSync` and `execSync` have in common: standard error passes through unless `stdio`
/// is given, failure is thrown, standard output is the result.
fn executed(
    file: String,
    list: Vec<JsValue>,
    options: &JsObject,
    shown: &JsString,
    context: &mut Context,
) -> JsResult<JsValue> {
    let passes_errors = !own(options, "stdio", context)?.to_boolean();
    let options = decode(file, list, options, context)?;
    let result = run_to_the_end(options, context)?;
    let errors = reflect::data_value(&result, &js_string!("stderr").into()).unwrap_or_default();
    if passes_errors && errors.to_boolean() {
        pass_through(&errors, context)?;
    }
    match failure(&result, &errors, shown, context)? {
        Some(error) => Err(error),
        None => result.get(js_string!("stdout"), context),
    }
}

/// Writes to our standard error: directly, where no program can tell.
fn pass_through(errors: &JsValue, context: &mut Context) -> JsResult<()> {
    if !process::stdio::is_touched("stderr", context) {
        let bytes = match errors.as_string() {
            Some(text) => encoding::encode(&text, Encoding::Utf8),
            None => View::of_view(errors, context).map(|view| view.to_vec()).unwrap_or_default(),
        };
        // As a stream of Node's would, it keeps to itself that nobody reads.
        let _ = standard::write(Output::Stderr, &bytes, context);
        return Ok(());
    }
    let process = builtins::load_object("process", context)?;
    let stream = process.get(js_string!("stderr"), context)?.to_object(context)?;
    let write = stream.get(js_string!("write"), context)?;
    match write.as_callable() {
        Some(write) => write.call(&stream.into(), std::slice::from_ref(errors), context).map(drop),
        None => Ok(()),
    }
}

/// The error of a run that did not go well, with all properties of its result.
fn failure(
    result: &JsObject,
    errors: &JsValue,
    shown: &JsString,
    context: &mut Context,
) -> JsResult<Option<JsError>> {
    let error = reflect::data_value(result, &js_string!("error").into());
    let error = match error.and_then(|error| error.as_object()) {
        Some(error) => error,
        None if result.get(js_string!("status"), context)?.as_number() == Some(0.0) => {
            return Ok(None);
        }
        None => {
            let mut message = format!("Command failed: {}", shown.to_std_string_lossy());
            let text = match errors.as_string() {
                Some(text) => text.to_std_string_lossy(),
                None => View::of_view(errors, context)
                    .map(|view| String::from_utf8_lossy(&view.to_vec()).into_owned())
                    .unwrap_or_default(),
            };
            if !text.is_empty() {
                message = format!("{message}\n{text}");
            }
            stack::new_error(ErrorKind::Error, None, &message, context)
        }
    };
    for key in ["error", "status", "signal", "output", "pid", "stdout", "stderr"] {
        let key = JsString::from(key);
        if let Some(value) = reflect::data_value(result, &key.clone().into()) {
            define_value(&error, key, value, true);
        }
    }
    Ok(Some(JsError::from_opaque(error.into())))
}

/// The order is Node's, as in [`decoding::decode`].
fn decode(
    file: String,
    list: Vec<JsValue>,
    options: &JsObject,
    context: &mut Context,
) -> JsResult<SyncOptions> {
    let command = decoding::decode(file, list, options, context)?;
    let timeout = options::timeout(options, context)?.map(Duration::from_millis);
    let has_limit = options.has_own_property(js_string!("maxBuffer"), context)?;
    // None at all means the default one, and so does 0 mean none, as in Node.
    let output = match options::max_buffer(options, context)? {
        None if has_limit => None,
        None => Some(MAX_BUFFER),
        Some(limit) => (limit > 0.0 && limit.is_finite()).then_some(limit as u64),
    };
    let kill_signal = options::kill_signal(options, context)?;
    let Stdio { slots, .. } = stdio::decode(&own(options, "stdio", context)?, Mode::Sync, context)?;
    let encoding = own(options, "encoding", context)?;
    let input = input(&own(options, "input", context)?, &encoding, context)?;
    let encoding = if encoding.to_boolean() { Some(encoding.to_string(context)?) } else { None };
    Ok(SyncOptions {
        command,
        limits: Limits { timeout, output, kill_signal },
        slots,
        input,
        encoding: encoding.filter(|name| *name != js_string!("buffer")),
    })
}

fn input(value: &JsValue, encoding: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    if !value.to_boolean() {
        return Ok(Vec::new());
    }
    if let Some(text) = value.as_string() {
        let encoding = match encoding.as_string().filter(|name| !name.is_empty()) {
            Some(name) => named(&name, context)?,
            None => Encoding::Utf8,
        };
        return Ok(encoding::encode(&text, encoding));
    }
    match View::of_view(value, context) {
        Some(view) => Ok(view.to_vec()),
        None => {
            let expected = "of type string or an instance of Buffer, TypedArray, or DataView";
            Err(validate::invalid_arg_type(context, "options.stdio[0]", expected, value))
        }
    }
}

fn named(name: &JsString, context: &mut Context) -> JsResult<Encoding> {
    Encoding::parse(name).ok_or_else(|| {
        let message = format!("Unknown encoding: {}", name.to_std_string_lossy());
        coded(context, Code::ERR_UNKNOWN_ENCODING, message)
    })
}

/// Runs the command and makes the object that `spawnSync` returns.
fn run_to_the_end(mut options: SyncOptions, context: &mut Context) -> JsResult<JsObject> {
    gate::pass(&mut options.command, &options.slots, SpawnCall::Synchronous, context)?;
    family::admit_child(context)?;
    // What was sent to other children must not wait for this one.
    ipc::flush_all(context);
    let SyncOptions { command, limits, slots, mut input, encoding } = options;
    let slots: Result<Vec<_>, SysError> = slots
        .into_iter()
        .enumerate()
        .map(|(index, slot)| {
            Ok(match slot {
                Slot::Pipe if index == 0 => RunSlot::Input(std::mem::take(&mut input)),
                Slot::Pipe => RunSlot::Output,
                Slot::Fd(number) => RunSlot::Given(ends::given(number, context)?),
                Slot::Ignore | Slot::Ipc => RunSlot::Given(ChildFd::Ignored),
            })
        })
        .collect();
    let outcome = slots.and_then(|slots| {
        let trace = trace::starting(context);
        let variable: Vec<_> = trace.iter().map(trace::Start::variable).collect();
        run::run(slots, &limits, |stdio| {
            let child = spawn::spawn(command.request(&variable, stdio, context))?;
            if let Some(trace) = &trace {
                trace.started(child.pid, &command.title());
            }
            command.tell_start(child.pid, context);
            Ok(child)
        })
    });
    if let (Ok(outcome), Some(trace)) = (&outcome, trace::of(context)) {
        trace.ended(outcome.pid, outcome.status);
    }
    if let Ok(outcome) = &outcome {
        command::tell_end(outcome.pid, outcome.status, context);
    }
    result(&command, outcome, encoding.as_ref(), context)
}

fn result(
    command: &Command,
    outcome: Result<Outcome, SysError>,
    encoding: Option<&JsString>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let (failure, outcome) = match outcome {
        Ok(outcome) => (outcome.failure, Some(outcome)),
        Err(error) => (Some(error.errno), None),
    };
    let result = JsObject::with_object_proto(context.intrinsics());
    let define = |name: &str, value: JsValue| {
        define_value(&result, JsString::from(name), value, true);
    };
    if let Some(errno) = failure {
        let error = command.error(errno, "spawnSync");
        define("error", from_sys(context, &error, Wording::Short).into());
    }
    let Some(outcome) = outcome else {
        for name in ["status", "signal", "output"] {
            define(name, JsValue::null());
        }
        define("pid", 0.into());
        for name in ["stdout", "stderr"] {
            define(name, JsValue::undefined());
        }
        return Ok(result);
    };
    let (status, signal) = match outcome.status {
        Some(ExitStatus::Exited(code)) => (code.into(), JsValue::null()),
        Some(ExitStatus::Signaled(number)) => (JsValue::null(), ending::signal_name(number)),
        None => (JsValue::null(), JsValue::null()),
    };
    define("status", status);
    define("signal", signal);
    let mut output = Vec::with_capacity(outcome.output.len());
    for bytes in outcome.output {
        output.push(match bytes {
            Some(bytes) => converted(&bytes, encoding, context)?,
            None => JsValue::null(),
        });
    }
    let stream = |index: usize| output.get(index).cloned().unwrap_or_default();
    let (stdout, stderr) = (stream(1), stream(2));
    define("output", JsArray::from_iter(output, context).into());
    define("pid", outcome.pid.into());
    define("stdout", stdout);
    define("stderr", stderr);
    Ok(result)
}

fn converted(
    bytes: &[u8],
    encoding: Option<&JsString>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(name) = encoding else { return Ok(buffer::from_slice(bytes, context)?.into()) };
    if bytes.is_empty() {
        // Whatever the encoding is, even if there is none of this name.
        return Ok(JsString::default().into());
    }
    let encoding = named(name, context)?;
    buffer::decoded(bytes, encoding, context).map(JsValue::from)
}
