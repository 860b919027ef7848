//! What the two serializations have to know about bytes; everything else is the same for both.

use std::fmt;

use super::{advanced::Advanced, json::Json};

/// How messages become bytes: the `serialization` option of `child_process`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Serialization {
    /// One line of JSON text for each message.
    Json,
    /// A length and a value in V8's format: more kinds of values, cycles, bytes.
    Advanced,
}

impl Serialization {
    /// The serialization that `NODE_CHANNEL_SERIALIZATION_MODE` names.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "advanced" => Some(Self::Advanced),
            _ => None,
        }
    }

    /// The value of `NODE_CHANNEL_SERIALIZATION_MODE`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Advanced => "advanced",
        }
    }

    pub(super) fn codec(self) -> Box<dyn Codec> {
        match self {
            Self::Json => Box::new(Json::new()),
            Self::Advanced => Box::new(Advanced::new()),
        }
    }
}

/// One serialization's view of frames. A frame is a payload with whatever marks its bounds.
pub(super) trait Codec: fmt::Debug + Send {
    /// Where in `chunk` the frame ends that began with `carried`: the index after its last byte,
    /// or `None` if more bytes are needed. Looks at every byte of `chunk` once at most.
    fn frame_end(&self, carried: &[u8], chunk: &[u8]) -> Option<usize>;

    /// The payload of a complete frame.
    fn payload<'a>(&self, frame: &'a [u8]) -> &'a [u8];

    /// Which kind of message a payload is.
    fn kind(&self, payload: &[u8]) -> Kind;

    /// Appends what goes before a payload.
    fn open(&self, frame: &mut Vec<u8>);

    /// Completes a frame that was opened and then given its payload.
    fn seal(&self, frame: &mut Vec<u8>);

    /// Turns an opened frame into an opened frame with a `NODE_HANDLE` message around its payload.
    fn wrap(&self, envelope: &Envelope<'_>, frame: &mut Vec<u8>);

    /// Appends the sealed frame of a message that is nothing but its command.
    fn push_reply(&self, command: Command, frame: &mut Vec<u8>);
}

/// Who a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The program.
    Message,
    /// The runtime: an object whose `cmd` begins with `NODE_` and is longer than that.
    Internal(Command),
}

/// The command of an internal message, as far as an end of a channel acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// `NODE_HANDLE`: a handle belongs to this message.
    Handle,
    /// `NODE_HANDLE_ACK`: the peer has our handle.
    HandleAck,
    /// `NODE_HANDLE_NACK`: our `NODE_HANDLE` reached the peer without a handle.
    HandleNack,
    /// `NODE_SOCKET_GET_COUNT`: how many sockets of a server live there?
    SocketGetCount,
    /// `NODE_SOCKET_COUNT`: so many.
    SocketCount,
    /// `NODE_SOCKET_NOTIFY_CLOSE`: tell when none is open.
    SocketNotifyClose,
    /// `NODE_SOCKET_ALL_CLOSED`: none is open.
    SocketAllClosed,
    /// Any other `NODE_…`: for the runtime above (cluster, socket lists), or for nobody.
    Other,
}

impl Command {
    /// The name on the wire; `None` of those that have no one name.
    pub(crate) fn name(self) -> Option<&'static str> {
        Self::NAMED.into_iter().find(|(_, command)| *command == self).map(|(name, _)| name)
    }

    /// What a person is shown.
    pub(crate) fn shown(self) -> &'static str {
        self.name().unwrap_or("NODE_…")
    }

    /// The commands that somebody acts on, by name.
    pub(super) const NAMED: [(&'static str, Self); 7] = [
        ("NODE_HANDLE", Self::Handle),
        ("NODE_HANDLE_ACK", Self::HandleAck),
        ("NODE_HANDLE_NACK", Self::HandleNack),
        ("NODE_SOCKET_GET_COUNT", Self::SocketGetCount),
        ("NODE_SOCKET_COUNT", Self::SocketCount),
        ("NODE_SOCKET_NOTIFY_CLOSE", Self::SocketNotifyClose),
        ("NODE_SOCKET_ALL_CLOSED", Self::SocketAllClosed),
    ];
}

/// What a handle is to the peer: the `type` of a `NODE_HANDLE` message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandleType {
    Socket,
    Server,
    Native,
    Dgram,
    DgramNative,
}

impl HandleType {
    const ALL: [Self; 5] =
        [Self::Socket, Self::Server, Self::Native, Self::Dgram, Self::DgramNative];

    /// The name on the wire.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Socket => "net.Socket",
            Self::Server => "net.Server",
            Self::Native => "net.Native",
            Self::Dgram => "dgram.Socket",
            Self::DgramNative => "dgram.Native",
        }
    }

    /// The type of this name; `None` for one that no peer should send.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a `NODE_HANDLE` message says besides the program's own message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Envelope<'a> {
    /// What the handle is.
    pub(crate) kind: HandleType,
    /// `udp4` or `udp6`, of a dgram socket.
    pub(crate) dgram_type: Option<&'a str>,
    /// Which server accepted a socket: its address type and listen arguments.
    pub(crate) key: Option<&'a str>,
}

impl Envelope<'_> {
    /// The envelope of a handle that the peer takes as it is.
    pub(crate) const NATIVE: Self = Self { kind: HandleType::Native, dgram_type: None, key: None };
}

/// Why no more frames can be read from a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameError {
    /// A frame is longer than allowed; the limit in bytes.
    TooLong { limit: usize },
    /// The peer ended in the middle of a frame, of which so many bytes had come.
    Truncated { received: usize },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit } => write!(f, "a message is longer than {limit} bytes"),
            Self::Truncated { received } => {
                write!(f, "the channel ended within a message, after {received} bytes of it")
            }
        }
    }
}

impl std::error::Error for FrameError {}
