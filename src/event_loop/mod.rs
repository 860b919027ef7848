//! The event loop: Node's phases over libuv's order. It has never heard of JavaScript.
//!
//! An [`EventLoop`] runs callbacks for a [`Host`], one after the other, in one thread. Callbacks
//! may call every method of the loop: nothing of it is borrowed while they run.

mod blocking;
mod clock;
mod idle;
mod immediates;
mod patience;
mod phases;
mod remote;
mod requests;
mod scope;
mod sources;
pub(crate) mod stream;
mod table;
mod test_clock;
#[cfg(test)]
mod tests;
mod timers;
mod waiting;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io,
    rc::Rc,
    sync::{
        Arc,
        atomic::{Ordering, fence},
    },
    time::{Duration, Instant},
};

use blocking::Pool;
use clock::Clock;
use immediates::Immediates;
use patience::Patience;
use remote::Inbox;
use requests::Requests;
use sources::{SourceLimit, Sources};
use table::Table;
use timers::Timers;

pub use self::test_clock::TestClock;
pub(crate) use self::{
    blocking::Panic,
    idle::{Idle, LoopTime},
    immediates::ImmediateId,
    remote::{Hold, Remote},
    requests::Request,
    scope::Scope,
    sources::{SourceCallback, SourceId},
    timers::{TimerCallback, TimerId},
    waiting::WaitHandle,
};
use crate::sys::poll::{Event, Poll};
pub(crate) use crate::sys::poll::{Interest, Readiness};

/// Whom the loop runs callbacks for.
pub(crate) trait Host: Sized + 'static {
    /// What callbacks inherit from whoever registered them.
    type Scope: Clone + 'static;

    /// Called after every callback that did not stop the program. Node: the nextTick queue,
    /// microtasks, unhandled rejections.
    fn after_callback(&mut self);

    /// Called before the immediates of a turn: for what an earlier callback left undone.
    fn before_immediates(&mut self) {}

    /// True once the program was told to end: no further callback is called.
    fn is_stopping(&self) -> bool {
        false
    }

    /// Whether the callback that just ran failed; asked once. Then Node runs the next timer of
    /// the same list, or the next immediate, before what [`Self::after_callback`] does.
    fn take_failure(&mut self) -> bool {
        false
    }

    /// Called, instead of what was to be done with the result, when blocking work panicked.
    ///
    /// That is a defect of the program's Rust side: unless handled, the panic goes on here.
    fn work_panicked(&mut self, panic: Panic) {
        std::panic::resume_unwind(panic);
    }
}

/// A callback that is called once.
pub(crate) type Task<H> = Box<dyn FnOnce(&mut H)>;

/// An event loop.
///
/// It costs no descriptor and no thread until it is given a source, or has to wait for another
/// thread.
pub(crate) struct EventLoop<H: Host> {
    clock: Clock,
    scope: Rc<Scope<H::Scope>>,
    timers: RefCell<Timers<H>>,
    immediates: RefCell<Immediates<H>>,
    pending: RefCell<VecDeque<Task<H>>>,
    closing: RefCell<Vec<Task<H>>>,
    sources: RefCell<Sources<H>>,
    requests: Rc<Requests>,
    inbox: Arc<Inbox<H>>,
    pool: Pool,
    /// What is to be done with the results of blocking work.
    work: RefCell<Table<Task<H>>>,
    poll: RefCell<Option<Rc<Poll>>>,
    /// Room for a batch of events, kept from turn to turn.
    events: Cell<Vec<Event>>,
    turns: Cell<u64>,
    patience: Patience,
    idle: Arc<Idle>,
    /// When waiting ends, whatever happens.
    deadline: Cell<Option<Instant>>,
    /// How many sources there may be.
    source_limit: RefCell<Option<SourceLimit>>,
    /// A source was refused for that.
    has_refused: Cell<bool>,
}

