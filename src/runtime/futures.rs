//! Futures of a host's in the loop of a runtime: polled when somebody wakes them, promises for scripts.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{self, Poll, Wake},
};

use boa_engine::{
    Context, JsResult, JsValue, builtins::promise::ResolvingFunctions, object::builtins::JsPromise,
};

use crate::{
    engine::{callbacks, errors::value_of, state},
    event_loop::{Remote, Request},
};

/// What settles a promise, once there is a context to do it in.
pub(super) type Settle = Box<dyn FnOnce(&mut Context) -> JsResult<JsValue>>;

type Pending = Pin<Box<dyn Future<Output = Settle>>>;

/// What the loop's list of requests calls it.
const KIND: &str = "HostFuture";

/// The futures of a realm that are not done.
#[derive(Default)]
struct Tasks {
    by_number: RefCell<HashMap<u64, Task>>,
    last: Cell<u64>,
}

struct Task {
    /// Taken out while it is polled.
    future: Option<Pending>,
    resolvers: ResolvingFunctions,
    waker: Arc<Waker>,
    /// Keeps the loop alive.
    _request: Request,
}

/// Brings a future to the attention of its loop, from any thread.
struct Waker {
    number: u64,
    remote: Remote<Context>,
    /// The loop will poll it; to wake it once more adds nothing.
    is_woken: AtomicBool,
}

impl Wake for Waker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.is_woken.swap(true, Ordering::AcqRel) {
            return;
        }
        let number = self.number;
        // If the loop is gone, so is the future.
        let _ = self.remote.post(Box::new(move |context| poll(number, context)));
    }
}

fn tasks(context: &mut Context) -> Rc<Tasks> {
    if let Some(tasks) = context.get_data::<Rc<Tasks>>() {
        return tasks.clone();
    }
    let tasks = Rc::<Tasks>::default();
    context.insert_data(tasks.clone());
    tasks
}

/// A promise of what a future gives. It is polled at once for the first time.
pub(super) fn promise(
    future: impl Future<Output = Settle> + 'static,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(context);
    let tasks = tasks(context);
    let number = tasks.last.get() + 1;
    tasks.last.set(number);
    let event_loop = &state::of(context).event_loop;
    let waker = Waker { number, remote: event_loop.remote(), is_woken: AtomicBool::new(false) };
    let task = Task {
        future: Some(Box::pin(future)),
        resolvers,
        waker: Arc::new(waker),
        _request: event_loop.begin_request(KIND),
    };
    tasks.by_number.borrow_mut().insert(number, task);
    poll(number, context);
    Ok(promise.into())
}

/// A promise of what work in another thread gives.
pub(super) fn promise_of_work<T: Send + 'static>(
    work: Box<dyn FnOnce() -> T + Send>,
    settle: impl FnOnce(&mut Context, T) -> JsResult<JsValue> + 'static,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(context);
    let event_loop = state::of(context).event_loop.clone();
    event_loop.spawn_blocking_as(KIND, work, move |context, outcome| {
        callbacks::enter(context, |context| {
            let outcome = settle(context, outcome);
            finish(&resolvers, outcome, context)
        });
    });
    Ok(promise.into())
}

/// Polls a future, and settles its promise if it is done.
fn poll(number: u64, context: &mut Context) {
    let tasks = tasks(context);
    let taken = {
        let mut tasks = tasks.by_number.borrow_mut();
        let task = tasks.get_mut(&number);
        task.and_then(|task| Some((task.future.take()?, task.waker.clone())))
    };
    let Some((mut future, waker)) = taken else { return };
    waker.is_woken.store(false, Ordering::Release);
    let polled = future.as_mut().poll(&mut task::Context::from_waker(&waker.into()));
    let settle = match polled {
        Poll::Pending => {
            if let Some(task) = tasks.by_number.borrow_mut().get_mut(&number) {
                task.future = Some(future);
            }
            return;
        }
        Poll::Ready(settle) => settle,
    };
    let task = tasks.by_number.borrow_mut().remove(&number);
    let Some(task) = task else { return };
    callbacks::enter(context, |context| {
        let outcome = settle(context);
        finish(&task.resolvers, outcome, context)
    });
}

fn finish(
    resolvers: &ResolvingFunctions,
    outcome: JsResult<JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    let (settle, value) = match outcome {
        Ok(value) => (&resolvers.resolve, value),
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => (&resolvers.reject, value_of(error, context)),
    };
    settle.call(&JsValue::undefined(), &[value], context).map(drop)
}
