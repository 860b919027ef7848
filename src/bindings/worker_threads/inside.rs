//! What is different in the realm of a worker: `process` can do less there, and says more to the
//! thread that has started this one.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    sync::Arc,
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    descriptors, environment, errors,
    message::decode,
    orders::{Orders, Parent, Program},
    port,
    queue::{Message, PortEnd},
    thread, waiting,
};
use crate::{
    bindings::process::{
        launch::Launch,
        shared_env::{self, SharedEnv},
    },
    engine::{
        builtins,
        classes::{Accessor, define_accessors},
        errors::{Code, coded},
        family::Counted,
        natives::{Method, arg, closure, define_accessor, define_value, exports_of},
        state,
    },
    sys::channel::FD_VARIABLE,
};

/// What the realm of a worker knows of itself.
pub(crate) struct Inside {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) limits: [f64; 4],
    has_stdin: bool,
    /// As long as its realm is there, the thread is.
    _counted: Counted,
    env: RefCell<Option<Arc<SharedEnv>>>,
    pub(super) parent: Parent,
    data: RefCell<Option<Message>>,
    public: RefCell<Option<PortEnd>>,
    internal: RefCell<Option<PortEnd>>,
    /// `workerData` and `parentPort`, once the module was loaded.
    opened: OnceCell<(JsValue, JsValue)>,
}

/// What the runtime of a thread is made of, and what for.
pub(crate) struct Assignment {
    pub(crate) launch: Launch,
    pub(crate) program: Program,
    pub(crate) has_own_options: bool,
    pub(crate) inside: Rc<Inside>,
}

impl Orders {
    /// Takes the orders in the thread itself.
    pub(crate) fn accept(self, context: &mut Context) -> Assignment {
        if self.tracks_descriptors {
            descriptors::track(context);
        }
        context.insert_data(self.relations);
        let inside = Inside {
            id: self.id,
            name: self.name,
            limits: self.limits,
            has_stdin: self.has_stdin,
            _counted: self.counted,
            env: RefCell::new(self.env),
            parent: self.parent,
            data: RefCell::new(Some(self.data)),
            public: RefCell::new(Some(self.public)),
            internal: RefCell::new(Some(self.internal)),
            opened: OnceCell::new(),
        };
        let inside = Rc::new(inside);
        context.insert_data(inside.clone());
        super::relations::of(context).enter(context);
        Assignment {
            launch: self.launch,
            program: self.program,
            has_own_options: self.has_own_options,
            inside,
        }
    }
}

/// Makes what most workers need, before it is known what for.
pub(crate) fn anticipate(context: &mut Context) -> JsResult<()> {
    super::classes::of(context)?;
    crate::bindings::event_target::message_event_class(context).map(drop)
}

/// The worker whose realm this is; `None` in a main thread.
pub(crate) fn inside(context: &Context) -> Option<Rc<Inside>> {
    context.get_data::<Rc<Inside>>().cloned()
}

impl Inside {
    /// How many bytes its heap may have, if `resourceLimits` says so: `maxOldGenerationSizeMb`, with
    /// `maxYoungGenerationSizeMb` where that is given.
    pub(crate) fn heap_limit(&self) -> Option<usize> {
        let [young, old, ..] = self.limits;
        let megabytes = old + young.max(0.0);
        (old > 0.0).then_some((megabytes * 1024.0 * 1024.0) as usize)
    }

    /// The thread's number.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Tells the parent that the program begins.
    pub(crate) fn begin(&self, context: &Context) {
        self.parent.tell(thread::online);
        let parent = self.parent.clone();
        // Behind the main module, if that waits for nothing.
        let remote = state::of(context).event_loop.remote();
        remote.post(Box::new(move |_| parent.tell(|_, context| thread::prepare_next(context))));
    }

    /// Tells the parent of an exception that nobody caught.
    pub(crate) fn fail(&self, value: &JsValue, context: &mut Context) {
        let error = errors::send(value, context);
        self.parent.tell(move |key, context| thread::failed(key, error, context));
    }

