//! A descriptor for a child that the standard library starts.

use std::{
    io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::Command,
};

/// Lets the child that `command` starts have this descriptor, under its number; a variable tells
/// which. The descriptor is closed here when `command` is dropped.
pub(crate) fn give_descriptor(command: &mut Command, descriptor: OwnedFd, variable: &str) {
    command.env(variable, descriptor.as_raw_fd().to_string());
    let inherit = move || {
        // SAFETY: `descriptor` is owned by this closure, and F_SETFD only sets a flag of it.
        let result = unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_SETFD, 0) };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: between fork and exec only fcntl(2) is called, which is async-signal-safe, and the error
    // of the last call is read without allocating.
    unsafe { command.pre_exec(inherit) };
}
