//! How much a program may use of what it shares with its host.
//!
//! Time and memory are looked at between callbacks, ticks and microtasks, and in every call of a host's
//! function; what runs longer in scripts is ended by the `watchdog`, and asks for its memory itself
//! (`engine::syntax::checkpoints`).

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
    time::{Duration, Instant},
};

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, error::RuntimeLimitError, js_string,
};

use super::{
    errors::{Code, coded_object},
    natives::{define_value, function},
    observer::HostEvent,
    state::{self, Engine},
    syntax::CHECK_NAME,
    watchdog::{Time, Watchdog},
};
use crate::sys::{alarm, allocation, usage::ThreadClock};

/// Something that a host may limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// How long one call of the runtime takes, waiting included.
    WallTime,
    /// How much of the processor one call of the runtime takes.
    CpuTime,
    /// How deep functions call each other.
    Recursion,
    /// How often the loops of one call of a function go round.
    LoopIterations,
    /// How much memory the runtime's thread holds.
    Heap,
    /// How many child processes there are at once.
    Children,
    /// How many child processes there are in all.
    TotalChildren,
    /// How many threads there are at once.
    Threads,
    /// How many bytes wait in a channel that its reader did not take.
    BytesInFlight,
    /// How long a message is.
    MessageSize,
    /// How many descriptors the loop watches.
    Handles,
    /// How much a captured stream holds.
    Output,
}

impl Limit {
    /// What scripts know it by: the property `limit` of an error.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WallTime => "wallTime",
            Self::CpuTime => "cpuTime",
            Self::Recursion => "recursion",
            Self::LoopIterations => "loopIterations",
            Self::Heap => "heap",
            Self::Children => "children",
            Self::TotalChildren => "totalChildren",
            Self::Threads => "threads",
            Self::BytesInFlight => "bytesInFlight",
            Self::MessageSize => "messageSize",
            Self::Handles => "handles",
            Self::Output => "output",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WallTime => "time",
            Self::CpuTime => "processor time",
            Self::Recursion => "recursion",
            Self::LoopIterations => "iterations of a loop",
            Self::Heap => "memory",
            Self::Children => "child processes at once",
            Self::TotalChildren => "child processes",
            Self::Threads => "threads at once",
            Self::BytesInFlight => "bytes waiting in a channel",
            Self::MessageSize => "bytes of a message",
            Self::Handles => "open handles",
            Self::Output => "bytes of output",
        })
    }
}

/// The limits of a runtime; none to begin with.
///
/// Two kinds of them differ in what happens when they are reached. What a script *asks* for (processes,
/// handles, a message) is refused with an error that it can catch: its code is `ERR_RJS_LIMIT`, its
/// property `limit` names the limit. What a script *uses* (time, memory, recursion) ends its program: the
/// call of the host's returns [`crate::EvalError::Limit`], and nothing of the script runs any more. Both
/// are told as [`HostEvent::LimitReached`].
///
/// **Time** is looked at between callbacks and between the steps of promises, and a thread of the runtime's
/// ends loops and calls of functions in scripts. What waits in the system is ended, too: for a child
/// (`execSync`, which is killed then), for a pipe, FIFO, terminal or socket that is read or written by `fs`, for
/// `Atomics.wait`. Not ended in time is one native call that computes: a regular expression that backtracks, a
/// `sort` of millions without a function of a script's, `JSON.parse` of a text that is very long; nor a read of
/// a disk that does not answer.
///
/// **Memory** is looked at at the same places, and where it is limited, scripts are compiled so that they do
/// it in the rounds of their loops and at the beginning of their functions (which takes them up to twice the
/// time, and shows in the text of a function). Text given to `eval` and `Function`, and arrow functions
/// without braces, do it only where they end. What one native call takes is seen when it is done.
///
/// **Threads** of a program (`Worker`) count their child processes with it, and there are no more of them than
/// [`Self::threads`] says. Each has the other limits for itself: with `n` threads a program has `n + 1` times
/// the memory, processor time and handles; a thread's whole life is one call.
///
/// Who runs code that may do such things on purpose runs it in a process of its own, which can be killed and
/// whose memory the system limits: with [`crate::run_if_worker`] a host is its own child, and
/// [`crate::channel::Channel`] speaks to it.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    wall_time: Option<Duration>,
    cpu_time: Option<Duration>,
    recursion: Option<usize>,
    loop_iterations: Option<u64>,
    heap: Option<usize>,
    children: Option<u64>,
    total_children: Option<u64>,
    threads: Option<u64>,
    bytes_in_flight: Option<usize>,
    message_size: Option<usize>,
    handles: Option<usize>,
}

