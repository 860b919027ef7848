//! Makes the JavaScript context of a runtime: hooks, limits, replaced intrinsics.

use std::{io, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::promise::{OperationType, Promise},
    context::{ContextBuilder, HostHooks},
    job::JobCallback,
    object::builtins::JsFunction,
};

use super::{
    builtins::{Builtin, BuiltinTable},
    esm, intrinsics, iterator_preview,
    jobs::{self, Microtasks},
    kinds, proxies, reflect,
    rejections::Rejections,
    stack,
    state::{Engine, Loop},
};
use crate::event_loop::Scope;

/// How many JavaScript frames may be on the stack before `RangeError`, if the native stack has room
/// for as many.
const RECURSION_LIMIT: usize = 10_000;

/// The native stack that a frame takes when natives and JavaScript call each other in turn, bytes:
/// an unoptimised build takes several times what a release build takes.
const NATIVE_FRAME: usize = if cfg!(debug_assertions) { 24 * 1024 } else { 6 * 1024 };

/// What is assumed of a thread that is not ours, bytes.
const FOREIGN_STACK: usize = 4 << 20;

/// The values that those frames may hold: enough that the frames are what is counted.
const STACK_SIZE_LIMIT: usize = 4 * 1024 * 1024;

struct Hooks {
    rejections: Rc<Rejections>,
    scope: Rc<Scope<JsObject>>,
}

impl HostHooks for Hooks {
    fn make_job_callback(&self, callback: JsFunction, _context: &mut Context) -> JobCallback {
        jobs::callback(callback, &self.scope)
    }

    fn call_job_callback(
        &self,
        job: &JobCallback,
        this: &JsValue,
        args: &[JsValue],
        context: &mut Context,
    ) -> JsResult<JsValue> {
        jobs::call(job, this, args, &self.scope, context)
    }

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
    let scope = event_loop.scope().clone();
    let rejections = Rc::new(Rejections::new(scope.clone()));
    let modules = Rc::new(esm::Loader::default());
    let mut context = ContextBuilder::new()
        .job_executor(microtasks.clone())
        .module_loader(modules.clone())
        .host_hooks(Rc::new(Hooks { rejections: rejections.clone(), scope }))
        .build()
        .map_err(CreateError::Engine)?;
    let limits = context.runtime_limits_mut();
    limits.set_recursion_limit(recursion_limit());
    limits.set_stack_size_limit(STACK_SIZE_LIMIT);
    let engine = Engine::new(event_loop, microtasks, rejections, BuiltinTable::new(rows));
    context.insert_data(Rc::new(engine));
    context.insert_data(modules);
    replace_intrinsics(&mut context).map_err(CreateError::Engine)?;
    Ok(context)
}

fn recursion_limit() -> usize {
    let stack = crate::sys::stack::remaining().unwrap_or(FOREIGN_STACK);
    RECURSION_LIMIT.min(stack / NATIVE_FRAME)
}

/// Puts our own natives in the place of intrinsics that the engine does badly.
fn replace_intrinsics(context: &mut Context) -> JsResult<()> {
    stack::install(context)?;
    kinds::install(context)?;
    iterator_preview::install(context)?;
    reflect::install(context)?;
    proxies::install(context)?;
    intrinsics::install(context)
}
