//! Blocking work (files, names): a few threads, started when first needed.

use std::{
    any::Any,
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use super::{EventLoop, Host};
use crate::sys::{
    alarm,
    lock::{lock, wait_on, wait_on_for},
};

/// As many as libuv has.
const MAX_THREADS: usize = 4;

/// How long the end of a loop waits for work that is under way: what asks a server for a name cannot be
/// ended.
const LAST_JOB: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce() + Send>;

impl<H: Host> EventLoop<H> {
    /// Runs `work` in another thread, and then `done` with its result in a poll phase. The loop
    /// stays alive until then.
    ///
    /// If `work` panics, [`Host::work_panicked`] is called instead of `done`.
    #[cfg(test)]
    pub(crate) fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut H, T) + 'static,
    ) {
        self.spawn_blocking_as("BlockingWork", work, done);
    }

    /// As [`Self::spawn_blocking`], with a kind for [`EventLoop::active_resources`].
    pub(crate) fn spawn_blocking_as<T: Send + 'static>(
        &self,
        kind: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut H, T) + 'static,
    ) {
        let result = Arc::new(Mutex::new(None));
        let request = self.begin_request(kind);
        let finished = result.clone();
        let task = self.scoped_task(Box::new(move |host| {
            drop(request);
            let outcome = lock(&finished).take();
            match outcome {
                Some(Ok(value)) => done(host, value),
                Some(Err(panic)) => host.work_panicked(panic),
                None => {}
            }
        }));
        let key = self.work.borrow_mut().insert(task);
        let remote = self.remote();
        let alarm = alarm::current();
        self.pool.submit(Box::new(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| alarm::within(alarm, work)));
            *lock(&result) = Some(outcome);
            remote.post_work_done(key);
        }));
    }
}

/// Threads that run jobs, first come, first served.
pub(super) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    is_closed: bool,
}

impl Pool {
    pub(super) fn new() -> Self {
        Self { shared: Arc::default() }
    }

    /// How many threads there are.
    #[cfg(test)]
    pub(super) fn thread_count(&self) -> usize {
        lock(&self.shared.state).threads
    }

    /// Runs a job in one of the threads; in this one, if the system has none for us.
    fn submit(&self, job: Job) {
        let mut state = lock(&self.shared.state);
        state.jobs.push_back(job);
        if state.jobs.len() > state.idle && state.threads < MAX_THREADS {
            match self.start_thread(state.threads) {
                Ok(()) => state.threads += 1,
                Err(_) if state.threads == 0 => {
                    let job = state.jobs.pop_back();
                    drop(state);
                    if let Some(job) = job {
                        job();
                    }
                    return;
                }
                Err(_) => {}
            }
        }
        drop(state);
        self.shared.changed.notify_one();
    }

    fn start_thread(&self, number: usize) -> io::Result<()> {
        let shared = self.shared.clone();
        let builder = thread::Builder::new().name(format!("rjs-blocking-{number}"));
        builder.spawn(move || shared.run_jobs())?;
        Ok(())
    }
}

impl Drop for Pool {
    /// Jobs that did not begin are dropped. The threads end after their present one, and that is waited for:
    /// whoever wants it to be soon has ended what they wait for.
    fn drop(&mut self) {
        let mut state = lock(&self.shared.state);
        state.is_closed = true;
        let jobs = std::mem::take(&mut state.jobs);
        self.shared.changed.notify_all();
        let begin = Instant::now();
        while state.threads > 0 {
            let left = LAST_JOB.saturating_sub(begin.elapsed());
            if left.is_zero() {
                break;
            }
            state = wait_on_for(&self.shared.changed, state, left);
        }
        drop(state);
        drop(jobs);
    }
}

impl Shared {
    fn run_jobs(&self) {
        while let Some(job) = self.next_job() {
            job();
        }
        lock(&self.state).threads -= 1;
        self.changed.notify_all();
    }

    /// Waits for a job; `None` once the pool is gone.
    fn next_job(&self) -> Option<Job> {
        let mut state = lock(&self.state);
        state.idle += 1;
        while state.jobs.is_empty() && !state.is_closed {
            state = wait_on(&self.changed, state);
        }
        state.idle -= 1;
        state.jobs.pop_front()
    }
}

/// What a panic carries.
pub(crate) type Panic = Box<dyn Any + Send>;
