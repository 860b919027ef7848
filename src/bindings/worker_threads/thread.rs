//! Threads as the one sees them that has started them: the native side of `Worker`.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    path::PathBuf,
    rc::Rc,
    sync::{Arc, atomic::Ordering},
    thread::JoinHandle,
};

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{
    classes, delivery, environment,
    errors::{self, SentError},
    message::encode,
    orders::{Control, Orders, Parent, Program, Starter},
    port::{self, port_of},
    questions,
    queue::PortEnd,
    relations,
    transfer::{self, Transfers},
};
use crate::{
    bindings::{
        perf_hooks,
        process::{
            self, env,
            launch::{Launch, NodeCommand, WarmFork},
            shared_env::{self, SharedEnv},
        },
        trace,
    },
    engine::{
        callbacks,
        errors::{Code, Wording, coded, throw_sys},
        family::{self, Counted},
        folder,
        intrinsics::conversions,
        natives::{Method, arg},
        permission::{self, Scope},
        reflect, state,
    },
    event_loop::Request,
    sys::{errno::Errno, error::SysError},
};

pub(super) const METHODS: &[Method] = &[
    ("checkPermission", 0, check_permission),
    ("start", 3, start),
    ("post", 3, post),
    ("terminate", 1, terminate),
    ("setRef", 2, set_ref),
    ("internalPort", 1, internal_port),
    ("loopTime", 1, loop_time),
    ("ask", 4, questions::ask),
];

/// A thread that runs.
pub(super) struct Thread {
    pub(super) control: Arc<Control>,
    /// The ports to it: of `postMessage`, and of its standard streams.
    public: JsObject,
    internal: JsObject,
    /// Tells the `Worker` what happens.
    notify: JsObject,
    request: RefCell<Option<Request>>,
    join: RefCell<Option<JoinHandle<()>>>,
}

/// The threads that this realm has started and that have not ended.
#[derive(Default)]
struct Threads {
    last: Cell<u64>,
    running: RefCell<HashMap<u64, Rc<Thread>>>,
}

fn threads(context: &mut Context) -> Rc<Threads> {
    if let Some(threads) = context.get_data::<Rc<Threads>>() {
        return threads.clone();
    }
    let threads = Rc::<Threads>::default();
    context.insert_data(threads.clone());
    threads
}

/// The thread of this number, while it runs.
pub(super) fn running(key: &JsValue, context: &mut Context) -> Option<Rc<Thread>> {
    let key = key.as_number()? as u64;
    threads(context).running.borrow().get(&key).cloned()
}

fn check_permission(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    permission::check(Scope::Worker, "", context)?;
    Ok(JsValue::undefined())
}

/// `start(plan, notify, worker)`: `[key, threadId]`.
fn start(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let plan = Plan(arg(args, 0).to_object(context)?);
    let notify = arg(args, 1).to_object(context)?;
    let worker = arg(args, 2).to_object(context)?;
    let Some(starter) = context.get_data::<Starter>().cloned() else {
        let message = "This program cannot start threads";
        return Err(coded(context, Code::ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, message));
    };
    let counted = family::admit_thread(context)?;
    let threads = threads(context);
    let key = threads.last.get() + 1;
    threads.last.set(key);
    let (own_public, public) = PortEnd::pair();
    let (own_internal, internal) = PortEnd::pair();
    let orders = plan.orders(key, [public, internal], counted, &starter, context)?;
    let (id, control) = (orders.id, orders.control.clone());
    let (own_public, own_internal) =
        (port::create(own_public, context)?, port::create(own_internal, context)?);
    port::relay(&own_public, worker, context);
    let join = (starter.start)(orders, folder::own(context)).map_err(|error| {
        let error = SysError::new(Errno::of(&error), "pthread_create");
        throw_sys(context, &error, Wording::Short)
    })?;
    let request = state::of(context).event_loop.begin_request("Worker");
    let thread = Thread {
        control,
        public: own_public,
        internal: own_internal,
        notify,
        request: RefCell::new(Some(request)),
        join: RefCell::new(Some(join)),
    };
    threads.running.borrow_mut().insert(key, Rc::new(thread));
    Ok(JsArray::from_iter([JsValue::from(key as f64), id.into()], context).into())
}

/// What the JavaScript half has made of the arguments of `new Worker`.
struct Plan(JsObject);

