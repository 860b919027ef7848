//! What a program is told of how it was started, and how it runs.

use std::{path::PathBuf, sync::Arc};

use super::{
    super::{
        HttpSettings, ModuleSettings, Permissions,
        threads::{GivenOptions, OwnOptions, Readers},
    },
    Giving, NodeCommand, RuntimeBuilder, UnhandledRejections, WarmFork, Warnings,
};
use crate::bindings::util::dotenv;

impl RuntimeBuilder {
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

    /// The environment that the program sees, and its children by default: exactly these variables, in
    /// the place of this process's own, which it has else.
    pub fn env<K: Into<String>, V: Into<String>>(
        mut self,
        env: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.env = env.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self
    }

    /// Keeps only the variables of these names of what the environment is so far. Without `PATH`, programs are found in
    /// `/bin` and `/usr/bin`.
    pub fn env_only<T: AsRef<str>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        let names: Vec<T> = names.into_iter().collect();
        self.env.retain(|(name, _)| names.iter().any(|known| known.as_ref() == name));
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

    /// What parsers of `http` are allowed.
    pub fn http(mut self, settings: HttpSettings) -> Self {
        self.http = settings;
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

    /// How the options of threads are read: those that a `Worker` is given (or the texts of those that
    /// it cannot have), and this program's own for one that is given none; each with an environment.
    /// Without it threads are as this runtime, and cannot be given any.
    pub fn thread_options(mut self, given: GivenOptions, own: OwnOptions) -> Self {
        self.threads = Some(Readers { given, own });
        self
    }

    /// Gives threads of scripts (`Worker`) what this function adds to a builder: globals, modules, a module
    /// loader, a listener for events; whatever else it sets does not count. It is called in each thread, since
    /// functions of a host stay in the thread that they were made in.
    ///
    /// All else threads have of their program: permissions, limits, the working directory, the standard
    /// streams, the clock, numbers that follow from its seed.
    ///
    /// ```
    /// use rjs::Runtime;
    /// use serde_json::json;
    ///
    /// let mut runtime = Runtime::builder()
    ///     .in_threads(|builder| builder.function("answer", |_| Ok(json!(42))))
    ///     .build()?;
    /// let text = "const { Worker } = process.getBuiltinModule('worker_threads');
    ///     const code = `require('worker_threads').parentPort.postMessage(answer())`;
    ///     new Promise((done) => new Worker(code, { eval: true }).on('message', done))";
    /// assert_eq!(runtime.eval(text)?, 42);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_threads(
        mut self,
        give: impl Fn(RuntimeBuilder) -> RuntimeBuilder + Send + Sync + 'static,
    ) -> Self {
        self.gifts = Some(Giving(Arc::new(give)));
        self
    }
}
