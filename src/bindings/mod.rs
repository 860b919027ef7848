//! The native halves of the builtin modules, one file per builtin.

pub(crate) mod console;
