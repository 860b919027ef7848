//! Waiting for file descriptors: one epoll instance, level-triggered. See epoll(7).

use std::{
    cell::RefCell,
    io,
    os::fd::{AsFd, BorrowedFd},
    time::Duration,
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout},
};

use super::{faults, waker::Waker};

/// Waits for one descriptor, `limit` at most (`None`: however long that takes); false if that is up.
/// poll(2).
pub(crate) fn wait_for(
    fd: BorrowedFd<'_>,
    interest: Interest,
    limit: Option<Duration>,
) -> io::Result<bool> {
    let limit = limit.map_or(PollTimeout::NONE, |limit| {
        PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX)
    });
    let mut events = PollFlags::empty();
    events.set(PollFlags::POLLIN, interest.readable);
    events.set(PollFlags::POLLOUT, interest.writable);
    loop {
        match poll(&mut [PollFd::new(fd, events)], limit) {
            Err(nix::errno::Errno::EINTR) => {}
            outcome => return Ok(outcome? > 0),
        }
    }
}

/// Waits until one of these descriptors can be read, or has failed: which. poll(2).
pub(crate) fn wait_readable<const N: usize>(fds: [BorrowedFd<'_>; N]) -> io::Result<[bool; N]> {
    let mut fds = fds.map(|fd| PollFd::new(fd, PollFlags::POLLIN));
    loop {
        match poll(&mut fds, PollTimeout::NONE) {
            Err(nix::errno::Errno::EINTR) => {}
            outcome => {
                outcome?;
                return Ok(fds.map(|fd| fd.revents().is_some_and(|flags| !flags.is_empty())));
            }
        }
    }
}

/// Waits until one of these descriptors can be read, or has failed, `limit` at most (`None`: however long
/// that takes): which; none if that is up. poll(2).
pub(crate) fn wait_any(fds: &[BorrowedFd<'_>], limit: Option<Duration>) -> io::Result<Vec<bool>> {
    let limit = limit.map_or(PollTimeout::NONE, |limit| {
        PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX)
    });
    let mut fds: Vec<PollFd<'_>> =
        fds.iter().map(|fd| PollFd::new(*fd, PollFlags::POLLIN)).collect();
    loop {
        match poll(&mut fds, limit) {
            Err(nix::errno::Errno::EINTR) => {}
            outcome => {
                outcome?;
                let came = |fd: &PollFd<'_>| fd.revents().is_some_and(|flags| !flags.is_empty());
                return Ok(fds.iter().map(came).collect());
            }
        }
    }
}

/// The most events that one [`Poll::wait`] reports.
pub(crate) const MAX_EVENTS: usize = if cfg!(test) { 16 } else { 1024 };

/// The key of a waker's events.
pub(crate) const WAKER_KEY: u64 = u64::MAX;

/// What to wait for on a file descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interest {
    pub(crate) readable: bool,
    pub(crate) writable: bool,
}

impl Interest {
    pub(crate) const NONE: Self = Self { readable: false, writable: false };
    pub(crate) const READABLE: Self = Self { readable: true, writable: false };
    pub(crate) const WRITABLE: Self = Self { readable: false, writable: true };
    #[cfg(test)]
    pub(crate) const BOTH: Self = Self { readable: true, writable: true };

    /// True if there is nothing to wait for.
    pub(crate) fn is_none(self) -> bool {
        self == Self::NONE
    }

    fn flags(self) -> EpollFlags {
        let mut flags = EpollFlags::empty();
        flags.set(EpollFlags::EPOLLIN, self.readable);
        flags.set(EpollFlags::EPOLLOUT, self.writable);
        flags
    }
}

/// What a file descriptor is ready for.
///
/// An error or a hang-up makes it `readable` and `writable` too (as far as the interest goes):
/// the next read or write does not block, and tells what happened. So does a descriptor that the
/// system refuses to watch for the moment; whoever tries then finds out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Readiness {
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    /// Both directions of a socket are shut, or the other end of a pipe is closed.
    pub(crate) hangup: bool,
}

impl Readiness {
    /// What a descriptor that the system refuses to watch is reported with.
    pub(crate) fn refused() -> Self {
        Self { readable: true, writable: true, hangup: false }
    }

