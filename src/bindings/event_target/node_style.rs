//! `NodeEventTarget`: an event target with the methods of an emitter, for the targets of Node's own
//! making (message ports, for example).

use std::rc::Rc;

use boa_engine::{Context, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};

use super::{
    ListenerOptions, create, dispatch, listeners, set_max_listeners,
    target::{add_listener, receiver, remove_event_listener},
};
use crate::{
    bindings::events,
    engine::{
        builtins,
        classes::{self, Class, ClassSpec, new_target},
        natives::{Method, arg, define_value},
        validate,
    },
};

const NODE_EVENT_TARGET: ClassSpec =
    ClassSpec { methods: METHODS, ..ClassSpec::new("NodeEventTarget", 0, construct) };

const METHODS: &[Method] = &[
    ("setMaxListeners", 1, limit),
    ("getMaxListeners", 0, get_limit),
    ("eventNames", 0, event_names),
    ("listenerCount", 1, listener_count),
    ("off", 3, off),
    ("removeListener", 3, off),
    ("on", 2, on),
    ("addListener", 2, on),
    ("emit", 2, emit),
    ("once", 2, once),
    ("removeAllListeners", 1, remove_all_listeners),
];

/// The class of a realm.
struct NodeStyle(Class);

/// `internal/node_event_target`: the class.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let parent = super::of(context)?.event_target.clone();
    let class = classes::class(&NODE_EVENT_TARGET, Some(&parent), context);
    define_value(&class.constructor, js_string!("defaultMaxListeners"), 10, true);
    let exports = boa_engine::JsObject::with_object_proto(context.intrinsics());
    define_value(&exports, js_string!("NodeEventTarget"), class.constructor.clone(), true);
    context.insert_data(Rc::new(NodeStyle(class)));
    Ok(exports.into())
}

/// The class, for natives whose classes extend it.
pub(crate) fn class(context: &mut Context) -> JsResult<Class> {
    builtins::load("internal/node_event_target", context)?;
    let known = context.get_data::<Rc<NodeStyle>>();
    Ok(known.expect("loading `internal/node_event_target` inserts its class").0.clone())
}

fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "NodeEventTarget")?;
    let max_listeners = events::default_max_listeners(context)?;
    let class = class(context)?;
    create(&new_target, &class, max_listeners, None, context).map(Into::into)
}

fn limit(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    receiver(this, context)?;
    let limit = validate::number_at_least(&arg(args, 0), "setMaxListeners", 0.0, context)?;
    set_max_listeners(this, limit);
    Ok(JsValue::undefined())
}

fn get_limit(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (_, target) = receiver(this, context)?;
    Ok(target.max_listeners.get().into())
}

fn event_names(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (_, target) = receiver(this, context)?;
    let names: Vec<JsValue> =
        target.kinds.borrow().iter().map(|kind| kind.name.clone().into()).collect();
    Ok(JsArray::from_iter(names, context).into())
}

fn listener_count(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (_, target) = receiver(this, context)?;
    let name = arg(args, 0).to_string(context)?;
    Ok(target.count(&name).into())
}

fn on(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let options = ListenerOptions { node_style: true, ..ListenerOptions::default() };
    add_listener(this, args, options, context)?;
    Ok(this.clone())
}

fn once(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let options = ListenerOptions { node_style: true, once: true, ..ListenerOptions::default() };
    add_listener(this, args, options, context)?;
    Ok(this.clone())
}

fn off(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    remove_event_listener(this, args, context)?;
    Ok(this.clone())
}

fn remove_all_listeners(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (_, target) = receiver(this, context)?;
    listeners::remove_all(&target, &arg(args, 0), context)?;
    Ok(this.clone())
}

fn emit(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (object, target) = receiver(this, context)?;
    let name: JsString = validate::string(&arg(args, 0), "type", context)?;
    let is_heard = target.count(&name) > 0;
    dispatch::dispatch(&object, &target, &name, &arg(args, 1), None, context)?;
    Ok(is_heard.into())
}
