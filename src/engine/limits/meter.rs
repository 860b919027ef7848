//! Limits of what scripts use: who goes beyond them is ended.
//!
//! Time and memory are looked at between callbacks, ticks and microtasks, and in every call of a host's
//! function; what runs longer in scripts is ended by the `watchdog`, and asks for its memory itself
//! (`engine::syntax::checkpoints`).

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Instant,
};

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, error::RuntimeLimitError,
};

use super::{Limit, Limits};
use crate::{
    engine::{
        exhaustion,
        family::{self, Family, Member},
        natives::{define_value, function},
        observer::HostEvent,
        state::{self, Engine},
        syntax::CHECK_NAME,
        watchdog::{Time, Wakes, Watchdog},
    },
    sys::{alarm, allocation},
};

/// The exit code of a program that was ended for what it used, as `timeout(1)` has it.
const ENDED: i32 = 124;

/// What a realm is measured by.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(super) limits: RefCell<Limits>,
    /// Time or memory is limited.
    is_measuring: Cell<bool>,
    deadline: Cell<Option<Instant>>,
    /// The processor time of a call is limited.
    has_cpu_limit: Cell<bool>,
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
    let family = family::of(context);
    let sources = limits.handles.map(|limit| (limit, family.sources()));
    engine.event_loop.limit_sources(sources);
    let meter = &engine.meter;
    meter.is_measuring.set(limits.is_measured());
    meter.held_before.set(allocation::of_this_thread().unwrap_or(0));
    *meter.limits.borrow_mut() = limits.clone();
    install(&context.global_object(), context);
}

/// Does what a call of the host's is for, in the time that calls have.
pub(crate) fn during<T>(context: &mut Context, work: impl FnOnce(&mut Context) -> T) -> T {
    let engine = state::of(context);
    exhaustion::guarded(context, |context| {
        alarm::within(engine.alarm(), || measured(&engine, context, work))
    })
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
    let cpu = limits.cpu_time.map(|limit| engine.member.borrow().allot(limit));
    drop(limits);
    meter.deadline.set(wall);
    engine.event_loop.set_deadline(wall);
    meter.has_cpu_limit.set(cpu.is_some());
    let _running = cpu.as_ref().map(Family::use_processor);
    let _call = Call { engine: engine.clone() };
    if wall.is_none() && cpu.is_none() {
        return work(context);
    }
    let wakes = Wakes { alarm: engine.alarm(), event_loop: engine.event_loop.remote() };
    meter.watchdog.watch(Time { wall, cpu: cpu.clone() }, wakes, context, work)
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
        self.engine.meter.has_cpu_limit.set(false);
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
    let is_due = rounds.is_multiple_of(ROUNDS) || engine.meter.is_heavy(&engine.member.borrow());
    if is_due && engine.is_used_up() {
        return Err(engine.stop(engine.exit_code().unwrap_or(ENDED)));
    }
    Ok(true.into())
}

/// Defines what texts call, if memory is limited, where the current realm finds its globals.
pub(in crate::engine) fn install(globals: &JsObject, context: &mut Context) {
    if state::of(context).is_counted() {
        let check = function(CHECK_NAME, 0, round, context);
        define_value(globals, JsString::from(CHECK_NAME), check, false);
    }
}

impl Engine {
    /// Whether memory is limited.
    pub(crate) fn is_counted(&self) -> bool {
        self.meter.is_measuring.get() && self.meter.limits.borrow().counts_heap()
    }

    /// Ends the program if it has used more than it may; true if it is at its end.
    pub(crate) fn is_used_up(&self) -> bool {
        if !self.meter.is_measuring.get() {
            return false;
        }
        if let Some(limit) = self.meter.exceeded(&self.member.borrow()) {
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
        if let Some(limit) = self.meter.exceeded(&self.member.borrow()) {
            return Some(limit);
        }
        let limits = self.meter.limits.borrow();
        match error {
            RuntimeLimitError::LoopIteration => {
                limits.loop_iterations.map(|_| Limit::LoopIterations)
            }
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
    fn exceeded(&self, member: &Member) -> Option<Limit> {
        if self.deadline.get().is_some_and(|deadline| Instant::now() >= deadline) {
            return Some(Limit::WallTime);
        }
        if self.has_cpu_limit.get() && member.family.processor_left().is_zero() {
            return Some(Limit::CpuTime);
        }
        if !self.is_heavy(member) {
            return None;
        }
        boa_gc::force_collect();
        self.is_heavy(member).then_some(Limit::Heap)
    }

    /// Whether the time of a call was up in the middle of a script.
    pub(in crate::engine) fn has_bitten(&self) -> bool {
        self.watchdog.has_bitten()
    }

    /// Whether the program holds more than it may, or this thread does; garbage included.
    fn is_heavy(&self, member: &Member) -> bool {
        let limits = self.limits.borrow();
        if !limits.counts_heap() {
            return false;
        }
        let own = allocation::of_this_thread().unwrap_or(0) - self.held_before.get();
        let is_beyond =
            |held: isize, limit: usize| usize::try_from(held).is_ok_and(|held| held > limit);
        limits.heap_of_thread.is_some_and(|limit| is_beyond(own, limit))
            || limits.heap.is_some_and(|limit| is_beyond(member.hold(own), limit))
    }
}
