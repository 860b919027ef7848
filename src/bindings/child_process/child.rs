//! `ChildProcess`: from the request to the events of its end.

use std::{
    cell::{Cell, RefCell},
    os::fd::{AsFd, OwnedFd},
    rc::Rc,
};

use boa_engine::{Context, JsData, JsError, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Trace};

use super::{
    class, fork,
    options::{SpawnOptions, valid_signal},
    stdio::Slot,
    warm,
};
use crate::{
    bindings::{
        abort,
        diagnostics_channel::{Tracing, message},
        events,
        ipc::{self, Endpoint},
    },
    engine::{
        callbacks,
        errors::{Wording, from_sys, throw_sys, value_of},
        natives::{arg, closure, define_value},
        state,
    },
    event_loop::{Interest, SourceId, TimerId},
    sys::{
        errno::Errno,
        error::SysError,
        fd, signals,
        spawn::{self, ChildFd},
        wait::{self, ExitStatus},
    },
};

/// A process that was started and has not been seen to end.
#[derive(Default)]
pub(super) struct Running {
    pidfd: RefCell<Option<Rc<OwnedFd>>>,
    source: Cell<Option<SourceId>>,
    timer: Cell<Option<TimerId>>,
    endpoint: RefCell<Option<Rc<Endpoint>>>,
    closes_needed: Cell<u32>,
    closes_got: Cell<u32>,
}

/// What the JavaScript object holds of it.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
pub(super) struct Handle(pub(super) Rc<Running>);

/// The state behind a `ChildProcess`.
pub(super) fn running(child: &JsObject) -> Option<Rc<Running>> {
    child.downcast_ref::<Handle>().map(|handle| handle.0.clone())
}

/// Errors after which Node gives the `ChildProcess` back and reports in the next tick.
fn is_reported_later(errno: Errno) -> bool {
    matches!(errno.0, libc::EACCES | libc::EAGAIN | libc::EMFILE | libc::ENFILE | libc::ENOENT)
}

/// Starts a process and makes its `ChildProcess`.
pub(super) fn spawn(options: SpawnOptions, context: &mut Context) -> JsResult<JsObject> {
    let child = class::create(context)?;
    let handle = running(&child).unwrap_or_default();
    define_value(
        &child,
        js_string!("spawnfile"),
        JsString::from(options.command.file.as_str()),
        true,
    );
    let args = fork::array(options.command.args.clone(), context);
    define_value(&child, js_string!("spawnargs"), args, true);
    let tracing =
        Tracing::start("child_process.spawn", |cx| traced(&child, &options, cx), context)?;
    if options.stdio.contains(&Slot::Ipc) {
        handle.closes_needed.set(handle.closes_needed.get() + 1);
    }
    let channel = channel_pair(&options).map_err(|error| thrown(&error, context))?;
    let (ours, theirs) = match channel {
        Some((ours, theirs)) => (Some(ours), Some(theirs)),
        None => (None, None),
    };
    let outcome = start(&options, theirs.as_ref(), context);
    drop(theirs);
    let failure = match outcome {
        Ok(started) => {
            define_value(&child, js_string!("pid"), started.pid, true);
            watch(&child, &handle, started.pidfd, context)?;
            tracing.end(context)?;
            None
        }
        Err(error) if is_reported_later(error.errno) => {
            let told = from_sys(context, &error, Wording::Short).into();
            tracing.error(&told, context)?;
            Some(error)
        }
        Err(error) => {
            let error = SysError::new(error.errno, "spawn");
            return Err(thrown(&error, context));
        }
    };
    define_streams(&child, options.stdio.len(), context);
    if let Some(ours) = ours {
        let endpoint = ipc::attach_child(&child, ours, options.serialization, context)
            .map_err(|error| thrown(&error, context))?;
        close_with_channel(&child, &handle, &endpoint);
        *handle.endpoint.borrow_mut() = Some(endpoint);
    }
    announce(&child, failure, context);
    limit(&child, &handle, &options, context)?;
    Ok(child)
}

/// What the channels of `child_process.spawn` are told.
fn traced(child: &JsObject, options: &SpawnOptions, context: &mut Context) -> JsObject {
    let args = fork::array(options.command.args.clone(), context).into();
    let file = JsString::from(options.command.file.as_str()).into();
    let fields = [("file", file), ("args", args), ("detached", options.command.detached.into())];
    let options = message(&fields, context).into();
    message(&[("process", child.clone().into()), ("options", options)], context)
}

fn thrown(error: &SysError, context: &mut Context) -> JsError {
    throw_sys(context, error, Wording::Short)
}

fn channel_pair(options: &SpawnOptions) -> Result<Option<(OwnedFd, OwnedFd)>, SysError> {
    if options.stdio.contains(&Slot::Ipc) { fd::stream_pair().map(Some) } else { Ok(None) }
}

/// Turns the options into a request and makes the system call.
fn start(
    options: &SpawnOptions,
    channel: Option<&OwnedFd>,
    context: &mut Context,
) -> Result<spawn::Child, SysError> {
    let mut stdio = Vec::with_capacity(options.stdio.len());
    for slot in &options.stdio {
        stdio.push(match slot {
            Slot::Ignore | Slot::Pipe => ChildFd::Ignored,
            Slot::Fd(number) => ChildFd::From(fd::borrow(*number)?),
            Slot::Ipc => match channel {
                Some(channel) => ChildFd::From(channel.as_fd()),
                None => ChildFd::Ignored,
            },
        });
    }
    let mut channel = Vec::new();
    if let Some(index) = options.stdio.iter().position(|slot| *slot == Slot::Ipc) {
        channel.push(("NODE_CHANNEL_FD", index.to_string()));
        let mode = options.serialization.name().to_owned();
        channel.push(("NODE_CHANNEL_SERIALIZATION_MODE", mode));
    }
    warm::start(options.command.request(&channel, stdio), context)
}

