//! What stands behind a `ChildProcess`: its process, its pipes, and whether it keeps the program alive.

use std::{
    cell::{Cell, RefCell},
    os::fd::OwnedFd,
    rc::Rc,
};

use boa_engine::{Context, JsData, JsObject, JsResult, JsValue};
use boa_gc::{Finalize, Gc, Trace};

use super::{kill::KillOptions, looks::Looks, pipes::Pipes};
use crate::{
    bindings::{abort::AbortListener, ipc::Endpoint, trace},
    engine::state,
    event_loop::{SourceId, TimerId},
};

/// A process that was started and has not been seen to end.
#[derive(Default)]
pub(crate) struct Running {
    pub(super) pid: Cell<i32>,
    pub(super) pidfd: RefCell<Option<Rc<OwnedFd>>>,
    pub(super) source: Cell<Option<SourceId>>,
    pub(super) timer: Cell<Option<TimerId>>,
    pub(super) force_timer: Cell<Option<TimerId>>,
    /// What waits for the signal to be aborted.
    pub(super) abort_listener: RefCell<Option<AbortListener>>,
    pub(super) kill_options: Cell<KillOptions>,
    pub(super) close_grace: Cell<Option<u64>>,
    pub(super) endpoint: RefCell<Option<Rc<Endpoint>>>,
    /// Only until the channel is made.
    pub(super) trace: RefCell<Option<trace::Start>>,
    pub(super) closes_needed: Cell<u32>,
    pub(super) closes_got: Cell<u32>,
    /// What is let go of when the program is gone.
    on_abandoned: RefCell<Option<Box<dyn FnOnce()>>>,
    /// It is meant to outlive the program.
    pub(super) is_detached: Cell<bool>,
}

/// What the JavaScript object holds of it.
#[derive(Trace, Finalize, JsData)]
pub(super) struct Handle {
    #[unsafe_ignore_trace]
    running: Rc<Running>,
    pub(super) pipes: Gc<Pipes>,
    pub(super) looks: Gc<Looks>,
}

impl Handle {
    pub(super) fn new() -> Self {
        Self { running: Rc::default(), pipes: Gc::default(), looks: Gc::default() }
    }
}

/// The state behind a `ChildProcess`.
pub(super) fn running(child: &JsObject) -> Option<Rc<Running>> {
    child.downcast_ref::<Handle>().map(|handle| handle.running.clone())
}

impl Running {
    /// Calls `action` when the program goes before the child does.
    pub(super) fn when_abandoned(&self, action: impl FnOnce() + 'static) {
        *self.on_abandoned.borrow_mut() = Some(Box::new(action));
    }

    pub(super) fn abandon(&self) {
        drop((self.pidfd.take(), self.abort_listener.take(), self.endpoint.take()));
        if let Some(action) = self.on_abandoned.take() {
            action();
        }
    }
}

/// The number of its process; `None` for what is no child.
pub(crate) fn pid_of(child: &JsObject) -> Option<i32> {
    running(child).map(|running| running.pid.get())
}

/// Its pipes.
pub(super) fn pipes(child: &JsObject) -> Option<Gc<Pipes>> {
    child.downcast_ref::<Handle>().map(|handle| handle.pipes.clone())
}

/// `subprocess.ref()` and `unref()`: whether the process keeps this program alive.
pub(super) fn set_ref(
    this: &JsValue,
    referenced: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let child = this.to_object(context)?;
    if let Some(id) = running(&child).and_then(|handle| handle.source.get()) {
        state::of(context).event_loop.set_source_ref(id, referenced);
    }
    Ok(JsValue::undefined())
}
