//! How much a program may use of what it shares with its host.
//!
//! `settings` is what a host says, `asked` refuses what scripts ask for beyond it, `meter` ends them for what they use.

mod asked;
mod meter;
mod settings;

pub(crate) use asked::{admit_message, error, message_size, reached};
pub(super) use asked::{of_children, of_handles, of_threads};
pub(super) use meter::{Meter, install};
pub(crate) use meter::{apply, during};
pub use settings::{Limit, Limits};
