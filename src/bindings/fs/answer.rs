//! What `fs` answers: outcomes as JavaScript values, failures as errors.

use std::{
    os::fd::IntoRawFd,
    path::{Path, PathBuf},
};

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{
    dirent, open_folders,
    operation::{Answer, Failure, Outcome},
    statfs, stats,
    walk::Found,
};
use crate::{
    bindings::{
        buffer::{self, View},
        encoding::{self, Encoding},
    },
    engine::{
        descriptors,
        errors::{Code, Wording, coded_object, from_sys},
        natives::define_value,
        permission,
    },
    sys::{
        errno::Errno,
        error::{Subject, SysError},
        folders::Entry,
    },
};

/// How an outcome is shown to JavaScript.
pub(super) enum Shape {
    /// As it is.
    Plain,
    /// Bytes or paths as text, or as a `Buffer`.
    Text(Option<Encoding>),
    /// A `Stats` object; with `bigint` of bigints; `undefined` if `missing_ok` and not there.
    Stats { bigint: bool, missing_ok: bool },
    /// An array of names, or of `Dirent`s whose folders are shown below `root` as it was given.
    Found { with_types: bool, encoding: Option<Encoding>, base: PathBuf, root: JsValue },
    /// An array of names and kinds by turns, or `null` at the end.
    Entries { encoding: Option<Encoding>, folder: JsValue },
    /// The bytes go into this part of a program's buffer; the answer is their number.
    Into { view: View, buffer: JsValue },
    /// The bytes go into these buffers, one after the other.
    IntoAll { views: Vec<View>, buffers: JsValue },
    /// The answer is the number of bytes that came from this buffer or text.
    From(JsValue),
    /// True or false, never an error.
    Exists,
}

impl Shape {
    /// The answer of a call that succeeded or failed.
    pub(super) fn answer(&self, result: Answer, context: &mut Context) -> JsResult<JsValue> {
        match (self, result) {
            (Self::Exists, result) => Ok(result.is_ok().into()),
            (Self::Stats { missing_ok: true, .. }, Err(Failure::Sys(error)))
                if is_missing(&error) =>
            {
                Ok(JsValue::undefined())
            }
            (_, Err(error)) => Err(JsError::from_opaque(failure(&error, context).into())),
            (_, Ok(outcome)) => self.value(outcome, context),
        }
    }

    /// What a callback gets besides the answer: the buffer that was read into or written from.
    pub(super) fn buffer(&self) -> Option<JsValue> {
        match self {
            Self::Into { buffer, .. } | Self::IntoAll { buffers: buffer, .. } => {
                Some(buffer.clone())
            }
            Self::From(data) => Some(data.clone()),
            _ => None,
        }
    }

    fn value(&self, outcome: Outcome, context: &mut Context) -> JsResult<JsValue> {
        let bigint = matches!(self, Self::Stats { bigint: true, .. });
        match outcome {
            Outcome::Nothing if self.buffer().is_some() => Ok(0.into()),
            Outcome::Nothing => Ok(JsValue::undefined()),
            Outcome::Number(number) => Ok((number as f64).into()),
            Outcome::Fd(fd) => {
                let number = fd.into_raw_fd();
                descriptors::given(number, context);
                Ok(number.into())
            }
            Outcome::Folder(folder) => Ok(open_folders::of(context).insert(folder).into()),
            Outcome::Metadata(metadata) => Ok(stats::create(&metadata, bigint, context).into()),
            Outcome::FileSystem(statfs) => Ok(statfs::create(&statfs, bigint, context).into()),
            Outcome::Path(path) => name(&path, self.encoding(), context),
            Outcome::Bytes(bytes) => self.bytes(&bytes, context),
            Outcome::Parts { count, parts } => {
                if let Self::IntoAll { views, .. } = self {
                    distribute(views, &parts, count, context)?;
                }
                Ok((count as f64).into())
            }
            Outcome::Entries(entries) => self.entries(&entries, context),
            Outcome::Found(found) => self.found(&found, context),
        }
    }

    /// The encoding of names.
    fn encoding(&self) -> Option<Encoding> {
        match self {
            Self::Text(encoding)
            | Self::Entries { encoding, .. }
            | Self::Found { encoding, .. } => *encoding,
            _ => Some(Encoding::Utf8),
        }
    }

    fn bytes(&self, bytes: &[u8], context: &mut Context) -> JsResult<JsValue> {
        match self {
            Self::Into { view, .. } => {
                copy(view, bytes, context)?;
                Ok((bytes.len() as f64).into())
            }
            Self::Text(Some(encoding)) => text(bytes, *encoding, context),
            _ => Ok(buffer::from_slice(bytes, context)?.into()),
        }
    }

    fn entries(&self, entries: &[Entry], context: &mut Context) -> JsResult<JsValue> {
        let Self::Entries { folder, .. } = self else { return Ok(JsValue::null()) };
        if entries.is_empty() {
            return Ok(JsValue::null());
        }
        let mut list = Vec::with_capacity(entries.len());
        for entry in entries {
            let name = name(&entry.name, self.encoding(), context)?;
            list.push(dirent::create(name, folder.clone(), entry.kind, context).into());
        }
        Ok(JsArray::from_iter(list, context).into())
    }