impl Plan {
    /// What the thread with this number among its parent's is told, with its ends of the two ports.
    fn orders(
        &self,
        key: u64,
        [public, internal]: [PortEnd; 2],
        counted: Counted,
        starter: &Starter,
        context: &mut Context,
    ) -> JsResult<Orders> {
        let env = self.shared_env(context)?;
        let (launch, has_own_options) = self.launch(starter, context)?;
        let data = self.data(context)?;
        let relations = relations::of(context);
        let remote = state::of(context).event_loop.remote();
        Ok(Orders {
            launch,
            program: self.program(context)?,
            has_own_options,
            name: self.text("name", context)?,
            counted,
            id: relations.last_thread.fetch_add(1, Ordering::Relaxed) + 1,
            limits: self.limits(context)?,
            has_stdin: self.flag("stdin", context)?,
            tracks_descriptors: self.flag("trackUnmanagedFds", context)?,
            env,
            data,
            public,
            internal,
            relations,
            control: Arc::default(),
            parent: Parent { remote, key },
        })
    }

    fn get(&self, name: &str, context: &mut Context) -> JsResult<JsValue> {
        self.0.get(JsString::from(name), context)
    }

    fn flag(&self, name: &str, context: &mut Context) -> JsResult<bool> {
        Ok(self.get(name, context)?.to_boolean())
    }

    fn text(&self, name: &str, context: &mut Context) -> JsResult<String> {
        Ok(self.get(name, context)?.to_string(context)?.to_std_string_lossy())
    }

    fn texts(&self, name: &str, context: &mut Context) -> JsResult<Option<Vec<String>>> {
        let Some(list) = self.get(name, context)?.as_object() else { return Ok(None) };
        let values = reflect::iterated(&list, context)?.unwrap_or_default();
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            texts.push(conversions::to_string(&value, context)?.to_std_string_lossy());
        }
        Ok(Some(texts))
    }

    fn limits(&self, context: &mut Context) -> JsResult<[f64; 4]> {
        let list = self.get("limits", context)?.to_object(context)?;
        let mut limits = [0.0; 4];
        for (index, limit) in limits.iter_mut().enumerate() {
            *limit = list.get(index as u32, context)?.to_number(context)?;
        }
        Ok(limits)
    }

    fn program(&self, context: &mut Context) -> JsResult<Program> {
        let text = self.text("program", context)?;
        Ok(match self.text("kind", context)?.as_str() {
            "text" => Program::Text(text),
            "url" => Program::Url(text),
            _ => Program::File(PathBuf::from(text)),
        })
    }

    fn data(&self, context: &mut Context) -> JsResult<super::queue::Message> {
        let list = transfer::decode(&self.get("transferList", context)?, context)?;
        let transfers = Transfers::of(&list, None, context)?;
        let values = [self.get("workerData", context)?, environment::all(context)];
        let values = JsArray::from_iter(values, context);
        encode(&values.into(), &transfers, context)
    }

    /// The environment that is to be shared, if one is.
    fn shared_env(&self, context: &mut Context) -> JsResult<Option<Arc<SharedEnv>>> {
        // The symbol `SHARE_ENV`, as the JavaScript half has seen.
        if self.get("env", context)?.is_symbol() {
            return shared_env::share(context).map(Some);
        }
        Ok(None)
    }

    /// How the thread's program is started; whether its options are its own.
    fn launch(&self, starter: &Starter, context: &mut Context) -> JsResult<(Launch, bool)> {
        let process = process::state(context);
        let mut launch = process.launch.clone();
        let given = self.get("env", context)?;
        let variables = env::pairs(given.as_object(), context)?;
        for (name, _) in &variables {
            permission::check_variable(name, context)?;
        }
        let has_own_env = given.as_object().is_some();
        let own_options = self.texts("execArgv", context)?;
        let has_own_options = own_options.is_some() || has_own_env;
        if has_own_options {
            let pairs: &[_] = if has_own_env { &variables } else { &[] };
            let refused = (starter.refused)(own_options.as_deref().unwrap_or_default(), pairs);
            if !refused.is_empty() {
                let whose = if own_options.is_some() {
                    "execArgv flags"
                } else {
                    "NODE_OPTIONS env variable"
                };
                let message =
                    format!("Initiated Worker with invalid {whose}: {}", refused.join(", "));
                return Err(coded(context, Code::ERR_WORKER_INVALID_EXEC_ARGV, message));
            }
        }
        launch.env = variables;
        launch.argv.truncate(1);
        let kind = self.text("kind", context)?;
        launch.argv.push(match kind.as_str() {
            "file" => self.text("program", context)?,
            _ => "[worker eval]".to_owned(),
        });
        launch.argv.extend(self.texts("argv", context)?.unwrap_or_default());
        launch.eval = if kind == "text" { Some(self.text("program", context)?) } else { None };
        if let Some(options) = own_options {
            // Behind two dashes nothing is an option.
            launch.exec_argv = options.into_iter().take_while(|option| option != "--").collect();
        }
        launch.title = None;
        launch.warm_fork = WarmFork::Never;
        launch.node_command = NodeCommand::OfPath;
        launch.trace = trace::Request::default();
        Ok((launch, has_own_options))
    }
}