/// No stream yet: every slot that can be asked for is the child's own.
fn define_streams(child: &JsObject, count: usize, context: &mut Context) {
    for name in ["stdin", "stdout", "stderr"] {
        define_value(child, JsString::from(name), JsValue::null(), true);
    }
    let streams = fork::array(vec![JsValue::null(); count], context);
    define_value(child, js_string!("stdio"), streams, true);
}

/// The events of the start, in the next tick: `spawn`, or `error` where it failed.
fn announce(child: &JsObject, failure: Option<SysError>, context: &mut Context) {
    let child = child.clone();
    state::of(context).ticks.push_native(move |context| {
        let Some(error) = failure else {
            return events::emit(&child, js_string!("spawn"), &[], context).map(drop);
        };
        define_value(&child, js_string!("exitCode"), -error.errno.0, true);
        let error = from_sys(context, &error, Wording::Short);
        events::emit(&child, js_string!("error"), &[error.into()], context)?;
        got_close(&child, context)
    });
}

/// Waits for the end of the process, which makes its pidfd readable.
fn watch(
    child: &JsObject,
    handle: &Rc<Running>,
    pidfd: OwnedFd,
    context: &mut Context,
) -> JsResult<()> {
    let pidfd = Rc::new(pidfd);
    *handle.pidfd.borrow_mut() = Some(pidfd.clone());
    let event_loop = state::of(context).event_loop.clone();
    let child = child.clone();
    let ended = pidfd.clone();
    let callback = Rc::new(move |context: &mut Context, _| on_exit(&child, &ended, context));
    let id = event_loop
        .add_source(pidfd, Interest::READABLE, callback)
        .map_err(|error| thrown(&SysError::new(Errno::of(&error), "spawn"), context))?;
    event_loop.set_source_kind(id, "ProcessWrap");
    event_loop.set_source_last(id, true);
    handle.source.set(Some(id));
    Ok(())
}

/// The process ended: what it wrote to the channel comes first, then `exit`, then `close`.
fn on_exit(child: &JsObject, pidfd: &OwnedFd, context: &mut Context) {
    let Ok(Some(status)) = wait::try_wait(pidfd) else { return };
    let Some(handle) = running(child) else { return };
    if let Some(id) = handle.source.take() {
        state::of(context).event_loop.remove_source(id);
    }
    handle.pidfd.borrow_mut().take();
    if let Some(timer) = handle.timer.take() {
        state::of(context).event_loop.remove_timer(timer);
    }
    let endpoint = handle.endpoint.borrow_mut().take();
    if let Some(endpoint) = endpoint {
        endpoint.read_rest(context);
    }
    callbacks::enter(context, |context| {
        let (code, signal) = match status {
            ExitStatus::Exited(code) => (code.into(), JsValue::null()),
            ExitStatus::Signaled(number) => (JsValue::null(), signal_name(number)),
        };
        define_value(child, js_string!("exitCode"), code.clone(), true);
        define_value(child, js_string!("signalCode"), signal.clone(), true);
        events::emit(child, js_string!("exit"), &[code, signal], context)?;
        got_close(child, context)
    });
}

/// A signal's name; real-time signals have only numbers.
pub(super) fn signal_name(number: i32) -> JsValue {
    match signals::name(number) {
        Some(name) => JsString::from(name).into(),
        None => JsString::from(signals::description(number).as_ref()).into(),
    }
}

fn close_with_channel(child: &JsObject, handle: &Rc<Running>, endpoint: &Rc<Endpoint>) {
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
fn got_close(child: &JsObject, context: &mut Context) -> JsResult<()> {
    let Some(handle) = running(child) else { return Ok(()) };
    handle.closes_got.set(handle.closes_got.get() + 1);
    if handle.closes_got.get() != handle.closes_needed.get() + 1 {
        return Ok(());
    }
    let code = child.get(js_string!("exitCode"), context)?;
    let signal = child.get(js_string!("signalCode"), context)?;
    events::emit(child, js_string!("close"), &[code, signal], context).map(drop)
}

/// `timeout` and `signal`.
fn limit(
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
    abort::add_listener(signal, listener, context).map(drop)
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
    let Err(error) = signals::kill_child(&*pidfd, signal) else {
        define_value(child, js_string!("killed"), true, true);
        return Ok(true);
    };
    match error.errno.0 {
        libc::ESRCH => Ok(false),
        libc::EINVAL | libc::ENOSYS => Err(thrown(&error, context)),
        _ => {
            let error = from_sys(context, &error, Wording::Short);
            events::emit(child, js_string!("error"), &[error.into()], context)?;
            Ok(false)
        }
    }
}

/// `subprocess.ref()` and `unref()`: whether the process keeps this program alive.
pub(super) fn set_ref(
    this: &JsValue,
    referenced: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let child = this.to_object(context)?;
    if let Some(id) = running(&child).and_then(|handle| handle.source.get()) {
        state::of(context).event_loop.set_source_ref(id, referenced);
    }
    Ok(JsValue::undefined())
}
