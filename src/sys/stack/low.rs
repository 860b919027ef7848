//! What notices that a deep stack runs low where nobody asks: the program's allocator.
//!
//! Natives of the engine that call each other grow a list of calls. Where a block of memory grows,
//! [`PoolAllocator`](crate::PoolAllocator) and [`CountingAllocator`](crate::CountingAllocator) look at the stack, and
//! have the engine end what runs: by its limits, which it compares at every call.

use std::{cell::Cell, ptr};

use super::{super::overwrite::Overwriter, END, LOWEST};

thread_local! {
    /// What ends what runs on this thread, null if nobody is to be told.
    static ENDS: Cell<*const Overwriter> = const { Cell::new(ptr::null()) };
    static WAS_LOW: Cell<bool> = const { Cell::new(false) };
}

/// Does work that ends by `ends` when the stack runs low.
pub(crate) fn told_when_low<R>(ends: &Overwriter, work: impl FnOnce() -> R) -> R {
    struct Told(*const Overwriter);
    impl Drop for Told {
        fn drop(&mut self) {
            ENDS.set(self.0);
        }
    }
    let _told = Told(ENDS.replace(ends));
    work()
}

/// Whether the stack ran low since this was asked last.
pub(crate) fn was_low() -> bool {
    WAS_LOW.get() && WAS_LOW.replace(false)
}

/// Looks at the stack. It takes no memory.
#[inline]
pub(crate) fn look() {
    let here = 0_u8;
    let here = (&raw const here).addr();
    if here < LOWEST.get() && here > END.get() {
        tell();
    }
}

#[cold]
fn tell() {
    if WAS_LOW.replace(true) {
        return;
    }
    // SAFETY: null, or what `told_when_low` has borrowed until its work is done, in this thread.
    if let Some(ends) = unsafe { ENDS.get().as_ref() } {
        ends.overwrite();
    }
}
