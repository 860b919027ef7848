//! `process`: what a program sees of the process it runs in.

pub(crate) mod env;
mod env_file;
mod execve;
pub(crate) mod exit;
mod fatal;
mod identity;
mod ids;
pub(crate) mod launch;
mod lazy;
mod measure;
mod ownership;
pub(crate) mod shared_env;
mod signals;
mod source_maps;
pub(crate) mod stdio;
mod title;
pub(crate) mod warning;

pub(crate) use lazy::flag_exports;
pub(crate) use signals::signal_number;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string, object::builtins::JsArray,
    property::PropertyDescriptor,
};

use self::launch::Launch;
pub(crate) use self::measure::milliseconds_since_start;
use crate::{
    bindings::{
        events::{self, Position},
        handles, worker_threads,
    },
    engine::{
        async_ids, builtins,
        natives::{
            Method, Native, arg, define_accessor, define_methods, define_value, function,
            registered_symbol,
        },
        state as engine_state, ticks, validate,
    },
    sys::identity::{parent_pid, pid},
};

/// What `process` keeps for a realm.
pub(crate) struct ProcessState {
    /// The object itself.
    pub(crate) object: JsObject,
    /// How the program was started.
    pub(crate) launch: Launch,
    /// The event `exit` was emitted, or is being.
    exiting: Cell<bool>,
    /// `process.exitCode` as the program set it.
    exit_code: Cell<Option<i32>>,
    capture: RefCell<Option<JsObject>>,
    trace_hint_given: Cell<bool>,
    rejections_warned: Cell<u32>,
}

/// The state of this context's `process`.
///
/// # Panics
/// Before [`launch`] ran, which the runtime does before any JavaScript.
pub(crate) fn state(context: &Context) -> Rc<ProcessState> {
    context
        .get_data::<Rc<ProcessState>>()
        .expect("the runtime creates process before any JavaScript runs")
        .clone()
}

/// True under `--pending-deprecation`.
pub(crate) fn warns_of_pending_deprecations(context: &Context) -> bool {
    state(context).launch.reports.pending_deprecation
}

const METHODS: &[Method] = &[
    ("_rawDebug", 0, stdio::raw_debug),
    ("binding", 1, fatal::binding),
    ("_linkedBinding", 1, fatal::binding),
    ("dlopen", 2, exit::dlopen),
    ("uptime", 0, measure::uptime),
    ("_getActiveHandles", 0, active_handles),
    ("_getActiveRequests", 0, active_requests),
    ("getActiveResourcesInfo", 0, active_resources),
    ("reallyExit", 0, exit::really_exit),
    ("cpuUsage", 1, measure::cpu_usage),
    ("threadCpuUsage", 1, measure::thread_cpu_usage),
    ("resourceUsage", 0, measure::resource_usage),
    ("constrainedMemory", 0, measure::constrained_memory),
    ("availableMemory", 0, measure::available_memory),
    ("ref", 1, |_, args, context| refer("ref", args, context)),
    ("unref", 1, |_, args, context| refer("unref", args, context)),
    ("kill", 2, signals::kill),
    ("exit", 1, exit::exit),
    ("getuid", 0, ids::getuid),
    ("geteuid", 0, ids::geteuid),
    ("getgid", 0, ids::getgid),
    ("getegid", 0, ids::getegid),
    ("getgroups", 0, ids::getgroups),
    ("_fatalException", 2, fatal::fatal_exception),
    ("setUncaughtExceptionCaptureCallback", 1, fatal::set_capture),
    ("hasUncaughtExceptionCaptureCallback", 0, fatal::has_capture),
    ("emitWarning", 4, warning::emit_warning),
    ("nextTick", 1, next_tick),
    ("getBuiltinModule", 1, get_builtin_module),
    ("abort", 0, exit::abort),
    ("umask", 1, ids::umask),
    ("chdir", 1, ids::chdir),
    ("cwd", 0, ids::cwd),
    ("initgroups", 2, ids::initgroups),
    ("setgroups", 1, ids::setgroups),
    ("setegid", 1, ids::setegid),
    ("seteuid", 1, ids::seteuid),
    ("setgid", 1, ids::setgid),
    ("setuid", 1, ids::setuid),
    execve::METHOD,
    ("loadEnvFile", 1, env_file::load),
    ("setSourceMapsEnabled", 1, source_maps::set_enabled),
    ("openStdin", 0, stdio::open_stdin),
    ("_kill", 2, signals::raw_kill),
    ("_tickCallback", 0, run_ticks),
];

