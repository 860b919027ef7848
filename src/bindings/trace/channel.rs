//! The messages of one channel.

use std::{cell::Cell, rc::Rc};

use super::{Trace, record, say};
use crate::sys::identity::parent_pid;

/// What is told of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The length of its payload.
    pub(crate) bytes: usize,
    /// The name of a message between runtimes.
    pub(crate) command: Option<&'static str>,
    /// The kind of the handle beside it.
    pub(crate) handle: Option<&'static str>,
}

/// Which end of a channel this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Parent,
    Child,
}

/// The trace of one end of a channel. Both ends count alike what goes each way: so they agree on
/// what a message is called, and nothing has to travel with it.
pub(crate) struct ChannelTrace {
    trace: Rc<Trace>,
    name: String,
    peer: i32,
    end: End,
    /// Whether the peer is in the same trace.
    is_seen: bool,
    sent: Cell<u64>,
    received: Cell<u64>,
    /// Each message is printed once: by the parent, if that prints.
    prints: bool,
}

impl ChannelTrace {
    pub(super) fn of_parent(trace: Rc<Trace>, name: &str, child: i32) -> Self {
        let prints = trace.prints;
        Self::new(trace, name.to_owned(), (End::Parent, child), (prints, true))
    }

    pub(super) fn of_child(trace: Rc<Trace>) -> Self {
        let parent = parent_pid();
        let name = trace.own_channel.clone().unwrap_or_else(|| format!("{parent}-{}", trace.pid));
        let prints = trace.prints && !trace.parent_prints;
        let is_seen = trace.own_channel.is_some();
        Self::new(trace, name, (End::Child, parent), (prints, is_seen))
    }

    fn new(
        trace: Rc<Trace>,
        name: String,
        (end, peer): (End, i32),
        (prints, is_seen): (bool, bool),
    ) -> Self {
        let count = || Cell::new(0);
        Self { trace, name, peer, end, is_seen, sent: count(), received: count(), prints }
    }

    /// A message is about to be written. It is told before, so that the peer cannot be earlier.
    pub(crate) fn sends(&self, frame: &Frame) {
        let number = self.sent.get();
        self.sent.set(number + 1);
        self.tell(frame, true, number);
    }

    /// The last message told with [`Self::sends`] could not be written, and nothing came behind it.
    pub(crate) fn takes_back(&self) {
        self.sent.set(self.sent.get().saturating_sub(1));
    }

    /// A message came.
    pub(crate) fn received(&self, frame: &Frame) {
        let number = self.received.get();
        self.received.set(number + 1);
        self.tell(frame, false, number);
    }

    fn tell(&self, frame: &Frame, is_sent: bool, number: u64) {
        let goes_down = (self.end == End::Parent) == is_sent;
        let way = if goes_down { "down" } else { "up" };
        let id = format!("{} {way} {number}", self.name);
        let (at, own) = (self.trace.now(), self.trace.pid);
        if self.prints {
            let (from, to) = if is_sent { (own, self.peer) } else { (self.peer, own) };
            say(&line(frame, from, to, at));
        }
        let mut records = record::message(frame, is_sent, &id, (own, self.peer), at);
        if !self.is_seen {
            // An arrow would lead out of the picture.
            records.truncate(1);
        }
        self.trace.add(&records);
    }
}

/// What is printed: time since the tree began, who to whom, what, how large.
fn line(frame: &Frame, from: i32, to: i32, at: u64) -> String {
    let what = frame.command.unwrap_or("message");
    let beside = frame.handle.map_or_else(String::new, |handle| format!(" with {handle}"));
    let unit = if frame.bytes == 1 { "byte" } else { "bytes" };
    let time = at as f64 / 1e6;
    format!("ipc {time:>12.3} ms  {from} -> {to}  {what}{beside}, {} {unit}\n", frame.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_to_whom_what_and_how_large() {
        let frame = Frame { bytes: 1, command: None, handle: None };
        assert_eq!(
            line(&frame, 1, 22, 1_234_567),
            "ipc        1.235 ms  1 -> 22  message, 1 byte\n"
        );
        let frame = Frame { bytes: 60, command: Some("NODE_HANDLE"), handle: Some("net.Server") };
        assert_eq!(
            line(&frame, 22, 1, 0),
            "ipc        0.000 ms  22 -> 1  NODE_HANDLE with net.Server, 60 bytes\n"
        );
    }
}
