//! Reaching a runtime from other threads.

use boa_engine::Context;

use super::Scope;
use crate::{engine::state, event_loop};

/// A way to a runtime for other threads. It does not keep the runtime's loop alive; a [`Hold`] does.
#[derive(Clone)]
pub struct Remote(pub(super) event_loop::Remote<Context>);

/// Keeps a runtime's loop alive, and so [`crate::Runtime::run_until_idle`] waiting, until it is dropped in
/// whatever thread.
pub struct Hold {
    _held: event_loop::Hold<Context>,
}

impl Remote {
    /// Ends the wait that the runtime is in, if it is in one.
    pub fn wake(&self) {
        // If the loop is gone, nobody waits.
        let _ = self.0.post(Box::new(|_| {}));
    }

    /// Does work in the runtime's thread, in the next turn of its loop. False if the runtime is gone, or
    /// has ended; work of a runtime that nobody lets turn any more is dropped with it.
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// let mut runtime = rjs::Runtime::builder().build()?;
    /// let (remote, (sender, answer)) = (runtime.remote(), channel());
    /// let hold = remote.hold();
    /// let thread = std::thread::spawn(move || {
    ///     remote.post(move |scope| sender.send(scope.eval("6 * 7")).unwrap());
    ///     drop(hold);
    /// });
    /// runtime.run_until_idle();
    /// assert_eq!(answer.recv()??, 42);
    /// # thread.join().unwrap();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn post(&self, work: impl FnOnce(&mut Scope<'_>) + Send + 'static) -> bool {
        self.0.post(Box::new(move |context: &mut Context| {
            if state::of(context).exit_code().is_none() {
                work(&mut Scope::new(context));
            }
        }))
    }

    /// Lets the runtime's loop wait although nothing of its own is to come.
    #[must_use]
    pub fn hold(&self) -> Hold {
        Hold { _held: self.0.hold() }
    }

    /// Asks the program to end with this exit code, as if it had called `process.reallyExit`: between
    /// two callbacks, for the engine cannot be interrupted within one. False if the runtime is gone.
    ///
    /// [`crate::Runtime::shutdown`] is the orderly end.
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

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold").finish_non_exhaustive()
    }
}
