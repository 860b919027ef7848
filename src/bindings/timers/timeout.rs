//! The class `Timeout`: what `setTimeout` and `setInterval` return.

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};
use boa_gc::{Finalize, Trace};

use super::{Timers, delay};
use crate::{
    engine::{
        async_ids::{self, AsyncId},
        callbacks,
        classes::{ClassSpec, instance, new_target},
        natives::{Method, arg, define_value},
        state,
    },
    event_loop::TimerId,
};

pub(super) const TIMEOUT: ClassSpec =
    ClassSpec { methods: METHODS, ..ClassSpec::new("Timeout", 5, construct) };

const METHODS: &[Method] =
    &[("refresh", 0, refresh), ("unref", 0, unref), ("ref", 0, set_ref), ("hasRef", 0, has_ref)];

/// The native data of a timer.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct Timeout {
    /// The loop's timer, and the milliseconds that it was added for.
    timer: Cell<Option<(TimerId, u64)>>,
    /// Whether the loop repeats it by itself.
    repeats: Cell<bool>,
    refed: Cell<bool>,
    /// It neither waits nor is its callback running.
    destroyed: Cell<bool>,
    /// It was started anew while its callback ran.
    restarted: Cell<bool>,
    has_primitive: Cell<bool>,
    operation: AsyncId,
}

/// What a timer is made of.
pub(super) struct Plan {
    pub(super) callback: JsValue,
    pub(super) delay: JsValue,
    pub(super) args: Vec<JsValue>,
    pub(super) repeat: bool,
    pub(super) refed: bool,
}

/// Makes a timer and starts it.
pub(super) fn start(plan: Plan, context: &mut Context) -> JsResult<JsObject> {
    let timers = super::of(context)?;
    let class = timers.timeout.constructor.clone();
    let timer = create(&timers, &class, plan, context)?;
    let duration = duration_of(&timer, context)?;
    insert(&timers, &timer, duration, context)?;
    Ok(timer)
}

/// `new Timeout(callback, after, args, isRepeat, isRefed)`: not started.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "Timeout")?;
    let timers = super::of(context)?;
    let given = match arg(args, 2).as_object() {
        Some(list) => super::module::list_values(&list, context)?,
        None => Vec::new(),
    };
    let plan = Plan {
        callback: arg(args, 0),
        delay: arg(args, 1),
        args: given,
        repeat: arg(args, 3).to_boolean(),
        refed: arg(args, 4).to_boolean(),
    };
    create(&timers, &new_target, plan, context).map(Into::into)
}

fn create(
    timers: &Timers,
    new_target: &JsObject,
    plan: Plan,
    context: &mut Context,
) -> JsResult<JsObject> {
    let after = delay::coerce(&plan.delay, context)?;
    let data = Timeout {
        timer: Cell::new(None),
        repeats: Cell::new(false),
        refed: Cell::new(plan.refed),
        destroyed: Cell::new(false),
        restarted: Cell::new(false),
        has_primitive: Cell::new(false),
        operation: state::of(context).async_ids.create(),
    };
    let operation = data.operation;
    let object = instance(new_target, &timers.timeout, data, context)?;
    let args = if plan.args.is_empty() {
        JsValue::undefined()
    } else {
        JsArray::from_iter(plan.args, context).into()
    };
    let repeat = if plan.repeat { after.into() } else { JsValue::null() };
    let put = |name: JsString, value: JsValue| define_value(&object, name, value, true);
    put(js_string!("_idleTimeout"), after.into());
    put(js_string!("_idlePrev"), timers.list.clone().into());
    put(js_string!("_idleNext"), timers.list.clone().into());
    put(js_string!("_idleStart"), JsValue::null());
    put(js_string!("_onTimeout"), plan.callback);
    put(js_string!("_timerArgs"), args);
    put(js_string!("_repeat"), repeat);
    put(js_string!("_destroyed"), false.into());
    let symbols = &timers.symbols;
    define_value(&object, symbols.refed.clone(), plan.refed, true);
    define_value(&object, symbols.has_primitive.clone(), false, true);
    define_value(&object, symbols.async_id.clone(), operation.id, true);
    define_value(&object, symbols.trigger_id.clone(), operation.trigger, true);
    define_value(&object, symbols.context_frame.clone(), JsValue::undefined(), true);
    async_ids::init(operation, "Timeout", &object, context)?;
    Ok(object)
}

