//! The queue of immediates: `setImmediate()`.

use std::collections::VecDeque;

use super::Task;

/// An immediate. Its id means nothing any more once it ran or was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ImmediateId(u64);

/// Immediates in the order of their making.
pub(super) struct Immediates<H> {
    /// `None` is one that was removed.
    queue: VecDeque<Option<Immediate<H>>>,
    /// The number of the queue's first.
    first: u64,
    len: usize,
    ref_count: usize,
}

struct Immediate<H> {
    task: Task<H>,
    refed: bool,
}

impl<H> Immediates<H> {
    pub(super) fn new() -> Self {
        Self { queue: VecDeque::new(), first: 0, len: 0, ref_count: 0 }
    }

    /// How many immediates keep the loop alive.
    pub(super) fn ref_count(&self) -> usize {
        self.ref_count
    }

    pub(super) fn add(&mut self, task: Task<H>) -> ImmediateId {
        let id = self.end();
        self.queue.push_back(Some(Immediate { task, refed: true }));
        self.len += 1;
        self.ref_count += 1;
        id
    }

    /// Takes an immediate out; returns its task for the caller to drop.
    pub(super) fn remove(&mut self, id: ImmediateId) -> Option<Task<H>> {
        let removed = self.slot(id)?.take()?;
        self.len -= 1;
        self.ref_count -= usize::from(removed.refed);
        if self.len == 0 {
            self.first += self.queue.len() as u64;
            self.queue.clear();
        }
        Some(removed.task)
    }

    pub(super) fn set_ref(&mut self, id: ImmediateId, refed: bool) {
        let Some(Some(immediate)) = self.slot(id) else { return };
        match (std::mem::replace(&mut immediate.refed, refed), refed) {
            (false, true) => self.ref_count += 1,
            (true, false) => self.ref_count -= 1,
            _ => {}
        }
    }

    #[cfg(test)]
    pub(super) fn has_ref(&self, id: ImmediateId) -> bool {
        self.index(id)
            .and_then(|index| self.queue.get(index)?.as_ref())
            .is_some_and(|immediate| immediate.refed)
    }

    /// The id that the next immediate gets.
    pub(super) fn end(&self) -> ImmediateId {
        ImmediateId(self.first + self.queue.len() as u64)
    }

    /// Takes the first immediate if it is older than `end`.
    pub(super) fn pop_before(&mut self, end: ImmediateId) -> Option<Task<H>> {
        while self.first < end.0 {
            let immediate = self.queue.pop_front()?;
            self.first += 1;
            if let Some(Immediate { task, refed }) = immediate {
                self.len -= 1;
                self.ref_count -= usize::from(refed);
                return Some(task);
            }
        }
        None
    }

    /// True if an immediate is older than `end`.
    pub(super) fn has_before(&self, end: ImmediateId) -> bool {
        let count = end.0.saturating_sub(self.first) as usize;
        self.queue.iter().take(count).any(Option::is_some)
    }

    /// Takes every immediate out, for the caller to drop.
    pub(super) fn clear(&mut self) -> Vec<Task<H>> {
        let end = self.end();
        std::iter::from_fn(|| self.pop_before(end)).collect()
    }

    fn slot(&mut self, id: ImmediateId) -> Option<&mut Option<Immediate<H>>> {
        let index = self.index(id)?;
        self.queue.get_mut(index)
    }

    fn index(&self, id: ImmediateId) -> Option<usize> {
        usize::try_from(id.0.checked_sub(self.first)?).ok()
    }
}
