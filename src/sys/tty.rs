//! Terminals: their size, and input without line editing.
//!
//! Source: `termios(3)`, `tty_ioctl(4)`.

use std::{
    fs::OpenOptions,
    os::{
        fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
        unix::fs::OpenOptionsExt,
    },
    sync::Mutex,
};

use nix::sys::termios::{
    self, ControlFlags, InputFlags, LocalFlags, OutputFlags, SetArg, SpecialCharacterIndices,
    Termios, tcgetattr, tcsetattr,
};

use super::lock::lock;
use super::{errno::Errno, fd, stdio};

/// The terminal that was made raw last, and how it was before: the program's end restores it.
static RAW: Mutex<Option<(OwnedFd, Termios)>> = Mutex::new(None);

/// Opens the terminal anew, non-blocking: the flag is not to reach who shares the descriptor.
///
/// # Errors
/// EINVAL: it is no terminal.
pub(crate) fn reopen(terminal: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    if !nix::unistd::isatty(terminal)? {
        return Err(Errno::EINVAL);
    }
    let path = format!("/proc/self/fd/{}", terminal.as_raw_fd());
    let flags = libc::O_NOCTTY | libc::O_NONBLOCK;
    let opened = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path);
    opened.map(OwnedFd::from).map_err(|error| Errno::of(&error))
}

/// Columns and rows.
pub(crate) fn size(terminal: impl AsFd) -> Result<(u16, u16), Errno> {
    let number = terminal.as_fd().as_raw_fd();
    stdio::terminal_size(number).ok_or_else(Errno::last)
}

/// Makes the terminal raw (each key at once, no echo, no signals), or what it was before.
pub(crate) fn set_raw(terminal: impl AsFd, raw: bool) -> Result<(), Errno> {
    if !raw {
        return restore();
    }
    let before = tcgetattr(terminal.as_fd())?;
    let mut mode = before.clone();
    mode.input_flags.remove(
        InputFlags::BRKINT
            | InputFlags::ICRNL
            | InputFlags::INPCK
            | InputFlags::ISTRIP
            | InputFlags::IXON,
    );
    mode.output_flags.insert(OutputFlags::ONLCR);
    mode.control_flags.insert(ControlFlags::CS8);
    mode.local_flags
        .remove(LocalFlags::ECHO | LocalFlags::ICANON | LocalFlags::IEXTEN | LocalFlags::ISIG);
    mode.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
    mode.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
    let mut saved = lock(&RAW);
    if saved.is_none() {
        let copy = fd::duplicate(terminal.as_fd()).map_err(|error| error.errno)?;
        *saved = Some((copy, before));
    }
    Ok(tcsetattr(terminal.as_fd(), SetArg::TCSADRAIN, &mode)?)
}

/// Makes the terminal that is raw what it was before; nothing if none is.
pub(crate) fn restore() -> Result<(), Errno> {
    let saved = lock(&RAW).take();
    match saved {
        Some((terminal, before)) => Ok(termios::tcsetattr(&terminal, SetArg::TCSADRAIN, &before)?),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use nix::pty::openpty;

    use super::*;

    #[test]
    fn a_terminal_becomes_raw_and_what_it_was() {
        let Ok(pty) = openpty(None, None) else { return };
        let before = tcgetattr(&pty.slave).unwrap();
        assert!(before.local_flags.contains(LocalFlags::ICANON));
        set_raw(&pty.slave, true).unwrap();
        set_raw(&pty.slave, true).unwrap();
        assert!(!tcgetattr(&pty.slave).unwrap().local_flags.contains(LocalFlags::ICANON));
        set_raw(&pty.slave, false).unwrap();
        assert_eq!(tcgetattr(&pty.slave).unwrap().local_flags, before.local_flags);
        restore().unwrap();
    }

    #[test]
    fn a_terminal_is_opened_anew_and_has_a_size() {
        let Ok(pty) = openpty(None, None) else { return };
        let again = reopen(pty.slave.as_fd()).unwrap();
        assert_ne!(again.as_raw_fd(), pty.slave.as_raw_fd());
        assert!(size(&again).is_ok());
        let (pipe, _other) = fd::pipe().unwrap();
        assert_eq!(reopen(pipe.as_fd()).unwrap_err(), Errno::EINVAL);
        assert_eq!(size(&pipe).unwrap_err(), Errno::ENOTTY);
    }
}
