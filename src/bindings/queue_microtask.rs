//! `queueMicrotask`.

use boa_engine::{Context, JsResult, JsValue, job::PromiseJob};

use crate::engine::{
    natives::{Method, arg, exports_of},
    validate,
};

const METHODS: &[Method] = &[("queueMicrotask", 1, queue_microtask)];

/// `internal/queue_microtask`: the function.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// What the callback throws is uncaught: the queue hands it on.
fn queue_microtask(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(&arg(args, 0), "callback", context)?;
    let job = move |context: &mut Context| callback.call(&JsValue::undefined(), &[], context);
    context.enqueue_job(PromiseJob::new(job).into());
    Ok(JsValue::undefined())
}
