//! A runtime: one realm, its builtins, its loop, from the first line to the exit code.

mod builder;
mod functions;
mod futures;
mod host;
mod interrupt;
mod process_setup;
mod remote;
mod repl;
mod scope;
mod seed;
mod settled;
mod shutdown;
mod spare;
mod spawn_policy;
mod streams;
mod text;
mod threads;
mod worker;

use std::{
    fmt, io,
    path::{Path, PathBuf},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

pub use crate::{
    engine::{
        commonjs::ModuleSettings,
        http_settings::HttpSettings,
        limits::{Limit, Limits},
        module_hook::{ModuleKind, ModuleText},
        observer::HostEvent,
        permission::Permissions,
        script_error::ScriptError,
        signals::Signals,
    },
    event_loop::TestClock,
    sys::allocation::CountingAllocator,
};
pub use builder::{NodeCommand, RuntimeBuilder, UnhandledRejections, WarmFork, Warnings};
pub use functions::{BlockingCall, HostCall, HostObject, Json};
pub use host::{EvalError, Exports, WaitHandle};
pub use process_setup::{end_process, on_deep_stack, prepare_process};
pub use remote::{Hold, Remote};
pub use repl::{Evaluation, Repl, redirect_output};
pub use scope::Scope;
pub use seed::{Birth, await_birth};
pub use shutdown::Ended;
pub use spawn_policy::{SpawnCall, SpawnDenial, SpawnOrder, SpawnStdio};
pub use streams::{Captured, Input, Output};
pub use threads::{Environment, GivenOptions, OwnOptions, ThreadOptions};
pub use worker::run_if_worker;

use crate::{
    bindings::{
        child_process, cluster, handles,
        ipc::{self, OwnEnd},
        permission,
        process::{self, exit, launch::Launch},
        trace, worker_threads,
    },
    engine::{
        builtins, callbacks, commonjs, esm,
        exhaustion::guarded,
        folder,
        intrinsics::{guards, random},
        limits, module_hook,
        natives::{define_value, function},
        observer::Told,
        permission::{inherited_by_process, limit, take_inherited},
        report,
        spawn_policy::install,
        standard::{Sink, Source},
        state,
    },
    sys::stack,
};

/// Why a runtime could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum CreateError {
    /// The operating system refused what the event loop needs.
    Io(io::Error),
    /// The engine could not make its realm, or a builtin failed in it.
    Engine(String),
    /// The environment names an IPC channel that is none.
    Channel(String),
    /// The file of a trace cannot be written.
    Trace(String),
    /// The environment does not say what the parent may do, but pretends to.
    Permissions(String),
    /// The working directory cannot be entered.
    Folder(io::Error),
    /// A module of the host's has a name that is taken, or none.
    Module(String),
    /// The heap is limited, and the program's allocator is neither [`CountingAllocator`] nor
    /// [`PoolAllocator`](crate::PoolAllocator).
    Uncounted,
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "cannot make an event loop: {error}"),
            Self::Engine(message) => write!(f, "cannot make a realm: {message}"),
            Self::Channel(message) => write!(f, "cannot use the IPC channel: {message}"),
            Self::Trace(message) | Self::Permissions(message) => f.write_str(message),
            Self::Folder(error) => write!(f, "cannot use the working directory: {error}"),
            Self::Module(name) => write!(f, "a module cannot be called {name:?}"),
            Self::Uncounted => {
                f.write_str("the heap cannot be limited: the program's allocator does not count it")
            }
        }
    }
}

impl std::error::Error for CreateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) | Self::Folder(error) => Some(error),
            Self::Engine(_)
            | Self::Channel(_)
            | Self::Trace(_)
            | Self::Permissions(_)
            | Self::Module(_)
            | Self::Uncounted => None,
        }
    }
}

