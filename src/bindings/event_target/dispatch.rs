//! Dispatching an event to the listeners of a target.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, job::PromiseJob, js_string,
};
use boa_gc::Gc;

use super::{Callback, Event, Listener, Target, event, listeners};
use crate::engine::{
    errors::value_of,
    natives::{arg, function},
    state,
};

/// A dispatch under way.
struct Dispatch<'a> {
    object: &'a JsObject,
    target: &'a Gc<Target>,
    name: &'a JsString,
    /// What Node-style listeners get.
    value: &'a JsValue,
    /// What the others get; made when the first of them comes.
    event: Option<JsObject>,
}

/// Dispatches an event of the runtime's own making, as `signal` does `abort`.
pub(crate) fn dispatch_new(
    object: &JsObject,
    target: &Gc<Target>,
    name: JsString,
    context: &mut Context,
) -> JsResult<()> {
    if target.with_kind(&name, <[_]>::is_empty).unwrap_or(true) {
        return Ok(());
    }
    let classes = super::of(context)?;
    let event = event::trusted(&classes, name.clone(), context);
    dispatch(object, target, &name, &event.clone().into(), Some(event), context)
}

/// Dispatches a value: Node-style listeners get it, others an event made of it.
pub(crate) fn dispatch_value(
    object: &JsObject,
    name: &JsString,
    value: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    match super::target_of(&object.clone().into()) {
        Some(target) => dispatch(object, &target, name, value, None, context),
        None => Ok(()),
    }
}

/// Calls the listeners in order. What they throw is uncaught, in a tick of its own each.
pub(super) fn dispatch(
    object: &JsObject,
    target: &Gc<Target>,
    name: &JsString,
    value: &JsValue,
    event: Option<JsObject>,
    context: &mut Context,
) -> JsResult<()> {
    let mut dispatch = Dispatch { object, target, name, value, event };
    dispatch.with_event(|event| event.begin(object));
    let result = dispatch.run(context);
    dispatch.with_event(Event::end);
    result
}

impl Dispatch<'_> {
    fn with_event<T>(&self, look: impl FnOnce(&Event) -> T) -> Option<T> {
        let event = self.event.as_ref()?;
        event.downcast_ref::<Event>().map(|event| look(&event))
    }

    fn run(&mut self, context: &mut Context) -> JsResult<()> {
        let mut next = self.following(None);
        while let Some(listener) = next {
            // Decided before the call: what the call adds behind the last one waits.
            next = self.following(Some(listener.id));
            let stopped = self.with_event(Event::is_stopped).unwrap_or(false);
            if listener.removed.get() || (stopped && !listener.options.resists_stop) {
                continue;
            }
            if listener.options.once {
                listeners::take(self.target, self.name, &listener);
                listeners::removed(self.target, self.name, context);
            }
            if let Err(error) = self.call(&listener, context) {
                match listener.callback {
                    // Node calls `handleEvent` in an async function: one microtask later.
                    Callback::Object(_) => reject_later(error, context),
                    _ => throw_later(error, context),
                }
            }
            self.with_event(|event| event.set_in_passive_listener(false));
        }
        Ok(())
    }

    /// The first listener whose id is higher than `id`.
    fn following(&self, id: Option<u64>) -> Option<Gc<Listener>> {
        let first = id.map_or(0, |id| id + 1);
        self.target
            .with_kind(self.name, |listeners| {
                listeners.iter().find(|listener| listener.id >= first).cloned()
            })
            .flatten()
    }

    fn call(&mut self, listener: &Listener, context: &mut Context) -> JsResult<()> {
        if let Callback::Removal { target, name, listener, capture } = &listener.callback {
            return match target.upgrade() {
                Some(target) => listeners::remove(&target, name, listener, *capture, context),
                None => Ok(()),
            };
        }
        let argument = if listener.options.node_style {
            self.value.clone()
        } else {
            self.event(context)?.into()
        };
        if listener.options.passive && !listener.options.node_style {
            self.with_event(|event| event.set_in_passive_listener(true));
        }
        let result = self.invoke(&listener.callback, argument, context)?;
        if !listener.options.node_style {
            self.with_event(Event::end);
        }
        if !result.is_null_or_undefined() {
            watch(&result, context)?;
        }
        Ok(())
    }

    fn invoke(
        &self,
        callback: &Callback,
        argument: JsValue,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        let this = self.object.clone().into();
        match callback {
            Callback::Function(function) => function.call(&this, &[argument], context),
            Callback::Attribute(attribute) => {
                let function = attribute.value.borrow().as_callable();
                match function {
                    Some(function) => function.call(&this, &[argument], context),
                    None => Ok(JsValue::undefined()),
                }
            }
            Callback::Object(object) => {
                let handle = object.get(js_string!("handleEvent"), context)?;
                match handle.as_callable() {
                    Some(handle) => handle.call(&object.clone().into(), &[argument], context),
                    None => Ok(JsValue::undefined()),
                }
            }
            Callback::Removal { .. } => Ok(JsValue::undefined()),
        }
    }

    /// The event, made now if only a value was emitted.
    fn event(&mut self, context: &mut Context) -> JsResult<JsObject> {
        if let Some(event) = &self.event {
            return Ok(event.clone());
        }
        let classes = super::of(context)?;
        let create = self.object.get(classes.create_event.clone(), context)?;
        let event = match create.as_callable() {
            Some(create) => {
                let args = [self.value.clone(), self.name.clone().into()];
                create.call(&self.object.clone().into(), &args, context)?.to_object(context)?
            }
            None => event::custom(&classes, self.name.clone(), self.value.clone(), context),
        };
        self.event = Some(event.clone());
        self.with_event(|event| event.begin(self.object));
        Ok(event)
    }
}

/// A listener's promise: its rejection is uncaught.
fn watch(result: &JsValue, context: &mut Context) -> JsResult<()> {
    let then = result.to_object(context)?.get(js_string!("then"), context)?;
    if let Some(then) = then.as_callable() {
        let rejected = function("", 1, on_rejected, context);
        then.call(result, &[JsValue::undefined(), rejected.into()], context)?;
    }
    Ok(())
}

fn on_rejected(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    throw_later(JsError::from_opaque(arg(args, 0)), context);
    Ok(JsValue::undefined())
}

/// Throws in the tick that follows the next microtask.
fn reject_later(error: JsError, context: &mut Context) {
    let value = value_of(error, context);
    let job = PromiseJob::new(move |context| {
        throw_later(JsError::from_opaque(value), context);
        Ok(JsValue::undefined())
    });
    context.enqueue_job(job.into());
}

/// Throws in the next tick, where nobody can catch it but `uncaughtException`.
fn throw_later(error: JsError, context: &mut Context) {
    let value = value_of(error, context);
    state::of(context).ticks.push_native(move |_| Err(JsError::from_opaque(value)));
}
