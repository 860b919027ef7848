//! Reaching a runtime from other threads.

use boa_engine::Context;

use crate::{engine::state, event_loop};

/// A way to a runtime for other threads. It does not keep the runtime's loop alive.
#[derive(Clone)]
pub struct Remote(pub(super) event_loop::Remote<Context>);

impl Remote {
    /// Ends the wait that the runtime is in, if it is in one.
    pub fn wake(&self) {
        // If the loop is gone, nobody waits.
        let _ = self.0.post(Box::new(|_| {}));
    }

    /// Asks the program to end with this exit code, as if it had called `process.reallyExit`: between
    /// two callbacks, for the engine cannot be interrupted within one. False if the runtime is gone.
    pub fn stop(&self, code: i32) -> bool {
        self.0.post(Box::new(move |context: &mut Context| {
            // What it would unwind is not running.
            drop(state::of(context).stop(code));
        }))
    }
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote").finish_non_exhaustive()
    }
}