impl<H: Host> EventLoop<H> {
    /// Makes a loop.
    ///
    /// # Errors
    /// None at present: what may fail is made when first needed.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            clock: Clock::new(),
            scope: Scope::new(),
            timers: RefCell::new(Timers::new()),
            immediates: RefCell::new(Immediates::new()),
            pending: RefCell::default(),
            closing: RefCell::default(),
            sources: RefCell::new(Sources::new()),
            requests: Rc::default(),
            inbox: Arc::new(Inbox::new()),
            pool: Pool::new(),
            work: RefCell::new(Table::new()),
            poll: RefCell::default(),
            events: Cell::default(),
            turns: Cell::new(0),
            patience: Patience::default(),
            idle: Arc::new(Idle::new()),
            deadline: Cell::default(),
            source_limit: RefCell::default(),
            has_refused: Cell::new(false),
        })
    }

    /// Turns until nothing keeps the loop alive, or the host stops.
    ///
    /// As libuv's `uv_run`: whether the loop is alive is asked before the first turn and then
    /// between a turn's timers and its other phases, so a timer that nobody waits for still runs
    /// if it is due when the loop is about to end.
    pub(crate) fn run(&self, host: &mut H) {
        self.idle.begin();
        let mut is_alive = self.is_alive();
        if is_alive {
            self.timers_phase(host);
        }
        while is_alive && !host.is_stopping() {
            self.phases_after_timers(host, None);
            self.timers_phase(host);
            is_alive = self.is_alive();
        }
        self.idle.end();
    }

    /// One turn. It waits, for `max_wait` at most, only if nothing is to be done.
    pub(crate) fn turn(&self, host: &mut H, max_wait: Option<Duration>) {
        self.idle.begin();
        let has_done = self.timers_phase(host) || !self.pending.borrow().is_empty();
        // Whoever turns the loop wants to know what came of that.
        self.phases_after_timers(host, if has_done { Some(Duration::ZERO) } else { max_wait });
    }

    /// What the loop does with its time, for other threads too.
    pub(crate) fn idle(&self) -> &Arc<Idle> {
        &self.idle
    }

    /// How many turns have begun: two calls in the same turn are told the same.
    pub(crate) fn turns(&self) -> u64 {
        self.turns.get()
    }

    fn phases_after_timers(&self, host: &mut H, max_wait: Option<Duration>) {
        self.turns.set(self.turns.get() + 1);
        self.pending_phase(host);
        self.poll_phase(host, max_wait);
        self.pending_phase_after_poll(host);
        self.check_phase(host);
        self.closing_phase(host);
    }

    /// True while something keeps the loop alive: a source with an interest, a timer or an
    /// immediate, each unless unreferenced; a pending or closing task; a request, a [`Hold`], a
    /// posted task.
    pub(crate) fn is_alive(&self) -> bool {
        self.sources.borrow().live_count() > 0
            || self.timers.borrow().ref_count() > 0
            || self.immediates.borrow().ref_count() > 0
            || !self.pending.borrow().is_empty()
            || !self.closing.borrow().is_empty()
            || !self.requests.is_empty()
            || self.inbox.is_live()
    }

    /// Lets the clock count from now on, for a loop that was made before its program was known.
    /// It must have no timer.
    pub(crate) fn restart_clock(&self) {
        self.clock.restart();
    }

    /// Lets no wait last longer than until then: the host asks then whether it is to stop.
    pub(crate) fn set_deadline(&self, deadline: Option<Instant>) {
        self.deadline.set(deadline);
    }

    /// Goes by this clock from now on. It must have no timer.
    pub(crate) fn give_clock(&self, clock: TestClock) {
        self.clock.give(clock);
    }

    /// The clock that it goes by, if that is not the system's.
    pub(crate) fn given_clock(&self) -> Option<&TestClock> {
        self.clock.given()
    }

    /// Milliseconds since the loop was made, as of the last update.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Drops every callback, timer, source and task. What they own is free then, even if it owns
    /// the loop in turn; the loop can go on with new ones.
    pub(crate) fn clear(&self) {
        let timers = self.timers.borrow_mut().clear();
        let immediates = self.immediates.borrow_mut().clear();
        let pending = self.pending.take();
        let closing = self.closing.take();
        let work = self.work.borrow_mut().drain();
        let sources = self.sources.borrow_mut().clear();
        let scope = self.scope.replace(None);
        // With their registrations, as it is closed.
        self.reset_kernel_objects();
        self.inbox.clear();
        drop((timers, immediates, pending, closing, work, sources, scope));
    }

    /// True if another thread may have a way to the loop. If not, all that was posted is seen.
    fn has_remotes(&self) -> bool {
        let is_shared = Arc::strong_count(&self.inbox) > 1;
        fence(Ordering::Acquire);
        is_shared
    }
}

impl<H: Host> Drop for EventLoop<H> {
    fn drop(&mut self) {
        self.inbox.close();
    }
}

/// What follows every callback.
fn after_callback<H: Host>(host: &mut H) {
    if !host.is_stopping() {
        host.after_callback();
    }
}
