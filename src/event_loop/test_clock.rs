//! Time that a test keeps in its hands.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A clock for runtimes whose time is to be the same in every run: see
/// [`RuntimeBuilder::clock`](crate::RuntimeBuilder::clock).
///
/// Time stands still while scripts run. When nothing is left to do but to wait for a timer, the clock is
/// moved on to that timer, and nobody waits. What is real (a process, a socket, work in another thread)
/// is waited for as long as it takes, and time stands still meanwhile: a timer beside it comes after it.
///
/// `Date`, timers, `performance`, `process.hrtime` and `process.uptime` go by it. What the operating system
/// says itself (the times of files, of processes) does not.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let clock = rjs::TestClock::new(UNIX_EPOCH + Duration::from_secs(1_000_000_000));
/// let mut runtime = rjs::Runtime::builder().clock(clock.clone()).build()?;
/// let text = "new Promise((resolve) => setTimeout(() => resolve(new Date()), 86_400_000))";
/// assert_eq!(runtime.eval(text)?, "2001-09-10T01:46:40.000Z");
/// assert_eq!(clock.elapsed(), Duration::from_secs(86_400));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TestClock {
    start: SystemTime,
    /// Since the start, nanoseconds.
    elapsed: Arc<AtomicU64>,
    moves_on: bool,
}

impl TestClock {
    /// A clock that begins at this time.
    #[must_use]
    pub fn new(start: SystemTime) -> Self {
        Self { start, elapsed: Arc::default(), moves_on: true }
    }

    /// The same, but moved by nobody except [`Self::advance`].
    #[must_use]
    pub fn stopped(mut self) -> Self {
        self.moves_on = false;
        self
    }

    /// Lets time pass.
    pub fn advance(&self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.elapsed.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// How much time has passed.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.elapsed.load(Ordering::Relaxed))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.start + self.elapsed()
    }

    /// The same since the epoch; nothing before it.
    pub(crate) fn since_epoch(&self) -> Duration {
        self.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    pub(super) fn moves_on(&self) -> bool {
        self.moves_on
    }
}
