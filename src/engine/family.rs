//! A program and the threads that it has started: what they have in common, and are counted by.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicIsize, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use boa_engine::{Context, JsError};

use super::{
    limits::{self, Limit},
    state,
};
use crate::sys::{lock::lock, usage::ThreadClock};

/// What the realms of one program share. A main thread makes it, its threads get it.
#[derive(Debug, Default)]
pub(crate) struct Family {
    /// The child processes that have not been seen to end; whether each is meant to outlive its program.
    children: Mutex<HashMap<i32, bool>>,
    /// How many child processes there were in all.
    total_children: AtomicU64,
    /// How many threads run.
    threads: AtomicU64,
    /// The descriptors that its programs have by number, and the member that each is of.
    pub(super) descriptors: Mutex<BTreeMap<i32, u64>>,
    /// How many descriptors are about to be opened.
    pub(super) opening: AtomicUsize,
    /// How many members there have been.
    members: AtomicU64,
    /// What its members hold of memory, as they last knew, bytes.
    held: AtomicIsize,
    /// How many descriptors its loops watch, if that is limited.
    sources: Arc<AtomicUsize>,
    processor: Mutex<Processor>,
}

/// The processor time of a family.
#[derive(Debug, Default)]
struct Processor {
    /// Of what has ended.
    used: Duration,
    /// What runs, and the time of its clock when it began.
    running: Vec<(ThreadClock, Duration)>,
    /// What may be used until it has to end.
    allotted: Duration,
}

impl Processor {
    fn used(&self) -> Duration {
        let running = |(clock, begun): &(ThreadClock, Duration)| clock.now().saturating_sub(*begun);
        self.used + self.running.iter().map(running).sum::<Duration>()
    }

    fn left(&self) -> Duration {
        self.allotted.saturating_sub(self.used())
    }
}

/// Uses the processor until it is dropped, in the same thread.
pub(super) struct Running<'a> {
    family: &'a Family,
    clock: ThreadClock,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut processor = lock(&self.family.processor);
        let Some(index) = processor.running.iter().rposition(|(clock, _)| *clock == self.clock)
        else {
            return;
        };
        let (clock, begun) = processor.running.swap_remove(index);
        processor.used += clock.now().saturating_sub(begun);
    }
}

/// How long to wait at least before the processor time is looked at again.
const LEAST: Duration = Duration::from_millis(1);

/// The family of this realm.
pub(crate) fn of(context: &Context) -> Arc<Family> {
    state::of(context).member.borrow().family.clone()
}

/// Makes this realm, which has done nothing yet, one of another's family.
pub(crate) fn join(family: &Arc<Family>, context: &Context) {
    *state::of(context).member.borrow_mut() = Member::of(family.clone());
}

/// A realm as one of its family.
#[derive(Debug)]
pub(crate) struct Member {
    pub(super) family: Arc<Family>,
    pub(super) id: u64,
    /// Those of the family's children that are its own.
    children: HashSet<i32>,
    /// What the family knows that it holds, bytes.
    held: Cell<isize>,
}

impl Default for Member {
    fn default() -> Self {
        Self::of(Arc::default())
    }
}

impl Member {
    fn of(family: Arc<Family>) -> Self {
        let id = family.members.fetch_add(1, Ordering::Relaxed);
        Self { family, id, children: HashSet::new(), held: Cell::new(0) }
    }
}

impl Drop for Member {
    /// Children that outlive their realm are nobody's.
    fn drop(&mut self) {
        lock(&self.family.children).retain(|pid, _| !self.children.contains(pid));
        self.hold(0);
    }
}

impl Member {
    /// It holds so many bytes; what all of its family hold.
    pub(super) fn hold(&self, bytes: isize) -> isize {
        let more = bytes - self.held.replace(bytes);
        self.family.held.fetch_add(more, Ordering::Relaxed) + more
    }

