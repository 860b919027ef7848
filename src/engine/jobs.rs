//! The microtask queue: promise jobs and `queueMicrotask`, drained by [`super::ticks`].

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    task::{Poll, Waker},
};

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsValue,
    job::{Job, JobCallback, JobExecutor, NativeAsyncJob, PromiseJob, TimeoutJob},
    object::builtins::JsFunction,
    realm::Realm,
};
use boa_gc::{Finalize, Trace};

use super::{errors, finalization::Collected, state};
use crate::event_loop::Scope;

/// The async context that a promise's handler runs in: the one in which it was attached.
#[derive(Trace, Finalize, JsData)]
struct Inherited(JsObject);

/// A handler of a promise with the current async context.
pub(crate) fn callback(callback: JsFunction, scope: &Scope<JsObject>) -> JobCallback {
    match scope.current() {
        Some(frame) => JobCallback::new(callback, Inherited(frame)),
        None => JobCallback::new(callback, ()),
    }
}

/// Calls a handler in its async context. Too deep a recursion rejects the promise that waits for it.
pub(crate) fn call(
    job: &JobCallback,
    this: &JsValue,
    args: &[JsValue],
    scope: &Scope<JsObject>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let outcome = if scope.is_used() {
        let frame = job.host_defined().downcast_ref::<Inherited>().map(|frame| frame.0.clone());
        scope.within(frame, || job.callback().call(this, args, context))
    } else {
        job.callback().call(this, args, context)
    };
    outcome.map_err(|error| errors::catchable(error, context))
}

/// Boa's job executor with Node's order: microtasks run when the tick queue says so.
#[derive(Default)]
pub(crate) struct Microtasks {
    queue: RefCell<VecDeque<Microtask>>,
    /// What the collector has told finalization registries.
    pub(super) collected: Rc<Collected>,
    /// The end of a wait that begins.
    removal: RefCell<Option<TimeoutJob>>,
    /// Guards against draining inside of a drain.
    draining: Cell<bool>,
    /// Some realm has a queue of its own.
    has_own: Cell<bool>,
}

