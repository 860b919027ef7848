//! Intrinsics of the language that the engine does slowly or incompletely, done natively.
//!
//! Each keeps its standard's semantics and V8's error texts; where a case is better left to the
//! engine, the engine's own function is called.

mod arrays;
pub(crate) mod conversions;
mod dates;
#[cfg(test)]
mod expressions;
pub(crate) mod guards;
pub(crate) mod json;
mod literals;
mod originals;
pub(crate) mod random;
mod reg_exp;
pub(crate) mod string_buffer;
mod strings;
mod typed_arrays;
pub(crate) mod wait_async;

use boa_engine::{Context, JsResult};

/// Puts those in the place of a further realm's that keep nothing of a realm.
pub(super) fn install_further(context: &mut Context) -> JsResult<()> {
    arrays::install(context)?;
    strings::install(context);
    dates::install(context)?;
    literals::install(context);
    typed_arrays::install(context)
}

/// Puts them in the place of the engine's. No program has run in this context yet.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    arrays::install(context)?;
    strings::install(context);
    dates::install(context)?;
    literals::install(context);
    typed_arrays::install(context)?;
    random::install(context)?;
    json::install(context)?;
    wait_async::install(context)?;
    reg_exp::install(context)
}
