//! What a zygote makes ready for its copies, and when.
//!
//! What a copy does not find ready it does for itself, and nobody waits longer as long as each has a processor of its own. Once
//! there are more copies than processors, it is worth while to wait until the zygote has done it once for all.

use std::{
    cell::Cell,
    ffi::{CStr, CString},
    thread,
    time::{Duration, Instant},
};

use super::deadline;

/// What a zygote and its copies do beside copying.
pub(crate) trait Nursery {
    /// In a copy that has no order yet: touches the memory that it will need, and leaves nothing behind.
    fn rehearse(&self);

    /// In the zygote: more copies will be asked for whose program begins with this file. Whether anything is to be made ready.
    fn expect(&self, program: &CStr) -> bool;

    /// In the zygote: makes ready a part of what copies are expected to need; `false` if nothing is left of it.
    fn prepare(&self) -> bool;
}

/// How long those who wait for copies that start together wait for them to be made ready.
const AT_MOST: Duration = Duration::from_millis(100);

/// The children that a program starts before it has a zygote: they are still starting when that begins.
const BEFORE_THE_ZYGOTE: usize = 2;

/// What is ready, and who is just starting.
pub(super) struct Readiness<'nursery, N> {
    nursery: &'nursery N,
    /// Something is left to be made ready.
    has_more: Cell<bool>,
    processors: usize,
    starting: usize,
    /// How long somebody has waited since those began to start.
    waited: Duration,
}

impl<'nursery, N: Nursery> Readiness<'nursery, N> {
    pub(super) fn new(nursery: &'nursery N) -> Self {
        let processors = thread::available_parallelism().map_or(1, Into::into);
        Self {
            nursery,
            has_more: Cell::new(false),
            processors,
            starting: BEFORE_THE_ZYGOTE,
            waited: Duration::ZERO,
        }
    }

    /// See [`Nursery::rehearse`].
    pub(super) fn rehearse(&self) {
        self.nursery.rehearse();
    }

    /// One more copy is starting.
    pub(super) fn starts(&mut self) {
        self.starting += 1;
    }

    /// Those that were starting have started.
    pub(super) fn calm(&mut self) {
        self.starting = 0;
        self.waited = Duration::ZERO;
    }

    /// Expects a program, to be made ready while nobody waits.
    pub(super) fn expect_later(&self, program: Option<&CString>) {
        if let Some(program) = program {
            self.has_more.set(self.nursery.expect(program));
        }
    }

    /// Expects a program and makes it ready at once. If somebody `is_waiting`, only where that is worth while.
    pub(super) fn expect(&mut self, program: Option<&CString>, is_waiting: impl Fn() -> bool) {
        self.expect_later(program);
        loop {
            let is_waiting = is_waiting();
            let begun = Instant::now();
            if is_waiting && !self.is_worth_while() || !self.prepare() {
                return;
            }
            if is_waiting {
                self.waited += begun.elapsed();
            }
        }
    }

    /// Makes ready a part of what is expected; `false` if nothing is left of it.
    pub(super) fn prepare(&self) -> bool {
        let has_more = self.has_more.get() && deadline::within(|| self.nursery.prepare());
        self.has_more.set(has_more);
        has_more
    }

    fn is_worth_while(&self) -> bool {
        self.starting >= self.processors && self.waited < AT_MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many parts are to be made ready.
    struct Parts(Cell<usize>);

    impl Nursery for Parts {
        fn rehearse(&self) {}

        fn expect(&self, _: &CStr) -> bool {
            self.0.get() > 0
        }

        fn prepare(&self) -> bool {
            self.0.replace(self.0.get().saturating_sub(1)) > 0
        }
    }

    /// How many parts of ten are left when somebody waits after so many looks.
    fn left(starting: usize, looks: usize) -> usize {
        let parts = Parts(Cell::new(10));
        let mut readiness = Readiness { starting, processors: 3, ..Readiness::new(&parts) };
        let left = Cell::new(looks);
        readiness
            .expect(Some(&c"/a.js".to_owned()), || left.replace(left.get().saturating_sub(1)) == 0);
        parts.0.get()
    }

    #[test]
    fn who_waits_waits_only_where_all_processors_are_busy() {
        assert_eq!(left(2, 0), 10, "a copy has a processor for itself");
        assert_eq!(left(2, 4), 6, "until somebody waits");
        assert_eq!(left(3, 0), 0, "all are busy");
    }

    #[test]
    fn copies_are_counted_until_they_have_started() {
        let parts = Parts(Cell::new(10));
        let mut readiness = Readiness { processors: 3, ..Readiness::new(&parts) };
        readiness.starts();
        let program = c"/a.js".to_owned();
        readiness.expect(Some(&program), || true);
        assert_eq!(parts.0.replace(10), 0);
        readiness.calm();
        readiness.expect(Some(&program), || true);
        assert_eq!(parts.0.get(), 10);
    }
}
