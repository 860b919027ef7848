//! `internal/event_target`: the classes, and what other builtins need of them.

use std::rc::Rc;

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    property::PropertyDescriptor,
};

use super::{
    EventTargets, define_event_handler, dispatch,
    event::{self, CUSTOM_EVENT, EVENT, PHASES},
    target::{self, EVENT_TARGET, receiver},
};
use crate::{
    bindings::{events, inspect::custom},
    engine::{
        classes::class,
        natives::{
            Method, Native, arg, define_accessor, define_methods, define_value, function,
            registered_symbol,
        },
    },
};

/// What JavaScript halves that extend EventTarget need.
const METHODS: &[Method] =
    &[("defineEventHandler", 2, define_handler), ("dispatchValue", 3, dispatch_value)];

/// Makes the classes and the state that their natives share.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let event = class(&EVENT, None, context);
    let custom_event = class(&CUSTOM_EVENT, Some(&event), context);
    let event_target = class(&EVENT_TARGET, None, context);
    let state = EventTargets {
        event,
        custom_event,
        event_target,
        resist_stop: symbol("kResistStopPropagation"),
        node_style: symbol("kIsNodeStyleListener"),
        trust: symbol("kTrustEvent"),
        create_event: symbol("kCreateEvent"),
    };
    finish_event(&state, context)?;
    finish_target(&state, context)?;
    let exports = exports_object(&state, context);
    context.insert_data(Rc::new(state));
    Ok(exports.into())
}

fn exports_object(state: &EventTargets, context: &mut Context) -> JsObject {
    let exports = JsObject::with_object_proto(context.intrinsics());
    define_value(&exports, js_string!("Event"), state.event.constructor.clone(), true);
    let custom_event = state.custom_event.constructor.clone();
    define_value(&exports, js_string!("CustomEvent"), custom_event, true);
    let event_target = state.event_target.constructor.clone();
    define_value(&exports, js_string!("EventTarget"), event_target, true);
    define_methods(&exports, METHODS, true, context);
    for (name, symbol) in [
        ("kResistStopPropagation", &state.resist_stop),
        ("kIsNodeStyleListener", &state.node_style),
        ("kTrustEvent", &state.trust),
        ("kCreateEvent", &state.create_event),
    ] {
        define_value(&exports, JsString::from(name), symbol.clone(), true);
    }
    exports
}

fn finish_event(state: &EventTargets, context: &mut Context) -> JsResult<()> {
    for &(name, value) in PHASES {
        let constant = PropertyDescriptor::builder()
            .value(value)
            .writable(false)
            .enumerable(true)
            .configurable(false);
        state.event.constructor.insert_property(JsString::from(name), constant.build());
    }
    let prototype = &state.event.prototype;
    let trusted = PropertyDescriptor::builder()
        .get(function("get isTrusted", 0, event::is_trusted, context))
        .enumerable(true)
        .configurable(false);
    prototype.insert_property(js_string!("isTrusted"), trusted.build());
    define_inspect(prototype, event::inspect, context)
}

fn finish_target(state: &EventTargets, context: &mut Context) -> JsResult<()> {
    let mark = registered_symbol("nodejs.event_target", context)?;
    define_value(&state.event_target.constructor, mark, true, true);
    let prototype = &state.event_target.prototype;
    let symbols = events::of(context)?;
    let get = function("", 0, target::max_listeners, context);
    let set = function("", 1, target::set_max_listeners, context);
    let key = symbols.max_target_listeners.clone();
    define_accessor(prototype, key, Some(get), Some(set), false);
    let get = function("", 0, target::warned, context);
    let set = function("", 1, target::set_warned, context);
    let key = symbols.max_target_listeners_warned.clone();
    define_accessor(prototype, key, Some(get), Some(set), false);
    define_inspect(prototype, target::inspect, context)
}

/// Defines `[util.inspect.custom]`.
pub(crate) fn define_inspect(
    prototype: &JsObject,
    inspect: Native,
    context: &mut Context,
) -> JsResult<()> {
    let symbol = custom::symbol(context)?;
    let inspect = function("[nodejs.util.inspect.custom]", 2, inspect, context);
    define_value(prototype, symbol, inspect, false);
    Ok(())
}

fn symbol(description: &str) -> JsSymbol {
    JsSymbol::new(Some(JsString::from(description))).expect("2^64 symbols are never made")
}

/// `defineEventHandler(prototype, name)`.
fn define_handler(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(prototype) = arg(args, 0).as_object() else {
        return Err(JsNativeError::typ().with_message("a prototype is an object").into());
    };
    let name = arg(args, 1).to_string(context)?.to_std_string_lossy();
    define_event_handler(&prototype, &name, &name, context);
    Ok(JsValue::undefined())
}

/// `dispatchValue(target, type, value)`: Node-style listeners get the value, others an event.
fn dispatch_value(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (object, target) = receiver(&arg(args, 0), context)?;
    let name = arg(args, 1).to_string(context)?;
    dispatch::dispatch(&object, &target, &name, &arg(args, 2), None, context)?;
    Ok(JsValue::undefined())
}
