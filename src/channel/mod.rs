//! A channel to a process of rjs or Node, for Rust programs: the same protocol, without an engine.
//!
//! A Rust program is the parent ([`Channel::spawn`]) or the child ([`Channel::to_parent`]) of one that
//! runs JavaScript there: messages are values that serde knows, handles are descriptors.

mod error;
mod handle;
mod wait;

use std::{
    collections::VecDeque,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    process::{Child, Command},
};

use serde::Serialize;
use serde_json::Value;

pub use self::{
    error::ChannelError,
    handle::{Handle, HandleKind},
};
use crate::{
    ipc::{
        channel::{Channel as Protocol, Received},
        codec::{Command as Internal, Serialization},
        handover::Retention,
        outbox::Completion,
    },
    sys::{self, channel::READ_SIZE, fd},
};

/// The variable that tells a child the number of its end.
const VARIABLE: &str = "NODE_CHANNEL_FD";

/// A message that has come.
#[derive(Debug)]
pub struct Message {
    /// What was sent.
    pub value: Value,
    /// What came with it.
    pub handle: Option<Handle>,
}

/// What [`Channel::try_receive`] found.
#[derive(Debug)]
pub enum Incoming {
    /// A message.
    Message(Message),
    /// None yet.
    Nothing,
    /// There will be no further message: the peer has disconnected or is gone.
    End,
}

/// One end of a channel, with Node's `json` serialization.
///
/// It is closed when it is dropped; what is still queued then is lost ([`Self::flush`]). To wait for it
/// in a loop of one's own, poll its descriptor ([`AsFd`]) for reading, and for writing as long as
/// [`Self::wants_write`].
#[derive(Debug)]
pub struct Channel {
    fd: OwnedFd,
    protocol: Protocol<OwnedFd, Handle, ()>,
    /// Came, and was not looked at yet.
    unread: Vec<u8>,
    messages: VecDeque<Message>,
    is_ended: bool,
}

impl Channel {
    /// Starts a program with a channel: `rjs worker.js`, `node worker.js`, or another Rust program that
    /// calls [`Self::to_parent`].
    ///
    /// # Errors
    /// As [`Command::spawn`].
    pub fn spawn(mut command: Command) -> Result<(Child, Self), ChannelError> {
        let (ours, theirs) = fd::stream_pair()?;
        sys::command::give_descriptor(&mut command, theirs, VARIABLE);
        let child = command.spawn()?;
        Ok((child, Self::of(ours)?))
    }

    /// The channel to the process that started this one; `None` if it has none. To be asked once: the
    /// descriptor is taken.
    ///
    /// # Errors
    /// If what the environment names is no channel, or one with the `advanced` serialization.
    pub fn to_parent() -> Result<Option<Self>, ChannelError> {
        let Ok(number) = std::env::var(VARIABLE) else { return Ok(None) };
        let mode = std::env::var("NODE_CHANNEL_SERIALIZATION_MODE").unwrap_or_default();
        if mode == Serialization::Advanced.name() {
            return Err(ChannelError::Unsupported);
        }
        let number = number.parse().map_err(|_| ChannelError::NoChannel)?;
        let fd = fd::adopt(number).map_err(|_| ChannelError::NoChannel)?;
        if !fd::is_unix_stream(&fd) {
            return Err(ChannelError::NoChannel);
        }
        Self::of(fd).map(Some)
    }

    /// A channel over a connected stream socket (`unix(7)`).
    ///
    /// # Errors
    /// If the descriptor does not take being non-blocking.
    pub fn of(fd: OwnedFd) -> Result<Self, ChannelError> {
        fd::set_nonblocking(&fd, true)?;
        let protocol =
            Protocol::new(Serialization::Json, Protocol::<OwnedFd, Handle, ()>::DEFAULT_LIMIT);
        Ok(Self { fd, protocol, unread: Vec::new(), messages: VecDeque::new(), is_ended: false })
    }

    /// Sends a message. What the channel does not take at once is queued; `false` asks the caller to
    /// wait until it is written ([`Self::flush`]).
    ///
    /// # Errors
    /// If the value cannot be JSON, or the peer is gone.
    pub fn send(&mut self, message: &impl Serialize) -> Result<bool, ChannelError> {
        let mut frame = self.open(message)?;
        let has_room = self.protocol.send(&mut frame, ());
        self.write()?;
        Ok(has_room)
    }

