//! The decoders of `fs`'s table: arguments to an operation and the shape of its answer.

use boa_engine::{Context, JsResult, JsValue};

use super::{
    answer::Shape,
    arguments::{self, Options},
    operation::{Operation, Target},
};
use crate::{
    bindings::{buffer::View, encoding::Encoding},
    engine::{
        errors::{Code, coded},
        natives::arg,
        validate,
    },
};

/// A decoded call.
pub(super) type Call = JsResult<(Operation, Shape)>;

const MAX_ID: f64 = 4_294_967_295.0;
const READ_ONLY: i32 = libc::O_RDONLY;
const WRITE_NEW: i32 = libc::O_TRUNC | libc::O_CREAT | libc::O_WRONLY;
const APPEND: i32 = libc::O_APPEND | libc::O_CREAT | libc::O_WRONLY;

fn path(args: &[JsValue], context: &mut Context) -> JsResult<std::path::PathBuf> {
    arguments::path(&arg(args, 0), "path", context)
}

pub(super) fn access(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let given = arg(args, 1);
    let mode = if given.is_null_or_undefined() || given.is_callable() {
        0.0
    } else {
        validate::integer(&given, "mode", 0.0, 7.0, context)?
    };
    Ok((Operation::Access { path, mode: mode as i32 }, Shape::Plain))
}

pub(super) fn exists(args: &[JsValue], context: &mut Context) -> Call {
    // Whatever cannot be a path does not exist.
    let path = path(args, context).unwrap_or_default();
    Ok((Operation::Access { path, mode: 0 }, Shape::Exists))
}

fn written(args: &[JsValue], default: i32, context: &mut Context) -> Call {
    let target = arguments::target(&arg(args, 0), context)?;
    let options = Options::decode(&arg(args, 2), context)?;
    let encoding = options.encoding(context)?;
    let bytes = arguments::data(&arg(args, 1), encoding, "data", context)?;
    let flag = options.get("flag", context)?;
    let flags = arguments::flags(&flag, default, context)?;
    let mode = options.get("mode", context)?;
    let mode = arguments::mode(&mode, Some(0o666), context)?;
    Ok((Operation::WriteFile { target, bytes, flags, mode }, Shape::Plain))
}

pub(super) fn write_file(args: &[JsValue], context: &mut Context) -> Call {
    written(args, WRITE_NEW, context)
}

pub(super) fn append_file(args: &[JsValue], context: &mut Context) -> Call {
    written(args, APPEND, context)
}

pub(super) fn read_file(args: &[JsValue], context: &mut Context) -> Call {
    let options = Options::decode(&arg(args, 1), context)?;
    let encoding = options.encoding(context)?;
    let target = arguments::target(&arg(args, 0), context)?;
    let flag = options.get("flag", context)?;
    let flags = arguments::flags(&flag, READ_ONLY, context)?;
    Ok((Operation::ReadFile { target, flags }, Shape::Text(encoding)))
}

pub(super) fn chmod(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Path(path(args, context)?);
    let mode = arguments::mode(&arg(args, 1), None, context)?;
    Ok((Operation::Chmod { target, mode }, Shape::Plain))
}

pub(super) fn fchmod(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Fd(arguments::fd(&arg(args, 0), context)?);
    let mode = arguments::mode(&arg(args, 1), None, context)?;
    Ok((Operation::Chmod { target, mode }, Shape::Plain))
}

fn owned(args: &[JsValue], follow: bool, context: &mut Context) -> Call {
    let path = path(args, context)?;
    let uid = validate::integer(&arg(args, 1), "uid", -1.0, MAX_ID, context)? as i64 as u32;
    let gid = validate::integer(&arg(args, 2), "gid", -1.0, MAX_ID, context)? as i64 as u32;
    Ok((Operation::Chown { path, uid, gid, follow }, Shape::Plain))
}

pub(super) fn chown(args: &[JsValue], context: &mut Context) -> Call {
    owned(args, true, context)
}

pub(super) fn lchown(args: &[JsValue], context: &mut Context) -> Call {
    owned(args, false, context)
}

pub(super) fn close(args: &[JsValue], context: &mut Context) -> Call {
    Ok((Operation::Close { fd: arguments::fd(&arg(args, 0), context)? }, Shape::Plain))
}

pub(super) fn copy_file(args: &[JsValue], context: &mut Context) -> Call {
    let from = arguments::path(&arg(args, 0), "src", context)?;
    let to = arguments::path(&arg(args, 1), "dest", context)?;
    let given = arg(args, 2);
    let mode = if given.is_null_or_undefined() || given.is_callable() {
        0.0
    } else {
        validate::integer(&given, "mode", 0.0, 7.0, context)?
    };
    Ok((Operation::Copy { from, to, exclusive: mode as i32 & 1 == 1 }, Shape::Plain))
}

