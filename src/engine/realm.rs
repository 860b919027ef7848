//! Makes the JavaScript context of a runtime: hooks, limits, replaced intrinsics.

use std::{io, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult,
    builtins::promise::{OperationType, Promise},
    context::{ContextBuilder, HostHooks},
};

use super::{
    builtins::{Builtin, BuiltinTable},
    intrinsics,
    jobs::Microtasks,
    kinds, proxies, reflect,
    rejections::Rejections,
    stack,
    state::{Engine, Loop},
};

/// How many JavaScript frames may be on the stack before `RangeError`.
const RECURSION_LIMIT: usize = 10_000;

/// The values that those frames may hold: enough that the frames are what is counted.
const STACK_SIZE_LIMIT: usize = 4 * 1024 * 1024;

struct Hooks {
    rejections: Rc<Rejections>,
}

impl HostHooks for Hooks {
    fn promise_rejection_tracker(
        &self,
        promise: &JsObject<Promise>,
        operation: OperationType,
        _context: &mut Context,
    ) {
        self.rejections.track(promise.clone().upcast(), operation);
    }
}

/// What can go wrong before the first line of JavaScript runs.
#[derive(Debug)]
pub(crate) enum CreateError {
    /// The operating system refused what the event loop needs.
    Loop(io::Error),
    /// The engine could not make its realm.
    Engine(boa_engine::JsError),
}

/// Makes a context whose builtins are the rows given.
pub(crate) fn create(rows: Vec<Builtin>) -> Result<Context, CreateError> {
    let event_loop = Rc::new(Loop::new().map_err(CreateError::Loop)?);
    let microtasks = Rc::new(Microtasks::default());
    let rejections = Rc::new(Rejections::default());
    let mut context = ContextBuilder::new()
        .job_executor(microtasks.clone())
        .host_hooks(Rc::new(Hooks { rejections: rejections.clone() }))
        .build()
        .map_err(CreateError::Engine)?;
    let limits = context.runtime_limits_mut();
    limits.set_recursion_limit(RECURSION_LIMIT);
    limits.set_stack_size_limit(STACK_SIZE_LIMIT);
    let engine = Engine::new(event_loop, microtasks, rejections, BuiltinTable::new(rows));
    context.insert_data(Rc::new(engine));
    replace_intrinsics(&mut context).map_err(CreateError::Engine)?;
    Ok(context)
}

/// Puts our own natives in the place of intrinsics that the engine does badly.
fn replace_intrinsics(context: &mut Context) -> JsResult<()> {
    stack::install(context)?;
    kinds::install(context)?;
    reflect::install(context)?;
    proxies::install(context)?;
    intrinsics::install(context)
}
