//! Writes to the standard streams that are complete when they return.

use std::{
    io,
    os::fd::BorrowedFd,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use nix::{
    errno::Errno as Nix,
    poll::{PollFd, PollFlags, PollTimeout},
    unistd,
};

use super::{
    alarm,
    errno::Errno,
    error::SysError,
    lock::lock,
    poll::{self, Interest},
};

/// Writes everything, waiting where the reader is slow, also if somebody who shares the pipe or
/// the terminal made it non-blocking.
pub(crate) fn write_all(fd: BorrowedFd<'_>, mut bytes: &[u8]) -> Result<(), SysError> {
    let has_alarm = alarm::current().is_some();
    while !bytes.is_empty() {
        let mut piece = bytes;
        if has_alarm {
            alarm::await_ready(fd, Interest::WRITABLE)
                .map_err(|errno| SysError::new(errno, "write"))?;
            // Only so much is known not to wait.
            piece = &bytes[..libc::PIPE_BUF.min(bytes.len())];
        }
        match unistd::write(fd, piece) {
            Ok(written) => bytes = &bytes[written..],
            Err(Nix::EINTR) => {}
            Err(Nix::EAGAIN) => wait_writable(fd)?,
            Err(errno) => return Err(SysError::new(errno, "write")),
        }
    }
    Ok(())
}

fn wait_writable(fd: BorrowedFd<'_>) -> Result<(), SysError> {
    let waited = poll::wait_for(fd, Interest::WRITABLE, None);
    waited.map(drop).map_err(|error| SysError::new(Errno::of(&error), "poll"))
}

/// Waits until a descriptor takes bytes, for so long at most; who called tries again either way.
pub(crate) fn wait_writable_for(fd: BorrowedFd<'_>, limit: std::time::Duration) {
    let mut fds = [PollFd::new(fd, PollFlags::POLLOUT)];
    let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
    // An error shows in the write that follows.
    let _ = nix::poll::poll(&mut fds, limit);
}

/// One of the two streams that every process may write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Stdout,
    Stderr,
}

/// Shows what is written to the standard streams, in the place of the write.
pub(crate) type Show = Box<dyn FnMut(&str) + Send>;

static SHOW: Mutex<Option<Show>> = Mutex::new(None);
static IS_SHOWN: AtomicBool = AtomicBool::new(false);

/// Has what this process writes to standard output and standard error shown by `show` from now on.
pub(crate) fn redirect(show: Option<Show>) {
    IS_SHOWN.store(show.is_some(), Ordering::Release);
    *lock(&SHOW) = show;
}

/// True if somebody has shown it.
fn is_shown(bytes: &[u8]) -> bool {
    if !IS_SHOWN.load(Ordering::Acquire) {
        return false;
    }
    let mut show = lock(&SHOW);
    let Some(show) = show.as_mut() else { return false };
    show(&String::from_utf8_lossy(bytes));
    true
}

/// Writes everything to standard output or standard error.
pub(crate) fn write_output(output: Output, bytes: &[u8]) -> Result<(), SysError> {
    use std::os::fd::AsFd;
    if is_shown(bytes) {
        return Ok(());
    }
    match output {
        Output::Stdout => write_all(io::stdout().as_fd(), bytes),
        Output::Stderr => write_all(io::stderr().as_fd(), bytes),
    }
}

/// True if this descriptor number is a terminal: `isatty(3)`.
pub(crate) fn is_terminal(fd: i32) -> bool {
    use std::io::IsTerminal;
    match fd {
        0 => io::stdin().is_terminal(),
        1 => io::stdout().is_terminal(),
        2 => io::stderr().is_terminal(),
        _ => false,
    }
}

/// Columns and rows of the terminal that this descriptor number is: `tty_ioctl(4)`.
pub(crate) fn terminal_size(fd: i32) -> Option<(u16, u16)> {
    nix::ioctl_read_bad!(get_size, libc::TIOCGWINSZ, libc::winsize);
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ writes one winsize to the pointer, which is valid for the call.
    unsafe { get_size(fd, &raw mut size) }.ok()?;
    Some((size.ws_col, size.ws_row))
}
