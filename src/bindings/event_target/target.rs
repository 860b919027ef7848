//! The class EventTarget.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::Gc;

use super::{Event, ListenerOptions, Target, create, dispatch, listeners, target_of};
use crate::{
    bindings::{abort, events, inspect::custom, warning},
    engine::{
        classes::{ClassSpec, new_target},
        errors::{Code, coded},
        natives::{Method, arg, define_value},
        validate,
    },
};

pub(super) const EVENT_TARGET: ClassSpec = ClassSpec {
    methods: METHODS,
    tag: Some("EventTarget"),
    enumerable: true,
    ..ClassSpec::new("EventTarget", 0, construct)
};

const METHODS: &[Method] = &[
    ("addEventListener", 2, add_event_listener),
    ("removeEventListener", 2, remove_event_listener),
    ("dispatchEvent", 1, dispatch_event),
];

fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "EventTarget")?;
    let max_listeners = events::default_max_listeners(context)?;
    let class = super::of(context)?.event_target.clone();
    create(&new_target, &class, max_listeners, None, context).map(Into::into)
}

/// The target that `this` is, or `ERR_INVALID_THIS`.
pub(super) fn receiver(this: &JsValue, context: &mut Context) -> JsResult<(JsObject, Gc<Target>)> {
    match (this.as_object(), target_of(this)) {
        (Some(object), Some(target)) => Ok((object, target)),
        _ => Err(validate::invalid_this(context, "EventTarget")),
    }
}

fn add_event_listener(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (object, target) = receiver(this, context)?;
    if args.len() < 2 {
        return Err(validate::missing_args(context, &["type", "listener"]));
    }
    // The options first: their getters run whatever the listener is.
    let (options, signal) = decode_options(&arg(args, 2), context)?;
    if let Some(signal) = &signal
        && abort::is_aborted(signal, context)?
    {
        return Ok(JsValue::undefined());
    }
    let Some(listener) = decode_listener(&args[1], context)? else {
        warn_no_effect(&object, args, context)?;
        return Ok(JsValue::undefined());
    };
    let name = decode_type(&args[0], context)?;
    if let Some(signal) = signal {
        listeners::remove_on_abort(&target, &signal, &name, &listener, options, context)?;
    }
    listeners::add(&object, &target, &name, listener, options, context)?;
    Ok(JsValue::undefined())
}

/// As `addEventListener(type, listener)`, with these options.
pub(super) fn add_listener(
    this: &JsValue,
    args: &[JsValue],
    options: ListenerOptions,
    context: &mut Context,
) -> JsResult<()> {
    let (object, target) = receiver(this, context)?;
    if args.len() < 2 {
        return Err(validate::missing_args(context, &["type", "listener"]));
    }
    let Some(listener) = decode_listener(&args[1], context)? else {
        return warn_no_effect(&object, args, context);
    };
    let name = decode_type(&args[0], context)?;
    listeners::add(&object, &target, &name, listener, options, context)
}

pub(super) fn remove_event_listener(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (_, target) = receiver(this, context)?;
    if args.len() < 2 {
        return Err(validate::missing_args(context, &["type", "listener"]));
    }
    let Some(listener) = decode_listener(&args[1], context)? else {
        return Ok(JsValue::undefined());
    };
    let name = decode_type(&args[0], context)?;
    let options = arg(args, 2);
    let capture = match options.as_object() {
        Some(options) => options.get(js_string!("capture"), context)?.as_boolean() == Some(true),
        None => false,
    };
    listeners::remove(&target, &name, &listener, capture, context)?;
    Ok(JsValue::undefined())
}

