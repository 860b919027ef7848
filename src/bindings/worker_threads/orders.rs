//! What a thread is started with, and how its parent reaches it. Nothing here is of any realm.

use std::{
    io,
    path::PathBuf,
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard},
    thread::JoinHandle,
};

use boa_engine::Context;

use super::{
    queue::{Message, PortEnd},
    relations::Relations,
};
use crate::{
    bindings::process::{launch::Launch, shared_env::SharedEnv},
    engine::{family::Counted, interruption::Interrupter},
    event_loop::{Idle, LoopTime, Remote},
    sys::lock::lock,
};

/// What a thread runs.
#[derive(Clone, Debug)]
pub(crate) enum Program {
    File(PathBuf),
    /// `eval: true`.
    Text(String),
    /// A `data:` URL.
    Url(String),
}

/// What makes a thread with a runtime of its own: the floor above gives it to every realm.
#[derive(Clone)]
pub(crate) struct Starter {
    pub(crate) start: Rc<Start>,
    /// Called when the program of the thread that was started last is under way.
    pub(crate) prepare: Rc<dyn Fn()>,
    /// Which of these options of a command line a thread cannot have.
    pub(crate) refused: Rc<Refused>,
}

/// Starts a thread, in this folder if it has one of its own.
type Start = dyn Fn(Orders, Option<PathBuf>) -> io::Result<JoinHandle<()>>;

/// See [`Starter::refused`]: of options, and of an environment.
type Refused = dyn Fn(&[String], &[(String, String)]) -> Vec<String>;

/// What a thread is told when it is started.
pub(crate) struct Orders {
    pub(crate) launch: Launch,
    pub(crate) program: Program,
    /// The options of the command line where they are the thread's own.
    pub(crate) has_own_options: bool,
    pub(crate) name: String,
    pub(crate) id: u32,
    pub(crate) counted: Counted,
    pub(crate) limits: [f64; 4],
    pub(crate) has_stdin: bool,
    /// `trackUnmanagedFds`.
    pub(crate) tracks_descriptors: bool,
    /// The environment, where it is its parent's too.
    pub(crate) env: Option<Arc<SharedEnv>>,
    /// `workerData` and what `setEnvironmentData` was given.
    pub(crate) data: Message,
    pub(crate) public: PortEnd,
    pub(crate) internal: PortEnd,
    pub(crate) relations: Arc<Relations>,
    pub(crate) control: Arc<Control>,
    pub(crate) parent: Parent,
}

/// The way from a thread to the one that started it.
#[derive(Clone)]
pub(crate) struct Parent {
    pub(super) remote: Remote<Context>,
    /// The thread's number there.
    pub(super) key: u64,
}

impl Parent {
    /// Has the parent do something about this thread; nothing if it is gone.
    pub(crate) fn tell(&self, what: impl FnOnce(u64, &mut Context) + Send + 'static) {
        let key = self.key;
        self.remote.post(Box::new(move |context| what(key, context)));
    }
}

/// The way from a parent to the thread that it has started.
#[derive(Default)]
pub(crate) struct Control(Mutex<State>);

#[derive(Default)]
struct State {
    is_terminated: bool,
    remote: Option<Remote<Context>>,
    interrupter: Option<Interrupter>,
    idle: Option<Arc<Idle>>,
}

impl Control {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        lock(&self.0)
    }

    /// Says how the thread is reached; false if it is to end at once.
    pub(crate) fn open(
        &self,
        remote: Remote<Context>,
        interrupter: Interrupter,
        idle: Arc<Idle>,
    ) -> bool {
        let mut state = self.lock();
        state.idle = Some(idle);
        state.remote = Some(remote);
        state.interrupter = Some(interrupter);
        !state.is_terminated
    }

    /// Says that the thread is not to be reached any more.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        let gone = (state.remote.take(), state.interrupter.take(), state.idle.take());
        drop(state);
        drop(gone);
    }

    /// What the thread's loop has done with its time; `None` unless it turns.
    pub(super) fn loop_time(&self) -> Option<LoopTime> {
        self.lock().idle.as_ref()?.time()
    }

    /// Has the thread do something in its loop; false if it is not there.
    pub(super) fn tell(&self, what: impl FnOnce(&mut Context) + Send + 'static) -> bool {
        let remote = self.lock().remote.clone();
        remote.is_some_and(|remote| remote.post(Box::new(what)))
    }

    /// Ends the thread's JavaScript.
    pub(super) fn terminate(&self) {
        let mut state = self.lock();
        state.is_terminated = true;
        if let Some(interrupter) = &state.interrupter {
            interrupter.interrupt();
        }
        if let Some(remote) = &state.remote {
            // Whatever it waits for, it looks whether it is to end.
            remote.post(Box::new(|_| {}));
        }
    }
}
