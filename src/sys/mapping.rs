//! Memory that is asked of the system itself, by pages. mmap(2).

use std::{mem, ptr};

/// The size of a large page, bytes, where small ones have 4096. A multiple of it is an address that one can have.
pub(super) const LARGE_PAGE: usize = 2 << 20;

/// New memory that can be read and written; `None` if the system has none left. `flags` are further ones of mmap(2).
pub(super) fn map(length: usize, flags: libc::c_int) -> Option<*mut u8> {
    // SAFETY: a new mapping, that nobody knows of.
    let mapped = unsafe {
        libc::mmap(
            ptr::null_mut(),
            length,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | flags,
            -1,
            0,
        )
    };
    (mapped != libc::MAP_FAILED).then(|| mapped.cast())
}

/// New memory with a large page in it, if the system has any; else small ones lie there. What is still there of it goes with this.
pub(super) struct LargePage {
    mapped: *mut u8,
}

impl LargePage {
    /// Of twice the size, so that an aligned page lies within it.
    const MAPPED: usize = 2 * LARGE_PAGE;

    /// `None` if the system has no memory left.
    pub(super) fn new() -> Option<Self> {
        let page = Self { mapped: map(Self::MAPPED, 0)? };
        // SAFETY: the range lies in the mapping. Where it fails there are small pages.
        unsafe { libc::madvise(page.start().cast(), LARGE_PAGE, libc::MADV_HUGEPAGE) };
        Some(page)
    }

    /// Where the page begins.
    pub(super) fn start(&self) -> *mut u8 {
        self.mapped.wrapping_byte_add(self.mapped.align_offset(LARGE_PAGE))
    }

    /// Leaves it there for as long as the process lives.
    pub(super) fn keep(self) -> *mut u8 {
        let start = self.start();
        mem::forget(self);
        start
    }
}

impl Drop for LargePage {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's. Where a part of it has been moved there is nothing to unmap, which munmap(2) takes;
        // who moves it has one thread only, so that nothing else is mapped there meanwhile.
        unsafe { libc::munmap(self.mapped.cast(), Self::MAPPED) };
    }
}
