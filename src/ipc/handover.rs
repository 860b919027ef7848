//! One handle in flight: what is sent later waits until the peer has said ACK or NACK.
//!
//! As in Node: a net.Socket is kept and sent again, three times, when the peer got the message but
//! no descriptor; other handles are forgotten once they are written.

use std::collections::VecDeque;

use super::{
    codec::{Codec, Envelope},
    outbox::{Completion, Outbox},
};

/// How often a kept handle is sent again before the sender gives up.
const RETRANSMISSIONS: u8 = 3;

/// What becomes of a handle once it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retention {
    /// It is dropped.
    UntilWritten,
    /// It is kept until the peer acknowledges it, and sent again if it got lost.
    UntilAcknowledged,
}

/// A send that waits for the handle before it.
#[derive(Debug)]
struct Held<H, T> {
    /// Opened, not sealed.
    frame: Vec<u8>,
    handle: Option<(H, Retention)>,
    token: T,
}

/// The handle that the peer has to answer for.
#[derive(Debug)]
struct InFlight<H, T> {
    /// Until it is written, or as long as it is kept.
    handle: Option<H>,
    is_written: bool,
    resend: Option<Resend<T>>,
}

/// What it takes to send a kept handle again.
#[derive(Debug)]
struct Resend<T> {
    /// The `NODE_HANDLE` frame, opened and not sealed.
    frame: Vec<u8>,
    token: T,
    times: u8,
}

/// What an ACK or a NACK led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The queue goes on; or nobody had asked.
    Fine,
    /// A kept handle did not reach the peer, however often it was sent.
    GaveUp,
}

/// The state of handles on their way out.
#[derive(Debug)]
pub(super) struct Handover<H, T> {
    in_flight: Option<InFlight<H, T>>,
    held: VecDeque<Held<H, T>>,
}

impl<H, T: Clone> Handover<H, T> {
    pub(super) const fn new() -> Self {
        Self { in_flight: None, held: VecDeque::new() }
    }

    /// Whether a later send has to wait.
    pub(super) const fn is_busy(&self) -> bool {
        self.in_flight.is_some()
    }

    /// The handle to be written with the chunk that carries one.
    pub(super) fn handle(&self) -> Option<&H> {
        self.in_flight.as_ref().and_then(|in_flight| in_flight.handle.as_ref())
    }

    /// Queues an opened frame behind the handle in flight. True for the first one that waits, as
    /// Node's `send` has it.
    pub(super) fn hold(
        &mut self,
        frame: &mut Vec<u8>,
        handle: Option<(H, Retention)>,
        token: T,
    ) -> bool {
        self.held.push_back(Held { frame: std::mem::take(frame), handle, token });
        self.held.len() == 1
    }

    /// Sends an opened `NODE_HANDLE` frame with its handle. Nothing may be in flight.
    pub(super) fn begin(
        &mut self,
        frame: &mut Vec<u8>,
        (handle, retention): (H, Retention),
        token: T,
        codec: &dyn Codec,
        outbox: &mut Outbox<T>,
    ) {
        let resend = (retention == Retention::UntilAcknowledged).then(|| Resend {
            frame: frame.clone(),
            token: token.clone(),
            times: 0,
        });
        self.in_flight = Some(InFlight { handle: Some(handle), is_written: false, resend });
        codec.seal(frame);
        outbox.push(frame, true, Some(token));
    }

    /// The handle was written.
    pub(super) fn written(&mut self) {
        if let Some(in_flight) = &mut self.in_flight {
            in_flight.is_written = true;
            in_flight.handle.take_if(|_| in_flight.resend.is_none());
        }
    }

    /// The peer's answer. One that comes before the handle is even written answers nothing.
    pub(super) fn answered(
        &mut self,
        is_acknowledged: bool,
        codec: &dyn Codec,
        outbox: &mut Outbox<T>,
    ) -> Verdict {
        let Some(mut in_flight) = self.in_flight.take_if(|in_flight| in_flight.is_written) else {
            return Verdict::Fine;
        };
        let verdict = match &mut in_flight.resend {
            Some(resend) if !is_acknowledged && resend.times < RETRANSMISSIONS => {
                resend.times += 1;
                let mut frame = resend.frame.clone();
                codec.wrap(&Envelope::NATIVE, &mut frame);
                codec.seal(&mut frame);
                outbox.push(&mut frame, true, Some(resend.token.clone()));
                in_flight.is_written = false;
                self.in_flight = Some(in_flight);
                return Verdict::Fine;
            }
            Some(_) if !is_acknowledged => Verdict::GaveUp,
            _ => Verdict::Fine,
        };
        self.release(codec, outbox);
        verdict
    }

    /// The handle in flight could not be written: it is forgotten, and what waited goes on.
    pub(super) fn rejected(&mut self, codec: &dyn Codec, outbox: &mut Outbox<T>) {
        self.in_flight = None;
        self.release(codec, outbox);
    }

    /// Forgets handles and sends; the sends are lost.
    pub(super) fn abort(&mut self, outbox: &mut Outbox<T>) {
        self.in_flight = None;
        for held in std::mem::take(&mut self.held) {
            outbox.complete(Some(held.token), Completion::Lost);
        }
    }

    /// Queues what waited, up to and with the next handle.
    fn release(&mut self, codec: &dyn Codec, outbox: &mut Outbox<T>) {
        while self.in_flight.is_none()
            && let Some(Held { mut frame, handle, token }) = self.held.pop_front()
        {
            if let Some(handle) = handle {
                self.begin(&mut frame, handle, token, codec, outbox);
            } else {
                codec.seal(&mut frame);
                outbox.push(&mut frame, false, Some(token));
            }
        }
    }
}
