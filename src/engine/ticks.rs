//! `process.nextTick`'s queue, and what Node does after every callback into JavaScript.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{
    async_ids::{self, AsyncId},
    state::{self, Engine},
};
use crate::event_loop::{Host, Scope};

/// Native work that waits in the tick queue.
pub(crate) type NativeTick = Box<dyn FnOnce(&mut Context) -> JsResult<()>>;

/// Who is given something in a tick of its own, time and again, without memory taken for each.
pub(crate) trait Receiver {
    /// Takes what was queued: an object of JavaScript's and two values.
    fn receive(
        self: Rc<Self>,
        object: JsObject,
        values: [JsValue; 2],
        context: &mut Context,
    ) -> JsResult<()>;
}

/// What waits in the tick queue.
enum Tick {
    /// A callback given to `process.nextTick` with its arguments.
    Call(JsObject, Vec<JsValue>, AsyncId),
    /// The same for natives that emit something "in the next tick".
    Native(NativeTick),
    /// The same for natives that do so for every message.
    Delivery(Rc<dyn Receiver>, JsObject, [JsValue; 2]),
}

/// What the tick queue is running. In Node the frame of the function that does so stands below the
/// program's in every stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Running {
    /// Nothing: the loop, or the main script, called what runs.
    #[default]
    Nothing,
    /// A callback of `process.nextTick` with so many arguments.
    Callback(usize),
    /// Work of our own.
    Native,
    /// The microtasks after the ticks.
    Microtasks,
    /// Whoever listens for unhandled rejections.
    Rejections,
}

impl Running {
    /// Line and column of the frame in Node 25, `None` where there is none.
    pub(crate) fn position(self) -> Option<(u32, u32)> {
        Some(match self {
            Self::Nothing => return None,
            Self::Callback(0) => (85, 11),
            Self::Callback(count @ 1..=4) => (88 + count as u32, 21),
            Self::Callback(_) => (93, 22),
            // Node's own callbacks mostly take a stream and a state or an error.
            Self::Native => (90, 21),
            Self::Microtasks => (104, 5),
            Self::Rejections => (105, 32),
        })
    }
}

/// The queue behind `process.nextTick`.
pub(crate) struct TickQueue {
    /// Each with the async context of whoever queued it.
    waiting: RefCell<VecDeque<(Tick, Option<JsObject>)>>,
    scope: Rc<Scope<JsObject>>,
    running: Cell<Running>,
}

impl TickQueue {
    /// An empty queue.
    pub(crate) fn new(scope: Rc<Scope<JsObject>>) -> Self {
        Self { waiting: RefCell::default(), scope, running: Cell::default() }
    }

    fn push(&self, tick: Tick) {
        self.waiting.borrow_mut().push_back((tick, self.scope.current()));
    }

    /// Adds a callback of JavaScript's.
    pub(crate) fn push_call(&self, callback: JsObject, args: Vec<JsValue>) {
        self.push_operation(callback, args, AsyncId::default());
    }

    /// As [`Self::push_call`], as an operation of its own.
    pub(crate) fn push_operation(
        &self,
        callback: JsObject,
        args: Vec<JsValue>,
        operation: AsyncId,
    ) {
        self.push(Tick::Call(callback, args, operation));
    }

    /// Adds native work.
    pub(crate) fn push_native(&self, work: impl FnOnce(&mut Context) -> JsResult<()> + 'static) {
        self.push(Tick::Native(Box::new(work)));
    }

    /// Adds something for a receiver.
    pub(crate) fn push_delivery(
        &self,
        receiver: Rc<dyn Receiver>,
        object: JsObject,
        values: [JsValue; 2],
    ) {
        self.push(Tick::Delivery(receiver, object, values));
    }

    /// What it runs now.
    fn running(&self) -> Running {
        self.running.get()
    }

    /// True when nothing is queued.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    fn pop(&self) -> Option<(Tick, Option<JsObject>)> {
        self.waiting.borrow_mut().pop_front()
    }
}

/// What the tick queue of this realm is running.
pub(crate) fn running(context: &Context) -> Running {
    // While the realm is made there is no queue yet.
    context.get_data::<Rc<Engine>>().map_or(Running::Nothing, |engine| engine.ticks.running())
}

/// Drains ticks and microtasks until both are empty, then reports unhandled rejections; again
/// until nothing is left. Node: `processTicksAndRejections`.
pub(crate) fn drain(context: &mut Context) {
    let engine = state::of(context);
    engine.async_ids.leave();
    // Microtasks go first only when no tick waits: then Node never enters its tick callback.
    if engine.ticks.is_empty() {
        engine.microtasks.drain(context);
    }
    // `process._tickCallback()` drains within a drain.
    let outer = engine.ticks.running.get();
    drain_ticks(&engine, context);
    engine.ticks.running.set(outer);
}

fn drain_ticks(engine: &Engine, context: &mut Context) {
    loop {
        while let Some((tick, frame)) = engine.ticks.pop() {
            let scope = engine.event_loop.scope();
            let has_failed = if scope.is_used() {
                scope.within(frame, || run(tick, engine, context))
            } else {
                run(tick, engine, context)
            };
            if engine.exit_code().is_some() || engine.is_being_ended() {
                return;
            }
            if has_failed {
                // What still waits does so until the next callback has run, or the next turn: ticks that fail
                // one after the other do not keep everybody else from having theirs.
                engine.event_loop.add_immediate(Box::new(|_| {}));
                return;
            }
        }
        engine.async_ids.leave();
        engine.ticks.running.set(Running::Microtasks);
        engine.microtasks.drain(context);
        if engine.exit_code().is_some() || engine.is_being_ended() {
            return;
        }
        engine.ticks.running.set(Running::Rejections);
        if engine.ticks.is_empty() && !super::rejections::process(context) {
            return;
        }
    }
}

/// Whether it failed; then that has been told.
fn run(tick: Tick, engine: &Engine, context: &mut Context) -> bool {
    engine.ticks.running.set(match &tick {
        Tick::Call(_, args, _) => Running::Callback(args.len()),
        Tick::Native(_) | Tick::Delivery(..) => Running::Native,
    });
    let result = match tick {
        Tick::Call(callback, args, operation) if !engine.async_ids.is_watched() => {
            engine.async_ids.enter(operation);
            callback.call(&JsValue::undefined(), &args, context).map(drop)
        }
        Tick::Call(callback, args, operation) => {
            let work = |context: &mut Context| callback.call(&JsValue::undefined(), &args, context);
            async_ids::within(operation, None, context, work)
                .and_then(|_| async_ids::destroy(operation, context))
        }
        Tick::Native(work) => {
            engine.async_ids.leave();
            work(context)
        }
        Tick::Delivery(receiver, object, values) => {
            engine.async_ids.leave();
            receiver.receive(object, values, context)
        }
    };
    let Err(error) = result else { return false };
    state::uncaught(error, context);
    true
}

impl Host for Context {
    /// The frame of the async context.
    type Scope = JsObject;

    fn after_callback(&mut self) {
        let engine = state::of(self);
        if engine.depth.get() == 0 {
            drain(self);
        }
        engine.note_refusal();
    }

    fn before_immediates(&mut self) {
        if !state::of(self).ticks.is_empty() {
            self.after_callback();
        }
    }

    fn take_failure(&mut self) -> bool {
        state::of(self).failed.replace(false)
    }

    fn is_stopping(&self) -> bool {
        let engine = state::of(self);
        engine.exit_code().is_some() || engine.is_used_up()
    }
}
