//! A stream descriptor in the loop: reading when it is ready, writing as far as it takes, the
//! order of connect, writes and the end of writing.
//!
//! Pipes, sockets, terminals and listening sockets are all one of these. What is read, and what
//! accepting is, its owner decides: [`Stream::open`] is given what to call when it is readable.

mod writes;

use std::{
    cell::{Cell, RefCell},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    rc::Rc,
};

pub(crate) use self::writes::Payload;
use self::writes::Writes;
use super::{EventLoop, Host, Interest, Readiness, Request, SourceId};
use crate::sys::{errno::Errno, io, socket};

/// What is told how a connect, a write or a shutdown ended. `ECANCELED`: the stream was closed.
pub(crate) type Done<H> = Box<dyn FnOnce(&mut H, Result<(), Errno>)>;

/// What is called, again and again, while the stream is readable and [`Stream::set_reading`] on.
pub(crate) type OnReadable<H> = Rc<dyn Fn(&mut H)>;

/// The descriptor of a stream.
#[derive(Debug)]
pub(crate) enum StreamFd {
    Owned(OwnedFd),
    /// Standard input, output or error: never closed, as their numbers must not become another
    /// file's.
    Standard(BorrowedFd<'static>),
}

impl AsFd for StreamFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Owned(fd) => fd.as_fd(),
            Self::Standard(fd) => *fd,
        }
    }
}

/// What became of a write when the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// All of it was taken; `done` is not called.
    Now,
    /// `done` is called when it is.
    Later,
}

/// A stream that may be open, and its pending operations.
pub(crate) struct Stream<H: Host> {
    event_loop: Rc<EventLoop<H>>,
    fd: RefCell<Option<Rc<StreamFd>>>,
    source: Cell<Option<SourceId>>,
    on_readable: RefCell<Option<OnReadable<H>>>,
    reading: Cell<bool>,
    refed: Cell<bool>,
    /// What was current when it was opened: what it calls inherits that.
    scope: RefCell<Option<H::Scope>>,
    connecting: RefCell<Option<Pending<H>>>,
    writes: RefCell<Writes<H>>,
    ending: RefCell<Option<Pending<H>>>,
}

/// An operation in flight: it keeps the loop alive.
struct Pending<H> {
    _request: Request,
    done: Done<H>,
}

/// Where the other end has closed, so many reads come in one turn: as in libuv, a child's last
/// output and the end of it are told before its exit, if they are there.
const MAX_LAST_READS: usize = 32;

/// The kinds of a stream's requests, for [`EventLoop::active_resources`].
const WRITE: &str = "SimpleWriteWrap";
const SHUTDOWN: &str = "SimpleShutdownWrap";

impl<H: Host> Stream<H> {
    /// A stream that is not open.
    pub(crate) fn new(event_loop: Rc<EventLoop<H>>) -> Rc<Self> {
        Rc::new(Self {
            event_loop,
            fd: RefCell::default(),
            source: Cell::default(),
            on_readable: RefCell::default(),
            reading: Cell::new(false),
            refed: Cell::new(true),
            scope: RefCell::default(),
            connecting: RefCell::default(),
            writes: RefCell::default(),
            ending: RefCell::default(),
        })
    }

    /// Opens it on a descriptor, which does not block. One that it had before is closed.
    pub(crate) fn open(&self, fd: StreamFd) {
        self.unwatch();
        *self.scope.borrow_mut() = self.event_loop.scope().current();
        *self.fd.borrow_mut() = Some(Rc::new(fd));
    }

    /// Says what is called when the stream is readable.
    pub(crate) fn set_on_readable(&self, on_readable: OnReadable<H>) {
        *self.on_readable.borrow_mut() = Some(on_readable);
    }

    /// The descriptor, if it is open.
    pub(crate) fn fd(&self) -> Option<Rc<StreamFd>> {
        self.fd.borrow().clone()
    }

    /// As [`Self::fd`], `EBADF` if it is not open.
    pub(crate) fn opened(&self) -> Result<Rc<StreamFd>, Errno> {
        self.fd().ok_or(Errno::EBADF)
    }

    /// Whether it waits to be readable.
    pub(crate) fn is_reading(&self) -> bool {
        self.reading.get()
    }