    /// Sends a message with a handle, which the peer gets as the object that its kind says. The
    /// descriptor is the channel's from now on.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn send_handle(
        &mut self,
        message: &impl Serialize,
        handle: Handle,
    ) -> Result<bool, ChannelError> {
        let mut frame = self.open(message)?;
        let has_room = if self.protocol.is_busy() {
            self.protocol.hold(&mut frame, Some(handle), ())
        } else {
            self.hand_over(&mut frame, handle)
        };
        self.write()?;
        Ok(has_room)
    }

    /// Waits for the next message; `None` once there is none any more.
    ///
    /// # Errors
    /// If what comes is no message, or the channel broke.
    pub fn receive(&mut self) -> Result<Option<Message>, ChannelError> {
        loop {
            match self.try_receive()? {
                Incoming::Message(message) => return Ok(Some(message)),
                Incoming::End => return Ok(None),
                Incoming::Nothing => wait::until_ready(self.as_fd(), self.wants_write())?,
            }
        }
    }

    /// The next message if one is there. Writes what is queued, too, as far as the channel takes it.
    ///
    /// # Errors
    /// As [`Self::receive`].
    pub fn try_receive(&mut self) -> Result<Incoming, ChannelError> {
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Ok(Incoming::Message(message));
            }
            if self.is_ended {
                return Ok(Incoming::End);
            }
            if !self.read()? {
                self.write()?;
                return Ok(Incoming::Nothing);
            }
        }
    }

    /// Waits until everything that was sent is written and the peer has answered for every handle.
    ///
    /// # Errors
    /// If the peer is gone.
    pub fn flush(&mut self) -> Result<(), ChannelError> {
        loop {
            self.write()?;
            if self.protocol.is_drained() {
                return Ok(());
            }
            if self.is_ended {
                return Err(ChannelError::Closed);
            }
            if !self.read()? {
                wait::until_ready(self.as_fd(), self.wants_write())?;
            }
        }
    }

    /// Whether something is queued that the channel did not take.
    pub fn wants_write(&self) -> bool {
        self.protocol.pending() > 0
    }

    /// A frame that has begun with this message.
    fn open(&self, message: &impl Serialize) -> Result<Vec<u8>, ChannelError> {
        let mut frame = Vec::new();
        self.protocol.open(&mut frame);
        serde_json::to_writer(&mut frame, message).map_err(ChannelError::Json)?;
        Ok(frame)
    }

    fn hand_over(&mut self, frame: &mut Vec<u8>, handle: Handle) -> bool {
        let Handle { kind, fd } = handle;
        self.protocol.send_handle(frame, &kind.envelope(), (fd, Retention::UntilWritten), ())
    }

    /// Writes what is queued, as far as the channel takes it.
    fn write(&mut self) -> Result<(), ChannelError> {
        loop {
            let outcome = {
                let Some(write) = self.protocol.next_write() else { break };
                let handle = write.handle.map(AsFd::as_fd);
                sys::channel::send(self.fd.as_fd(), write.slices(), handle)
            };
            match outcome {
                Ok(Some(count)) => self.protocol.wrote(count),
                Ok(None) => break,
                Err(error) if !self.protocol.reject_handle() => {
                    self.protocol.abort();
                    self.forget_completions();
                    return Err(error.into());
                }
                Err(_) => {}
            }
        }
        if self.forget_completions() { Ok(()) } else { Err(ChannelError::HandleRefused) }
    }

    /// Nobody asks for one send's fate; `false` if one was lost.
    fn forget_completions(&mut self) -> bool {
        let mut all_written = true;
        while let Some(((), completion)) = self.protocol.next_completion() {
            all_written &= completion == Completion::Written;
        }
        all_written
    }

    /// Reads once; `false` if nothing is there.
    fn read(&mut self) -> Result<bool, ChannelError> {
        if !self.unread.is_empty() {
            // Behind something that was no message.
            return self.take_frames().map(|()| true);
        }
        let received = sys::channel::receive(self.fd.as_fd(), &mut self.unread, READ_SIZE)?;
        let Some(received) = received else { return Ok(false) };
        if let Some(handle) = received.handle {
            self.protocol.accept_handle(handle);
        }
        if received.bytes == 0 {
            self.is_ended = true;
            self.protocol.end()?;
        }
        self.take_frames().map(|()| true)
    }

    /// Makes messages of what was read.
    fn take_frames(&mut self) -> Result<(), ChannelError> {
        let Self { protocol, unread, messages, .. } = self;
        let mut chunk = &unread[..];
        let outcome = take_messages(protocol, &mut chunk, messages);
        let used = unread.len() - chunk.len();
        unread.drain(..used);
        if self.protocol.has_released() {
            self.release();
        }
        self.write()?;
        outcome
    }

    /// Those that waited for a handle have their turn, up to the next handle.
    fn release(&mut self) {
        while let Some(mut held) = self.protocol.next_held() {
            match held.handle {
                None => self.protocol.send_now(&mut held.frame, ()),
                Some(handle) => self.hand_over(&mut held.frame, handle),
            };
        }
    }
}

/// Takes the messages off `chunk`.
fn take_messages(
    protocol: &mut Protocol<OwnedFd, Handle, ()>,
    chunk: &mut &[u8],
    messages: &mut VecDeque<Message>,
) -> Result<(), ChannelError> {
    while let Some(received) = protocol.next_frame(chunk)? {
        match received {
            Received::Message(payload) => {
                let value = serde_json::from_slice(payload).map_err(ChannelError::Json)?;
                messages.push_back(Message { value, handle: None });
            }
            Received::Internal { command: Internal::Handle, payload, handle: Some(fd), .. } => {
                messages.push_back(handle::unwrap(payload, fd)?);
            }
            // Without its handle it comes once more; the others are between runtimes.
            Received::Internal { .. } => {}
        }
    }
    Ok(())
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

#[cfg(test)]
mod tests;
