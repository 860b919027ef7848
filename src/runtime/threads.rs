//! Threads of a program, each with a runtime of its own: what `Worker` starts.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    rc::Rc,
    sync::Arc,
};

use boa_engine::Context;

use super::{
    CreateError, Extras, InputType, Program, Runtime, RuntimeBuilder, TestClock, seed, spare::Spare,
};
use crate::{
    bindings::{
        process::launch::Reports,
        worker_threads::{self, Assignment, Orders, Starter},
    },
    engine::{
        commonjs::ModuleSettings,
        errors::Code,
        family::{self, Family},
        http_settings::HttpSettings,
        interruption,
        limits::{Limit, Limits},
        signals::Signals,
        standard::{Sink, Source},
        state,
    },
    sys::allocation,
};

/// What options ask of a thread. See [`RuntimeBuilder::thread_options`].
#[derive(Clone, Debug)]
pub struct ThreadOptions {
    builder: RuntimeBuilder,
    preload: Vec<String>,
    imports: Vec<String>,
    input_type: InputType,
}

impl ThreadOptions {
    /// The thread's runtime is as this one in what warnings and rejections do, how modules are loaded,
    /// and what the realm has.
    #[must_use]
    pub fn new(builder: RuntimeBuilder) -> Self {
        let (preload, imports) = (Vec::new(), Vec::new());
        Self { builder, preload, imports, input_type: InputType::Detect }
    }

    /// See [`Runtime::preload`].
    #[must_use]
    pub fn preload(mut self, requests: Vec<String>) -> Self {
        self.preload = requests;
        self
    }

    /// See [`Runtime::import_first`].
    #[must_use]
    pub fn import_first(mut self, specifiers: Vec<String>) -> Self {
        self.imports = specifiers;
        self
    }

    /// What a program text is.
    #[must_use]
    pub fn input_type(mut self, input_type: InputType) -> Self {
        self.input_type = input_type;
        self
    }
}

/// Variables of an environment.
pub type Environment = [(String, String)];

/// Reads the options that a thread is given; the texts of those that it cannot have.
pub type GivenOptions = fn(&[String], &Environment) -> Result<ThreadOptions, Vec<String>>;

/// Reads a program's own options for a thread that is given none.
pub type OwnOptions = fn(&[String], &Environment) -> ThreadOptions;

/// Who reads the options of threads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Readers {
    pub(super) given: GivenOptions,
    pub(super) own: OwnOptions,
}

/// What a host gives the threads of its scripts: see [`RuntimeBuilder::in_threads`].
pub(super) type Gifts = Arc<dyn Fn(RuntimeBuilder) -> RuntimeBuilder + Send + Sync>;

/// What of a runtime's configuration its threads share.
#[derive(Clone)]
struct Inherited {
    expose_gc: bool,
    stack_trace_limit: Option<u32>,
    modules: ModuleSettings,
    http: HttpSettings,
    limits: Limits,
    family: Arc<Family>,
    owns_process: bool,
    signals: Signals,
    clock: Option<TestClock>,
    seed: Option<u64>,
    gifts: Option<Gifts>,
    readers: Option<Readers>,
}

impl Inherited {
    fn of(extras: &Extras, context: &Context) -> Self {
        Self {
            expose_gc: extras.expose_gc,
            stack_trace_limit: extras.stack_trace_limit,
            modules: extras.modules.clone(),
            http: extras.http,
            limits: extras.limits.clone(),
            family: family::of(context),
            owns_process: extras.owns_process,
            signals: extras.signals,
            clock: extras.clock.clone(),
            seed: extras.seed,
            gifts: extras.gifts.clone(),
            readers: extras.threads,
        }
    }

    /// What the realm of the thread of this number has of its program.
    fn extras(self, thread: u32) -> Extras {
        let given = self.gifts.as_ref().map(|give| give(RuntimeBuilder::new()).into_gifts());
        Extras {
            expose_gc: self.expose_gc,
            stack_trace_limit: self.stack_trace_limit,
            modules: self.modules,
            http: self.http,
            limits: self.limits,
            owns_process: self.owns_process,
            signals: self.signals,
            clock: self.clock,
            // Each thread has numbers of its own, the same in every run.
            seed: self.seed.map(|seed| seed ^ u64::from(thread).rotate_left(32)),
            gifts: self.gifts,
            threads: self.readers,
            ..given.unwrap_or_default()
        }
    }
}

/// Lets programs of this context start threads.
pub(super) fn allow(extras: &Extras, context: &mut Context) {
    let inherited = Inherited::of(extras, context);
    let readers = extras.threads;
    let spare = Rc::<Spare>::default();
    let (idle, engine) = (spare.clone(), state::of(context));
    context.insert_data(Starter {
        start: Rc::new(move |orders, folder| {
            let streams = engine.standard.shared_with_thread();
            spare.start(Task { orders, folder, streams, inherited: inherited.clone() })
        }),
        prepare: Rc::new(move || idle.prepare()),
        refused: Rc::new(move |options, environment| match readers {
            Some(readers) => (readers.given)(options, environment).err().unwrap_or_default(),
            None => options.to_vec(),
        }),
    });
}

