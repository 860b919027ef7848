//! Waiting for a promise.

use boa_engine::{
    Context, JsError, JsResult, JsValue, builtins::promise::PromiseState,
    object::builtins::JsPromise,
};

use crate::engine::{state, ticks};

/// Whether the loop is asked to go on where nothing keeps it alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Somebody may still type something.
    Endless,
    /// What is not settled then is settled never.
    WhileAlive,
}

/// Turns the loop until a promise is settled; the value itself if it is none. `None`: it will not be.
pub(super) fn settled(
    promise: &JsValue,
    patience: Patience,
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    let object = promise.as_object();
    let Some(promise) = object.and_then(|object| JsPromise::from_object(object).ok()) else {
        return Ok(Some(promise.clone()));
    };
    let engine = state::of(context);
    // Whatever comes of it is the caller's.
    engine.rejections.forget(&promise.clone().into());
    ticks::drain(context);
    loop {
        match promise.state() {
            PromiseState::Fulfilled(value) => return Ok(Some(value)),
            PromiseState::Rejected(reason) => return Err(JsError::from_opaque(reason)),
            PromiseState::Pending if engine.exit_code().is_some() => return Ok(None),
            PromiseState::Pending => {
                if patience == Patience::WhileAlive && !engine.event_loop.is_alive() {
                    return Ok(None);
                }
                engine.event_loop.turn(context, None);
            }
        }
    }
}
