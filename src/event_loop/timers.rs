//! Timers as Node has them, to the order of their callbacks.
//!
//! Timers of one duration are a list, in the order of their starts. The lists are a queue, by the
//! expiry of the list and then by age. Only the queue's first expiry is armed. What looks odd
//! here (an expiry that is not brought up to date, a list that outlives its last timer) decides
//! the order of callbacks, and programs depend on that order.

use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use super::table::{Key, Table};

/// What a timer calls.
pub(crate) type TimerCallback<H> = Rc<dyn Fn(&mut H)>;

/// A timer. It has ended, and its id means nothing any more, once it is removed or, if it does
/// not repeat, once its callback returned without refreshing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TimerId(Key);

/// All timers of a loop. All times are in milliseconds of the loop's clock.
pub(super) struct Timers<H> {
    table: Table<Timer<H>>,
    /// By duration.
    lists: HashMap<u64, List>,
    queue: BTreeSet<Rank>,
    next_serial: u64,
    /// The expiry that is armed; `u64::MAX` if none is, as during a round.
    next_expiry: u64,
    /// When the timers phase has something to do.
    due: Option<u64>,
    ref_count: usize,
}

struct Timer<H> {
    duration: u64,
    repeat: bool,
    callback: TimerCallback<H>,
    refed: bool,
    start: u64,
    /// Not so while the callback runs.
    is_listed: bool,
    previous: Option<Key>,
    next: Option<Key>,
}

struct List {
    /// Which list of this duration it is, as one may end and another begin.
    serial: u64,
    rank: Rank,
    first: Option<Key>,
    last: Option<Key>,
}

/// A list's place in the queue; the fields' order is the queue's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    expiry: u64,
    age: u64,
    duration: u64,
}

/// One run of the timers phase: where it has got to.
pub(super) struct Round {
    now: u64,
    /// The list that is looked at: duration and serial.
    list: Option<(u64, u64)>,
    /// The timer of that list that is next, if already known.
    next: Option<Key>,
    is_over: bool,
}

impl Round {
    /// True if the next timer is one of the list that the last one was of.
    pub(super) fn is_within_list(&self) -> bool {
        self.next.is_some()
    }
}

/// A timer whose callback is to be called.
pub(super) struct DueTimer<H> {
    pub(super) id: TimerId,
    pub(super) callback: TimerCallback<H>,
    pub(super) repeat: bool,
}

impl<H> Timers<H> {
    pub(super) fn new() -> Self {
        Self {
            table: Table::new(),
            lists: HashMap::new(),
            queue: BTreeSet::new(),
            next_serial: 0,
            next_expiry: u64::MAX,
            due: None,
            ref_count: 0,
        }
    }

    /// How many timers keep the loop alive.
    pub(super) fn ref_count(&self) -> usize {
        self.ref_count
    }

    /// When the timers phase has something to do next.
    pub(super) fn next_due(&self) -> Option<u64> {
        self.due.filter(|_| !self.table.is_empty())
    }

    pub(super) fn add(
        &mut self,
        duration: u64,
        repeat: bool,
        callback: TimerCallback<H>,
        now: u64,
    ) -> TimerId {
        let key = self.table.insert(Timer {
            duration,
            repeat,
            callback,
            refed: true,
            start: now,
            is_listed: false,
            previous: None,
            next: None,
        });
        self.ref_count += 1;
        self.arm(key, now, now);
        TimerId(key)
    }

    /// Ends a timer; returns its callback for the caller to drop.
    pub(super) fn remove(&mut self, id: TimerId) -> Option<TimerCallback<H>> {
        self.unlink(id.0);
        let timer = self.table.remove(id.0)?;
        // Without a reference the list stays, with its expiry, for whoever comes next: as in Node.
        if timer.refed {
            self.ref_count -= 1;
            if self.lists.get(&timer.duration).is_some_and(|list| list.first.is_none()) {
                self.remove_list(timer.duration);
            }
        }
        Some(timer.callback)
    }

    /// Starts a timer anew; false if it has ended.
    pub(super) fn refresh(&mut self, id: TimerId, now: u64) -> bool {
        let exists = self.contains(id);
        if exists {
            self.arm(id.0, now, now);
        }
        exists
    }

    pub(super) fn set_ref(&mut self, id: TimerId, refed: bool) {
        let Some(timer) = self.table.get_mut(id.0) else { return };
        match (timer.refed, refed) {
            (false, true) => self.ref_count += 1,
            (true, false) => self.ref_count -= 1,
            _ => {}
        }
        timer.refed = refed;
    }

    #[cfg(test)]
    pub(super) fn has_ref(&self, id: TimerId) -> bool {
        self.table.get(id.0).is_some_and(|timer| timer.refed)
    }

    pub(super) fn contains(&self, id: TimerId) -> bool {
        self.table.get(id.0).is_some()
    }

    /// Ends every timer; returns their callbacks for the caller to drop.
    pub(super) fn clear(&mut self) -> Vec<TimerCallback<H>> {
        let timers = self.table.drain();
        self.lists.clear();
        self.queue.clear();
        self.next_expiry = u64::MAX;
        self.due = None;
        self.ref_count = 0;
        timers.into_iter().map(|timer| timer.callback).collect()
    }

    /// Begins a round if one is due. It must be brought to its end or given to [`Self::settle`].
    pub(super) fn begin_round(&mut self, now: u64) -> Option<Round> {
        if self.next_due()? > now {
            return None;
        }
        self.next_expiry = u64::MAX;
        Some(Round { now, list: None, next: None, is_over: false })
    }

