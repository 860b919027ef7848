//! `process.stdout`, `process.stderr` and `process.stdin`.
//!
//! Files, pipes and terminals are all written synchronously, as Node writes them on Linux: what was
//! written before the program ends has left it.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use crate::{
    engine::{
        builtins,
        errors::{Wording, throw_sys},
        natives::{Method, arg, exports_of},
        reflect,
    },
    sys::{
        fd::{self, FdKind},
        stdio::{Output, write_output},
    },
};

/// The JavaScript half makes the stream objects from these.
const METHODS: &[Method] = &[("write", 2, write), ("kind", 1, kind), ("size", 1, size)];

/// The native half of `internal/stdio`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// `process.stdout`.
pub(super) fn get_stdout(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    stream("stdout", context)
}

/// `process.stderr`.
pub(super) fn get_stderr(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    stream("stderr", context)
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

/// True if a program has asked for `process.stdout` or `process.stderr`, or has replaced this one.
pub(crate) fn is_touched(name: &str, context: &Context) -> bool {
    if builtins::is_loaded("internal/stdio", context) {
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

fn stream(name: &str, context: &mut Context) -> JsResult<JsValue> {
    let streams = builtins::load_object("internal/stdio", context)?;
    streams.get(JsString::from(name), context)
}

fn output(fd: &JsValue) -> Output {
    if fd.as_number() == Some(2.0) { Output::Stderr } else { Output::Stdout }
}

/// `write(fd, bytes)`: a string as UTF-8, or the bytes of a view.
fn write(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let output = output(&arg(args, 0));
    let chunk = arg(args, 1);
    let result = match chunk.as_string() {
        Some(text) => write_output(output, text.to_std_string_lossy().as_bytes()),
        None => {
            let bytes =
                boa_engine::object::builtins::JsUint8Array::from_object(chunk.to_object(context)?)?;
            write_output(output, &bytes.iter(context).collect::<Vec<u8>>())
        }
    };
    result.map_err(|error| throw_sys(context, &error, Wording::Short))?;
    Ok(JsValue::undefined())
}

/// `kind(fd)`: what `stream._type` says: `tty`, `pipe` (sockets too) or `fs`.
fn kind(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let fd = arg(args, 0).to_i32(context)?;
    let kind = match fd::borrow(fd).map(fd::kind) {
        Ok(FdKind::Tty) => js_string!("tty"),
        Ok(FdKind::Pipe | FdKind::Tcp) => js_string!("pipe"),
        Ok(FdKind::File | FdKind::Udp | FdKind::Unknown) | Err(_) => js_string!("fs"),
    };
    Ok(kind.into())
}

/// `size(fd)`: `[columns, rows]` of a terminal.
fn size(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let fd = arg(args, 0).to_i32(context)?;
    let Some((columns, rows)) = crate::sys::stdio::terminal_size(fd) else {
        return Ok(JsValue::undefined());
    };
    let pair = [JsValue::from(columns), rows.into()];
    Ok(boa_engine::object::builtins::JsArray::from_iter(pair, context).into())
}

/// `process._rawDebug(...)`: past every stream, straight to standard error.
pub(super) fn raw_debug(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let util = builtins::load_object("util", context)?;
    let format = util.get(js_string!("format"), context)?.to_object(context)?;
    let text = format.call(&util.into(), args, context)?.to_string(context)?;
    let line = format!("{}\n", text.to_std_string_lossy());
    // There is nowhere to say that standard error is closed.
    let _ = write_output(Output::Stderr, line.as_bytes());
    Ok(JsValue::undefined())
}