/// Name, getter, setter, enumerable.
type Accessor = (&'static str, Native, Option<Native>, bool);

const ACCESSORS: &[Accessor] = &[
    ("_exiting", exit::get_exiting, Some(exit::set_exiting), true),
    ("exitCode", exit::get_exit_code, Some(exit::set_exit_code_property), true),
    ("stdout", stdio::get_stdout, None, true),
    ("stderr", stdio::get_stderr, None, true),
    ("stdin", stdio::get_stdin, None, true),
    ("title", title::get, Some(title::set), true),
    ("sourceMapsEnabled", source_maps::is_enabled, None, true),
    (
        "allowedNodeEnvironmentFlags",
        lazy::environment_flags,
        Some(lazy::set_environment_flags),
        true,
    ),
    ("finalization", lazy::finalization, Some(lazy::set_finalization), true),
];

/// The object, before it is known how the program is started.
struct Made(JsObject);

/// The builtin `process`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let made = context.get_data::<Rc<Made>>().map(|made| made.0.clone());
    Ok(made.map(JsValue::from).unwrap_or_default())
}

/// Makes the object `process` as far as it does not depend on how the program is started.
pub(crate) fn create(context: &mut Context) -> JsResult<JsObject> {
    let prototype = prototype(context)?;
    let process = JsObject::new(
        context.root_shape(),
        prototype,
        boa_engine::builtins::object::OrdinaryObject,
    )
    .upcast();
    identity::define(&process, context);
    define_methods(&process, METHODS, true, context);
    define_nested(&process, context);
    for &(name, get, set, enumerable) in ACCESSORS {
        let get = function(name, 0, get, context);
        let set = set.map(|set| function(name, 1, set, context));
        define_accessor(&process, JsString::from(name), Some(get), set, enumerable);
    }
    keep_exit_code(&process, context)?;
    context.insert_data(Rc::new(Made(process.clone())));
    stdio::remember_getters(&process, context);
    fatal::install(context);
    events::initialize(&process, &JsValue::undefined(), context)?;
    signals::install(&process, context)?;
    Ok(process)
}

/// Tells `process` how the program was started.
pub(crate) fn launch(process: &JsObject, launch: Launch, context: &mut Context) -> JsResult<()> {
    define_launch(process, &launch, context)?;
    let no_warnings = launch.reports.no_warnings;
    let title = launch.title.clone();
    let state = Rc::new(ProcessState {
        object: process.clone(),
        launch,
        exiting: Cell::new(false),
        exit_code: Cell::new(None),
        capture: RefCell::default(),
        trace_hint_given: Cell::new(false),
        rejections_warned: Cell::new(0),
    });
    context.insert_data(state);
    if let Some(title) = title {
        title::change(&title, context);
    }
    if !no_warnings {
        let listener = function("onWarning", 1, warning::on_warning, context);
        events::add_listener(process, js_string!("warning"), listener, Position::Last, context)?;
    }
    Ok(())
}

/// `process.exitCode` cannot be deleted.
fn keep_exit_code(process: &JsObject, context: &mut Context) -> JsResult<()> {
    let kept = PropertyDescriptor::builder().configurable(false);
    process.define_property_or_throw(js_string!("exitCode"), kept, context).map(drop)
}

/// `Object.getPrototypeOf(process)`: an object of its own between `process` and `EventEmitter`.
fn prototype(context: &mut Context) -> JsResult<JsObject> {
    let emitter = builtins::load_object("events", context)?;
    let emitter = emitter.get(js_string!("prototype"), context)?.to_object(context)?;
    let prototype =
        JsObject::new(context.root_shape(), emitter, boa_engine::builtins::object::OrdinaryObject)
            .upcast();
    let constructor = function("process", 0, |_, _, _| Ok(JsValue::undefined()), context);
    define_value(&constructor, js_string!("prototype"), prototype.clone(), false);
    define_value(&prototype, js_string!("constructor"), constructor, false);
    Ok(prototype)
}

/// The functions that are properties of functions.
fn define_nested(process: &JsObject, context: &mut Context) {
    let hrtime = function("hrtime", 1, measure::hrtime, context);
    let bigint = function("bigint", 0, measure::hrtime_bigint, context);
    define_value(&hrtime, js_string!("bigint"), bigint, true);
    define_value(process, js_string!("hrtime"), hrtime, true);
    let memory = function("memoryUsage", 0, measure::memory_usage, context);
    let rss = function("rss", 0, measure::resident, context);
    define_value(&memory, js_string!("rss"), rss, true);
    define_value(process, js_string!("memoryUsage"), memory, true);
}

