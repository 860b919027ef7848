//! Methods of `Array.prototype` on arrays that hold their elements one after the other.
//!
//! The engine goes through the general property operations for every element; here the elements
//! of a plain array are read directly. Everything else is left to the engine.

mod flat;
mod join;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use boa_engine::{Context, JsResult};

use super::originals::wrap_methods;
use crate::engine::natives::{Method, define_methods};

const METHODS: &[Method] = &[("join", 1, join::join)];

/// Puts these methods in the place of the engine's.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    context.insert_data(Rc::<join::Joins>::default());
    let prototype = context.intrinsics().constructors().array().prototype();
    define_methods(&prototype, METHODS, false, context);
    wrap_methods(&prototype, flat::METHODS, context)
}
