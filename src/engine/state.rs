//! What the engine floor keeps for each realm: the loop, the queues, the way out.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use boa_engine::{
    Context, JsError, JsObject, JsValue,
    error::{EngineError, PanicError},
    vm::RuntimeLimits,
};

use super::{
    async_ids::AsyncIds, breaking::Broken, builtins::BuiltinTable, family::Member, folder::Folder,
    http_settings::HttpSettings, jobs::Microtasks, limits::Meter, module_hook::ModuleHook,
    observer::Observer, rejections::Rejections, signals::Signals, standard::Standard,
    ticks::TickQueue, time_zone::LocalZone,
};
use crate::{event_loop::EventLoop, sys::alarm::Alarm};

/// The event loop as the engine uses it: its host is the JavaScript context.
pub(crate) type Loop = EventLoop<Context>;

/// The object that the next realm gets as its global object.
pub(crate) type NextGlobal = Rc<RefCell<Option<JsObject>>>;

/// Handles an exception that reached the bottom of the stack.
///
/// Registered by the floor above (`process` decides between its handlers and the end).
pub(crate) type UncaughtHandler = fn(JsValue, Origin, &mut Context);

/// Where an uncaught exception came from, as `uncaughtException` listeners are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Exception,
    Rejection,
}

/// The state that a realm's natives share. Get it with [`of`].
pub(crate) struct Engine {
    pub(crate) event_loop: Rc<Loop>,
    pub(crate) microtasks: Rc<Microtasks>,
    pub(crate) ticks: TickQueue,
    pub(crate) async_ids: AsyncIds,
    pub(crate) rejections: Rc<Rejections>,
    pub(crate) builtins: BuiltinTable,
    /// The global object of the realm that is being made, if it is a further one.
    pub(crate) next_global: NextGlobal,
    /// The zone of local times.
    pub(crate) time_zone: Rc<LocalZone>,
    /// The working directory.
    pub(crate) folder: Folder,
    pub(crate) standard: Standard,
    /// The realm among those of its program.
    pub(crate) member: RefCell<Member>,
    pub(crate) meter: Meter,
    pub(crate) module_hook: ModuleHook,
    pub(crate) observer: Observer,
    /// The process is this program and nothing else: it may change what all of the process share.
    pub(crate) owns_process: Cell<bool>,
    /// What programs may do by signals.
    pub(crate) signals: Cell<Signals>,
    /// What parsers of `http` are allowed where nothing is said.
    pub(crate) http: Cell<HttpSettings>,
    /// How many callbacks into JavaScript are under way; queues drain only at the outermost.
    pub(crate) depth: Cell<u32>,
    /// The timer or immediate that ran last threw.
    pub(crate) failed: Cell<bool>,
    /// The exit code, once the program was told to end.
    exit: Cell<Option<i32>>,
    /// Ends what the program's thread, and those that work for it, wait for.
    alarm: OnceCell<Arc<Alarm>>,
    /// Set once another thread ended the program.
    interruption: OnceCell<Arc<AtomicBool>>,
    /// The works under way that can be broken off, the outermost first.
    pub(super) breakable: RefCell<Vec<Broken>>,
    /// The engine's limits, while work that is watched may find them overwritten.
    pub(super) own_limits: Cell<Option<RuntimeLimits>>,
    uncaught: RefCell<Option<UncaughtHandler>>,
}

impl Engine {
    pub(crate) fn new(
        event_loop: Rc<Loop>,
        microtasks: Rc<Microtasks>,
        rejections: Rc<Rejections>,
        builtins: BuiltinTable,
        next_global: NextGlobal,
        time_zone: Rc<LocalZone>,
    ) -> Self {
        let ticks = TickQueue::new(event_loop.scope().clone());
        Self {
            event_loop,
            microtasks,
            ticks,
            async_ids: AsyncIds::default(),
            rejections,
            builtins,
            next_global,
            time_zone,
            folder: Folder::default(),
            standard: Standard::default(),
            member: RefCell::default(),
            meter: Meter::default(),
            module_hook: ModuleHook::default(),
            observer: Observer::default(),
            owns_process: Cell::new(false),
            signals: Cell::default(),
            http: Cell::default(),
            depth: Cell::new(0),
            failed: Cell::new(false),
            exit: Cell::new(None),
            alarm: OnceCell::new(),
            interruption: OnceCell::new(),
            breakable: RefCell::default(),
            own_limits: Cell::new(None),
            uncaught: RefCell::new(None),
        }
    }

