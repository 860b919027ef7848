//! `events.once`: a promise for the next emission of an event.

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

use super::targets::{self, AddOptions};
use crate::{
    bindings::abort::{self, abort_error},
    engine::{
        errors::value_of,
        natives::{arg, closure},
        validate,
    },
};

/// A promise that waits for an event.
#[derive(Trace, Finalize)]
struct Waiting {
    /// An emitter or an event target.
    emitter: JsValue,
    name: JsValue,
    signal: Option<JsObject>,
    resolve: JsFunction,
    reject: JsFunction,
    listeners: GcRefCell<Listeners>,
}

/// What was registered, by which it is removed.
#[derive(Clone, Default, Trace, Finalize)]
struct Listeners {
    event: Option<JsObject>,
    error: Option<JsObject>,
    abort: Option<JsObject>,
}

/// `once(emitter, name, options)`. As an async function: it never throws, it rejects.
pub(super) fn once(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(context);
    let reject = resolvers.reject.clone();
    if let Err(error) = begin(args, resolvers.resolve, resolvers.reject, context) {
        let error = value_of(error, context);
        reject.call(&JsValue::undefined(), &[error], context)?;
    }
    Ok(promise.into())
}

fn begin(
    args: &[JsValue],
    resolve: JsFunction,
    reject: JsFunction,
    context: &mut Context,
) -> JsResult<()> {
    let signal = signal_option(&arg(args, 2), context)?;
    if let Some(signal) = &signal
        && abort::is_aborted(signal, context)?
    {
        let reason = signal.get(js_string!("reason"), context)?;
        return Err(abort_error(Some(reason), context)?);
    }
    let (emitter, name) = (arg(args, 0), arg(args, 1));
    let listeners = GcRefCell::default();
    let waiting = Gc::new(Waiting { emitter, name, signal, resolve, reject, listeners });
    register(&waiting, context)
}

/// `options.signal`, validated.
fn signal_option(options: &JsValue, context: &mut Context) -> JsResult<Option<JsObject>> {
    if options.is_undefined() {
        return Ok(None);
    }
    let options = validate::object(options, "options", context)?;
    let signal = options.get(js_string!("signal"), context)?;
    abort::validate_signal(&signal, "options.signal", context)
}

fn register(waiting: &Gc<Waiting>, context: &mut Context) -> JsResult<()> {
    let options = AddOptions { once: true };
    let event: JsObject = closure("resolver", 0, waiting.clone(), on_event, context).into();
    waiting.listeners.borrow_mut().event = Some(event.clone());
    targets::add(&waiting.emitter, &waiting.name, &event, options, context)?;
    let is_error = waiting.name.as_string().is_some_and(|name| name == js_string!("error"));
    // Event targets have no special `error` event; emitters (who have `once`) do.
    if !is_error && let Some(once) = targets::method_of(&waiting.emitter, "once", context)? {
        let error: JsObject =
            closure("errorListener", 1, waiting.clone(), on_error, context).into();
        waiting.listeners.borrow_mut().error = Some(error.clone());
        once.call(&waiting.emitter, &[js_string!("error").into(), error.into()], context)?;
    }
    if let Some(signal) = waiting.signal.clone() {
        let abort: JsObject =
            closure("abortListener", 0, waiting.clone(), on_abort, context).into();
        waiting.listeners.borrow_mut().abort = Some(abort.clone());
        targets::add(&signal.into(), &js_string!("abort").into(), &abort, options, context)?;
    }
    Ok(())
}

fn on_event(
    _: &JsValue,
    args: &[JsValue],
    waiting: &Gc<Waiting>,
    context: &mut Context,
) -> JsResult<JsValue> {
    remove_error(waiting, context)?;
    remove_abort(waiting, context)?;
    let values = JsArray::from_iter(args.iter().cloned(), context);
    waiting.resolve.call(&JsValue::undefined(), &[values.into()], context)
}

fn on_error(
    _: &JsValue,
    args: &[JsValue],
    waiting: &Gc<Waiting>,
    context: &mut Context,
) -> JsResult<JsValue> {
    remove_event(waiting, context)?;
    remove_abort(waiting, context)?;
    waiting.reject.call(&JsValue::undefined(), &[arg(args, 0)], context)
}

fn on_abort(
    _: &JsValue,
    _: &[JsValue],
    waiting: &Gc<Waiting>,
    context: &mut Context,
) -> JsResult<JsValue> {
    remove_event(waiting, context)?;
    remove_error(waiting, context)?;
    let reason = match &waiting.signal {
        Some(signal) => signal.get(js_string!("reason"), context)?,
        None => JsValue::undefined(),
    };
    let error = abort_error(Some(reason), context)?;
    let error = value_of(error, context);
    waiting.reject.call(&JsValue::undefined(), &[error], context)
}

fn remove_event(waiting: &Waiting, context: &mut Context) -> JsResult<()> {
    let listener = waiting.listeners.borrow().event.clone();
    let Some(listener) = listener else { return Ok(()) };
    targets::remove(&waiting.emitter, &waiting.name, &listener, context)
}

fn remove_error(waiting: &Waiting, context: &mut Context) -> JsResult<()> {
    let listener = waiting.listeners.borrow().error.clone();
    let Some(listener) = listener else { return Ok(()) };
    // As in Node: where it cannot be removed it stays.
    if targets::method_of(&waiting.emitter, "removeListener", context)?.is_none() {
        return Ok(());
    }
    targets::remove(&waiting.emitter, &js_string!("error").into(), &listener, context)
}

fn remove_abort(waiting: &Waiting, context: &mut Context) -> JsResult<()> {
    let listener = waiting.listeners.borrow().abort.clone();
    let (Some(signal), Some(listener)) = (&waiting.signal, listener) else { return Ok(()) };
    targets::remove(&signal.clone().into(), &js_string!("abort").into(), &listener, context)
}
