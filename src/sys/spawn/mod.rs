//! Starts programs: no copy of the parent's memory, exact errors, a pidfd for each child.
//!
//! The child is made with `clone(CLONE_VM | CLONE_VFORK | CLONE_PIDFD)`: it borrows the parent's
//! memory while the calling thread stands still, until it is another program. However large the
//! parent is, nothing of it is copied. What the child does in that time is in `child`; everything
//! it needs is made before it exists.
//!
//! Source: `clone(2)`, `execve(2)`, `exec(3)`; libuv's `uv_spawn` for what a child is given.

mod calls;
mod child;
mod program;

use std::{
    ffi::{CStr, CString},
    os::fd::{AsRawFd, BorrowedFd, OwnedFd},
};

pub(super) use self::{
    calls::{duplicate_from, reap},
    child::Preparation,
};
use self::{
    child::Orders,
    program::{Arguments, Search, pointers},
};
use super::{
    errno::Errno,
    error::{Subject, SysError},
};

/// The stack of a child until it is another program (bytes). What runs there is a few calls deep.
const CHILD_STACK: usize = 64 * 1024;

/// What a descriptor of the child is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ChildFd<'fd> {
    /// `/dev/null` for 0, 1 and 2, else nothing.
    Ignored,
    /// A copy of the parent's. 0, 1 and 2 are made blocking.
    From(BorrowedFd<'fd>),
}

/// A program to be started, with everything it is given. Every field has to be thought of.
#[derive(Debug)]
pub(crate) struct SpawnRequest<'fd> {
    /// The program: a path if there is a slash in it, else a name to be found in the `PATH` of
    /// `env`.
    pub(crate) file: CString,
    /// Its arguments; the zeroth is what it is called.
    pub(crate) args: Vec<CString>,
    /// Its environment, `NAME=value`.
    pub(crate) env: Vec<CString>,
    /// Its working directory, if not the parent's.
    pub(crate) cwd: Option<CString>,
    /// Its descriptors from 0 on. Others it has none, as every descriptor is CLOEXEC.
    pub(crate) stdio: Vec<ChildFd<'fd>>,
    /// Makes it the leader of a new session and a new process group.
    pub(crate) detached: bool,
    /// Its user, if not the parent's.
    pub(crate) uid: Option<libc::uid_t>,
    /// Its group, if not the parent's. With either, it loses the parent's other groups.
    pub(crate) gid: Option<libc::gid_t>,
    /// Kills it when the thread that starts it ends.
    pub(crate) dies_with_parent: bool,
}

/// A program that was started.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) pid: i32,
    /// Readable once the child has ended; what [`super::wait`] and [`super::signals`] ask for.
    pub(crate) pidfd: OwnedFd,
}

/// Starts a program. Returns once it is running, or cannot.
///
/// # Errors
/// Of whatever step failed, in the child too; the error's subject is the file and its arguments.
/// Nothing is left of a child that failed.
pub(crate) fn spawn(request: SpawnRequest<'_>) -> Result<Child, SysError> {
    start(&request).map_err(|errno| failure(&request, errno))
}

/// The error of a program that could not be started.
pub(super) fn failure(request: &SpawnRequest<'_>, errno: Errno) -> SysError {
    let text = |string: &CString| string.to_string_lossy().into_owned();
    let file = text(&request.file);
    let args = request.args.iter().skip(1).map(text).collect();
    SysError { errno, syscall: format!("spawn {file}"), subject: Subject::Spawn(file, args) }
}

fn start(request: &SpawnRequest<'_>) -> Result<Child, Errno> {
    let SpawnRequest { file, args, env, cwd, stdio, detached, uid, gid, dies_with_parent } =
        request;
    let mut orders = Orders {
        search: Search::new(file, env),
        arguments: Arguments::new(args),
        env: pointers(env),
        preparation: Preparation {
            folder: None,
            cwd: cwd.clone(),
            stdio: stdio.iter().copied().map(source).collect(),
            detached: *detached,
            uid: *uid,
            gid: *gid,
        },
        parent: dies_with_parent.then(nix::unistd::getpid).map(nix::unistd::Pid::as_raw),
        failure: None,
    };
    let mut stack = Box::new_uninit_slice(CHILD_STACK);
    let (pid, pidfd) = calls::with_signals_blocked(|| calls::clone(&mut orders, &mut stack))?;
    match orders.failure {
        None => Ok(Child { pid, pidfd }),
        Some(errno) => {
            calls::reap(pid);
            Err(errno)
        }
    }
}

/// Makes this process another program, which keeps 0, 1 and 2 and no other descriptor; comes back
/// only if that failed, with everything as it was.
pub(crate) fn replace(file: &CStr, args: &[CString], env: &[CString]) -> Errno {
    calls::keep_standard_streams(true);
    let errno = calls::execute(file, &pointers(args), &pointers(env));
    calls::keep_standard_streams(false);
    errno
}

fn source(fd: ChildFd<'_>) -> Option<libc::c_int> {
    match fd {
        ChildFd::Ignored => None,
        ChildFd::From(fd) => Some(fd.as_raw_fd()),
    }
}

#[cfg(test)]
mod tests;
