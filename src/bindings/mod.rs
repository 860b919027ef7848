//! The native halves of the builtin modules, one file per builtin.

pub(crate) mod abort;
pub(crate) mod console;
pub(crate) mod events;
pub(crate) mod globals;
pub(crate) mod inspect;
pub(crate) mod internal;
pub(crate) mod process;
pub(crate) mod util;
pub(crate) mod warning;