pub(super) fn link(args: &[JsValue], context: &mut Context) -> Call {
    let from = arguments::path(&arg(args, 0), "existingPath", context)?;
    let to = arguments::path(&arg(args, 1), "newPath", context)?;
    Ok((Operation::Link { from, to }, Shape::Plain))
}

pub(super) fn mkdir(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let given = arg(args, 1);
    if !given.is_object() || given.is_callable() {
        let given = if given.is_callable() { JsValue::undefined() } else { given };
        let mode = arguments::mode(&given, Some(0o777), context)?;
        return Ok((Operation::Mkdir { path, mode, recursive: false }, Shape::Plain));
    }
    let options = Options::decode(&given, context)?;
    let recursive = options.flag("recursive", context)?;
    let mode = options.get("mode", context)?;
    let mode = arguments::mode(&mode, Some(0o777), context)?;
    Ok((Operation::Mkdir { path, mode, recursive }, Shape::Plain))
}

pub(super) fn mkdtemp(args: &[JsValue], context: &mut Context) -> Call {
    let prefix = arguments::path(&arg(args, 0), "prefix", context)?;
    let encoding = Options::decode(&arg(args, 1), context)?.name_encoding(context)?;
    Ok((Operation::Mkdtemp { prefix }, Shape::Text(encoding)))
}

pub(super) fn open(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let plain = |index| {
        let value = arg(args, index);
        if value.is_callable() { JsValue::undefined() } else { value }
    };
    let flags = arguments::flags(&plain(1), READ_ONLY, context)?;
    let mode = arguments::mode(&plain(2), Some(0o666), context)?;
    Ok((Operation::Open { path, flags, mode }, Shape::Plain))
}

/// `read(fd, buffer, offset, length, position)`, or an object with the last three.
pub(super) fn read(args: &[JsValue], context: &mut Context) -> Call {
    let fd = arguments::fd(&arg(args, 0), context)?;
    let (buffer, given) =
        if View::of_view(&arg(args, 1), context).is_none() && arg(args, 1).is_object() {
            let options = Options::decode(&arg(args, 1), context)?;
            (options.get("buffer", context)?, arg(args, 1))
        } else {
            (arg(args, 1), arg(args, 2))
        };
    let view = arguments::view(&buffer, context)?;
    let [offset, length, position] = if given.is_object() && !given.is_callable() {
        let options = Options::decode(&given, context)?;
        [
            options.get("offset", context)?,
            options.get("length", context)?,
            options.get("position", context)?,
        ]
    } else if args.len() <= 3 && !given.is_undefined() && !given.is_callable() && !given.is_null() {
        return Err(validate::invalid_arg_type(context, "options", "of type object", &given));
    } else {
        [arg(args, 2), arg(args, 3), arg(args, 4)]
            .map(|v| if v.is_callable() { JsValue::undefined() } else { v })
    };
    let (offset, length) = arguments::range(&view, &offset, &length, context)?;
    let position = arguments::position(&position, context)?;
    let target = view.part(offset, offset + length);
    Ok((Operation::Read { fd, length, position }, Shape::Into(target)))
}

/// `write(fd, buffer, offset, length, position)` or `write(fd, string, position, encoding)`.
pub(super) fn write(args: &[JsValue], context: &mut Context) -> Call {
    let fd = arguments::fd(&arg(args, 0), context)?;
    let plain = |index: usize| {
        let value = arg(args, index);
        if value.is_callable() { JsValue::undefined() } else { value }
    };
    let data = arg(args, 1);
    if let Some(view) = View::of_view(&data, context) {
        let [offset, length, position] = if plain(2).is_object() {
            let options = Options::decode(&plain(2), context)?;
            [
                options.get("offset", context)?,
                options.get("length", context)?,
                options.get("position", context)?,
            ]
        } else {
            [plain(2), plain(3), plain(4)]
        };
        let (offset, length) = arguments::range(&view, &offset, &length, context)?;
        let position = arguments::position(&position, context).unwrap_or(None);
        let bytes = view.part(offset, offset + length).to_vec();
        return Ok((Operation::Write { fd, bytes, position }, Shape::Plain));
    }
    let encoding = match plain(3).as_string() {
        Some(name) => match Encoding::parse(&name) {
            Some(encoding) => Some(encoding),
            None => {
                let message = format!("Unknown encoding: {}", name.to_std_string_lossy());
                return Err(coded(context, Code::ERR_UNKNOWN_ENCODING, message));
            }
        },
        None => None,
    };
    let bytes = arguments::data(&data, encoding, "buffer", context)?;
    let position = arguments::position(&plain(2), context).unwrap_or(None);
    Ok((Operation::Write { fd, bytes, position }, Shape::Plain))
}

pub(super) fn readlink(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let encoding = Options::decode(&arg(args, 1), context)?.name_encoding(context)?;
    Ok((Operation::Readlink { path }, Shape::Text(encoding)))
}

fn real(args: &[JsValue], syscall: &'static str, context: &mut Context) -> Call {
    let path = path(args, context)?;
    let encoding = Options::decode(&arg(args, 1), context)?.name_encoding(context)?;
    Ok((Operation::Realpath { path, syscall }, Shape::Text(encoding)))
}

