//! What a host gives its scripts, and keeps from them.

use std::{path::PathBuf, rc::Rc};

use serde_json::Value;

use super::{
    super::{HostObject, Input, ModuleText, Output, ScriptError, TestClock},
    Listening, Loading, RuntimeBuilder,
};
use crate::engine::{limits::Limits, observer::HostEvent, signals::Signals};

impl RuntimeBuilder {
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
}
