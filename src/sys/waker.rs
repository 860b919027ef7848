//! Ending another thread's wait. See eventfd(2).

use std::{
    io,
    os::fd::{AsFd, BorrowedFd},
};

use nix::{
    errno::Errno,
    sys::eventfd::{EfdFlags, EventFd},
};

/// A descriptor that becomes readable when a thread says so.
pub(crate) struct Waker(EventFd);

impl Waker {
    /// Makes a waker, close-on-exec.
    ///
    /// # Errors
    /// EMFILE, ENFILE, ENOMEM: eventfd(2).
    pub(crate) fn new() -> io::Result<Self> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        Ok(Self(EventFd::from_value_and_flags(0, flags)?))
    }

    /// Ends the wait of whoever waits for this waker, or else the next wait.
    ///
    /// # Errors
    /// EBADF: the descriptor was closed behind our back.
    pub(crate) fn wake(&self) -> io::Result<()> {
        loop {
            match self.0.write(1) {
                Err(Errno::EINTR) => {}
                // The counter is full after 2^64 wake-ups: then many are on their way.
                Ok(_) | Err(Errno::EAGAIN) => return Ok(()),
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
