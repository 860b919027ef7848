//! `internal/abort_controller`: the two classes.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    Aborts,
    controller::{self, ABORT_CONTROLLER},
    signal::{self, ABORT_SIGNAL, ENUMERABLE},
};
use crate::{
    bindings::event_target::{self, define_event_handler, define_inspect},
    engine::{
        classes::{class, define_accessors},
        natives::define_value,
    },
};

/// Makes the classes and the state that their natives share.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let parent = event_target::of(context)?.event_target.clone();
    let signal = class(&ABORT_SIGNAL, Some(&parent), context);
    define_accessors(&signal.prototype, ENUMERABLE, true, context);
    define_event_handler(&signal.prototype, "abort", "abort", context);
    define_inspect(&signal.prototype, signal::inspect, context)?;
    let controller = class(&ABORT_CONTROLLER, None, context);
    define_inspect(&controller.prototype, controller::inspect, context)?;
    let exports = JsObject::with_object_proto(context.intrinsics());
    let constructor = controller.constructor.clone();
    define_value(&exports, js_string!("AbortController"), constructor, true);
    define_value(&exports, js_string!("AbortSignal"), signal.constructor.clone(), true);
    context.insert_data(Rc::new(Aborts { signal, controller, held: RefCell::default() }));
    Ok(exports.into())
}
