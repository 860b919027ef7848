//! `process.nextTick`'s queue, and what Node does after every callback into JavaScript.

use std::{cell::RefCell, collections::VecDeque};

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::state;
use crate::event_loop::Host;

/// Native work that waits in the tick queue.
pub(crate) type NativeTick = Box<dyn FnOnce(&mut Context) -> JsResult<()>>;

/// What waits in the tick queue.
pub(crate) enum Tick {
    /// A callback given to `process.nextTick` with its arguments.
    Call(JsObject, Vec<JsValue>),
    /// The same for natives that emit something "in the next tick".
    Native(NativeTick),
}

/// The queue behind `process.nextTick`.
#[derive(Default)]
pub(crate) struct TickQueue(RefCell<VecDeque<Tick>>);

impl TickQueue {
    /// Adds a callback of JavaScript's.
    pub(crate) fn push_call(&self, callback: JsObject, args: Vec<JsValue>) {
        self.0.borrow_mut().push_back(Tick::Call(callback, args));
    }

    /// Adds native work.
    pub(crate) fn push_native(&self, work: impl FnOnce(&mut Context) -> JsResult<()> + 'static) {
        self.0.borrow_mut().push_back(Tick::Native(Box::new(work)));
    }

    /// True when nothing is queued.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    fn pop(&self) -> Option<Tick> {
        self.0.borrow_mut().pop_front()
    }
}

/// Drains ticks and microtasks until both are empty, then reports unhandled rejections; again
/// until nothing is left. Node: `processTicksAndRejections`.
pub(crate) fn drain(context: &mut Context) {
    let engine = state::of(context);
    // Microtasks go first only when no tick waits: then Node never enters its tick callback.
    if engine.ticks.is_empty() {
        engine.microtasks.drain(context);
    }
    loop {
        while let Some(tick) = engine.ticks.pop() {
            run(tick, context);
            if engine.exit_code().is_some() {
                return;
            }
        }
        engine.microtasks.drain(context);
        if engine.exit_code().is_some() {
            return;
        }
        if engine.ticks.is_empty() && !super::rejections::process(context) {
            return;
        }
    }
}

fn run(tick: Tick, context: &mut Context) {
    let result = match tick {
        Tick::Call(callback, args) => {
            callback.call(&JsValue::undefined(), &args, context).map(drop)
        }
        Tick::Native(work) => work(context),
    };
    if let Err(error) = result {
        state::uncaught(error, context);
    }
}

impl Host for Context {
    fn after_callback(&mut self) {
        if state::of(self).depth.get() == 0 {
            drain(self);
        }
    }

    fn take_failure(&mut self) -> bool {
        state::of(self).failed.replace(false)
    }

    fn is_stopping(&self) -> bool {
        state::of(self).exit_code().is_some()
    }
}
