//! How long a loop has waited for something to do: what `eventLoopUtilization()` counts with.
//!
//! Other threads may ask while the loop waits.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// What is known of a loop's time. Times are nanoseconds since `base`, 0 where there is none.
#[derive(Debug)]
pub(crate) struct Idle {
    base: Instant,
    started: AtomicU64,
    /// When it had nothing to do any more.
    ended: AtomicU64,
    /// The waits that are over.
    total: AtomicU64,
    /// When the present wait began.
    since: AtomicU64,
}

/// What a loop has done with its time so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoopTime {
    /// When it began to turn.
    pub(crate) started: Instant,
    pub(crate) idle: Duration,
    /// For how long it has been turning.
    pub(crate) whole: Duration,
    /// When it had nothing to do any more.
    pub(crate) ended: Option<Instant>,
}

impl Idle {
    pub(super) fn new() -> Self {
        let none = || AtomicU64::new(0);
        Self { base: Instant::now(), started: none(), ended: none(), total: none(), since: none() }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.base.elapsed().as_nanos()).unwrap_or(u64::MAX).max(1)
    }

    /// The loop turns, or is about to: it has begun with the first time.
    pub(crate) fn begin(&self) {
        if self.started.load(Relaxed) == 0 {
            self.started.store(self.now(), Relaxed);
        }
        self.ended.store(0, Relaxed);
    }

    /// Nothing keeps the loop alive.
    pub(super) fn end(&self) {
        self.ended.store(self.now(), Relaxed);
    }

    /// Counts a wait.
    pub(super) fn during<T>(&self, wait: impl FnOnce() -> T) -> T {
        let before = self.now();
        self.since.store(before, Relaxed);
        let result = wait();
        let waited = self.now() - before;
        self.since.store(0, Relaxed);
        self.total.store(self.total.load(Relaxed) + waited, Relaxed);
        result
    }

    /// What the loop has done so far; `None` before it turns.
    pub(crate) fn time(&self) -> Option<LoopTime> {
        let started = Some(self.started.load(Relaxed)).filter(|started| *started > 0)?;
        let (total, since) = (self.total.load(Relaxed), self.since.load(Relaxed));
        let now = self.now();
        let present = if since == 0 { 0 } else { now.saturating_sub(since) };
        let at = |time| self.base + Duration::from_nanos(time);
        Some(LoopTime {
            started: at(started),
            ended: Some(self.ended.load(Relaxed)).filter(|ended| *ended > 0).map(at),
            idle: Duration::from_nanos(total + present),
            whole: Duration::from_nanos(now.saturating_sub(started)),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, sync::mpsc, thread};

    use super::*;

    #[test]
    fn a_wait_is_counted_while_it_lasts_and_after_it() {
        let idle = Arc::new(Idle::new());
        assert_eq!(idle.time(), None);
        idle.begin();
        let first = idle.time().unwrap();
        assert_eq!(first.idle, Duration::ZERO);
        let (end, ended) = mpsc::channel::<()>();
        let waits = idle.clone();
        let other = thread::spawn(move || waits.during(|| ended.recv().unwrap()));
        while idle.time().unwrap().idle == Duration::ZERO {
            thread::yield_now();
        }
        end.send(()).unwrap();
        other.join().unwrap();
        let after = idle.time().unwrap();
        assert!(after.idle > Duration::ZERO && after.idle <= after.whole);
        assert_eq!((after.started, idle.time().unwrap().idle), (first.started, after.idle));
    }
}
