//! Unhandled promise rejections: who rejected, who was handled late, what is to be reported.
//!
//! Source: Node's documentation, "Process", events `unhandledRejection` and `rejectionHandled`.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use boa_engine::{
    Context, JsObject, JsValue,
    builtins::promise::{OperationType, PromiseState},
    object::builtins::JsPromise,
};

use super::state;
use crate::event_loop::Scope;

/// Decides what becomes of rejections; registered by the floor above (`process`).
#[derive(Clone, Copy)]
pub(crate) struct RejectionHandlers {
    /// A promise was rejected and nobody handled it by the end of the tick.
    pub(crate) unhandled: fn(promise: JsObject, reason: JsValue, &mut Context),
    /// A promise that was reported got a handler after all.
    pub(crate) handled: fn(promise: JsObject, &mut Context),
}

/// The rejections of a realm.
pub(crate) struct Rejections {
    /// Each with its reason and the async context in which it was rejected.
    pending: RefCell<VecDeque<(JsObject, JsValue, Option<JsObject>)>>,
    scope: Rc<Scope<JsObject>>,
    /// Reported promises that may still be handled. Weakness is not needed for correctness; the
    /// list is bounded so that a program that never handles anything keeps no promise for ever.
    reported: RefCell<VecDeque<JsObject>>,
    handled_late: RefCell<VecDeque<JsObject>>,
    handlers: RefCell<Option<RejectionHandlers>>,
}

/// How many reported promises are remembered for `rejectionHandled`.
const REMEMBERED: usize = 1024;

impl Rejections {
    /// None so far.
    pub(crate) fn new(scope: Rc<Scope<JsObject>>) -> Self {
        Self {
            pending: RefCell::default(),
            scope,
            reported: RefCell::default(),
            handled_late: RefCell::default(),
            handlers: RefCell::default(),
        }
    }

    /// Registers who is told.
    pub(crate) fn set_handlers(&self, handlers: RejectionHandlers) {
        *self.handlers.borrow_mut() = Some(handlers);
    }

    /// Boa's `HostPromiseRejectionTracker`.
    pub(crate) fn track(&self, promise: JsObject, operation: OperationType) {
        match operation {
            OperationType::Reject => {
                let Ok(state) = JsPromise::from_object(promise.clone()).map(|p| p.state()) else {
                    return;
                };
                if let PromiseState::Rejected(reason) = state {
                    self.pending.borrow_mut().push_back((promise, reason, self.scope.current()));
                }
            }
            OperationType::Handle => self.handle(&promise),
        }
    }

    /// Reports nothing about a promise that is rejected: somebody else tells of the reason.
    pub(crate) fn forget(&self, promise: &JsObject) {
        self.pending.borrow_mut().retain(|(pending, ..)| !JsObject::equals(pending, promise));
    }

    fn handle(&self, promise: &JsObject) {
        let mut pending = self.pending.borrow_mut();
        if let Some(at) = pending.iter().position(|(p, ..)| JsObject::equals(p, promise)) {
            pending.remove(at);
            return;
        }
        let mut reported = self.reported.borrow_mut();
        if let Some(at) = reported.iter().position(|p| JsObject::equals(p, promise)) {
            reported.remove(at);
            self.handled_late.borrow_mut().push_back(promise.clone());
        }
    }

    fn remember(&self, promise: JsObject) {
        let mut reported = self.reported.borrow_mut();
        if reported.len() == REMEMBERED {
            reported.pop_front();
        }
        reported.push_back(promise);
    }
}

/// Reports what is to be reported; true if anything ran, so that queues are drained again.
pub(crate) fn process(context: &mut Context) -> bool {
    let rejections = state::of(context).rejections.clone();
    let Some(handlers) = *rejections.handlers.borrow() else {
        return false;
    };
    let mut ran = false;
    loop {
        let late = rejections.handled_late.borrow_mut().pop_front();
        let Some(promise) = late else { break };
        (handlers.handled)(promise, context);
        ran = true;
    }
    // Only those pending now: one that a handler makes is looked at after the next drain.
    let count = rejections.pending.borrow().len();
    for _ in 0..count {
        let next = rejections.pending.borrow_mut().pop_front();
        let Some((promise, reason, frame)) = next else { break };
        rejections.remember(promise.clone());
        rejections.scope.within(frame, || (handlers.unhandled)(promise, reason, context));
        ran = true;
        if state::of(context).exit_code().is_some() {
            return false;
        }
    }
    ran
}
