//! The system calls of `spawn`, each safe to make in the child: they touch no lock and no memory
//! but what they are given. All that can fail pass [`super::super::faults`].

use std::{
    ffi::{CStr, c_char, c_int, c_long, c_void},
    mem::{self, MaybeUninit},
    os::fd::{FromRawFd, OwnedFd},
    ptr,
};

use nix::sys::signal::{SigSet, SigmaskHow};

use super::{
    super::{errno::Errno, faults, signals},
    child::Orders,
};

#[cfg(target_pointer_width = "64")]
use libc::{SYS_setgid, SYS_setgroups, SYS_setuid};
#[cfg(target_pointer_width = "32")]
use libc::{
    SYS_setgid32 as SYS_setgid, SYS_setgroups32 as SYS_setgroups, SYS_setuid32 as SYS_setuid,
};

/// Makes a call that reports failure as -1.
fn checked(call: impl FnOnce() -> c_long) -> Result<c_long, Errno> {
    faults::check()?;
    match call() {
        -1 => Err(Errno::last()),
        result => Ok(result),
    }
}

/// Runs `birth` with every signal blocked, so that none is handled by a newborn child.
pub(super) fn with_signals_blocked<R>(
    birth: impl FnOnce() -> Result<R, Errno>,
) -> Result<R, Errno> {
    faults::check()?;
    let mask = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let born = birth();
    mask.thread_set_mask()?;
    born
}

/// Makes the child, which carries out `orders` on `stack` in our memory; returns when it has
/// become another program or has ended. Its process id, and its pidfd.
pub(super) fn clone(
    orders: &mut Orders,
    stack: &mut [MaybeUninit<u8>],
) -> Result<(c_int, OwnedFd), Errno> {
    let top = stack.as_mut_ptr_range().end;
    let top = top.wrapping_sub(top.addr() % 16); // the alignment that every ABI asks of a stack
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    let mut pidfd: c_int = -1;
    let pid = checked(|| {
        // SAFETY: CLONE_VFORK stops this thread until the child no longer uses our memory, so
        // that `orders`, `stack` and `pidfd` outlive its use of them and are used by nobody else;
        // `begin` makes system calls only.
        let pid = unsafe {
            libc::clone(begin, top.cast(), flags, ptr::from_mut(orders).cast(), &raw mut pidfd)
        };
        pid.into()
    })?;
    // SAFETY: clone succeeded, so CLONE_PIDFD has put a new descriptor there.
    Ok((pid as c_int, unsafe { OwnedFd::from_raw_fd(pidfd) }))
}

/// Where the child begins. What it returns is its exit code if it never became a program.
extern "C" fn begin(orders: *mut c_void) -> c_int {
    // SAFETY: `clone` passes a pointer to its `Orders`, which nobody uses meanwhile.
    let orders = unsafe { &mut *orders.cast::<Orders>() };
    orders.carry_out();
    127
}

/// Collects a child that has ended.
pub(in super::super) fn reap(pid: c_int) {
    // SAFETY: waitpid may be given a null pointer for a status that nobody wants.
    while unsafe { libc::waitpid(pid, ptr::null_mut(), 0) } == -1 {
        // Somebody who collects everybody's children may have been faster (ECHILD).
        if Errno::last() != Errno(libc::EINTR) {
            return;
        }
    }
}

/// Gives every signal its default meaning.
pub(super) fn reset_signals() {
    // SAFETY: a `sigaction` is numbers and a pointer; all zero, it means SIG_DFL and no flags.
    let default: libc::sigaction = unsafe { mem::zeroed() };
    for number in 1..=signals::MAX {
        // Fails for SIGKILL, SIGSTOP and the C library's own, which have no other meaning.
        // SAFETY: both pointers may be read or are null; the child's table is its own.
        unsafe { libc::sigaction(number, &raw const default, ptr::null_mut()) };
    }
}

/// Lets every signal come again.
pub(super) fn unblock_signals() -> Result<(), Errno> {
    faults::check()?;
    Ok(SigSet::empty().thread_set_mask()?)
}

/// `setsid(2)`.
pub(super) fn start_session() -> Result<(), Errno> {
    // SAFETY: setsid takes nothing.
    checked(|| unsafe { libc::setsid() }.into()).map(drop)
}

/// A copy of `fd` with the lowest free number from `least` on, CLOEXEC.
pub(in super::super) fn duplicate_from(fd: c_int, least: c_int) -> Result<c_int, Errno> {
    // SAFETY: F_DUPFD_CLOEXEC takes numbers, and any are defined.
    let copy = checked(|| unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, least) }.into())?;
    Ok(copy as c_int)
}

