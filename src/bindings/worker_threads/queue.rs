//! What two ports share: a queue for each end, and who is to be woken for it.
//!
//! Nothing here knows JavaScript. A message is queued by whatever thread sends it; the receiving loop
//! is told once, however many follow before it looks.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use boa_engine::{
    Context, builtins::array_buffer::SharedArrayBuffer, object::builtins::AlignedVec,
};

use crate::{bindings::blob::SentBlob, event_loop::Remote, sys::lock::lock};

/// A value on its way, with what travels beside its bytes.
#[derive(Default)]
pub(crate) struct Message {
    /// In V8's format.
    pub(super) bytes: Vec<u8>,
    /// The contents of array buffers that change hands.
    pub(super) buffers: Vec<AlignedVec<u8>>,
    pub(super) shared: Vec<SharedArrayBuffer>,
    pub(super) blobs: Vec<SentBlob>,
    /// Ports that change hands.
    pub(super) ports: Vec<PortEnd>,
}

impl Message {
    /// The same once more; only for one that hands nothing over.
    pub(super) fn copy(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            buffers: Vec::new(),
            shared: self.shared.clone(),
            blobs: self.blobs.clone(),
            ports: Vec::new(),
        }
    }
}

/// What is in a queue.
pub(super) enum Item {
    Message(Message),
    /// The other end is gone: nothing comes after it.
    Close,
}

/// Where a port is at home.
pub(super) struct Home {
    pub(super) doorbell: Arc<Doorbell>,
    /// The port's number there.
    pub(super) port: u64,
}

/// Wakes a realm's loop for its ports: once, for however many of them.
pub(super) struct Doorbell {
    remote: Remote<Context>,
    /// Called in the loop, for each port that has something in its queue.
    arrival: fn(u64, &mut Context),
    /// The oldest first, as in Node.
    waiting: Mutex<BTreeSet<u64>>,
}

impl Doorbell {
    pub(super) fn new(remote: Remote<Context>, arrival: fn(u64, &mut Context)) -> Arc<Self> {
        Arc::new(Self { remote, arrival, waiting: Mutex::default() })
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        // Nothing panics while it holds the lock.
        lock(&self.waiting)
    }

    /// Has the loop look at a port; if it is gone, so is the port.
    fn ring(self: &Arc<Self>, port: u64) {
        let is_first = {
            let mut waiting = self.waiting();
            let is_first = waiting.is_empty();
            waiting.insert(port);
            is_first
        };
        if is_first {
            let doorbell = self.clone();
            self.remote.post(Box::new(move |context| doorbell.answer(context)));
        }
    }

    fn answer(&self, context: &mut Context) {
        let waiting = std::mem::take(&mut *self.waiting());
        for port in waiting {
            (self.arrival)(port, context);
        }
    }
}

/// One end's queue.
#[derive(Default)]
pub(super) struct Inbox(Mutex<State>);

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    home: Option<Home>,
    /// The home was told, and has not looked through all of it since.
    is_told: bool,
    is_closed: bool,
}

impl State {
    /// Whom to tell, if somebody is to be told: once the lock is given back, for who is woken wants it.
    fn tell(&mut self) -> Option<(Arc<Doorbell>, u64)> {
        let home = self.home.as_ref()?;
        if self.is_told || self.items.is_empty() {
            return None;
        }
        self.is_told = true;
        Some((home.doorbell.clone(), home.port))
    }
}

