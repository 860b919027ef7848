//! Ctrl-C while a promise is waited for.

use std::{cell::Cell, rc::Rc};

use boa_engine::Context;

use crate::{
    engine::state::{self, Loop},
    event_loop::{Interest, SourceId},
    sys::signals::SignalWatch,
};

/// A watch of SIGINT that only remembers whether it came.
pub(super) struct Interrupt {
    event_loop: Rc<Loop>,
    came: Rc<Cell<bool>>,
    source: Option<SourceId>,
}

impl Interrupt {
    /// Begins the watch. Where there can be none the signal does what it does by default.
    pub(super) fn watch(context: &Context) -> Self {
        let event_loop = state::of(context).event_loop.clone();
        let came = Rc::new(Cell::new(false));
        let source = SignalWatch::start(libc::SIGINT).ok().and_then(|watch| {
            let came = came.clone();
            let note = Rc::new(move |_: &mut Context, _| came.set(true));
            event_loop.add_source(watch, Interest::READABLE, note).ok()
        });
        Self { event_loop, came, source }
    }

    /// Whether it came since.
    pub(super) fn came(&self) -> bool {
        self.came.get()
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if let Some(id) = self.source {
            self.event_loop.remove_source(id);
        }
    }
}
