//! Limits of what scripts ask for: what goes beyond them is refused with an error that they can catch.

use boa_engine::{Context, JsError, JsString, js_string};

use super::Limit;
use crate::engine::{
    errors::{Code, coded_object},
    natives::define_value,
    observer::HostEvent,
    state,
};

/// How many child processes there may be at once, and in all.
pub(in crate::engine) fn of_children(context: &Context) -> (Option<u64>, Option<u64>) {
    let engine = state::of(context);
    let limits = engine.meter.limits.borrow();
    (limits.children, limits.total_children)
}

/// How many descriptors scripts may open by number.
pub(in crate::engine) fn of_handles(context: &Context) -> Option<usize> {
    state::of(context).meter.limits.borrow().handles
}

/// How many threads there may be at once.
pub(in crate::engine) fn of_threads(context: &Context) -> Option<u64> {
    state::of(context).meter.limits.borrow().threads
}

/// The longest message, if that is limited; bytes.
pub(crate) fn message_size(context: &Context) -> Option<usize> {
    state::of(context).meter.limits.borrow().message_size
}

/// Refuses a message of so many bytes where so many wait already.
///
/// # Errors
/// `ERR_RJS_LIMIT`.
pub(crate) fn admit_message(
    size: usize,
    waiting: usize,
    context: &mut Context,
) -> Result<(), JsError> {
    let engine = state::of(context);
    let (longest, in_flight) = {
        let limits = engine.meter.limits.borrow();
        (limits.message_size, limits.bytes_in_flight)
    };
    if let Some(limit) = longest.filter(|limit| size > *limit) {
        return Err(reached(Limit::MessageSize, limit as u64, context));
    }
    match in_flight.filter(|limit| waiting + size > *limit) {
        Some(limit) => Err(reached(Limit::BytesInFlight, limit as u64, context)),
        None => Ok(()),
    }
}

/// The error of who asks for more than `allowed`; the host is told.
pub(crate) fn reached(limit: Limit, allowed: u64, context: &mut Context) -> JsError {
    state::of(context).observer.tell(|| HostEvent::LimitReached(limit));
    error(limit, allowed, context)
}

/// The error alone.
pub(crate) fn error(limit: Limit, allowed: u64, context: &mut Context) -> JsError {
    let message = format!("The limit of {limit} is reached: {allowed}");
    let error = coded_object(context, Code::ERR_RJS_LIMIT, message);
    define_value(&error, js_string!("limit"), JsString::from(limit.name()), true);
    JsError::from_opaque(error.into())
}