fn dispatch_event(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (object, target) = receiver(this, context)?;
    let Some(value) = args.first() else {
        return Err(validate::missing_args(context, &["event"]));
    };
    let Some(event) = value.as_object().filter(JsObject::is::<Event>) else {
        return Err(validate::invalid_arg_type(context, "event", "an instance of Event", value));
    };
    let (name, busy) = event
        .downcast_ref::<Event>()
        .map(|event| (event.kind(), event.is_dispatching()))
        .unwrap_or_default();
    if busy {
        return Err(recursion(&name, context));
    }
    dispatch::dispatch(&object, &target, &name, value, Some(event.clone()), context)?;
    let prevented = event.downcast_ref::<Event>().is_some_and(|event| event.is_default_prevented());
    Ok((!prevented).into())
}

fn recursion(name: &JsString, context: &mut Context) -> JsError {
    let message =
        format!("The event \"{}\" is already being dispatched", name.to_std_string_lossy());
    coded(context, Code::ERR_EVENT_RECURSION, message)
}

/// The third argument of `addEventListener`: the flags and the signal.
fn decode_options(
    value: &JsValue,
    context: &mut Context,
) -> JsResult<(ListenerOptions, Option<JsObject>)> {
    let mut options = ListenerOptions::default();
    if value.is_null_or_undefined() {
        return Ok((options, None));
    }
    if let Some(capture) = value.as_boolean() {
        options.capture = capture;
        return Ok((options, None));
    }
    let Some(object) = value.as_object() else {
        return Err(validate::invalid_arg_type(context, "options", "of type object", value));
    };
    let symbols = super::of(context)?;
    options.once = object.get(js_string!("once"), context)?.to_boolean();
    options.capture = object.get(js_string!("capture"), context)?.to_boolean();
    options.passive = object.get(js_string!("passive"), context)?.to_boolean();
    let signal = object.get(js_string!("signal"), context)?;
    options.resists_stop = object.get(symbols.resist_stop.clone(), context)?.to_boolean();
    options.node_style = object.get(symbols.node_style.clone(), context)?.to_boolean();
    let signal = abort::validate_signal(&signal, "options.signal", context)?;
    Ok((options, signal))
}

/// A function or an object; `None` for what the DOM ignores.
fn decode_listener(value: &JsValue, context: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    match value.as_object() {
        Some(listener) => Ok(Some(listener)),
        None => {
            let expected = "an instance of EventListener";
            Err(validate::invalid_arg_type(context, "listener", expected, value))
        }
    }
}

/// The type as a string.
fn decode_type(value: &JsValue, context: &mut Context) -> JsResult<JsString> {
    if value.is_symbol() {
        return Err(validate::invalid_arg_value(context, "value", value, "is invalid"));
    }
    value.to_string(context)
}

fn warn_no_effect(target: &JsObject, args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let message =
        format!("addEventListener called with {} which has no effect.", args[1].display());
    let warning = boa_engine::JsNativeError::error().with_message(message).into_opaque(context);
    let name = js_string!("AddEventListenerArgumentTypeWarning");
    define_value(&warning, js_string!("name"), name, true);
    define_value(&warning, js_string!("target"), target.clone(), true);
    define_value(&warning, js_string!("type"), args[0].clone(), true);
    warning::emit(warning, context)
}

/// `target[util.inspect.custom](depth, options, inspect)`.
pub(super) fn inspect(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    custom::fields(this, &[], args, context)
}

/// The getter of `target[events.kMaxEventTargetListeners]`.
pub(super) fn max_listeners(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(target_of(this).map_or(JsValue::undefined(), |target| target.max_listeners.get().into()))
}

/// Its setter.
pub(super) fn set_max_listeners(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(target) = target_of(this) {
        target.max_listeners.set(arg(args, 0).to_number(context)?);
    }
    Ok(JsValue::undefined())
}

/// The getter of `target[events.kMaxEventTargetListenersWarned]`.
pub(super) fn warned(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(target_of(this).map_or(JsValue::undefined(), |target| target.warned.get().into()))
}

/// Its setter.
pub(super) fn set_warned(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    if let Some(target) = target_of(this) {
        target.warned.set(arg(args, 0).to_boolean());
    }
    Ok(JsValue::undefined())
}
