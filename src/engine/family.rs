//! A program and the threads that it has started: what they have in common, and are counted by.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use boa_engine::{Context, JsError};

use super::{
    limits::{self, Limit},
    state,
};
use crate::sys::lock::lock;

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
}

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
}

impl Default for Member {
    fn default() -> Self {
        Self::of(Arc::default())
    }
}

impl Member {
    fn of(family: Arc<Family>) -> Self {
        let id = family.members.fetch_add(1, Ordering::Relaxed);
        Self { family, id, children: HashSet::new() }
    }
}

impl Drop for Member {
    /// Children that outlive their realm are nobody's.
    fn drop(&mut self) {
        lock(&self.family.children).retain(|pid, _| !self.children.contains(pid));
    }
}

impl Family {
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
