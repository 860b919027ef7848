//! What the threads of one program have in common: the main thread makes it, workers inherit it.

use std::sync::{Arc, atomic::AtomicU32};

use boa_engine::Context;

use super::broadcast::Groups;

/// Shared by a main thread and all workers below it.
#[derive(Default)]
pub(crate) struct Relations {
    /// The number of the thread that was started last.
    pub(super) last_thread: AtomicU32,
    /// The members of each `BroadcastChannel`.
    pub(super) groups: Arc<Groups>,
}

/// Those of this realm's thread.
pub(super) fn of(context: &mut Context) -> Arc<Relations> {
    if let Some(known) = context.get_data::<Arc<Relations>>() {
        return known.clone();
    }
    let relations = Arc::<Relations>::default();
    context.insert_data(relations.clone());
    relations
}
