//! Signals: `process.kill`, and the events that carry a signal's name.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use crate::{
    bindings::{
        events::{self, Position},
        trace, worker_threads,
    },
    engine::{
        callbacks,
        errors::{Code, Wording, coded, throw_sys},
        natives::{arg, function},
        signals as reach, state, validate,
    },
    event_loop::{Interest, SourceId},
    sys::{
        errno::Errno,
        error::SysError,
        signals::{self, SignalWatch},
        strangers,
    },
};

/// The signals that the program listens for.
#[derive(Default)]
struct Watches(RefCell<HashMap<i32, (SourceId, Rc<SignalWatch>)>>);

/// Listens for listeners: a signal is watched while somebody listens for it.
pub(super) fn install(process: &JsObject, context: &mut Context) -> JsResult<()> {
    context.insert_data(Rc::new(Watches::default()));
    let start = function("startListeningIfSignal", 1, start_listening, context);
    let stop = function("stopListeningIfSignal", 1, stop_listening, context);
    events::add_listener(process, js_string!("newListener"), start, Position::Last, context)?;
    events::add_listener(process, js_string!("removeListener"), stop, Position::Last, context)
}

fn watches(context: &Context) -> Rc<Watches> {
    context.get_data::<Rc<Watches>>().expect("process::create installs the watches").clone()
}

/// The signal that an event's name means.
fn signal_of(event: &JsValue) -> Option<(String, i32)> {
    let name = event.as_string()?.to_std_string_lossy();
    let number = signals::number(&name)?;
    Some((name, number))
}

fn start_listening(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    // Signals are the main thread's, and a host's.
    if worker_threads::inside(context).is_some() || !reach::are_heard(context) {
        return Ok(JsValue::undefined());
    }
    let Some((name, number)) = signal_of(&arg(args, 0)) else { return Ok(JsValue::undefined()) };
    let watches = watches(context);
    if watches.0.borrow().contains_key(&number) {
        return Ok(JsValue::undefined());
    }
    let watch =
        SignalWatch::start(number).map_err(|error| throw_sys(context, &error, Wording::Short))?;
    let event_loop = state::of(context).event_loop.clone();
    let watch = Rc::new(watch);
    let reader = watch.clone();
    let callback = Rc::new(move |context: &mut Context, _| {
        for _ in 0..reader.take() {
            emit_signal(&name, number, context);
        }
    });
    let added = event_loop.add_source(watch.clone(), Interest::READABLE, callback);
    let id = added.map_err(|error| {
        let error = SysError::new(Errno::of(&error), "uv_signal_start");
        throw_sys(context, &error, Wording::Short)
    })?;
    event_loop.set_source_ref(id, false);
    event_loop.set_source_kind(id, "SignalWrap");
    event_loop.set_source_last(id, true);
    watches.0.borrow_mut().insert(number, (id, watch));
    Ok(JsValue::undefined())
}

fn emit_signal(name: &str, number: i32, context: &mut Context) {
    let process = super::state(context).object.clone();
    callbacks::enter(context, |context| {
        let name = JsString::from(name);
        events::emit(&process, name.clone(), &[name.into(), number.into()], context)
    });
}

fn stop_listening(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let event = arg(args, 0);
    let Some((_, number)) = signal_of(&event) else { return Ok(JsValue::undefined()) };
    let process = super::state(context).object.clone();
    if events::listener_count(&process, event, context)? > 0 {
        return Ok(JsValue::undefined());
    }
    let removed = watches(context).0.borrow_mut().remove(&number);
    if let Some((id, watch)) = removed {
        // At once: the listener that runs right now may want to die of the signal.
        watch.stop();
        state::of(context).event_loop.remove_source(id);
    }
    Ok(JsValue::undefined())
}

/// `process.kill(pid, signal = 'SIGTERM')`.
pub(super) fn kill(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = arg(args, 0);
    // What Node compares is `pid != (pid | 0)`: numbers in strings are taken, other types are not.
    let pid = given.to_number(context)?;
    if pid.fract() != 0.0 || pid.abs() > f64::from(i32::MAX) || pid.is_nan() || given.is_null() {
        return Err(validate::invalid_arg_type(context, "pid", "of type number", &given));
    }
    let signal = signal_number(&arg(args, 1), context)?;
    let process = super::state(context).object.clone();
    // A program may put its own in the place of `_kill`.
    let raw = process.get(js_string!("_kill"), context)?.to_object(context)?;
    let answer = raw.call(&process.into(), &[given, signal.into()], context)?;
    match answer.as_number() {
        Some(number) if number != 0.0 => {
            let error = SysError::new(Errno(-(number as i32)), "kill");
            Err(throw_sys(context, &error, Wording::Short))
        }
        _ => Ok(true.into()),
    }
}

/// `process._kill(pid, signal)`: 0, or the error's number.
pub(super) fn raw_kill(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (pid, signal) = (arg(args, 0).to_i32(context)?, arg(args, 1).to_i32(context)?);
    // Held fast while it is looked at: its number might become another's.
    let held = if pid > 0 && !reach::are_heard(context) { strangers::open(pid).ok() } else { None };
    // Whether somebody is there may be asked of all; who is not there, is told.
    if signal != 0 && !reach::may_reach(pid, context) {
        return match signals::kill(pid, 0) {
            Ok(()) => Err(reach::denied(pid, context)),
            Err(error) => Ok((-error.errno.0).into()),
        };
    }
    if let Some(trace) = trace::of(context) {
        trace.signalled(pid, signal);
    }
    let sent = match held {
        Some(pidfd) => signals::kill_child(pidfd, signal),
        None => signals::kill(pid, signal),
    };
    Ok(sent.err().map_or(0, |error| -error.errno.0).into())
}

/// The number that a signal argument means: a number itself, a name, `SIGTERM` where there is none.
pub(crate) fn signal_number(value: &JsValue, context: &mut Context) -> JsResult<i32> {
    if let Some(number) = value.as_number()
        && number.fract() == 0.0
    {
        return Ok(number as i32);
    }
    if !value.to_boolean() {
        return Ok(signals::number("SIGTERM").unwrap_or(15));
    }
    let name = value.as_string().map(|name| name.to_std_string_lossy());
    if let Some(number) = name.as_deref().and_then(signals::number) {
        return Ok(number);
    }
    let shown = match name {
        Some(name) => name,
        None => validate::shown(value, context),
    };
    Err(coded(context, Code::ERR_UNKNOWN_SIGNAL, format!("Unknown signal: {shown}")))
}