/// Looks at the native data of a timer; `None` if the object is none.
fn with<T>(object: &JsObject, look: impl FnOnce(&Timeout) -> T) -> Option<T> {
    object.downcast_ref::<Timeout>().map(|timeout| look(&timeout))
}

/// `timer._idleTimeout` as whole milliseconds; `None` once the timer was cleared.
fn duration_of(timer: &JsObject, context: &mut Context) -> JsResult<Option<u64>> {
    let after = timer.get(js_string!("_idleTimeout"), context)?.to_number(context)?;
    Ok((after >= 0.0).then_some(after as u64))
}

/// Puts a timer into the loop, as of now.
fn insert(
    timers: &Timers,
    timer: &JsObject,
    duration: Option<u64>,
    context: &mut Context,
) -> JsResult<()> {
    let Some(duration) = duration else { return Ok(()) };
    let repeats = timer.get(js_string!("_repeat"), context)?.to_boolean();
    let event_loop = state::of(context).event_loop.clone();
    let object = timer.clone();
    let callback = Rc::new(move |context: &mut Context| {
        callbacks::run(context, |context| fire(&object, context));
    });
    let id = event_loop.add_timer(duration, repeats, callback);
    with(timer, |data| {
        event_loop.set_timer_ref(id, data.refed.get());
        data.timer.set(Some((id, duration)));
        data.repeats.set(repeats);
    });
    note_start(timers, timer, context)
}

/// Shows in the properties that the timer runs.
fn note_start(timers: &Timers, timer: &JsObject, context: &mut Context) -> JsResult<()> {
    let now = state::of(context).event_loop.now();
    timer.set(js_string!("_idleStart"), now, false, context)?;
    let was_destroyed = with(timer, |data| data.destroyed.replace(false));
    if was_destroyed == Some(true) {
        timer.set(js_string!("_destroyed"), false, false, context)?;
        timer.set(js_string!("_idlePrev"), timers.list.clone(), false, context)?;
        timer.set(js_string!("_idleNext"), timers.list.clone(), false, context)?;
    }
    Ok(())
}

/// The timer is due.
fn fire(timer: &JsObject, context: &mut Context) -> JsResult<()> {
    let timers = super::of(context)?;
    let callback = timer.get(js_string!("_onTimeout"), context)?;
    if !callback.to_boolean() {
        return give_up(&timers, timer, context);
    }
    with(timer, |data| data.restarted.set(false));
    let operation = with(timer, |data| data.operation).unwrap_or_default();
    let names = (js_string!("_timerArgs"), "timer._onTimeout");
    let work = |context: &mut Context| super::call(timer, &callback, names, context);
    let result = async_ids::within(operation, Some(timer), context, work);
    // Whatever the callback threw: the timer goes on or ends first, as in Node.
    settle(&timers, timer, context)?;
    result
}

/// After the callback: the timer repeats, was started anew, or ends.
fn settle(timers: &Timers, timer: &JsObject, context: &mut Context) -> JsResult<()> {
    if with(timer, |data| data.destroyed.get()) != Some(false) {
        return Ok(());
    }
    let repeat = timer.get(js_string!("_repeat"), context)?;
    let after = timer.get(js_string!("_idleTimeout"), context)?;
    if repeat.to_boolean() && after.as_number() != Some(-1.0) {
        let period = repeat.to_number(context)?;
        timer.set(js_string!("_idleTimeout"), repeat, false, context)?;
        return go_on(timers, timer, period as u64, context);
    }
    if with(timer, |data| data.restarted.get()) == Some(true) {
        return Ok(());
    }
    give_up(timers, timer, context)
}

/// The timer ends, even if the loop would repeat it: the program may have taken `_repeat` or
/// `_onTimeout` away.
fn give_up(timers: &Timers, timer: &JsObject, context: &mut Context) -> JsResult<()> {
    if with(timer, |data| data.repeats.get()) == Some(true) {
        stop_in_loop(timer, context);
    }
    with(timer, |data| data.destroyed.set(true));
    end(timers, timer, context)
}

/// The timer repeats: the loop does it, unless the program changed the period.
fn go_on(timers: &Timers, timer: &JsObject, period: u64, context: &mut Context) -> JsResult<()> {
    let by_itself = with(timer, |data| {
        data.repeats.get() && data.timer.get().is_some_and(|(_, duration)| duration == period)
    });
    if by_itself == Some(true) {
        return note_start(timers, timer, context);
    }
    stop_in_loop(timer, context);
    insert(timers, timer, Some(period), context)
}

