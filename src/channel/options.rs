//! How a channel is made.

use std::{
    os::fd::OwnedFd,
    process::{Child, Command},
};

use super::{Channel, ChannelError};
use crate::{
    ipc::{channel::Channel as Protocol, codec::Serialization as Wire},
    sys::{
        self,
        channel::{FD_VARIABLE, MODE_VARIABLE},
        fd,
    },
};

/// How messages become bytes: Node's `serialization` option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Serialization {
    /// JSON text.
    #[default]
    Json,
    /// V8's format: bytes, dates, maps, sets, big integers, `undefined`.
    Advanced,
}

/// Options of a [`Channel`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ChannelOptions {
    serialization: Serialization,
    pub(super) message_limit: usize,
    pub(super) queue_limit: usize,
}

impl Default for ChannelOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl ChannelOptions {
    /// JSON, messages of up to 512 MiB as in Node, and as much in the queue.
    pub fn new() -> Self {
        let limit = Protocol::<(), (), ()>::DEFAULT_LIMIT;
        Self { serialization: Serialization::Json, message_limit: limit, queue_limit: limit }
    }

    /// How messages become bytes. A child is told; that of the channel to a parent is the parent's choice.
    pub fn serialization(mut self, serialization: Serialization) -> Self {
        self.serialization = serialization;
        self
    }

    /// How long a message that comes may be, in bytes. One that is longer ends the channel.
    pub fn message_limit(mut self, bytes: usize) -> Self {
        self.message_limit = bytes;
        self
    }

    /// How many bytes may wait for a peer that does not read. One message is taken even if it is longer;
    /// what is sent beyond that is refused ([`ChannelError::Full`]).
    pub fn queue_limit(mut self, bytes: usize) -> Self {
        self.queue_limit = bytes;
        self
    }

    /// Starts a program with a channel. The child's exit status is the [`Child`]'s to tell; its exit
    /// can be polled for with [`super::exit_descriptor`].
    ///
    /// # Errors
    /// As [`Command::spawn`].
    pub fn spawn(&self, mut command: Command) -> Result<(Child, Channel), ChannelError> {
        let (ours, theirs) = fd::stream_pair()?;
        sys::command::give_descriptor(&mut command, theirs, FD_VARIABLE);
        command.env(MODE_VARIABLE, self.wire().name());
        let child = command.spawn()?;
        Ok((child, self.over(ours)?))
    }

    /// The channel to the process that started this one; `None` if it has none. To be asked once: the
    /// descriptor is taken.
    ///
    /// # Errors
    /// If what the environment names is no channel.
    pub fn to_parent(&self) -> Result<Option<Channel>, ChannelError> {
        let Ok(number) = std::env::var(FD_VARIABLE) else { return Ok(None) };
        let mode = std::env::var(MODE_VARIABLE).unwrap_or_default();
        let wire = Wire::from_name(&mode).unwrap_or(Wire::Json);
        let number = number.parse().map_err(|_| ChannelError::NoChannel)?;
        let fd = fd::adopt(number).map_err(|_| ChannelError::NoChannel)?;
        if !fd::is_unix_stream(&fd) {
            return Err(ChannelError::NoChannel);
        }
        Channel::new(fd, wire, self).map(Some)
    }

    /// A channel over a connected stream socket (`unix(7)`).
    ///
    /// # Errors
    /// If the descriptor does not take being non-blocking.
    pub fn over(&self, fd: OwnedFd) -> Result<Channel, ChannelError> {
        Channel::new(fd, self.wire(), self)
    }

    fn wire(&self) -> Wire {
        match self.serialization {
            Serialization::Json => Wire::Json,
            Serialization::Advanced => Wire::Advanced,
        }
    }
}
