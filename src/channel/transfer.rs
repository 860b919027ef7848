//! Between messages and bytes: what a [`Channel`] does when it reads and writes.

use std::{
    collections::VecDeque,
    net::Shutdown,
    os::fd::{AsFd, OwnedFd},
};

use serde::Serialize;

use super::{Channel, ChannelError, Handle, Message, Value, handle, value};
use crate::{
    ipc::{
        channel::{Channel as Protocol, Received},
        codec::{Command as Internal, Serialization as Wire},
        handover::Retention,
        outbox::Completion,
    },
    sys::{self, channel::READ_SIZE},
};

impl Channel {
    /// A frame that has begun with this message.
    pub(super) fn open(&self, message: &impl Serialize) -> Result<Vec<u8>, ChannelError> {
        if self.is_disconnected || self.is_ended {
            return Err(ChannelError::Closed);
        }
        let mut frame = Vec::new();
        self.protocol.open(&mut frame);
        match self.wire {
            Wire::Json => serde_json::to_writer(&mut frame, message).map_err(ChannelError::Json)?,
            Wire::Advanced => {
                let value = value::to_value(message).map_err(ChannelError::Value)?;
                frame = value::encode(frame, &value);
            }
        }
        let is_first = self.protocol.is_drained();
        if !is_first && self.queued().saturating_add(frame.len()) > self.queue_limit {
            return Err(ChannelError::Full);
        }
        Ok(frame)
    }

    /// As [`Self::write`]; that the peer reads no more is told by what comes from it.
    pub(super) fn write_unless_gone(&mut self) -> Result<(), ChannelError> {
        match self.write() {
            Err(ChannelError::Closed) => Ok(()),
            outcome => outcome,
        }
    }

    pub(super) fn hand_over(&mut self, frame: &mut Vec<u8>, handle: Handle) -> bool {
        let Handle { kind, fd } = handle;
        self.protocol.send_handle(frame, &kind.envelope(), (fd, Retention::UntilWritten), ())
    }

    /// Writes what is queued, as far as the channel takes it.
    pub(super) fn write(&mut self) -> Result<(), ChannelError> {
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
    pub(super) fn read(&mut self) -> Result<bool, ChannelError> {
        if !self.unread.is_empty() {
            // Behind something that was no message.
            return self.take_frames().map(|()| true);
        }
        let received = sys::channel::receive(self.fd.as_fd(), &mut self.unread, READ_SIZE)?;
        let Some(received) = received else { return Ok(false) };
        self.untaken = self.untaken.saturating_add(received.bytes);
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
        let Self { protocol, unread, messages, wire, .. } = self;
        let mut chunk = &unread[..];
        let outcome = take_messages(protocol, *wire, &mut chunk, messages);
        let used = unread.len() - chunk.len();
        unread.drain(..used);
        if self.protocol.has_released() {
            self.release();
        }
        if matches!(outcome, Err(ChannelError::TooLong | ChannelError::NoValue)) {
            self.give_up();
            return outcome;
        }
        self.write_unless_gone()?;
        outcome
    }

    /// Ends it, for the peer too: nobody knows where in its bytes the next message begins, or whether it
    /// means well. What has come before is still received.
    fn give_up(&mut self) {
        self.is_ended = true;
        self.unread.clear();
        self.protocol.abort();
        self.forget_completions();
        // If the peer is gone already, that is that.
        let _ = self.fd.shutdown(Shutdown::Both);
    }

    /// Those that waited for a handle have their turn, up to the next handle.
    pub(super) fn release(&mut self) {
        while let Some(mut held) = self.protocol.next_held() {
            self.held = self.held.saturating_sub(held.frame.len());
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
    wire: Wire,
    chunk: &mut &[u8],
    messages: &mut VecDeque<Message>,
) -> Result<(), ChannelError> {
    while let Some(received) = protocol.next_frame(chunk)? {
        match received {
            Received::Message(payload) => {
                let value = value_of(wire, payload)?;
                messages.push_back(Message { value, handle: None });
            }
            Received::Internal { command: Internal::Handle, payload, handle: Some(fd), .. } => {
                messages.push_back(handle::unwrap(value_of(wire, payload)?, fd));
            }
            // Without its handle it comes once more; the others are between runtimes.
            Received::Internal { .. } => {}
        }
    }
    Ok(())
}

fn value_of(wire: Wire, payload: &[u8]) -> Result<Value, ChannelError> {
    match wire {
        Wire::Json => serde_json::from_slice(payload).map_err(ChannelError::Json),
        Wire::Advanced => value::decode(payload).map_err(|_| ChannelError::NoValue),
    }
}
