//! The start of a child: from the request to the event that tells of it.

use std::rc::Rc;

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    child::{Running, pipes, running},
    class,
    ending::{close_with_channel, destroy_input, flush_later, got_close, watch},
    ends::{self, ChildEnds, Ends},
    fork, gate, kill, looks,
    options::SpawnOptions,
    register,
    stdio::Slot,
    streams, warm,
};
use crate::{
    bindings::{
        diagnostics_channel::{Tracing, message},
        events, ipc, trace,
    },
    engine::{
        errors::{Wording, from_sys, throw_sys},
        family,
        natives::define_value,
        spawn_policy::SpawnCall,
        state,
    },
    sys::{
        channel::{FD_VARIABLE, MODE_VARIABLE},
        errno::Errno,
        error::SysError,
        signals, spawn,
    },
};

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
    handle.kill_options.set(options.kill_options);
    handle.close_grace.set(options.close_grace);
    show(child, &options, context);
    let tracing = Tracing::start("child_process.spawn", |cx| traced(child, &options, cx), context)?;
    *handle.trace.borrow_mut() = trace::starting(context);
    let (ends, outcome) = match ends::connect(&options.stdio.slots) {
        Ok((ends, theirs)) => (ends, launch(&options, &handle, &theirs, context)),
        Err(error) => (Ends::default(), Err(options.command.error(error.errno, "spawn"))),
    };
    let failure = match outcome {
        Ok(started) => {
            started_as(child, &handle, &options, started, context)?;
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
    let errno = failure.as_ref().map(|(errno, _)| *errno);
    if !errno.is_some_and(is_exhausted) {
        connect(child, &handle, &options, ends, context).inspect_err(|_| abandon(&handle))?;
    }
    announce(child, failure, context);
    kill::limit(child, &handle, &options, context)?;
    Ok(errno)
}

/// What a `ChildProcess` says of its command.
fn show(child: &JsObject, options: &SpawnOptions, context: &mut Context) {
    let file = JsString::from(options.command.file.as_str());
    define_value(child, js_string!("spawnfile"), file, true);
    let args = fork::array(options.command.args.clone(), context);
    define_value(child, js_string!("spawnargs"), args, true);
}

/// There is a process: all who have to know of it are told.
fn started_as(
    child: &JsObject,
    handle: &Rc<Running>,
    options: &SpawnOptions,
    started: spawn::Child,
    context: &mut Context,
) -> JsResult<()> {
    define_value(child, js_string!("pid"), started.pid, true);
    options.command.tell_start(started.pid, context);
    handle.is_detached.set(options.command.detached);
    register::add(child, context);
    watch(child, handle, started, context)
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

pub(super) fn thrown(error: &SysError, context: &mut Context) -> JsError {
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
pub(super) fn abandon(handle: &Running) {
    let pidfd = handle.pidfd.borrow().clone();
    if let Some(pidfd) = pidfd {
        // It can only have ended by itself meanwhile.
        let _ = signals::kill_child(&*pidfd, libc::SIGKILL);
    }
}
