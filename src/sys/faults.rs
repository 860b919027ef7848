//! A place that the system calls of a start pass, where a test can make one of them fail.
//!
//! It counts on the calling thread. A child between its birth and its exec runs on its parent's
//! thread-local storage, so its calls are counted with its parent's.

use super::errno::Errno;

/// Asked before each call: the error that it must report instead of being made.
#[cfg(not(test))]
#[inline]
pub(super) const fn check() -> Result<(), Errno> {
    Ok(())
}

#[cfg(test)]
pub(super) use armed::check;
#[cfg(test)]
pub(crate) use armed::{Armed, has_struck};

#[cfg(test)]
mod armed {
    use std::cell::Cell;

    use super::Errno;

    thread_local! {
        static REMAINING: Cell<u32> = const { Cell::new(0) };
        static ERROR: Cell<i32> = const { Cell::new(0) };
    }

    /// As outside of tests, but the call that was armed fails.
    pub(in super::super) fn check() -> Result<(), Errno> {
        let remaining = REMAINING.get();
        REMAINING.set(remaining.saturating_sub(1));
        if remaining == 1 { Err(Errno(ERROR.get())) } else { Ok(()) }
    }

    /// The `nth` call from now on this thread fails with `errno`, for as long as this lives.
    pub(crate) struct Armed;

    impl Armed {
        pub(crate) fn new(nth: u32, errno: i32) -> Self {
            REMAINING.set(nth);
            ERROR.set(errno);
            Self
        }
    }

    /// Whether the call that was armed has come.
    pub(crate) fn has_struck() -> bool {
        REMAINING.get() == 0
    }

    impl Drop for Armed {
        fn drop(&mut self) {
            REMAINING.set(0);
        }
    }
}
