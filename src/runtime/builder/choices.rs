//! What there is to choose from.

use std::path::PathBuf;

pub use crate::bindings::process::launch::{NodeCommand, UnhandledRejections, WarmFork};

/// What is printed about warnings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is one option of the command line")]
pub struct Warnings {
    /// Print none at all.
    pub silent: bool,
    /// Print their stacks.
    pub trace: bool,
    /// Ignore deprecations.
    pub ignore_deprecations: bool,
    /// Print the stacks of deprecations.
    pub trace_deprecations: bool,
    /// Throw deprecations.
    pub throw_deprecations: bool,
    /// Emit deprecations that are only documented so far.
    pub pending_deprecations: bool,
    /// Names and codes of warnings that are not printed.
    pub disabled: Vec<String>,
    /// A file that they are appended to, instead of being printed.
    pub redirected_to: Option<PathBuf>,
}
