//! The classes `MessagePort`, `MessageChannel` and `BroadcastChannel`.

use std::rc::Rc;

use boa_engine::{Context, JsError, JsNativeError, JsObject, JsResult, JsValue, js_string};

use super::{
    broadcast::{self, BROADCAST_CHANNEL},
    message::{decode, encode},
    port::{self, End, Port, port_of},
    queue::PortEnd,
    transfer::{self, Transfers},
};
use crate::{
    bindings::{
        event_target::{
            self, define_event_handler, define_inspect, message_event, node_style_class,
        },
        inspect::custom,
        warning,
    },
    engine::{
        builtins,
        classes::{Class, ClassSpec, class, new_target},
        errors::{Code, coded},
        natives::{Method, arg, define_methods, define_value, function},
    },
};

const MESSAGE_PORT: ClassSpec = ClassSpec {
    methods: METHODS,
    enumerable: true,
    ..ClassSpec::new("MessagePort", 0, |_, _, context| {
        Err(coded(context, Code::ERR_CONSTRUCT_CALL_INVALID, "Constructor cannot be called"))
    })
};

const METHODS: &[Method] = &[
    ("postMessage", 0, post_message),
    ("start", 0, start),
    ("close", 0, close),
    ("ref", 0, set_ref),
    ("unref", 0, unset_ref),
    ("hasRef", 0, has_ref),
];

const MESSAGE_CHANNEL: ClassSpec = ClassSpec::new("MessageChannel", 0, construct_channel);

/// The classes of a realm.
pub(super) struct Classes {
    pub(super) port: Class,
    pub(super) channel: Class,
    pub(super) broadcast: Class,
}

/// The classes; they are made if they were not.
pub(super) fn of(context: &mut Context) -> JsResult<Rc<Classes>> {
    if let Some(classes) = context.get_data::<Rc<Classes>>() {
        return Ok(classes.clone());
    }
    let parent = node_style_class(context)?;
    let port = class(&MESSAGE_PORT, Some(&parent), context);
    for (name, kind) in [("message", "message"), ("messageerror", "messageerror")] {
        define_event_handler(&port.prototype, name, kind, context);
    }
    let targets = event_target::of(context)?;
    let create = function("[kCreateEvent]", 2, create_event, context);
    define_value(&port.prototype, targets.create_event.clone(), create.clone(), false);
    define_inspect(&port.prototype, inspect, context)?;
    let channel = class(&MESSAGE_CHANNEL, None, context);
    let broadcast = class(&BROADCAST_CHANNEL, Some(&targets.event_target), context);
    define_methods(&broadcast.prototype, broadcast::HIDDEN_METHODS, false, context);
    for name in ["message", "messageerror"] {
        define_event_handler(&broadcast.prototype, name, name, context);
    }
    define_value(&broadcast.prototype, targets.create_event.clone(), create, false);
    define_inspect(&broadcast.prototype, broadcast::inspect, context)?;
    let classes = Rc::new(Classes { port, channel, broadcast });
    context.insert_data(classes.clone());
    Ok(classes)
}

/// `new MessageChannel()`.
fn construct_channel(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Ok(new_target) = new_target(this, "MessageChannel") else {
        let message = "Cannot call constructor without `new`";
        return Err(coded(context, Code::ERR_CONSTRUCT_CALL_REQUIRED, message));
    };
    let class = of(context)?.channel.clone();
    let data = boa_engine::builtins::object::OrdinaryObject;
    let channel = crate::engine::classes::instance(&new_target, &class, data, context)?;
    let (one, other) = PortEnd::pair();
    define_value(&channel, js_string!("port1"), port::create(one, context)?, true);
    define_value(&channel, js_string!("port2"), port::create(other, context)?, true);
    Ok(channel.into())
}

fn receiver(this: &JsValue) -> JsResult<Rc<Port>> {
    let port = port_of(this).filter(|port| port.name.is_none());
    port.ok_or_else(|| JsNativeError::typ().with_message("Illegal invocation").into())
}

