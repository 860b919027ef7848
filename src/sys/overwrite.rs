//! Changing a value that another thread works with: the one way to stop an engine that looks at its
//! limits, and at nothing else, while it runs a loop.
//!
//! This is a data race by the letter of the language: the owner reads, without knowing of any of this,
//! what another thread writes meanwhile, and holds the one reference to it. What it rests on is what
//! compilers and processors do with it: a word in its place is read and written in one piece, and the
//! owner reads it anew after every call that the compiler does not see through.

use super::lock::lock;
use std::{
    mem::{MaybeUninit, align_of, size_of},
    sync::{Arc, Mutex, MutexGuard},
};

/// A word of any value, padding included.
type Word = MaybeUninit<u64>;

/// Overwrites the part of a value that was lent, from any thread; without effect once the loan is over.
#[derive(Clone)]
pub(crate) struct Overwriter(Arc<Shared>);

/// Where the part is, and what is to be written there word by word; nothing when the loan is over.
struct Shared(Mutex<Option<(Place, Vec<Word>)>>);

struct Place(*mut Word);

// SAFETY: the address is used under the lock only, while `lend` holds the value in its place.
unsafe impl Send for Place {}

/// Does work with a value while other threads may put `replacement` in the place of a part of it, which
/// consists of whole words and lies inside of the value itself.
///
/// The owner goes on using the part: it reads it word by word, and every mixture of old and new words
/// must be as good as the new ones.
///
/// # Panics
/// If the part lies elsewhere, where nobody could say for how long it is there.
pub(crate) fn lend<C, T: Copy + Send, R>(
    owner: &mut C,
    part: impl FnOnce(&mut C) -> &mut T,
    replacement: T,
    work: impl FnOnce(&mut C, Overwriter) -> R,
) -> R {
    const { assert!(size_of::<T>().is_multiple_of(8) && align_of::<T>() >= align_of::<u64>()) };
    let offset = (&raw mut *part(owner)).addr().wrapping_sub((&raw mut *owner).addr());
    let is_inside = offset.checked_add(size_of::<T>()).is_some_and(|end| end <= size_of::<C>());
    assert!(is_inside, "the part lies inside of the value");
    let first = (&raw mut *owner).cast::<Word>().wrapping_byte_add(offset);
    let shared = Arc::new(Shared(Mutex::new(Some((Place(first), words_of(&replacement))))));
    let loan = Loan(shared.clone());
    // The owner is borrowed until this returns: it does not end before the loan, however that ends.
    let result = work(owner, Overwriter(shared));
    drop(loan);
    result
}

fn words_of<T>(value: &T) -> Vec<Word> {
    let first = (&raw const *value).cast::<Word>();
    let word = |index| {
        // SAFETY: inside of the value, which consists of so many aligned words; they may be padding.
        unsafe { first.add(index).read() }
    };
    (0..size_of::<T>() / size_of::<Word>()).map(word).collect()
}

/// Ends with the work, even if that panics.
struct Loan(Arc<Shared>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<(Place, Vec<Word>)>> {
        lock(&self.0)
    }
}

impl Overwriter {
    /// Puts the replacement in the part's place, if that is still lent.
    pub(crate) fn overwrite(&self) {
        let place = self.0.lock();
        let Some((Place(first), words)) = &*place else { return };
        for (index, word) in words.iter().enumerate() {
            // SAFETY: the part is there until the loan ends, which waits for the lock, and no other
            // thread writes it. That its owner may read it now is what the head of this file says.
            unsafe { first.add(index).write_volatile(*word) };
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.0.lock().take();
    }
}

#[cfg(test)]
mod tests {
    use std::{hint::black_box, panic, thread};

    use super::*;

    #[derive(Clone, Copy)]
    struct Limits {
        first: u64,
        second: u64,
    }

    struct Owner {
        limits: Limits,
        elsewhere: Box<Limits>,
    }

    fn owner() -> Owner {
        let limits = Limits { first: u64::MAX, second: 7 };
        Owner { limits, elsewhere: Box::new(limits) }
    }

    const NOTHING: Limits = Limits { first: 0, second: 7 };

    #[test]
    fn another_thread_ends_a_loop() {
        let mut owner = owner();
        lend(
            &mut owner,
            |owner| &mut owner.limits,
            NOTHING,
            |owner, overwriter| {
                let other = thread::spawn(move || overwriter.overwrite());
                let mut turns = 0_u64;
                while black_box(&mut *owner).limits.first > turns {
                    turns += 1;
                    thread::yield_now();
                }
                other.join().unwrap();
            },
        );
        assert_eq!((owner.limits.first, owner.limits.second), (0, 7));
    }

    #[test]
    fn what_is_lent_no_more_is_left_alone() {
        let mut owner = owner();
        let kept = lend(&mut owner, |owner| &mut owner.limits, NOTHING, |_, overwriter| overwriter);
        kept.overwrite();
        assert_eq!(owner.limits.first, u64::MAX);
        let kept = Mutex::new(None);
        let work = panic::AssertUnwindSafe(|| {
            lend(
                &mut owner,
                |owner| &mut owner.limits,
                NOTHING,
                |_, overwriter| {
                    *kept.lock().unwrap() = Some(overwriter);
                    panic::resume_unwind(Box::new(()));
                },
            );
        });
        assert!(panic::catch_unwind(work).is_err());
        kept.into_inner().unwrap().unwrap().overwrite();
        assert_eq!(owner.limits.first, u64::MAX);
    }

    #[test]
    #[should_panic(expected = "inside of the value")]
    fn what_lies_elsewhere_is_not_lent() {
        let mut owner = owner();
        lend(&mut owner, |owner| &mut *owner.elsewhere, NOTHING, |_, _| ());
    }
}
