//! The native halves of the builtin modules, one file per builtin.

pub(crate) mod abort;
pub(crate) mod blob;
pub(crate) mod buffer;
pub(crate) mod child_process;
pub(crate) mod console;
pub(crate) mod dom_exception;
pub(crate) mod encoding;
pub(crate) mod encoding_web;
pub(crate) mod event_target;
pub(crate) mod events;
pub(crate) mod fs;
pub(crate) mod globals;
pub(crate) mod inspect;
pub(crate) mod internal;
pub(crate) mod ipc;
pub(crate) mod os;
pub(crate) mod path;
pub(crate) mod process;
pub(crate) mod querystring;
pub(crate) mod queue_microtask;
pub(crate) mod string_decoder;
pub(crate) mod timers;
pub(crate) mod url;
pub(crate) mod util;
pub(crate) mod warning;
pub(crate) mod web_base64;
