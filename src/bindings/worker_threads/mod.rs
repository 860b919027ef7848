//! `worker_threads`: ports between threads of a program, and the threads.
//!
//! A message is bytes in V8's format with what travels beside them (`message`), in a queue that
//! two threads share (`queue`). A port (`port`) gives an end of such a channel a home in a realm;
//! `delivery` brings what comes to listeners.

mod broadcast;
mod classes;
mod delivery;
mod descriptors;
mod environment;
mod errors;
mod inside;
mod marks;
mod message;
mod messaging;
mod module;
mod orders;
mod port;
mod questions;
mod queue;
mod relations;
mod thread;
mod transfer;
mod waiting;
mod worker_class;

pub(crate) use self::{
    descriptors::{closed, opened},
    inside::{Assignment, anticipate, furnish, inside, stdio_exports},
    marks::has_marks,
    message::clone_as_message,
    messaging::messaging_exports,
    module::{exports, worker_exports},
    orders::{Orders, Program, Starter},
    port::{active_ports, close_all, is_port},
    thread::{end_all, ended},
    waiting::install as install_wait,
};
