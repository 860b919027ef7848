//! What `require('events')` gives: the constructor with its statics and its prototype.

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::builtins::JsFunction, property::PropertyDescriptor,
};

use super::{
    Events, Natives, capture, emit, inspection, limits, listeners, once, removal, targets,
};
use crate::engine::{
    builtins,
    natives::{Method, arg, define_accessor, define_value, function, registered_symbol},
    scripts,
};

/// Methods of the prototype before and after the aliases, in Node's order.
const METHODS: &[Method] = &[
    ("setMaxListeners", 1, limits::set_max_listeners),
    ("getMaxListeners", 0, limits::get_max_listeners),
    ("emit", 1, emit::method),
    ("addListener", 2, listeners::on),
    ("prependListener", 2, listeners::prepend),
    ("once", 2, listeners::once),
    ("prependOnceListener", 2, listeners::prepend_once),
    ("removeListener", 2, removal::off),
    ("removeAllListeners", 1, removal::remove_all),
    ("listeners", 1, inspection::listeners),
    ("rawListeners", 1, inspection::raw_listeners),
    ("listenerCount", 2, inspection::listener_count_method),
    ("eventNames", 0, inspection::event_names),
];

/// Names under which the prototype has a method twice: after which method, as what.
const ALIASES: &[(&str, &str)] = &[("addListener", "on"), ("removeListener", "off")];

const STATICS: &[Method] = &[
    ("addAbortListener", 2, targets::add_abort_listener),
    ("once", 2, once::once),
    ("on", 2, on),
    ("getEventListeners", 2, targets::get_event_listeners),
    ("getMaxListeners", 1, targets::get_max_listeners),
    ("listenerCount", 2, targets::listener_count),
];

/// Makes `EventEmitter` and the state that its natives share.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let constructor = constructor(context)?;
    let prototype = constructor
        .get(js_string!("prototype"), context)?
        .as_object()
        .expect("a JavaScript function has a prototype object");
    let events = Rc::new(events(prototype, context)?);
    fill_constructor(&constructor, &events, context);
    let result = constructor.clone().into();
    context.insert_data(events);
    Ok(result)
}

/// A JavaScript function: only those can be called on an existing object and with `new`.
fn constructor(context: &mut Context) -> JsResult<JsObject> {
    let source = "'use strict'; \
        (init => { function EventEmitter(opts) { init(this, opts); } return EventEmitter; })";
    let make = scripts::evaluate(source, "node:events", context)?;
    let make = make.as_callable().expect("the source is a function");
    let initialize = function("init", 2, init_first_argument, context);
    let made = make.call(&JsValue::undefined(), &[initialize.into()], context)?;
    Ok(made.as_object().expect("the source returns a function"))
}

/// `EventEmitter.init`, called on the emitter.
fn init(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let emitter = super::receiver(this, context)?;
    super::initialize(&emitter, &arg(args, 0), context)?;
    Ok(JsValue::undefined())
}

fn init_first_argument(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let emitter = super::receiver(&arg(args, 0), context)?;
    super::initialize(&emitter, &arg(args, 1), context)?;
    Ok(JsValue::undefined())
}

/// Fills the prototype and gathers the shared state.
fn events(prototype: JsObject, context: &mut Context) -> JsResult<Events> {
    let capture = symbol("kCapture");
    let hidden = PropertyDescriptor::builder()
        .value(false)
        .writable(true)
        .enumerable(false)
        .configurable(false);
    prototype.insert_property(capture.clone(), hidden.build());
    define_value(&prototype, js_string!("_events"), JsValue::undefined(), true);
    define_value(&prototype, js_string!("_eventsCount"), 0, true);
    define_value(&prototype, js_string!("_maxListeners"), JsValue::undefined(), true);
    define_prototype_methods(&prototype, context);
    let mut native = |name: &'static str| -> JsResult<JsObject> {
        let method = prototype.get(JsString::from(name), context)?;
        Ok(method.as_object().expect("the method was just defined"))
    };
    let natives = Natives {
        emit: native("emit")?,
        add_listener: native("addListener")?,
        prepend_listener: native("prependListener")?,
        remove_listener: native("removeListener")?,
        remove_all_listeners: native("removeAllListeners")?,
    };
    Ok(Events {
        prototype,
        capture,
        shape_mode: symbol("shapeMode"),
        error_monitor: symbol("events.errorMonitor"),
        rejection: registered_symbol("nodejs.rejection", context)?,
        max_target_listeners: symbol("events.maxEventTargetListeners"),
        max_target_listeners_warned: symbol("events.maxEventTargetListenersWarned"),
        natives,
        default_max_listeners: Cell::new(10.0),
    })
}

