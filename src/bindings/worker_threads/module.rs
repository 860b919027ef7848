//! `worker_threads`: the module.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{classes, environment, inside::inside, marks, thread, worker_class};
use crate::{
    bindings::event_target::message_event_class,
    engine::{
        builtins,
        natives::{Method, define_methods, define_value, exports_of, registered_symbol},
    },
};

const METHODS: &[Method] = &[
    ("markAsUncloneable", 1, marks::mark_uncloneable),
    ("markAsUntransferable", 1, marks::mark_untransferable),
    ("isMarkedAsUntransferable", 1, marks::is_marked_untransferable),
    ("moveMessagePortToContext", 2, classes::move_to_context),
    ("receiveMessageOnPort", 1, classes::receive_message),
    ("postMessageToThread", 4, post_message_to_thread),
];

const ENVIRONMENT: &[Method] =
    &[("setEnvironmentData", 2, environment::set), ("getEnvironmentData", 1, environment::get)];

/// The names of `resourceLimits`.
const LIMITS: [&str; 4] =
    ["maxYoungGenerationSizeMb", "maxOldGenerationSizeMb", "codeRangeSizeMb", "stackSizeMb"];

/// The native half of `internal/worker/worker`.
pub(crate) fn worker_exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(thread::METHODS, context).into())
}

/// `worker_threads`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let classes = classes::of(context)?;
    let exports = JsObject::with_object_proto(context.intrinsics());
    let inside = inside(context);
    let define = |name: &str, value: JsValue| {
        define_value(&exports, JsString::from(name), value, true);
    };
    define("isInternalThread", false.into());
    define("isMainThread", inside.is_none().into());
    define("MessagePort", classes.port.constructor.clone().into());
    define("MessageChannel", classes.channel.constructor.clone().into());
    define_methods(&exports, METHODS, true, context);
    let limits = JsObject::with_object_proto(context.intrinsics());
    let (mut id, mut name) = (0, String::new());
    let (mut data, mut port) = (JsValue::null(), JsValue::null());
    if let Some(inside) = inside {
        for (name, limit) in LIMITS.into_iter().zip(inside.limits) {
            define_value(&limits, JsString::from(name), limit, true);
        }
        (id, name) = (inside.id, inside.name.clone());
        (data, port) = inside.open(context)?;
    }
    let define = |name: &str, value: JsValue| {
        define_value(&exports, JsString::from(name), value, true);
    };
    define("resourceLimits", limits.into());
    define("threadId", id.into());
    define("threadName", JsString::from(name).into());
    define("SHARE_ENV", registered_symbol("nodejs.worker_threads.SHARE_ENV", context)?.into());
    define("Worker", worker_class::create(context)?.into());
    define("parentPort", port);
    define("workerData", data);
    define("BroadcastChannel", classes.broadcast.constructor.clone().into());
    define_methods(&exports, ENVIRONMENT, true, context);
    // Whoever can be sent something by others is known to them.
    super::relations::of(context);
    let event = message_event_class(context)?.constructor;
    define_value(&exports, js_string!("MessageEvent"), event, false);
    Ok(exports.into())
}

/// `postMessageToThread(threadId, value, transferList, timeout)`: few programs call it.
fn post_message_to_thread(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let exports = builtins::load_object("internal/worker/messaging", context)?;
    let post = exports.get(js_string!("postMessageToThread"), context)?.to_object(context)?;
    post.call(&JsValue::undefined(), args, context)
}
