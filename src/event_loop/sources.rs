//! Sources: file descriptors that the loop watches, level-triggered.

use std::{
    io,
    os::fd::AsFd,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    EventLoop, Host,
    table::{Key, Table},
};
use crate::sys::{
    errno::Errno,
    poll::{Event, Interest, Poll, Readiness},
};

/// What a source calls when its descriptor is ready, in every turn until it no longer is.
pub(crate) type SourceCallback<H> = Rc<dyn Fn(&mut H, Readiness)>;

/// A source. The id means nothing any more once the source is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SourceId(Key);

impl<H: Host> EventLoop<H> {
    /// Watches a descriptor. The source owns `fd` (its own, an `Rc` of it, …), so that it cannot
    /// be closed, and its number not be another's, while it is watched.
    ///
    /// A source keeps the loop alive while it has an interest, unless [`Self::set_source_ref`]
    /// says otherwise.
    ///
    /// # Errors
    /// EPERM: not to be watched (a regular file, a directory: they are always ready).
    /// EEXIST: this descriptor is watched already. EMFILE, ENOSPC, ENOMEM: no room.
    pub(crate) fn add_source(
        &self,
        fd: impl AsFd + 'static,
        interest: Interest,
        callback: SourceCallback<H>,
    ) -> io::Result<SourceId> {
        let Some(share) = self.share() else {
            self.has_refused.set(true);
            return Err(io::Error::from_raw_os_error(Errno::EMFILE.0));
        };
        let poll = self.poll()?;
        let callback = self.scoped_source(callback);
        let source = Source::new(Box::new(fd), interest, callback, share);
        let outcome = self.sources.borrow_mut().add(source, &poll);
        outcome.map_err(|(error, _)| error)
    }

    /// Allows so many sources at once from now on, counted with those of other loops; all that the system allows
    /// without a limit.
    pub(crate) fn limit_sources(&self, limit: Option<SourceLimit>) {
        *self.source_limit.borrow_mut() = limit;
    }

    /// A source's share of what is allowed; `None` if all is taken.
    fn share(&self) -> Option<Share> {
        let limit = self.source_limit.borrow();
        let Some((limit, count)) = &*limit else { return Some(Share(None)) };
        let another = |count: usize| (count < *limit).then(|| count + 1);
        let counted = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, another);
        counted.ok().map(|_| Share(Some(count.clone())))
    }

    /// Whether a source was refused since this was last asked, because there are too many.
    pub(crate) fn take_refusal(&self) -> bool {
        self.has_refused.take()
    }

    /// Changes what a source waits for. Without an interest it sleeps, and does not keep the
    /// loop alive.
    pub(crate) fn set_interest(&self, id: SourceId, interest: Interest) {
        self.sources.borrow_mut().set_interest(id, interest);
    }

    /// Says whether a source keeps the loop alive.
    pub(crate) fn set_source_ref(&self, id: SourceId, refed: bool) {
        self.sources.borrow_mut().change(id, |source| source.refed = refed);
    }

    /// Whether a source would keep the loop alive; false if it was removed.
    #[cfg(test)]
    pub(crate) fn source_has_ref(&self, id: SourceId) -> bool {
        self.sources.borrow().table.get(id.0).is_some_and(|source| source.refed)
    }

    /// Names a source for [`EventLoop::active_resources`].
    pub(crate) fn set_source_kind(&self, id: SourceId, kind: &'static str) {
        self.sources.borrow_mut().change(id, |source| source.kind = Some(kind));
    }

    /// Lets a source's callback run after those of all others that are ready in the same poll,
    /// as child exits and signals do in libuv: a child's last output comes before its exit.
    pub(crate) fn set_source_last(&self, id: SourceId, is_last: bool) {
        self.sources.borrow_mut().change(id, |source| source.is_last = is_last);
    }

    /// Ends a source: its callback is not called any more, not even for what is already known
    /// to be ready. The source's `fd` is dropped.
    pub(crate) fn remove_source(&self, id: SourceId) {
        let poll = self.poll.borrow().clone();
        let removed = self.sources.borrow_mut().remove(id, poll.as_deref());
        drop(removed);
    }
}

/// How many sources there may be, and where they are counted.
pub(crate) type SourceLimit = (usize, Arc<AtomicUsize>);

/// One of those that may be.
struct Share(Option<Arc<AtomicUsize>>);

