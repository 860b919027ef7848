//! The calling thread goes over to another stack and comes back.

use std::{ffi::c_void, num::NonZeroUsize, ptr::NonNull};

use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, mprotect, munmap};

use super::{
    super::{error::SysError, limits},
    Span,
};

/// Below the stack lies memory that may not be touched (bytes): running over ends the process at
/// once, instead of overwriting something.
const GUARD: usize = 64 << 10;

/// What lies below a stack besides, for what cannot be refused any more (bytes): the engine looks a property up
/// along prototypes and proxies by calling itself, up to 768 bytes for each, and each takes up to twice as much of the heap.
/// Nothing of it is committed before it is needed; a system that promises no more memory than it has gives none.
const BEYOND: usize = 4 << 30;

/// What runs on a stack; it is told what of it it may use. It must catch its own panics.
type Work<'a> = dyn FnMut(Span) + 'a;

/// Runs `work` on a new stack of `size` bytes.
pub(super) fn run_on(size: usize, work: &mut Work<'_>) -> Result<(), SysError> {
    Stack::new(size)?.run(work);
    Ok(())
}

struct Call<'w, 'a> {
    work: &'w mut Work<'a>,
    span: Span,
}

/// The first function on the new stack.
extern "C" fn begin(call: *mut c_void) {
    // SAFETY: `run_on` passes a pointer to its `Call`, which it does not use meanwhile.
    let call = unsafe { &mut *call.cast::<Call<'_, '_>>() };
    (call.work)(call.span);
}

/// Reserved memory with a guard at its low end.
#[derive(Debug)]
pub(super) struct Stack {
    base: NonNull<c_void>,
    size: NonZeroUsize,
    /// How much of it may be used; the rest is [`BEYOND`].
    usable: usize,
}

impl Stack {
    /// A stack of so many bytes, and as much more as is to be had.
    pub(super) fn new(usable: usize) -> Result<Self, SysError> {
        let beyond = if limits::address_space().is_none() { BEYOND } else { 0 };
        let stack = match reserve(usable + beyond) {
            Err(_) if beyond > 0 => reserve(usable)?,
            reserved => reserved?,
        };
        let (base, size) = stack;
        let stack = Self { base, size, usable };
        // SAFETY: the first bytes of our own mapping, which nobody uses yet.
        unsafe { mprotect(base, GUARD, ProtFlags::PROT_NONE) }
            .map_err(|errno| SysError::new(errno, "mprotect"))?;
        // Huge pages would commit 2 MB at the first touch. A system without them says EINVAL.
        // SAFETY: advice on our own mapping, which changes no byte of it.
        let _ = unsafe { madvise(base, size.get(), MmapAdvise::MADV_NOHUGEPAGE) };
        if stack.beyond() > 0 {
            // A core dump that goes through a pipe would be as long as the mapping.
            // SAFETY: as above, for its lower part.
            let _ = unsafe { madvise(base, stack.beyond(), MmapAdvise::MADV_DONTDUMP) };
        }
        Ok(stack)
    }

    /// Runs `work` on it. Nobody else may be on it.
    pub(super) fn run(&self, work: &mut Work<'_>) {
        let lowest = self.base.as_ptr().addr() + GUARD;
        let span = Span { end: lowest, lowest: lowest + self.beyond() };
        let mut call = Call { work, span };
        let top = self.base.as_ptr().wrapping_byte_add(self.size.get());
        // SAFETY: the top of memory that is ours until `self` is dropped, aligned as a page is;
        // `begin` gets the call that it expects, and does not unwind.
        unsafe { switch(top, (&raw mut call).cast(), begin) };
    }

    /// Gives back the memory of all but its first pages, while nobody is on it.
    pub(super) fn give_back(&self) {
        const KEPT: usize = 256 << 10;
        let below = self.size.get().saturating_sub(GUARD + KEPT);
        // SAFETY: our own mapping; what is below its first pages was left by who used it. It fails for no such range.
        let start = unsafe { self.base.byte_add(GUARD) };
        // SAFETY: as above.
        let _ = unsafe { madvise(start, below, MmapAdvise::MADV_DONTNEED) };
    }

    /// How much lies below what may be used, bytes.
    fn beyond(&self) -> usize {
        self.size.get() - GUARD - self.usable
    }
}

/// Maps so many bytes and the guard below them.
fn reserve(size: usize) -> Result<(NonNull<c_void>, NonZeroUsize), SysError> {
    let size = NonZeroUsize::MIN.saturating_add(size + GUARD - 1);
    let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE | MapFlags::MAP_STACK;
    // SAFETY: new memory at an address of the system's choice overlaps nothing.
    let base = unsafe { mmap_anonymous(None, size, access, flags) };
    base.map(|base| (base, size)).map_err(|errno| SysError::new(errno, "mmap"))
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
