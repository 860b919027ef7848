//! The pipe that stands for a stream, and the thread that empties it.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use super::sink::Consumer;
use crate::sys::{errno::Errno, error::SysError, fd, io::read, lock::lock, poll, waker::Waker};

/// How much is read at once, bytes: all that a pipe holds.
const CHUNK: usize = 64 * 1024;

/// A pipe whose one end children and calls of `fs` write to.
///
/// Whoever has the consumer's lock may read the other end: so what the program writes itself never
/// comes before what its children wrote before.
pub(super) struct Pump {
    writer: OwnedFd,
    ends: Arc<Ends>,
    thread: Option<JoinHandle<()>>,
}

struct Ends {
    reader: OwnedFd,
    /// Room for what is read; under the consumer's lock.
    chunk: Mutex<Vec<u8>>,
    /// Ends the thread.
    waker: Waker,
}

impl Pump {
    pub(super) fn start(consumer: Arc<Mutex<Consumer>>) -> Result<Self, SysError> {
        let failed =
            |call: &'static str| move |error: io::Error| SysError::new(Errno::of(&error), call);
        let (reader, writer) = fd::pipe()?;
        // Only the end that is read: the other one blocks, as children expect it to.
        fd::set_nonblocking(&reader, true)?;
        let waker = Waker::new().map_err(failed("eventfd"))?;
        let ends = Arc::new(Ends { reader, chunk: Mutex::new(vec![0; CHUNK]), waker });
        let theirs = ends.clone();
        let thread = thread::Builder::new().name("rjs-output".to_owned());
        let thread = thread.spawn(move || theirs.empty(&consumer)).map_err(failed("clone"))?;
        Ok(Self { writer, ends, thread: Some(thread) })
    }

    /// The end to write to.
    pub(super) fn writer(&self) -> &OwnedFd {
        &self.writer
    }

    /// Hands on what is in the pipe.
    pub(super) fn drain(&self, consumer: &mut Consumer) {
        self.ends.drain(consumer);
    }
}

impl Drop for Pump {
    /// What is in the pipe arrives; who still writes to it is told that nobody reads.
    fn drop(&mut self) {
        if self.ends.waker.wake().is_ok()
            && let Some(thread) = self.thread.take()
        {
            // A panic in it was a host's writer's, and has been reported there.
            let _ = thread.join();
        }
    }
}

impl Ends {
    fn empty(&self, consumer: &Mutex<Consumer>) {
        loop {
            let Ok(ready) = poll::wait_readable([self.reader.as_fd(), self.waker.as_fd()]) else {
                return;
            };
            self.drain(&mut lock(consumer));
            if ready[1] {
                return;
            }
        }
    }

    /// Hands on what is in the pipe now; not what comes meanwhile, of which there may be no end.
    ///
    /// What there is no room for is counted there, and a writer that fails is tried again: children
    /// are not stopped by it.
    fn drain(&self, consumer: &mut Consumer) {
        let mut chunk = lock(&self.chunk);
        if let Ok(Some(count @ 1..)) = read(&self.reader, &mut chunk) {
            let _ = consumer.take(&chunk[..count]);
        }
    }
}
