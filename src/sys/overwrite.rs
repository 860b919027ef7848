//! Changing a value that another thread works with: the one way to stop an engine that looks at its
//! limits, and at nothing else, while it runs a loop.

use std::{
    ptr::NonNull,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Lets other threads overwrite a value. Dropped, it lets no one any more: it must be dropped before
/// the value moves or ends, which is its holder's to see to.
pub(crate) struct Exposed(Arc<Shared>);

/// Overwrites the value from any thread.
#[derive(Clone)]
pub(crate) struct Overwriter(Arc<Shared>);

struct Shared {
    /// Where the value is, and what is to be written there word by word.
    place: Mutex<Option<(Place, Vec<u64>)>>,
}

struct Place(NonNull<AtomicU64>);

// SAFETY: the address is used under the lock only, while the value is there (see `Exposed`).
unsafe impl Send for Place {}

/// Exposes a value that is made of whole words; `replacement` is what [`Overwriter::overwrite`] puts in
/// its place. The owner goes on using it: it reads it word by word, and every mixture of old and new
/// words must be as good as the new ones.
pub(crate) fn expose<T: Copy + Send>(value: &mut T, replacement: T) -> (Exposed, Overwriter) {
    const { assert!(size_of::<T>().is_multiple_of(8) && align_of::<T>() >= align_of::<u64>()) };
    let count = size_of::<T>() / 8;
    let words = (&raw const replacement).cast::<u64>();
    let words = (0..count)
        .map(|index| {
            // SAFETY: inside of `replacement`, which consists of `count` initialised words: the
            // caller's types have no padding (words only).
            unsafe { words.add(index).read() }
        })
        .collect();
    let place = Place(NonNull::from(value).cast());
    let shared = Arc::new(Shared { place: Mutex::new(Some((place, words))) });
    (Exposed(shared.clone()), Overwriter(shared))
}

impl Overwriter {
    /// Puts the replacement in the value's place, if that is still there.
    pub(crate) fn overwrite(&self) {
        let place = self.0.place.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((Place(first), words)) = &*place else { return };
        for (index, word) in words.iter().enumerate() {
            // SAFETY: the value is there until `Exposed` is dropped, which waits for the lock; its
            // owner reads aligned words, which the processor does not tear.
            unsafe { first.add(index).as_ref() }.store(*word, Ordering::Relaxed);
        }
    }
}

impl Drop for Exposed {
    fn drop(&mut self) {
        let place = self.0.place.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(place);
    }
}

#[cfg(test)]
mod tests {
    use std::{hint::black_box, thread};

    use super::*;

    #[derive(Clone, Copy)]
    struct Limits {
        first: u64,
        second: u64,
    }

    #[test]
    fn another_thread_ends_a_loop() {
        let mut limits = Limits { first: u64::MAX, second: 7 };
        let pointer = &raw mut limits;
        let (exposed, overwriter) = expose(&mut limits, Limits { first: 0, second: 7 });
        let other = thread::spawn(move || overwriter.overwrite());
        let mut turns = 0_u64;
        // SAFETY: the value lives to the end of the test.
        while unsafe { black_box(pointer).read_volatile() }.first > turns {
            turns += 1;
            thread::yield_now();
        }
        other.join().unwrap();
        drop(exposed);
        assert_eq!(limits.second, 7);
    }

    #[test]
    fn what_is_gone_is_left_alone() {
        let mut limits = Limits { first: 1, second: 2 };
        let (exposed, overwriter) = expose(&mut limits, Limits { first: 0, second: 0 });
        drop(exposed);
        overwriter.overwrite();
        assert_eq!((limits.first, limits.second), (1, 2));
    }
}
