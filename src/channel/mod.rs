//! A channel to a process of rjs or Node, for Rust programs: the same protocol, without an engine.
//!
//! A Rust program is the parent ([`Channel::spawn`]) or the child ([`Channel::to_parent`]) of one that
//! runs JavaScript there: messages are values that serde knows, handles are descriptors.
//!
//! ```no_run
//! use std::{process::Command, time::{Duration, Instant}};
//! use rjs::channel::{Channel, Incoming};
//!
//! let mut command = Command::new("rjs");
//! command.arg("worker.js");
//! let (mut child, mut channel) = Channel::spawn(command)?;
//! channel.send(&("double", 21))?;
//! match channel.receive_by(Instant::now() + Duration::from_secs(5))? {
//!     Incoming::Message(message) => println!("{}", message.value.to::<u32>()?),
//!     Incoming::Nothing => child.kill()?,
//!     Incoming::End => println!("it ended with {}", child.wait()?),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **A peer that means harm** costs no more than the limits of [`ChannelOptions`]: a message that is
//! longer ends the channel for both sides, and so does one that is none in the `Advanced`
//! serialization; nothing is read ahead of what is asked for, nor while the peer leaves answers unread;
//! what is sent and not taken is limited, too. Values lie at most 128 times in each other.

mod error;
mod handle;
mod options;
mod transfer;
mod value;
mod wait;

use std::{
    collections::VecDeque,
    io,
    net::Shutdown,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::{Child, Command},
    time::Instant,
};

use serde::Serialize;

pub use self::{
    error::ChannelError,
    handle::{Handle, HandleKind},
    options::{ChannelOptions, Serialization},
    value::{Value, ValueError},
};
use crate::{
    ipc::{channel::Channel as Protocol, codec::Serialization as Wire},
    sys::{self, strangers},
};

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
    /// There will be no further message: the peer has disconnected or is gone, or the channel was ended
    /// because of what came.
    End,
}

/// One end of a channel.
///
/// It is closed when it is dropped; what is still queued then is lost ([`Self::flush`]). To wait for it
/// in a loop of one's own, poll its descriptor ([`AsFd`]) for reading as long as [`Self::wants_read`], and
/// for writing as long as [`Self::wants_write`], then call [`Self::try_receive`].
#[derive(Debug)]
pub struct Channel {
    fd: UnixStream,
    wire: Wire,
    /// So many bytes may wait to be written.
    queue_limit: usize,
    /// So many of them wait for a handle before them.
    held: usize,
    /// So many bytes of messages were read since the last time that all were taken.
    untaken: usize,
    is_disconnected: bool,
    protocol: Protocol<OwnedFd, Handle, ()>,
    /// Came, and was not looked at yet.
    unread: Vec<u8>,
    messages: VecDeque<Message>,
    is_ended: bool,
}

impl Channel {
    /// Starts a program with a channel: `rjs worker.js`, `node worker.js`, or another Rust program that
    /// calls [`Self::to_parent`]. As [`ChannelOptions::spawn`], with the options that Node has.
    ///
    /// # Errors
    /// As [`Command::spawn`].
    pub fn spawn(command: Command) -> Result<(Child, Self), ChannelError> {
        ChannelOptions::new().spawn(command)
    }

    /// The channel to the process that started this one; `None` if it has none. To be asked once: the
    /// descriptor is taken.
    ///
    /// # Errors
    /// If what the environment names is no channel.
    pub fn to_parent() -> Result<Option<Self>, ChannelError> {
        ChannelOptions::new().to_parent()
    }

    /// A channel over a connected stream socket (`unix(7)`).
    ///
    /// # Errors
    /// If the descriptor does not take being non-blocking.
    pub fn of(fd: OwnedFd) -> Result<Self, ChannelError> {
        ChannelOptions::new().over(fd)
    }

    fn new(fd: OwnedFd, wire: Wire, options: &ChannelOptions) -> Result<Self, ChannelError> {
        sys::fd::set_nonblocking(&fd, true)?;
        Ok(Self {
            fd: fd.into(),
            wire,
            queue_limit: options.queue_limit,
            held: 0,
            untaken: 0,
            is_disconnected: false,
            protocol: Protocol::new(wire, options.message_limit),
            unread: Vec::new(),
            messages: VecDeque::new(),
            is_ended: false,
        })
    }

