//! `on…` attributes: a listener that is set like a property.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

use super::{Attribute, Callback, ListenerOptions, Target, listeners, target::receiver};
use crate::engine::natives::{arg, closure, define_accessor};

/// The event that an attribute is for.
#[derive(Clone, Trace, Finalize)]
struct Name(JsString);

/// Defines `on<name>` on a prototype, for events of the type `kind`.
pub(crate) fn define_event_handler(
    prototype: &JsObject,
    name: &str,
    kind: &str,
    context: &Context,
) {
    let event = Name(JsString::from(kind));
    let property = format!("on{name}");
    let get = closure(&format!("get {property}"), 0, event.clone(), get, context);
    let set = closure(&format!("set {property}"), 1, event, set, context);
    define_accessor(prototype, JsString::from(property), Some(get), Some(set), true);
}

fn get(this: &JsValue, _: &[JsValue], name: &Name, context: &mut Context) -> JsResult<JsValue> {
    let (_, target) = receiver(this, context)?;
    let value = attribute(&target, &name.0).map(|attribute| attribute.value.borrow().clone());
    Ok(value.filter(|value| !value.is_undefined()).unwrap_or(JsValue::null()))
}

fn set(this: &JsValue, args: &[JsValue], name: &Name, context: &mut Context) -> JsResult<JsValue> {
    let (object, target) = receiver(this, context)?;
    let value = arg(args, 0);
    if let Some(attribute) = attribute(&target, &name.0) {
        // It keeps the place among the listeners that it got when it was first set.
        *attribute.value.borrow_mut() = value;
        listeners::removed(&target, &name.0, context);
    } else {
        let attribute =
            Gc::new(Attribute { function: GcRefCell::default(), value: GcRefCell::new(value) });
        let function = closure("eventHandler", 0, attribute.clone(), call, context);
        *attribute.function.borrow_mut() = Some(function.into());
        target.attributes.borrow_mut().push((name.0.clone(), attribute.clone()));
        let callback = Callback::Attribute(attribute);
        listeners::push(&target, &name.0, callback, ListenerOptions::default());
    }
    listeners::added(&object, &target, &name.0, context)?;
    Ok(JsValue::undefined())
}

fn attribute(target: &Target, name: &JsString) -> Option<Gc<Attribute>> {
    let attributes = target.attributes.borrow();
    attributes.iter().find(|(known, _)| known == name).map(|(_, attribute)| attribute.clone())
}

/// The function that `events.getEventListeners` lists for an attribute.
fn call(
    this: &JsValue,
    args: &[JsValue],
    attribute: &Gc<Attribute>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = attribute.value.borrow().clone();
    match value.as_callable() {
        Some(function) => function.call(this, args, context),
        None => Ok(JsValue::undefined()),
    }
}
