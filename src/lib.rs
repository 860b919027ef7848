//! rjs: a JavaScript runtime for programs made of many processes.

#![allow(dead_code)] // TRANSITIONAL

mod bindings;
mod builtins;
#[cfg(feature = "cli")]
pub mod cli;
mod engine;
mod event_loop;
mod ipc;
mod runtime;
mod sys;

pub use runtime::{
    CreateError, Program, Runtime, RuntimeBuilder, UnhandledRejections, Warnings, on_deep_stack,
    prepare_process,
};