    fn found(&self, found: &[Found], context: &mut Context) -> JsResult<JsValue> {
        let Self::Found { with_types, base, root, .. } = self else { return Ok(JsValue::null()) };
        let mut list = Vec::with_capacity(found.len());
        let mut last: Option<(&Path, JsValue)> = None;
        for Found { folder, entry } in found {
            if *with_types {
                let shown = match &last {
                    Some((path, shown)) if *path == folder.as_path() => shown.clone(),
                    _ if folder == base => root.clone(),
                    _ => name(folder, Some(Encoding::Utf8), context)?,
                };
                last = Some((folder, shown.clone()));
                let name = name(&entry.name, self.encoding(), context)?;
                list.push(dirent::create(name, shown, entry.kind, context).into());
            } else {
                let nested = folder.strip_prefix(base).unwrap_or(Path::new(""));
                list.push(name(&nested.join(&entry.name), self.encoding(), context)?);
            }
        }
        Ok(JsArray::from_iter(list, context).into())
    }
}

fn is_missing(error: &SysError) -> bool {
    matches!(error.errno.0, libc::ENOENT | libc::ENOTDIR)
}

/// Copies bytes to where a view begins, as far as it still reaches.
fn copy(view: &View, bytes: &[u8], context: &mut Context) -> JsResult<()> {
    view.part(0, bytes.len()).write(context, |slots| {
        let count = slots.len().min(bytes.len());
        slots[..count].copy_from_slice(&bytes[..count]);
    })
}

fn distribute(
    views: &[View],
    parts: &[Vec<u8>],
    mut count: usize,
    context: &mut Context,
) -> JsResult<()> {
    for (view, part) in views.iter().zip(parts) {
        let length = part.len().min(count);
        copy(view, &part[..length], context)?;
        count -= length;
    }
    Ok(())
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
pub(super) fn failure(failure: &Failure, context: &mut Context) -> JsObject {
    match failure {
        Failure::Sys(error) => from_sys(context, error, Wording::Described),
        Failure::TooLarge(size) => {
            let message = format!("File size ({size}) is greater than 2 GiB");
            coded_object(context, Code::ERR_FS_FILE_TOO_LARGE, message)
        }
        Failure::Denied { scope, path } => {
            permission::denial(*scope, &path.to_string_lossy(), context)
        }
        Failure::LinkDenied => {
            let message = "fs.symlink API requires full fs.read and fs.write permissions.";
            let error = coded_object(context, Code::ERR_ACCESS_DENIED, message);
            for field in ["permission", "resource"] {
                define_value(&error, JsString::from(field), JsString::default(), true);
            }
            error
        }
        Failure::IsFolder(path) => {
            let mut error = SysError::new(Errno(libc::EISDIR), "rm");
            error.subject = Subject::Path(path.clone());
            system_error(
                Code::ERR_FS_EISDIR,
                "Path is a directory",
                "is a directory",
                &error,
                context,
            )
        }
    }
}

/// An error of Node's that looks like one of the system's: `about: call returned CODE (message)
/// path => dest`, with `info`.
pub(super) fn system_error(
    code: Code,
    about: &str,
    message: &str,
    error: &SysError,
    context: &mut Context,
) -> JsObject {
    let SysError { errno, syscall, subject } = error;
    let errno_name = errno.name().unwrap_or("UNKNOWN");
    let (path, dest) = match subject {
        Subject::Path(path) => (Some(path), None),
        Subject::Paths(path, dest) => (Some(path), Some(dest)),
        _ => (None, None),
    };
    let mut full = format!("{about}: {syscall} returned {errno_name} ({message})");
    let text = |path: &Path| path.to_string_lossy().into_owned();
    if let Some(path) = path {
        full.push_str(&format!(" {}", text(path)));
    }
    if let Some(dest) = dest {
        full.push_str(&format!(" => {}", text(dest)));
    }
    let object = coded_object(context, code, full);
    define_value(&object, js_string!("name"), js_string!("SystemError"), false);
    let info = JsObject::with_object_proto(context.intrinsics());
    define_value(&info, js_string!("message"), JsString::from(message), true);
    let mut details: Vec<(&str, JsValue)> = Vec::new();
    if let Some(path) = path {
        details.push(("path", JsString::from(text(path)).into()));
    }
    if let Some(dest) = dest {
        details.push(("dest", JsString::from(text(dest)).into()));
    }
    let syscall = ("syscall", JsString::from(syscall.as_str()).into());
    let errno = ("errno", errno.0.into());
    let code = ("code", JsString::from(errno_name).into());
    for (name, value) in details.iter().cloned().chain([syscall.clone(), errno.clone(), code]) {
        define_value(&info, JsString::from(name), value, true);
    }
    define_value(&object, js_string!("info"), info, true);
    for (name, value) in [errno, syscall].into_iter().chain(details) {
        define_value(&object, JsString::from(name), value, true);
    }
    object
}