impl Limits {
    /// None.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// How long each call of `run`, `eval`, `load`, `call`, `turn` and `run_until_idle` may take, waiting
    /// included.
    #[must_use]
    pub fn wall_time(mut self, limit: Duration) -> Self {
        self.wall_time = Some(limit);
        self
    }

    /// How much processor time of its thread each of these calls may take.
    #[must_use]
    pub fn cpu_time(mut self, limit: Duration) -> Self {
        self.cpu_time = Some(limit);
        self
    }

    /// How many functions of scripts may be under way at once; never more than the thread's stack has
    /// room for.
    #[must_use]
    pub fn recursion(mut self, limit: usize) -> Self {
        self.recursion = Some(limit);
        self
    }

    /// How often the loops in one call of a function may go round, all counted together. An asynchronous
    /// function is one call however long it lives.
    #[must_use]
    pub fn loop_iterations(mut self, limit: u64) -> Self {
        self.loop_iterations = Some(limit);
        self
    }

    /// How many bytes the runtime's thread may hold more than when the runtime was made, garbage not
    /// counted. Only for a program whose allocator is [`crate::CountingAllocator`] or
    /// [`crate::PoolAllocator`]: the engine does not tell how much its heap holds.
    #[must_use]
    pub fn heap(mut self, limit: usize) -> Self {
        self.heap = Some(limit);
        self
    }

    /// How many child processes there may be at once, those of the program's threads included.
    #[must_use]
    pub fn children(mut self, limit: u64) -> Self {
        self.children = Some(limit);
        self
    }

    /// How many child processes may be started in all, by the program's threads too.
    #[must_use]
    pub fn total_children(mut self, limit: u64) -> Self {
        self.total_children = Some(limit);
        self
    }

    /// How many threads (`Worker`) may run at once, those that threads start included. To have none, grant
    /// none: [`crate::Permissions`].
    #[must_use]
    pub fn threads(mut self, limit: u64) -> Self {
        self.threads = Some(limit);
        self
    }

    /// How many bytes may wait in a channel for the operating system to take them: a `send` that would
    /// add to more is refused.
    #[must_use]
    pub fn bytes_in_flight(mut self, limit: usize) -> Self {
        self.bytes_in_flight = Some(limit);
        self
    }

    /// How many bytes a message may have, both ways. A longer one is not sent; one that comes ends its
    /// channel.
    #[must_use]
    pub fn message_size(mut self, limit: usize) -> Self {
        self.message_size = Some(limit);
        self
    }

    /// How many descriptors the loop may watch (sockets, servers, pipes, channels, child processes, watched
    /// files), and how many scripts may have besides, all threads together, of what they open by `fs`. What
    /// goes beyond it fails with `EMFILE`, as where the system has no more.
    #[must_use]
    pub fn handles(mut self, limit: usize) -> Self {
        self.handles = Some(limit);
        self
    }

    /// The same, with a heap of at most so many bytes.
    pub(crate) fn with_heap_of(self, limit: usize) -> Self {
        let least = self.heap.map_or(limit, |own| own.min(limit));
        self.heap(least)
    }

    /// Whether the heap is limited, which not every program can.
    pub(crate) fn needs_counting(&self) -> bool {
        self.heap.is_some()
    }

    fn is_measured(&self) -> bool {
        self.wall_time.is_some() || self.cpu_time.is_some() || self.heap.is_some()
    }
}

/// The exit code of a program that was ended for what it used, as `timeout(1)` has it.
const ENDED: i32 = 124;

/// What a realm is measured by.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    limits: RefCell<Limits>,
    /// Time or memory is limited.
    is_measuring: Cell<bool>,
    deadline: Cell<Option<Instant>>,
    cpu_deadline: Cell<Option<(ThreadClock, Duration)>>,
    watchdog: Watchdog,
    /// What the thread held when the runtime was made, bytes.
    held_before: Cell<isize>,
    /// What ended the program.
    ended_by: Cell<Option<Limit>>,
    has_told_of_output: Cell<bool>,
    /// How many rounds of loops there were; it goes round.
    rounds: Cell<u32>,
}

