//! How a runtime is configured before it exists.

use std::{env, fmt, path::PathBuf, rc::Rc};

use serde_json::Value;

use super::{CreateError, Extras, HostFunction, ModuleSettings, Permissions, Runtime, ScriptError};
use crate::{
    bindings::{
        process::launch::{self, Launch, RejectionMode, Reports, Started},
        trace,
        util::dotenv,
    },
    engine::spawn_policy::SpawnPolicy,
};

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

/// A function of the host's under its global name.
#[derive(Clone)]
pub(super) struct GlobalFunction {
    pub(super) name: String,
    pub(super) call: Rc<HostFunction>,
}

impl fmt::Debug for GlobalFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GlobalFunction").field(&self.name).finish()
    }
}

/// Configures a [`Runtime`]. Get one from [`Runtime::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct RuntimeBuilder {
    script: Option<String>,
    args: Vec<String>,
    exec_args: Vec<String>,
    exec_path: Option<PathBuf>,
    argv0: Option<String>,
    eval: Option<String>,
    env: Vec<(String, String)>,
    warnings: Warnings,
    rejections: UnhandledRejections,
    expose_gc: bool,
    stack_trace_limit: Option<u32>,
    modules: ModuleSettings,
    abort_on_uncaught: bool,
    title: Option<String>,
    environment_flags: Vec<String>,
    started: Started,
    warm_fork: WarmFork,
    node_command: NodeCommand,
    trace: trace::Request,
    functions: Vec<GlobalFunction>,
    own_workers: bool,
    permissions: Option<Permissions>,
    pub(super) spawn_policy: Option<SpawnPolicy>,
}

impl RuntimeBuilder {
    pub(super) fn new() -> Self {
        let text = |value: std::ffi::OsString| value.to_string_lossy().into_owned();
        Self {
            script: None,
            args: Vec::new(),
            exec_args: Vec::new(),
            exec_path: None,
            argv0: None,
            eval: None,
            env: env::vars_os().map(|(name, value)| (text(name), text(value))).collect(),
            warnings: Warnings::default(),
            rejections: UnhandledRejections::default(),
            expose_gc: false,
            stack_trace_limit: None,
            modules: ModuleSettings::default(),
            abort_on_uncaught: false,
            title: None,
            environment_flags: Vec::new(),
            started: Started::now(),
            warm_fork: WarmFork::default(),
            node_command: NodeCommand::default(),
            trace: trace::Request::default(),
            functions: Vec::new(),
            own_workers: false,
            permissions: None,
            spawn_policy: None,
        }
    }

    /// Gives scripts a global function that this one computes. Arguments and value are what JSON knows
    /// of them; an error is thrown as an `Error` with its message and code.
    pub fn function(
        mut self,
        name: impl Into<String>,
        call: impl Fn(&[Value]) -> Result<Value, ScriptError> + 'static,
    ) -> Self {
        self.functions.push(GlobalFunction { name: name.into(), call: Rc::new(call) });
        self
    }

    /// The script that `process.argv[1]` names: an absolute path.
    pub fn script(mut self, path: impl Into<String>) -> Self {
        self.script = Some(path.into());
        self
    }