fn ring(told: Option<(Arc<Doorbell>, u64)>) {
    if let Some((doorbell, port)) = told {
        doorbell.ring(port);
    }
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        lock(&self.0)
    }

    /// Queues something and wakes the home; the item back if the end is closed.
    pub(super) fn push(&self, item: Item) -> Option<Item> {
        let mut state = self.lock();
        if state.is_closed {
            return Some(item);
        }
        state.items.push_back(item);
        let told = state.tell();
        drop(state);
        ring(told);
        None
    }

    /// Takes what is in front; once there is nothing, the next item wakes the home again.
    pub(super) fn pop(&self) -> Option<Item> {
        let mut state = self.lock();
        let item = state.items.pop_front();
        if item.is_none() {
            state.is_told = false;
        }
        item
    }

    /// Takes a message; the end of the other side stays.
    pub(super) fn pop_message(&self) -> Option<Message> {
        let mut state = self.lock();
        match state.items.pop_front()? {
            Item::Message(message) => Some(message),
            Item::Close => {
                state.items.push_front(Item::Close);
                None
            }
        }
    }

    /// Takes the end of the other side if it is in front; whatever comes later wakes the home.
    pub(super) fn pop_close(&self) -> bool {
        let mut state = self.lock();
        state.is_told = false;
        if !matches!(state.items.front(), Some(Item::Close)) {
            return false;
        }
        state.items.clear();
        true
    }

    pub(super) fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Wakes the home for what is there, in the next turn of its loop.
    pub(super) fn tell_again(&self) {
        let mut state = self.lock();
        state.is_told = false;
        let told = state.tell();
        drop(state);
        ring(told);
    }

    /// Gives the end a home; it is told of what is there.
    pub(super) fn move_in(&self, home: Home) {
        let mut state = self.lock();
        state.home = Some(home);
        state.is_told = false;
        let told = state.tell();
        drop(state);
        ring(told);
    }

    /// Takes the end from its home: what comes waits for the next one.
    fn move_out(&self) {
        let mut state = self.lock();
        state.home = None;
        state.is_told = false;
    }

    /// Refuses everything from now on, and drops what is there.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.home = None;
        let items = std::mem::take(&mut state.items);
        // Ports in them close in turn.
        drop(state);
        drop(items);
    }
}

/// One end of a channel. Dropped, it is closed, and the other end is told.
pub(crate) struct PortEnd {
    pub(super) inbox: Arc<Inbox>,
    peer: Arc<Inbox>,
}

impl PortEnd {
    /// The two ends of a new channel.
    pub(crate) fn pair() -> (Self, Self) {
        let (one, other) = (Arc::<Inbox>::default(), Arc::<Inbox>::default());
        let first = Self { inbox: one.clone(), peer: other.clone() };
        (first, Self { inbox: other, peer: one })
    }

    /// Queues a message at the other end; it is lost if that is closed.
    pub(crate) fn post(&self, message: Message) {
        drop(self.peer.push(Item::Message(message)));
    }

    /// Whether this is the end that a message to `other` arrives at.
    pub(super) fn is_peer_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.peer, &other.inbox)
    }

    pub(super) fn leave_home(&self) {
        self.inbox.move_out();
    }
}

impl Drop for PortEnd {
    fn drop(&mut self) {
        self.inbox.close();
        drop(self.peer.push(Item::Close));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        Message { bytes: text.as_bytes().to_vec(), ..Message::default() }
    }

    fn text(item: Option<Item>) -> Option<String> {
        match item? {
            Item::Message(message) => Some(String::from_utf8(message.bytes).unwrap()),
            Item::Close => Some("closed".to_owned()),
        }
    }

    #[test]
    fn messages_come_in_order_and_the_end_last() {
        let (one, other) = PortEnd::pair();
        one.post(message("a"));
        one.post(message("b"));
        drop(one);
        other.post(message("lost"));
        let all: Vec<_> = std::iter::from_fn(|| text(other.inbox.pop())).collect();
        assert_eq!(all, ["a", "b", "closed"]);
    }

    #[test]
    fn a_port_in_a_message_that_nobody_takes_closes() {
        let (one, other) = PortEnd::pair();
        let (sent, kept) = PortEnd::pair();
        one.post(Message { ports: vec![sent], ..Message::default() });
        drop(other);
        assert_eq!(text(kept.inbox.pop()).as_deref(), Some("closed"));
    }

    #[test]
    fn the_end_of_a_channel_stays_for_who_takes_messages_only() {
        let (one, other) = PortEnd::pair();
        one.post(message("a"));
        drop(one);
        assert!(!other.inbox.pop_close());
        assert!(other.inbox.pop_message().is_some());
        assert!(other.inbox.pop_message().is_none());
        assert!(other.inbox.pop_close());
    }
}