    /// `workerData` and `parentPort`.
    pub(super) fn open(&self, context: &mut Context) -> JsResult<(JsValue, JsValue)> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened.clone());
        }
        let port = match self.public.take() {
            Some(end) => port::create(end, context)?.into(),
            None => JsValue::null(),
        };
        let mut data = JsValue::undefined();
        if let Some(message) = self.data.take() {
            let (pair, _) = decode(message, context)?;
            let pair = pair.to_object(context)?;
            data = pair.get(0, context)?;
            environment::inherit(&pair.get(1, context)?, context);
        }
        Ok(self.opened.get_or_init(|| (data, port)).clone())
    }
}

/// The native half of `internal/worker/stdio`.
pub(crate) fn stdio_exports(context: &mut Context) -> JsResult<JsValue> {
    const METHODS: &[Method] = &[("port", 0, internal_port), ("hasStdin", 0, has_stdin)];
    Ok(exports_of(METHODS, context).into())
}

/// `port()`: the port of the standard streams.
fn internal_port(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let end = inside(context).and_then(|inside| inside.internal.take());
    match end {
        Some(end) => port::create(end, context).map(Into::into),
        None => Ok(JsValue::undefined()),
    }
}

fn has_stdin(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(inside(context).is_some_and(|inside| inside.has_stdin).into())
}

/// What would change the whole process.
const UNSUPPORTED: &[&str] = &[
    "abort",
    "chdir",
    "execve",
    "initgroups",
    "setegid",
    "seteuid",
    "setgid",
    "setgroups",
    "setuid",
];

const STREAMS: &[Accessor] = &[
    ("stdin", |_, _, context| stream("stdin", context), None),
    ("stdout", |_, _, context| stream("stdout", context), None),
    ("stderr", |_, _, context| stream("stderr", context), None),
];

/// Makes `process` what it is in a worker.
pub(crate) fn furnish(process: &JsObject, context: &mut Context) -> JsResult<()> {
    for name in UNSUPPORTED {
        refuse(process, name, context);
    }
    let env = process.get(js_string!("env"), context)?.to_object(context)?;
    if env.has_own_property(JsString::from(FD_VARIABLE), context)? {
        for name in ["send", "disconnect"] {
            refuse(process, name, context);
        }
        for name in ["channel", "connected"] {
            let name = JsString::from(name);
            let get = closure("get", 0, name.clone(), no_property, context);
            define_accessor(process, name, Some(get), None, false);
        }
    }
    let umask = process.get(js_string!("umask"), context)?.to_object(context)?;
    let umask = closure("umask", 1, umask, umask_of_worker, context);
    define_value(process, js_string!("umask"), umask, true);
    let title = process.get(js_string!("title"), context)?;
    define_value(process, js_string!("title"), title, true);
    define_accessors(process, STREAMS, true, context);
    if let Some(env) = inside(context).and_then(|inside| inside.env.take()) {
        shared_env::join(env, context);
    }
    waiting::install(context)
}

fn refuse(process: &JsObject, name: &str, context: &Context) {
    let text = JsString::from(name);
    let refused = closure(name, 0, text.clone(), unsupported, context);
    define_value(&refused, js_string!("disabled"), true, true);
    define_value(process, text, refused, true);
}

fn unsupported(
    _: &JsValue,
    _: &[JsValue],
    name: &JsString,
    context: &mut Context,
) -> JsResult<JsValue> {
    let message = format!("process.{}() is not supported in workers", name.to_std_string_lossy());
    Err(coded(context, Code::ERR_WORKER_UNSUPPORTED_OPERATION, message))
}

fn no_property(
    _: &JsValue,
    _: &[JsValue],
    name: &JsString,
    context: &mut Context,
) -> JsResult<JsValue> {
    let message = format!("process.{} is not supported in workers", name.to_std_string_lossy());
    Err(coded(context, Code::ERR_WORKER_UNSUPPORTED_OPERATION, message))
}

fn umask_of_worker(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    if arg(args, 0).is_undefined() {
        return original.call(this, args, context);
    }
    let message = "Setting process.umask() is not supported in workers";
    Err(coded(context, Code::ERR_WORKER_UNSUPPORTED_OPERATION, message))
}

fn stream(name: &str, context: &mut Context) -> JsResult<JsValue> {
    let streams = builtins::load_object("internal/worker/stdio", context)?;
    streams.get(JsString::from(name), context)
}