/// What a runtime runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Program {
    /// A file, as the main module.
    File(PathBuf),
    /// Program text in the global scope, as `-e` and standard input give it.
    Text {
        /// The text.
        source: String,
        /// What stack traces call it: `[eval]`, `[stdin]`.
        name: String,
        /// Print the value of its last expression.
        print: bool,
        /// What it is.
        input_type: InputType,
    },
    /// A conversation over standard input and output, which need be no terminal: what
    /// `require('repl').start()` begins.
    Conversation,
}

/// What a program text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputType {
    /// An ES module if it reads as one and as no script, else a script.
    #[default]
    Detect,
    /// A script in the global scope.
    CommonJs,
    /// An ES module.
    Module,
}

/// What a realm gets beyond what every realm has.
#[derive(Default)]
struct Extras {
    globals: Vec<HostObject>,
    host_modules: Vec<(String, HostObject)>,
    expose_gc: bool,
    stack_trace_limit: Option<u32>,
    modules: ModuleSettings,
    http: HttpSettings,
    loader: Option<Rc<module_hook::Load>>,
    listener: Option<Told>,
    limits: Limits,
    clock: Option<TestClock>,
    seed: Option<u64>,
    /// The working directory, if it is not the process's.
    folder: Option<PathBuf>,
    /// Standard output and standard error.
    streams: [Sink; 2],
    input: Source,
    owns_process: bool,
    signals: Signals,
    threads: Option<threads::Readers>,
    gifts: Option<threads::Gifts>,
}

/// A JavaScript runtime.
///
/// It belongs to the thread that made it. Several may live in one process, each in its thread.
///
/// When it is dropped, whatever its scripts still waited for is forgotten, descriptors are closed, threads
/// are ended, and its memory is given back. Children that it has started, or its threads, are killed, but for
/// those that were started with `detached`, and those of a process that is the program's own
/// ([`RuntimeBuilder::owns_process`]): they go on. [`Self::shutdown`] asks them first.
pub struct Runtime {
    context: Context,
    imports: Vec<String>,
    /// Behind the context: what that held is garbage by then.
    _garbage: Garbage,
}

/// Collects the thread's garbage when it is dropped.
struct Garbage;

impl Drop for Garbage {
    fn drop(&mut self) {
        boa_gc::force_collect();
        stack::give_back();
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        let engine = state::of(&self.context);
        // What others do for the program, nobody waits for any more.
        if let Some(alarm) = engine.alarm() {
            alarm.raise();
        }
        worker_threads::end_all(true, &mut self.context);
        worker_threads::close_all(&mut self.context);
        if !engine.owns_process.get() {
            child_process::end_all(&mut self.context);
        }
        child_process::abandon(&self.context);
        handles::abandon(&self.context);
        ipc::abandon(&self.context);
        engine.event_loop.clear();
        engine.member.borrow().close_all();
        child_process::remove_node_link(&mut self.context);
    }
}

impl Runtime {
    /// Configures a runtime.
    pub fn builder() -> RuntimeBuilder {
        RuntimeBuilder::new()
    }

    /// Its realm is made where it will run: how deep scripts may recurse follows from that.
    fn create(launch: Launch, extras: Extras) -> Result<Self, CreateError> {
        stack::on_own_stack(|| Self::make(launch, extras))
    }

    fn make(mut launch: Launch, extras: Extras) -> Result<Self, CreateError> {
        let channel = OwnEnd::take(&mut launch.env).map_err(CreateError::Channel)?;
        inherit_limits(&mut launch)?;
        let (mut context, process) = seed::take()?;
        let extras = Self::surround(extras, &mut context)?;
        let title = trace::title(&launch.argv);
        let watcher = seed::awaits_birth().then_some(launch.exec_path.as_str());
        trace::start(&launch.trace, &mut launch.env, (&title, watcher), &mut context)
            .map_err(CreateError::Trace)?;
        Self::furnish(&process, launch, &extras, &mut context)
            .map_err(|error| CreateError::Engine(error.to_string()))?;
        if let Some(channel) = channel {
            ipc::start(&process, channel, &mut context).map_err(CreateError::Channel)?;
        }
        cluster::join(&mut context).map_err(|error| CreateError::Engine(error.to_string()))?;
        Ok(Self::of(context))
    }