/// `port.postMessage(value, transferList)`.
fn post_message(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let port = receiver(this)?;
    let Some(value) = args.first() else {
        let message = "Not enough arguments to MessagePort.postMessage";
        return Err(coded(context, Code::ERR_MISSING_ARGS, message));
    };
    let list = transfer::decode(&arg(args, 1), context)?;
    post(&port, this.as_object().as_ref(), value, &list, context)?;
    Ok(true.into())
}

/// Sends a value through a port. Nobody gets what a closed port sends.
pub(super) fn post(
    port: &Port,
    source: Option<&JsObject>,
    value: &JsValue,
    list: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let transfers = Transfers::of(list, source, context)?;
    let message = encode(value, &transfers, context)?;
    let end = port.end.borrow();
    let Some(End::Pair(end)) = &*end else { return Ok(()) };
    if message.ports.iter().any(|other| end.is_peer_of(other)) {
        let text = "The target port was posted to itself, and the communication channel was lost";
        return warning::emit_named(text, "Warning", context);
    }
    end.post(message);
    Ok(())
}

fn start(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let port = receiver(this)?;
    if port.end.borrow().is_some() {
        port.start();
    }
    Ok(JsValue::undefined())
}

/// `port.close(callback)`.
fn close(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let port = receiver(this)?;
    let callback = arg(args, 0);
    if callback.is_callable() {
        let once = this.to_object(context)?.get(js_string!("once"), context)?;
        let once = once.to_object(context)?;
        once.call(this, &[js_string!("close").into(), callback], context)?;
    }
    port.close(context);
    Ok(JsValue::undefined())
}

fn set_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    receiver(this)?.set_ref(true, context);
    Ok(JsValue::undefined())
}

fn unset_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    receiver(this)?.set_ref(false, context);
    Ok(JsValue::undefined())
}

fn has_ref(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(receiver(this)?.has_ref().into())
}

/// The event for a message; for anything else one that tells what was emitted.
fn create_event(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (value, name) = (arg(args, 0), arg(args, 1).to_string(context)?);
    if name != js_string!("message") && name != js_string!("messageerror") {
        return event_target::custom_event(name, value, context).map(Into::into);
    }
    let ports = port_of(this).map(|port| port.current_ports.borrow().clone());
    message_event(name, value, &ports.unwrap_or_default(), context).map(Into::into)
}

/// `port[util.inspect.custom](depth, options, inspect)`.
fn inspect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Ok(port) = receiver(this) else { return Ok(this.clone()) };
    let active = port.end.borrow().is_some().into();
    let fields = [("active", active), ("refed", port.has_ref().into())];
    custom::fields(this, &fields, args, context)
}

/// `receiveMessageOnPort(port)`.
pub(super) fn receive_message(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(port) = port_of(&arg(args, 0)) else { return Err(no_port(context)) };
    let Some(message) = port.inbox.pop_message() else { return Ok(JsValue::undefined()) };
    let (value, _) = decode(message, context)?;
    let result = JsObject::with_object_proto(context.intrinsics());
    define_value(&result, js_string!("message"), value, true);
    Ok(result.into())
}

fn no_port(context: &mut Context) -> JsError {
    let message = "The \"port\" argument must be a MessagePort instance";
    coded(context, Code::ERR_INVALID_ARG_TYPE, message)
}

/// `moveMessagePortToContext(port, contextifiedSandbox)`: only values of this realm can come out of a
/// port here.
pub(super) fn move_to_context(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Ok(port) = receiver(&arg(args, 0)) else { return Err(no_port(context)) };
    if port.end.borrow().is_none() {
        let message = "Cannot send data on closed MessagePort";
        return Err(coded(context, Code::ERR_CLOSED_MESSAGE_PORT, message));
    }
    let vm = builtins::load_object("vm", context)?;
    let is_context = vm.get(js_string!("isContext"), context)?.to_object(context)?;
    let target = arg(args, 1);
    let known = target.is_object() && is_context.call(&vm.into(), &[target], context)?.to_boolean();
    if !known {
        return Err(coded(context, Code::ERR_INVALID_ARG_TYPE, "Invalid context argument"));
    }
    let message = "rjs cannot move a MessagePort to another context";
    Err(coded(context, Code::ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, message))
}
