//! How a child ended. Only ever asks about one child: other children of the process may be
//! somebody else's.
//!
//! Source: `waitid(2)`, `pidfd_open(2)`: a pidfd is readable once its process has ended.

use std::{
    mem,
    os::fd::{AsFd, AsRawFd},
};

use super::{errno::Errno, error::SysError};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// By itself, with this code, 0 to 255.
    Exited(i32),
    /// By the signal of this number.
    Signaled(i32),
}

/// Collects a child that has ended; `None` if it has not.
///
/// # Errors
/// `ECHILD` if it is no child of this process or somebody else has collected it.
pub(crate) fn try_wait(pidfd: impl AsFd) -> Result<Option<ExitStatus>, SysError> {
    wait_for(pidfd, libc::WEXITED | libc::WNOHANG)
}

/// Waits until a child ends, and collects it.
///
/// # Errors
/// As [`try_wait`].
pub(crate) fn wait(pidfd: impl AsFd) -> Result<ExitStatus, SysError> {
    loop {
        if let Some(status) = wait_for(pidfd.as_fd(), libc::WEXITED)? {
            return Ok(status);
        }
    }
}

/// How a child of this number has ended, without collecting it; `None` if it has not, or is no child
/// of this process.
pub(crate) fn ended(pid: i32) -> Option<ExitStatus> {
    let id = libc::id_t::try_from(pid).ok()?;
    ask(libc::P_PID, id, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT).ok().flatten()
}

fn wait_for(pidfd: impl AsFd, options: libc::c_int) -> Result<Option<ExitStatus>, SysError> {
    let id = pidfd.as_fd().as_raw_fd() as libc::id_t; // an open descriptor is not negative
    ask(libc::P_PIDFD, id, options)
}

fn ask(
    which: libc::idtype_t,
    id: libc::id_t,
    options: libc::c_int,
) -> Result<Option<ExitStatus>, SysError> {
    // SAFETY: a `siginfo_t` is numbers and pointers, and all of it may be zero.
    let mut info: libc::siginfo_t = unsafe { mem::zeroed() };
    // SAFETY: the kernel writes one siginfo to the place given, which is writable.
    while unsafe { libc::waitid(which, id, &raw mut info, options) } != 0 {
        if Errno::last() != Errno(libc::EINTR) {
            return Err(SysError::new(Errno::last(), "waitid"));
        }
    }
    // SAFETY: waitid fills in the fields of SIGCHLD, or leaves them zero.
    if unsafe { info.si_pid() } == 0 {
        return Ok(None);
    }
    // SAFETY: as above, and a child was found.
    let status = unsafe { info.si_status() };
    Ok(Some(match info.si_code {
        libc::CLD_EXITED => ExitStatus::Exited(status),
        _ => ExitStatus::Signaled(status),
    }))
}