    /// The runtime of a context that has all that it needs.
    fn of(context: Context) -> Self {
        Self { context, imports: Vec::new(), _garbage: Garbage }
    }

    /// Gives the realm what is around its programs; the rest of the extras.
    fn surround(mut extras: Extras, context: &mut Context) -> Result<Extras, CreateError> {
        let engine = state::of(context);
        engine.owns_process.set(extras.owns_process);
        engine.signals.set(extras.signals);
        engine.http.set(extras.http);
        if let Some(folder) = extras.folder.take() {
            engine.folder.separate(folder);
        }
        let [stdout, stderr] = std::mem::take(&mut extras.streams);
        engine.standard.replace(std::mem::take(&mut extras.input), stdout, stderr);
        if let Some(clock) = extras.clock.clone() {
            engine.event_loop.give_clock(clock);
        }
        if let Some(seed) = extras.seed {
            random::seed_with(seed, context);
        }
        if let Some(told) = extras.listener.take() {
            engine.observer.set(told);
        }
        if let Some(load) = extras.loader.take() {
            engine.module_hook.set(load);
        }
        for (name, members) in std::mem::take(&mut extras.host_modules) {
            if !engine.builtins.add_host(&name, Rc::new(move |context| members.make(context))) {
                return Err(CreateError::Module(name));
            }
        }
        Ok(extras)
    }

    /// Puts into the realm what depends on how the program is started.
    fn furnish(
        process: &JsObject,
        launch: Launch,
        extras: &Extras,
        context: &mut Context,
    ) -> JsResult<()> {
        if let Some(permissions) = launch.permissions.clone() {
            limit(permissions, context);
        }
        if let Some(policy) = launch.spawn_policy.clone() {
            install(policy, context);
        }
        process::launch(process, launch, context)?;
        if !state::of(context).owns_process.get() {
            worker_threads::install_wait(context)?;
            guards::install(context)?;
        }
        permission::install(process, context);
        threads::allow(extras, context);
        commonjs::configure(extras.modules.clone(), context);
        if let Some(limit) = extras.stack_trace_limit {
            let class = context.intrinsics().constructors().error().constructor();
            let class = context
                .global_object()
                .get(js_string!("Error"), context)?
                .as_object()
                .unwrap_or(class);
            define_value(&class, js_string!("stackTraceLimit"), limit, true);
        }
        for members in &extras.globals {
            members.define(&context.global_object(), context)?;
        }
        if extras.expose_gc {
            let collect = function("gc", 0, collect_garbage, context);
            define_value(&context.global_object(), js_string!("gc"), collect, false);
        }
        limits::apply(&extras.limits, context);
        Ok(())
    }

    /// Loads these modules before the program, as `-r` does.
    ///
    /// A module that throws ends the program: [`Self::run`] then returns at once.
    pub fn preload(&mut self, requests: &[String]) {
        let context = &mut self.context;
        let folder = folder::current(context);
        let load = |context: &mut Context| {
            let require = commonjs::require_of_preload(&folder, context)?;
            for request in requests {
                let request = boa_engine::JsString::from(request.as_str());
                require.call(&JsValue::undefined(), &[request.into()], context)?;
            }
            Ok(())
        };
        guarded(context, |context| callbacks::enter(context, load));
    }

    /// Has these modules imported before the program, as `--import` does.
    pub fn import_first(&mut self, specifiers: &[String]) {
        self.imports.extend_from_slice(specifiers);
    }

    /// Runs a file as [`Self::run`] does.
    pub fn run_file(&mut self, path: impl Into<PathBuf>) -> i32 {
        self.run(&Program::File(path.into()))
    }

