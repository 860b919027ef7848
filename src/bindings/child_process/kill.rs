//! `kill`, and what else ends a child: `timeout`, `signal`, `forceKillAfterDelay`.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    child::{Running, running},
    options::{SpawnOptions, valid_signal},
};
use crate::{
    bindings::{abort, events, trace},
    engine::{
        callbacks,
        errors::{Wording, from_sys, throw_sys, value_of},
        natives::{arg, closure, define_value},
        state,
    },
    sys::{signals, tree},
};

/// What `kill` does beside sending the signal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KillOptions {
    /// `killTree`: the signal goes to everybody below the child too.
    pub(super) tree: bool,
    /// `forceKillAfterDelay`: so long after a SIGTERM, in milliseconds, comes a SIGKILL.
    pub(super) force_after: Option<u64>,
}

/// `subprocess.kill(signal = 'SIGTERM')`.
pub(super) fn kill(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = arg(args, 0);
    let signal = if given.is_undefined() { libc::SIGTERM } else { valid_signal(&given, context)? };
    let child = this.to_object(context)?;
    kill_with(&child, signal, context).map(JsValue::from)
}

fn kill_with(child: &JsObject, signal: i32, context: &mut Context) -> JsResult<bool> {
    let Some(handle) = running(child) else { return Ok(false) };
    let pidfd = handle.pidfd.borrow().clone();
    let Some(pidfd) = pidfd else { return Ok(false) };
    // What was sent before the signal arrives before it.
    if let Some(endpoint) = handle.endpoint.borrow().as_ref() {
        endpoint.write_now(context);
    }
    if let Some(trace) = trace::of(context) {
        trace.signalled(handle.pid.get(), signal);
    }
    let options = handle.kill_options.get();
    let outcome = if options.tree && signal != 0 {
        tree::kill(&*pidfd, handle.pid.get(), signal)
    } else {
        signals::kill_child(&*pidfd, signal)
    };
    let Err(error) = outcome else {
        define_value(child, js_string!("killed"), true, true);
        if signal == libc::SIGTERM {
            force_later(child, &handle, options, context);
        }
        return Ok(true);
    };
    match error.errno.0 {
        libc::ESRCH => Ok(false),
        libc::EINVAL | libc::ENOSYS => Err(throw_sys(context, &error, Wording::Short)),
        _ => {
            let error = from_sys(context, &error, Wording::Short);
            events::emit(child, js_string!("error"), &[error.into()], context)?;
            Ok(false)
        }
    }
}

/// A child that was asked to end gets some time for it.
fn force_later(child: &JsObject, handle: &Rc<Running>, options: KillOptions, context: &Context) {
    let Some(delay) = options.force_after else { return };
    if handle.force_timer.get().is_some() {
        return;
    }
    let target = child.clone();
    let callback = Rc::new(move |context: &mut Context| {
        callbacks::enter(context, |context| kill_with(&target, libc::SIGKILL, context));
    });
    let event_loop = state::of(context).event_loop.clone();
    let timer = event_loop.add_timer(delay, false, callback);
    // The child keeps the program alive, if it is to.
    event_loop.set_timer_ref(timer, false);
    handle.force_timer.set(Some(timer));
}

/// `timeout` and `signal`.
pub(super) fn limit(
    child: &JsObject,
    handle: &Rc<Running>,
    options: &SpawnOptions,
    context: &mut Context,
) -> JsResult<()> {
    if let Some(timeout) = options.timeout {
        let target = child.clone();
        let signal = options.kill_signal;
        let callback = Rc::new(move |context: &mut Context| {
            callbacks::enter(context, |context| kill_with(&target, signal, context));
        });
        let timer = state::of(context).event_loop.add_timer(timeout, false, callback);
        handle.timer.set(Some(timer));
    }
    let Some(signal) = &options.abort_signal else { return Ok(()) };
    if abort::is_aborted(signal, context)? {
        let (child, signal, number) = (child.clone(), signal.clone(), options.kill_signal);
        state::of(context).ticks.push_native(move |context| {
            let reason = abort::reason(&signal, context)?;
            abort_child(&child, number, reason, context)
        });
        return Ok(());
    }
    let captured = (child.clone(), signal.clone(), options.kill_signal);
    let listener = closure("onAbortListener", 0, captured, on_abort, context);
    *handle.abort_listener.borrow_mut() = Some(abort::add_listener(signal, listener, context)?);
    Ok(())
}

fn on_abort(
    _: &JsValue,
    _: &[JsValue],
    (child, signal, number): &(JsObject, JsObject, i32),
    context: &mut Context,
) -> JsResult<JsValue> {
    let reason = abort::reason(signal, context)?;
    abort_child(child, *number, reason, context)?;
    Ok(JsValue::undefined())
}

/// An aborted signal kills the child and is an `error` of it.
fn abort_child(
    child: &JsObject,
    signal: i32,
    reason: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    if !kill_with(child, signal, context)? {
        return Ok(());
    }
    let error = abort::abort_error(Some(reason), context)?;
    let error = value_of(error, context);
    events::emit(child, js_string!("error"), &[error], context).map(drop)
}
