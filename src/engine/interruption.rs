//! Ending the JavaScript of a realm from another thread, endless loops included.
//!
//! The engine cannot be interrupted; but it compares every turn of a loop and every call with its
//! limits. Once these are nothing, whatever runs fails with an error that scripts cannot catch.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use boa_engine::{Context, vm::RuntimeLimits};

use super::state;
use crate::sys::{
    alarm::Alarm,
    overwrite::{Overwriter, lend},
};

/// Ends the JavaScript of a realm, from any thread.
#[derive(Clone)]
pub(crate) struct Interrupter {
    limits: Overwriter,
    came: Arc<AtomicBool>,
    alarm: Option<Arc<Alarm>>,
}

/// Does work while the context that its owner has inside of it can be interrupted.
pub(crate) fn allow<C, T>(
    owner: &mut C,
    context: fn(&mut C) -> &mut Context,
    work: impl FnOnce(&mut C, Interrupter) -> T,
) -> T {
    let came = Arc::new(AtomicBool::new(false));
    let own = context(owner);
    let engine = state::of(own);
    engine.set_interruption(came.clone());
    let alarm = engine.alarm();
    let nothing = nothing(own);
    lend(
        owner,
        |owner| context(owner).runtime_limits_mut(),
        nothing,
        |owner, limits| work(owner, Interrupter { limits, came, alarm }),
    )
}

/// The limits of a context with which nothing runs in it.
pub(super) fn nothing(context: &Context) -> RuntimeLimits {
    let mut nothing = context.runtime_limits();
    nothing.set_loop_iteration_limit(0);
    nothing.set_recursion_limit(0);
    nothing
}

impl Interrupter {
    /// Ends what runs, and has nothing run any more: the program's exit code is 1.
    pub(crate) fn interrupt(&self) {
        self.came.store(true, Ordering::Release);
        self.limits.overwrite();
        if let Some(alarm) = &self.alarm {
            alarm.raise();
        }
    }
}
