//! What the threads of one program have in common: the main thread makes it, workers inherit it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, atomic::AtomicU32},
};

use boa_engine::Context;

use super::{broadcast::Groups, inside::inside};
use crate::{engine::state, event_loop::Remote, sys::lock::lock};

/// Shared by a main thread and all workers below it.
#[derive(Default)]
pub(crate) struct Relations {
    /// The number of the thread that was started last.
    pub(super) last_thread: AtomicU32,
    /// The members of each `BroadcastChannel`.
    pub(super) groups: Arc<Groups>,
    /// The ways to the threads that run.
    threads: Mutex<HashMap<u32, Remote<Context>>>,
    /// Descriptors that a worker is to close at its end, unless somebody else has closed them: then the
    /// number may be another file's.
    unmanaged: Mutex<HashMap<i32, u32>>,
}

impl Relations {
    fn threads(&self) -> MutexGuard<'_, HashMap<u32, Remote<Context>>> {
        // Nothing panics while it holds the lock.
        lock(&self.threads)
    }

    fn unmanaged(&self) -> MutexGuard<'_, HashMap<i32, u32>> {
        lock(&self.unmanaged)
    }

    /// Notes that a worker is to close a descriptor.
    pub(super) fn own(&self, fd: i32, id: u32) {
        self.unmanaged().insert(fd, id);
    }

    /// Notes that a descriptor was closed; the worker that was to do so.
    pub(super) fn disown(&self, fd: i32) -> Option<u32> {
        self.unmanaged().remove(&fd)
    }

    /// The way to a thread.
    pub(super) fn remote(&self, id: u32) -> Option<Remote<Context>> {
        self.threads().get(&id).cloned()
    }

    /// Notes how this realm's thread is reached.
    pub(super) fn enter(&self, context: &Context) {
        let id = inside(context).map_or(0, |inside| inside.id);
        let remote = state::of(context).event_loop.remote();
        self.threads().insert(id, remote);
    }

    /// Forgets how this realm's thread is reached.
    pub(super) fn leave(&self, context: &Context) {
        let id = inside(context).map_or(0, |inside| inside.id);
        drop(self.threads().remove(&id));
    }
}

/// Those of this realm's thread.
pub(super) fn of(context: &mut Context) -> Arc<Relations> {
    if let Some(known) = context.get_data::<Arc<Relations>>() {
        return known.clone();
    }
    let relations = Arc::<Relations>::default();
    context.insert_data(relations.clone());
    relations.enter(context);
    relations
}
