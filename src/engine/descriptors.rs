//! The descriptors that a program has by their numbers, as `fs.openSync` gives them.
//!
//! In a host's process all other numbers are the host's: to the program they are not open. What it leaves
//! open itself is closed with its realm.

use std::{
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, atomic::Ordering},
};

use boa_engine::Context;

use super::{
    family::{Family, Member},
    limits::{self, Limit},
    observer::HostEvent,
    state,
};
use crate::sys::{errno::Errno, error::SysError, fd, files, lock::lock};

/// The standard streams, which a host grants by what it says of them.
const STANDARD: std::ops::RangeInclusive<i32> = 0..=2;

/// A number that no descriptor has.
pub(crate) const NONE: i32 = i32::MAX;

/// The program was given this one.
pub(crate) fn given(number: i32, context: &Context) {
    let engine = state::of(context);
    if !engine.owns_process.get() {
        let member = engine.member.borrow();
        lock(&member.family.descriptors).insert(number, member.id);
    }
}

/// The program gives this one to somebody who will close it, or closes it itself; false if it is not the
/// program's.
pub(crate) fn taken(number: i32, context: &Context) -> bool {
    let engine = state::of(context);
    engine.owns_process.get() || engine.member.borrow().family.forget(number)
}

/// Whether the program may use the descriptor of this number.
pub(crate) fn is_known(number: i32, context: &Context) -> bool {
    let engine = state::of(context);
    engine.owns_process.get()
        || STANDARD.contains(&number)
        || lock(&engine.member.borrow().family.descriptors).contains_key(&number)
}

/// Whether this is a standard stream, which a host's program does not close.
pub(crate) fn are_hosts(number: i32, context: &Context) -> bool {
    STANDARD.contains(&number) && !state::of(context).owns_process.get()
}

/// Another descriptor of the same open file, for work that goes on while the program, or another thread of
/// its, may close this number and the host get it: `None` where nothing is the host's.
///
/// # Errors
/// EBADF if the program has none of this number.
pub(crate) fn held(number: i32, context: &Context) -> Result<Option<OwnedFd>, SysError> {
    let engine = state::of(context);
    if engine.owns_process.get() || STANDARD.contains(&number) {
        return Ok(None);
    }
    let member = engine.member.borrow();
    // While it is known nobody closes it.
    let known = lock(&member.family.descriptors);
    if !known.contains_key(&number) {
        return Err(unknown());
    }
    let fd = fd::borrow(number)?;
    fd::duplicate(fd.as_fd()).map(Some)
}

/// A descriptor that is about to be opened.
#[derive(Debug)]
pub(crate) struct Opening(Arc<Family>);

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.opening.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Refuses a descriptor more than there may be, those of other kinds (`besides`) counted.
///
/// # Errors
/// EMFILE, as where the system has no more.
pub(crate) fn admit(besides: usize, context: &Context) -> Result<Opening, Errno> {
    let engine = state::of(context);
    let family = engine.member.borrow().family.clone();
    let open = lock(&family.descriptors).len() + besides;
    // It is one of them from now on, whether it is admitted or not.
    let under_way = family.opening.fetch_add(1, Ordering::Relaxed);
    let opening = Opening(family);
    if limits::of_handles(context).is_some_and(|limit| open + under_way >= limit) {
        engine.observer.tell(|| HostEvent::LimitReached(Limit::Handles));
        return Err(Errno(libc::EMFILE));
    }
    Ok(opening)
}

/// The error of who names what is not open.
pub(crate) fn unknown() -> SysError {
    SysError::new(Errno(libc::EBADF), "fcntl")
}

impl Family {
    fn forget(&self, number: i32) -> bool {
        lock(&self.descriptors).remove(&number).is_some()
    }
}

impl Member {
    /// Closes what the realm has left open.
    pub(crate) fn close_all(&self) {
        let mut known = lock(&self.family.descriptors);
        let left: Vec<i32> =
            known.extract_if(.., |_, owner| *owner == self.id).map(|one| one.0).collect();
        drop(known);
        for number in left {
            // It was the program's until now, so nobody else has closed it.
            let _ = files::close(number);
        }
    }
}
