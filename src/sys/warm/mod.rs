//! Warm fork: children of this process that are copies of a process that has already started.
//!
//! A *zygote* is this program, started once in the background, that has done all that every child
//! would do first. It clones itself with `CLONE_PARENT`: the copy is our child, not the zygote's,
//! and shares the zygote's memory until it writes to it. The copy waits for an order (`serve`). What
//! `execve` would have done, it does by hand (`newborn`), so that nobody can tell it from a child
//! that was started cold. Whatever a copy cannot serve is started cold.
//!
//! Source: `clone(2)`, `prctl(2)`, `close_range(2)`.

mod birth;
mod crowd;
mod deadline;
mod newborn;
mod order;
mod readiness;
mod serve;
mod unborn;

use std::{
    cell::RefCell,
    ffi::{CStr, CString},
    io::{IoSlice, Read},
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use nix::{
    fcntl::{OFlag, open},
    sys::{
        socket::{ControlMessage, MsgFlags, sendmsg},
        stat::Mode,
    },
};

use self::unborn::Unborn;
pub(crate) use self::{
    readiness::Nursery,
    serve::{Served, serve, socket_of_zygote},
};
use super::{
    errno::Errno,
    error::SysError,
    fd,
    poll::{self, Interest},
    signals,
    spawn::{self, Child, ChildFd, SpawnRequest},
    strangers, wait,
};

/// Names the zygote's end of the socket in its environment.
pub(crate) const VARIABLE: &str = "RJS_ZYGOTE_FD";

/// Where that end is in the zygote.
const SOCKET: RawFd = 3;

/// The most descriptors that one message carries: `SCM_MAX_FD` in `unix(7)`.
const MAX_DESCRIPTORS: usize = 253;

/// How long a zygote may take to answer before it counts as dead. It takes a millisecond.
const PATIENCE: Duration = Duration::from_secs(2);

/// Counts the changes to what a child inherits and a zygote inherited before.
static INHERITANCE: AtomicU32 = AtomicU32::new(0);

/// To be called when something of this process changes that children inherit (ids, groups, the
/// umask, priorities): a zygote from before would pass on the old state.
pub(crate) fn inheritance_changed() {
    INHERITANCE.fetch_add(1, Ordering::Relaxed);
}

/// A process that waits to be copied. It ends when this value is dropped.
#[derive(Debug)]
pub(crate) struct Zygote {
    socket: OwnedFd,
    process: Child,
    inheritance: u32,
    unborn: RefCell<Unborn>,
}

/// Why there is no child.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The zygote cannot serve this request: it is to be started cold.
    Unserved,
    /// The zygote serves nobody any more.
    Dead,
    /// The child could not be what was asked for; started cold it could not either.
    Failed(SysError),
}

impl Zygote {
    /// Starts a zygote: `file` with `argv0`, which has to call [`serve`]. Returns before it is
    /// ready; requests wait for it. `program`: the file that the programs of its copies are likely to begin with.
    ///
    /// # Errors
    /// As [`spawn::spawn`].
    pub(crate) fn start(
        file: &CStr,
        argv0: &CStr,
        env: &[CString],
        program: Option<&CStr>,
    ) -> Result<Self, SysError> {
        let (ours, theirs) = fd::stream_pair()?;
        let mut env = env.to_vec();
        // Digits hold no NUL.
        env.extend(CString::new(format!("{VARIABLE}={SOCKET}")));
        let nothing = ChildFd::Ignored;
        let process = spawn::spawn(SpawnRequest {
            file: file.to_owned(),
            args: vec![argv0.to_owned()],
            env,
            // It holds no folder; a newborn is told its own.
            cwd: Some(c"/".to_owned()),
            // Nor the streams of this process, whose readers wait for their end.
            stdio: vec![nothing, nothing, nothing, ChildFd::From(theirs.as_fd())],
            detached: false,
            uid: None,
            gid: None,
            dies_with_parent: false,
        })?;
        let inheritance = INHERITANCE.load(Ordering::Relaxed);
        let zygote = Self { socket: ours, process, inheritance, unborn: RefCell::default() };
        // If it is dead already, the first request will tell.
        let _ = zygote.send(&order::encode_expectation(program), &[]);
        Ok(zygote)
    }

