//! rjs: a JavaScript runtime for programs made of many processes.

// The lower floors are whole before every floor above uses all of them.
#![allow(dead_code)]

mod bindings;
mod builtins;
pub mod channel;
#[cfg(feature = "cli")]
pub mod cli;
mod engine;
mod event_loop;
mod ipc;
mod runtime;
mod sys;

pub use runtime::{
    Birth, CreateError, Evaluation, InputType, ModuleSettings, NodeCommand, Program, Repl, Runtime,
    RuntimeBuilder, UnhandledRejections, Waker, WarmFork, Warnings, await_birth, end_process,
    on_deep_stack, prepare_process, redirect_output,
};
