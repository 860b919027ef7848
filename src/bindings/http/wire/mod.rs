//! HTTP/1 as bytes, without an engine: heads (on the crate `httparse`, with what it lets pass and Node's parser
//! does not), the framing of bodies, chunks. Strict where two readers could read a message differently.

mod chunks;
mod explain;
mod framing;
mod gather;
mod head;
mod machine;
#[cfg(test)]
mod tests;

pub(super) use self::{
    head::{Field, Head, METHODS, Start, is_token, is_value},
    machine::{Event, Limits, Machine, Meaning, Verdict},
};

/// Why bytes are no HTTP: Node's code, its words, and where in the bytes that were parsed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) reason: &'static str,
    pub(super) at: usize,
}

impl Failure {
    const fn new(code: &'static str, reason: &'static str, at: usize) -> Self {
        Self { code, reason, at }
    }
}