    /// Takes the round's next timer out of its list; `None` if the round is over.
    pub(super) fn take_due(&mut self, round: &mut Round, now: u64) -> Option<DueTimer<H>> {
        while !round.is_over {
            if let Some(key) = round.next.take() {
                self.unlink(key);
                if let Some(timer) = self.table.get(key) {
                    let callback = timer.callback.clone();
                    return Some(DueTimer { id: TimerId(key), callback, repeat: timer.repeat });
                }
            }
            self.advance(round, now);
        }
        None
    }

    /// To be called after a timer's callback and before the ticks: starts a repeating timer anew
    /// as of `start`, ends the other unless it was refreshed, and looks for the next one.
    ///
    /// Node decides on the next timer before the ticks run; what they do comes too late for it.
    /// Returns the callback of a timer that ended, for the caller to drop.
    pub(super) fn finish(
        &mut self,
        timer: &DueTimer<H>,
        start: u64,
        round: &mut Round,
        now: u64,
    ) -> Option<TimerCallback<H>> {
        let key = timer.id.0;
        let mut ended = None;
        match self.table.get(key) {
            Some(_) if timer.repeat => self.arm(key, start, now),
            Some(timer) if !timer.is_listed => {
                ended = self.table.remove(key).map(|timer| {
                    self.ref_count -= usize::from(timer.refed);
                    timer.callback
                });
            }
            _ => {}
        }
        self.advance(round, now);
        ended
    }

    /// Arms the queue's first expiry, but never for a time already past: what became due during
    /// a round waits for the next turn.
    pub(super) fn settle(&mut self, now: u64) {
        let Some(first) = self.queue.first() else { return };
        self.next_expiry = first.expiry;
        self.due = Some(first.expiry.max(now + 1));
    }

    /// One step: decides on the next timer of the round's list or, at the list's end, on the
    /// next list; without another list the round is over.
    fn advance(&mut self, round: &mut Round, now: u64) {
        if let Some((duration, serial)) = round.list {
            if let Some(list) = self.lists.get(&duration).filter(|list| list.serial == serial) {
                let first = list.first;
                if let Some(key) = first
                    && let Some(start) = self.table.get(key).map(|timer| timer.start)
                {
                    if start + duration <= round.now {
                        round.next = first;
                        return;
                    }
                    self.requeue(duration, start + duration);
                } else {
                    self.remove_list(duration);
                }
            }
            round.list = None;
        }
        match self.queue.first() {
            Some(rank) if rank.expiry <= round.now => {
                round.list =
                    self.lists.get(&rank.duration).map(|list| (rank.duration, list.serial));
            }
            _ => {
                round.is_over = true;
                self.settle(now);
            }
        }
    }

    /// Puts a timer at the end of the list of its duration, with `start` as its start.
    fn arm(&mut self, key: Key, start: u64, now: u64) {
        let Some(duration) = self.table.get(key).map(|timer| timer.duration) else { return };
        if !self.lists.contains_key(&duration) {
            self.create_list(duration, start + duration, now);
        }
        self.unlink(key);
        let Some(list) = self.lists.get_mut(&duration) else { return };
        let previous = list.last.replace(key);
        match previous {
            Some(previous) => {
                if let Some(previous) = self.table.get_mut(previous) {
                    previous.next = Some(key);
                }
            }
            None => list.first = Some(key),
        }
        if let Some(timer) = self.table.get_mut(key) {
            timer.start = start;
            timer.is_listed = true;
            timer.previous = previous;
            timer.next = None;
        }
    }

    /// Takes a timer out of its list. The list stays, empty or not.
    fn unlink(&mut self, key: Key) {
        let Some(timer) = self.table.get_mut(key).filter(|timer| timer.is_listed) else { return };
        timer.is_listed = false;
        let (duration, previous, next) = (timer.duration, timer.previous, timer.next);
        match previous.and_then(|key| self.table.get_mut(key)) {
            Some(previous) => previous.next = next,
            None => {
                if let Some(list) = self.lists.get_mut(&duration) {
                    list.first = next;
                }
            }
        }
        match next.and_then(|key| self.table.get_mut(key)) {
            Some(next) => next.previous = previous,
            None => {
                if let Some(list) = self.lists.get_mut(&duration) {
                    list.last = previous;
                }
            }
        }
    }

    fn create_list(&mut self, duration: u64, expiry: u64, now: u64) {
        let serial = self.serial();
        let rank = Rank { expiry, age: serial, duration };
        self.lists.insert(duration, List { serial, rank, first: None, last: None });
        self.queue.insert(rank);
        if self.next_expiry > expiry {
            self.next_expiry = expiry;
            self.due = Some(now + duration);
        }
    }

    fn remove_list(&mut self, duration: u64) {
        if let Some(list) = self.lists.remove(&duration) {
            self.queue.remove(&list.rank);
        }
    }

    /// Moves a list to another place in the queue, behind others of the same expiry.
    fn requeue(&mut self, duration: u64, expiry: u64) {
        let age = self.serial();
        if let Some(list) = self.lists.get_mut(&duration) {
            self.queue.remove(&list.rank);
            list.rank = Rank { expiry, age, duration };
            self.queue.insert(list.rank);
        }
    }

    fn serial(&mut self) -> u64 {
        self.next_serial += 1;
        self.next_serial
    }
}
