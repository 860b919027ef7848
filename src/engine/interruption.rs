//! Ending the JavaScript of a realm from another thread, endless loops included.
//!
//! The engine cannot be interrupted; but it compares every turn of a loop and every call with its
//! limits. Once these are nothing, whatever runs fails with an error that scripts cannot catch.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use boa_engine::Context;

use super::state;
use crate::sys::overwrite::{Exposed, Overwriter, expose};

/// Keeps a context interruptible. To be dropped before the context moves.
pub(crate) struct Interruptible {
    _limits: Exposed,
}

/// Ends the JavaScript of a realm, from any thread.
#[derive(Clone)]
pub(crate) struct Interrupter {
    limits: Overwriter,
    came: Arc<AtomicBool>,
}

/// Makes a context interruptible from here on, where it must stay.
pub(crate) fn allow(context: &mut Context) -> (Interruptible, Interrupter) {
    let came = Arc::new(AtomicBool::new(false));
    state::of(context).set_interruption(came.clone());
    let mut nothing = context.runtime_limits();
    nothing.set_loop_iteration_limit(0);
    nothing.set_recursion_limit(0);
    let (exposed, limits) = expose(context.runtime_limits_mut(), nothing);
    (Interruptible { _limits: exposed }, Interrupter { limits, came })
}

impl Interrupter {
    /// Ends what runs, and has nothing run any more: the program's exit code is 1.
    pub(crate) fn interrupt(&self) {
        self.came.store(true, Ordering::Release);
        self.limits.overwrite();
    }
}
