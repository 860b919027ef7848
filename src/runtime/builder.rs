//! How a runtime is configured before it exists.

use std::{env, fmt, io, path::PathBuf, rc::Rc, sync::Arc};

use serde_json::Value;

use super::{
    CreateError, Extras, HostObject, HttpSettings, Input, ModuleSettings, ModuleText, Output,
    Permissions, Runtime, ScriptError, TestClock,
    threads::{Gifts, GivenOptions, OwnOptions, Readers},
};
use crate::{
    bindings::{
        process::launch::{self, Launch, RejectionMode, Reports, Started},
        trace,
        util::dotenv,
    },
    engine::{
        limits::Limits,
        module_hook,
        observer::{HostEvent, Told},
        signals::Signals,
        spawn_policy::SpawnPolicy,
    },
    sys::allocation,
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

/// What a host has its modules come from.
#[derive(Clone)]
struct Loading(Rc<module_hook::Load>);

/// Who is told of events.
#[derive(Clone)]
struct Listening(Told);

/// What threads are given.
#[derive(Clone)]
struct Giving(Gifts);

impl fmt::Debug for Giving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Giving")
    }
}

impl fmt::Debug for Loading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Loading")
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listening")
    }
}

/// Configures a [`Runtime`]. Get one from [`Runtime::builder`].
#[derive(Clone, Debug)]
#[must_use]
#[expect(clippy::struct_excessive_bools, reason = "each is one option")]
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
    http: HttpSettings,
    abort_on_uncaught: bool,
    title: Option<String>,
    environment_flags: Vec<String>,
    started: Started,
    warm_fork: WarmFork,
    node_command: NodeCommand,
    trace: trace::Request,
    globals: Vec<HostObject>,
    host_modules: Vec<(String, HostObject)>,
    loader: Option<Loading>,
    listener: Option<Listening>,
    limits: Limits,
    clock: Option<TestClock>,
    seed: Option<u64>,
    cwd: Option<PathBuf>,
    stdin: Input,
    stdout: Output,
    stderr: Output,
    owns_process: bool,
    signals: Signals,
    own_workers: bool,
    permissions: Option<Permissions>,
    pub(super) spawn_policy: Option<SpawnPolicy>,
    threads: Option<Readers>,
    gifts: Option<Giving>,
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
            http: HttpSettings::default(),
            abort_on_uncaught: false,
            title: None,
            environment_flags: Vec::new(),
            started: Started::now(),
            warm_fork: WarmFork::default(),
            node_command: NodeCommand::default(),
            trace: trace::Request::default(),
            globals: Vec::new(),
            host_modules: Vec::new(),
            loader: None,
            listener: None,
            limits: Limits::default(),
            clock: None,
            seed: None,
            cwd: None,
            stdin: Input::default(),
            stdout: Output::default(),
            stderr: Output::default(),
            owns_process: false,
            signals: Signals::default(),
            own_workers: false,
            permissions: None,
            spawn_policy: None,
            threads: None,
            gifts: None,
        }
    }

    /// Gives scripts a global function that this one computes. Arguments and value are what JSON knows
    /// of them; an error is thrown as an `Error` with its message and code.
    ///
    /// [`Self::globals`] has functions of Rust's types.
    pub fn function(
        self,
        name: impl Into<String>,
        call: impl Fn(&[Value]) -> Result<Value, ScriptError> + 'static,
    ) -> Self {
        self.globals(HostObject::new().json_function(name, call))
    }

    /// Gives scripts the members of this as global values and functions.
    pub fn globals(mut self, members: HostObject) -> Self {
        self.globals.push(members);
        self
    }

    /// Gives scripts a module of this name, for `require(name)` and `import`: `host:prices`, say. Its
    /// members are its exports. The name may not be a builtin's, nor given twice.
    pub fn module(mut self, name: impl Into<String>, members: HostObject) -> Self {
        self.host_modules.push((name.into(), members));
        self
    }

    /// Has this function asked first for every module that a script requires or imports, but for those
    /// with `node:` before their names: it gets the specifier, and who asks (a path; empty for what has no file).
    /// `None` lets the module be found as usual.
    ///
    /// ```
    /// use rjs::{ModuleKind, ModuleText, Runtime};
    ///
    /// let mut runtime = Runtime::builder()
    ///     .module_loader(|specifier, _| {
    ///         Ok(specifier.strip_prefix("plugin:").map(|name| ModuleText {
    ///             path: format!("/plugins/{name}.js").into(),
    ///             text: "exports.answer = 42".to_owned(),
    ///             kind: ModuleKind::CommonJs,
    ///         }))
    ///     })
    ///     .build()?;
    /// let plugin = runtime.load("plugin:first")?;
    /// assert_eq!(runtime.eval("import('plugin:first').then((plugin) => plugin.answer)")?, 42);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn module_loader(
        mut self,
        load: impl Fn(&str, &str) -> Result<Option<ModuleText>, ScriptError> + 'static,
    ) -> Self {
        self.loader = Some(Loading(Rc::new(load)));
        self
    }

    /// Tells this function of what happens in the runtime, while it happens and in its thread.
    pub fn on_event(mut self, told: impl Fn(&HostEvent) + 'static) -> Self {
        self.listener = Some(Listening(Rc::new(told)));
        self
    }

    /// What scripts may use.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Lets time be what this clock says.
    pub fn clock(mut self, clock: TestClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Lets `Math.random` give the same numbers in every run.
    ///
    /// It is the only source of chance that this makes predictable. All that `crypto` draws
    /// (`randomBytes`, `randomInt`, `randomUUID`, `getRandomValues` and their like) comes from the operating
    /// system as ever, because scripts make secrets of it; what has to be repeatable must not use it.
    /// Children draw their own numbers.
    pub fn random_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The working directory of the scripts: `process.cwd()`. The process's by default, as it is when the
    /// runtime is made.
    ///
    /// It is the runtime's own: paths in `fs`, modules, sockets and the directories of children go by it, and
    /// `process.chdir()` changes it and not the host's.
    pub fn cwd(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cwd = Some(folder.into());
        self
    }

    /// Where `process.stdin` reads from; the process's own by default.
    pub fn stdin(mut self, input: Input) -> Self {
        self.stdin = input;
        self
    }

    /// Where `process.stdout` and `console.log` write to; the process's own by default.
    pub fn stdout(mut self, output: Output) -> Self {
        self.stdout = output;
        self
    }

    /// Where `process.stderr` and `console.error` write to, and reports of exceptions; the process's own
    /// by default.
    pub fn stderr(mut self, output: Output) -> Self {
        self.stderr = output;
        self
    }

    /// Says that the process is this program and nothing else, as it is for the command `rjs`: scripts
    /// may change the process's working directory, umask, users and title, replace it (`execve`), abort it,
    /// signal it, and use whatever descriptors it has by their numbers.
    ///
    /// Else such calls are about the runtime alone (`chdir`, `title`), throw
    /// `ERR_WORKER_UNSUPPORTED_OPERATION`, or are a matter of [`Self::signals`]; numbers of descriptors that
    /// scripts have not opened are not open to them (`EBADF`), and who closes a standard stream leaves it open.
    pub fn owns_process(mut self) -> Self {
        self.owns_process = true;
        self
    }

    /// What scripts may do by signals: `process.kill`, `os.setPriority`, listeners for signals. In a host's
    /// process they reach their own children by default, and nobody else: what they may not reach throws
    /// `ERR_ACCESS_DENIED`, with the `permission` `Signal`.
    ///
    /// It limits these functions, not what the system lets the host's user do: a script that may start any
    /// process starts `kill`. [`Self::permissions`] says who may be started.
    ///
    /// ```
    /// use rjs::{EvalError, Runtime};
    ///
    /// let mut runtime = Runtime::builder().build()?;
    /// let Err(EvalError::Script(error)) = runtime.eval("process.kill(process.pid, 'SIGKILL')") else {
    ///     panic!("not this process");
    /// };
    /// assert_eq!(error.code.as_deref(), Some("ERR_ACCESS_DENIED"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn signals(mut self, signals: Signals) -> Self {
        self.signals = signals;
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

    /// Makes the runtime.
    ///
    /// # Errors
    /// When the operating system refuses what the event loop needs, or the file of a trace; when the working
    /// directory is none, a module's name is taken, or memory is limited where nobody counts it.
    pub fn build(self) -> Result<Runtime, CreateError> {
        if self.limits.needs_counting() && allocation::of_this_thread().is_none() {
            return Err(CreateError::Uncounted);
        }
        let extras = self.extras()?;
        Runtime::create(self.into_launch(), extras)
    }

    fn extras(&self) -> Result<Extras, CreateError> {
        Ok(Extras {
            globals: self.globals.clone(),
            host_modules: self.host_modules.clone(),
            expose_gc: self.expose_gc,
            stack_trace_limit: self.stack_trace_limit,
            modules: self.modules.clone(),
            http: self.http,
            loader: self.loader.clone().map(|Loading(load)| load),
            listener: self.listener.clone().map(|Listening(told)| told),
            limits: self.limits.clone(),
            clock: self.clock.clone(),
            seed: self.seed,
            folder: self.folder().map_err(CreateError::Folder)?,
            streams: [self.stdout.sink(), self.stderr.sink()],
            input: self.stdin.source(),
            owns_process: self.owns_process,
            signals: self.signals,
            threads: self.threads,
            gifts: self.gifts.clone().map(|Giving(give)| give),
        })
    }

    /// The working directory, if it is not to be the process's.
    fn folder(&self) -> io::Result<Option<PathBuf>> {
        let Some(folder) = &self.cwd else {
            // Where there is none, there is none for anybody.
            return Ok(env::current_dir().ok().filter(|_| !self.owns_process));
        };
        let folder = folder.canonicalize()?;
        if !folder.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Some(folder))
    }

    /// What is given to a thread's realm: see [`Self::in_threads`].
    pub(super) fn into_gifts(self) -> Extras {
        Extras {
            globals: self.globals,
            host_modules: self.host_modules,
            loader: self.loader.map(|Loading(load)| load),
            listener: self.listener.map(|Listening(told)| told),
            ..Extras::default()
        }
    }

    /// What its options say of a thread's realm; what is around it is the parent's.
    pub(super) fn into_thread(self, around: Extras) -> (Extras, Reports) {
        let extras = Extras {
            expose_gc: self.expose_gc,
            stack_trace_limit: self.stack_trace_limit,
            modules: self.modules.clone(),
            http: self.http,
            ..around
        };
        (extras, reports(self.warnings, self.rejections, self.abort_on_uncaught))
    }

    pub(super) fn into_launch(mut self) -> Launch {
        // It is the runtime's word to its workers, and theirs is given anew.
        self.env.retain(|(name, _)| name != launch::WORKER_VARIABLE);
        let here = self.folder().ok().flatten();
        let here = here.or_else(|| env::current_dir().ok()).unwrap_or_default();
        let exec_path = self
            .exec_path
            .or_else(|| env::current_exe().ok())
            .map(|path| path.to_string_lossy().into_owned())
            .unwrap_or_default();
        let script = self.script.clone();
        let with_script = |permissions: Permissions| match &script {
            Some(script) => permissions.allow_fs_read_exactly(script).placed(&here),
            None => permissions.placed(&here),
        };
        let permissions = self.permissions.map(with_script);
        let mut argv = vec![exec_path.clone()];
        argv.extend(self.script);
        argv.extend(self.args);
        let reports = reports(self.warnings, self.rejections, self.abort_on_uncaught);
        Launch {
            argv,
            exec_argv: self.exec_args,
            argv0: self.argv0.unwrap_or_else(|| exec_path.clone()),
            exec_path,
            eval: self.eval,
            env: self.env,
            reports,
            title: self.title,
            environment_flags: self.environment_flags,
            started: match &self.clock {
                Some(clock) => Started { wall: clock.since_epoch(), ..self.started },
                None => self.started,
            },
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

fn reports(
    warnings: Warnings,
    rejections: UnhandledRejections,
    abort_on_uncaught: bool,
) -> Reports {
    Reports {
        no_warnings: warnings.silent,
        trace_warnings: warnings.trace,
        no_deprecation: warnings.ignore_deprecations,
        trace_deprecation: warnings.trace_deprecations,
        throw_deprecation: warnings.throw_deprecations,
        pending_deprecation: warnings.pending_deprecations,
        disabled: warnings.disabled,
        redirected_to: warnings.redirected_to,
        rejections: match rejections {
            UnhandledRejections::Throw => RejectionMode::Throw,
            UnhandledRejections::Strict => RejectionMode::Strict,
            UnhandledRejections::Warn => RejectionMode::Warn,
            UnhandledRejections::None => RejectionMode::None,
            UnhandledRejections::WarnWithErrorCode => RejectionMode::WarnWithErrorCode,
        },
        abort_on_uncaught,
    }
}