/// Makes `fd` a copy of `source` that the new program keeps. Closes what `fd` was.
pub(super) fn put(source: c_int, fd: c_int) -> Result<(), Errno> {
    checked(|| {
        if source == fd {
            // SAFETY: F_SETFD takes numbers, and any are defined.
            unsafe { libc::fcntl(fd, libc::F_SETFD, 0) }.into()
        } else {
            // SAFETY: dup2 takes numbers; in the child nobody owns the one that it closes.
            unsafe { libc::dup2(source, fd) }.into()
        }
    })
    .map(drop)
}

/// Clears `O_NONBLOCK`, if the system lets us: programs expect standard streams that block.
pub(super) fn make_blocking(fd: c_int) {
    // SAFETY: F_GETFL takes no argument.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    if flags != -1 && flags & libc::O_NONBLOCK != 0 {
        // SAFETY: F_SETFL takes numbers.
        unsafe { libc::fcntl(fd, libc::F_SETFL, flags & !libc::O_NONBLOCK) };
    }
}

/// Lets the next program have 0, 1 and 2, or not.
pub(super) fn keep_standard_streams(keep: bool) {
    let flags = if keep { 0 } else { libc::FD_CLOEXEC };
    for number in 0..=2 {
        // SAFETY: F_SETFD takes numbers, and any are defined.
        unsafe { libc::fcntl(number, libc::F_SETFD, flags) };
    }
}

/// Opens the null device, CLOEXEC.
pub(super) fn open_null(access: c_int) -> Result<c_int, Errno> {
    let flags = access | libc::O_CLOEXEC;
    // SAFETY: the path is a C string.
    let fd = checked(|| unsafe { libc::open(c"/dev/null".as_ptr(), flags) }.into())?;
    Ok(fd as c_int)
}

pub(super) fn close(fd: c_int) {
    // SAFETY: the child closes a number that it has just opened.
    unsafe { libc::close(fd) };
}

pub(super) fn change_folder(path: &CStr) -> Result<(), Errno> {
    // SAFETY: the path is a C string.
    checked(|| unsafe { libc::chdir(path.as_ptr()) }.into()).map(drop)
}

pub(super) fn enter_folder(folder: c_int) -> Result<(), Errno> {
    // SAFETY: fchdir takes a number, and any is defined.
    checked(|| unsafe { libc::fchdir(folder) }.into()).map(drop)
}

/// Leaves every supplementary group. The system call itself, here and below: the C library's
/// functions would change the ids of all threads of the process, and these are the parent's.
pub(super) fn drop_groups() -> Result<(), Errno> {
    // SAFETY: of no groups none are read.
    checked(|| unsafe { libc::syscall(SYS_setgroups, 0, ptr::null::<libc::gid_t>()) }).map(drop)
}

pub(super) fn set_group(gid: libc::gid_t) -> Result<(), Errno> {
    // SAFETY: setgid takes a number.
    checked(|| unsafe { libc::syscall(SYS_setgid, gid) }).map(drop)
}

pub(super) fn set_user(uid: libc::uid_t) -> Result<(), Errno> {
    // SAFETY: setuid takes a number.
    checked(|| unsafe { libc::syscall(SYS_setuid, uid) }).map(drop)
}

/// Asks for a SIGKILL when the parent's thread ends: `PR_SET_PDEATHSIG` of `prctl(2)`.
///
/// # Errors
/// ESRCH: it has ended before it could be asked for.
pub(super) fn die_with(parent: libc::pid_t) -> Result<(), Errno> {
    // SAFETY: with this option prctl takes a number.
    checked(|| unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) }.into())?;
    // SAFETY: getppid takes nothing.
    if unsafe { libc::getppid() } == parent { Ok(()) } else { Err(Errno(libc::ESRCH)) }
}

/// Becomes another program, or tells why not. `args` and `env` end with a null pointer.
pub(super) fn execute(file: &CStr, args: &[*const c_char], env: &[*const c_char]) -> Errno {
    let executed = checked(|| {
        // SAFETY: three C strings or null-ended lists of them, which outlive the call.
        unsafe { libc::execve(file.as_ptr(), args.as_ptr(), env.as_ptr()) }.into()
    });
    executed.err().unwrap_or(Errno(libc::EIO)) // it does not return otherwise
}
