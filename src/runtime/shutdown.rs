//! The orderly end of a runtime.

use std::{
    os::fd::{AsFd, OwnedFd},
    rc::Rc,
    time::{Duration, Instant},
};

use super::Runtime;
use crate::{
    bindings::{
        child_process::{self, DEATH, Running},
        ipc,
        process::exit,
        trace, worker_threads,
    },
    engine::{exhaustion::guarded, family, state},
    sys::{
        poll::{self, Interest},
        signals, strangers,
    },
};

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
    /// have or `grace` is up, kills those that are left (SIGKILL), lets the program's `exit` listeners run,
    /// and ends its threads. The children of its threads are children of its own. When it returns, none of
    /// them is left but those that were started with `detached`.
    ///
    /// A program that has ended already (with `process.exit`, say) gets no turn any more; its children are
    /// ended in the same way.
    pub fn shutdown(mut self, grace: Duration) -> Ended {
        let mut children = Children::of(&mut self);
        // What was sent to them comes before the signal.
        ipc::flush_all(&mut self.context);
        children.signal(libc::SIGTERM);
        children.wait(grace, &mut self);
        children = Children::of(&mut self);
        let killed = children.signal(libc::SIGKILL);
        children.wait(DEATH, &mut self);
        let context = &mut self.context;
        let code = guarded(context, exit::finish);
        worker_threads::end_all(true, context);
        ipc::flush_all(context);
        trace::end(code, context);
        Ended { code, killed }
    }
}

/// The children of a program that end with it.
struct Children {
    own: Vec<Rc<Running>>,
    /// Those of its threads, which collect them.
    others: Vec<(i32, OwnedFd)>,
}

impl Children {
    fn of(runtime: &mut Runtime) -> Self {
        let others = family::children_of_others(&runtime.context);
        // Who is not there any more need not be ended.
        let held = |pid: i32| strangers::open(pid).ok().map(|pidfd| (pid, pidfd));
        Self {
            own: child_process::running(&mut runtime.context),
            others: others.into_iter().filter_map(held).collect(),
        }
    }

    /// Sends them a signal; whom it has reached.
    fn signal(&self, number: i32) -> Vec<i32> {
        let own = self.own.iter().filter(|child| child.signal(number)).map(|child| child.pid());
        let reached = |other: &&(i32, OwnedFd)| {
            !has_ended(&other.1, Duration::ZERO) && signals::kill_child(&other.1, number).is_ok()
        };
        own.chain(self.others.iter().filter(reached).map(|other| other.0)).collect()
    }

    /// Waits until these have ended, so long at most: in the loop, so that scripts are told, while it
    /// turns.
    fn wait(&self, limit: Duration, runtime: &mut Runtime) {
        let deadline = Instant::now() + limit;
        let left = || deadline.saturating_duration_since(Instant::now());
        let engine = state::of(&runtime.context);
        for child in &self.own {
            while child.is_running() && !left().is_zero() {
                if engine.exit_code().is_none() {
                    turn(left(), runtime);
                } else if !child.collect(left(), &runtime.context) {
                    return;
                }
            }
        }
        for (_, pidfd) in &self.others {
            while !left().is_zero() && !has_ended(pidfd, left().min(TURN)) {
                if engine.exit_code().is_none() {
                    turn(Duration::ZERO, runtime);
                }
            }
        }
    }
}

/// How long the loop does not turn while it is waited for what it does not watch.
const TURN: Duration = Duration::from_millis(5);

fn turn(limit: Duration, runtime: &mut Runtime) {
    let engine = state::of(&runtime.context);
    guarded(&mut runtime.context, |context| engine.event_loop.turn(context, Some(limit)));
}

fn has_ended(pidfd: &OwnedFd, limit: Duration) -> bool {
    // What cannot be waited for is not waited for.
    poll::wait_for(pidfd.as_fd(), Interest::READABLE, Some(limit)).unwrap_or(true)
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
