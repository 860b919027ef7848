//! The native stack that JavaScript runs on: deep enough for what the engine does by calling itself, and watched where
//! natives call each other without a frame of a script's in between, which nobody counts.
//!
//! When it runs low the program's allocator notices, and the engine's limits become nothing: whatever is called next
//! fails with the error of too deep a recursion. Once that has arrived, the limits are what they were.

use std::rc::Rc;

use boa_engine::Context;

use super::{
    interruption,
    state::{self, Engine},
};
use crate::sys::{
    overwrite::lend,
    stack::{on_own_stack, told_when_low, was_low},
};

/// Does work of a host's in this context.
pub(crate) fn guarded<T>(context: &mut Context, work: impl FnOnce(&mut Context) -> T) -> T {
    let engine = state::of(context);
    if engine.own_limits.get().is_some() {
        return work(context);
    }
    on_own_stack(|| {
        engine.own_limits.set(Some(context.runtime_limits()));
        let _guarded = Guarded(engine);
        let nothing = interruption::nothing(context);
        lend(context, Context::runtime_limits_mut, nothing, |context, limits| {
            told_when_low(&limits, || {
                let done = work(context);
                recover(context);
                done
            })
        })
    })
}

struct Guarded(Rc<Engine>);

impl Drop for Guarded {
    fn drop(&mut self) {
        self.0.own_limits.set(None);
    }
}

/// Puts the limits back if the stack has run low, unless the program is to end: to be called where the error
/// has arrived.
pub(super) fn recover(context: &mut Context) {
    if !was_low() {
        return;
    }
    let engine = state::of(context);
    let Some(own) = engine.own_limits.get() else { return };
    *context.runtime_limits_mut() = own;
    // Who overwrites them for another reason has left a word of it first.
    if engine.is_being_ended() || engine.meter.has_bitten() {
        *context.runtime_limits_mut() = interruption::nothing(context);
    }
}