fn stop_in_loop(timer: &JsObject, context: &mut Context) {
    if let Some(Some((id, _))) = with(timer, |data| data.timer.take()) {
        state::of(context).event_loop.remove_timer(id);
    }
}

/// Shows in the properties that the timer does not run.
fn end(timers: &Timers, timer: &JsObject, context: &mut Context) -> JsResult<()> {
    if let Some(id) =
        with(timer, |data| data.has_primitive.get().then_some(data.operation.id)).flatten()
    {
        timers.by_id.borrow_mut().remove(&id);
    }
    timer.set(js_string!("_destroyed"), true, false, context)?;
    timer.set(js_string!("_idlePrev"), JsValue::null(), false, context)?;
    timer.set(js_string!("_idleNext"), JsValue::null(), false, context)?;
    let operation = with(timer, |data| data.operation).unwrap_or_default();
    async_ids::destroy(operation, context)
}

/// What `clearTimeout(timer)` does to an object: anything with `_onTimeout`.
pub(super) fn clear(timer: &JsObject, context: &mut Context) -> JsResult<()> {
    if !timer.get(js_string!("_onTimeout"), context)?.to_boolean() {
        return Ok(());
    }
    timer.set(js_string!("_onTimeout"), JsValue::null(), true, context)?;
    let was_destroyed = with(timer, |data| data.destroyed.replace(true));
    if was_destroyed != Some(false) {
        return Ok(());
    }
    stop_in_loop(timer, context);
    let timers = super::of(context)?;
    end(&timers, timer, context)?;
    timer.set(js_string!("_idleTimeout"), -1, false, context)?;
    Ok(())
}

fn refresh(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(timer) = receiver(this) else { return Ok(this.clone()) };
    let Some(duration) = duration_of(&timer, context)? else { return Ok(this.clone()) };
    let timers = super::of(context)?;
    let event_loop = state::of(context).event_loop.clone();
    let known = with(&timer, |data| data.timer.get()).flatten();
    with(&timer, |data| data.restarted.set(true));
    if let Some((id, before)) = known
        && before == duration
        && event_loop.refresh_timer(id)
    {
        note_start(&timers, &timer, context)?;
        return Ok(this.clone());
    }
    stop_in_loop(&timer, context);
    insert(&timers, &timer, Some(duration), context)?;
    Ok(this.clone())
}

fn unref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    change_ref(this, false, context)
}

fn set_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    change_ref(this, true, context)
}

fn change_ref(this: &JsValue, refed: bool, context: &mut Context) -> JsResult<JsValue> {
    let Some(timer) = receiver(this) else { return Ok(this.clone()) };
    if with(&timer, |data| data.refed.replace(refed)) != Some(refed) {
        if let Some((id, _)) = with(&timer, |data| data.timer.get()).flatten() {
            state::of(context).event_loop.set_timer_ref(id, refed);
        }
        let symbol = super::of(context)?.symbols.refed.clone();
        timer.set(symbol, refed, false, context)?;
    }
    Ok(this.clone())
}

fn has_ref(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let refed = receiver(this).and_then(|timer| with(&timer, |data| data.refed.get()));
    Ok(refed.map_or(JsValue::undefined(), Into::into))
}

/// `timer[Symbol.toPrimitive]()`: a number by which the timer can be cleared.
pub(super) fn to_primitive(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(timer) = receiver(this) else { return Ok(JsValue::undefined()) };
    let timers = super::of(context)?;
    let id = with(&timer, |data| data.operation.id).unwrap_or_default();
    if with(&timer, |data| data.has_primitive.replace(true)) == Some(false) {
        timer.set(timers.symbols.has_primitive.clone(), true, false, context)?;
        timers.by_id.borrow_mut().insert(id, timer);
    }
    Ok(id.into())
}

pub(super) fn close(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(timer) = this.as_object() {
        clear(&timer, context)?;
    }
    Ok(this.clone())
}

pub(super) fn dispose(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(timer) = this.as_object() {
        clear(&timer, context)?;
    }
    Ok(JsValue::undefined())
}

/// The timer that a method was called on. On anything else the methods do nothing, as in Node.
fn receiver(this: &JsValue) -> Option<JsObject> {
    this.as_object().filter(JsObject::is::<Timeout>)
}
