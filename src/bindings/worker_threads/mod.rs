//! `worker_threads`: ports between threads of a program, and the threads.
//!
//! A message is bytes in V8's format with what travels beside them (`message`), in a queue that
//! two threads share (`queue`). A port (`port`) gives an end of such a channel a home in a realm;
//! `delivery` brings what comes to listeners.

mod broadcast;
mod classes;
mod delivery;
mod environment;
mod errors;
mod inside;
mod marks;
mod message;
mod module;
mod orders;
mod port;
mod questions;
mod queue;
mod relations;
mod thread;
mod transfer;
mod waiting;

pub(crate) use self::{
    inside::{Assignment, furnish, inside, stdio_exports},
    marks::has_marks,
    message::clone_as_message,
    module::{exports, worker_exports},
    orders::{Orders, Program, Starter},
    port::{close_all, is_port},
    thread::{end_all, ended},
};
