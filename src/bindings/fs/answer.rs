//! What `fs` answers: outcomes as JavaScript values, failures as errors.

use std::path::Path;

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{dirent, operation::Outcome, stats};
use crate::{
    bindings::{
        buffer::{self, View},
        encoding::{self, Encoding},
    },
    engine::{
        errors::{Code, Wording, coded_object, from_sys},
        natives::define_value,
    },
    sys::{errno::Errno, error::SysError},
};

/// How an outcome is shown to JavaScript.
pub(super) enum Shape {
    /// As it is.
    Plain,
    /// Bytes as text, or as a `Buffer`.
    Text(Option<Encoding>),
    /// A `Stats` object; with `bigint` of bigints; `undefined` if `missing_ok` and not there.
    Stats { bigint: bool, missing_ok: bool },
    /// An array of names or of `Dirent`s.
    Entries { with_types: bool, encoding: Option<Encoding>, base: std::path::PathBuf },
    /// The bytes go into this part of a program's buffer; the answer is their number.
    Into(View),
    /// True or false, never an error.
    Exists,
}

impl Shape {
    /// The answer of a call that succeeded or failed.
    pub(super) fn answer(
        &self,
        result: Result<Outcome, SysError>,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        match (self, result) {
            (Self::Exists, result) => Ok(result.is_ok().into()),
            (Self::Stats { missing_ok: true, .. }, Err(error)) if is_missing(&error) => {
                Ok(JsValue::undefined())
            }
            (_, Err(error)) => Err(JsError::from_opaque(failure(&error, context).into())),
            (_, Ok(outcome)) => self.value(outcome, context),
        }
    }

    fn value(&self, outcome: Outcome, context: &mut Context) -> JsResult<JsValue> {
        match (self, outcome) {
            (_, Outcome::Nothing) => Ok(JsValue::undefined()),
            (_, Outcome::Number(number)) => Ok((number as f64).into()),
            (_, Outcome::Fd(fd)) => Ok(fd.into()),
            (Self::Into(view), Outcome::Bytes(bytes)) => {
                let count = bytes.len();
                view.part(0, count).write(context, |slots| {
                    let count = slots.len().min(bytes.len());
                    slots[..count].copy_from_slice(&bytes[..count]);
                })?;
                Ok((count as f64).into())
            }
            (Self::Text(Some(encoding)), Outcome::Bytes(bytes)) => text(&bytes, *encoding, context),
            (_, Outcome::Bytes(bytes)) => Ok(buffer::from_slice(&bytes, context)?.into()),
            (Self::Text(encoding), Outcome::Path(path)) => name(&path, *encoding, context),
            (_, Outcome::Path(path)) => name(&path, Some(Encoding::Utf8), context),
            (Self::Stats { bigint, .. }, Outcome::Metadata(metadata)) => {
                stats::create(&metadata, *bigint, context).map(JsValue::from)
            }
            (_, Outcome::Metadata(metadata)) => {
                stats::create(&metadata, false, context).map(JsValue::from)
            }
            (Self::Entries { with_types, encoding, base }, Outcome::Entries(entries)) => {
                let mut list = Vec::with_capacity(entries.len());
                for (folder, entry) in entries {
                    list.push(if *with_types {
                        dirent::create(&folder, &entry, *encoding, context)?.into()
                    } else {
                        let nested = folder.strip_prefix(base).unwrap_or(Path::new(""));
                        name(&nested.join(&entry.name), *encoding, context)?
                    });
                }
                Ok(JsArray::from_iter(list, context).into())
            }
            (_, Outcome::Entries(_)) => Ok(JsArray::new(context)?.into()),
        }
    }
}

fn is_missing(error: &SysError) -> bool {
    matches!(error.errno.0, libc::ENOENT | libc::ENOTDIR)
}

/// Bytes as text; a text that is too long for a string is an error.
fn text(bytes: &[u8], encoding: Encoding, context: &mut Context) -> JsResult<JsValue> {
    if encoding::decoded_length(bytes.len(), encoding) > encoding::MAX_STRING_LENGTH {
        let message = format!(
            "Cannot create a string longer than 0x{:x} characters",
            encoding::MAX_STRING_LENGTH
        );
        let error = coded_object(context, Code::ERR_STRING_TOO_LONG, message);
        return Err(JsError::from_opaque(error.into()));
    }
    Ok(encoding::decode(bytes, encoding).into())
}

/// A file's name in an encoding, or as a `Buffer`.
pub(super) fn name(
    path: &Path,
    encoding: Option<Encoding>,
    context: &mut Context,
) -> JsResult<JsValue> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = path.as_os_str().as_bytes();
    match encoding {
        Some(encoding) => text(bytes, encoding, context),
        None => Ok(buffer::from_slice(bytes, context)?.into()),
    }
}

/// The error object of a failed call.
pub(super) fn failure(error: &SysError, context: &mut Context) -> JsObject {
    if error.syscall == "rm" && error.errno == Errno(libc::EISDIR) {
        return removed_folder(error, context);
    }
    from_sys(context, error, Wording::Described)
}

/// `fs.rm` of a folder without `recursive` has an error of its own.
fn removed_folder(error: &SysError, context: &mut Context) -> JsObject {
    let path = match &error.subject {
        crate::sys::error::Subject::Path(path) => path.to_string_lossy().into_owned(),
        _ => String::new(),
    };
    let message = format!("Path is a directory: rm returned EISDIR (is a directory) {path}");
    let object = coded_object(context, Code::ERR_FS_EISDIR, message);
    define_value(&object, js_string!("name"), js_string!("SystemError"), false);
    define_value(&object, js_string!("errno"), error.errno.0, true);
    define_value(&object, js_string!("syscall"), js_string!("rm"), true);
    define_value(&object, js_string!("path"), JsString::from(path), true);
    object
}
