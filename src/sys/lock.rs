//! Locks whose holders leave nothing half done, whatever they die of.
//!
//! What such a lock guards is whole after every step, so a thread that has panicked with it has spoilt
//! nothing: the others go on.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Takes the lock, whoever had it before.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives the lock away until something changes.
pub(crate) fn wait_on<'lock, T>(
    changed: &Condvar,
    guard: MutexGuard<'lock, T>,
) -> MutexGuard<'lock, T> {
    changed.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

/// As [`wait_on`], so long at most.
pub(crate) fn wait_on_for<'lock, T>(
    changed: &Condvar,
    guard: MutexGuard<'lock, T>,
    time: Duration,
) -> MutexGuard<'lock, T> {
    changed.wait_timeout(guard, time).unwrap_or_else(PoisonError::into_inner).0
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn who_panicked_with_a_lock_locks_nobody_out() {
        let shared = Arc::new(Mutex::new(1));
        let theirs = shared.clone();
        let panicked = std::thread::spawn(move || {
            let mut guard = lock(&theirs);
            *guard = 2;
            panic!("of a test");
        });
        assert!(panicked.join().is_err() && shared.is_poisoned());
        assert_eq!(*lock(&shared), 2);
    }
}