/// Limits the programs of this realm from now on.
pub(crate) fn apply(limits: &Limits, context: &mut Context) {
    let engine = state::of(context);
    let own = context.runtime_limits().recursion_limit();
    let runtime = context.runtime_limits_mut();
    if let Some(limit) = limits.recursion {
        runtime.set_recursion_limit(limit.min(own));
    }
    if let Some(rounds) = limits.loop_iterations {
        runtime.set_loop_iteration_limit(rounds);
    }
    engine.event_loop.limit_sources(limits.handles);
    let meter = &engine.meter;
    meter.is_measuring.set(limits.is_measured());
    meter.held_before.set(allocation::of_this_thread().unwrap_or(0));
    *meter.limits.borrow_mut() = limits.clone();
    install(&context.global_object(), context);
}

/// Does what a call of the host's is for, in the time that calls have.
pub(crate) fn during<T>(context: &mut Context, work: impl FnOnce(&mut Context) -> T) -> T {
    let engine = state::of(context);
    alarm::within(engine.alarm(), || measured(&engine, context, work))
}

fn measured<T>(
    engine: &Rc<Engine>,
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> T,
) -> T {
    let meter = &engine.meter;
    if !meter.is_measuring.get() {
        return work(context);
    }
    let limits = meter.limits.borrow();
    let wall = limits.wall_time.and_then(|limit| Instant::now().checked_add(limit));
    let cpu = limits.cpu_time.map(|limit| {
        let clock = ThreadClock::of_this_thread();
        (clock, clock.now().saturating_add(limit))
    });
    drop(limits);
    meter.deadline.set(wall);
    engine.event_loop.set_deadline(wall);
    meter.cpu_deadline.set(cpu);
    let _call = Call { engine: engine.clone() };
    if wall.is_none() && cpu.is_none() {
        return work(context);
    }
    meter.watchdog.watch(Time { wall, cpu }, engine.alarm(), context, work)
}

/// A call of the host's that has its time before it.
struct Call {
    engine: Rc<Engine>,
}

impl Drop for Call {
    fn drop(&mut self) {
        // Nothing runs any more, even if the call was done when its time was up.
        if self.engine.meter.watchdog.has_bitten() {
            self.engine.is_used_up();
        }
        // What follows has the time that the host gives it, not what the call had.
        self.engine.meter.deadline.set(None);
        self.engine.meter.cpu_deadline.set(None);
        self.engine.event_loop.set_deadline(None);
    }
}

/// How often time is looked at: once in so many rounds of loops.
const ROUNDS: u32 = 64;

/// What a text calls where memory is limited, in every round of a loop.
fn round(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let engine = state::of(context);
    let rounds = engine.meter.rounds.get().wrapping_add(1);
    engine.meter.rounds.set(rounds);
    let is_due = rounds.is_multiple_of(ROUNDS) || engine.meter.is_heavy();
    if is_due && engine.is_used_up() {
        return Err(engine.stop(engine.exit_code().unwrap_or(ENDED)));
    }
    Ok(true.into())
}

/// Defines what texts call, if memory is limited, where the current realm finds its globals.
pub(super) fn install(globals: &JsObject, context: &mut Context) {
    if state::of(context).is_counted() {
        let check = function(CHECK_NAME, 0, round, context);
        define_value(globals, JsString::from(CHECK_NAME), check, false);
    }
}

impl Engine {
    /// Whether memory is limited.
    pub(crate) fn is_counted(&self) -> bool {
        self.meter.is_measuring.get() && self.meter.limits.borrow().heap.is_some()
    }

    /// Ends the program if it has used more than it may; true if it is at its end.
    pub(crate) fn is_used_up(&self) -> bool {
        if !self.meter.is_measuring.get() {
            return false;
        }
        if let Some(limit) = self.meter.exceeded() {
            drop(self.end_by(limit));
        }
        self.exit_code().is_some()
    }

    /// Ends the program for having reached this limit.
    pub(crate) fn end_by(&self, limit: Limit) -> JsError {
        if self.meter.ended_by.replace(Some(limit)).is_none() {
            self.observer.tell(|| HostEvent::LimitReached(limit));
        }
        self.stop(ENDED)
    }

    /// What ended the program, if that was a limit.
    pub(crate) fn ended_by(&self) -> Option<Limit> {
        self.meter.ended_by.get()
    }

