//! Node's IPC channel, without I/O: bytes and handles go in, messages and bytes to write come out.
//!
//! [`channel::Channel`] is the whole protocol of one end. It is generic over `H`, the handle that
//! travels beside a message (a file descriptor, or anything else in a test), over `Q`, what is to be
//! sent as a handle when its turn has come, and over `T`, the caller's token for a send. Nothing here
//! knows sockets, JavaScript or the event loop.
//!
//! ```text
//! receive:  bytes → inbound (frames) → codec (which kind) → channel (ACK, NACK, pairing) → Received
//! send:     payload → channel → handover (held while a handle is in flight) → outbox → bytes
//! ```

mod advanced;
pub(crate) mod channel;
pub(crate) mod codec;
pub(crate) mod handover;
mod inbound;
pub(crate) mod json;
pub(crate) mod outbox;
pub(crate) mod sockets;
pub(crate) mod value;
