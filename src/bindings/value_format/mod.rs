//! JavaScript values in V8's format, there and back: the `advanced` serialization, `v8.serialize`.
//!
//! `crate::ipc::value` knows the bytes; here are the values. What both leave to their host (views of
//! memory, what errors are) is a [`EncodeHost`] or a [`DecodeHost`].

mod channel;
mod contents;
mod decoder;
mod encoder;
mod leaves;
mod numbers;
mod objects;

pub(crate) use self::{
    channel::{append_message, parse_message},
    decoder::{DecodeError, DecodeHost, decode, host_view, string},
    encoder::{EncodeHost, Encoder, plain_error, write_host_view},
};
