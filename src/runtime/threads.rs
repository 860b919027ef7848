//! Threads of a program, each with a runtime of its own: what `Worker` starts.

use std::{io, rc::Rc, thread::JoinHandle};

use boa_engine::Context;

use super::{CreateError, Extras, InputType, Program, Runtime, seed};
use crate::{
    bindings::worker_threads::{self, Assignment, Orders, Starter},
    engine::{
        commonjs::ModuleSettings,
        errors::Code,
        interruption, state,
    },
    sys::stack,
};

/// The native stack of a thread, bytes: recursion may go as deep as in the main thread.
const STACK: usize = 64 << 20;

/// What of a runtime's configuration its threads share.
#[derive(Clone)]
struct Inherited {
    expose_gc: bool,
    stack_trace_limit: Option<u32>,
    modules: ModuleSettings,
}

/// Lets programs of this context start threads.
pub(super) fn allow(extras: &Extras, context: &mut Context) {
    let inherited = Inherited {
        expose_gc: extras.expose_gc,
        stack_trace_limit: extras.stack_trace_limit,
        modules: extras.modules.clone(),
    };
    context.insert_data(Starter {
        start: Rc::new(move |orders| start(orders, inherited.clone())),
        refused: Rc::new(|options, _| options.to_vec()),
    });
}

fn start(orders: Orders, inherited: Inherited) -> io::Result<JoinHandle<()>> {
    // The system cuts it after 15 bytes; it takes no NUL.
    let name = orders.name.replace('\0', " ");
    std::thread::Builder::new().name(name).spawn(move || {
        let (control, parent) = (orders.control.clone(), orders.parent.clone());
        let ran = stack::run_on_deep_stack(STACK, || run(orders, &inherited));
        control.close();
        let (code, reason) = match ran {
            Ok(Ok(code)) => (code, None),
            Ok(Err(error)) => (1, Some((Code::ERR_WORKER_INIT_FAILED, error.to_string()))),
            Err(error) => (1, Some((Code::ERR_WORKER_INIT_FAILED, error.errno.description().to_owned()))),
        };
        parent.tell(move |key, context| worker_threads::ended(key, code, reason, context));
    })
}

/// Runs a thread's program from its first line to its exit code.
fn run(orders: Orders, inherited: &Inherited) -> Result<i32, CreateError> {
    let control = orders.control.clone();
    let (mut context, process) = seed::take()?;
    let Assignment { launch, program, inside, .. } = orders.accept(&mut context);
    let extras = Extras {
        functions: Vec::new(),
        expose_gc: inherited.expose_gc,
        stack_trace_limit: inherited.stack_trace_limit,
        modules: inherited.modules.clone(),
    };
    let made = Runtime::furnish(&process, launch, &extras, &mut context)
        .and_then(|()| worker_threads::furnish(&process, &mut context));
    made.map_err(|error| CreateError::Engine(error.to_string()))?;
    let mut runtime = Runtime::of(context);
    let (interruptible, interrupter) = interruption::allow(&mut runtime.context);
    let remote = state::of(&runtime.context).event_loop.remote();
    let code = if control.open(remote, interrupter) {
        inside.begin();
        runtime.run(&into_program(program))
    } else {
        1
    };
    drop(interruptible);
    drop(runtime);
    Ok(code)
}

fn into_program(program: worker_threads::Program) -> Program {
    match program {
        worker_threads::Program::File(path) => Program::File(path),
        worker_threads::Program::Text(source) => Program::Text {
            source,
            name: "[worker eval]".to_owned(),
            print: false,
            input_type: InputType::CommonJs,
        },
        worker_threads::Program::Url(url) => Program::Text {
            source: format!("import {};", serde_json::Value::from(url)),
            name: "[worker eval]".to_owned(),
            print: false,
            input_type: InputType::Module,
        },
    }
}

