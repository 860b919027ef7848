//! `async_hooks`: the context that follows a program through its callbacks.
//!
//! The loop, the tick queue and the promises carry the frame (`event_loop::scope`, `engine::jobs`); here are the
//! classes by which programs enter and read it. `AsyncResource` and hooks are JavaScript.

mod frame;
mod storage;

use boa_engine::{Context, JsResult, JsValue, js_string, object::builtins::JsArray};

use crate::engine::{
    async_ids::{self, AsyncId},
    classes::class,
    natives::{Method, arg, define_value, exports_of},
    state, validate,
};

const METHODS: &[Method] = &[
    ("currentFrame", 0, current_frame),
    ("runIn", 7, run_in),
    ("createId", 1, create_id),
    ("runningIds", 0, running_ids),
    ("runningResource", 0, running_resource),
    ("watch", 1, watch),
];

/// The native half.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    let storage = class(&storage::SPEC, None, context);
    define_value(&exports, js_string!("AsyncLocalStorage"), storage.constructor.clone(), true);
    context.insert_data(storage::StorageClass(storage));
    Ok(exports.into())
}

/// `currentFrame()`: to be handed to `runIn`.
fn current_frame(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(frame::to_value(frame::current(context)))
}

/// `runIn(frame, id, trigger, resource, callback, this, args)`.
fn run_in(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let operation = AsyncId { id: id(args, 1), trigger: id(args, 2) };
    let resource = arg(args, 3).as_object();
    let callback = validate::function(&arg(args, 4), "fn", context)?;
    let given = match arg(args, 6).as_object() {
        Some(list) => super::timers::list_values(&list, context)?,
        None => Vec::new(),
    };
    let before = frame::replace(frame::from_value(&arg(args, 0)), context);
    let result = async_ids::within(operation, resource.as_ref(), context, |context| {
        callback.call(&arg(args, 5), &given, context)
    });
    frame::replace(before, context);
    result
}

/// An id that a JavaScript half got from here: a whole number.
fn id(args: &[JsValue], index: usize) -> u64 {
    arg(args, index).as_number().map_or(0, |id| id as u64)
}

/// `createId()`: the id of a new operation.
fn create_id(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(state::of(context).async_ids.create().id.into())
}

/// `runningIds()`: the id and the trigger's id of what runs.
fn running_ids(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let AsyncId { id, trigger } = state::of(context).async_ids.running();
    Ok(JsArray::from_iter([id.into(), trigger.into()], context).into())
}

/// `runningResource()`: the object of what runs, if it has one.
fn running_resource(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(frame::to_value(state::of(context).async_ids.resource()))
}

/// `watch(watcher)`: `watcher(event, id, …)` is told of every operation; undefined ends it.
fn watch(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    state::of(context).async_ids.watch(arg(args, 0).as_callable());
    Ok(JsValue::undefined())
}

/// A value's type with its article, as V8 words it.
fn a_kind(value: &JsValue) -> String {
    format!("a {}", value.type_of())
}
