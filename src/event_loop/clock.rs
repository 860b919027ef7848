//! The loop's clock: milliseconds, read once and kept. libuv: `uv_now`, `uv_update_time`.

use std::{
    cell::Cell,
    thread,
    time::{Duration, Instant},
};

pub(super) struct Clock {
    origin: Cell<Instant>,
    now: Cell<u64>,
    /// Tests let the time pass by sleeping in name only.
    #[cfg(test)]
    pub(super) is_virtual: Cell<bool>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            origin: Cell::new(Instant::now()),
            now: Cell::new(0),
            #[cfg(test)]
            is_virtual: Cell::new(false),
        }
    }

    /// Begins to count anew.
    pub(super) fn restart(&self) {
        self.origin.set(Instant::now());
        self.now.set(0);
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
        let elapsed = u64::try_from(self.origin.get().elapsed().as_millis()).unwrap_or(u64::MAX);
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
