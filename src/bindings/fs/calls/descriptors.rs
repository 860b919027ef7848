//! Calls about open files: opened, read, written, changed, closed by their descriptor.

use boa_engine::{Context, JsResult, JsValue};

use super::{
    super::{
        answer::Shape,
        arguments,
        operation::{Operation, Target},
        options::Options,
    },
    Call, call, fd, path, paths, plain,
};
use crate::{
    bindings::{
        buffer::{self, View},
        encoding::Encoding,
    },
    engine::{natives::arg, validate},
};

/// The size of the buffer that is read into where none is given.
const DEFAULT_BUFFER: usize = 16384;

pub(in super::super) fn open(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let flags = arguments::flags(&arg(args, 1), "flags", libc::O_RDONLY, context)?;
    let mode = arguments::mode(&arg(args, 2), "mode", Some(0o666), context)?;
    plain(Operation::Open { path, flags, mode })
}

pub(in super::super) fn close(args: &[JsValue], context: &mut Context) -> Call {
    plain(Operation::Close { fd: fd(args, context)? })
}

pub(in super::super) fn fchmod(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Fd(fd(args, context)?);
    let mode = arguments::mode(&arg(args, 1), "mode", None, context)?;
    plain(Operation::Chmod { target, mode })
}

pub(in super::super) fn fchown(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Fd(fd(args, context)?);
    let (uid, gid) = paths::owner(args, context)?;
    plain(Operation::Chown { target, uid, gid, follow: true })
}

pub(in super::super) fn fstat(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Fd(fd(args, context)?);
    let bigint = Options::of_object(&arg(args, 1)).get("bigint", context)?.to_boolean();
    let shape = Shape::Stats { bigint, missing_ok: false };
    call(Operation::Stat { target, follow: true }, shape)
}

pub(in super::super) fn fsync(args: &[JsValue], context: &mut Context) -> Call {
    plain(Operation::Sync { fd: fd(args, context)?, data_only: false })
}

pub(in super::super) fn fdatasync(args: &[JsValue], context: &mut Context) -> Call {
    plain(Operation::Sync { fd: fd(args, context)?, data_only: true })
}

pub(in super::super) fn ftruncate(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Fd(fd(args, context)?);
    let length = arguments::length(&arg(args, 1), context)?;
    plain(Operation::Truncate { target, length })
}

pub(in super::super) fn futimes(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Fd(fd(args, context)?);
    let accessed = arguments::time(&arg(args, 1), "atime", context)?;
    let modified = arguments::time(&arg(args, 2), "mtime", context)?;
    plain(Operation::Utimes { target, times: [accessed, modified], follow: true })
}

/// `offset`, `length` and `position`, in whatever way they were given.
struct Span {
    offset: JsValue,
    length: JsValue,
    position: JsValue,
}

impl Span {
    /// From arguments of their own, or from the object that stands in their place.
    fn decode(args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        match arg(args, 0) {
            given if given.is_object() => Self::of_options(&given, context),
            offset => Ok(Self { offset, length: arg(args, 1), position: arg(args, 2) }),
        }
    }

    fn of_options(given: &JsValue, context: &mut Context) -> JsResult<Self> {
        let options = Options::of_object(given);
        Ok(Self {
            offset: options.get("offset", context)?,
            length: options.get("length", context)?,
            position: options.get("position", context)?,
        })
    }
}

fn options_object(value: &JsValue, context: &mut Context) -> JsResult<()> {
    if !value.is_null_or_undefined() {
        validate::object(value, "options", context)?;
    }
    Ok(())
}

/// `readSync(fd, buffer, offset, length, position)`, or an object with the last three.
pub(in super::super) fn read_sync(args: &[JsValue], context: &mut Context) -> Call {
    let fd = fd(args, context)?;
    let buffer = arg(args, 1);
    let view = arguments::view(&buffer, context)?;
    if args.len() <= 3 {
        options_object(&arg(args, 2), context)?;
    }
    let span = Span::decode(args.get(2..).unwrap_or_default(), context)?;
    read_into(fd, view, buffer, &span, false, context)
}

/// `read(fd, buffer, offset, length, position)`, `read(fd, buffer, options)`, `read(fd, options)`,
/// `read(fd)`.
pub(in super::super) fn read(args: &[JsValue], context: &mut Context) -> Call {
    read_flexibly(args, false, context)
}

/// As [`read`], with a length that defaults to the rest of the buffer: `FileHandle`'s.
pub(in super::super) fn read_of_handle(args: &[JsValue], context: &mut Context) -> Call {
    read_flexibly(args, true, context)
}

