//! A realm as it is before it is known what program it is for: what a zygote makes in advance.

use std::cell::RefCell;

use boa_engine::{Context, JsObject, JsResult};

use super::CreateError;
use crate::{
    bindings::{globals, inspect, process},
    builtins::TABLE,
    engine::{intrinsics::random, realm, state},
    sys::warm::{self, Served},
};

/// The realm, and its `process`.
type Seed = (Context, JsObject);

thread_local! {
    /// Made in advance, for the next runtime of this thread.
    static SPARE: RefCell<Option<Seed>> = const { RefCell::new(None) };
}

/// How this process came to be, and so what it is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Birth {
    /// It was started like any program; the operating system has its arguments.
    Cold,
    /// It is a copy of a zygote, and these are its arguments.
    Warm(Vec<String>),
    /// It was a zygote, or is none that can serve: there is nothing left to do.
    Unneeded,
}

/// To be called first in the `main` of an executable whose runtimes have
/// [`crate::RuntimeBuilder::warm_fork`], while the process has one thread only.
///
/// If the process was started to be a zygote, this does what every child would do first, and
/// returns in each of the copies that are made of it.
///
/// # Errors
/// If no realm can be made.
pub fn await_birth() -> Result<Birth, CreateError> {
    let Some(socket) = warm::socket_of_zygote() else { return Ok(Birth::Cold) };
    SPARE.set(Some(make()?));
    Ok(match warm::serve(socket) {
        Served::Born(args) => {
            Birth::Warm(args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect())
        }
        Served::Ended => Birth::Unneeded,
    })
}

/// The realm that was made in advance, as if it had been made now; else a new one.
pub(super) fn take() -> Result<Seed, CreateError> {
    let Some((context, process)) = SPARE.take() else { return make() };
    state::of(&context).event_loop.restart_clock();
    random::reseed(&context);
    Ok((context, process))
}

fn make() -> Result<Seed, CreateError> {
    let mut context = realm::create(TABLE.to_vec()).map_err(|error| match error {
        realm::CreateError::Loop(error) => CreateError::Io(error),
        realm::CreateError::Engine(error) => CreateError::Engine(error.to_string()),
    })?;
    let process = furnish(&mut context).map_err(|error| CreateError::Engine(error.to_string()))?;
    Ok((context, process))
}

/// Puts the globals into the realm.
fn furnish(context: &mut Context) -> JsResult<JsObject> {
    inspect::install(context);
    let process = process::create(context)?;
    globals::install(context)?;
    Ok(process)
}
