//! System calls. The only floor with `unsafe`.

pub(crate) mod errno;
pub(crate) mod error;
pub(crate) mod poll;
pub(crate) mod waker;