impl Drop for Share {
    fn drop(&mut self) {
        if let Some(count) = &self.0 {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// All sources of a loop.
pub(super) struct Sources<H> {
    table: Table<Source<H>>,
    /// Those whose interest may differ from what the system was told; told before the next wait.
    changed: Vec<Key>,
    /// How many keep the loop alive.
    live: usize,
}

pub(super) struct Source<H> {
    fd: Box<dyn AsFd>,
    callback: SourceCallback<H>,
    interest: Interest,
    /// What the system was told, if it watches the descriptor at all.
    registered: Option<Interest>,
    /// Listed in `changed`.
    is_changed: bool,
    refed: bool,
    is_last: bool,
    kind: Option<&'static str>,
    _share: Share,
}

/// A source's callback that is to be called.
pub(super) struct Ready<H> {
    pub(super) callback: SourceCallback<H>,
    pub(super) readiness: Readiness,
    pub(super) is_last: bool,
}

impl<H> Source<H> {
    fn new(
        fd: Box<dyn AsFd>,
        interest: Interest,
        callback: SourceCallback<H>,
        share: Share,
    ) -> Self {
        Self {
            fd,
            callback,
            interest,
            registered: None,
            is_changed: false,
            refed: true,
            is_last: false,
            kind: None,
            _share: share,
        }
    }

    fn is_live(&self) -> bool {
        self.refed && !self.interest.is_none()
    }

    /// Tells the system what the source waits for. Without an interest the descriptor is not
    /// watched at all: a hang-up would be reported again and again.
    fn register(&mut self, key: Key, poll: &Poll) -> io::Result<()> {
        let wanted = Some(self.interest).filter(|interest| !interest.is_none());
        match (self.registered, wanted) {
            (None, Some(interest)) => poll.add(&self.fd, interest, key.to_bits())?,
            (Some(_), None) => poll.delete(&self.fd)?,
            (Some(told), Some(interest)) if told != interest => {
                poll.modify(&self.fd, interest, key.to_bits())?;
            }
            _ => {}
        }
        self.registered = wanted;
        Ok(())
    }
}

impl<H> Sources<H> {
    pub(super) fn new() -> Self {
        Self { table: Table::new(), changed: Vec::new(), live: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// How many sources keep the loop alive.
    pub(super) fn live_count(&self) -> usize {
        self.live
    }

    /// The kinds of the sources that keep the loop alive, as far as they have one.
    pub(super) fn live_kinds(&self) -> Vec<&'static str> {
        self.table
            .iter()
            .filter(|source| source.is_live())
            .filter_map(|source| source.kind)
            .collect()
    }

    /// What to call for an event; `None` if its source is gone or has lost its interest.
    pub(super) fn ready(&self, event: &Event) -> Option<Ready<H>> {
        let source = self.table.get(Key::from_bits(event.key))?;
        let readiness = event.readiness.limited_to(source.interest)?;
        Some(Ready { callback: source.callback.clone(), readiness, is_last: source.is_last })
    }

    /// Tells the system of every change, and appends an event for each source that it refuses to
    /// watch: trying to read or write, its owner learns why, or goes on at the pace of the tries.
    ///
    /// Returns true if the system watches all there is to watch.
    pub(super) fn register_changes(&mut self, poll: &Poll, events: &mut Vec<Event>) -> bool {
        for key in std::mem::take(&mut self.changed) {
            let Some(source) = self.table.get_mut(key) else { continue };
            source.is_changed = false;
            if source.register(key, poll).is_err() {
                source.registered = None;
                source.is_changed = true;
                self.changed.push(key);
                events.push(Event { key: key.to_bits(), readiness: Readiness::refused() });
            }
        }
        self.changed.is_empty()
    }

    /// To be called when the system's knowledge is lost: it is told of every source anew.
    pub(super) fn forget_registrations(&mut self) {
        self.changed.clear();
        for (key, source) in self.table.iter_mut() {
            source.registered = None;
            source.is_changed = true;
            self.changed.push(key);
        }
    }

    /// Ends every source, for the caller to drop.
    pub(super) fn clear(&mut self) -> Vec<Source<H>> {
        self.changed.clear();
        self.live = 0;
        self.table.drain()
    }

    fn add(
        &mut self,
        source: Source<H>,
        poll: &Poll,
    ) -> Result<SourceId, (io::Error, Option<Source<H>>)> {
        let is_live = source.is_live();
        let key = self.table.insert(source);
        if let Err(error) = self.watch_new(key, poll) {
            return Err((error, self.table.remove(key)));
        }
        self.live += usize::from(is_live);
        Ok(SourceId(key))
    }

    /// Registers a new source at once, even without an interest, as the system may refuse it.
    fn watch_new(&mut self, key: Key, poll: &Poll) -> io::Result<()> {
        let outcome = self.try_add(key, poll);
        if matches!(&outcome, Err(error) if error.kind() == io::ErrorKind::AlreadyExists) {
            // It may be watched for a source that has just lost its interest.
            let mut refused = Vec::new();
            self.register_changes(poll, &mut refused);
            return self.try_add(key, poll);
        }
        outcome
    }

    fn try_add(&mut self, key: Key, poll: &Poll) -> io::Result<()> {
        let Some(source) = self.table.get_mut(key) else { return Ok(()) };
        poll.add(&source.fd, source.interest, key.to_bits())?;
        source.registered = Some(source.interest);
        if source.interest.is_none() {
            self.mark_changed(key);
        }
        Ok(())
    }

    fn set_interest(&mut self, id: SourceId, interest: Interest) {
        self.change(id, |source| source.interest = interest);
        let differs = |source: &Source<H>| source.registered != Some(interest);
        if self.table.get(id.0).is_some_and(differs) {
            self.mark_changed(id.0);
        }
    }

    fn remove(&mut self, id: SourceId, poll: Option<&Poll>) -> Option<Source<H>> {
        let source = self.table.remove(id.0)?;
        self.live -= usize::from(source.is_live());
        if let (Some(_), Some(poll)) = (source.registered, poll) {
            // It fails only if the descriptor was closed behind our back: then it is done already.
            let _ = poll.delete(&source.fd);
        }
        Some(source)
    }

    /// Changes a source, keeping count of those that are live.
    fn change(&mut self, id: SourceId, change: impl FnOnce(&mut Source<H>)) {
        let Some(source) = self.table.get_mut(id.0) else { return };
        self.live -= usize::from(source.is_live());
        change(source);
        self.live += usize::from(source.is_live());
    }

    fn mark_changed(&mut self, key: Key) {
        let Some(source) = self.table.get_mut(key) else { return };
        if !source.is_changed {
            source.is_changed = true;
            self.changed.push(key);
        }
    }
}