    /// The arguments after the script.
    pub fn args<T: Into<String>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.args = args.into_iter().map(Into::into).collect();
        self
    }

    /// The options before the script: `process.execArgv`.
    pub fn exec_args<T: Into<String>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.exec_args = args.into_iter().map(Into::into).collect();
        self
    }

    /// The executable that `fork` starts: `process.execPath`. This very one by default.
    pub fn exec_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.exec_path = Some(path.into());
        self
    }

    /// The zeroth argument as the operating system gave it: `process.argv0`.
    pub fn argv0(mut self, argv0: impl Into<String>) -> Self {
        self.argv0 = Some(argv0.into());
        self
    }

    /// The program text, where there is no file: `process._eval`.
    pub fn eval_text(mut self, text: impl Into<String>) -> Self {
        self.eval = Some(text.into());
        self
    }

    /// The environment that the program sees, in the place of this process's own.
    pub fn env<K: Into<String>, V: Into<String>>(
        mut self,
        env: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.env = env.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self
    }

    /// Adds the variables of a file of the form `.env` that the environment does not have.
    pub fn env_file(mut self, text: &str) -> Self {
        for (name, value) in dotenv::parse(text) {
            if !self.env.iter().any(|(known, _)| *known == name) {
                self.env.push((name, value));
            }
        }
        self
    }

    /// What is printed about warnings.
    pub fn warnings(mut self, warnings: Warnings) -> Self {
        self.warnings = warnings;
        self
    }

    /// What unhandled rejections do.
    pub fn unhandled_rejections(mut self, mode: UnhandledRejections) -> Self {
        self.rejections = mode;
        self
    }

    /// Gives the program a global function `gc` that collects garbage.
    pub fn expose_gc(mut self, yes: bool) -> Self {
        self.expose_gc = yes;
        self
    }

    /// How many frames stack traces have: `Error.stackTraceLimit`, 10 by default.
    pub fn stack_trace_limit(mut self, frames: u32) -> Self {
        self.stack_trace_limit = Some(frames);
        self
    }

    /// Ends the process with SIGABRT, which leaves a core dump, instead of the exit code 1.
    pub fn abort_on_uncaught_exception(mut self, yes: bool) -> Self {
        self.abort_on_uncaught = yes;
        self
    }

    /// What the process is called: the first value of `process.title`.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What `process.allowedNodeEnvironmentFlags` lists.
    pub fn environment_flags<T: Into<String>>(
        mut self,
        flags: impl IntoIterator<Item = T>,
    ) -> Self {
        self.environment_flags = flags.into_iter().map(Into::into).collect();
        self
    }

    /// Which children that run this very executable are copies of a process that has started
    /// already. Only for an executable whose `main` calls [`crate::await_birth`] first.
    pub fn warm_fork(mut self, which: WarmFork) -> Self {
        self.warm_fork = which;
        self
    }

    /// Lets `fork()` start this very executable, whose `main` calls [`crate::run_if_worker`] first; the
    /// second worker and those after it are copies of a process that has started already.
    pub fn own_workers(mut self) -> Self {
        self.own_workers = true;
        self.warm_fork = WarmFork::Auto;
        self
    }

    /// Limits what scripts may do to this; the script itself may be read.
    ///
    /// It is no sandbox against hostile code: the engine is not one, and what a child does is its own.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.permissions = Some(permissions);
        self
    }

    /// How modules are found and loaded.
    pub fn modules(mut self, settings: ModuleSettings) -> Self {
        self.modules = settings;
        self
    }

    /// What the command `node` is for children that this runtime starts. Only for an executable
    /// that takes the same arguments as rjs.
    pub fn node_command(mut self, which: NodeCommand) -> Self {
        self.node_command = which;
        self
    }

    /// Prints every message of an IPC channel to standard error, in this process and in those below
    /// it.
    pub fn trace_ipc(mut self, yes: bool) -> Self {
        self.trace.ipc = yes;
        self
    }

    /// Writes the tree of processes from this one on, with their messages, to a file in the Trace
    /// Event format.
    pub fn trace_processes(mut self, file: impl Into<PathBuf>) -> Self {
        self.trace.processes = Some(file.into());
        self
    }

    /// Makes the runtime.
    ///
    /// # Errors
    /// When the operating system refuses what the event loop needs, or the file of a trace.
    pub fn build(self) -> Result<Runtime, CreateError> {
        let extras = Extras {
            functions: self.functions.clone(),
            expose_gc: self.expose_gc,
            stack_trace_limit: self.stack_trace_limit,
            modules: self.modules.clone(),
        };
        Runtime::create(self.into_launch(), &extras)
    }

    pub(super) fn into_launch(mut self) -> Launch {
        // It is the runtime's word to its workers, and theirs is given anew.
        self.env.retain(|(name, _)| name != launch::WORKER_VARIABLE);
        let exec_path = self
            .exec_path
            .or_else(|| env::current_exe().ok())
            .map(|path| path.to_string_lossy().into_owned())
            .unwrap_or_default();
        let script = self.script.clone();
        let with_script = |permissions: Permissions| match &script {
            Some(script) => permissions.allow_fs_read(script),
            None => permissions,
        };
        let permissions = self.permissions.map(with_script);
        let mut argv = vec![exec_path.clone()];
        argv.extend(self.script);
        argv.extend(self.args);
        let rejections = match self.rejections {
            UnhandledRejections::Throw => RejectionMode::Throw,
            UnhandledRejections::Strict => RejectionMode::Strict,
            UnhandledRejections::Warn => RejectionMode::Warn,
            UnhandledRejections::None => RejectionMode::None,
            UnhandledRejections::WarnWithErrorCode => RejectionMode::WarnWithErrorCode,
        };
        Launch {
            argv,
            exec_argv: self.exec_args,
            argv0: self.argv0.unwrap_or_else(|| exec_path.clone()),
            exec_path,
            eval: self.eval,
            env: self.env,
            reports: Reports {
                no_warnings: self.warnings.silent,
                trace_warnings: self.warnings.trace,
                no_deprecation: self.warnings.ignore_deprecations,
                trace_deprecation: self.warnings.trace_deprecations,
                throw_deprecation: self.warnings.throw_deprecations,
                pending_deprecation: self.warnings.pending_deprecations,
                disabled: self.warnings.disabled,
                redirected_to: self.warnings.redirected_to,
                rejections,
                abort_on_uncaught: self.abort_on_uncaught,
            },
            title: self.title,
            environment_flags: self.environment_flags,
            started: self.started,
            permissions,
            spawn_policy: self.spawn_policy,
            has_own_workers: self.own_workers,
            warm_fork: match self.warm_fork {
                WarmFork::Never => launch::WarmFork::Never,
                WarmFork::Auto => launch::WarmFork::Auto,
                WarmFork::Always => launch::WarmFork::Always,
            },
            node_link: match self.node_command {
                NodeCommand::OfPath => launch::NodeLink::Never,
                NodeCommand::Missing => launch::NodeLink::Last,
                NodeCommand::Own => launch::NodeLink::Front,
            },
            trace: self.trace,
        }
    }
}
