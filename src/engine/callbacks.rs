//! Calls from the loop into JavaScript. Node: `MakeCallback`.

use boa_engine::{Context, JsResult};

use super::{exhaustion, state, ticks};

/// Runs `work`, sends its exception to the uncaught-exception handlers, and drains the queues
/// if no other callback is under way.
pub(crate) fn enter<T>(
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> JsResult<T>,
) -> Option<T> {
    let engine = state::of(context);
    if engine.exit_code().is_some() {
        return None;
    }
    engine.depth.set(engine.depth.get() + 1);
    let scope = engine.event_loop.scope();
    let frame = scope.current();
    let outcome = match work(context) {
        Ok(value) => Some(value),
        Err(error) => {
            state::uncaught(error, context);
            None
        }
    };
    exhaustion::recover(context);
    // What the work entered ends with it, once an exception has been dealt with.
    scope.replace(frame);
    engine.depth.set(engine.depth.get() - 1);
    if engine.depth.get() == 0 && engine.exit_code().is_none() {
        ticks::drain(context);
        engine.note_refusal();
    }
    outcome
}

/// Runs `work` as a phase of the loop does that drains the queues itself afterwards
/// (`Host::after_callback`): exceptions go to the uncaught-exception handlers, ticks wait.
pub(crate) fn run(context: &mut Context, work: impl FnOnce(&mut Context) -> JsResult<()>) {
    let engine = state::of(context);
    if engine.exit_code().is_some() {
        return;
    }
    engine.depth.set(engine.depth.get() + 1);
    let scope = engine.event_loop.scope();
    let frame = scope.current();
    if let Err(error) = work(context) {
        engine.failed.set(true);
        state::uncaught(error, context);
    }
    exhaustion::recover(context);
    scope.replace(frame);
    engine.depth.set(engine.depth.get() - 1);
}
