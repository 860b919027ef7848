//! `ChildProcess`: from the request to the events of its end.

use std::{
    cell::{Cell, RefCell},
    os::fd::OwnedFd,
    rc::Rc,
};

use boa_engine::{Context, JsData, JsError, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Gc, Trace};

use super::{
    class, command,
    ends::{self, ChildEnds, Ends},
    fork, gate,
    kill::{self, KillOptions},
    looks::{self, Looks},
    options::SpawnOptions,
    pipes::Pipes,
    register,
    stdio::Slot,
    streams, warm,
};
use crate::{
    bindings::{
        abort::AbortListener,
        diagnostics_channel::{Tracing, message},
        events,
        ipc::{self, Endpoint},
        trace,
    },
    engine::{
        callbacks,
        errors::{Wording, from_sys, throw_sys},
        family,
        natives::define_value,
        spawn_policy::SpawnCall,
        state,
    },
    event_loop::{Interest, SourceId, TimerId},
    sys::{
        channel::{FD_VARIABLE, MODE_VARIABLE},
        errno::Errno,
        error::SysError,
        signals, spawn,
        wait::{self, ExitStatus},
    },
};

/// A process that was started and has not been seen to end.
#[derive(Default)]
pub(crate) struct Running {
    pub(super) pid: Cell<i32>,
    pub(super) pidfd: RefCell<Option<Rc<OwnedFd>>>,
    source: Cell<Option<SourceId>>,
    pub(super) timer: Cell<Option<TimerId>>,
    pub(super) force_timer: Cell<Option<TimerId>>,
    /// What waits for the signal to be aborted.
    pub(super) abort_listener: RefCell<Option<AbortListener>>,
    pub(super) kill_options: Cell<KillOptions>,
    close_grace: Cell<Option<u64>>,
    pub(super) endpoint: RefCell<Option<Rc<Endpoint>>>,
    /// Only until the channel is made.
    trace: RefCell<Option<trace::Start>>,
    closes_needed: Cell<u32>,
    closes_got: Cell<u32>,
    /// What is let go of when the program is gone.
    on_abandoned: RefCell<Option<Box<dyn FnOnce()>>>,
    /// It is meant to outlive the program.
    pub(super) is_detached: Cell<bool>,
}

/// What the JavaScript object holds of it.
#[derive(Trace, Finalize, JsData)]
pub(super) struct Handle {
    #[unsafe_ignore_trace]
    running: Rc<Running>,
    pub(super) pipes: Gc<Pipes>,
    pub(super) looks: Gc<Looks>,
}

impl Handle {
    pub(super) fn new() -> Self {
        Self { running: Rc::default(), pipes: Gc::default(), looks: Gc::default() }
    }
}

/// The state behind a `ChildProcess`.
pub(super) fn running(child: &JsObject) -> Option<Rc<Running>> {
    child.downcast_ref::<Handle>().map(|handle| handle.running.clone())
}

impl Running {
    /// Calls `action` when the program goes before the child does.
    pub(super) fn when_abandoned(&self, action: impl FnOnce() + 'static) {
        *self.on_abandoned.borrow_mut() = Some(Box::new(action));
    }

    pub(super) fn abandon(&self) {
        drop((self.pidfd.take(), self.abort_listener.take(), self.endpoint.take()));
        if let Some(action) = self.on_abandoned.take() {
            action();
        }
    }
}

/// The number of its process; `None` for what is no child.
pub(crate) fn pid_of(child: &JsObject) -> Option<i32> {
    running(child).map(|running| running.pid.get())
}

/// Its pipes.
pub(super) fn pipes(child: &JsObject) -> Option<Gc<Pipes>> {
    child.downcast_ref::<Handle>().map(|handle| handle.pipes.clone())
}

/// Errors after which Node gives the `ChildProcess` back and reports in the next tick.
fn is_reported_later(errno: Errno) -> bool {
    matches!(errno.0, libc::EACCES | libc::EAGAIN | libc::EMFILE | libc::ENFILE | libc::ENOENT)
}

/// Whether the system has come to its end: then Node makes no streams either.
fn is_exhausted(errno: Errno) -> bool {
    matches!(errno.0, libc::EMFILE | libc::ENFILE)
}

/// Starts a process and makes its `ChildProcess`.
pub(super) fn spawn(options: SpawnOptions, context: &mut Context) -> JsResult<JsObject> {
    let child = class::create(context)?;
    start(&child, options, context)?;
    Ok(child)
}

