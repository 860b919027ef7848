//! The end of a child: `exit` when its process has ended, `close` when its streams and its channel have.

use std::{os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    child::{Running, pipes, running},
    command, register,
    starting::{abandon, thrown},
};
use crate::{
    bindings::{events, ipc::Endpoint, trace},
    engine::{callbacks, natives::define_value, state},
    event_loop::Interest,
    sys::{
        errno::Errno,
        error::SysError,
        signals, spawn,
        wait::{self, ExitStatus},
    },
};

/// Waits for the end of the process, which makes its pidfd readable.
pub(super) fn watch(
    child: &JsObject,
    handle: &Rc<Running>,
    started: spawn::Child,
    context: &mut Context,
) -> JsResult<()> {
    let spawn::Child { pid, pidfd } = started;
    let pidfd = Rc::new(pidfd);
    handle.pid.set(pid);
    *handle.pidfd.borrow_mut() = Some(pidfd.clone());
    let event_loop = state::of(context).event_loop.clone();
    let child = child.clone();
    let ended = pidfd.clone();
    let callback = Rc::new(move |context: &mut Context, _| on_exit(&child, &ended, context));
    let added = event_loop.add_source(pidfd, Interest::READABLE, callback);
    let id = added.map_err(|error| {
        abandon(handle);
        // Nobody else will collect it, and it ends at once.
        if let Some(pidfd) = handle.pidfd.take() {
            let status = wait::wait(&*pidfd).ok();
            command::tell_end(handle.pid.get(), status, context);
        }
        thrown(&SysError::new(Errno::of(&error), "spawn"), context)
    })?;
    event_loop.set_source_kind(id, "ProcessWrap");
    event_loop.set_source_last(id, true);
    handle.source.set(Some(id));
    Ok(())
}

/// The process ended: what it wrote to the channel comes first, then `exit`, then `close`.
fn on_exit(child: &JsObject, pidfd: &OwnedFd, context: &mut Context) {
    // Somebody else may have collected it: then nobody knows how it ended.
    let status = match wait::try_wait(pidfd) {
        Ok(None) => return,
        Ok(Some(status)) => Some(status),
        Err(_) => None,
    };
    let Some(handle) = running(child) else { return };
    let event_loop = state::of(context).event_loop.clone();
    if let Some(id) = handle.source.take() {
        event_loop.remove_source(id);
    }
    handle.pidfd.borrow_mut().take();
    if let Some(trace) = trace::of(context) {
        trace.ended(handle.pid.get(), status);
    }
    register::remove(child, context);
    command::tell_end(handle.pid.get(), status, context);
    for timer in [handle.timer.take(), handle.force_timer.take()].into_iter().flatten() {
        event_loop.remove_timer(timer);
    }
    let endpoint = handle.endpoint.borrow_mut().take();
    if let Some(endpoint) = endpoint {
        endpoint.read_rest(context);
    }
    callbacks::enter(context, |context| {
        let listener = handle.abort_listener.take();
        if let Some(listener) = listener {
            listener.remove(context)?;
        }
        tell_exit(child, &handle, status, context)
    });
}

/// The event `exit`, and what is left to do before `close`.
fn tell_exit(
    child: &JsObject,
    handle: &Rc<Running>,
    status: Option<ExitStatus>,
    context: &mut Context,
) -> JsResult<()> {
    let (code, signal) = match status {
        Some(ExitStatus::Exited(code)) => (code.into(), JsValue::null()),
        Some(ExitStatus::Signaled(number)) => (JsValue::null(), signal_name(number)),
        None => (JsValue::null(), JsValue::null()),
    };
    define_value(child, js_string!("exitCode"), code.clone(), true);
    define_value(child, js_string!("signalCode"), signal.clone(), true);
    destroy_input(child, context)?;
    events::emit(child, js_string!("exit"), &[code, signal], context)?;
    flush_later(child, context);
    end_grace(child, handle, context);
    got_close(child, context)
}

/// A child that has ended reads nothing any more.
pub(super) fn destroy_input(child: &JsObject, context: &mut Context) -> JsResult<()> {
    match pipes(child).and_then(|pipes| pipes.of_slot(0)) {
        Some(input) => input.destroy(child, context),
        None => Ok(()),
    }
}

pub(super) fn flush_later(child: &JsObject, context: &mut Context) {
    if let Some(pipes) = pipes(child) {
        pipes.flush_later(child, context);
    }
}

/// `closeGrace`: who still holds the streams of a child that has ended is not waited for longer.
fn end_grace(child: &JsObject, handle: &Rc<Running>, context: &mut Context) {
    let is_last = handle.closes_got.get() == handle.closes_needed.get();
    let Some(grace) = handle.close_grace.get().filter(|_| !is_last) else { return };
    let child = child.clone();
    let callback = Rc::new(move |context: &mut Context| {
        callbacks::enter(context, |context| match pipes(&child) {
            Some(pipes) => pipes.destroy(&child, context),
            None => Ok(()),
        });
    });
    let event_loop = state::of(context).event_loop.clone();
    let timer = event_loop.add_timer(grace, false, callback);
    handle.timer.set(Some(timer));
}

/// A signal's name; real-time signals have only numbers.
pub(super) fn signal_name(number: i32) -> JsValue {
    match signals::name(number) {
        Some(name) => JsString::from(name).into(),
        None => JsString::from(signals::description(number).as_ref()).into(),
    }
}

pub(super) fn close_with_channel(child: &JsObject, handle: &Rc<Running>, endpoint: &Rc<Endpoint>) {
    let child = child.clone();
    let weak = Rc::downgrade(handle);
    endpoint.when_closed(move |context| {
        if weak.upgrade().is_none() {
            return;
        }
        state::of(context).ticks.push_native(move |context| got_close(&child, context));
    });
}

/// One of what `close` waits for has come.
pub(super) fn got_close(child: &JsObject, context: &mut Context) -> JsResult<()> {
    let Some(handle) = running(child) else { return Ok(()) };
    handle.closes_got.set(handle.closes_got.get() + 1);
    if handle.closes_got.get() != handle.closes_needed.get() + 1 {
        return Ok(());
    }
    if let Some(timer) = handle.timer.take() {
        state::of(context).event_loop.remove_timer(timer);
    }
    let code = child.get(js_string!("exitCode"), context)?;
    let signal = child.get(js_string!("signalCode"), context)?;
    events::emit(child, js_string!("close"), &[code, signal], context).map(drop)
}
