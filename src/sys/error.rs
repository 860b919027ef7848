//! The error value of every system call: number, call, and what it was about.

use std::path::PathBuf;

use super::errno::Errno;

/// A failed system call. Becomes a JavaScript error in `engine::errors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SysError {
    pub(crate) errno: Errno,
    /// The name that Node shows, e.g. `open`, `kill`, `spawn /bin/x`.
    pub(crate) syscall: String,
    pub(crate) subject: Subject,
}

/// What a failed system call was about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Nothing that has a name.
    #[default]
    None,
    /// A file.
    Path(PathBuf),
    /// Two files: from, to.
    Paths(PathBuf, PathBuf),
    /// A network address or the path of a Unix socket, with the port where there is one.
    Address(String, Option<u16>),
    /// A program to be started: its file and its arguments, the zeroth left out.
    Spawn(String, Vec<String>),
}

impl SysError {
    /// An error without a subject.
    pub(crate) fn new(errno: impl Into<Errno>, syscall: impl Into<String>) -> Self {
        Self { errno: errno.into(), syscall: syscall.into(), subject: Subject::None }
    }

    /// The same error about a file.
    #[must_use]
    pub(crate) fn about_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.subject = Subject::Path(path.into());
        self
    }

    /// The error of an I/O operation on a file.
    pub(crate) fn from_io(error: &std::io::Error, syscall: &str, path: impl Into<PathBuf>) -> Self {
        Self::new(Errno::of(error), syscall).about_path(path)
    }
}
