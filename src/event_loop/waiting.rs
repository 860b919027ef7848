//! The poll phase: waiting for sources, other threads and the next timer.

use std::{
    io,
    os::fd::{AsFd, BorrowedFd},
    rc::Rc,
    time::{Duration, Instant},
};

use super::{EventLoop, Host, after_callback, sources::Ready};
use crate::sys::poll::{Event, MAX_EVENTS, Poll};

/// How often a poll phase looks for more when the system had as many events as fit. As libuv.
const MAX_BATCHES: usize = 48;

/// How long a wait may last when the system refuses to watch something for us (it has no
/// descriptor or no memory left): then we look again.
pub(super) const RETRY: Duration = Duration::from_millis(10);

/// The descriptor that is readable when the loop has something to do. See
/// [`EventLoop::wait_handle`].
pub(crate) struct WaitHandle(Rc<Poll>);

impl AsFd for WaitHandle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// What a wait can rely on.
struct Preparation {
    poll: Option<Rc<Poll>>,
    /// The system watches all that there is to watch.
    is_complete: bool,
}

impl<H: Host> EventLoop<H> {
    /// A descriptor for an embedder that has a loop of its own: while it is readable, or once
    /// [`Self::next_timeout`] is up, [`Self::turn`] has something to do.
    ///
    /// # Errors
    /// EMFILE, ENFILE, ENOMEM: the system has no descriptor left.
    pub(crate) fn wait_handle(&self) -> io::Result<WaitHandle> {
        let poll = self.poll()?;
        self.inbox.ensure_waker(&poll)?;
        self.inbox.watch();
        self.prepare_wait(&mut Vec::new());
        Ok(WaitHandle(poll))
    }

