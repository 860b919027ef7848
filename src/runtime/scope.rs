//! What may be asked of a runtime from inside: by work that was posted to it.

use boa_engine::Context;
use serde_json::Value;

use super::{
    EvalError, Exports,
    host::{self, exported, loaded},
};
use crate::engine::{intrinsics::json, scripts, state};

/// A runtime as work that was posted to it sees it: see [`crate::Remote::post`].
///
/// Nothing here waits: the loop goes on when the work is done.
#[derive(Debug)]
pub struct Scope<'runtime> {
    context: &'runtime mut Context,
}

impl<'runtime> Scope<'runtime> {
    pub(super) fn new(context: &'runtime mut Context) -> Self {
        Self { context }
    }

    /// As [`crate::Runtime::eval`]; a promise is not waited for and has no value.
    ///
    /// # Errors
    /// [`EvalError`].
    pub fn eval(&mut self, text: &str) -> Result<Value, EvalError> {
        host::entered(self.context, |context| {
            let value = scripts::evaluate(text, "[eval]", context)?;
            json::to_serde(&value, context)
        })
    }

    /// As [`crate::Runtime::load`].
    ///
    /// # Errors
    /// [`EvalError`].
    pub fn load(&mut self, module: &str) -> Result<Exports, EvalError> {
        loaded(module, self.context)
    }

    /// As [`crate::Runtime::call`]; a promise is not waited for and has no value.
    ///
    /// # Errors
    /// [`EvalError`].
    pub fn call(
        &mut self,
        exports: &Exports,
        function: &str,
        args: &[Value],
    ) -> Result<Value, EvalError> {
        host::entered(self.context, |context| {
            let value = exported(exports, function, args, context)?;
            json::to_serde(&value, context)
        })
    }

    /// Ends the program with this exit code, as [`crate::Remote::stop`] does.
    pub fn stop(&mut self, code: i32) {
        // What it would unwind is not running.
        drop(state::of(self.context).stop(code));
    }
}
