//! Reaching the loop from other threads.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::{EventLoop, Host, Task, after_callback, table::Key};
use crate::sys::{lock::lock, poll::Poll, waker::Waker};

/// A task from another thread.
pub(crate) type RemoteTask<H> = Box<dyn FnOnce(&mut H) + Send>;

/// Posts tasks to a loop, from any thread. It does not keep the loop alive; a [`Hold`] does.
pub(crate) struct Remote<H> {
    inbox: Arc<Inbox<H>>,
}

/// Keeps the loop alive until it is dropped, in whatever thread.
pub(crate) struct Hold<H> {
    inbox: Arc<Inbox<H>>,
}

impl<H: Host> EventLoop<H> {
    /// A way to the loop for other threads.
    pub(crate) fn remote(&self) -> Remote<H> {
        Remote { inbox: self.inbox.clone() }
    }

    /// Runs the tasks that are in the inbox now.
    pub(super) fn run_posted(&self, host: &mut H) {
        for _ in 0..self.inbox.begin_reading() {
            if host.is_stopping() {
                return;
            }
            let Some(posted) = self.inbox.pop() else { return };
            match posted {
                Posted::Task(task) => task(host),
                Posted::WorkDone(key) => {
                    let Some(finish) = self.take_work(key) else { continue };
                    finish(host);
                }
            }
            after_callback(host);
        }
    }

    fn take_work(&self, key: Key) -> Option<Task<H>> {
        self.work.borrow_mut().remove(key)
    }
}

impl<H> Remote<H> {
    /// Lets the loop run a task in its poll phase. The loop stays alive until it ran.
    ///
    /// Returns false, and drops the task, if the loop is gone.
    pub(crate) fn post(&self, task: RemoteTask<H>) -> bool {
        self.inbox.push(Posted::Task(task)).is_ok()
    }

    /// Keeps the loop alive while work for it is in flight.
    pub(crate) fn hold(&self) -> Hold<H> {
        self.inbox.holds.fetch_add(1, Ordering::Relaxed);
        Hold { inbox: self.inbox.clone() }
    }

    /// Says that the work of [`EventLoop::spawn_blocking`] is done.
    pub(super) fn post_work_done(&self, key: Key) {
        // If the loop is gone, so is whoever waits for the work.
        let _ = self.inbox.push(Posted::WorkDone(key));
    }
}

impl<H> Clone for Remote<H> {
    fn clone(&self) -> Self {
        Self { inbox: self.inbox.clone() }
    }
}

impl<H> Drop for Hold<H> {
    fn drop(&mut self) {
        if self.inbox.holds.fetch_sub(1, Ordering::Release) == 1 {
            self.inbox.wake();
        }
    }
}

/// What other threads and the loop share.
pub(super) struct Inbox<H> {
    state: Mutex<State<H>>,
    holds: AtomicUsize,
    /// Something came since the loop last looked; changed under the lock.
    has_news: AtomicBool,
}

struct State<H> {
    posted: VecDeque<Posted<H>>,
    /// Made when the loop is first about to wait while others have a way to it.
    waker: Option<Arc<Waker>>,
    /// The loop sleeps, or is about to: who has news wakes it. A loop that is awake looks anyway.
    is_asleep: bool,
    /// Somebody else waits for the waker.
    is_watched: bool,
    is_closed: bool,
}

enum Posted<H> {
    Task(RemoteTask<H>),
    WorkDone(Key),
}

impl<H> Inbox<H> {
    pub(super) fn new() -> Self {
        let posted = VecDeque::new();
        let state =
            State { posted, waker: None, is_asleep: false, is_watched: false, is_closed: false };
        let (holds, has_news) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { state: Mutex::new(state), holds, has_news }
    }

    /// True while work is in flight or a task has not run.
    pub(super) fn is_live(&self) -> bool {
        // The holds first: whoever drops one has posted before.
        self.holds.load(Ordering::Acquire) > 0 || self.has_posted()
    }

    pub(super) fn has_posted(&self) -> bool {
        !self.lock().posted.is_empty()
    }

    /// Makes the waker that ends the poll's wait, unless there is one.
    pub(super) fn ensure_waker(&self, poll: &Poll) -> io::Result<()> {
        let mut state = self.lock();
        if state.waker.is_none() {
            let waker = Waker::new()?;
            poll.add_waker(&waker)?;
            if self.has_news() {
                waker.wake()?;
            }
            state.waker = Some(Arc::new(waker));
        }
        Ok(())
    }

    /// Has every piece of news use the waker, for somebody else who waits for it.
    pub(super) fn watch(&self) {
        let mut state = self.lock();
        state.is_watched = true;
        if self.has_news() {
            use_waker(state.waker.clone());
        }
    }

    /// Whether something came since the loop last looked.
    pub(super) fn has_news(&self) -> bool {
        self.has_news.load(Ordering::Acquire)
    }

    /// Says that the loop is about to sleep; false if it has to look first.
    pub(super) fn begin_sleep(&self) -> bool {
        let mut state = self.lock();
        state.is_asleep = !self.has_news();
        state.is_asleep
    }

    /// Says that the loop is awake.
    pub(super) fn end_sleep(&self) {
        self.lock().is_asleep = false;
    }

    /// Takes the waker away; the next wait makes another.
    pub(super) fn take_waker(&self) -> Option<Arc<Waker>> {
        self.lock().waker.take()
    }

    /// Refuses all tasks from now on, and drops those that are there.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.clear();
    }

    /// Drops all tasks that are there.
    pub(super) fn clear(&self) {
        let posted = std::mem::take(&mut self.lock().posted);
        drop(posted);
    }

    /// Returns how many tasks are there; from now on a post wakes the loop anew.
    fn begin_reading(&self) -> usize {
        let state = self.lock();
        self.has_news.store(false, Ordering::Release);
        state.posted.len()
    }

    fn pop(&self) -> Option<Posted<H>> {
        self.lock().posted.pop_front()
    }

    fn push(&self, posted: Posted<H>) -> Result<(), Posted<H>> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(posted);
        }
        state.posted.push_back(posted);
        let waker = self.tell(&state);
        // Whoever wakes up wants the lock.
        drop(state);
        use_waker(waker);
        Ok(())
    }

    fn wake(&self) {
        let state = self.lock();
        let waker = self.tell(&state);
        drop(state);
        use_waker(waker);
    }

    /// Notes that there is news; the waker, if it is needed.
    fn tell(&self, state: &State<H>) -> Option<Arc<Waker>> {
        let is_known = self.has_news.swap(true, Ordering::AcqRel);
        let is_awaited = state.is_asleep || state.is_watched;
        state.waker.clone().filter(|_| !is_known && is_awaited)
    }

    fn lock(&self) -> MutexGuard<'_, State<H>> {
        // Nothing panics while it holds the lock.
        lock(&self.state)
    }
}

fn use_waker(waker: Option<Arc<Waker>>) {
    if let Some(waker) = waker {
        // It fails only if the descriptor was closed behind our back; nobody here could mend that.
        let _ = waker.wake();
    }
}