    /// This readiness as far as `interest` goes; `None` if nothing is left of it.
    pub(crate) fn limited_to(self, interest: Interest) -> Option<Self> {
        let readable = self.readable && interest.readable;
        let writable = self.writable && interest.writable;
        (readable || writable).then_some(Self { readable, writable, ..self })
    }

    fn from_flags(flags: EpollFlags) -> Self {
        let hangup = flags.contains(EpollFlags::EPOLLHUP);
        let error = flags.contains(EpollFlags::EPOLLERR);
        Self {
            readable: hangup || error || flags.contains(EpollFlags::EPOLLIN),
            writable: hangup || error || flags.contains(EpollFlags::EPOLLOUT),
            hangup,
        }
    }
}

/// One ready file descriptor, by the key it was added with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) key: u64,
    pub(crate) readiness: Readiness,
}

/// An epoll instance. Its own descriptor is readable while an added one is ready.
pub(crate) struct Poll {
    epoll: Epoll,
    buffer: RefCell<Vec<EpollEvent>>,
}

impl Poll {
    /// Makes an epoll instance, close-on-exec.
    ///
    /// # Errors
    /// EMFILE, ENFILE, ENOMEM: `epoll_create1(2)`.
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        Ok(Self { epoll, buffer: RefCell::new(vec![EpollEvent::empty(); MAX_EVENTS]) })
    }

    /// Takes a descriptor for an epoll instance.
    #[cfg(test)]
    pub(crate) fn from_fd(fd: std::os::fd::OwnedFd) -> Self {
        Self { epoll: Epoll(fd), buffer: RefCell::new(vec![EpollEvent::empty(); MAX_EVENTS]) }
    }

    /// Watches a descriptor. Even with no interest, hang-ups and errors are reported.
    ///
    /// # Errors
    /// EPERM: epoll cannot watch it (a regular file, a directory). EEXIST: it is watched already.
    /// ENOSPC, ENOMEM: too many watched. See `epoll_ctl(2)`.
    pub(crate) fn add(&self, fd: impl AsFd, interest: Interest, key: u64) -> io::Result<()> {
        faults::check().map_err(|errno| io::Error::from_raw_os_error(errno.0))?;
        Ok(self.epoll.add(fd, EpollEvent::new(interest.flags(), key))?)
    }

    /// Changes what a watched descriptor is watched for.
    ///
    /// # Errors
    /// ENOENT: it is not watched. EBADF: it is closed.
    pub(crate) fn modify(&self, fd: impl AsFd, interest: Interest, key: u64) -> io::Result<()> {
        Ok(self.epoll.modify(fd, &mut EpollEvent::new(interest.flags(), key))?)
    }

    /// Stops watching a descriptor.
    ///
    /// # Errors
    /// ENOENT: it is not watched. EBADF: it is closed.
    pub(crate) fn delete(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(self.epoll.delete(fd)?)
    }

    /// Lets a waker end the wait; its events have the key [`WAKER_KEY`].
    ///
    /// Edge-triggered: nobody needs to read the waker's descriptor.
    ///
    /// # Errors
    /// ENOSPC, ENOMEM: `epoll_ctl(2)`.
    pub(crate) fn add_waker(&self, waker: &Waker) -> io::Result<()> {
        let flags = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
        Ok(self.epoll.add(waker, EpollEvent::new(flags, WAKER_KEY))?)
    }

    /// Waits until a descriptor is ready or the time is up (`None`: without a limit; rounded up
    /// to milliseconds), and appends at most [`MAX_EVENTS`] events; returns how many.
    ///
    /// # Errors
    /// EINTR: a signal came first.
    pub(crate) fn wait(
        &self,
        timeout: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<usize> {
        let mut buffer = self.buffer.borrow_mut();
        let count = self.epoll.wait(&mut buffer, epoll_timeout(timeout))?;
        events.extend(buffer[..count].iter().map(|event| Event {
            key: event.data(),
            readiness: Readiness::from_flags(event.events()),
        }));
        Ok(count)
    }
}

impl AsFd for Poll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.0.as_fd()
    }
}

fn epoll_timeout(timeout: Option<Duration>) -> EpollTimeout {
    let Some(timeout) = timeout else { return EpollTimeout::NONE };
    let milliseconds = timeout.as_nanos().div_ceil(1_000_000);
    i32::try_from(milliseconds)
        .ok()
        .and_then(|milliseconds| EpollTimeout::try_from(milliseconds).ok())
        .unwrap_or(EpollTimeout::MAX)
}
