//! Waiting for one descriptor.

use std::os::fd::BorrowedFd;

use super::ChannelError;
use crate::sys::poll::{self, Interest};

/// Waits until something has come, or until there is room if that is asked for, too.
pub(super) fn until_ready(fd: BorrowedFd<'_>, for_writing: bool) -> Result<(), ChannelError> {
    let interest = if for_writing { Interest::BOTH } else { Interest::READABLE };
    poll::wait_for(fd, interest, None)?;
    Ok(())
}
