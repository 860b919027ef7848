//! One end of a channel: the protocol whole.

use super::{
    codec::{Codec, Command, Envelope, FrameError, Kind, Serialization},
    handover::{Handover, Held, Retention, Verdict},
    inbound::Inbound,
    outbox::{Completion, Outbox, Write},
};

/// From so many unwritten bytes on, `send` says false: two reads of 64 KiB, as in Node.
const HIGH_WATER: usize = 2 * 65_536;

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received<'a, H> {
    /// A program's message; the payload may be anything, JSON or not.
    Message(&'a [u8]),
    /// A message between runtimes. The channel has acted on it; what is left is to tell those who
    /// listen for internal messages and, with a handle, to make something of it.
    Internal {
        command: Command,
        payload: &'a [u8],
        /// Of [`Command::Handle`], if one came.
        handle: Option<H>,
        /// With [`Command::HandleAck`] and [`Command::HandleNack`]: what became of our handle (Node
        /// warns of a `SentHandleNotReceivedWarning` where it was given up). Unless it is sent
        /// again, those that wait have their turn: [`Channel::next_held`].
        verdict: Verdict,
    },
}

/// One end of a channel. `H` is a handle; `T` is what the caller knows a send by.
///
/// The caller reads: [`Self::accept_handle`], then [`Self::next_frame`] until a chunk is used up;
/// at the end of the stream [`Self::end`]. The caller writes: while [`Self::next_write`] has
/// something, write it and report with [`Self::wrote`], [`Self::reject_handle`] or
/// [`Self::abort`]; then take every [`Self::next_completion`]. Receiving makes things to write.
#[derive(Debug)]
pub(crate) struct Channel<H, Q, T> {
    codec: Box<dyn Codec>,
    inbound: Inbound,
    /// Came with some bytes; belongs to the next `NODE_HANDLE`, whenever that comes.
    arrived: Option<H>,
    handover: Handover<H, Q, T>,
    outbox: Outbox<T>,
}

impl<H, Q, T: Clone> Channel<H, Q, T> {
    /// The longest message, in bytes, that a channel accepts unless told otherwise: as many as a
    /// string may have characters, 2^29.
    pub(crate) const DEFAULT_LIMIT: usize = 1 << 29;

    /// An end on which nothing has come or gone. `limit` is the longest message accepted, in
    /// bytes.
    pub(crate) fn new(serialization: Serialization, limit: usize) -> Self {
        Self {
            codec: serialization.codec(),
            inbound: Inbound::new(limit),
            arrived: None,
            handover: Handover::new(),
            outbox: Outbox::new(),
        }
    }

    /// A handle came with the bytes that [`Self::next_frame`] gets next. It replaces one that no
    /// message has claimed.
    pub(crate) fn accept_handle(&mut self, handle: H) {
        self.arrived = Some(handle);
    }

