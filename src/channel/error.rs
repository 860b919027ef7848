//! What can go wrong on a channel.

use std::{fmt, io};

use super::ValueError;
use crate::{
    ipc::codec::FrameError,
    sys::{channel::FD_VARIABLE, error::SysError},
};

/// Why a channel did not do what it was asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum ChannelError {
    /// The operating system refused.
    Io(io::Error),
    /// A value that is no JSON, or bytes that are none.
    Json(serde_json::Error),
    /// A message that is longer than a channel accepts.
    TooLong,
    /// The peer ended in the middle of a message.
    Truncated,
    /// The peer is gone, and with it what was sent.
    Closed,
    /// The operating system did not pass on a handle; the message beside it is lost.
    HandleRefused,
    /// The environment names a channel, and there is none.
    NoChannel,
    /// A value that serde could not make, or make something of.
    Value(ValueError),
    /// Bytes that are no value in V8's format.
    NoValue,
    /// So much is queued that nothing more is: the peer does not read.
    Full,
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Json(error) => write!(f, "not a message: {error}"),
            Self::TooLong => f.write_str("the message is too long"),
            Self::Truncated => f.write_str("the channel ended within a message"),
            Self::Closed => f.write_str("the channel is closed"),
            Self::HandleRefused => f.write_str("the handle cannot be passed on"),
            Self::NoChannel => write!(f, "{FD_VARIABLE} names no channel"),
            Self::Value(error) => write!(f, "not the value: {error}"),
            Self::NoValue => f.write_str("not a message: no value in V8's format"),
            Self::Full => f.write_str("the peer reads too slowly: the queue is full"),
        }
    }
}

impl std::error::Error for ChannelError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Json(error) => Some(error),
            Self::Value(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for ChannelError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<SysError> for ChannelError {
    fn from(error: SysError) -> Self {
        match error.errno.0 {
            libc::EPIPE | libc::ECONNRESET => Self::Closed,
            errno => Self::Io(io::Error::from_raw_os_error(errno)),
        }
    }
}

impl From<FrameError> for ChannelError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::TooLong { .. } => Self::TooLong,
            FrameError::Truncated { .. } => Self::Truncated,
        }
    }
}
