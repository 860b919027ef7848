//! What the binary does first, before it has threads: whoever started it may have left the process
//! in any state; and last.
//!
//! A runtime inside another program does none of this: there the process is not ours.
//! Source: what Node and libuv do at the start of a process.

use std::{mem, os::fd::IntoRawFd, ptr};

use nix::sys::signal::SigSet;

use super::{error::SysError, fd, limits};

/// Puts the process into the state that programs may count on.
///
/// # Errors
/// If the null device cannot be opened in the place of a standard stream that is closed.
pub(crate) fn prepare_process() -> Result<(), SysError> {
    prepare_descriptors()?;
    restore_signals();
    // Fewer files than there might be are no reason not to start.
    let _ = limits::raise_open_files();
    Ok(())
}

/// The part of it that is about descriptors.
///
/// # Errors
/// As [`prepare_process`].
pub(super) fn prepare_descriptors() -> Result<(), SysError> {
    fill_standard_streams()?;
    keep_descriptors_from_children();
    Ok(())
}

/// Ends the process at once: no destructor runs, no thread is waited for, nothing is flushed.
/// _exit(2).
pub(crate) fn end_process(code: u8) -> ! {
    // SAFETY: it takes any number and does not return.
    unsafe { libc::_exit(i32::from(code)) }
}

/// Opens the null device for each of 0, 1 and 2 that is closed, or the next file that anybody
/// opens would be a standard stream.
fn fill_standard_streams() -> Result<(), SysError> {
    for number in 0..=2 {
        if !fd::is_open(number) {
            // The lowest free number is this one. It stays open for as long as the process lives.
            let _ = fd::null_device()?.into_raw_fd();
        }
    }
    Ok(())
}

/// Makes every descriptor CLOEXEC: a child gets what it is given and nothing else.
fn keep_descriptors_from_children() {
    // SAFETY: close_range with this flag closes nothing, it only sets flags.
    let result = unsafe {
        libc::syscall(libc::SYS_close_range, 0, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC)
    };
    if result == -1 {
        set_flags_one_by_one();
    }
}

/// As libuv does where the system has no such call (Linux before 5.11): past the first few
/// numbers, it stops at the first that is not open.
fn set_flags_one_by_one() {
    for number in 0.. {
        // SAFETY: F_SETFD takes numbers, and any are defined.
        let result = unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
        if result == -1 && number > 15 {
            return;
        }
    }
}

/// Lets every signal come, and gives those that were ignored their default meaning again, save
/// SIGPIPE and SIGXFSZ: a write reports what they would tell. The standard library's handler for SIGSEGV and
/// SIGBUS goes too: it lets a process live on that somebody sends one of these.
fn restore_signals() {
    // SAFETY: a `sigaction` is numbers and a pointer; all zero, it means SIG_DFL and no flags.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    for number in 1..32 {
        // SAFETY: the kernel writes to the place given, or fails and leaves it.
        let asked = unsafe { libc::sigaction(number, ptr::null(), &raw mut action) };
        if asked == 0 && action.sa_sigaction != libc::SIG_DFL {
            // SAFETY: SIG_DFL runs no code of ours.
            unsafe { libc::signal(number, libc::SIG_DFL) };
        }
    }
    for number in [libc::SIGPIPE, libc::SIGXFSZ] {
        // SAFETY: SIG_IGN runs no code.
        unsafe { libc::signal(number, libc::SIG_IGN) };
    }
    // It fails for no mask.
    let _ = SigSet::empty().thread_set_mask();
}

#[cfg(test)]
mod tests {
    use std::fs;

    use nix::sys::signal::Signal;

    use super::{
        super::{alone::alone, fd::FdKind},
        *,
    };

    fn mask(name: &str) -> u64 {
        let status = fs::read_to_string("/proc/thread-self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        u64::from_str_radix(line.trim(), 16).unwrap()
    }

    #[test]
    fn closed_standard_streams_become_the_null_device() {
        alone(|| {
            for number in 0..=2 {
                let kind = fd::kind(fd::borrow(number).unwrap());
                // SAFETY: in this process nothing uses standard input meanwhile.
                unsafe { libc::close(0) };
                fill_standard_streams().unwrap();
                assert!(fd::is_open(0));
                if number > 0 {
                    assert_eq!(fd::kind(fd::borrow(number).unwrap()), kind, "an open one stays");
                }
            }
            assert_eq!(fd::kind(fd::borrow(0).unwrap()), FdKind::File);
            assert_eq!(fs::read_link("/proc/self/fd/0").unwrap().to_str(), Some("/dev/null"));
        });
    }

    #[test]
    fn no_descriptor_is_left_to_children() {
        alone(|| {
            let inherited = |number| {
                // SAFETY: F_GETFD takes no pointer.
                unsafe { libc::fcntl(number, libc::F_GETFD) == 0 }
            };
            for set_flags in [keep_descriptors_from_children, set_flags_one_by_one] {
                for number in 0..=2 {
                    // SAFETY: F_SETFD takes numbers.
                    unsafe { libc::fcntl(number, libc::F_SETFD, 0) };
                }
                set_flags();
                assert!(!(0..100).any(inherited));
            }
        });
    }

    #[test]
    fn signals_are_as_node_has_them_at_start() {
        alone(|| {
            for number in [libc::SIGHUP, libc::SIGUSR2, libc::SIGCHLD] {
                // SAFETY: SIG_IGN runs no code.
                unsafe { libc::signal(number, libc::SIG_IGN) };
            }
            SigSet::from(Signal::SIGTERM).thread_block().unwrap();
            restore_signals();
            assert_eq!(mask("SigBlk:"), 0);
            let expected = 1 << (libc::SIGPIPE - 1) | 1 << (libc::SIGXFSZ - 1);
            assert_eq!(mask("SigIgn:") & 0x7fff_ffff, expected);
        });
    }
}
