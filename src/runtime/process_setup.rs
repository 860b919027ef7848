//! What a program that *is* rjs does before its runtime, and a host that embeds one does not:
//! set the process up, and run JavaScript on a deep stack.

use std::io::{self, Write};

use crate::sys::{error::SysError, stack, startup};

/// Puts the process into the state that programs may count on: descriptors 0 to 2 open, every
/// other one closed to children, signals as they are by default.
///
/// Only for a process that is rjs as a whole.
///
/// # Errors
/// If the null device cannot be opened in the place of a standard stream that is closed.
pub fn prepare_process() -> io::Result<()> {
    startup::prepare_process().map_err(|error| into_io(&error))
}

/// Ends the process with this exit code, once what was printed through [`io::stdout`] is out.
///
/// The engine's heap is given back as a whole, by the system: to take it apart object by object, as
/// a return from `main` does, takes a small program a fifth of its time.
pub fn end_process(code: u8) -> ! {
    // Whoever read it may be gone, and then nobody is left to be told.
    let _ = io::stdout().flush();
    startup::end_process(code)
}

/// Runs `work` on a stack of 256 MB, which takes memory only as it is used; on less where the
/// address space is limited. Recursion in JavaScript may go as deep as the stack allows.
///
/// # Errors
/// If not even 8 MB of address space are to be had; then `work` has not run.
pub fn on_deep_stack<R: Send>(work: impl FnOnce() -> R + Send) -> io::Result<R> {
    stack::run_on_deep_stack(stack::DEEP, work).map_err(|error| into_io(&error))
}

fn into_io(error: &SysError) -> io::Error {
    io::Error::from_raw_os_error(error.errno.0)
}
