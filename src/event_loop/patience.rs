//! Looking again before going to sleep.
//!
//! Two processes that answer each other's messages spend more time on being put to sleep and woken than on
//! the messages. A loop whose last waits were all over at once therefore asks again for some microseconds
//! before it sleeps, giving the processor to whoever wants it meanwhile; a loop that waited in vain gives
//! that up until short waits come in a row again.

use std::{
    cell::Cell,
    thread,
    time::{Duration, Instant},
};

/// A wait that was over so soon cost more than what it waited for.
const SHORT: Duration = Duration::from_micros(150);

/// How many short waits in a row let the next one look again.
const ENOUGH: u32 = 8;

/// How long a wait looks again: about what falling asleep and being woken take.
const LOOKING: Duration = Duration::from_micros(50);

/// What a loop has learnt of its waits.
#[derive(Default)]
pub(super) struct Patience {
    /// Short waits in a row.
    short: Cell<u32>,
    /// Whether another processor is there on which the awaited may run; asked once.
    has_company: Cell<Option<bool>>,
}

impl Patience {
    /// Calls `look` until it has something or the time is up. `None`: it is time to sleep.
    pub(super) fn look_again<E>(
        &self,
        mut look: impl FnMut() -> Result<Option<usize>, E>,
    ) -> Option<Result<usize, E>> {
        if self.short.get() < ENOUGH || !self.has_company() {
            return None;
        }
        let start = Instant::now();
        while start.elapsed() < LOOKING {
            match look() {
                Ok(None) => thread::yield_now(),
                Ok(Some(count)) => return Some(Ok(count)),
                Err(error) => return Some(Err(error)),
            }
        }
        self.short.set(0);
        None
    }

    /// Sleeps by `sleep`, and learns from how long it took.
    pub(super) fn sleep<T>(&self, sleep: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let outcome = sleep();
        self.learn(start.elapsed());
        outcome
    }

    fn learn(&self, took: Duration) {
        self.short.set(if took < SHORT { self.short.get().saturating_add(1) } else { 0 });
    }

    fn has_company(&self) -> bool {
        self.has_company.get().unwrap_or_else(|| {
            let answer = thread::available_parallelism().is_ok_and(|count| count.get() > 1);
            self.has_company.set(Some(answer));
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_processors(has_company: bool) -> Patience {
        let patience =
            Patience { has_company: Cell::new(Some(has_company)), ..Patience::default() };
        (0..ENOUGH).for_each(|_| patience.learn(Duration::ZERO));
        patience
    }

    fn look(patience: &Patience, answer: Result<usize, ()>) -> (Option<Result<usize, ()>>, usize) {
        let mut looks = 0;
        let outcome = patience.look_again(|| {
            looks += 1;
            answer.map(|count| Some(count).filter(|count| *count > 0))
        });
        (outcome, looks)
    }

    #[test]
    fn who_never_waited_sleeps_at_once() {
        assert_eq!(look(&Patience::default(), Ok(1)), (None, 0));
    }

    #[test]
    fn short_waits_in_a_row_make_it_look() {
        let patience = with_processors(true);
        assert_eq!(look(&patience, Ok(3)), (Some(Ok(3)), 1));
        assert_eq!(look(&patience, Err(())), (Some(Err(())), 1));
    }

    #[test]
    fn a_long_wait_ends_the_row() {
        let patience = with_processors(true);
        patience.learn(SHORT);
        assert_eq!(look(&patience, Ok(1)), (None, 0));
    }

    #[test]
    fn looking_in_vain_ends_the_row() {
        let patience = with_processors(true);
        let (outcome, looks) = look(&patience, Ok(0));
        assert_eq!(outcome, None);
        assert!(looks > 0);
        assert_eq!(look(&patience, Ok(1)), (None, 0));
    }

    #[test]
    fn alone_on_one_processor_it_never_looks() {
        assert_eq!(look(&with_processors(false), Ok(1)), (None, 0));
    }
}