/// What depends on how the program was started.
fn define_launch(process: &JsObject, launch: &Launch, context: &mut Context) -> JsResult<()> {
    let argv = strings(&launch.argv, context);
    define_value(process, js_string!("argv"), argv, true);
    let exec_argv = strings(&launch.exec_argv, context);
    define_value(process, js_string!("execArgv"), exec_argv, true);
    let env = env::create(&launch.env, context)?;
    define_value(process, js_string!("env"), env, true);
    define_value(process, js_string!("execPath"), JsString::from(launch.exec_path.as_str()), true);
    define_value(process, js_string!("debugPort"), 9229, true);
    define_value(process, js_string!("domain"), JsValue::null(), true);
    let preloaded = JsArray::new(context)?;
    define_value(process, js_string!("_preload_modules"), preloaded, true);
    let loaded = JsArray::new(context)?;
    fixed(process, js_string!("moduleLoadList"), loaded, true);
    let features = identity::features(context);
    fixed(process, js_string!("features"), features, true);
    let config = identity::config(context)?;
    fixed(process, js_string!("config"), config, true);
    fixed(process, js_string!("argv0"), JsString::from(launch.argv0.as_str()), true);
    fixed(process, js_string!("pid"), pid(), true);
    define_value(process, js_string!("ppid"), parent_pid(), true);
    if let Some(text) = &launch.eval {
        fixed(process, js_string!("_eval"), JsString::from(text.as_str()), true);
    }
    fixed(process, JsSymbol::to_string_tag(), js_string!("process"), false);
    Ok(())
}

fn fixed(
    object: &JsObject,
    key: impl Into<boa_engine::property::PropertyKey>,
    value: impl Into<JsValue>,
    enumerable: bool,
) {
    let descriptor = PropertyDescriptor::builder()
        .value(value.into())
        .writable(false)
        .enumerable(enumerable)
        .configurable(enumerable);
    object.insert_property(key, descriptor.build());
}

fn strings(list: &[String], context: &mut Context) -> JsArray {
    let values: Vec<JsValue> =
        list.iter().map(|text| JsString::from(text.as_str()).into()).collect();
    JsArray::from_iter(values, context)
}

/// `process.nextTick(callback, ...args)`.
fn next_tick(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(&arg(args, 0), "callback", context)?;
    if !state(context).exiting.get() {
        let rest = args.get(1..).unwrap_or_default().to_vec();
        let engine = engine_state::of(context);
        let operation = engine.async_ids.create();
        if engine.async_ids.is_watched() {
            async_ids::init_unnamed(operation, "TickObject", context)?;
        }
        engine.ticks.push_operation(callback, rest, operation);
    }
    Ok(JsValue::undefined())
}

/// `process._tickCallback()`: runs what `nextTick` and promises have queued.
fn run_ticks(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    ticks::drain(context);
    Ok(JsValue::undefined())
}

/// `process.ref(object)` and `process.unref(object)`: by its symbol, else by its method.
fn refer(name: &str, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = arg(args, 0);
    let Some(object) = given.as_object() else { return Ok(JsValue::undefined()) };
    let symbol = registered_symbol(&format!("nodejs.{name}"), context)?;
    let mut method = object.get(symbol, context)?;
    if !method.is_callable() {
        method = object.get(JsString::from(name), context)?;
    }
    if let Some(method) = method.as_callable() {
        method.call(&given, &[], context)?;
    }
    Ok(JsValue::undefined())
}

/// `process.getBuiltinModule(id)`.
fn get_builtin_module(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = validate::string(&arg(args, 0), "id", context)?;
    let row = engine_state::of(context).builtins.public(&id.to_std_string_lossy());
    match row {
        Some(row) => builtins::load(row.name, context),
        None => Ok(JsValue::undefined()),
    }
}

/// `process.getActiveResourcesInfo()`: the kinds of what keeps the loop alive.
fn active_resources(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let active = engine_state::of(context).event_loop.active_resources();
    let timers = std::iter::repeat_n("Timeout", active.timers);
    let immediates = std::iter::repeat_n("Immediate", active.immediates);
    let handles = handles::active_kinds(context);
    let kinds = active.requests.into_iter().chain(handles).chain(active.sources);
    let kinds = kinds.chain(timers).chain(immediates);
    let kinds: Vec<JsValue> = kinds.map(|kind| JsString::from(kind).into()).collect();
    Ok(JsArray::from_iter(kinds, context).into())
}

/// `process._getActiveRequests()`: an object for each request in flight, of a class of its name.
fn active_requests(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let active = engine_state::of(context).event_loop.active_resources();
    let mut requests: Vec<JsValue> = Vec::new();
    for kind in active.requests {
        let class = function(kind, 0, |_, _, _| Ok(JsValue::undefined()), context);
        let prototype = JsObject::with_object_proto(context.intrinsics());
        define_value(&prototype, js_string!("constructor"), class, false);
        let request = JsObject::with_object_proto(context.intrinsics());
        request.set_prototype(Some(prototype));
        requests.push(request.into());
    }
    Ok(JsArray::from_iter(requests, context).into())
}

/// `process._getActiveHandles()`: the sockets and servers that are open.
fn active_handles(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut owners = handles::active_owners(context)?;
    owners.extend(worker_threads::active_ports(context));
    Ok(JsArray::from_iter(owners, context).into())
}

/// Emits an event on `process`.
pub(crate) fn emit(
    process: &JsObject,
    name: &str,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    events::emit(process, JsString::from(name), args, context)
}
