//! Waiting for one descriptor.

use std::{os::fd::BorrowedFd, time::Instant};

use super::ChannelError;
use crate::sys::poll::{self, Interest};

/// Waits until something has come or there is room, whichever is asked for; false if the time is up.
pub(super) fn until_ready(
    fd: BorrowedFd<'_>,
    readable: bool,
    writable: bool,
    deadline: Option<Instant>,
) -> Result<bool, ChannelError> {
    let limit = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    Ok(poll::wait_for(fd, Interest { readable, writable }, limit)?)
}
