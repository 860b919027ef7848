//! How deep values may be nested before the native stack is in danger.

use std::rc::Rc;

use super::state::State;
use crate::sys::stack;

/// Node's own stack ends at some 800 to 1,100 levels, depending on what is nested.
const LIMIT: usize = 1_000;

/// One level of nesting, for as long as it lives.
pub(super) struct Nesting(Rc<State>);

impl Nesting {
    /// Goes one level down.
    pub(super) fn enter(state: &Rc<State>) -> Self {
        state.nesting.set(state.nesting.get() + 1);
        Self(state.clone())
    }

    /// True where nothing more may be nested.
    pub(super) fn is_too_deep(&self) -> bool {
        self.0.nesting.get() > LIMIT || stack::is_low()
    }
}

impl Drop for Nesting {
    fn drop(&mut self) {
        self.0.nesting.set(self.0.nesting.get() - 1);
    }
}
