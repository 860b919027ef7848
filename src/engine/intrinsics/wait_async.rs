//! `Atomics.waitAsync`, whose promise settles while the loop goes on.
//!
//! The engine waits by a future that borrows the context for as long as it lives: polled from the queue of
//! microtasks it would hold up everything until somebody notifies. So it gets a context of its own, which
//! lasts as long as its thread and has our queue of jobs; the realm of the promise is the program's all the
//! same. Whoever notifies it, in whatever thread, has the loop poll it again.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
    task::{self, Poll, Wake},
};

use boa_engine::{
    Context, JsObject, JsResult, JsValue, context::ContextBuilder, job::BoxedFuture, js_string,
    value::PreferredType,
};

use crate::{
    engine::{
        jobs::{Microtasks, Waiter},
        natives::{arg, closure, define_value},
        state,
    },
    event_loop::{Remote, TimerId},
};

/// How long the engine is told that a thread waits, which has a time of its own; milliseconds.
const LONG: f64 = 1e12;

/// The longest time of a timer, in milliseconds.
const LONGEST_TIMER: f64 = 2_147_483_647.0;

/// The waits of a realm that are not over.
#[derive(Default)]
struct Waits {
    next: Cell<u64>,
    open: RefCell<HashMap<u64, Wait>>,
    /// The context that futures borrow; made with the first.
    context: Cell<Option<&'static RefCell<&'static mut Context>>>,
}

struct Wait {
    future: BoxedFuture<'static>,
    bell: Arc<Bell>,
    timer: Option<TimerId>,
}

/// Has the loop look after a wait.
struct Bell {
    remote: Remote<Context>,
    id: u64,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let id = self.id;
        // Where the loop is gone, nobody waits.
        self.remote.post(Box::new(move |context| poll(id, context)));
    }
}

/// Replaces `Atomics.waitAsync`.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let atomics = context.global_object().get(js_string!("Atomics"), context)?;
    let atomics = atomics.to_object(context)?;
    let original = atomics.get(js_string!("waitAsync"), context)?.to_object(context)?;
    let wait = closure("waitAsync", 4, original.clone(), wait_async, context);
    define_value(&atomics, js_string!("waitAsync"), wait, false);
    context.insert_data(Original(original));
    Ok(())
}

/// The engine's own function.
struct Original(JsObject);

/// The engine's own function, whose future is its caller's business: see [`Microtasks::begin_wait`].
pub(crate) fn original(context: &Context) -> Option<JsObject> {
    context.get_data::<Original>().map(|original| original.0.clone())
}

fn wait_async(
    _: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let mut place = [arg(args, 0), arg(args, 1), arg(args, 2)];
    // What the program's own conversions queue belongs to the program's queue.
    for value in &mut place[1..] {
        if value.is_object() {
            *value = value.to_primitive(context, PreferredType::Number)?;
        }
    }
    let timeout = arg(args, 3).to_number(context)?;
    let [array, index, value] = place;
    let time = if timeout <= 0.0 { 0.0 } else { LONG };
    let args = [array, index, value, time.into()];
    let microtasks = state::of(context).microtasks.clone();
    let (begun, waiter) = microtasks
        .begin_wait(context, |context| original.call(&JsValue::undefined(), &args, context));
    if let Some(waiter) = waiter {
        begin(waiter, timeout, context);
    }
    begun
}

fn begin(waiter: Waiter, timeout: f64, context: &mut Context) {
    let waits = waits(context);
    let engine = state::of(context);
    let id = waits.next.get();
    waits.next.set(id + 1);
    let cell = waits.context.get().unwrap_or_else(|| own_context(engine.microtasks.clone()));
    waits.context.set(Some(cell));
    let bell = Arc::new(Bell { remote: engine.event_loop.remote(), id });
    let Waiter { job, removal } = waiter;
    let mut wait = Wait { future: Box::pin(job.call(cell)), bell, timer: None };
    // What is no number is for ever, as in the standard.
    if timeout <= LONGEST_TIMER {
        let removal = Cell::new(Some(removal));
        let end = move |context: &mut Context| {
            if let Some(Err(error)) = removal.take().map(|removal| removal.call(context)) {
                state::uncaught(error, context);
            }
        };
        let timer = engine.event_loop.add_timer(timeout.ceil() as u64, false, Rc::new(end));
        // As in Node, who only waits does not keep the program alive.
        engine.event_loop.set_timer_ref(timer, false);
        wait.timer = Some(timer);
    }
    waits.open.borrow_mut().insert(id, wait);
    poll(id, context);
}

/// A context whose jobs are the program's. It lasts for good: what borrows it may last as long.
fn own_context(microtasks: Rc<Microtasks>) -> &'static RefCell<&'static mut Context> {
    let built = ContextBuilder::new().job_executor(microtasks).build();
    let context = Box::leak(Box::new(built.unwrap_or_default()));
    Box::leak(Box::new(RefCell::new(context)))
}

fn waits(context: &mut Context) -> Rc<Waits> {
    if let Some(waits) = context.get_data::<Rc<Waits>>() {
        return waits.clone();
    }
    let waits = Rc::new(Waits::default());
    context.insert_data(waits.clone());
    waits
}

/// Looks whether a wait is over. The promise settles by then.
fn poll(id: u64, context: &mut Context) {
    let waits = waits(context);
    // It is out of the table meanwhile: settling may run what waits anew.
    let Some(mut wait) = waits.open.borrow_mut().remove(&id) else { return };
    let waker = wait.bell.clone().into();
    match wait.future.as_mut().poll(&mut task::Context::from_waker(&waker)) {
        Poll::Pending => {
            waits.open.borrow_mut().insert(id, wait);
        }
        Poll::Ready(result) => {
            if let Some(timer) = wait.timer {
                state::of(context).event_loop.remove_timer(timer);
            }
            if let Err(error) = result {
                state::uncaught(error, context);
            }
        }
    }
}
