//! The class `Worker` as programs see it. What it does is JavaScript, which is loaded with the first
//! worker: most workers name the class and start none.

use std::{cell::OnceCell, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string,
    property::{PropertyDescriptor, PropertyKey},
};

use crate::engine::{
    builtins,
    classes::{Class, ClassSpec, class, new_target},
    natives::{closure, define_accessor, define_value},
    reflect,
};

const WORKER: ClassSpec = ClassSpec::new("Worker", 1, construct);

/// The members of its prototype before they are there.
const METHODS: &[&str] =
    &["postMessage", "terminate", "ref", "unref", "cpuUsage", "getHeapStatistics"];
const GETTERS: &[&str] = &["threadId", "threadName", "stdin", "stdout", "stderr", "resourceLimits"];

/// The class of a realm, and the one of the JavaScript half once that is loaded.
struct Workers {
    class: Class,
    inner: OnceCell<JsObject>,
}

/// Makes the class.
pub(super) fn create(context: &mut Context) -> JsResult<JsObject> {
    let emitter = builtins::load_object("events", context)?;
    let prototype = emitter.get(js_string!("prototype"), context)?.to_object(context)?;
    let parent = Class { constructor: emitter, prototype };
    let class = class(&WORKER, Some(&parent), context);
    for name in METHODS {
        let call = closure(name, 0, JsString::from(*name), call_method, context);
        define_value(&class.prototype, JsString::from(*name), call, false);
    }
    for name in GETTERS {
        let get = closure(&format!("get {name}"), 0, JsString::from(*name), call_getter, context);
        define_accessor(&class.prototype, JsString::from(*name), Some(get), None, false);
    }
    let constructor = class.constructor.clone();
    context.insert_data(Rc::new(Workers { class, inner: OnceCell::new() }));
    Ok(constructor)
}

/// The class of the JavaScript half; its members are this one's from then on.
fn load(context: &mut Context) -> JsResult<JsObject> {
    let workers = context.get_data::<Rc<Workers>>().cloned();
    let workers = workers.expect("the class was made before it was used");
    if let Some(inner) = workers.inner.get() {
        return Ok(inner.clone());
    }
    let exports = builtins::load_object("internal/worker/worker", context)?;
    let inner = exports.get(js_string!("Worker"), context)?.to_object(context)?;
    let members = inner.get(js_string!("prototype"), context)?.to_object(context)?;
    let constructor = PropertyKey::from(js_string!("constructor"));
    for key in reflect::own_keys(&members, context)? {
        if key == constructor {
            continue;
        }
        if let Some(member) = reflect::stored(&members, &key) {
            workers.class.prototype.insert_property(key, member);
        }
    }
    Ok(workers.inner.get_or_init(|| inner).clone())
}

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "Worker")?;
    let inner = load(context)?;
    inner.construct(args, Some(&new_target), context).map(Into::into)
}

/// Whoever calls it has no worker: the true one says so.
fn call_method(
    this: &JsValue,
    args: &[JsValue],
    name: &JsString,
    context: &mut Context,
) -> JsResult<JsValue> {
    let member = member(name, context)?;
    let method = member.as_ref().and_then(PropertyDescriptor::value);
    let method = method.cloned().unwrap_or_default().to_object(context)?;
    method.call(this, args, context)
}

fn call_getter(
    this: &JsValue,
    _: &[JsValue],
    name: &JsString,
    context: &mut Context,
) -> JsResult<JsValue> {
    let member = member(name, context)?;
    let getter = member.as_ref().and_then(PropertyDescriptor::get);
    getter.cloned().unwrap_or_default().to_object(context)?.call(this, &[], context)
}

fn member(name: &JsString, context: &mut Context) -> JsResult<Option<PropertyDescriptor>> {
    let inner = load(context)?;
    let members = inner.get(js_string!("prototype"), context)?.to_object(context)?;
    Ok(reflect::stored(&members, &name.clone().into()))
}
