//! Handles: descriptors beside a message, and what the peer takes them for.

use std::os::fd::OwnedFd;

use super::{Message, Value};
use crate::ipc::codec::{Envelope, HandleType};

/// A descriptor that travels beside a message.
#[derive(Debug)]
pub struct Handle {
    /// What it is to the peer.
    pub kind: HandleKind,
    /// The descriptor.
    pub fd: OwnedFd,
}

/// What a handle is to a program that runs JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandleKind {
    /// A listening socket: a `net.Server`.
    Server,
    /// A connected stream socket: a `net.Socket`.
    Socket,
    /// A UDP socket over IPv4: a `dgram.Socket`.
    Udp4,
    /// A UDP socket over IPv6: a `dgram.Socket`.
    Udp6,
    /// A bare handle, without an object around it.
    Native,
}

impl HandleKind {
    pub(super) fn envelope(self) -> Envelope<'static> {
        let (kind, dgram_type) = match self {
            Self::Server => (HandleType::Server, None),
            Self::Socket => (HandleType::Socket, None),
            Self::Udp4 => (HandleType::Dgram, Some("udp4")),
            Self::Udp6 => (HandleType::Dgram, Some("udp6")),
            Self::Native => (HandleType::Native, None),
        };
        Envelope { kind, dgram_type, key: None }
    }

    fn of(envelope: &Value) -> Self {
        let text = |key: &str| envelope[key].as_str().unwrap_or_default();
        match HandleType::from_name(text("type")) {
            Some(HandleType::Server) => Self::Server,
            Some(HandleType::Socket) => Self::Socket,
            Some(HandleType::Dgram) if text("dgramType") == "udp6" => Self::Udp6,
            Some(HandleType::Dgram) => Self::Udp4,
            Some(HandleType::Native | HandleType::DgramNative) | None => Self::Native,
        }
    }
}

/// The program's message in a `NODE_HANDLE`, with the handle that came for it.
pub(super) fn unwrap(envelope: Value, fd: OwnedFd) -> Message {
    let kind = HandleKind::of(&envelope);
    let message = match envelope {
        Value::Object(properties) => properties.into_iter().find(|(name, _)| name == "msg"),
        _ => None,
    };
    let value = message.map_or(Value::Undefined, |(_, value)| value);
    Message { value, handle: Some(Handle { kind, fd }) }
}
