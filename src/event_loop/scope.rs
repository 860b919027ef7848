//! What callbacks inherit from whoever registered them.
//!
//! The loop does not know what it is (JavaScript's async context); it notes the value that is
//! current when a callback is registered, and makes it current again while the callback runs.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use super::{EventLoop, Host, SourceCallback, Task, TimerCallback, stream::Done};

/// A scope and a value of it that is to be current again.
type Inherited<T> = (Rc<Scope<T>>, T);

/// The current value. A loop whose host never sets one pays for a look at it.
pub(crate) struct Scope<T> {
    current: RefCell<Option<T>>,
    is_used: Cell<bool>,
}

impl<T: Clone> Scope<T> {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Self { current: RefCell::new(None), is_used: Cell::new(false) })
    }

    /// True once a value was set, ever.
    pub(crate) fn is_used(&self) -> bool {
        self.is_used.get()
    }

    /// The current value.
    pub(crate) fn current(&self) -> Option<T> {
        self.current.borrow().clone()
    }

    /// Makes a value current; returns the one before, to be made current again.
    pub(crate) fn replace(&self, value: Option<T>) -> Option<T> {
        if value.is_some() {
            self.is_used.set(true);
        }
        self.current.replace(value)
    }

    /// Runs `work` with this value as the current one.
    pub(crate) fn within<R>(&self, value: Option<T>, work: impl FnOnce() -> R) -> R {
        let before = self.replace(value);
        let result = work();
        self.replace(before);
        result
    }
}

impl<H: Host> EventLoop<H> {
    /// What callbacks that are registered now inherit.
    pub(crate) fn scope(&self) -> &Rc<Scope<H::Scope>> {
        &self.scope
    }

    /// The scope and its current value, if there is one.
    fn inherited(&self) -> Option<Inherited<H::Scope>> {
        Some((self.scope.clone(), self.scope.current()?))
    }

    pub(super) fn scoped_task(&self, task: Task<H>) -> Task<H> {
        let Some((scope, value)) = self.inherited() else { return task };
        Box::new(move |host| scope.within(Some(value), || task(host)))
    }

    pub(super) fn scoped_done(&self, done: Done<H>) -> Done<H> {
        let Some((scope, value)) = self.inherited() else { return done };
        Box::new(move |host, outcome| scope.within(Some(value), || done(host, outcome)))
    }

    pub(super) fn scoped_timer(&self, callback: TimerCallback<H>) -> TimerCallback<H> {
        let Some((scope, value)) = self.inherited() else { return callback };
        Rc::new(move |host| scope.within(Some(value.clone()), || callback(host)))
    }

    pub(super) fn scoped_source(&self, callback: SourceCallback<H>) -> SourceCallback<H> {
        let Some((scope, value)) = self.inherited() else { return callback };
        Rc::new(move |host, readiness| {
            scope.within(Some(value.clone()), || callback(host, readiness));
        })
    }
}