/// What a thread is for.
pub(super) struct Task {
    orders: Orders,
    folder: Option<PathBuf>,
    /// Standard input, output and error.
    streams: (Source, [Sink; 2]),
    inherited: Inherited,
}

impl Task {
    /// The name as the system takes it, which cuts it after 15 bytes.
    pub(super) fn name(&self) -> String {
        self.orders.name.replace('\0', " ")
    }

    /// Does it in this thread, and tells the parent of its end, whatever that was.
    pub(super) fn carry_out(self) {
        let (control, parent) = (self.orders.control.clone(), self.orders.parent.clone());
        // Nothing of what it leaves is looked at again.
        let ran = catch_unwind(AssertUnwindSafe(|| run(self)));
        control.close();
        let (code, reason) = match ran {
            Ok(Ok(End { is_out_of_memory: true, .. })) => {
                let message =
                    "Worker terminated due to reaching memory limit: JS heap out of memory";
                (1, Some((Code::ERR_WORKER_OUT_OF_MEMORY, message.to_owned())))
            }
            Ok(Ok(End { code, .. })) => (code, None),
            Ok(Err(error)) => (1, Some((Code::ERR_WORKER_INIT_FAILED, error.to_string()))),
            // The panic was printed.
            Err(_) => (1, None),
        };
        parent.tell(move |key, context| worker_threads::ended(key, code, reason, context));
    }
}

/// What a thread's realm gets, and what runs in it first.
struct Setup {
    extras: Extras,
    reports: Option<Reports>,
    preload: Vec<String>,
    imports: Vec<String>,
    input_type: InputType,
}

impl Setup {
    fn of(inherited: Inherited, assignment: &Assignment) -> Self {
        let launch = &assignment.launch;
        let readers = inherited.readers;
        let extras = inherited.extras(assignment.inside.id());
        let Some(readers) = readers else {
            let (preload, imports) = (Vec::new(), Vec::new());
            let input_type = InputType::CommonJs;
            return Self { extras, reports: None, preload, imports, input_type };
        };
        let (options, environment) = (&launch.exec_argv, &launch.env);
        let given = assignment.has_own_options.then(|| (readers.given)(options, environment));
        // What was refused has kept the thread from being started.
        let options = match given {
            Some(Ok(given)) => given,
            _ => (readers.own)(options, environment),
        };
        let ThreadOptions { builder, preload, imports, input_type } = options;
        let (extras, reports) = builder.into_thread(extras);
        Self { extras, reports: Some(reports), preload, imports, input_type }
    }
}

/// Runs a thread's program from its first line to its exit code.
fn run(Task { orders, folder, streams, inherited }: Task) -> Result<End, CreateError> {
    let control = orders.control.clone();
    let (mut context, process) = seed::take()?;
    state::of(&context).event_loop.prepare().map_err(CreateError::Io)?;
    family::join(&inherited.family, &context);
    let mut assignment = orders.accept(&mut context);
    let setup = Setup::of(inherited, &assignment);
    if let Some(reports) = setup.reports {
        assignment.launch.reports = reports;
    }
    let Assignment { launch, program, inside, .. } = assignment;
    let (input, streams) = streams;
    let mut extras = Extras { folder, streams, input, ..setup.extras };
    // Where nobody counts, the limit is told and not enforced.
    if let Some(limit) = inside.heap_limit().filter(|_| allocation::of_this_thread().is_some()) {
        extras.limits = extras.limits.with_heap_of_thread(limit);
    }
    let extras = Runtime::surround(extras, &mut context)?;
    let made = Runtime::furnish(&process, launch, &extras, &mut context)
        .and_then(|()| worker_threads::furnish(&process, &mut context));
    made.map_err(|error| CreateError::Engine(error.to_string()))?;
    let mut runtime = Runtime::of(context);
    let own: fn(&mut Runtime) -> &mut Context = |runtime| &mut runtime.context;
    let code = interruption::allow(&mut runtime, own, |runtime, interrupter| {
        let event_loop = state::of(&runtime.context).event_loop.clone();
        let (remote, idle) = (event_loop.remote(), event_loop.idle().clone());
        // In a thread the program runs in the loop.
        idle.begin();
        if !control.open(remote, interrupter, idle) {
            // Ended before it began, as in Node.
            return 0;
        }
        inside.begin(&runtime.context);
        runtime.preload(&setup.preload);
        runtime.import_first(&setup.imports);
        runtime.run(&into_program(program, setup.input_type))
    });
    Ok(End { code, is_out_of_memory: runtime.ended_by() == Some(Limit::Heap) })
}

/// How a thread's program ended.
struct End {
    code: i32,
    is_out_of_memory: bool,
}

fn into_program(program: worker_threads::Program, input_type: InputType) -> Program {
    let text = |source, input_type| Program::Text {
        source,
        name: "[worker eval]".to_owned(),
        print: false,
        input_type,
    };
    match program {
        worker_threads::Program::File(path) => Program::File(path),
        worker_threads::Program::Text(source) => text(source, input_type),
        worker_threads::Program::Url(url) => {
            let source = format!("import {};", serde_json::Value::from(url));
            text(source, InputType::Module)
        }
    }
}
