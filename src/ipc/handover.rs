//! One handle in flight: what is sent later waits until the peer has said ACK or NACK.
//!
//! As in Node: a net.Socket is kept and sent again, three times, when the peer got the message but
//! no descriptor; other handles are forgotten once they are written.
//!
//! What waits is the caller's to send when its turn has come ([`Handover::next_held`]): what a
//! program gave is looked at then, not before.

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
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Held<Q, T> {
    /// Opened, not sealed, without an envelope.
    pub(crate) frame: Vec<u8>,
    /// What is to be sent beside it.
    pub(crate) handle: Option<Q>,
    pub(crate) token: T,
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
pub(crate) enum Verdict {
    /// Nobody had asked.
    Unasked,
    /// The handle is the peer's; or it is not, and was not kept.
    Settled,
    /// A kept handle is sent once more.
    SentAgain,
    /// A kept handle did not reach the peer, however often it was sent.
    GaveUp,
}

/// The state of handles on their way out.
#[derive(Debug)]
pub(super) struct Handover<H, Q, T> {
    in_flight: Option<InFlight<H, T>>,
    held: VecDeque<Held<Q, T>>,
    /// What waited is being sent: nothing may overtake it.
    is_releasing: bool,
}

impl<H, Q, T: Clone> Handover<H, Q, T> {
    pub(super) const fn new() -> Self {
        Self { in_flight: None, held: VecDeque::new(), is_releasing: false }
    }

    /// Whether a later send has to wait.
    pub(super) fn is_busy(&self) -> bool {
        self.in_flight.is_some() || self.is_releasing || !self.held.is_empty()
    }

    /// Whether something waits though nothing is in flight, and nobody is sending it yet.
    pub(super) fn has_released(&self) -> bool {
        self.in_flight.is_none() && !self.is_releasing && !self.held.is_empty()
    }

    /// The handle to be written with the chunk that carries one.
    pub(super) fn handle(&self) -> Option<&H> {
        self.in_flight.as_ref().and_then(|in_flight| in_flight.handle.as_ref())
    }

    /// Queues a send behind the handle in flight. True for the first one that waits, as Node's
    /// `send` has it.
    pub(super) fn hold(&mut self, held: Held<Q, T>) -> bool {
        self.held.push_back(held);
        self.held.len() == 1
    }

    /// The next send that waits, if nothing is in flight. Until this has said that there is none,
    /// everything new waits.
    pub(super) fn next_held(&mut self) -> Option<Held<Q, T>> {
        if self.in_flight.is_some() {
            self.is_releasing = false;
            return None;
        }
        let next = self.held.pop_front();
        self.is_releasing = next.is_some();
        next
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
        debug_assert!(self.in_flight.is_none(), "one handle at a time");
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
            return Verdict::Unasked;
        };
        match &mut in_flight.resend {
            Some(resend) if !is_acknowledged && resend.times < RETRANSMISSIONS => {
                resend.times += 1;
                let mut frame = resend.frame.clone();
                codec.wrap(&Envelope::NATIVE, &mut frame);
                codec.seal(&mut frame);
                outbox.push(&mut frame, true, Some(resend.token.clone()));
                in_flight.is_written = false;
                self.in_flight = Some(in_flight);
                Verdict::SentAgain
            }
            Some(_) if !is_acknowledged => Verdict::GaveUp,
            _ => Verdict::Settled,
        }
    }

    /// The handle in flight could not be written: it is forgotten.
    pub(super) fn rejected(&mut self) {
        self.in_flight = None;
    }

    /// Forgets handles and sends; the sends are lost.
    pub(super) fn abort(&mut self, outbox: &mut Outbox<T>) {
        self.in_flight = None;
        self.is_releasing = false;
        for held in std::mem::take(&mut self.held) {
            outbox.complete(Some(held.token), Completion::Lost);
        }
    }
}
