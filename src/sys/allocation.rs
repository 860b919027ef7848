//! How much memory a thread has taken, counted where it is taken.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use super::{heap, stack};

thread_local! {
    /// Bytes that this thread took, less those that it gave back.
    static TAKEN: Cell<isize> = const { Cell::new(0) };
    /// Whether anything was counted in it.
    static IS_COUNTED: Cell<bool> = const { Cell::new(false) };
}

/// An allocator that counts for each thread what it takes, so that a runtime's heap can be limited.
///
/// To be made the allocator of a program by the program itself:
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: rjs::CountingAllocator = rjs::CountingAllocator::new();
/// # fn main() {}
/// ```
///
/// It costs a few instructions for each block.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountingAllocator<A = System>(A);

impl CountingAllocator {
    /// Counts what the system's allocator gives.
    #[must_use]
    pub const fn new() -> Self {
        Self(System)
    }
}

impl<A> CountingAllocator<A> {
    /// Counts what another allocator gives.
    pub const fn around(allocator: A) -> Self {
        Self(allocator)
    }
}

fn count(bytes: isize) {
    // A thread that is about to end has no counter any more, and no runtime.
    let _ = TAKEN.try_with(|taken| taken.set(taken.get().wrapping_add(bytes)));
    let _ = IS_COUNTED.try_with(|counted| counted.set(true));
}

/// The bytes that this thread has taken and not given back; `None` where nobody counts.
pub(crate) fn of_this_thread() -> Option<isize> {
    if IS_COUNTED.try_with(Cell::get).is_ok_and(|counted| counted) {
        return TAKEN.try_with(Cell::get).ok();
    }
    heap::held_by_this_thread()
}

// SAFETY: every call goes to the allocator inside, as it came; counting touches two cells of this
// thread that have no destructor and take no memory.
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps the rules of this trait.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the block came from the allocator inside, with this layout.
        unsafe { self.0.dealloc(block, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps the rules of this trait.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        stack::look();
        count(size as isize - layout.size() as isize);
        // SAFETY: the block came from the allocator inside, with this layout.
        unsafe { self.0.realloc(block, layout, size) }
    }
}
