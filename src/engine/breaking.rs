//! Work that is broken off after a time or by SIGINT, after which the program goes on: `vm`'s `timeout` and
//! `breakOnSigint`.
//!
//! As with [`super::interruption`] the engine's limits are overwritten from another thread; here its owner
//! puts them back. Of works inside of each other the outer one may end first: then the limits stay as they
//! are until it has ended too.

use std::{
    os::fd::{AsFd, OwnedFd},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use boa_engine::{Context, JsResult};

use super::{
    errors::{Code, Wording, coded, throw_sys},
    interruption, signals, state,
};
use crate::sys::{
    errno::Errno,
    error::SysError,
    fd,
    overwrite::{Overwriter, lend},
    poll::wait_any,
    signals::SignalWatch,
};

/// What breaks work off.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Breaks {
    pub(crate) timeout: Option<Duration>,
    /// SIGINT, of which nobody else is told meanwhile.
    pub(crate) on_sigint: bool,
}

/// Whether a work was broken off, and by what: set by the thread that watches it.
pub(super) type Broken = Arc<AtomicU8>;

const BY_TIME: u8 = 1;
const BY_SIGNAL: u8 = 2;

/// Does work that may be broken off; that is an error with Node's code then, whatever came of the work.
///
/// # Errors
/// Those of the work, and of the system where there is no thread or no descriptor for the watch.
pub(crate) fn breakable<T>(
    breaks: Breaks,
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> JsResult<T>,
) -> JsResult<T> {
    // A host's signals are its own.
    let breaks = Breaks { on_sigint: breaks.on_sigint && signals::are_heard(context), ..breaks };
    if breaks.timeout.is_none() && !breaks.on_sigint {
        return work(context);
    }
    let before = context.runtime_limits();
    let nothing = interruption::nothing(context);
    let broken = Broken::default();
    let engine = state::of(context);
    engine.breakable.borrow_mut().push(broken.clone());
    let outcome = lend(context, Context::runtime_limits_mut, nothing, |context, limits| {
        let watched = Watched::begin(breaks, limits, broken.clone());
        watched.map(|_watched| work(context))
    });
    engine.breakable.borrow_mut().pop();
    let by = broken.load(Ordering::Acquire);
    if by != 0 && !engine.is_being_ended() {
        *context.runtime_limits_mut() = before;
    }
    let result = outcome.map_err(|error| throw_sys(context, &error, Wording::Described))?;
    match by {
        BY_TIME => Err(timed_out(breaks, context)),
        BY_SIGNAL => {
            let message = "Script execution was interrupted by `SIGINT`";
            Err(coded(context, Code::ERR_SCRIPT_EXECUTION_INTERRUPTED, message))
        }
        _ => result,
    }
}

fn timed_out(breaks: Breaks, context: &mut Context) -> boa_engine::JsError {
    let limit = breaks.timeout.unwrap_or_default().as_millis();
    let message = format!("Script execution timed out after {limit}ms");
    coded(context, Code::ERR_SCRIPT_EXECUTION_TIMEOUT, message)
}

/// A thread that waits for what breaks work off, until this is dropped.
struct Watched {
    thread: Option<thread::JoinHandle<()>>,
    /// Closed, it ends the thread.
    end: Option<OwnedFd>,
}

impl Watched {
    fn begin(breaks: Breaks, limits: Overwriter, broken: Broken) -> Result<Self, SysError> {
        let (ended, end) = fd::pipe()?;
        let signal =
            breaks.on_sigint.then(|| SignalWatch::start_alone(libc::SIGINT)).transpose()?;
        let until = breaks.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let watch = move || {
            let by = wait(&ended, signal.as_ref(), until);
            if let Some(by) = by {
                broken.store(by, Ordering::Release);
                limits.overwrite();
            }
        };
        let builder = thread::Builder::new().name("rjs-breaks".to_owned());
        let thread = builder.spawn(watch);
        let thread = thread.map_err(|error| SysError::new(Errno::of(&error), "pthread_create"))?;
        Ok(Self { thread: Some(thread), end: Some(end) })
    }
}

/// Waits for the first of the end, the signal and the time; `None` is the end.
fn wait(ended: &OwnedFd, signal: Option<&SignalWatch>, until: Option<Instant>) -> Option<u8> {
    let mut fds = vec![ended.as_fd()];
    fds.extend(signal.map(AsFd::as_fd));
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        match wait_any(&fds, left).as_deref() {
            Ok([true, ..]) | Err(_) => return None,
            Ok([_, true]) => return Some(BY_SIGNAL),
            Ok(_) if until.is_some_and(|until| until <= Instant::now()) => return Some(BY_TIME),
            Ok(_) => {}
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end.take();
        if let Some(thread) = self.thread.take() {
            // It has nothing that could panic.
            let _ = thread.join();
        }
    }
}