    /// Runs a program until nothing is left to do, or until it ends itself; returns its exit code.
    pub fn run(&mut self, program: &Program) -> i32 {
        let imports = std::mem::take(&mut self.imports);
        limits::during(&mut self.context, |context| run(program, &imports, context))
    }

    /// Runs a program as [`Self::run`] does, in a process that ends with it; what that is to end with.
    pub fn run_last(mut self, program: &Program) -> u8 {
        let code = self.run(program);
        self.leave();
        // An exit code is the low byte of what the program gave.
        code.to_le_bytes()[0]
    }

    /// Leaves the heap as it is, since the process ends: to take it apart object by object would only take time.
    fn leave(self) {
        std::mem::forget(self);
    }

    /// Makes it one for texts that a person types; `colors`: values are shown in colours.
    ///
    /// # Errors
    /// The text of what went wrong where the scope was made.
    pub fn into_repl(self, colors: bool) -> Result<Repl, String> {
        Repl::new(self, colors)
    }

    /// Parses a file without running it; the report of what is wrong with it, if anything is.
    ///
    /// # Errors
    /// The text that Node prints for a syntax error or an unreadable file.
    pub fn check(&mut self, path: &Path) -> Result<(), String> {
        guarded(&mut self.context, |context| {
            commonjs::check(path, context).map_err(|error| {
                let value = crate::engine::errors::value_of(error, context);
                report::uncaught(&value, context)
            })
        })
    }
}

/// See [`Runtime::run`].
fn run(program: &Program, imports: &[String], context: &mut Context) -> i32 {
    state::of(context).async_ids.enter_root();
    callbacks::enter(context, |context| {
        permission::warn(context)?;
        match program {
            Program::File(path) => {
                let path = folder::placed(path, context).into_owned();
                commonjs::run_main(&path, imports, context)
            }
            Program::Text { source, name, print, input_type } => {
                let text = text::Text { source, name, print: *print, input_type: *input_type };
                text::run(&text, imports, context)
            }
            Program::Conversation => builtins::load("internal/repl/standalone", context).map(drop),
        }
    });
    let engine = state::of(context);
    while engine.exit_code().is_none() {
        engine.event_loop.run(context);
        if engine.exit_code().is_some() {
            break;
        }
        exit::emit_before_exit(context);
        if engine.exit_code().is_some() || !engine.event_loop.is_alive() {
            break;
        }
    }
    if engine.exit_code().is_none()
        && let Some(warnings) = esm::unsettled(context)
    {
        exit::finish_unsettled(&warnings, context);
    }
    end(context)
}

/// The end of a program that has nothing left to do, or has ended itself; its exit code.
fn end(context: &mut Context) -> i32 {
    let code = exit::finish(context);
    worker_threads::end_all(false, context);
    // What was sent arrives, however the program ended.
    ipc::flush_all(context);
    if worker_threads::inside(context).is_none() {
        handles::restore_terminal();
    }
    trace::end(code, context);
    child_process::remove_node_link(context);
    code
}

/// What a parent may not, its child may not either, whatever its own options say.
fn inherit_limits(launch: &mut Launch) -> Result<(), CreateError> {
    let inherited = take_inherited(&mut launch.env).map_err(CreateError::Permissions)?;
    // A host may give its scripts another environment; the process is a limited one's child all the same.
    let inherited = match inherited {
        Some(inherited) => Some(inherited),
        None => inherited_by_process().map_err(CreateError::Permissions)?,
    };
    if let Some(inherited) = inherited {
        let own = launch.permissions.take();
        launch.permissions = Some(own.map_or(inherited.clone(), |own| own.within(&inherited)));
    }
    launch.permissions = launch.permissions.take().map(|own| own.in_environment(&launch.env));
    Ok(())
}

fn collect_garbage(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    boa_gc::force_collect();
    Ok(JsValue::undefined())
}

#[cfg(test)]
mod tests;
