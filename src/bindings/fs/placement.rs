//! Calls of a program whose working directory or standard streams are not the process's: what reaches
//! the system are the paths and the descriptors that are meant, what the program sees are its own.

use std::{
    borrow::Cow,
    ffi::OsStr,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::ffi::{OsStrExt, OsStringExt},
    },
    path::PathBuf,
};

use boa_engine::Context;

use super::{
    open_folders,
    operation::{Answer, Failure, Operation, Outcome, Target},
};
use crate::{
    bindings::handles,
    engine::{
        descriptors::{self, Opening},
        folder, standard,
    },
    sys::error::{Subject, SysError},
};

/// What was done to a call.
#[derive(Debug, Default)]
pub(super) struct Placement {
    /// The working directory, with a slash at its end, if a path was put below it.
    folder: Vec<u8>,
    /// Which paths were.
    placed: [bool; 2],
    /// The answer is a path that the call made.
    makes: bool,
    /// As long as the call is under way: what it is about, whatever becomes of its number, and that it counts
    /// among what is open.
    _kept: (Option<OwnedFd>, Option<Opening>),
}

/// Replaces what a call names.
pub(super) fn place(operation: &mut Operation, context: &Context) -> Placement {
    let held = place_fd(operation, context);
    let opening = place_opening(operation, context);
    let mut placement = Placement { _kept: (held, opening), ..Placement::default() };
    let Some(folder) = folder::own(context) else { return placement };
    placement.makes = matches!(operation, Operation::Mkdir { .. } | Operation::Mkdtemp { .. });
    let paths = paths_of(operation).into_iter().zip(&mut placement.placed);
    for (path, placed) in paths {
        let Some(path) = path else { continue };
        if let Cow::Owned(meant) = folder::place(path, &folder) {
            *path = meant;
            *placed = true;
        }
    }
    if placement.placed != [false; 2] {
        placement.folder = folder.join("").into_os_string().into_vec();
    }
    placement
}

/// Has a call be about the descriptor that is meant by its number, which may be none.
fn place_fd(operation: &mut Operation, context: &Context) -> Option<OwnedFd> {
    if let Operation::Close { fd } = operation {
        place_close(*fd, operation, context);
        return None;
    }
    let fd = fd_of(operation)?;
    if let Some(meant) = standard::meant(*fd, context) {
        *fd = meant;
        return None;
    }
    match descriptors::held(*fd, context) {
        Ok(held) => {
            *fd = held.as_ref().map_or(*fd, AsRawFd::as_raw_fd);
            held
        }
        Err(_) if handles::has_descriptor(*fd, context) => None,
        Err(_) => {
            *fd = descriptors::NONE;
            None
        }
    }
}

/// Refuses to open more than may be open.
fn place_opening(operation: &mut Operation, context: &Context) -> Option<Opening> {
    let (Operation::Open { path, .. } | Operation::OpenFolder { path }) = operation else {
        return None;
    };
    match descriptors::admit(open_folders::count(context), context) {
        Ok(opening) => Some(opening),
        Err(errno) => {
            *operation = Operation::Fail(SysError::new(errno, "open").about_path(&*path));
            None
        }
    }
}

fn place_close(fd: i32, operation: &mut Operation, context: &Context) {
    if descriptors::are_hosts(fd, context) {
        // The streams are the host's.
        *operation = Operation::Idle;
    } else if !descriptors::taken(fd, context) {
        *operation = Operation::Close { fd: descriptors::NONE };
    }
}

impl Placement {
    /// Calls what the answer names as the program does.
    pub(super) fn restore(&self, mut answer: Answer) -> Answer {
        if self.folder.is_empty() {
            return answer;
        }
        match &mut answer {
            Ok(Outcome::Found(found)) => {
                for found in found {
                    self.rename(&mut found.folder);
                }
            }
            Ok(Outcome::Path(path)) if self.makes => self.rename(path),
            Err(Failure::Sys(error)) => self.rename_subject(&mut error.subject),
            Err(Failure::IsFolder(path) | Failure::Denied { path, .. }) => self.rename(path),
            _ => {}
        }
        answer
    }

    fn rename_subject(&self, subject: &mut Subject) {
        match subject {
            Subject::Path(path) => self.rename(path),
            Subject::Paths(from, to) => {
                for (path, placed) in [from, to].into_iter().zip(self.placed) {
                    if placed {
                        self.rename(path);
                    }
                }
            }
            Subject::None | Subject::Address(..) | Subject::Spawn(..) => {}
        }
    }

    fn rename(&self, path: &mut PathBuf) {
        if let Some(rest) = path.as_os_str().as_bytes().strip_prefix(&*self.folder) {
            *path = PathBuf::from(OsStr::from_bytes(rest));
        }
    }
}

/// The paths of a call that are relative to the working directory.
fn paths_of(operation: &mut Operation) -> [Option<&mut PathBuf>; 2] {
    use Operation as O;
    match operation {
        O::Access { path, .. }
        | O::Mkdir { path, .. }
        | O::Mkdtemp { prefix: path }
        | O::Open { path, .. }
        | O::OpenFolder { path }
        | O::Readlink { path }
        | O::Realpath { path, .. }
        | O::Rm { path, .. }
        | O::Rmdir { path }
        | O::Scandir { path, .. }
        | O::Statfs { path }
        // What a link says is relative to where it stands.
        | O::Symlink { path, .. }
        | O::Unlink { path }
        | O::Chmod { target: Target::Path(path), .. }
        | O::Chown { target: Target::Path(path), .. }
        | O::ReadFile { target: Target::Path(path), .. }
        | O::Stat { target: Target::Path(path), .. }
        | O::Truncate { target: Target::Path(path), .. }
        | O::Utimes { target: Target::Path(path), .. }
        | O::WriteFile { target: Target::Path(path), .. } => [Some(path), None],
        O::Copy { from, to, .. } | O::Link { from, to } | O::Rename { from, to } => {
            [Some(from), Some(to)]
        }
        O::Idle
        | O::Fail(_)
        | O::Chmod { .. }
        | O::Chown { .. }
        | O::Close { .. }
        | O::Read { .. }
        | O::ReadFile { .. }
        | O::ReadFolder { .. }
        | O::Readv { .. }
        | O::Stat { .. }
        | O::Sync { .. }
        | O::Truncate { .. }
        | O::Utimes { .. }
        | O::Write { .. }
        | O::WriteFile { .. }
        | O::Writev { .. } => [None, None],
    }
}

/// The descriptor that a call is about.
fn fd_of(operation: &mut Operation) -> Option<&mut i32> {
    use Operation as O;
    match operation {
        O::Chmod { target: Target::Fd(fd), .. }
        | O::Chown { target: Target::Fd(fd), .. }
        | O::ReadFile { target: Target::Fd(fd), .. }
        | O::Stat { target: Target::Fd(fd), .. }
        | O::Truncate { target: Target::Fd(fd), .. }
        | O::Utimes { target: Target::Fd(fd), .. }
        | O::WriteFile { target: Target::Fd(fd), .. }
        | O::Close { fd }
        | O::Read { fd, .. }
        | O::Readv { fd, .. }
        | O::Sync { fd, .. }
        | O::Write { fd, .. }
        | O::Writev { fd, .. } => Some(fd),
        _ => None,
    }
}