    /// Whether its children would inherit what this process has now.
    pub(crate) fn is_current(&self) -> bool {
        self.inheritance == INHERITANCE.load(Ordering::Relaxed)
    }

    /// Asks for a child. The `file` of the request is not looked at: it is the zygote's. `in_crowd`: others are being asked for in the
    /// same breath. `program`: the file that the child's program begins with, if that can be told.
    ///
    /// # Errors
    /// [`Refusal`] says what is left to be done.
    pub(crate) fn spawn(
        &self,
        request: &SpawnRequest<'_>,
        in_crowd: bool,
        program: Option<&CString>,
    ) -> Result<Child, Refusal> {
        let bytes = order::encode(request, in_crowd, program).ok_or(Refusal::Unserved)?;
        let folder = working_folder().map_err(|_| Refusal::Unserved)?;
        let (answer, answers) = fd::pipe().map_err(|_| Refusal::Unserved)?;
        let mut descriptors = vec![answers.as_raw_fd(), folder.as_raw_fd()];
        descriptors
            .extend(request.stdio.iter().copied().filter_map(passed).map(|fd| fd.as_raw_fd()));
        if descriptors.len() > MAX_DESCRIPTORS {
            return Err(Refusal::Unserved);
        }
        self.send(&bytes, &descriptors).map_err(|_| Refusal::Dead)?;
        drop(answers);
        let (errno, pid) = self.answer(answer).ok_or(Refusal::Dead)?;
        self.unborn.borrow_mut().remove(pid, &self.socket);
        if errno == 0 {
            let pidfd = strangers::open(pid).map_err(|_| Refusal::Dead)?;
            return Ok(Child { pid, pidfd });
        }
        if pid == 0 {
            return Err(Refusal::Unserved);
        }
        spawn::reap(pid);
        Err(Refusal::Failed(spawn::failure(request, Errno(errno))))
    }

    fn send(&self, bytes: &[u8], descriptors: &[RawFd]) -> Result<(), Errno> {
        let mut rest = bytes;
        let all = [ControlMessage::ScmRights(descriptors)];
        let mut rights = if descriptors.is_empty() { &[][..] } else { &all };
        while !rest.is_empty() {
            // It reads at once, unless it hangs.
            let ready = poll::wait_for(self.socket.as_fd(), Interest::WRITABLE, Some(PATIENCE));
            if !ready.unwrap_or(false) {
                self.kill();
                return Err(Errno(libc::ETIMEDOUT));
            }
            let slice = [IoSlice::new(rest)];
            let flags = MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT;
            match sendmsg::<()>(self.socket.as_raw_fd(), &slice, rights, flags, None) {
                Ok(count) => {
                    rest = &rest[count..];
                    rights = &[];
                }
                Err(nix::errno::Errno::EINTR | nix::errno::Errno::EAGAIN) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }

    /// The two numbers of an answer; `None` if the zygote died over it, as it does at the latest
    /// when the time is up.
    fn answer(&self, pipe: OwnedFd) -> Option<(i32, i32)> {
        if !poll::wait_for(pipe.as_fd(), Interest::READABLE, Some(PATIENCE)).unwrap_or(false) {
            self.kill();
        }
        let mut bytes = [0; 8];
        // Now it answers, or nobody holds the other end.
        std::fs::File::from(pipe).read_exact(&mut bytes).ok()?;
        Some(newborn::decode_answer(bytes))
    }

    fn kill(&self) {
        // It fails if the zygote has ended already.
        let _ = signals::kill_child(&self.process.pidfd, libc::SIGKILL);
    }
}

impl Drop for Zygote {
    fn drop(&mut self) {
        self.kill();
        // It fails if somebody who collects everybody's children was faster.
        let _ = wait::wait(&self.process.pidfd);
        self.unborn.borrow_mut().end(&self.socket);
    }
}

fn passed(slot: ChildFd<'_>) -> Option<BorrowedFd<'_>> {
    match slot {
        ChildFd::Ignored => None,
        ChildFd::From(fd) => Some(fd),
    }
}

/// The working directory itself: its path may lead elsewhere by now.
fn working_folder() -> Result<OwnedFd, SysError> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    open(".", flags, Mode::empty()).map_err(|errno| SysError::new(errno, "open"))
}
