//! What the child does between its birth and its new program.
//!
//! It runs in the parent's memory, on a stack of its own, while other threads of the parent go on.
//! So it makes system calls and nothing else: no allocation, no lock, no panic.

use std::ffi::{CString, c_char, c_int};

use super::{
    super::errno::Errno,
    calls,
    program::{Arguments, SHELL, Search},
};

/// Everything the child needs, and the one thing that it leaves behind.
#[derive(Debug)]
pub(super) struct Orders {
    pub(super) search: Search,
    pub(super) arguments: Arguments,
    pub(super) env: Vec<*const c_char>,
    pub(super) preparation: Preparation,
    /// The parent, if it is to die with it.
    pub(super) parent: Option<libc::pid_t>,
    /// Why there is no new program.
    pub(super) failure: Option<Errno>,
}

/// What a child changes of itself, whatever program it is going to be.
#[derive(Debug)]
pub(in super::super) struct Preparation {
    /// The working directory that `cwd` starts from, if it is not the present one.
    pub(in super::super) folder: Option<c_int>,
    pub(in super::super) cwd: Option<CString>,
    /// The descriptor at hand for each of the child's, from 0 on.
    pub(in super::super) stdio: Vec<Option<c_int>>,
    pub(in super::super) detached: bool,
    pub(in super::super) uid: Option<libc::uid_t>,
    pub(in super::super) gid: Option<libc::gid_t>,
}

impl Preparation {
    /// The order is libuv's: it decides which of several errors is reported.
    pub(in super::super) fn carry_out(&mut self) -> Result<(), Errno> {
        if self.detached {
            // A newborn child leads no group, so the one reason to fail is not there.
            let _ = calls::start_session();
        }
        if let Some(folder) = self.folder {
            calls::enter_folder(folder)?;
        }
        place(&mut self.stdio)?;
        if let Some(cwd) = &self.cwd {
            calls::change_folder(cwd)?;
        }
        if self.uid.is_some() || self.gid.is_some() {
            // Only the superuser may; for others the ids below are the ones they have already.
            let _ = calls::drop_groups();
        }
        if let Some(gid) = self.gid {
            calls::set_group(gid)?;
        }
        if let Some(uid) = self.uid {
            calls::set_user(uid)?;
        }
        calls::unblock_signals()
    }
}

impl Orders {
    /// Becomes the program; comes back only if that failed.
    pub(super) fn carry_out(&mut self) {
        calls::reset_signals();
        // Behind the ids: the system forgets this when they change.
        let bind = || self.parent.map_or(Ok(()), calls::die_with);
        let prepared = self.preparation.carry_out().and_then(|()| bind());
        self.failure = Some(prepared.err().unwrap_or_else(|| self.execute()));
    }

    /// Tries each candidate as `execvp` does: a folder that lacks the file, or that cannot be
    /// looked into, is passed over, and having been denied somewhere is what is told in the end.
    fn execute(&mut self) -> Errno {
        let Self { search, arguments, env, .. } = self;
        let mut errno = search.errno_of_none;
        let mut was_denied = false;
        for file in &search.candidates {
            errno = calls::execute(file, arguments.own(), env);
            if errno == Errno(libc::ENOEXEC) {
                errno = calls::execute(SHELL, arguments.of_shell(file), env);
            }
            match errno.0 {
                libc::EACCES => was_denied = true,
                libc::ENOENT | libc::ENOTDIR | libc::ENODEV | libc::ESTALE | libc::ETIMEDOUT => {}
                _ => return errno,
            }
        }
        if was_denied { Errno(libc::EACCES) } else { errno }
    }
}

/// Puts every descriptor in its place.
fn place(stdio: &mut [Option<c_int>]) -> Result<(), Errno> {
    let count = stdio.len() as c_int;
    // One that a later place needs, but that an earlier place would overwrite, moves out of the
    // way first.
    for (fd, source) in (0..).zip(stdio.iter_mut()) {
        if let Some(source) = source.as_mut().filter(|source| **source < fd) {
            *source = calls::duplicate_from(*source, count)?;
        }
    }
    for (fd, source) in (0..).zip(stdio.iter()) {
        match *source {
            Some(source) => {
                calls::put(source, fd)?;
                if fd <= 2 {
                    calls::make_blocking(fd);
                }
            }
            None if fd <= 2 => open_null(fd)?,
            None => {}
        }
    }
    Ok(())
}

/// Makes `fd` the null device: to be read from, for standard input.
fn open_null(fd: c_int) -> Result<(), Errno> {
    let null = calls::open_null(if fd == 0 { libc::O_RDONLY } else { libc::O_RDWR })?;
    calls::put(null, fd)?;
    if null != fd {
        calls::close(null);
    }
    Ok(())
}
