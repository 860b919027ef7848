//! All glue between rjs and the Boa engine.
//!
//! The floor above (`bindings`) speaks to JavaScript through these modules and through Boa; the
//! floors below have never heard of JavaScript.

pub(crate) mod async_ids;
pub(crate) mod breaking;
pub(crate) mod builtins;
pub(crate) mod callbacks;
mod circles;
pub(crate) mod classes;
pub(crate) mod commonjs;
pub(crate) mod descriptors;
pub(crate) mod errors;
pub(crate) mod esm;
pub(crate) mod exhaustion;
pub(crate) mod external;
pub(crate) mod family;
pub(crate) mod finalization;
pub(crate) mod folder;
pub(crate) mod foreseen;
pub(crate) mod former_classes;
pub(crate) mod http_settings;
pub(crate) mod interruption;
pub(crate) mod intrinsics;
pub(crate) mod iterator_preview;
pub(crate) mod jobs;
pub(crate) mod kinds;
pub(crate) mod limits;
pub(crate) mod module_hook;
pub(crate) mod natives;
pub(crate) mod observer;
pub(crate) mod permission;
pub(crate) mod proxies;
pub(crate) mod realm;
pub(crate) mod reflect;
pub(crate) mod rejections;
pub(crate) mod report;
pub(crate) mod script_error;
pub(crate) mod scripts;
pub(crate) mod signals;
pub(crate) mod sources;
pub(crate) mod spawn_policy;
pub(crate) mod stack;
pub(crate) mod stack_context;
pub(crate) mod standard;
pub(crate) mod state;
pub(crate) mod syntax;
pub(crate) mod ticks;
pub(crate) mod time;
pub(crate) mod time_zone;
pub(crate) mod validate;
pub(crate) mod watchdog;
