//! The loop's clock: milliseconds, read once and kept. libuv: `uv_now`, `uv_update_time`.

use std::{
    cell::{Cell, OnceCell},
    thread,
    time::{Duration, Instant},
};

use super::TestClock;

pub(super) struct Clock {
    origin: Cell<Instant>,
    now: Cell<u64>,
    /// What is read in the place of the system's.
    given: OnceCell<TestClock>,
    /// Tests let the time pass by sleeping in name only.
    #[cfg(test)]
    pub(super) is_virtual: Cell<bool>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            origin: Cell::new(Instant::now()),
            now: Cell::new(0),
            given: OnceCell::new(),
            #[cfg(test)]
            is_virtual: Cell::new(false),
        }
    }

    /// Begins to count anew.
    pub(super) fn restart(&self) {
        self.origin.set(Instant::now());
        self.now.set(0);
    }

    /// Reads this one in the place of the system's.
    pub(super) fn give(&self, clock: TestClock) {
        // A loop gets its clock before it runs, once.
        let _ = self.given.set(clock);
    }

    /// What is read in the place of the system's.
    pub(super) fn given(&self) -> Option<&TestClock> {
        self.given.get()
    }

    /// Milliseconds since the clock was made or restarted, at the last update.
    pub(super) fn now(&self) -> u64 {
        self.now.get()
    }

    /// Reads the system's clock and returns the new time.
    pub(super) fn update(&self) -> u64 {
        #[cfg(test)]
        if self.is_virtual.get() {
            return self.now.get();
        }
        let elapsed = match self.given.get() {
            Some(clock) => clock.elapsed(),
            None => self.origin.get().elapsed(),
        };
        let elapsed = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        self.now.set(elapsed);
        elapsed
    }

    /// Blocks the thread, and reads the system's clock.
    pub(super) fn sleep(&self, duration: Duration) {
        #[cfg(test)]
        if self.is_virtual.get() {
            self.pass(u64::try_from(duration.as_millis()).expect("no test waits for ever"));
            return;
        }
        thread::sleep(duration);
        self.update();
    }

    /// Lets virtual milliseconds pass.
    #[cfg(test)]
    pub(super) fn pass(&self, milliseconds: u64) {
        self.now.set(self.now.get() + milliseconds);
    }
}
