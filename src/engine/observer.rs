//! What a host is told of what its scripts do.

use std::{cell::RefCell, fmt, rc::Rc};

use boa_engine::Context;
use serde_json::Value;

use super::{limits::Limit, script_error::ScriptError, state};

/// Something that happened in a runtime. Told while it happens, in the runtime's thread.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum HostEvent {
    /// A process was started.
    Spawned {
        /// Its number.
        pid: i32,
        /// The program, as the script named it.
        file: String,
        /// Its arguments; the zeroth is what it is called.
        args: Vec<String>,
    },
    /// A process that the runtime started has ended, and was collected.
    Exited {
        /// Its number.
        pid: i32,
        /// Its exit code, if it ended itself.
        code: Option<i32>,
        /// The number of the signal that ended it, if one did.
        signal: Option<i32>,
    },
    /// A message came through a channel, before a script sees it.
    Message {
        /// The child that sent it; `None`: the parent of this process.
        pid: Option<i32>,
        /// The message, as far as JSON can show it.
        value: Value,
    },
    /// An exception, or the rejection of a promise, that nobody caught: the program ends. Its report
    /// goes to its standard error as well.
    Uncaught(ScriptError),
    /// A warning of the runtime's or a script's, printed or not.
    Warning {
        /// `Warning`, `DeprecationWarning` and their like.
        name: String,
        /// What it says.
        message: String,
        /// Its code, if it has one.
        code: Option<String>,
    },
    /// A limit was reached.
    LimitReached(Limit),
}

/// Whom a realm tells.
#[derive(Default)]
pub(crate) struct Observer(RefCell<Option<Told>>);

/// A host's function that is told.
pub(crate) type Told = Rc<dyn Fn(&HostEvent)>;

impl Observer {
    /// Tells this one from now on.
    pub(crate) fn set(&self, told: Told) {
        *self.0.borrow_mut() = Some(told);
    }

    /// Tells of what `event` makes, if there is somebody.
    pub(crate) fn tell(&self, event: impl FnOnce() -> HostEvent) {
        let told = self.0.borrow().clone();
        if let Some(told) = told {
            told(&event());
        }
    }

    /// Whether there is somebody to tell.
    pub(crate) fn is_there(&self) -> bool {
        self.0.borrow().is_some()
    }
}

/// Tells the host of what `event` makes, if it listens.
pub(crate) fn tell(context: &Context, event: impl FnOnce() -> HostEvent) {
    state::of(context).observer.tell(event);
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observer").field(&self.is_there()).finish()
    }
}
