//! What there is to choose from.

use std::path::PathBuf;

/// What a promise does that is rejected and that nobody handles. Node: `--unhandled-rejections`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnhandledRejections {
    /// Emit `unhandledRejection`; raise an uncaught exception if nobody listens.
    #[default]
    Throw,
    /// Raise an uncaught exception first.
    Strict,
    /// Emit, and print a warning.
    Warn,
    /// Emit, and nothing else.
    None,
    /// Emit; print a warning and set the exit code to 1 if nobody listens.
    WarnWithErrorCode,
}

/// Which children are copies of a process that has started already: they start in a fraction of the
/// time, and share most of their memory. Nobody can tell them from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarmFork {
    /// None.
    #[default]
    Never,
    /// Those for which it pays: not in a program that has few of them.
    Auto,
    /// All, from the first on.
    Always,
}

/// What the command `node` is for children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NodeCommand {
    /// The one in their PATH, or none.
    #[default]
    OfPath,
    /// The one in their PATH; this executable where there is none.
    Missing,
    /// This executable.
    Own,
}

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
