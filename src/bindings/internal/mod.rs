//! What the JavaScript halves share: builtins that only builtins can require.

mod errno;
pub(crate) mod errors;
pub(crate) mod text_width;
pub(crate) mod validate;
