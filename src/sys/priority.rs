//! How the scheduler favours processes.
//!
//! Source: `getpriority(2)`; the names of the calls in errors are libuv's, as in Node.

use super::{errno::Errno, error::SysError, warm};

/// How nice a process is, -20 to 19; 0 is this one.
pub(crate) fn priority(pid: u32) -> Result<i32, SysError> {
    nix::errno::Errno::clear(); // -1 is a priority too
    // SAFETY: getpriority takes numbers, and any are defined.
    let priority = unsafe { libc::getpriority(libc::PRIO_PROCESS, pid) };
    match Errno::last() {
        errno if priority == -1 && errno != Errno(0) => {
            Err(SysError::new(errno, "uv_os_getpriority"))
        }
        _ => Ok(priority),
    }
}

/// Makes a process nicer or less nice; 0 is this one.
pub(crate) fn set_priority(pid: u32, priority: i32) -> Result<(), SysError> {
    warm::inheritance_changed();
    // SAFETY: setpriority takes numbers, and any are defined.
    match unsafe { libc::setpriority(libc::PRIO_PROCESS, pid, priority) } {
        0 => Ok(()),
        _ => Err(SysError::new(Errno::last(), "uv_os_setpriority")),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::alone::alone, *};

    #[test]
    fn priorities() {
        alone(|| {
            let before = priority(0).unwrap();
            assert_eq!(priority(std::process::id()), Ok(before));
            set_priority(0, 19).unwrap();
            assert_eq!(priority(0), Ok(19));
            assert_eq!(priority(1 << 30).unwrap_err().errno, Errno(libc::ESRCH));
            assert_eq!(set_priority(1 << 30, 1).unwrap_err().syscall, "uv_os_setpriority");
        });
    }
}
