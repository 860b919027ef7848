//! Calls about whole files: read, written, appended to.

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{
    super::{answer::Shape, arguments, operation::Operation, options::Options},
    Call, Request,
};
use crate::{
    bindings::buffer::View,
    engine::{natives::arg, validate},
    sys::content::StopSign,
};

const WRITE_NEW: i32 = libc::O_TRUNC | libc::O_CREAT | libc::O_WRONLY;
const APPEND: i32 = libc::O_APPEND | libc::O_CREAT | libc::O_WRONLY;

/// The options that reading and writing have in common.
fn signal_of(
    options: &Options,
    context: &mut Context,
) -> JsResult<(StopSign, Option<(JsObject, StopSign)>)> {
    let stop = StopSign::default();
    let signal = options.signal(context)?.map(|signal| (signal, stop.clone()));
    Ok((stop, signal))
}

pub(in super::super) fn read_file(args: &[JsValue], context: &mut Context) -> Call {
    let options = Options::decode(&arg(args, 1), context)?;
    let encoding = options.encoding(context)?;
    let (stop, signal) = signal_of(&options, context)?;
    let flag = options.get("flag", context)?;
    let flags = arguments::flags(&flag, "options.flag", libc::O_RDONLY, context)?;
    let target = arguments::target(&arg(args, 0), context)?;
    let operation = Operation::ReadFile { target, flags, stop };
    Ok(Request { operation, shape: Shape::Text(encoding), signal })
}

fn written(args: &[JsValue], default: i32, context: &mut Context) -> Call {
    let options = Options::decode(&arg(args, 2), context)?;
    let encoding = options.encoding(context)?;
    let (stop, signal) = signal_of(&options, context)?;
    let flush = options.get("flush", context)?;
    if !flush.is_null_or_undefined() {
        validate::boolean(&flush, "options.flush", context)?;
    }
    let bytes = arguments::data(&arg(args, 1), encoding, "data", context)?;
    let flag = options.get("flag", context)?;
    let flags = arguments::flags(&flag, "options.flag", default, context)?;
    let mode = options.get("mode", context)?;
    let mode = arguments::mode(&mode, "mode", Some(0o666), context)?;
    let target = arguments::target(&arg(args, 0), context)?;
    let operation = Operation::WriteFile { target, bytes, flags, mode, stop };
    Ok(Request { operation, shape: Shape::Plain, signal })
}

pub(in super::super) fn write_file(args: &[JsValue], context: &mut Context) -> Call {
    written(args, WRITE_NEW, context)
}

pub(in super::super) fn append_file(args: &[JsValue], context: &mut Context) -> Call {
    written(args, APPEND, context)
}

/// True where JavaScript has to do it: `flush` calls `fs.fsync`, whatever a program made of it.
pub(in super::super) fn flushes(args: &[JsValue], context: &mut Context) -> JsResult<bool> {
    let flush = Options::of_object(&arg(args, 2)).get("flush", context)?;
    Ok(flush.as_boolean() == Some(true))
}

/// True where a promise's form has to be JavaScript's: the file may be a `FileHandle`.
pub(in super::super) fn may_be_handle(args: &[JsValue], context: &mut Context) -> JsResult<bool> {
    Ok(match arg(args, 0) {
        value if !value.is_object() => false,
        value => View::of_uint8_array(&value, context).is_none(),
    })
}

/// As [`may_be_handle`]; and data may come bit by bit.
pub(in super::super) fn is_written_by_script(
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let data = arg(args, 1);
    let comes_in_parts = data.is_object() && View::of_view(&data, context).is_none();
    Ok(comes_in_parts || may_be_handle(args, context)? || flushes(args, context)?)
}
