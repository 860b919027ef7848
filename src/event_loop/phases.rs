//! The phases other than poll, and how callbacks get into them.

use super::{EventLoop, Host, ImmediateId, Task, TimerCallback, TimerId, after_callback};

/// How often what became pending during the poll phase, and then of that, runs before the check
/// phase. As libuv: so that it cannot keep the loop from turning.
const MAX_PENDING_ROUNDS: usize = 8;

/// Timers.
impl<H: Host> EventLoop<H> {
    /// Calls `callback` after so many milliseconds, once or again and again.
    pub(crate) fn add_timer(
        &self,
        after: u64,
        repeat: bool,
        callback: TimerCallback<H>,
    ) -> TimerId {
        let callback = self.scoped_timer(callback);
        let now = self.clock.update();
        self.timers.borrow_mut().add(after, repeat, callback, now)
    }

    /// Ends a timer.
    pub(crate) fn remove_timer(&self, id: TimerId) {
        let callback = self.timers.borrow_mut().remove(id);
        drop(callback);
    }

    /// Starts a timer anew, as of now. Node: `timeout.refresh()`.
    ///
    /// Returns false if it has ended: the loop does not keep the callback of a timer that is
    /// done. To refresh that is to add it again.
    #[must_use = "a timer that has ended must be added again"]
    pub(crate) fn refresh_timer(&self, id: TimerId) -> bool {
        let now = self.clock.update();
        self.timers.borrow_mut().refresh(id, now)
    }

    /// Says whether a timer keeps the loop alive.
    pub(crate) fn set_timer_ref(&self, id: TimerId, refed: bool) {
        self.timers.borrow_mut().set_ref(id, refed);
    }

    /// Whether a timer keeps the loop alive; false if it has ended.
    #[cfg(test)]
    pub(crate) fn timer_has_ref(&self, id: TimerId) -> bool {
        self.timers.borrow().has_ref(id)
    }

    /// False once a timer has ended. It has not while its callback runs.
    #[cfg(test)]
    pub(crate) fn is_active(&self, id: TimerId) -> bool {
        self.timers.borrow().contains(id)
    }

    /// True if a timer was due.
    pub(super) fn timers_phase(&self, host: &mut H) -> bool {
        if self.timers.borrow().next_due().is_none() {
            return false;
        }
        let now = self.clock.update();
        let round = self.timers.borrow_mut().begin_round(now);
        let Some(mut round) = round else { return false };
        let mut has_run = false;
        while !host.is_stopping() {
            let due = self.timers.borrow_mut().take_due(&mut round, self.now());
            let Some(timer) = due else { return has_run };
            has_run = true;
            let start = if timer.repeat { self.clock.update() } else { 0 };
            (timer.callback)(host);
            let ended = self.timers.borrow_mut().finish(&timer, start, &mut round, self.now());
            drop(ended);
            if !(host.take_failure() && round.is_within_list()) {
                after_callback(host);
            }
        }
        self.timers.borrow_mut().settle(self.now());
        has_run
    }
}

/// Immediates.
impl<H: Host> EventLoop<H> {
    /// Runs a task in the next check phase.
    pub(crate) fn add_immediate(&self, task: Task<H>) -> ImmediateId {
        let task = self.scoped_task(task);
        self.immediates.borrow_mut().add(task)
    }

    /// Drops an immediate that did not run.
    pub(crate) fn remove_immediate(&self, id: ImmediateId) {
        let task = self.immediates.borrow_mut().remove(id);
        drop(task);
    }

    /// Says whether an immediate keeps the loop alive, and from waiting.
    pub(crate) fn set_immediate_ref(&self, id: ImmediateId, refed: bool) {
        self.immediates.borrow_mut().set_ref(id, refed);
    }

    /// Whether an immediate keeps the loop alive; false once it ran.
    #[cfg(test)]
    pub(crate) fn immediate_has_ref(&self, id: ImmediateId) -> bool {
        self.immediates.borrow().has_ref(id)
    }

    /// The check phase runs the immediates that are there when it begins.
    pub(super) fn check_phase(&self, host: &mut H) {
        let end = self.immediates.borrow().end();
        if self.immediates.borrow().has_before(end) && !host.is_stopping() {
            host.before_immediates();
        }
        while !host.is_stopping() {
            let task = self.immediates.borrow_mut().pop_before(end);
            let Some(task) = task else { return };
            task(host);
            if !(host.take_failure() && self.immediates.borrow().has_before(end)) {
                after_callback(host);
            }
        }
    }
}

/// Pending and closing tasks.
impl<H: Host> EventLoop<H> {
    /// Runs a task in the next pending phase: before the next poll, or right after the present
    /// one. For what is already known, such as the end of a write, but must not be told at once.
    pub(crate) fn add_pending(&self, task: Task<H>) {
        let task = self.scoped_task(task);
        self.pending.borrow_mut().push_back(task);
    }

    /// Runs a task in the next closing phase. The last one added runs first, as in libuv.
    pub(crate) fn add_closing(&self, task: Task<H>) {
        let task = self.scoped_task(task);
        self.closing.borrow_mut().push(task);
    }

    /// The pending phase runs the tasks that are there when it begins.
    pub(super) fn pending_phase(&self, host: &mut H) {
        let count = self.pending.borrow().len();
        for _ in 0..count {
            if host.is_stopping() {
                return;
            }
            let task = self.pending.borrow_mut().pop_front();
            let Some(task) = task else { return };
            task(host);
            after_callback(host);
        }
    }

    pub(super) fn pending_phase_after_poll(&self, host: &mut H) {
        for _ in 0..MAX_PENDING_ROUNDS {
            if self.pending.borrow().is_empty() {
                return;
            }
            self.pending_phase(host);
        }
    }

    /// The closing phase runs the tasks that are there when it begins.
    pub(super) fn closing_phase(&self, host: &mut H) {
        let mut tasks = self.closing.take();
        while !host.is_stopping() {
            let Some(task) = tasks.pop() else { return };
            task(host);
            after_callback(host);
        }
        self.closing.borrow_mut().splice(0..0, tasks);
    }
}
