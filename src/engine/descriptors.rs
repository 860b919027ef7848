//! The descriptors that a program has by their numbers, as `fs.openSync` gives them: in a host's process
//! those that it leaves open are closed with its runtime.

use std::{cell::RefCell, collections::BTreeSet};

use boa_engine::Context;

use super::state;
use crate::sys::files;

/// The numbers of a realm; none where the process is the program's own and ends with it.
#[derive(Debug, Default)]
pub(crate) struct Descriptors(RefCell<BTreeSet<i32>>);

impl Descriptors {
    /// Closes what is left.
    pub(crate) fn close_all(&self) {
        for number in self.0.take() {
            // Whoever closed it behind our back has done it.
            let _ = files::close(number);
        }
    }
}

/// The program was given this one.
pub(crate) fn given(number: i32, context: &Context) {
    let engine = state::of(context);
    if !engine.owns_process.get() {
        engine.descriptors.0.borrow_mut().insert(number);
    }
}

/// The program has closed it, or given it to somebody who will.
pub(crate) fn taken(number: i32, context: &Context) {
    state::of(context).descriptors.0.borrow_mut().remove(&number);
}