    /// What reached one of the engine's limits; `None` where it is the engine's own limit.
    pub(crate) fn limit_behind(&self, error: RuntimeLimitError) -> Option<Limit> {
        if let Some(limit) = self.meter.exceeded() {
            return Some(limit);
        }
        let limits = self.meter.limits.borrow();
        match error {
            RuntimeLimitError::LoopIteration => Some(Limit::LoopIterations),
            RuntimeLimitError::Recursion if limits.recursion.is_some() => Some(Limit::Recursion),
            _ => None,
        }
    }

    /// The loop may have refused to watch something: the host is told.
    pub(crate) fn note_refusal(&self) {
        if self.event_loop.take_refusal() {
            self.observer.tell(|| HostEvent::LimitReached(Limit::Handles));
        }
    }

    /// A captured stream had no room left: the host is told once.
    pub(crate) fn note_overflow(&self) {
        if !self.meter.has_told_of_output.replace(true) {
            self.observer.tell(|| HostEvent::LimitReached(Limit::Output));
        }
    }
}

impl Meter {
    /// The limit of time or memory that is exceeded.
    fn exceeded(&self) -> Option<Limit> {
        if self.deadline.get().is_some_and(|deadline| Instant::now() >= deadline) {
            return Some(Limit::WallTime);
        }
        if self.cpu_deadline.get().is_some_and(|(clock, deadline)| clock.now() >= deadline) {
            return Some(Limit::CpuTime);
        }
        let limit = self.limits.borrow().heap?;
        if self.held() <= limit {
            return None;
        }
        boa_gc::force_collect();
        (self.held() > limit).then_some(Limit::Heap)
    }

    /// Whether the thread holds more than it may, garbage included.
    fn is_heavy(&self) -> bool {
        self.limits.borrow().heap.is_some_and(|limit| self.held() > limit)
    }

    /// What the thread holds more than when the runtime was made, bytes.
    fn held(&self) -> usize {
        let held = allocation::of_this_thread().unwrap_or(0) - self.held_before.get();
        usize::try_from(held).unwrap_or(0)
    }
}

/// How many child processes there may be at once, and in all.
pub(super) fn of_children(context: &Context) -> (Option<u64>, Option<u64>) {
    let engine = state::of(context);
    let limits = engine.meter.limits.borrow();
    (limits.children, limits.total_children)
}

/// How many descriptors scripts may open by number.
pub(super) fn of_handles(context: &Context) -> Option<usize> {
    state::of(context).meter.limits.borrow().handles
}

/// How many threads there may be at once.
pub(super) fn of_threads(context: &Context) -> Option<u64> {
    state::of(context).meter.limits.borrow().threads
}

/// The longest message, if that is limited; bytes.
pub(crate) fn message_size(context: &Context) -> Option<usize> {
    state::of(context).meter.limits.borrow().message_size
}

/// Refuses a message of so many bytes where so many wait already.
///
/// # Errors
/// `ERR_RJS_LIMIT`.
pub(crate) fn admit_message(
    size: usize,
    waiting: usize,
    context: &mut Context,
) -> Result<(), JsError> {
    let engine = state::of(context);
    let (longest, in_flight) = {
        let limits = engine.meter.limits.borrow();
        (limits.message_size, limits.bytes_in_flight)
    };
    if let Some(limit) = longest.filter(|limit| size > *limit) {
        return Err(reached(Limit::MessageSize, limit as u64, context));
    }
    match in_flight.filter(|limit| waiting + size > *limit) {
        Some(limit) => Err(reached(Limit::BytesInFlight, limit as u64, context)),
        None => Ok(()),
    }
}

/// The error of who asks for more than `allowed`; the host is told.
pub(crate) fn reached(limit: Limit, allowed: u64, context: &mut Context) -> JsError {
    state::of(context).observer.tell(|| HostEvent::LimitReached(limit));
    error(limit, allowed, context)
}

/// The error alone.
pub(crate) fn error(limit: Limit, allowed: u64, context: &mut Context) -> JsError {
    let message = format!("The limit of {limit} is reached: {allowed}");
    let error = coded_object(context, Code::ERR_RJS_LIMIT, message);
    define_value(&error, js_string!("limit"), JsString::from(limit.name()), true);
    JsError::from_opaque(error.into())
}
