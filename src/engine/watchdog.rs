//! The thread that ends a program whose time is up in the middle of whatever it does.
//!
//! It sleeps while there is time, and is woken for a new call of the host's only if that ends sooner
//! than it would wake by itself.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use boa_engine::Context;

use super::{family::Family, interruption};
use crate::{
    event_loop::Remote,
    sys::{
        alarm::Alarm,
        lock::{lock, wait_on, wait_on_for},
        overwrite::{Overwriter, lend},
    },
};

/// The watchdog of a realm; it has no thread before it is needed.
#[derive(Default)]
pub(crate) struct Watchdog {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    watch: Option<Watch>,
    /// When the thread wakes by itself, while it sleeps.
    wakes_at: Option<Instant>,
    has_bitten: bool,
    ends: bool,
}

/// What is watched.
struct Watch {
    time: Time,
    limits: Overwriter,
    wakes: Wakes,
}

/// What wakes a program that waits.
pub(super) struct Wakes {
    pub(super) alarm: Option<Arc<Alarm>>,
    pub(super) event_loop: Remote<Context>,
}

/// When time is up.
#[derive(Clone, Debug, Default)]
pub(super) struct Time {
    pub(super) wall: Option<Instant>,
    /// Whose processor time is limited.
    pub(super) cpu: Option<Arc<Family>>,
}

impl Time {
    /// How long it lasts at least.
    fn left(&self) -> Duration {
        let wall = self.wall.map(|at| at.saturating_duration_since(Instant::now()));
        let cpu = self.cpu.as_ref().map(|family| family.processor_lasts());
        [wall, cpu].into_iter().flatten().min().unwrap_or(Duration::MAX)
    }
}

impl Watchdog {
    /// Watches work in this context.
    ///
    /// Where the system has no thread for it, the loop looks at the time alone.
    pub(super) fn watch<T>(
        &self,
        time: Time,
        wakes: Wakes,
        context: &mut Context,
        work: impl FnOnce(&mut Context) -> T,
    ) -> T {
        let nothing = interruption::nothing(context);
        lend(context, Context::runtime_limits_mut, nothing, |context, limits| {
            self.start();
            let _watched = self.shared.begin(Watch { time, limits, wakes });
            work(context)
        })
    }

    /// Whether it has ended a program.
    pub(super) fn has_bitten(&self) -> bool {
        self.shared.lock().has_bitten
    }

    fn start(&self) {
        let mut thread = lock(&self.thread);
        if thread.is_none() {
            let shared = self.shared.clone();
            let builder = thread::Builder::new().name("rjs-watchdog".to_owned());
            *thread = builder.spawn(move || shared.watch()).ok();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Has this watched until the answer is dropped.
    fn begin(&self, watch: Watch) -> Watched<'_> {
        let wakes = Instant::now().checked_add(watch.time.left());
        let mut state = self.lock();
        state.watch = Some(watch);
        if state.wakes_at.is_none_or(|at| wakes.is_some_and(|wakes| wakes < at)) {
            self.changed.notify_one();
        }
        Watched(self)
    }

    fn watch(&self) {
        let mut state = self.lock();
        while !state.ends {
            let left = state.watch.as_ref().map(|watch| watch.time.left());
            if left == Some(Duration::ZERO) {
                if let Some(watch) = state.watch.take() {
                    watch.limits.overwrite();
                    state.has_bitten = true;
                    if let Some(alarm) = watch.wakes.alarm {
                        alarm.raise();
                    }
                    // It waits, and others have used up its time.
                    watch.wakes.event_loop.post(Box::new(|_| ()));
                }
                continue;
            }
            state.wakes_at = left.and_then(|left| Instant::now().checked_add(left));
            state = match left {
                Some(left) => wait_on_for(&self.changed, state, left),
                None => wait_on(&self.changed, state),
            };
        }
    }
}

/// Work that is watched.
struct Watched<'a>(&'a Shared);

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.0.lock().watch.take();
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        let thread = lock(&self.thread).take();
        let Some(thread) = thread else { return };
        self.shared.lock().ends = true;
        self.shared.changed.notify_one();
        // It has nothing that could panic.
        let _ = thread.join();
    }
}

impl fmt::Debug for Watchdog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watchdog").finish_non_exhaustive()
    }
}