/// `post(key, value, transferList)`.
fn post(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let list = transfer::decode(&arg(args, 2), context)?;
    match running(&arg(args, 0), context) {
        Some(thread) => {
            let Some(port) = port_of(&thread.public.clone().into()) else {
                return Ok(JsValue::undefined());
            };
            classes::post(&port, None, &arg(args, 1), &list, context)?;
        }
        None => return Ok(JsValue::undefined()),
    }
    Ok(JsValue::undefined())
}

/// `terminate(key)`.
fn terminate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(thread) = running(&arg(args, 0), context) {
        thread.control.terminate();
        // It may end before it can say that its program is under way.
        prepare_next(context);
    }
    Ok(JsValue::undefined())
}

impl Thread {
    fn tell(&self, args: &[JsValue], context: &mut Context) {
        callbacks::enter(context, |context| self.notify.call(&JsValue::undefined(), args, context));
    }
}

/// `setRef(key, refed)`.
fn set_ref(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(thread) = running(&arg(args, 0), context) {
        let refed = arg(args, 1).to_boolean();
        let is_refed = thread.request.borrow().is_some();
        if refed != is_refed {
            let request = refed.then(|| state::of(context).event_loop.begin_request("Worker"));
            thread.request.replace(request);
        }
    }
    Ok(JsValue::undefined())
}

/// `internalPort(key)`: the port of the thread's standard streams.
fn internal_port(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let thread = running(&arg(args, 0), context);
    Ok(thread.map_or(JsValue::undefined(), |thread| thread.internal.clone().into()))
}

/// `loopTime(key)`: as `perf_hooks` has it for the own loop; `undefined` unless the thread's loop turns.
fn loop_time(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let time = running(&arg(args, 0), context).and_then(|thread| thread.control.loop_time());
    Ok(perf_hooks::loop_time_value(time, context))
}

/// The program of the thread that was started last is under way.
pub(super) fn prepare_next(context: &mut Context) {
    if let Some(starter) = context.get_data::<Starter>().cloned() {
        (starter.prepare)();
    }
}

/// The thread's program begins.
pub(super) fn online(key: u64, context: &mut Context) {
    if let Some(thread) = threads(context).running.borrow().get(&key).cloned() {
        thread.tell(&[js_string!("online").into()], context);
    }
}

/// An exception that nobody caught has ended the thread's program.
pub(super) fn failed(key: u64, error: SentError, context: &mut Context) {
    let thread = threads(context).running.borrow().get(&key).cloned();
    let Some(thread) = thread else { return };
    thread.receive_all(context);
    match errors::receive(error, context) {
        Ok(value) => thread.tell(&[js_string!("error").into(), value], context),
        Err(error) => state::uncaught(error, context),
    }
}

impl Thread {
    /// Delivers what the thread has sent and nobody got yet.
    fn receive_all(&self, context: &mut Context) {
        for object in [&self.public, &self.internal] {
            let open = port_of(&object.clone().into()).and_then(|port| port.open(context));
            if let Some(open) = open {
                delivery::drain(&open, context);
            }
        }
    }
}

/// The thread has ended; `reason` is a code and message where it could not even begin.
pub(crate) fn ended(key: u64, code: i32, reason: Option<(Code, String)>, context: &mut Context) {
    let thread = threads(context).running.borrow().get(&key).cloned();
    let Some(thread) = thread else { return };
    if let Some(join) = thread.join.take() {
        // Its panic was printed; the exit code tells of it.
        let _ = join.join();
    }
    thread.receive_all(context);
    threads(context).running.borrow_mut().remove(&key);
    for object in [&thread.public, &thread.internal] {
        if let Some(port) = port_of(&object.clone().into()) {
            port.close(context);
        }
    }
    thread.request.replace(None);
    let error = reason.map(|(code, message)| coded(context, code, message));
    let error = error.map_or(JsValue::undefined(), |error: JsError| {
        crate::engine::errors::value_of(error, context)
    });
    thread.tell(&[js_string!("exit").into(), code.into(), error], context);
}

/// Ends all threads that this realm has started, and waits for their ends if asked.
pub(crate) fn end_all(waits: bool, context: &mut Context) {
    let Some(threads) = context.get_data::<Rc<Threads>>().cloned() else { return };
    let running: Vec<Rc<Thread>> = threads.running.borrow().values().cloned().collect();
    for thread in &running {
        thread.control.terminate();
        thread.request.replace(None);
    }
    if !waits {
        return;
    }
    threads.running.borrow_mut().clear();
    for thread in running {
        if let Some(join) = thread.join.take() {
            let _ = join.join();
        }
    }
}
