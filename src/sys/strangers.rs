//! How processes end that are no children of this one.
//!
//! Source: `pidfd_open(2)`; `linux/pidfd.h`, `PIDFD_GET_INFO` (Linux 6.15); `proc_pid_stat(5)`.

use std::{
    fs,
    os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd},
};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::{errno::Errno, wait::ExitStatus};

/// A descriptor of a process, readable once that has ended.
///
/// # Errors
/// `ESRCH`: there is none of this number.
pub(crate) fn open(pid: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: pidfd_open takes two numbers.
    let number = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    if number < 0 {
        return Err(Errno::last());
    }
    // SAFETY: the kernel has made this descriptor, close-on-exec, in this very call.
    Ok(unsafe { OwnedFd::from_raw_fd(number as RawFd) })
}

/// Waits until one of these processes has ended; which.
///
/// # Errors
/// Of `poll`.
pub(crate) fn wait_for_any(pidfds: &[OwnedFd]) -> Result<Option<usize>, Errno> {
    let mut polled: Vec<PollFd<'_>> =
        pidfds.iter().map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN)).collect();
    loop {
        match poll(&mut polled, PollTimeout::NONE) {
            Err(nix::errno::Errno::EINTR) => {}
            Err(errno) => return Err(Errno(errno as i32)),
            Ok(_) => break,
        }
    }
    Ok(polled.iter().position(|fd| fd.any() == Some(true)))
}

/// How a process has ended: from its remains, or if somebody has collected these, from what the
/// kernel keeps for the descriptor. `None` where the kernel is too old for that.
pub(crate) fn ended(pidfd: &OwnedFd, pid: i32) -> Option<ExitStatus> {
    kept(pidfd).or_else(|| remains(pid)).or_else(|| kept(pidfd)).map(decode)
}

/// `struct pidfd_info`, as its first version was.
#[repr(C)]
#[derive(Default)]
struct Info {
    mask: u64,
    cgroup: u64,
    ids: [u32; 11],
    exit_code: i32,
}

/// `PIDFD_INFO_EXIT`.
const EXIT: u64 = 1 << 3;

nix::ioctl_readwrite!(get_info, 0xff, 11, Info);

fn kept(pidfd: &OwnedFd) -> Option<i32> {
    let mut info = Info { mask: EXIT, ..Info::default() };
    // SAFETY: the kernel writes as many bytes as the number of the call says, which are those of Info.
    unsafe { get_info(pidfd.as_raw_fd(), &raw mut info) }.ok()?;
    (info.mask & EXIT != 0).then_some(info.exit_code)
}

/// The status of a process that has ended and was not collected yet.
fn remains(pid: i32) -> Option<i32> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may have spaces and brackets in it.
    let (_, rest) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    // State and exit code are the third and the fifty-second field.
    if fields.first() != Some(&"Z") {
        return None;
    }
    fields.get(49)?.parse().ok()
}

fn decode(status: i32) -> ExitStatus {
    match status & 0x7f {
        0 => ExitStatus::Exited((status >> 8) & 0xff),
        signal => ExitStatus::Signaled(signal),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn it_is_told_how_a_process_ended_before_and_after_it_is_collected() {
        for (script, expected) in
            [("exit 3", ExitStatus::Exited(3)), ("kill -9 $$", ExitStatus::Signaled(9))]
        {
            let mut child = Command::new("/bin/sh")
                .args(["-c", &format!("read x; {script}")])
                .stdin(Stdio::piped())
                .spawn()
                .unwrap();
            let pid = child.id() as i32;
            let pidfds = [open(pid).unwrap()];
            drop(child.stdin.take());
            assert_eq!(wait_for_any(&pidfds).unwrap(), Some(0));
            assert_eq!(ended(&pidfds[0], pid), Some(expected));
            child.wait().unwrap();
            let after = ended(&pidfds[0], pid);
            assert!(after.is_none_or(|status| status == expected), "{after:?}");
        }
    }

    #[test]
    fn nobody_has_no_descriptor() {
        assert_eq!(open(0x3fff_ffff).unwrap_err().name(), Some("ESRCH"));
    }
}