/// The queue of a realm whose jobs run only when it says so.
#[derive(Clone, Default, Trace, Finalize, JsData)]
struct OwnQueue(#[unsafe_ignore_trace] Rc<RefCell<VecDeque<Microtask>>>);

enum Microtask {
    Promise(PromiseJob),
    Async(NativeAsyncJob),
}

/// What `Atomics.waitAsync` asks the engine for: a job that is done when the waiter was notified, and one
/// that takes the waiter off its list.
pub(crate) struct Waiter {
    pub(crate) job: NativeAsyncJob,
    pub(crate) removal: TimeoutJob,
}

impl Microtasks {
    /// Adds a job behind those that wait.
    pub(crate) fn push(&self, job: PromiseJob) {
        self.queue.borrow_mut().push_back(Microtask::Promise(job));
    }

    /// Does work and at once what it asked the engine to do on its own (loading modules); the jobs of
    /// promises that come up meanwhile wait behind all others.
    pub(crate) fn alone<T>(
        &self,
        context: &mut Context,
        work: impl FnOnce(&mut Context) -> T,
    ) -> T {
        let before = self.queue.take();
        let result = work(context);
        let mut promises = VecDeque::new();
        loop {
            let next = self.queue.borrow_mut().pop_front();
            match next {
                Some(Microtask::Async(job)) => {
                    if let Err(error) = run_async(job, context) {
                        state::uncaught(error, context);
                    }
                }
                Some(job) => promises.push_back(job),
                None => break,
            }
        }
        let mut queue = self.queue.borrow_mut();
        *queue = before;
        queue.append(&mut promises);
        drop(queue);
        result
    }

    /// Does work that runs no script and may begin one wait with an end, whose jobs its caller gets.
    pub(crate) fn begin_wait<T>(
        &self,
        context: &mut Context,
        work: impl FnOnce(&mut Context) -> T,
    ) -> (T, Option<Waiter>) {
        let before = self.queue.take();
        self.removal.take();
        let result = work(context);
        let asked = self.queue.replace(before).pop_front();
        let removal = self.removal.take();
        let (Some(Microtask::Async(job)), Some(removal)) = (asked, removal) else {
            return (result, None);
        };
        (result, Some(Waiter { job, removal }))
    }

    /// From now on the jobs of a realm wait until [`Microtasks::drain_own`] runs them.
    pub(crate) fn separate(&self, realm: &Realm) {
        self.has_own.set(true);
        realm.host_defined_mut().insert(OwnQueue::default());
    }

    /// Runs the jobs of a realm that has a queue of its own, those that they queue there included.
    ///
    /// # Errors
    /// What breaks off everything; an exception of a job is uncaught, and the others run.
    pub(crate) fn drain_own(realm: &Realm, context: &mut Context) -> JsResult<()> {
        let own = realm.host_defined().get::<OwnQueue>().cloned();
        let Some(queue) = own.map(|own| own.0.clone()) else { return Ok(()) };
        while !state::of(context).is_being_ended() {
            let next = queue.borrow_mut().pop_front();
            let Some(task) = next else { break };
            match perform(task, context) {
                Err(error) if error.as_engine().is_some() => return Err(error),
                Err(error) => state::uncaught(error, context),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// The queue that the realm has for itself.
    fn own_queue(&self, realm: Option<&Realm>) -> Option<OwnQueue> {
        let realm = realm.filter(|_| self.has_own.get())?;
        realm.host_defined().get::<OwnQueue>().cloned()
    }

    fn enqueue(&self, own: Option<OwnQueue>, job: Microtask) {
        match own {
            Some(own) => own.0.borrow_mut().push_back(job),
            None => self.queue.borrow_mut().push_back(job),
        }
    }

    /// Runs every microtask, those that they queue included.
    ///
    /// An exception of one (only `queueMicrotask` callbacks can throw) is uncaught; the rest runs.
    pub(crate) fn drain(&self, context: &mut Context) {
        if self.draining.replace(true) {
            return;
        }
        loop {
            while let Some(task) = self.next(context) {
                if let Err(error) = perform(task, context) {
                    state::uncaught(error, context);
                }
            }
            if !self.collected.call_one(context) {
                break;
            }
        }
        context.clear_kept_objects();
        self.draining.set(false);
    }

    fn next(&self, context: &Context) -> Option<Microtask> {
        let engine = state::of(context);
        if engine.exit_code().is_some() || engine.is_being_ended() {
            return None;
        }
        self.queue.borrow_mut().pop_front()
    }
}

impl JobExecutor for Microtasks {
    fn enqueue_job(self: Rc<Self>, job: Job, _context: &mut Context) {
        match job {
            Job::PromiseJob(job) => {
                self.enqueue(self.own_queue(job.realm()), Microtask::Promise(job));
            }
            Job::AsyncJob(job) => {
                self.enqueue(self.own_queue(job.realm()), Microtask::Async(job));
            }
            // The engine asks for these only through features (Atomics.waitAsync) that run as soon as a
            // microtask may.
            Job::GenericJob(job) => {
                let job = PromiseJob::new(move |context| job.call(context));
                self.queue.borrow_mut().push_back(Microtask::Promise(job));
            }
            Job::TimeoutJob(job) => *self.removal.borrow_mut() = Some(job),
            _ => {}
        }
    }

    fn run_jobs(self: Rc<Self>, context: &mut Context) -> JsResult<()> {
        self.drain(context);
        Ok(())
    }
}

fn perform(task: Microtask, context: &mut Context) -> JsResult<()> {
    match task {
        Microtask::Promise(job) => job.call(context).map(drop),
        Microtask::Async(job) => run_async(job, context),
    }
}

/// Runs a native async job. All of ours (module loading) are ready on first poll; one that is
/// not would be lost, so it is polled again until it is.
fn run_async(job: NativeAsyncJob, context: &mut Context) -> JsResult<()> {
    let cell = RefCell::new(context);
    let mut future = std::pin::pin!(job.call(&cell));
    let mut task = std::task::Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut task) {
            return result.map(drop);
        }
    }
}
