//! The copy itself: `clone(2)` with the caller's parent as the parent.

use std::ptr;

use super::super::{errno::Errno, heap};

/// Copies this process; the copy's parent is this one's. The copy's process id, or `None` in the
/// copy itself.
///
/// The process must have one thread only, and the process that gets the child must expect it.
pub(super) fn clone_as_sibling() -> Result<Option<i32>, Errno> {
    let flags = libc::CLONE_PARENT | libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID;
    // The kernel takes the signal of the copy's end from this process: the SIGCHLD of `spawn`.
    let flags = libc::c_long::from(flags | libc::SIGCHLD);
    let thread_id = thread_id_address();
    let none = ptr::null_mut::<libc::c_void>();
    // SAFETY: without CLONE_VM the copy has memory of its own, in which nothing else runs, as the
    // caller vouches that there is one thread; the stack is the copy of this one. The address
    // is where the C library keeps the thread's id, or null.
    #[cfg(target_arch = "x86_64")]
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, none, none, thread_id, none) };
    // SAFETY: as above; here the last two arguments change places.
    #[cfg(not(target_arch = "x86_64"))]
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, none, none, none, thread_id) };
    match pid {
        -1 => Err(Errno::last()),
        0 => {
            heap::begin_anew();
            Ok(None)
        }
        pid => Ok(Some(pid as i32)),
    }
}

/// Where the C library keeps the calling thread's id, which the kernel updates in the copy. Null
/// where the kernel does not tell, and then ignores it.
fn thread_id_address() -> *mut libc::c_int {
    let mut address: *mut libc::c_int = ptr::null_mut();
    // SAFETY: the kernel writes one pointer to the place given, or fails and leaves it.
    unsafe { libc::prctl(libc::PR_GET_TID_ADDRESS, &raw mut address) };
    address
}
