//! The statics of `events` that take an emitter or an event target.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::object::OrdinaryObject, job::PromiseJob, js_string, object::builtins::JsArray,
};
use boa_gc::{Finalize, Trace};

use super::limits;
use crate::{
    bindings::{
        abort::{self, AbortListener},
        event_target,
    },
    engine::{
        natives::{arg, closure, define_value},
        validate,
    },
};

/// How a listener is added.
#[derive(Clone, Copy, Debug)]
pub(super) struct AddOptions {
    pub(super) once: bool,
}

/// `target[name]` where it is a function.
pub(super) fn method_of(
    target: &JsValue,
    name: &'static str,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    if target.is_null_or_undefined() {
        let message = format!("Cannot read properties of {} (reading '{name}')", target.display());
        return Err(boa_engine::JsNativeError::typ().with_message(message).into());
    }
    let method = target.to_object(context)?.get(JsString::from(name), context)?;
    Ok(method.as_callable())
}

/// Adds a listener to an emitter or an event target.
pub(super) fn add(
    target: &JsValue,
    name: &JsValue,
    listener: &JsObject,
    options: AddOptions,
    context: &mut Context,
) -> JsResult<()> {
    let args = [name.clone(), listener.clone().into()];
    if let Some(on) = method_of(target, "on", context)? {
        let once = if options.once { method_of(target, "once", context)? } else { None };
        return once.unwrap_or(on).call(target, &args, context).map(drop);
    }
    let Some(add) = method_of(target, "addEventListener", context)? else {
        return Err(not_an_emitter(target, "an instance of EventEmitter", context));
    };
    let [name, listener] = args;
    let options = listener_options(options, context)?;
    add.call(target, &[name, listener, options.into()], context).map(drop)
}

/// The options for `addEventListener`.
fn listener_options(options: AddOptions, context: &mut Context) -> JsResult<JsObject> {
    let resist = event_target::of(context)?.resist_stop.clone();
    let object = JsObject::new(context.root_shape(), None, OrdinaryObject).upcast();
    define_value(&object, js_string!("once"), options.once, true);
    define_value(&object, resist, true, true);
    Ok(object)
}

/// Removes a listener from an emitter or an event target.
pub(super) fn remove(
    target: &JsValue,
    name: &JsValue,
    listener: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let method = match method_of(target, "removeListener", context)? {
        Some(method) => Some(method),
        None => method_of(target, "removeEventListener", context)?,
    };
    let Some(method) = method else {
        return Err(not_an_emitter(target, "an instance of EventEmitter", context));
    };
    method.call(target, &[name.clone(), listener.clone().into()], context).map(drop)
}

const EITHER: &str = "an instance of EventEmitter or EventTarget";

fn not_an_emitter(value: &JsValue, expected: &str, context: &mut Context) -> JsError {
    validate::invalid_arg_type(context, "emitter", expected, value)
}

/// `events.getEventListeners(target, name)`.
pub(super) fn get_event_listeners(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let target = arg(args, 0);
    if let Some(listeners) = method_of(&target, "listeners", context)? {
        return listeners.call(&target, &[arg(args, 1)], context);
    }
    let name = limits::name_text(&arg(args, 1), context)?;
    if let Some(listeners) = event_target::listeners_of(&target, &name) {
        return Ok(JsArray::from_iter(listeners, context).into());
    }
    Err(not_an_emitter(&target, EITHER, context))
}

/// `events.listenerCount(target, name)`.
pub(super) fn listener_count(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let target = arg(args, 0);
    if let Some(count) = method_of(&target, "listenerCount", context)? {
        return count.call(&target, &[arg(args, 1)], context);
    }
    let name = limits::name_text(&arg(args, 1), context)?;
    if let Some(count) = event_target::listener_count(&target, &name) {
        return Ok(count.into());
    }
    Err(not_an_emitter(&target, EITHER, context))
}

/// `events.getMaxListeners(target)`.
pub(super) fn get_max_listeners(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let target = arg(args, 0);
    if let Some(object) = target.as_object() {
        if object.get(js_string!("getMaxListeners"), context)?.is_callable() {
            return limits::limit_of(&object, context);
        }
        let limit = super::of(context)?.max_target_listeners.clone();
        let limit = object.get(limit, context)?;
        if limit.is_number() {
            return Ok(limit);
        }
    }
    Err(not_an_emitter(&target, EITHER, context))
}

/// `events.setMaxListeners(n, ...targets)`; without targets the default of all emitters.
pub(super) fn set_max_listeners(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let events = super::of(context)?;
    let limit = match arg(args, 0) {
        limit if limit.is_undefined() => events.default_max_listeners.get().into(),
        limit => limit,
    };
    let limit = validate::number_at_least(&limit, "setMaxListeners", 0.0, context)?;
    let targets = args.get(1..).unwrap_or_default();
    if targets.is_empty() {
        events.default_max_listeners.set(limit);
    }
    for target in targets {
        if event_target::set_max_listeners(target, limit) {
            continue;
        }
        let method = match target.as_object() {
            Some(_) => method_of(target, "setMaxListeners", context)?,
            None => None,
        };
        let Some(method) = method else {
            return Err(validate::invalid_arg_type(context, "eventTargets", EITHER, target));
        };
        method.call(target, &[limit.into()], context)?;
    }
    Ok(JsValue::undefined())
}

/// `events.addAbortListener(signal, listener)`: a disposable that takes the listener off again.
pub(super) fn add_abort_listener(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let signal = arg(args, 0);
    let Some(signal) = abort::validate_signal(&signal, "signal", context)? else {
        let expected = "an instance of AbortSignal";
        return Err(validate::invalid_arg_type(context, "signal", expected, &signal));
    };
    let listener = validate::function(&arg(args, 1), "listener", context)?;
    let disposable = JsObject::new(context.root_shape(), None, OrdinaryObject).upcast();
    let registered = if abort::is_aborted(&signal, context)? {
        let job = move |context: &mut Context| listener.call(&JsValue::undefined(), &[], context);
        context.enqueue_job(PromiseJob::new(job).into());
        None
    } else {
        Some(abort::add_listener(&signal, listener, context)?)
    };
    let dispose = closure("[Symbol.dispose]", 0, AbortRegistration(registered), dispose, context);
    define_value(&disposable, JsSymbol::dispose(), dispose, true);
    Ok(disposable.into())
}

/// What a disposable of [`add_abort_listener`] takes off: nothing if the signal had aborted.
#[derive(Trace, Finalize)]
struct AbortRegistration(Option<AbortListener>);

fn dispose(
    _: &JsValue,
    _: &[JsValue],
    AbortRegistration(registered): &AbortRegistration,
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(registered) = registered {
        registered.remove(context)?;
    }
    Ok(JsValue::undefined())
}
