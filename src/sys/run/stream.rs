//! Our ends of the streams of a run. No call on them ever waits.

use std::os::fd::{AsRawFd, OwnedFd};

use nix::{
    errno::Errno as Nix,
    sys::socket::{MsgFlags, Shutdown, recv, send, shutdown},
};

use super::super::{errno::Errno, faults};

/// How much is read at once, in bytes; as libuv does.
const CHUNK: usize = 64 * 1024;

/// How many reads follow each other before others have their turn.
const READS: usize = 16;

/// The end to which a child's input is written.
pub(super) struct Input {
    pub(super) fd: OwnedFd,
    bytes: Vec<u8>,
    written: usize,
    /// All is written and the end was told, or nobody reads it.
    pub(super) is_done: bool,
}

impl Input {
    pub(super) fn new(fd: OwnedFd, bytes: Vec<u8>) -> Self {
        Self { fd, bytes, written: 0, is_done: false }
    }

    /// Writes as much as the stream takes.
    ///
    /// # Errors
    /// `EPIPE` if the child reads no more. Then the input is done.
    pub(super) fn feed(&mut self) -> Result<(), Errno> {
        let outcome = self.write();
        if self.written == self.bytes.len() || outcome.is_err() {
            self.end();
        }
        outcome
    }

    /// Tells the child the end, whatever is still to be written.
    pub(super) fn end(&mut self) {
        self.is_done = true;
        // It may read no more, or be gone already.
        let _ = shutdown(self.fd.as_raw_fd(), Shutdown::Write);
    }

    fn write(&mut self) -> Result<(), Errno> {
        while self.written < self.bytes.len() {
            faults::check()?;
            let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
            match send(self.fd.as_raw_fd(), &self.bytes[self.written..], flags) {
                Ok(count) => self.written += count,
                Err(Nix::EINTR) => {}
                Err(Nix::EAGAIN) => return Ok(()),
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
}

/// The end from which a child's output is read.
pub(super) struct Output {
    /// `None` once the child's end is closed.
    pub(super) fd: Option<OwnedFd>,
    pub(super) bytes: Vec<u8>,
    /// Where each read goes first: to clear room for a whole chunk before each would cost more than
    /// the small pieces that most reads bring.
    chunk: Box<[u8]>,
}

/// What a read brought.
pub(super) enum Progress {
    /// So many bytes.
    Read(u64),
    Failed(Errno),
}

impl Output {
    pub(super) fn new(fd: OwnedFd) -> Self {
        Self { fd: Some(fd), bytes: Vec::new(), chunk: vec![0; CHUNK].into() }
    }

    /// Reads what there is. At the end, or when it fails, the stream is closed.
    pub(super) fn read(&mut self) -> Progress {
        let before = self.bytes.len();
        for _ in 0..READS {
            match self.read_once() {
                Ok(CHUNK) => {}
                Ok(_) => break,
                Err(errno) => {
                    self.fd = None;
                    return Progress::Failed(errno);
                }
            }
        }
        Progress::Read((self.bytes.len() - before) as u64)
    }

    fn read_once(&mut self) -> Result<usize, Errno> {
        let Some(fd) = &self.fd else { return Ok(0) };
        faults::check()?;
        let count = loop {
            match recv(fd.as_raw_fd(), &mut self.chunk, MsgFlags::MSG_DONTWAIT) {
                Err(Nix::EINTR) => {}
                Err(Nix::EAGAIN) => return Ok(0),
                Err(errno) => return Err(errno.into()),
                Ok(count) => break count,
            }
        };
        self.bytes.extend_from_slice(&self.chunk[..count]);
        if count == 0 {
            self.fd = None;
        }
        Ok(count)
    }
}
