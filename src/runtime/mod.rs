//! A runtime: one realm, its builtins, its loop, from the first line to the exit code.

use std::path::Path;

use boa_engine::{Context, js_string};

use crate::{
    builtins::TABLE,
    engine::{self, builtins, callbacks, commonjs, natives::define_value, realm, state},
};

/// A JavaScript runtime.
pub struct Runtime {
    context: Context,
}

impl Runtime {
    /// Makes a runtime with every builtin.
    ///
    /// # Errors
    /// When the operating system refuses what the event loop needs.
    pub fn new() -> Result<Self, String> {
        let mut context = realm::create(TABLE.to_vec()).map_err(|error| format!("{error:?}"))?;
        let console = builtins::load("console", &mut context).map_err(|e| e.to_string())?;
        define_value(&context.global_object(), js_string!("console"), console, false);
        state::of(&context).set_uncaught_handler(|value, _, context| {
            eprintln!("Uncaught {}", value.display());
            drop(state::of(context).stop(1));
        });
        Ok(Self { context })
    }

    /// Runs a file as the main program until nothing is left to do; returns the exit code.
    pub fn run_file(&mut self, path: &Path) -> i32 {
        let context = &mut self.context;
        callbacks::enter(context, |context| commonjs::run_main(path, context));
        let engine = engine::state::of(context);
        engine.event_loop.run(context);
        engine.exit_code().unwrap_or(0)
    }
}
