//! The class `Immediate`: what `setImmediate` returns.

use std::cell::Cell;

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};
use boa_gc::{Finalize, Trace};

use super::Timers;
use crate::{
    engine::{
        async_ids::{self, AsyncId},
        callbacks,
        classes::{ClassSpec, instance, new_target},
        natives::{Method, arg, define_value},
        state,
    },
    event_loop::ImmediateId,
};

pub(super) const IMMEDIATE: ClassSpec =
    ClassSpec { methods: METHODS, ..ClassSpec::new("Immediate", 2, construct) };

const METHODS: &[Method] = &[("ref", 0, set_ref), ("unref", 0, unref), ("hasRef", 0, has_ref)];

/// The native data of an immediate.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct Immediate {
    /// The loop's immediate, until it runs or is cleared.
    id: Cell<Option<ImmediateId>>,
    refed: Cell<bool>,
    operation: AsyncId,
}

/// Makes an immediate; it runs in the next check phase.
pub(super) fn start(
    callback: JsValue,
    args: Vec<JsValue>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let timers = super::of(context)?;
    let class = timers.immediate.constructor.clone();
    create(&timers, &class, callback, args, context)
}

/// `new Immediate(callback, args)`.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "Immediate")?;
    let timers = super::of(context)?;
    let given = match arg(args, 1).as_object() {
        Some(list) => super::module::list_values(&list, context)?,
        None => Vec::new(),
    };
    create(&timers, &new_target, arg(args, 0), given, context).map(Into::into)
}

fn create(
    timers: &Timers,
    new_target: &JsObject,
    callback: JsValue,
    args: Vec<JsValue>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let operation = state::of(context).async_ids.create();
    let data = Immediate { id: Cell::new(None), refed: Cell::new(true), operation };
    let object = instance(new_target, &timers.immediate, data, context)?;
    let args = if args.is_empty() {
        JsValue::undefined()
    } else {
        JsArray::from_iter(args, context).into()
    };
    let put = |name: JsString, value: JsValue| define_value(&object, name, value, true);
    put(js_string!("_idleNext"), JsValue::null());
    put(js_string!("_idlePrev"), JsValue::null());
    put(js_string!("_onImmediate"), callback);
    put(js_string!("_argv"), args);
    put(js_string!("_destroyed"), false.into());
    let symbols = &timers.symbols;
    define_value(&object, symbols.refed.clone(), true, true);
    define_value(&object, symbols.async_id.clone(), operation.id, true);
    define_value(&object, symbols.trigger_id.clone(), operation.trigger, true);
    define_value(&object, symbols.context_frame.clone(), JsValue::undefined(), true);
    async_ids::init(operation, "Immediate", &object, context)?;
    let fired = object.clone();
    let task = Box::new(move |context: &mut Context| {
        callbacks::run(context, |context| fire(&fired, context));
    });
    let id = state::of(context).event_loop.add_immediate(task);
    with(&object, |data| data.id.set(Some(id)));
    Ok(object)
}

fn with<T>(object: &JsObject, look: impl FnOnce(&Immediate) -> T) -> Option<T> {
    object.downcast_ref::<Immediate>().map(|immediate| look(&immediate))
}

fn fire(immediate: &JsObject, context: &mut Context) -> JsResult<()> {
    let timers = super::of(context)?;
    finish(&timers, immediate, context)?;
    let callback = immediate.get(js_string!("_onImmediate"), context)?;
    let operation = with(immediate, |data| data.operation).unwrap_or_default();
    let names = (js_string!("_argv"), "immediate._onImmediate");
    let work = |context: &mut Context| super::call(immediate, &callback, names, context);
    let result = async_ids::within(operation, Some(immediate), context, work);
    immediate.set(js_string!("_onImmediate"), JsValue::null(), false, context)?;
    async_ids::destroy(operation, context)?;
    result
}

/// The immediate does not wait any more; it shows in the properties.
fn finish(timers: &Timers, immediate: &JsObject, context: &mut Context) -> JsResult<()> {
    with(immediate, |data| {
        data.id.set(None);
        data.refed.set(false);
    });
    immediate.set(js_string!("_destroyed"), true, false, context)?;
    immediate.set(timers.symbols.refed.clone(), JsValue::null(), false, context)?;
    Ok(())
}

/// `clearImmediate(immediate)`.
pub(super) fn clear(immediate: &JsObject, context: &mut Context) -> JsResult<()> {
    let Some(Some(id)) = with(immediate, |data| data.id.take()) else { return Ok(()) };
    state::of(context).event_loop.remove_immediate(id);
    let timers = super::of(context)?;
    finish(&timers, immediate, context)?;
    immediate.set(js_string!("_onImmediate"), JsValue::null(), false, context)?;
    let operation = with(immediate, |data| data.operation).unwrap_or_default();
    async_ids::destroy(operation, context)
}

fn set_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    change_ref(this, true, context)
}

fn unref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    change_ref(this, false, context)
}

fn change_ref(this: &JsValue, refed: bool, context: &mut Context) -> JsResult<JsValue> {
    let Some(immediate) = receiver(this) else { return Ok(this.clone()) };
    if let Some(Some(id)) = with(&immediate, |data| data.id.get()) {
        state::of(context).event_loop.set_immediate_ref(id, refed);
        with(&immediate, |data| data.refed.set(refed));
        let symbol = super::of(context)?.symbols.refed.clone();
        immediate.set(symbol, refed, false, context)?;
    }
    Ok(this.clone())
}

fn has_ref(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let refed = receiver(this).and_then(|object| with(&object, |data| data.refed.get()));
    Ok(refed.unwrap_or(false).into())
}

pub(super) fn dispose(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(immediate) = receiver(this) {
        clear(&immediate, context)?;
    }
    Ok(JsValue::undefined())
}

/// The immediate that a method was called on. On anything else the methods do nothing.
fn receiver(this: &JsValue) -> Option<JsObject> {
    this.as_object().filter(JsObject::is::<Immediate>)
}
