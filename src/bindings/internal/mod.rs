//! What the JavaScript halves share: builtins that only builtins can require.

pub(crate) mod builtins;
mod errno;
pub(crate) mod errors;
pub(crate) mod text_width;
pub(crate) mod validate;