    /// Makes what a loop needs that others have a way to, before it first waits.
    ///
    /// # Errors
    /// EMFILE, ENFILE, ENOMEM: the system has no descriptor left.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        let poll = self.poll()?;
        self.inbox.ensure_waker(&poll)
    }

    /// How long an embedder may wait for the descriptor of [`Self::wait_handle`] before the next
    /// turn; `None`: without a limit. To be asked before each wait.
    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        let Preparation { is_complete, .. } = self.prepare_wait(&mut Vec::new());
        let own = self.time_to_next().and_then(|time| self.real_wait(time));
        shorter(own, (!is_complete).then_some(RETRY))
    }

    /// Forgets what the system knows of the loop (epoll, waker); the next wait tells it anew.
    ///
    /// For a process that was cloned: it shares these objects with its parent.
    pub(crate) fn reset_kernel_objects(&self) {
        let poll = self.poll.borrow_mut().take();
        drop(self.inbox.take_waker());
        self.sources.borrow_mut().forget_registrations();
        drop(poll);
    }

    /// The poll phase.
    pub(super) fn poll_phase(&self, host: &mut H, max_wait: Option<Duration>) {
        if host.is_stopping() {
            return;
        }
        let mut max_wait = max_wait;
        let mut events = self.events.take();
        for _ in 0..MAX_BATCHES {
            events.clear();
            let count = self.wait(max_wait, &mut events);
            self.clock.update();
            self.run_posted(host);
            self.dispatch(&events, host);
            if count < MAX_EVENTS || host.is_stopping() {
                break;
            }
            max_wait = Some(Duration::ZERO);
        }
        self.events.set(events);
    }

    /// The poll instance, made when first needed.
    pub(super) fn poll(&self) -> io::Result<Rc<Poll>> {
        let mut poll = self.poll.borrow_mut();
        match &*poll {
            Some(poll) => Ok(poll.clone()),
            None => Ok(poll.insert(Rc::new(Poll::new()?)).clone()),
        }
    }

    /// Calls the sources that are ready.
    fn dispatch(&self, events: &[Event], host: &mut H) {
        let mut last = Vec::new();
        for event in events {
            let ready = self.sources.borrow().ready(event);
            match ready {
                Some(Ready { is_last: true, .. }) => last.push(event),
                Some(ready) => call_source(ready, host),
                None => {}
            }
        }
        for event in last {
            let ready = self.sources.borrow().ready(event);
            if let Some(ready) = ready {
                call_source(ready, host);
            }
        }
    }

    /// How long nothing is to be done but for sources and other threads.
    fn time_to_next(&self) -> Option<Duration> {
        let has_work = !self.pending.borrow().is_empty()
            || !self.closing.borrow().is_empty()
            || self.immediates.borrow().ref_count() > 0
            || self.inbox.has_posted();
        if has_work {
            return Some(Duration::ZERO);
        }
        let due = self.timers.borrow().next_due()?;
        Some(Duration::from_millis(due.saturating_sub(self.clock.update())))
    }

    /// Waits, and appends what is ready; returns how many events the system had.
    fn wait(&self, max_wait: Option<Duration>, events: &mut Vec<Event>) -> usize {
        // First, as whoever gave up its way to the loop just now may have posted before.
        let Preparation { poll, is_complete } = self.prepare_wait(events);
        let own = if self.is_alive() { self.time_to_next() } else { Some(Duration::ZERO) };
        let own = own.and_then(|time| self.passed(time));
        let limit = if is_complete { max_wait } else { shorter(max_wait, Some(RETRY)) };
        let left = self.deadline.get().map(|at| at.saturating_duration_since(Instant::now()));
        let timeout = shorter(left, shorter(own, limit));
        let Some(poll) = poll else {
            // A wait without a limit has no end then, as in libuv.
            self.idle.during(|| self.clock.sleep(timeout.unwrap_or(Duration::MAX)));
            return 0;
        };
        let is_wait = timeout.is_none_or(|timeout| !timeout.is_zero());
        let outcome = if is_wait {
            self.idle.during(|| self.wait_patiently(&poll, timeout, events))
        } else {
            wait_through_signals(&poll, timeout, events)
        };
        outcome.unwrap_or_else(|_| {
            self.abandon_poll(poll);
            0
        })
    }

    /// Waits, not asleep at first if that has paid of late.
    fn wait_patiently(
        &self,
        poll: &Poll,
        timeout: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<usize> {
        let early = self.patience.look_again(|| {
            if self.inbox.has_news() {
                return Ok(Some(0));
            }
            let count = wait_through_signals(poll, Some(Duration::ZERO), events)?;
            Ok(Some(count).filter(|count| *count > 0))
        });
        early.unwrap_or_else(|| {
            if !self.inbox.begin_sleep() {
                return Ok(0);
            }
            let outcome = self.patience.sleep(|| wait_through_signals(poll, timeout, events));
            self.inbox.end_sleep();
            outcome
        })
    }

    /// How long it is to wait in truth for what is due after this time, by the clock of the loop; `None`:
    /// until something real happens.
    fn real_wait(&self, time: Duration) -> Option<Duration> {
        let Some(clock) = self.clock.given().filter(|_| !time.is_zero()) else {
            return Some(time);
        };
        if !clock.moves_on() {
            // Whoever moves it does not tell.
            return Some(RETRY);
        }
        let is_alone = self.sources.borrow().live_count() == 0
            && self.requests.is_empty()
            && !self.inbox.is_live();
        is_alone.then_some(Duration::ZERO)
    }

    /// As [`Self::real_wait`], and moves on a clock that needs nobody to wait.
    fn passed(&self, time: Duration) -> Option<Duration> {
        let real = self.real_wait(time);
        if let Some(clock) = self.clock.given()
            && clock.moves_on()
            && real == Some(Duration::ZERO)
        {
            clock.advance(time);
        }
        real
    }

    /// Makes what the wait needs, nothing if there is nobody to wait for, and tells the system
    /// what has changed.
    fn prepare_wait(&self, events: &mut Vec<Event>) -> Preparation {
        let has_remotes = self.has_remotes();
        if self.sources.borrow().is_empty() && !has_remotes {
            return Preparation { poll: None, is_complete: true };
        }
        let Ok(poll) = self.poll() else {
            return Preparation { poll: None, is_complete: false };
        };
        let can_wake = !has_remotes || self.inbox.ensure_waker(&poll).is_ok();
        let is_watching = self.sources.borrow_mut().register_changes(&poll, events);
        Preparation { poll: Some(poll), is_complete: can_wake && is_watching }
    }

    /// Gives up an epoll instance that fails: a script closed descriptors that are not its own.
    /// The numbers may be other files' by now, so they are not closed.
    fn abandon_poll(&self, poll: Rc<Poll>) {
        std::mem::forget(poll);
        std::mem::forget(self.inbox.take_waker());
        self.reset_kernel_objects();
    }
}

fn call_source<H: Host>(ready: Ready<H>, host: &mut H) {
    if !host.is_stopping() {
        (ready.callback)(host, ready.readiness);
        after_callback(host);
    }
}

/// Waits on when a signal interrupts: its handler has told whom it concerns.
fn wait_through_signals(
    poll: &Poll,
    timeout: Option<Duration>,
    events: &mut Vec<Event>,
) -> io::Result<usize> {
    let timed = timeout.filter(|timeout| !timeout.is_zero());
    let started = timed.map(|timeout| (Instant::now(), timeout));
    let mut remaining = timeout;
    loop {
        match poll.wait(remaining, events) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                if let Some((start, timeout)) = started {
                    remaining = Some(timeout.saturating_sub(start.elapsed()));
                }
            }
            outcome => return outcome,
        }
    }
}

/// The shorter of two times; `None` is without a limit.
fn shorter(a: Option<Duration>, b: Option<Duration>) -> Option<Duration> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (limit, None) | (None, limit) => limit,
    }
}
