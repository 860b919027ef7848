//! Calls about a path: what is there, whose it is, what it is called.

use boa_engine::{Context, JsResult, JsValue};

use super::{
    super::{
        answer::Shape,
        arguments,
        operation::{Operation, Target},
        options::Options,
    },
    Call, call, path, plain,
};
use crate::{
    bindings::{buffer::View, url, warning},
    engine::{natives::arg, validate},
    sys::copying::CopyMode,
};

const MAX_ID: f64 = 4_294_967_295.0;

pub(in super::super) fn access(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let mode = arguments::bits(&arg(args, 1), context)?;
    plain(Operation::Access { path, mode })
}

pub(in super::super) fn exists(args: &[JsValue], context: &mut Context) -> Call {
    // Whatever cannot be a path does not exist.
    let path = path(args, context).unwrap_or_default();
    call(Operation::Access { path, mode: 0 }, Shape::Exists)
}

/// That the warning about arguments of `existsSync` was given.
struct WarnedOfArgument;

pub(in super::super) fn exists_sync(args: &[JsValue], context: &mut Context) -> Call {
    let given = arg(args, 0);
    let could_be_path = given.is_string()
        || View::of_uint8_array(&given, context).is_some()
        || given.as_object().is_some_and(|object| url::is_url(&object, context));
    if !could_be_path && context.get_data::<WarnedOfArgument>().is_none() {
        context.insert_data(WarnedOfArgument);
        let message = "Passing invalid argument types to fs.existsSync is deprecated";
        warning::emit_deprecation(message, "DEP0187", context)?;
    }
    exists(args, context)
}

pub(in super::super) fn chmod(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Path(path(args, context)?);
    let mode = arguments::mode(&arg(args, 1), "mode", None, context)?;
    plain(Operation::Chmod { target, mode })
}

/// A user's and a group's number; -1 stands for no change.
pub(super) fn owner(args: &[JsValue], context: &mut Context) -> JsResult<(u32, u32)> {
    let uid = validate::integer(&arg(args, 1), "uid", -1.0, MAX_ID, context)? as i64 as u32;
    let gid = validate::integer(&arg(args, 2), "gid", -1.0, MAX_ID, context)? as i64 as u32;
    Ok((uid, gid))
}

fn owned(args: &[JsValue], follow: bool, context: &mut Context) -> Call {
    let target = Target::Path(path(args, context)?);
    let (uid, gid) = owner(args, context)?;
    plain(Operation::Chown { target, uid, gid, follow })
}

pub(in super::super) fn chown(args: &[JsValue], context: &mut Context) -> Call {
    owned(args, true, context)
}

pub(in super::super) fn lchown(args: &[JsValue], context: &mut Context) -> Call {
    owned(args, false, context)
}

pub(in super::super) fn copy_file(args: &[JsValue], context: &mut Context) -> Call {
    let from = arguments::path(&arg(args, 0), "src", context)?;
    let to = arguments::path(&arg(args, 1), "dest", context)?;
    let bits = arguments::bits(&arg(args, 2), context)?;
    let mode =
        CopyMode { exclusive: bits & 1 != 0, clone: bits & 2 != 0, must_clone: bits & 4 != 0 };
    plain(Operation::Copy { from, to, mode })
}

pub(in super::super) fn link(args: &[JsValue], context: &mut Context) -> Call {
    let from = arguments::path(&arg(args, 0), "existingPath", context)?;
    let to = arguments::path(&arg(args, 1), "newPath", context)?;
    plain(Operation::Link { from, to })
}

pub(in super::super) fn readlink(args: &[JsValue], context: &mut Context) -> Call {
    let encoding = Options::decode(&arg(args, 1), context)?.name_encoding(context)?;
    let path = path(args, context)?;
    call(Operation::Readlink { path }, Shape::Text(encoding))
}

fn real(args: &[JsValue], walks: bool, context: &mut Context) -> Call {
    let encoding = Options::decode(&arg(args, 1), context)?.name_encoding(context)?;
    let path = path(args, context)?;
    call(Operation::Realpath { path, walks }, Shape::Text(encoding))
}

pub(in super::super) fn realpath(args: &[JsValue], context: &mut Context) -> Call {
    real(args, true, context)
}

pub(in super::super) fn realpath_native(args: &[JsValue], context: &mut Context) -> Call {
    real(args, false, context)
}

pub(in super::super) fn rename(args: &[JsValue], context: &mut Context) -> Call {
    let from = arguments::path(&arg(args, 0), "oldPath", context)?;
    let to = arguments::path(&arg(args, 1), "newPath", context)?;
    plain(Operation::Rename { from, to })
}

fn stated(args: &[JsValue], follow: bool, context: &mut Context) -> Call {
    let path = path(args, context)?;
    let options = Options::of_object(&arg(args, 1));
    let bigint = options.get("bigint", context)?.to_boolean();
    let throws = options.get("throwIfNoEntry", context)?;
    let missing_ok = throws.as_boolean() == Some(false);
    let shape = Shape::Stats { bigint, missing_ok };
    call(Operation::Stat { target: Target::Path(path), follow }, shape)
}

pub(in super::super) fn stat(args: &[JsValue], context: &mut Context) -> Call {
    stated(args, true, context)
}

pub(in super::super) fn lstat(args: &[JsValue], context: &mut Context) -> Call {
    stated(args, false, context)
}

pub(in super::super) fn statfs(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let bigint = Options::of_object(&arg(args, 1)).get("bigint", context)?.to_boolean();
    call(Operation::Statfs { path }, Shape::Stats { bigint, missing_ok: false })
}

pub(in super::super) fn symlink(args: &[JsValue], context: &mut Context) -> Call {
    // The kind of a link matters to Windows only, but it must be one.
    let kind = arg(args, 2);
    let known = kind.as_string().is_some_and(|name| {
        ["dir", "file", "junction"].contains(&name.to_std_string_lossy().as_str())
    });
    if !known && !kind.is_null_or_undefined() {
        let reason = "must be one of: 'dir', 'file', 'junction', null, undefined";
        return Err(validate::invalid_arg_value(context, "type", &kind, reason));
    }
    let target = arguments::path(&arg(args, 0), "target", context)?;
    let path = arguments::path(&arg(args, 1), "path", context)?;
    plain(Operation::Symlink { target, path })
}

pub(in super::super) fn truncate(args: &[JsValue], context: &mut Context) -> Call {
    let target = Target::Path(path(args, context)?);
    let length = arguments::length(&arg(args, 1), context)?;
    plain(Operation::Truncate { target, length })
}

pub(in super::super) fn unlink(args: &[JsValue], context: &mut Context) -> Call {
    plain(Operation::Unlink { path: path(args, context)? })
}

fn timed(args: &[JsValue], follow: bool, context: &mut Context) -> Call {
    let target = Target::Path(path(args, context)?);
    let accessed = arguments::time(&arg(args, 1), "time", context)?;
    let modified = arguments::time(&arg(args, 2), "time", context)?;
    plain(Operation::Utimes { target, times: [accessed, modified], follow })
}

pub(in super::super) fn utimes(args: &[JsValue], context: &mut Context) -> Call {
    timed(args, true, context)
}

pub(in super::super) fn lutimes(args: &[JsValue], context: &mut Context) -> Call {
    timed(args, false, context)
}
