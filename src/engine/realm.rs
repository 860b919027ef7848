//! Makes the JavaScript context of a runtime: hooks, limits, replaced intrinsics.

use std::{io, rc::Rc};

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::promise::{OperationType, Promise},
    context::{ContextBuilder, HostHooks, intrinsics::Intrinsics},
    job::JobCallback,
    object::builtins::JsFunction,
    realm::Realm,
};
use boa_gc::{Finalize, Trace};

use super::{
    builtins::{Builtin, BuiltinTable},
    circles, esm, former_classes, intrinsics, iterator_preview,
    jobs::{self, Microtasks},
    kinds, limits, proxies, reflect,
    rejections::Rejections,
    scripts, sources,
    state::{self, Engine, Loop, NextGlobal},
    syntax,
    time::RealmClock,
    time_zone::LocalZone,
};
use crate::{event_loop::Scope, sys::stack};

/// How many JavaScript frames may be on the stack before `RangeError`, if the native stack has room
/// for as many.
const RECURSION_LIMIT: usize = 10_000;

/// The native stack that a frame takes when natives and JavaScript call each other in turn, bytes:
/// an unoptimised build takes several times what a release build takes.
const NATIVE_FRAME: usize = if cfg!(debug_assertions) { 24 * 1024 } else { 6 * 1024 };

/// The values that those frames may hold: enough that the frames are what is counted.
const STACK_SIZE_LIMIT: usize = 4 * 1024 * 1024;

/// The largest `ArrayBuffer`, bytes. The engine writes to all of it at once: V8's limit, many times the
/// memory of any machine, would be no limit.
const MAX_BUFFER_SIZE: u64 = 8 << 30;

struct Hooks {
    rejections: Rc<Rejections>,
    scope: Rc<Scope<JsObject>>,
    next_global: NextGlobal,
    time_zone: Rc<LocalZone>,
}

/// Marks a realm in which `eval` and `Function` are forbidden.
#[derive(Trace, Finalize, JsData)]
struct NoEval;

impl HostHooks for Hooks {
    fn create_global_object(&self, intrinsics: &Intrinsics) -> JsObject {
        let given = self.next_global.borrow_mut().take();
        given.unwrap_or_else(|| JsObject::with_object_proto(intrinsics))
    }

    fn local_timezone_offset_seconds(&self, unix_time_seconds: i64) -> i32 {
        self.time_zone.offset(unix_time_seconds)
    }

    fn max_buffer_size(&self, _context: &mut Context) -> u64 {
        MAX_BUFFER_SIZE
    }

    fn ensure_can_compile_strings(
        &self,
        realm: Realm,
        parameters: &[JsString],
        body: &JsString,
        _direct: bool,
        context: &mut Context,
    ) -> JsResult<()> {
        sources::of(context).note_evaluated(body);
        let text = body.to_std_string_lossy();
        scripts::ensure_depth(&text, context)?;
        for parameter in parameters {
            scripts::ensure_depth(&parameter.to_std_string_lossy(), context)?;
        }
        if syntax::declares_with_using(&text) {
            return Err(JsNativeError::syntax().with_message(syntax::NO_DECLARATION).into());
        }
        if !realm.host_defined().has::<NoEval>() {
            return Ok(());
        }
        let message = "Code generation from strings disallowed for this context";
        Err(JsNativeError::eval().with_message(message).into())
    }

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
    let next_global = NextGlobal::default();
    let time_zone = Rc::<LocalZone>::default();
    let rejections = Rc::new(Rejections::new(scope.clone()));
    let modules = Rc::new(esm::Loader::default());
    let mut context = ContextBuilder::new()
        .job_executor(microtasks.clone())
        .can_block(true)
        .module_loader(modules.clone())
        .clock(Rc::new(RealmClock(event_loop.clone())))
        .host_hooks(Rc::new(Hooks {
            rejections: rejections.clone(),
            scope,
            next_global: next_global.clone(),
            time_zone: time_zone.clone(),
        }))
        .build()
        .map_err(CreateError::Engine)?;
    let limits = context.runtime_limits_mut();
    limits.set_recursion_limit(recursion_limit());
    limits.set_stack_size_limit(STACK_SIZE_LIMIT);
    let builtins = BuiltinTable::new(rows);
    let engine = Engine::new(event_loop, microtasks, rejections, builtins, next_global, time_zone);
    context.insert_data(Rc::new(engine));
    context.insert_data(modules);
    replace_intrinsics(&mut context).map_err(CreateError::Engine)?;
    Ok(context)
}

/// Makes a further realm in this context, with this global object. What the language defines
/// globally is found on `holder` afterwards: the same object, or what stands behind it.
pub(crate) fn create_further(
    global: JsObject,
    holder: &JsObject,
    context: &mut Context,
) -> JsResult<Realm> {
    *state::of(context).next_global.borrow_mut() = Some(global);
    let realm = context.create_realm()?;
    holder.set_prototype(Some(realm.intrinsics().constructors().object().prototype()));
    let before = context.enter_realm(realm.clone());
    let outcome = replace_further(holder, context);
    context.enter_realm(before);
    outcome.map(|()| realm)
}

/// As [`replace_intrinsics`], for those that keep nothing of a realm.
fn replace_further(holder: &JsObject, context: &mut Context) -> JsResult<()> {
    remove_globals(holder, context)?;
    super::stack::install_further(context)?;
    circles::install(context)?;
    proxies::install_further(holder, context);
    limits::install(holder, context);
    intrinsics::install_further(context)?;
    if state::of(context).owns_process.get() {
        Ok(())
    } else {
        intrinsics::guards::install(context)
    }
}

/// Takes away what the engine defines globally and V8 of this version does not.
fn remove_globals(global: &JsObject, context: &mut Context) -> JsResult<()> {
    for name in ["TypedArray", "Temporal"] {
        global.delete_property_or_throw(JsString::from(name), context)?;
    }
    Ok(())
}

/// Forbids `eval` and `Function` in a realm.
pub(crate) fn forbid_eval(realm: &Realm) {
    realm.host_defined_mut().insert(NoEval);
}

fn recursion_limit() -> usize {
    // On the small stacks of threads that are not ours it counts that few frames take so much.
    let room = stack::remaining().unwrap_or_else(|| stack::left().saturating_mul(2));
    RECURSION_LIMIT.min(room / NATIVE_FRAME)
}

/// Puts our own natives in the place of intrinsics that the engine does badly.
fn replace_intrinsics(context: &mut Context) -> JsResult<()> {
    remove_globals(&context.global_object(), context)?;
    super::stack::install(context)?;
    kinds::install(context)?;
    former_classes::install(context)?;
    circles::install(context)?;
    iterator_preview::install(context)?;
    reflect::install(context)?;
    proxies::install(context)?;
    intrinsics::install(context)
}
