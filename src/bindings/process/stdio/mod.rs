//! `process.stdout`, `process.stderr` and `process.stdin`.
//!
//! Files, pipes and terminals are all written synchronously, as Node writes them on Linux: what was
//! written before the program ends has left it.

mod light;

use std::os::fd::IntoRawFd;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use crate::{
    engine::{
        builtins, descriptors,
        errors::{Wording, throw_sys},
        limits::{self, Limit},
        natives::{Method, arg, exports_of},
        reflect,
        standard::{self, Failure},
    },
    sys::{fd, stdio::Output},
};

/// The JavaScript half makes the stream objects from these.
const METHODS: &[Method] = &[("write", 2, write)];

/// The native half of `internal/stdio`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// The native half of `internal/stdin`.
pub(crate) fn input_exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(&[("descriptor", 0, descriptor)], context).into())
}

/// `descriptor()`: a number for a socket to open: 0, or a copy of what a host gives in its place.
fn descriptor(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let number = standard::descriptor(0, context).and_then(|number| match number {
        None => Ok(0),
        Some(number) => fd::borrow(number).and_then(fd::duplicate).map(IntoRawFd::into_raw_fd),
    });
    let number = number.map_err(|error| throw_sys(context, &error, Wording::Short))?;
    if number > 0 {
        descriptors::given(number, context);
    }
    Ok(number.into())
}

/// `process.stdout`.
pub(super) fn get_stdout(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    light::stream(Output::Stdout, context).map(Into::into)
}

/// `process.stderr`.
pub(super) fn get_stderr(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    light::stream(Output::Stderr, context).map(Into::into)
}

/// `process.stdin`.
pub(super) fn get_stdin(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    builtins::load_object("internal/stdin", context)?.get(js_string!("stdin"), context)
}

/// The getters of `process.stdout` and `process.stderr` as they were made.
struct OwnGetters([Option<JsObject>; 2]);

/// Keeps the getters, so that [`is_touched`] can tell whether a program replaced them.
pub(super) fn remember_getters(process: &JsObject, context: &mut Context) {
    let getter = |name| getter_of(process, name);
    let getters = OwnGetters([getter("stdout"), getter("stderr")]);
    context.insert_data(getters);
}

fn getter_of(process: &JsObject, name: &str) -> Option<JsObject> {
    let property = reflect::stored(process, &JsString::from(name).into())?;
    property.get()?.as_object()
}

/// True if what a program sees of `process.stdout` or `process.stderr` may do more with a line than
/// write it: it was replaced, it has listeners or methods of the program's, it has become a stream.
pub(crate) fn is_touched(name: &str, context: &Context) -> bool {
    let output = if name == "stdout" { Output::Stdout } else { Output::Stderr };
    if light::is_changed(output, context) {
        return true;
    }
    let process = super::state(context).object.clone();
    let own = context.get_data::<OwnGetters>().and_then(|OwnGetters([stdout, stderr])| {
        if name == "stdout" { stdout.clone() } else { stderr.clone() }
    });
    own.is_none() || getter_of(&process, name) != own
}

/// `process.openStdin()`: standard input, already flowing.
pub(super) fn open_stdin(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let process = super::state(context).object.clone();
    let stdin = process.get(js_string!("stdin"), context)?.to_object(context)?;
    let resume = stdin.get(js_string!("resume"), context)?.to_object(context)?;
    resume.call(&stdin.clone().into(), &[], context)?;
    Ok(stdin.into())
}

fn output(fd: &JsValue) -> Output {
    if fd.as_number() == Some(2.0) { Output::Stderr } else { Output::Stdout }
}

/// `write(fd, bytes)`: a string as UTF-8, or the bytes of a view.
fn write(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let output = output(&arg(args, 0));
    let result = match light::take_failure(output, context) {
        Some(failure) => Err(failure),
        None => write_chunk(output, &arg(args, 1), context)?,
    };
    result.map_err(|failure| match failure {
        Failure::Sys(error) => throw_sys(context, &error, Wording::Described),
        Failure::Full(limit) => limits::error(Limit::Output, limit as u64, context),
    })?;
    Ok(JsValue::undefined())
}

fn write_chunk(
    output: Output,
    chunk: &JsValue,
    context: &mut Context,
) -> JsResult<Result<(), Failure>> {
    if let Some(text) = chunk.as_string() {
        return Ok(standard::write(output, text.to_std_string_lossy().as_bytes(), context));
    }
    let bytes = boa_engine::object::builtins::JsUint8Array::from_object(chunk.to_object(context)?)?;
    let bytes = bytes.iter(context).collect::<Vec<u8>>();
    Ok(standard::write(output, &bytes, context))
}

/// `process._rawDebug(...)`: past every stream, straight to standard error.
pub(super) fn raw_debug(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let util = builtins::load_object("util", context)?;
    let format = util.get(js_string!("format"), context)?.to_object(context)?;
    let text = format.call(&util.into(), args, context)?.to_string(context)?;
    let line = format!("{}\n", text.to_std_string_lossy());
    // There is nowhere to say that standard error is closed.
    let _ = standard::write(Output::Stderr, line.as_bytes(), context);
    Ok(JsValue::undefined())
}
