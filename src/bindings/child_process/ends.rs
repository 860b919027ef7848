//! What connects parent and child: a pair of sockets for each piped slot and for the channel.
//!
//! Children see what Node's children see: Unix sockets, blocking at their end. Only ours is made
//! non-blocking, by whoever adopts it.

use std::os::fd::{AsFd, OwnedFd};

use boa_engine::Context;

use super::stdio::Slot;
use crate::{
    bindings::handles,
    engine::{descriptors, standard},
    sys::{error::SysError, fd, spawn::ChildFd},
};

/// Our ends.
#[derive(Default)]
pub(super) struct Ends {
    pub(super) channel: Option<OwnedFd>,
    /// By slot.
    pub(super) pipes: Vec<(usize, OwnedFd)>,
}

/// The child's ends, by slot; to be dropped once the child has them.
pub(super) struct ChildEnds(Vec<Option<OwnedFd>>);

/// Makes every pair that these slots need.
///
/// # Errors
/// Where the system has no more descriptors or memory. Nothing is left open then.
pub(super) fn connect(slots: &[Slot]) -> Result<(Ends, ChildEnds), SysError> {
    let mut ends = Ends::default();
    let mut theirs = Vec::with_capacity(slots.len());
    for (index, slot) in slots.iter().enumerate() {
        theirs.push(match slot {
            Slot::Ignore | Slot::Fd(_) => None,
            Slot::Pipe => {
                let (ours, their) = fd::stream_pair()?;
                ends.pipes.push((index, ours));
                Some(their)
            }
            Slot::Ipc => {
                let (ours, their) = fd::stream_pair()?;
                ends.channel = Some(ours);
                Some(their)
            }
        });
    }
    Ok((ends, ChildEnds(theirs)))
}

/// What a number of the program's is to its child.
///
/// # Errors
/// EBADF for a number that no descriptor of ours has.
pub(super) fn given(number: i32, context: &Context) -> Result<ChildFd<'static>, SysError> {
    if let Some(meant) = standard::descriptor(number, context)? {
        return fd::borrow(meant).map(ChildFd::From);
    }
    if !descriptors::is_known(number, context) && !handles::has_descriptor(number, context) {
        return Err(descriptors::unknown());
    }
    fd::borrow(number).map(ChildFd::From)
}

impl ChildEnds {
    /// What each descriptor of the child is.
    ///
    /// # Errors
    /// EBADF for a number that no descriptor of ours has.
    pub(super) fn place<'fd>(
        &'fd self,
        slots: &[Slot],
        context: &Context,
    ) -> Result<Vec<ChildFd<'fd>>, SysError> {
        let place = |(slot, their): (&Slot, &'fd Option<OwnedFd>)| match (slot, their) {
            (Slot::Fd(number), _) => given(*number, context),
            (_, Some(their)) => Ok(ChildFd::From(their.as_fd())),
            (_, None) => Ok(ChildFd::Ignored),
        };
        slots.iter().zip(&self.0).map(place).collect()
    }
}
