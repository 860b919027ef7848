//! The orderly end of a runtime.

use std::time::{Duration, Instant};

use super::Runtime;
use crate::{
    bindings::{
        child_process::{self, Running},
        ipc,
        process::exit,
        trace,
    },
    engine::state,
};

/// How long a child that was killed may take to be gone: it has nothing left to do.
const DEATH: Duration = Duration::from_secs(5);

/// How a runtime ended: see [`Runtime::shutdown`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ended {
    /// The program's exit code.
    pub code: i32,
    /// The children that did not end when they were asked to, and were killed.
    pub killed: Vec<i32>,
}

impl Runtime {
    /// Ends the program and its children: asks the children to end (SIGTERM), lets the loop turn until they
    /// have or `grace` is up, kills those that are left (SIGKILL), and lets the program's `exit` listeners
    /// run. When it returns, none of the children is left but those that were started with `detached`, or by
    /// threads of the program.
    ///
    /// A program that has ended already (with `process.exit`, say) gets no turn any more; its children are
    /// ended in the same way.
    pub fn shutdown(mut self, grace: Duration) -> Ended {
        let children = child_process::running(&mut self.context);
        // What was sent to them comes before the signal.
        ipc::flush_all(&mut self.context);
        for child in &children {
            child.signal(libc::SIGTERM);
        }
        self.wait_for(&children, grace);
        let mut killed = Vec::new();
        for child in child_process::running(&mut self.context) {
            if child.signal(libc::SIGKILL) {
                killed.push(child.pid());
            }
        }
        let left = child_process::running(&mut self.context);
        self.wait_for(&left, DEATH);
        let context = &mut self.context;
        let code = exit::finish(context);
        ipc::flush_all(context);
        trace::end(code, context);
        Ended { code, killed }
    }

    /// Waits until these have ended, so long at most: in the loop, so that scripts are told, while it
    /// turns.
    fn wait_for(&mut self, children: &[std::rc::Rc<Running>], limit: Duration) {
        let deadline = Instant::now() + limit;
        let engine = state::of(&self.context);
        for child in children {
            while child.is_running() {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return;
                }
                if engine.exit_code().is_none() {
                    engine.event_loop.turn(&mut self.context, Some(left));
                } else if !child.collect(left, &self.context) {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, engine::limits};

    #[test]
    fn the_time_of_a_call_is_no_time_of_the_end() {
        let time = Duration::from_millis(200);
        let builder = Runtime::builder().limits(Limits::none().wall_time(time));
        let mut runtime = builder.build().expect("a runtime");
        let start = Instant::now();
        limits::during(&mut runtime.context, |_| ());
        while start.elapsed() <= time {
            std::thread::yield_now();
        }
        assert!(!state::of(&runtime.context).is_used_up());
        assert_eq!(runtime.shutdown(Duration::ZERO).code, 0);
    }
}