    /// The exit code that ended the program, if one did.
    pub(crate) fn exit_code(&self) -> Option<i32> {
        self.exit.get().or_else(|| self.interrupted())
    }

    /// The exit code of a program that another thread has ended.
    fn interrupted(&self) -> Option<i32> {
        let came = self.interruption.get()?.load(Ordering::Acquire);
        came.then_some(1)
    }

    /// Whether everything that runs is to end: the program, or a work that can be broken off.
    pub(super) fn is_being_ended(&self) -> bool {
        self.interrupted().is_some() || self.is_used_up() || self.is_broken_off()
    }

    /// Whether a work that is under way was broken off.
    fn is_broken_off(&self) -> bool {
        let is_broken = |broken: &Broken| broken.load(Ordering::Acquire) != 0;
        self.breakable.borrow().iter().any(is_broken)
    }

    /// Has another thread end the program by this flag.
    pub(crate) fn set_interruption(&self, flag: Arc<AtomicBool>) {
        // A realm is made interruptible once.
        let _ = self.interruption.set(flag);
    }

    /// What ends the waits of a program that others may end: that shares its process, or its program, with
    /// them. `None`: nobody ends it but the end of the process.
    pub(crate) fn alarm(&self) -> Option<Arc<Alarm>> {
        let is_ended_by_others = !self.owns_process.get() || self.interruption.get().is_some();
        is_ended_by_others.then(|| self.alarm.get_or_init(Arc::default).clone())
    }

    /// Registers who handles uncaught exceptions.
    pub(crate) fn set_uncaught_handler(&self, handler: UncaughtHandler) {
        *self.uncaught.borrow_mut() = Some(handler);
    }

    /// Ends the program with this code: no JavaScript runs any more, the loop stops.
    ///
    /// Returns the error that unwinds the JavaScript now running; scripts cannot catch it.
    pub(crate) fn stop(&self, code: i32) -> JsError {
        self.exit.set(Some(code));
        PanicError::new("the program ended").into()
    }
}

/// The engine state of this context.
///
/// # Panics
/// If the context was not made by [`super::realm::create`]: every context of rjs is.
pub(crate) fn of(context: &Context) -> Rc<Engine> {
    context
        .get_data::<Rc<Engine>>()
        .expect("realm::create puts the engine state into every context")
        .clone()
}

/// Hands an exception that nobody caught to whoever decides about the program's end.
pub(crate) fn uncaught(error: JsError, context: &mut Context) {
    let engine = of(context);
    // Whoever breaks a work off tells of it.
    if engine.exit_code().is_some() || (error.as_engine().is_some() && engine.is_broken_off()) {
        return;
    }
    if let Some(EngineError::RuntimeLimit(limit)) = error.as_engine()
        && let Some(limit) = engine.limit_behind(*limit)
    {
        drop(engine.end_by(limit));
        return;
    }
    super::stack::remember_throw(&error, context);
    let value = super::errors::value_of(error, context);
    uncaught_value(value, Origin::Exception, context);
}

/// As [`uncaught`], for a value and its origin.
pub(crate) fn uncaught_value(value: JsValue, origin: Origin, context: &mut Context) {
    let handler = *of(context).uncaught.borrow();
    match handler {
        Some(handler) => handler(value, origin, context),
        // Before `process` exists nothing can handle it: the program cannot go on.
        None => drop(of(context).stop(1)),
    }
}
