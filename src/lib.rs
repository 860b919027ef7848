//! rjs: a JavaScript runtime for programs made of many processes, as a library.
//!
//! A [`Runtime`] runs scripts that run processes, inside a Rust program:
//!
//! ```no_run
//! use rjs::Runtime;
//! use serde_json::json;
//!
//! let mut runtime = Runtime::builder()
//!     .function("priceOf", |args| Ok(json!(args.len())))
//!     .build()?;
//! let plugin = runtime.load("./plugin.js")?;
//! let total = runtime.call(&plugin, "total", &[json!(["apple", "pear"])])?;
//! runtime.run_until_idle();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A runtime belongs to the thread that made it; there may be several, one after the other in a thread
//! or at once in several threads. It never ends the host's process, changes no signal's handler unless the
//! host lets scripts listen for signals ([`RuntimeBuilder::signals`]), and waits for no child but its own. A host with a loop of its own
//! waits on [`Runtime::wait_handle`] and calls [`Runtime::turn`]; other threads reach a runtime through
//! its [`Remote`].
//!
//! With [`run_if_worker`] first in its `main` a host is its own worker: `fork()` in its scripts starts the
//! host's executable.
//!
//! A [`channel::Channel`] is the other half: a Rust program as the parent or the child of one that runs
//! JavaScript, without any engine.
//!
//! The [`guide`] has a page for each: a [first program](guide::first_program), [modules of your
//! own](guide::own_modules), a [loop of your own](guide::own_loop), [tokio](guide::tokio),
//! [permissions](guide::permissions), [processes](guide::child_mode).
//!
//! What only an executable does that *is* rjs as a whole: [`prepare_process`], [`on_deep_stack`] (without
//! it scripts recurse as deep as the thread's stack allows), [`await_birth`] and [`end_process`].

// The lower floors are whole before every floor above uses all of them.

mod bindings;
mod builtins;
pub mod channel;
#[cfg(feature = "cli")]
pub mod cli;
mod engine;
mod event_loop;
pub mod guide;
mod ipc;
mod runtime;
mod sys;

/// The engine's conversions of values, for the types of a host's own: `#[derive(TryFromJs)]` needs the
/// crate `boa_engine` of the same version.
pub use boa_engine::value::{TryFromJs, TryIntoJs};

pub use runtime::{
    Birth, BlockingCall, Captured, CountingAllocator, CreateError, Ended, Environment, EvalError,
    Evaluation, Exports, GivenOptions, Hold, HostCall, HostEvent, HostObject, HttpSettings, Input,
    InputType, Json, Limit, Limits, ModuleKind, ModuleSettings, ModuleText, NodeCommand, Output,
    OwnOptions, Permissions, Program, Remote, Repl, Runtime, RuntimeBuilder, Scope, ScriptError,
    Signals, SpawnCall, SpawnDenial, SpawnOrder, SpawnStdio, TestClock, ThreadOptions,
    UnhandledRejections, WaitHandle, WarmFork, Warnings, await_birth, end_process, on_deep_stack,
    prepare_process, redirect_output, run_if_worker,
};
pub use sys::heap::PoolAllocator;
