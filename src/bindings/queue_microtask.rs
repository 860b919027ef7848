//! `queueMicrotask`.

use boa_engine::{Context, JsResult, JsValue, job::PromiseJob};

use crate::engine::{
    async_ids,
    natives::{Method, arg, exports_of},
    state, validate,
};

const METHODS: &[Method] = &[("queueMicrotask", 1, queue_microtask)];

/// `internal/queue_microtask`: the function.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// What the callback throws is uncaught: the queue hands it on.
fn queue_microtask(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(&arg(args, 0), "callback", context)?;
    let engine = state::of(context);
    let operation = engine.async_ids.create();
    async_ids::init_unnamed(operation, "Microtask", context)?;
    let frame = engine.event_loop.scope().current();
    let job = move |context: &mut Context| {
        let engine = state::of(context);
        let work = |context: &mut Context| callback.call(&JsValue::undefined(), &[], context);
        let run = || async_ids::within(operation, None, context, work);
        engine.event_loop.scope().within(frame, run)
    };
    context.enqueue_job(PromiseJob::new(job).into());
    Ok(JsValue::undefined())
}