fn read_flexibly(args: &[JsValue], of_handle: bool, context: &mut Context) -> Call {
    let fd = fd(args, context)?;
    let given = arg(args, 1);
    if View::of_view(&given, context).is_some() {
        if args.len() == 3 && !of_handle {
            options_object(&arg(args, 2), context)?;
        }
        let view = arguments::view(&given, context)?;
        let span = Span::decode(args.get(2..).unwrap_or_default(), context)?;
        return read_into(fd, view, given, &span, of_handle, context);
    }
    if args.len() > 3 && !of_handle {
        arguments::view(&given, context)?;
    }
    options_object(&given, context)?;
    let own = Options::of_object(&given).get("buffer", context)?;
    let buffer = if own.is_undefined() {
        buffer::from_slice(&[0; DEFAULT_BUFFER], context)?.into()
    } else {
        own
    };
    let view = arguments::view(&buffer, context)?;
    let span = Span::of_options(&given, context)?;
    read_into(fd, view, buffer, &span, true, context)
}

/// `fills` says what a length that is not given means: the rest of the buffer, or nothing.
fn read_into(
    fd: i32,
    view: View,
    buffer: JsValue,
    span: &Span,
    fills: bool,
    context: &mut Context,
) -> Call {
    let size = view.len() as f64;
    let offset = arguments::offset(&span.offset, context)?;
    let length = if span.length.is_undefined() || (fills && span.length.is_null()) {
        size - offset
    } else {
        f64::from(span.length.to_i32(context)?)
    };
    if length == 0.0 {
        return call(Operation::Idle, Shape::Into { view, buffer });
    }
    if size == 0.0 {
        let reason = "is empty and cannot be written";
        return Err(validate::invalid_arg_value(context, "buffer", &buffer, reason));
    }
    let length = arguments::length_to_read(length, offset, size, context)?;
    let position = arguments::position(&span.position, length, context)?;
    let target = view.part(offset as usize, offset as usize + length);
    call(Operation::Read { fd, length, position }, Shape::Into { view: target, buffer })
}

/// `write(fd, buffer, offset, length, position)`, an object with the last three, or
/// `write(fd, string, position, encoding)`.
pub(in super::super) fn write(args: &[JsValue], context: &mut Context) -> Call {
    let fd = fd(args, context)?;
    let data = arg(args, 1);
    if let Some(view) = View::of_view(&data, context) {
        let span = Span::decode(args.get(2..).unwrap_or_default(), context)?;
        let offset = arguments::offset(&span.offset, context)?;
        let (offset, length) = arguments::range_to_write(&view, offset, &span.length, context)?;
        let position = arguments::position_to_write(&span.position);
        let bytes = view.part(offset, offset + length).to_vec();
        return call(Operation::Write { fd, bytes, position }, Shape::From(data));
    }
    let encoding = text_encoding(&data, &arg(args, 3), context)?;
    let bytes = arguments::data(&data, encoding, "buffer", context)?;
    let position = arguments::position_to_write(&arg(args, 2));
    call(Operation::Write { fd, bytes, position }, Shape::From(data))
}

/// The encoding of a text that is written; digits in pairs make bytes.
fn text_encoding(
    text: &JsValue,
    given: &JsValue,
    context: &mut Context,
) -> JsResult<Option<Encoding>> {
    let Some(name) = given.as_string() else { return Ok(None) };
    // What is no encoding's name stands for the usual one.
    let Some(encoding) = Encoding::parse(&name) else { return Ok(None) };
    let length = text.as_string().map_or(0, |text| text.len());
    if encoding == Encoding::Hex && !length.is_multiple_of(2) {
        let reason = format!("is invalid for data of length {length}");
        return Err(validate::invalid_arg_value(context, "encoding", given, &reason));
    }
    Ok(Some(encoding))
}

/// `readv(fd, buffers, position)`.
pub(in super::super) fn readv(args: &[JsValue], context: &mut Context) -> Call {
    let fd = fd(args, context)?;
    let buffers = arg(args, 1);
    let views = arguments::views(&buffers, context)?;
    let position = arguments::position_to_write(&arg(args, 2));
    let lengths = views.iter().map(View::len).collect();
    call(Operation::Readv { fd, lengths, position }, Shape::IntoAll { views, buffers })
}

/// `writev(fd, buffers, position)`.
pub(in super::super) fn writev(args: &[JsValue], context: &mut Context) -> Call {
    let fd = fd(args, context)?;
    let buffers = arg(args, 1);
    let parts: Vec<_> = arguments::views(&buffers, context)?.iter().map(View::to_vec).collect();
    let position = arguments::position_to_write(&arg(args, 2));
    let operation =
        if parts.is_empty() { Operation::Idle } else { Operation::Writev { fd, parts, position } };
    call(operation, Shape::From(buffers))
}
