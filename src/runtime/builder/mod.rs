//! How a runtime is configured before it exists.

mod choices;
mod host;
mod making;
mod program;

use std::{env, fmt, path::PathBuf, rc::Rc};

pub use self::choices::{NodeCommand, UnhandledRejections, WarmFork, Warnings};
use super::{
    HostObject, HttpSettings, Input, ModuleSettings, Output, Permissions, TestClock,
    threads::{Gifts, Readers},
};
use crate::{
    bindings::{process::launch::Started, trace},
    engine::{
        limits::Limits, module_hook, observer::Told, signals::Signals, spawn_policy::SpawnPolicy,
    },
};

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

/// Configures a [`Runtime`](crate::Runtime). Get one from [`Runtime::builder`](crate::Runtime::builder).
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
    pub(in crate::runtime) spawn_policy: Option<SpawnPolicy>,
    threads: Option<Readers>,
    gifts: Option<Giving>,
}

impl RuntimeBuilder {
    pub(in crate::runtime) fn new() -> Self {
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
}
