//! The time that programs are told: the system's, or a test's.

use std::{
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use boa_engine::{
    Context,
    context::time::{Clock, JsInstant},
};

use super::state::{self, Loop};
use crate::event_loop::TestClock;

/// The clock of a realm as the engine asks it: `Date`.
pub(super) struct RealmClock(pub(super) Rc<Loop>);

impl Clock for RealmClock {
    fn now(&self) -> JsInstant {
        let now = self.0.given_clock().map_or_else(system, TestClock::elapsed);
        JsInstant::new(now.as_secs(), now.subsec_nanos())
    }

    fn system_time_millis(&self) -> i64 {
        let wall = match self.0.given_clock() {
            Some(clock) => clock.since_epoch(),
            None => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        };
        i64::try_from(wall.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The monotonic clock: since the machine's start, or since a test's clock began.
pub(crate) fn monotonic(context: &Context) -> Duration {
    given(context).unwrap_or_else(system)
}

/// The time since a test's clock began; `None` where the time is the system's.
pub(crate) fn given(context: &Context) -> Option<Duration> {
    state::of(context).event_loop.given_clock().map(TestClock::elapsed)
}

/// The system's monotonic clock.
pub(crate) fn system() -> Duration {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from).unwrap_or_default()
}
