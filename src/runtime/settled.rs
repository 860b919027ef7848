//! Waiting for a promise.

use boa_engine::{
    Context, JsError, JsResult, JsValue, builtins::promise::PromiseState,
    object::builtins::JsPromise,
};

use super::interrupt::Interrupt;
use crate::engine::{
    errors::{Code, coded},
    state, ticks,
};

/// Whether the loop is asked to go on where nothing keeps it alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Somebody may still type something, Ctrl-C for one, which is an error then.
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
    let interrupt = (patience == Patience::Endless).then(|| Interrupt::watch(context));
    loop {
        match promise.state() {
            PromiseState::Fulfilled(value) => return Ok(Some(value)),
            PromiseState::Rejected(reason) => return Err(JsError::from_opaque(reason)),
            PromiseState::Pending if engine.exit_code().is_some() => return Ok(None),
            PromiseState::Pending if interrupt.as_ref().is_some_and(Interrupt::came) => {
                let message = "Script execution was interrupted by `SIGINT`";
                return Err(coded(context, Code::ERR_SCRIPT_EXECUTION_INTERRUPTED, message));
            }
            PromiseState::Pending => {
                if patience == Patience::WhileAlive && !engine.event_loop.is_alive() {
                    return Ok(None);
                }
                engine.event_loop.turn(context, None);
            }
        }
    }
}