    /// The family, which may use so much of the processor from now on, if this is its main thread: threads
    /// have a part in what that was given.
    pub(super) fn allot(&self, limit: Duration) -> Arc<Family> {
        if self.id == 0 {
            let mut processor = lock(&self.family.processor);
            processor.allotted = processor.used().saturating_add(limit);
        }
        self.family.clone()
    }
}

impl Family {
    /// The number of descriptors that its loops watch.
    pub(super) fn sources(&self) -> Arc<AtomicUsize> {
        self.sources.clone()
    }

    /// This thread uses the processor for it.
    pub(super) fn use_processor(self: &Arc<Self>) -> Running<'_> {
        let clock = ThreadClock::of_this_thread();
        lock(&self.processor).running.push((clock, clock.now()));
        Running { family: self, clock }
    }

    /// The processor time that it has left.
    pub(super) fn processor_left(&self) -> Duration {
        lock(&self.processor).left()
    }

    /// How long that lasts at least, with as many threads as run.
    pub(super) fn processor_lasts(&self) -> Duration {
        let processor = lock(&self.processor);
        let threads = u32::try_from(processor.running.len()).unwrap_or(u32::MAX);
        let left = processor.left();
        // Never so little that looking takes all the time.
        if left.is_zero() { left } else { (left / threads.max(1)).max(LEAST) }
    }

    /// Whether this is a child that runs.
    pub(crate) fn has_child(&self, pid: i32) -> bool {
        lock(&self.children).contains_key(&pid)
    }
}

/// Refuses a child process beyond the limits; else counts it as one of all.
///
/// # Errors
/// `ERR_RJS_LIMIT`.
pub(crate) fn admit_child(context: &mut Context) -> Result<(), JsError> {
    let (at_once, in_all) = limits::of_children(context);
    let family = of(context);
    let alive = lock(&family.children).len() as u64;
    if let Some(limit) = at_once.filter(|limit| alive >= *limit) {
        return Err(limits::reached(Limit::Children, limit, context));
    }
    let allowed = in_all.unwrap_or(u64::MAX);
    if count_up(&family.total_children, allowed) {
        return Ok(());
    }
    Err(limits::reached(Limit::TotalChildren, allowed, context))
}

/// A child process began; `is_detached`: it is meant to outlive the program.
pub(crate) fn child_began(pid: i32, is_detached: bool, context: &Context) {
    let engine = state::of(context);
    let mut member = engine.member.borrow_mut();
    member.children.insert(pid);
    lock(&member.family.children).insert(pid, is_detached);
}

/// A child process was seen to end.
pub(crate) fn child_ended(pid: i32, context: &Context) {
    let engine = state::of(context);
    let mut member = engine.member.borrow_mut();
    member.children.remove(&pid);
    lock(&member.family.children).remove(&pid);
}

/// The child processes of the other realms of its family, but for those that are meant to outlive them.
pub(crate) fn children_of_others(context: &Context) -> Vec<i32> {
    let engine = state::of(context);
    let member = engine.member.borrow();
    let children = lock(&member.family.children);
    let others = children
        .iter()
        .filter(|(pid, is_detached)| !**is_detached && !member.children.contains(pid));
    others.map(|(pid, _)| *pid).collect()
}

/// A thread that is counted as long as this is there.
#[derive(Debug)]
pub(crate) struct Counted(Arc<Family>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.threads.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts a thread more, unless there are as many as there may be.
///
/// # Errors
/// `ERR_RJS_LIMIT`.
pub(crate) fn admit_thread(context: &mut Context) -> Result<Counted, JsError> {
    let family = of(context);
    let allowed = limits::of_threads(context).unwrap_or(u64::MAX);
    if count_up(&family.threads, allowed) {
        return Ok(Counted(family));
    }
    Err(limits::reached(Limit::Threads, allowed, context))
}

/// Counts one more, if so many are allowed.
fn count_up(counter: &AtomicU64, allowed: u64) -> bool {
    let another = |count: u64| (count < allowed).then(|| count + 1);
    counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, another).is_ok()
}