    /// Sends a message. What the channel does not take at once is queued; `false` asks the caller to
    /// wait until it is written ([`Self::flush`]).
    ///
    /// # Errors
    /// If the value cannot be sent, the peer is gone, or too much is queued already: then nothing of it
    /// is sent, and it may be tried again later.
    pub fn send(&mut self, message: &impl Serialize) -> Result<bool, ChannelError> {
        let mut frame = self.open(message)?;
        self.held += if self.protocol.is_busy() { frame.len() } else { 0 };
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
            self.held += frame.len();
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
            match self.receive_until(None)? {
                Incoming::Message(message) => return Ok(Some(message)),
                Incoming::End => return Ok(None),
                Incoming::Nothing => {}
            }
        }
    }

    /// Waits for the next message until this instant: [`Incoming::Nothing`] if none has come by then.
    ///
    /// # Errors
    /// As [`Self::receive`].
    pub fn receive_by(&mut self, deadline: Instant) -> Result<Incoming, ChannelError> {
        self.receive_until(Some(deadline))
    }

    fn receive_until(&mut self, deadline: Option<Instant>) -> Result<Incoming, ChannelError> {
        loop {
            match self.try_receive()? {
                Incoming::Nothing => {}
                come => return Ok(come),
            }
            if !self.wait(deadline)? {
                return Ok(Incoming::Nothing);
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
            self.untaken = 0;
            if self.is_ended {
                return Ok(Incoming::End);
            }
            if !self.wants_read() {
                self.write_unless_gone()?;
            }
            if !self.wants_read() || !self.read()? {
                self.write_unless_gone()?;
                return Ok(Incoming::Nothing);
            }
        }
    }

    /// Waits until everything that was sent is written and the peer has answered for every handle.
    ///
    /// # Errors
    /// If the peer is gone.
    pub fn flush(&mut self) -> Result<(), ChannelError> {
        self.flush_until(None).map(drop)
    }

    /// As [`Self::flush`], until this instant; false if not all is written by then.
    ///
    /// # Errors
    /// As [`Self::flush`].
    pub fn flush_by(&mut self, deadline: Instant) -> Result<bool, ChannelError> {
        self.flush_until(Some(deadline))
    }

    fn flush_until(&mut self, deadline: Option<Instant>) -> Result<bool, ChannelError> {
        loop {
            self.write()?;
            if self.protocol.is_drained() {
                return Ok(true);
            }
            if self.is_ended {
                return Err(ChannelError::Closed);
            }
            // Only an answer for a handle is waited for; what else comes is kept.
            if self.untaken > self.queue_limit {
                return Err(ChannelError::Full);
            }
            let has_read = self.wants_read() && self.read()?;
            if !has_read && !self.wait(deadline)? {
                return Ok(false);
            }
        }
    }

    /// Says that nothing more will be sent, once everything that is queued is written: the peer's
    /// `disconnect` event. What it has sent until then is still received, up to [`Incoming::End`].
    ///
    /// # Errors
    /// As [`Self::flush`]; the channel is no less disconnected then.
    pub fn disconnect(&mut self) -> Result<(), ChannelError> {
        let flushed = self.flush();
        self.is_disconnected = true;
        match self.fd.shutdown(Shutdown::Write) {
            // The peer was faster.
            Err(error) if error.kind() != io::ErrorKind::NotConnected => Err(error.into()),
            _ => flushed,
        }
    }

    /// How many bytes are queued that the channel has not taken.
    pub fn queued(&self) -> usize {
        self.protocol.pending() + self.held
    }

    /// Whether something is queued that the channel did not take.
    pub fn wants_write(&self) -> bool {
        self.protocol.pending() > 0
    }

    /// Whether it is to be read from: not after its end, nor while so much is queued that answers to what
    /// comes would be too much.
    pub fn wants_read(&self) -> bool {
        !self.is_ended && self.protocol.pending() <= self.queue_limit
    }

    /// Waits until there is something to do; false if the time is up.
    fn wait(&self, deadline: Option<Instant>) -> Result<bool, ChannelError> {
        wait::until_ready(self.fd.as_fd(), self.wants_read(), self.wants_write(), deadline)
    }
}

/// A descriptor that becomes readable when a child has ended: for hosts with a loop of their own, which
/// then call [`Child::try_wait`]. See `pidfd_open(2)`.
///
/// # Errors
/// If it was waited for already, or the system has no descriptor left.
pub fn exit_descriptor(child: &Child) -> io::Result<OwnedFd> {
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    strangers::open(pid).map_err(|errno| io::Error::from_raw_os_error(errno.0))
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

#[cfg(test)]
mod tests;
