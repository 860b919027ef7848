//! `subprocess.channel` and `process.channel`: `ref`, `unref`, `fd`.

use std::{os::fd::AsRawFd, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{Endpoint, EndpointRef};
use crate::{
    bindings::events,
    engine::natives::{closure, define_accessor, define_value},
};

type Call = fn(&JsValue, &[JsValue], &EndpointRef, &mut Context) -> JsResult<JsValue>;

/// Makes the control object of an end.
pub(super) fn create(endpoint: &Rc<Endpoint>, context: &mut Context) -> JsObject {
    let control =
        emitter(context).unwrap_or_else(|_| JsObject::with_object_proto(context.intrinsics()));
    let captured = || EndpointRef(endpoint.clone());
    let methods: [(&str, Call); 4] = [
        ("refCounted", |_, _, end, context| end.0.count(1, context)),
        ("unrefCounted", |_, _, end, context| end.0.count(-1, context)),
        ("ref", |_, _, end, context| end.0.set_ref(true, context)),
        ("unref", |_, _, end, context| end.0.set_ref(false, context)),
    ];
    for (name, call) in methods {
        let method = closure(name, 0, captured(), call, context);
        define_value(&control, boa_engine::JsString::from(name), method, false);
    }
    let fd = closure("fd", 0, captured(), descriptor, context);
    define_accessor(&control, js_string!("fd"), Some(fd), None, false);
    control
}

fn descriptor(_: &JsValue, _: &[JsValue], end: &EndpointRef, _: &mut Context) -> JsResult<JsValue> {
    Ok(end.0.descriptor().map_or(JsValue::undefined(), |fd| fd.as_raw_fd().into()))
}

/// The control object is an emitter of its own, as Node's is.
fn emitter(context: &mut Context) -> JsResult<JsObject> {
    let class = crate::engine::builtins::load_object("events", context)?;
    let prototype = class.get(js_string!("prototype"), context)?.to_object(context)?;
    events::create(prototype, context)
}

impl Endpoint {
    /// Counts a listener that came or went.
    pub(super) fn count(&self, change: i32, context: &mut Context) -> JsResult<JsValue> {
        self.references.set(self.references.get().saturating_add_signed(change));
        self.update_watch(context);
        Ok(JsValue::undefined())
    }

    /// `channel.ref()` and `channel.unref()`: from now on nothing is counted.
    fn set_ref(&self, referenced: bool, context: &mut Context) -> JsResult<JsValue> {
        self.explicit_ref.set(Some(referenced));
        self.update_watch(context);
        Ok(JsValue::undefined())
    }
}