    /// Begins or ends reading.
    ///
    /// # Errors
    /// Where the descriptor cannot be watched.
    pub(crate) fn set_reading(self: &Rc<Self>, reading: bool) -> Result<(), Errno> {
        self.reading.set(reading);
        self.update_watch()
    }

    /// Says whether reading keeps the loop alive.
    pub(crate) fn set_ref(&self, refed: bool) {
        self.refed.set(refed);
        if let Some(id) = self.source.get() {
            self.event_loop.set_source_ref(id, refed);
        }
    }

    /// What [`Self::set_ref`] said.
    pub(crate) fn has_ref(&self) -> bool {
        self.refed.get()
    }

    /// Reads once: the number of bytes, 0 at the end, `None` if there is nothing now.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Result<Option<usize>, Errno> {
        let fd = self.opened()?;
        io::read(&*fd, buffer).map_err(|error| error.errno)
    }

    /// Tells `done`, in a later phase, what becomes of a connect that has been begun: with
    /// `outcome` if it has failed already.
    ///
    /// # Errors
    /// EALREADY: it is connecting. Where the descriptor cannot be watched.
    pub(crate) fn wait_connected(
        self: &Rc<Self>,
        outcome: Result<(), Errno>,
        kind: &'static str,
        done: Done<H>,
    ) -> Result<(), Errno> {
        if self.connecting.borrow().is_some() {
            return Err(Errno::EALREADY);
        }
        let request = self.event_loop.begin_request(kind);
        let done = self.event_loop.scoped_done(done);
        *self.connecting.borrow_mut() = Some(Pending { _request: request, done });
        if outcome.is_ok() {
            return self.update_watch().inspect_err(|_| drop(self.connecting.take()));
        }
        let stream = self.clone();
        self.event_loop.add_pending(Box::new(move |host| stream.connected(outcome, host)));
        Ok(())
    }

    /// Whether a connect is undecided.
    pub(crate) fn is_connecting(&self) -> bool {
        self.connecting.borrow().is_some()
    }

    /// Writes what the descriptor takes at once; the rest is queued behind what is queued.
    ///
    /// # Errors
    /// The system's, if nothing was queued before; then `done` is not called.
    pub(crate) fn write(
        self: &Rc<Self>,
        payload: Box<dyn Payload>,
        done: Done<H>,
    ) -> Result<Written, Errno> {
        let fd = self.opened()?;
        let is_first = self.writes.borrow().is_empty() && !self.is_connecting();
        let taken = if is_first { writes::try_write(&fd, &*payload)? } else { 0 };
        if is_first && taken == payload.len() {
            return Ok(Written::Now);
        }
        let request = self.event_loop.begin_request(WRITE);
        let done = self.event_loop.scoped_done(done);
        self.writes.borrow_mut().push(payload, taken, Pending { _request: request, done });
        if let Err(errno) = self.update_watch() {
            self.writes.borrow_mut().unpush();
            return Err(errno);
        }
        Ok(Written::Later)
    }

    /// Writes what the descriptor takes at once: how many bytes. `None`, and nothing was written, where something
    /// is queued or the system refuses; a usual [`Self::write`] says why.
    pub(crate) fn write_now(&self, bytes: &[u8]) -> Option<usize> {
        if !self.writes.borrow().is_empty()
            || self.is_connecting()
            || self.ending.borrow().is_some()
        {
            return None;
        }
        let fd = self.fd()?;
        io::write(&*fd, bytes).ok().map(|written| written.unwrap_or(0))
    }

    /// How many bytes wait to be written.
    pub(crate) fn queued_bytes(&self) -> usize {
        self.writes.borrow().bytes()
    }

    /// Ends writing after all that is queued; `done` is called in a later phase.
    ///
    /// # Errors
    /// EBADF, EALREADY: it is not open, or it is ending already.
    pub(crate) fn shutdown(self: &Rc<Self>, done: Done<H>) -> Result<(), Errno> {
        self.opened()?;
        if self.ending.borrow().is_some() {
            return Err(Errno::EALREADY);
        }
        let request = self.event_loop.begin_request(SHUTDOWN);
        let done = self.event_loop.scoped_done(done);
        *self.ending.borrow_mut() = Some(Pending { _request: request, done });
        if self.is_idle() {
            let stream = self.clone();
            self.event_loop.add_pending(Box::new(move |host| stream.end_writing(host)));
        }
        Ok(())
    }

    fn is_idle(&self) -> bool {
        self.writes.borrow().is_empty() && !self.is_connecting()
    }

    /// Closes the descriptor at once. In the closing phase, what is pending is told `ECANCELED`,
    /// and then `closed` is called.
    pub(crate) fn close(&self, closed: impl FnOnce(&mut H) + 'static) {
        self.unwatch();
        drop(self.fd.take());
        self.on_readable.take();
        let canceled: Vec<Done<H>> = self
            .connecting
            .take()
            .into_iter()
            .chain(self.writes.borrow_mut().drain())
            .chain(self.ending.take())
            .map(|pending| pending.done)
            .collect();
        self.event_loop.add_closing(Box::new(move |host| {
            for done in canceled {
                done(host, Err(Errno::ECANCELED));
            }
            closed(host);
        }));
    }

    /// Closes the descriptor, and drops everything that waits for something, untold: the program is gone.
    pub(crate) fn abandon(&self) {
        self.unwatch();
        drop((self.fd.take(), self.on_readable.take(), self.scope.take()));
        drop((self.connecting.take(), self.writes.take(), self.ending.take()));
    }

    fn unwatch(&self) {
        self.reading.set(false);
        if let Some(id) = self.source.take() {
            self.event_loop.remove_source(id);
        }
    }

    /// Tells the loop what the descriptor is waited for.
    fn update_watch(self: &Rc<Self>) -> Result<(), Errno> {
        let connecting = self.is_connecting();
        let interest = Interest {
            readable: self.reading.get() && !connecting,
            writable: connecting || !self.writes.borrow().is_empty(),
        };
        if let Some(id) = self.source.get() {
            self.event_loop.set_interest(id, interest);
            return Ok(());
        }
        if interest.is_none() {
            return Ok(());
        }
        let stream = self.clone();
        let callback = Rc::new(move |host: &mut H, ready| stream.ready(ready, host));
        let watched = Watched(self.opened()?);
        let scope = self.scope.borrow().clone();
        let added = self
            .event_loop
            .scope()
            .within(scope, || self.event_loop.add_source(watched, interest, callback));
        let id = added.map_err(|error| Errno::of(&error))?;
        self.event_loop.set_source_ref(id, self.refed.get());
        self.source.set(Some(id));
        Ok(())
    }

    fn ready(self: &Rc<Self>, ready: Readiness, host: &mut H) {
        if self.is_connecting() {
            let outcome = self.opened().and_then(|fd| socket::take_error(&*fd));
            self.connected(outcome, host);
            return;
        }
        let reads = if ready.hangup { MAX_LAST_READS } else { 1 };
        for _ in 0..reads {
            if !(ready.readable && self.reading.get()) {
                break;
            }
            let on_readable = self.on_readable.borrow().clone();
            let Some(on_readable) = on_readable else { break };
            on_readable(host);
        }
        if ready.writable {
            self.flush(host);
        }
    }

    fn connected(self: &Rc<Self>, outcome: Result<(), Errno>, host: &mut H) {
        let Some(pending) = self.connecting.take() else { return };
        self.changed();
        (pending.done)(host, outcome);
        if outcome.is_ok() && self.is_idle() {
            self.end_writing(host);
        }
    }

    fn flush(self: &Rc<Self>, host: &mut H) {
        let Some(fd) = self.fd() else { return };
        let finished = self.writes.borrow_mut().flush(&fd);
        self.changed();
        for (pending, outcome) in finished {
            (pending.done)(host, outcome);
        }
        if self.is_idle() {
            self.end_writing(host);
        }
    }

    /// Updates the watch of a descriptor that is watched already: that cannot fail.
    fn changed(self: &Rc<Self>) {
        if self.fd.borrow().is_some() {
            let updated = self.update_watch();
            debug_assert!(updated.is_ok(), "only a new source can be refused");
        }
    }

    /// All is written: does what [`Self::shutdown`] asked for.
    fn end_writing(&self, host: &mut H) {
        let Some(fd) = self.fd() else { return };
        let Some(pending) = self.ending.take() else { return };
        (pending.done)(host, socket::shutdown_write(&*fd));
    }
}

/// The loop's share of the descriptor.
struct Watched(Rc<StreamFd>);

impl AsFd for Watched {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
