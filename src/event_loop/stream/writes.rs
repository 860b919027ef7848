//! What waits to be written: small pieces are gathered, so that many of them are one call.

use std::collections::VecDeque;

use super::{Pending, StreamFd};
use crate::sys::{errno::Errno, io};

/// Pieces are gathered until they are so many bytes; a piece that long is written as it lies.
const GATHER: usize = 64 * 1024;

/// How often one readiness writes: others are to get their turn.
const MAX_CALLS: usize = 16;

/// Bytes that somebody keeps for as long as they wait.
pub(crate) trait Payload {
    /// How many.
    fn len(&self) -> usize;

    /// Lets `look` see them; fewer than [`Self::len`] if they are gone meanwhile.
    fn with(&self, look: &mut dyn FnMut(&[u8]));
}

impl Payload for Vec<u8> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn with(&self, look: &mut dyn FnMut(&[u8])) {
        look(self);
    }
}

/// The queue of a stream.
pub(super) struct Writes<H> {
    queue: VecDeque<Write<H>>,
    bytes: usize,
}

struct Write<H> {
    payload: Box<dyn Payload>,
    /// So many bytes of it are written.
    taken: usize,
    pending: Pending<H>,
}

impl<H> Default for Writes<H> {
    fn default() -> Self {
        Self { queue: VecDeque::new(), bytes: 0 }
    }
}

/// Writes as much as the descriptor takes at once.
pub(super) fn try_write(fd: &StreamFd, payload: &dyn Payload) -> Result<usize, Errno> {
    let mut outcome = Ok(None);
    payload.with(&mut |bytes| outcome = io::write(fd, bytes));
    Ok(outcome.map_err(|error| error.errno)?.unwrap_or(0))
}

impl<H> Write<H> {
    fn remaining(&self) -> usize {
        self.payload.len() - self.taken
    }

    /// Lets `look` see what is not written; zeros stand for bytes that are gone.
    fn with_rest(&self, look: &mut dyn FnMut(&[u8])) {
        self.payload.with(&mut |bytes| {
            if bytes.len() == self.payload.len() {
                return look(&bytes[self.taken..]);
            }
            let mut padded = bytes.to_vec();
            padded.resize(self.payload.len(), 0);
            look(&padded[self.taken..]);
        });
    }
}

impl<H> Writes<H> {
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Queues a payload of which `taken` bytes are written.
    pub(super) fn push(&mut self, payload: Box<dyn Payload>, taken: usize, pending: Pending<H>) {
        self.bytes += payload.len() - taken;
        self.queue.push_back(Write { payload, taken, pending });
    }

    /// Takes back what was pushed last.
    pub(super) fn unpush(&mut self) {
        if let Some(last) = self.queue.pop_back() {
            self.bytes -= last.remaining();
        }
    }

    /// Takes everything out of the queue.
    pub(super) fn drain(&mut self) -> Vec<Pending<H>> {
        self.bytes = 0;
        self.queue.drain(..).map(|write| write.pending).collect()
    }

    /// Writes until nothing is left or nothing is taken. Returns the writes that ended, the last
    /// one perhaps with an error.
    pub(super) fn flush(&mut self, fd: &StreamFd) -> Vec<(Pending<H>, Result<(), Errno>)> {
        let mut finished = Vec::new();
        for _ in 0..MAX_CALLS {
            if self.queue.is_empty() {
                break;
            }
            let (offered, outcome) = self.write_once(fd);
            match outcome {
                Ok(taken) => {
                    self.take(taken, &mut finished);
                    if taken < offered {
                        break;
                    }
                }
                Err(errno) => {
                    finished.extend(self.fail_first(errno));
                    break;
                }
            }
        }
        finished
    }

    /// One call: how many bytes it was offered, how many it took.
    fn write_once(&self, fd: &StreamFd) -> (usize, Result<usize, Errno>) {
        let mut outcome = (0, Ok(0));
        let mut write = |bytes: &[u8]| {
            let taken = io::write(fd, bytes).map(|taken| taken.unwrap_or(0));
            outcome = (bytes.len(), taken.map_err(|error| error.errno));
        };
        match self.queue.front() {
            None => {}
            Some(only) if self.queue.len() == 1 || only.remaining() >= GATHER => {
                only.with_rest(&mut write);
            }
            Some(_) => write(&self.gathered()),
        }
        outcome
    }

    fn gathered(&self) -> Vec<u8> {
        let mut gathered = Vec::with_capacity(GATHER.min(self.bytes));
        for write in &self.queue {
            write.with_rest(&mut |bytes| {
                let room = GATHER - gathered.len();
                gathered.extend_from_slice(&bytes[..bytes.len().min(room)]);
            });
            if gathered.len() == GATHER {
                break;
            }
        }
        gathered
    }

    /// Accounts for so many bytes that were written.
    fn take(&mut self, mut taken: usize, finished: &mut Vec<(Pending<H>, Result<(), Errno>)>) {
        self.bytes -= taken;
        while let Some(first) = self.queue.front_mut() {
            let part = taken.min(first.remaining());
            first.taken += part;
            taken -= part;
            if first.remaining() > 0 {
                return;
            }
            finished.extend(self.queue.pop_front().map(|write| (write.pending, Ok(()))));
        }
    }

    fn fail_first(&mut self, errno: Errno) -> Option<(Pending<H>, Result<(), Errno>)> {
        let first = self.queue.pop_front()?;
        self.bytes -= first.remaining();
        Some((first.pending, Err(errno)))
    }
}
