//! What a runtime is started with: the facts behind `process.argv`, `process.env` and the like.

use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::bindings::trace;

use crate::engine::{permission::Permissions, spawn_policy::SpawnPolicy};

/// Tells an executable that hosts runtimes that it is started as a worker of one.
pub(crate) const WORKER_VARIABLE: &str = "RJS_WORKER";

/// How a program was started.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// `process.argv`: the executable, the script, the script's arguments.
    pub(crate) argv: Vec<String>,
    /// The options before the script: `process.execArgv`.
    pub(crate) exec_argv: Vec<String>,
    /// The absolute path of the executable: `process.execPath`.
    pub(crate) exec_path: String,
    /// The zeroth argument as it was given: `process.argv0`.
    pub(crate) argv0: String,
    /// The program text of `-e` and `-p`: `process._eval`.
    pub(crate) eval: Option<String>,
    /// The environment, in its order.
    pub(crate) env: Vec<(String, String)>,
    /// What the command line says about warnings and rejections.
    pub(crate) reports: Reports,
    /// When the program started.
    pub(crate) started: Started,
    /// `--title`: the first value of `process.title`.
    pub(crate) title: Option<String>,
    /// What `NODE_OPTIONS` may hold: `process.allowedNodeEnvironmentFlags`.
    pub(crate) environment_flags: Vec<String>,
    /// What the program may do, if that is limited.
    pub(crate) permissions: Option<Permissions>,
    /// What the host says of every process before it exists.
    pub(crate) spawn_policy: Option<SpawnPolicy>,
    /// Children that run this executable are told that they are workers of a host.
    pub(crate) has_own_workers: bool,
    /// Which children that run this executable are copies of a zygote.
    pub(crate) warm_fork: WarmFork,
    /// Whether children find a command `node` that is this executable.
    pub(crate) node_command: NodeCommand,
    /// What is shown of its processes and messages.
    pub(crate) trace: trace::Request,
}

/// One instant on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Started {
    pub(crate) monotonic: Instant,
    /// Since the epoch.
    pub(crate) wall: Duration,
}

impl Started {
    /// This very moment.
    pub(crate) fn now() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { monotonic: Instant::now(), wall }
    }
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

/// What is printed about warnings, and what unhandled rejections do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one option of the command line")]
pub(crate) struct Reports {
    /// `--no-warnings`, `NODE_NO_WARNINGS=1`.
    pub(crate) no_warnings: bool,
    /// `--trace-warnings`.
    pub(crate) trace_warnings: bool,
    /// `--no-deprecation`.
    pub(crate) no_deprecation: bool,
    /// `--trace-deprecation`.
    pub(crate) trace_deprecation: bool,
    /// `--throw-deprecation`.
    pub(crate) throw_deprecation: bool,
    /// `--pending-deprecation`.
    pub(crate) pending_deprecation: bool,
    /// `--disable-warning`: names and codes of warnings that are not printed.
    pub(crate) disabled: Vec<String>,
    /// `--redirect-warnings`: the file that they are appended to.
    pub(crate) redirected_to: Option<PathBuf>,
    /// `--unhandled-rejections`.
    pub(crate) rejections: UnhandledRejections,
    /// `--abort-on-uncaught-exception`.
    pub(crate) abort_on_uncaught: bool,
}

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
