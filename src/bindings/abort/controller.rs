//! The class AbortController.

use boa_engine::{Context, JsData, JsNativeError, JsObject, JsResult, JsValue};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{
    Origin, signal,
    signal::{create, reason_or_default},
    signal_of,
};
use crate::{
    bindings::inspect::custom,
    engine::classes::{ClassSpec, instance, new_target},
};

pub(super) const ABORT_CONTROLLER: ClassSpec = ClassSpec {
    methods: &[("abort", 0, abort)],
    accessors: &[("signal", get_signal, None)],
    tag: Some("AbortController"),
    enumerable: true,
    ..ClassSpec::new("AbortController", 0, construct)
};

/// The native data of a controller: its signal, made when somebody asks for it.
#[derive(Default, Trace, Finalize, JsData)]
struct Controller(GcRefCell<Option<JsObject>>);

fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "AbortController")?;
    let class = super::of(context)?.controller.clone();
    instance(&new_target, &class, Controller::default(), context).map(Into::into)
}

/// The signal of the controller that `this` is.
fn signal(this: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    let known = this.as_object().and_then(|object| {
        object.downcast_ref::<Controller>().map(|controller| controller.0.borrow().clone())
    });
    match known {
        Some(Some(signal)) => Ok(signal),
        Some(None) => {
            let (signal, _) = create(Origin::Controller, context)?;
            if let Some(object) = this.as_object()
                && let Some(controller) = object.downcast_ref::<Controller>()
            {
                *controller.0.borrow_mut() = Some(signal.clone());
            }
            Ok(signal)
        }
        None => {
            let message = "Cannot read private member #signal from an object whose class did \
                           not declare it";
            Err(JsNativeError::typ().with_message(message).into())
        }
    }
}

fn get_signal(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    signal(this, context).map(Into::into)
}

fn abort(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let signal = signal(this, context)?;
    let reason = reason_or_default(args, context)?;
    if let Some(signal) = signal_of(&signal.into()) {
        signal::abort(&signal, &reason, context)?;
    }
    Ok(JsValue::undefined())
}

/// `controller[util.inspect.custom](depth, options, inspect)`.
pub(super) fn inspect(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if custom::is_too_deep(args) {
        return Ok(this.clone());
    }
    let signal = signal(this, context)?;
    custom::fields(this, &[("signal", signal.into())], args, context)
}
