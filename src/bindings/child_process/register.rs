//! The children of a realm that have not been seen to end: whom the end of a program concerns.

use std::{cell::RefCell, os::fd::AsFd, rc::Rc, time::Duration};

use boa_engine::{Context, JsObject, JsValue, js_string};

use super::{
    child::{self, Running},
    command,
};
use crate::{
    engine::natives::define_value,
    sys::{
        poll::{self, Interest},
        signals, wait,
    },
};

#[derive(Default)]
struct Register(RefCell<Vec<JsObject>>);

fn of(context: &mut Context) -> Rc<Register> {
    if let Some(register) = context.get_data::<Rc<Register>>() {
        return register.clone();
    }
    let register = Rc::<Register>::default();
    context.insert_data(register.clone());
    register
}

/// Notes a child that was started.
pub(super) fn add(child: &JsObject, context: &mut Context) {
    of(context).0.borrow_mut().push(child.clone());
}

/// A child was seen to end.
pub(super) fn remove(child: &JsObject, context: &mut Context) {
    of(context).0.borrow_mut().retain(|known| !JsObject::equals(known, child));
}

/// The children that run, but for those that are meant to outlive the program.
pub(crate) fn running(context: &mut Context) -> Vec<Rc<Running>> {
    let register = of(context);
    let children = register.0.borrow();
    let running = children.iter().filter_map(child::running);
    running.filter(|child| child.is_running() && !child.is_detached.get()).collect()
}

/// Ends the children of a program that is gone, but for those that are meant to outlive it.
pub(crate) fn end_all(context: &mut Context) {
    let children = running(context);
    for child in &children {
        child.signal(libc::SIGKILL);
    }
    for child in children {
        // What was killed has nothing left to do.
        child.collect(DEATH, context);
    }
}

/// How long a child that was killed may take to be gone.
pub(crate) const DEATH: Duration = Duration::from_secs(5);

/// Lets go of the children of a program that is gone; those that are left go on.
pub(crate) fn abandon(context: &Context) {
    let Some(register) = context.get_data::<Rc<Register>>() else { return };
    for child in register.0.take() {
        if let Some(pipes) = child::pipes(&child) {
            pipes.abandon();
        }
        if let Some(running) = child::running(&child) {
            running.abandon();
        }
        // Listeners of ours hold it, and it holds them.
        define_value(&child, js_string!("_events"), JsValue::undefined(), true);
    }
}

impl Running {
    /// Whether its end has not been seen.
    pub(crate) fn is_running(&self) -> bool {
        self.pidfd.borrow().is_some()
    }

    /// Its number.
    pub(crate) fn pid(&self) -> i32 {
        self.pid.get()
    }

    /// Sends it a signal; false if it has ended.
    pub(crate) fn signal(&self, number: i32) -> bool {
        let pidfd = self.pidfd.borrow().clone();
        pidfd.is_some_and(|pidfd| signals::kill_child(&*pidfd, number).is_ok())
    }

    /// Waits for its end outside of the loop, so long at most; whether it has come.
    pub(crate) fn collect(&self, limit: Duration, context: &Context) -> bool {
        let Some(pidfd) = self.pidfd.borrow().clone() else { return true };
        if !poll::wait_for(pidfd.as_fd(), Interest::READABLE, Some(limit)).unwrap_or(false) {
            return false;
        }
        self.pidfd.borrow_mut().take();
        let status = wait::try_wait(&*pidfd).ok().flatten();
        command::tell_end(self.pid.get(), status, context);
        true
    }
}