pub(super) fn realpath(args: &[JsValue], context: &mut Context) -> Call {
    real(args, "lstat", context)
}

pub(super) fn realpath_native(args: &[JsValue], context: &mut Context) -> Call {
    real(args, "realpath", context)
}

pub(super) fn rename(args: &[JsValue], context: &mut Context) -> Call {
    let from = arguments::path(&arg(args, 0), "oldPath", context)?;
    let to = arguments::path(&arg(args, 1), "newPath", context)?;
    Ok((Operation::Rename { from, to }, Shape::Plain))
}

pub(super) fn rm(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let options = Options::decode(&arg(args, 1), context)?;
    let recursive = options.flag("recursive", context)?;
    let force = options.flag("force", context)?;
    Ok((Operation::Rm { path, recursive, force }, Shape::Plain))
}

pub(super) fn rmdir(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let recursive = Options::decode(&arg(args, 1), context)?.get("recursive", context)?;
    if !recursive.is_undefined() {
        let reason = "is no longer supported";
        return Err(validate::invalid_arg_value(context, "options.recursive", &recursive, reason));
    }
    Ok((Operation::Rmdir { path }, Shape::Plain))
}

pub(super) fn readdir(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let options = Options::decode(&arg(args, 1), context)?;
    let encoding = options.name_encoding(context)?;
    let recursive = options.flag("recursive", context)?;
    let with_types = options.get("withFileTypes", context)?.to_boolean();
    let shape = Shape::Entries { with_types, encoding, base: path.clone() };
    Ok((Operation::Scandir { path, recursive }, shape))
}

fn stated(target: Target, args: &[JsValue], follow: bool, context: &mut Context) -> Call {
    let options = Options::decode(&arg(args, 1), context)?;
    let bigint = options.get("bigint", context)?.to_boolean();
    let throws = options.get("throwIfNoEntry", context)?;
    let missing_ok = throws.as_boolean() == Some(false);
    Ok((Operation::Stat { target, follow }, Shape::Stats { bigint, missing_ok }))
}

pub(super) fn stat(args: &[JsValue], context: &mut Context) -> Call {
    stated(Target::Path(path(args, context)?), args, true, context)
}

pub(super) fn lstat(args: &[JsValue], context: &mut Context) -> Call {
    stated(Target::Path(path(args, context)?), args, false, context)
}

pub(super) fn fstat(args: &[JsValue], context: &mut Context) -> Call {
    stated(Target::Fd(arguments::fd(&arg(args, 0), context)?), args, true, context)
}

pub(super) fn symlink(args: &[JsValue], context: &mut Context) -> Call {
    let target = arguments::path(&arg(args, 0), "target", context)?;
    let path = arguments::path(&arg(args, 1), "path", context)?;
    Ok((Operation::Symlink { target, path }, Shape::Plain))
}

pub(super) fn fsync(args: &[JsValue], context: &mut Context) -> Call {
    let fd = arguments::fd(&arg(args, 0), context)?;
    Ok((Operation::Sync { fd, data_only: false }, Shape::Plain))
}

pub(super) fn fdatasync(args: &[JsValue], context: &mut Context) -> Call {
    let fd = arguments::fd(&arg(args, 0), context)?;
    Ok((Operation::Sync { fd, data_only: true }, Shape::Plain))
}

fn length(value: &JsValue, context: &mut Context) -> JsResult<u64> {
    if value.is_null_or_undefined() || value.is_callable() {
        return Ok(0);
    }
    let max = 9_007_199_254_740_991.0;
    Ok(validate::integer(value, "len", -max, max, context)?.max(0.0) as u64)
}

pub(super) fn truncate(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Path(path(args, context)?);
    let length = length(&arg(args, 1), context)?;
    Ok((Operation::Truncate { target, length }, Shape::Plain))
}

pub(super) fn ftruncate(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Fd(arguments::fd(&arg(args, 0), context)?);
    let length = length(&arg(args, 1), context)?;
    Ok((Operation::Truncate { target, length }, Shape::Plain))
}

pub(super) fn unlink(args: &[JsValue], context: &mut Context) -> Call {
    Ok((Operation::Unlink { path: path(args, context)? }, Shape::Plain))
}

fn timed(args: &[JsValue], follow: bool, context: &mut Context) -> Call {
    let path = path(args, context)?;
    let accessed = arguments::time(&arg(args, 1), "atime", context)?;
    let modified = arguments::time(&arg(args, 2), "mtime", context)?;
    Ok((Operation::Utimes { path, accessed, modified, follow }, Shape::Plain))
}

pub(super) fn utimes(args: &[JsValue], context: &mut Context) -> Call {
    timed(args, true, context)
}

pub(super) fn lutimes(args: &[JsValue], context: &mut Context) -> Call {
    timed(args, false, context)
}