    /// The next message in `chunk`, which loses what was used of it; `None` once it is used up.
    ///
    /// # Errors
    /// [`FrameError::TooLong`]: the stream is of no use any more.
    pub(crate) fn next_frame<'a, 'c: 'a>(
        &'a mut self,
        chunk: &mut &'c [u8],
    ) -> Result<Option<Received<'a, H>>, FrameError> {
        let Self { codec, inbound, arrived, handover, outbox } = self;
        let codec = &**codec;
        let Some(frame) = inbound.next_frame(codec, chunk)? else { return Ok(None) };
        let payload = codec.payload(frame);
        let Kind::Internal(command) = codec.kind(payload) else {
            return Ok(Some(Received::Message(payload)));
        };
        let (mut handle, mut verdict) = (None, Verdict::Unasked);
        match command {
            Command::Handle => {
                handle = arrived.take();
                push_answer(handle.is_some(), codec, outbox);
            }
            Command::HandleAck | Command::HandleNack => {
                let is_acknowledged = command == Command::HandleAck;
                verdict = handover.answered(is_acknowledged, codec, outbox);
            }
            _ => {}
        }
        Ok(Some(Received::Internal { command, payload, handle, verdict }))
    }

    /// Whether part of a message has come.
    pub(crate) fn is_within_frame(&self) -> bool {
        self.inbound.is_within_frame()
    }

    /// Lets `read` append the bytes that come next to those of the message that has begun, which saves
    /// copying them; [`Self::next_frame`] finds them there. `read` is told how much room to make.
    pub(crate) fn extend_frame<R>(&mut self, read: impl FnOnce(&mut Vec<u8>, usize) -> R) -> R {
        self.inbound.extend(read)
    }

    /// The peer sends no more.
    ///
    /// # Errors
    /// [`FrameError::Truncated`] if it stopped within a message.
    pub(crate) fn end(&mut self) -> Result<(), FrameError> {
        self.inbound.end()
    }

    /// Begins a frame: the caller appends the payload and hands it to [`Self::send`] or
    /// [`Self::send_handle`]. `frame` may keep its capacity from the last one.
    pub(crate) fn open(&self, frame: &mut Vec<u8>) {
        frame.clear();
        self.codec.open(frame);
    }

    /// Sends a message; leaves `frame` empty. Returns what `send` returns: false asks the caller
    /// to slow down.
    pub(crate) fn send(&mut self, frame: &mut Vec<u8>, token: T) -> bool {
        if self.handover.is_busy() {
            return self.hold(frame, None, token);
        }
        self.send_now(frame, token)
    }

    /// Whether a send has to wait for a handle before it.
    pub(crate) fn is_busy(&self) -> bool {
        self.handover.is_busy()
    }

    /// Lets a send wait for its turn, with what is to be sent beside it; leaves `frame` empty.
    /// Returns what `send` returns.
    pub(crate) fn hold(&mut self, frame: &mut Vec<u8>, handle: Option<Q>, token: T) -> bool {
        self.handover.hold(Held { frame: std::mem::take(frame), handle, token })
    }

    /// The next send that waited and has its turn now. The caller sends it with [`Self::send_now`]
    /// or [`Self::send_handle`] and asks again.
    pub(crate) fn next_held(&mut self) -> Option<Held<Q, T>> {
        self.handover.next_held()
    }

    /// Whether something waits though nothing is in flight.
    pub(crate) fn has_released(&self) -> bool {
        self.handover.has_released()
    }

    /// As [`Self::send`], for what has its turn.
    pub(crate) fn send_now(&mut self, frame: &mut Vec<u8>, token: T) -> bool {
        self.codec.seal(frame);
        self.outbox.push(frame, false, Some(token));
        self.has_room()
    }

    /// Sends a message with a handle; leaves `frame` empty. No handle may be in flight. Returns what
    /// `send` returns.
    pub(crate) fn send_handle(
        &mut self,
        frame: &mut Vec<u8>,
        envelope: &Envelope<'_>,
        handle: (H, Retention),
        token: T,
    ) -> bool {
        self.codec.wrap(envelope, frame);
        self.handover.begin(frame, handle, token, &*self.codec, &mut self.outbox);
        self.has_room()
    }

    /// Whether less is queued for writing than the high water mark.
    pub(crate) fn has_room(&self) -> bool {
        self.outbox.pending() < HIGH_WATER
    }

    /// Bytes queued for writing; what waits for a handle's answer does not count.
    pub(crate) fn pending(&self) -> usize {
        self.outbox.pending()
    }

    /// What to write next, if anything.
    pub(crate) fn next_write(&self) -> Option<Write<'_, H>> {
        self.outbox.next_write(self.handover.handle())
    }

    /// Tells of the messages of the next [`Self::next_write`] that were not told before: the length of
    /// each payload, and the name of its command if it is a message between runtimes.
    pub(crate) fn announce(&mut self, mut tell: impl FnMut(usize, Option<&'static str>)) {
        let Self { codec, outbox, .. } = self;
        outbox.announce(|frame| {
            let payload = codec.payload(frame);
            let command = match codec.kind(payload) {
                Kind::Message => None,
                Kind::Internal(command) => Some(command.shown()),
            };
            tell(payload.len(), command);
        });
    }

    /// So many bytes of the last [`Self::next_write`] were taken, and with the first its handle.
    pub(crate) fn wrote(&mut self, count: usize) {
        if self.outbox.wrote(count) {
            self.handover.written();
        }
    }

    /// The operating system refuses the handle of the last [`Self::next_write`], though not the
    /// channel: that send alone is lost, and those that wait have their turn. False if the write had
    /// no handle, and nothing is changed.
    pub(crate) fn reject_handle(&mut self) -> bool {
        let had_handle = self.outbox.reject_handle();
        if had_handle {
            self.handover.rejected();
        }
        had_handle
    }

    /// Nothing can be written any more: every send not yet written is lost, in order.
    pub(crate) fn abort(&mut self) {
        self.outbox.abort();
        self.handover.abort(&mut self.outbox);
    }

    /// The next send whose fate is known, in the order of fates. A kept handle that is sent again
    /// is told again.
    pub(crate) fn next_completion(&mut self) -> Option<(T, Completion)> {
        self.outbox.next_completion()
    }

    /// Whether everything is written and no answer is awaited: a disconnect may close now.
    pub(crate) fn is_drained(&self) -> bool {
        self.outbox.is_empty() && !self.handover.is_busy()
    }
}

/// Answers a `NODE_HANDLE`. The answer waits for no handle of ours.
fn push_answer<T>(has_handle: bool, codec: &dyn Codec, outbox: &mut Outbox<T>) {
    let mut frame = Vec::new();
    let command = if has_handle { Command::HandleAck } else { Command::HandleNack };
    codec.push_reply(command, &mut frame);
    outbox.push(&mut frame, false, None);
}

#[cfg(test)]
mod tests;
