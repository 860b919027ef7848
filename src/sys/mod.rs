//! System calls. The only floor with `unsafe`.

pub(crate) mod errno;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod identity;
pub(crate) mod poll;
pub(crate) mod signals;
pub(crate) mod stdio;
pub(crate) mod usage;
pub(crate) mod waker;
