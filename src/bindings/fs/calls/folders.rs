//! Calls about folders: making, listing, removing.

use std::path::Path;

use boa_engine::{Context, JsError, JsResult, JsValue};

use super::{
    super::{
        answer::{self, Shape},
        arguments, open_folders,
        operation::Operation,
        options::Options,
    },
    Call, call, path, plain,
};
use crate::{
    bindings::{encoding::Encoding, url, warning},
    engine::{
        errors::{Code, coded},
        natives::arg,
        validate,
    },
    sys::folders::Retries,
};

const MAX_COUNT: f64 = 4_294_967_295.0;
const MAX_DELAY: f64 = 2_147_483_647.0;

pub(in super::super) fn mkdir(args: &[JsValue], context: &mut Context) -> Call {
    let given = arg(args, 1);
    if given.is_number() || given.is_string() {
        let mode = arguments::mode(&given, "mode", Some(0o777), context)?;
        let path = path(args, context)?;
        return plain(Operation::Mkdir { path, mode, recursive: false, below: None });
    }
    let options = Options::of_object(&given);
    let recursive = options.flag("recursive", context)?;
    let mode = options.get("mode", context)?;
    let mode = arguments::mode(&mode, "options.mode", Some(0o777), context)?;
    let path = path(args, context)?;
    plain(Operation::Mkdir { path, mode, recursive, below: None })
}

pub(in super::super) fn mkdtemp(args: &[JsValue], context: &mut Context) -> Call {
    let encoding = Options::decode(&arg(args, 1), context)?.name_encoding(context)?;
    let prefix = arguments::path(&arg(args, 0), "prefix", context)?;
    warn_of_end(&prefix, context)?;
    call(Operation::Mkdtemp { prefix }, Shape::Text(encoding))
}

/// That the warning about the ends of templates was given.
struct WarnedOfEnd;

/// Other systems may replace more of a template than its last six letters.
fn warn_of_end(prefix: &Path, context: &mut Context) -> JsResult<()> {
    if !prefix.as_os_str().as_encoded_bytes().ends_with(b"X")
        || context.get_data::<WarnedOfEnd>().is_some()
    {
        return Ok(());
    }
    context.insert_data(WarnedOfEnd);
    let message = "mkdtemp() templates ending with X are not portable. \
                   For details see: https://nodejs.org/api/fs.html";
    warning::emit_named(message, "Warning", context)
}

pub(in super::super) fn readdir(args: &[JsValue], context: &mut Context) -> Call {
    let options = Options::decode(&arg(args, 1), context)?;
    let root = arg(args, 0);
    let path = path(args, context)?;
    let encoding = options.name_encoding(context)?;
    let recursive = options.get("recursive", context)?;
    let recursive = !recursive.is_null_or_undefined()
        && validate::boolean(&recursive, "options.recursive", context)?;
    let with_types = options.get("withFileTypes", context)?.to_boolean();
    // Entries show the folder as it was given, if that was a path already.
    let root = match root.as_object() {
        Some(object) if url::is_url(&object, context) => {
            answer::name(&path, Some(Encoding::Utf8), context)?
        }
        _ => root,
    };
    let shape = Shape::Found { with_types, encoding, base: path.clone(), root };
    call(Operation::Scandir { path, recursive, follow: true }, shape)
}

fn retries(options: &Options, context: &mut Context) -> JsResult<Retries> {
    let delay = options.count("retryDelay", 100.0, MAX_DELAY, context)? as u64;
    let count = options.count("maxRetries", 0.0, MAX_COUNT, context)? as u32;
    Ok(Retries { count, delay })
}

pub(in super::super) fn rm(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let options = Options::strict(&arg(args, 1), context)?;
    let force = options.flag("force", context)?;
    let recursive = options.flag("recursive", context)?;
    let retries = retries(&options, context)?;
    plain(Operation::Rm { path, recursive, force, retries })
}

pub(in super::super) fn rmdir(args: &[JsValue], context: &mut Context) -> Call {
    let path = path(args, context)?;
    let given = arg(args, 1);
    let recursive = Options::of_object(&given).get("recursive", context)?;
    if !recursive.is_undefined() {
        let reason = "is no longer supported";
        return Err(validate::invalid_arg_value(context, "options.recursive", &recursive, reason));
    }
    retries(&Options::strict(&given, context)?, context)?;
    plain(Operation::Rmdir { path })
}

/// `openFolder(path)`: answers a number for [`read_folder`].
pub(in super::super) fn open_folder(args: &[JsValue], context: &mut Context) -> Call {
    plain(Operation::OpenFolder { path: path(args, context)? })
}

/// `readFolder(number, count, encoding, path)`: the next `Dirent`s of an open folder, or `null`.
pub(in super::super) fn read_folder(args: &[JsValue], context: &mut Context) -> Call {
    let id = arg(args, 0).to_u32(context)?;
    let count = arg(args, 1).to_u32(context)? as usize;
    let encoding = Options::decode(&arg(args, 2), context)?.name_encoding(context)?;
    let folder = open_folders::of(context).get(id).ok_or_else(|| closed(context))?;
    let shape = Shape::Entries { encoding, folder: arg(args, 3) };
    call(Operation::ReadFolder { folder, count }, shape)
}

fn closed(context: &mut Context) -> JsError {
    coded(context, Code::ERR_DIR_CLOSED, "Directory handle was closed")
}