fn define_prototype_methods(prototype: &JsObject, context: &mut Context) {
    for &(name, length, call) in METHODS {
        let method = function(name, length, call, context);
        define_value(prototype, JsString::from(name), method.clone(), true);
        for (_, alias) in ALIASES.iter().filter(|(of, _)| *of == name) {
            define_value(prototype, JsString::from(*alias), method.clone(), true);
        }
    }
}

/// The statics, in Node's order.
fn fill_constructor(constructor: &JsObject, events: &Events, context: &mut Context) {
    for &(name, length, call) in STATICS {
        define_value(
            constructor,
            JsString::from(name),
            function(name, length, call, context),
            true,
        );
    }
    define_value(constructor, js_string!("EventEmitter"), constructor.clone(), true);
    define_value(constructor, js_string!("usingDomains"), false, true);
    let symbol = events.rejection.clone();
    define_value(constructor, js_string!("captureRejectionSymbol"), symbol, true);
    let get = function("get", 0, capture::get_default, context);
    let set = function("set", 1, capture::set_default, context);
    define_permanent(constructor, "captureRejections", get, set);
    let get = function("lazyEventEmitterAsyncResource", 0, async_resource, context);
    let name = js_string!("EventEmitterAsyncResource");
    define_accessor(constructor, name, Some(get), None, true);
    define_value(constructor, js_string!("errorMonitor"), events.error_monitor.clone(), true);
    let get = function("get", 0, limits::default_max_listeners, context);
    let set = function("set", 1, limits::set_default_max_listeners, context);
    define_permanent(constructor, "defaultMaxListeners", get, set);
    define_constant(constructor, "kMaxEventTargetListeners", &events.max_target_listeners);
    let warned = &events.max_target_listeners_warned;
    define_constant(constructor, "kMaxEventTargetListenersWarned", warned);
    let set_max = function("", 0, targets::set_max_listeners, context);
    define_value(constructor, js_string!("setMaxListeners"), set_max, true);
    let init = function("", 1, init, context);
    define_value(constructor, js_string!("init"), init, true);
}

/// An accessor that programs cannot redefine.
fn define_permanent(object: &JsObject, name: &'static str, get: JsFunction, set: JsFunction) {
    let descriptor =
        PropertyDescriptor::builder().get(get).set(set).enumerable(true).configurable(false);
    object.insert_property(JsString::from(name), descriptor.build());
}

fn define_constant(object: &JsObject, name: &'static str, value: &JsSymbol) {
    let descriptor = PropertyDescriptor::builder()
        .value(value.clone())
        .writable(false)
        .enumerable(false)
        .configurable(false);
    object.insert_property(JsString::from(name), descriptor.build());
}

fn symbol(description: &str) -> JsSymbol {
    JsSymbol::new(Some(JsString::from(description))).expect("2^64 symbols are never made")
}

/// `events.on`: an async iterator, in JavaScript because it is rare and made of promises.
fn on(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let on = builtins::load_object("internal/events/on", context)?;
    on.call(this, args, context)
}

/// `EventEmitterAsyncResource` comes with `async_hooks`.
fn async_resource(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    builtins::load("internal/events/async_resource", context)
}
