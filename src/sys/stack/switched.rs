//! The calling thread goes over to another stack and comes back.

use std::{ffi::c_void, num::NonZeroUsize, ptr::NonNull};

use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, mprotect, munmap};

use super::super::error::SysError;

/// Below the stack lies memory that may not be touched (bytes): running over ends the process at
/// once, instead of overwriting something.
const GUARD: usize = 64 << 10;

/// What runs on a stack; it is told the lowest address there. It must catch its own panics.
type Work<'a> = dyn FnMut(usize) + Send + 'a;

/// Runs `work` on a new stack of `size` bytes.
pub(super) fn run_on(size: usize, work: &mut Work<'_>) -> Result<(), SysError> {
    let stack = Stack::new(size)?;
    let mut call = Call { work, lowest: stack.lowest() };
    // SAFETY: the top of memory that is ours until `stack` is dropped, aligned as a page is;
    // `begin` gets the call that it expects, and does not unwind.
    unsafe { switch(stack.top(), (&raw mut call).cast(), begin) };
    Ok(())
}

struct Call<'w, 'a> {
    work: &'w mut Work<'a>,
    lowest: usize,
}

/// The first function on the new stack.
extern "C" fn begin(call: *mut c_void) {
    // SAFETY: `run_on` passes a pointer to its `Call`, which it does not use meanwhile.
    let call = unsafe { &mut *call.cast::<Call<'_, '_>>() };
    (call.work)(call.lowest);
}

/// Reserved memory with a guard at its low end.
struct Stack {
    base: NonNull<c_void>,
    size: NonZeroUsize,
}

impl Stack {
    fn new(size: usize) -> Result<Self, SysError> {
        let size = NonZeroUsize::MIN.saturating_add(size + GUARD - 1);
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE | MapFlags::MAP_STACK;
        // SAFETY: new memory at an address of the system's choice overlaps nothing.
        let base = unsafe { mmap_anonymous(None, size, access, flags) }
            .map_err(|errno| SysError::new(errno, "mmap"))?;
        let stack = Self { base, size };
        // SAFETY: the first bytes of our own mapping, which nobody uses yet.
        unsafe { mprotect(base, GUARD, ProtFlags::PROT_NONE) }
            .map_err(|errno| SysError::new(errno, "mprotect"))?;
        // Huge pages would commit 2 MB at the first touch. A system without them says EINVAL.
        // SAFETY: advice on our own mapping, which changes no byte of it.
        let _ = unsafe { madvise(base, size.get(), MmapAdvise::MADV_NOHUGEPAGE) };
        Ok(stack)
    }

    /// The lowest address that may be used.
    fn lowest(&self) -> usize {
        self.base.as_ptr().addr() + GUARD
    }

    /// The address above the highest that may be used.
    fn top(&self) -> *mut c_void {
        self.base.as_ptr().wrapping_byte_add(self.size.get())
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: our own mapping, whole; nobody runs on it any more. It fails for no such range.
        let _ = unsafe { munmap(self.base, self.size.get()) };
    }
}

/// Calls `function(argument)` with the stack pointer at `top`, then comes back to the old stack.
///
/// The frame is held by `rbp`, which a call preserves, and described for unwinders: a backtrace
/// goes on across the change of stacks.
///
/// # Safety
/// `top` must be 16-byte aligned and the end of memory that nobody uses while `function` runs;
/// `function` must be fit to get `argument` and must not unwind.
#[unsafe(naked)]
unsafe extern "C" fn switch(
    top: *mut c_void,
    argument: *mut c_void,
    function: extern "C" fn(*mut c_void),
) {
    std::arch::naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "mov rsp, rdi",
        "mov rdi, rsi",
        "call rdx",
        "mov rsp, rbp",
        "pop rbp",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
    )
}