/// Starts the process of a `ChildProcess` that has none. What went wrong, if it is told later.
pub(super) fn start(
    child: &JsObject,
    mut options: SpawnOptions,
    context: &mut Context,
) -> JsResult<Option<Errno>> {
    gate::pass(&mut options.command, &options.stdio.slots, SpawnCall::Asynchronous, context)?;
    family::admit_child(context)?;
    let handle = running(child).unwrap_or_default();
    define_value(
        child,
        js_string!("spawnfile"),
        JsString::from(options.command.file.as_str()),
        true,
    );
    let args = fork::array(options.command.args.clone(), context);
    define_value(child, js_string!("spawnargs"), args, true);
    let tracing = Tracing::start("child_process.spawn", |cx| traced(child, &options, cx), context)?;
    handle.kill_options.set(options.kill_options);
    handle.close_grace.set(options.close_grace);
    *handle.trace.borrow_mut() = trace::starting(context);
    let (ends, outcome) = match ends::connect(&options.stdio.slots) {
        Ok((ends, theirs)) => (ends, launch(&options, &handle, &theirs, context)),
        Err(error) => (Ends::default(), Err(options.command.error(error.errno, "spawn"))),
    };
    let failure = match outcome {
        Ok(started) => {
            define_value(child, js_string!("pid"), started.pid, true);
            options.command.tell_start(started.pid, context);
            handle.is_detached.set(options.command.detached);
            register::add(child, context);
            watch(child, &handle, started, context)?;
            tracing.end(context)?;
            None
        }
        Err(error) if is_reported_later(error.errno) => {
            let told: JsValue = failure_object(&options, &error, context).into();
            tracing.error(&told, context)?;
            Some((error.errno, told))
        }
        Err(error) => {
            let error = SysError::new(error.errno, "spawn");
            return Err(JsError::from_opaque(failure_object(&options, &error, context).into()));
        }
    };
    if !failure.as_ref().is_some_and(|(errno, _)| is_exhausted(*errno)) {
        connect(child, &handle, &options, ends, context).inspect_err(|_| abandon(&handle))?;
    }
    let errno = failure.as_ref().map(|(errno, _)| *errno);
    announce(child, failure, context);
    kill::limit(child, &handle, &options, context)?;
    Ok(errno)
}

/// The error object of a start that failed, explained if that was asked for.
fn failure_object(options: &SpawnOptions, error: &SysError, context: &mut Context) -> JsObject {
    let object = from_sys(context, error, Wording::Short);
    if options.explains
        && let Some((cwd, sentence)) = options.command.missing_cwd(context)
    {
        let message = format!("{} {}: {sentence}", error.syscall, error.errno.name().unwrap_or(""));
        define_value(&object, js_string!("message"), JsString::from(message.as_str()), false);
        define_value(&object, js_string!("cwd"), JsString::from(cwd), true);
    }
    object
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

/// Turns the options into a request and makes the system call.
fn launch(
    options: &SpawnOptions,
    handle: &Running,
    theirs: &ChildEnds,
    context: &mut Context,
) -> Result<spawn::Child, SysError> {
    let slots = &options.stdio.slots;
    let stdio = theirs.place(slots, context)?;
    let mut channel = Vec::new();
    if let Some(index) = slots.iter().position(|slot| *slot == Slot::Ipc) {
        channel.push((FD_VARIABLE, index.to_string()));
        let mode = options.serialization.name().to_owned();
        channel.push((MODE_VARIABLE, mode));
    }
    let trace = handle.trace.borrow();
    channel.extend(trace.iter().map(trace::Start::variable));
    let child = warm::start(options.command.request(&channel, stdio, context), context)?;
    if let Some(trace) = &*trace {
        trace.started(child.pid, &options.command.title());
    }
    Ok(child)
}

/// Makes the streams and the channel over our ends.
fn connect(
    child: &JsObject,
    handle: &Rc<Running>,
    options: &SpawnOptions,
    ends: Ends,
    context: &mut Context,
) -> JsResult<()> {
    for stream in &options.stdio.streams {
        streams::hand_over(stream, context)?;
    }
    if let Some(pipes) = pipes(child) {
        pipes.reserve(options.stdio.slots.len());
        for (slot, end) in ends.pipes {
            pipes.open(slot, end, child, context)?;
            let counts = u32::from(slot > 0);
            handle.closes_needed.set(handle.closes_needed.get() + counts);
        }
    }
    looks::define(child, context);
    let Some(end) = ends.channel else { return Ok(()) };
    handle.closes_needed.set(handle.closes_needed.get() + 1);
    let endpoint = ipc::attach_child(child, end, options.serialization, context)
        .map_err(|error| thrown(&error, context))?;
    if let Some(trace) = handle.trace.take() {
        endpoint.trace_with(trace.channel(handle.pid.get()));
    }
    close_with_channel(child, handle, &endpoint);
    *handle.endpoint.borrow_mut() = Some(endpoint);
    Ok(())
}

/// The events of the start, in the next tick: `spawn`, or `error` where it failed.
fn announce(child: &JsObject, failure: Option<(Errno, JsValue)>, context: &mut Context) {
    let child = child.clone();
    state::of(context).ticks.push_native(move |context| {
        let Some((errno, error)) = failure else {
            return events::emit(&child, js_string!("spawn"), &[], context).map(drop);
        };
        define_value(&child, js_string!("exitCode"), -errno.0, true);
        destroy_input(&child, context)?;
        events::emit(&child, js_string!("error"), &[error], context)?;
        flush_later(&child, context);
        got_close(&child, context)
    });
}

/// Ends a child that nobody will know of, since its start has failed after all.
fn abandon(handle: &Running) {
    let pidfd = handle.pidfd.borrow().clone();
    if let Some(pidfd) = pidfd {
        // It can only have ended by itself meanwhile.
        let _ = signals::kill_child(&*pidfd, libc::SIGKILL);
    }
}

/// Waits for the end of the process, which makes its pidfd readable.
fn watch(
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
        end_grace(child, &handle, context);
        got_close(child, context)
    });
}

/// A child that has ended reads nothing any more.
fn destroy_input(child: &JsObject, context: &mut Context) -> JsResult<()> {
    match pipes(child).and_then(|pipes| pipes.of_slot(0)) {
        Some(input) => input.destroy(child, context),
        None => Ok(()),
    }
}

fn flush_later(child: &JsObject, context: &mut Context) {
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
