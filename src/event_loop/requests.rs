//! Work in flight that keeps the loop alive, and what else does.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use super::{EventLoop, Host};

/// Keeps the loop alive until it is dropped. libuv: an active request.
pub(crate) struct Request {
    kind: &'static str,
    requests: Rc<Requests>,
}

/// What keeps a loop alive, for `process.getActiveResourcesInfo()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ActiveResources {
    /// The kinds of the requests.
    pub(crate) requests: Vec<&'static str>,
    /// The kinds of the sources, as far as they have one.
    pub(crate) sources: Vec<&'static str>,
    /// How many timers.
    pub(crate) timers: usize,
    /// How many immediates.
    pub(crate) immediates: usize,
}

impl<H: Host> EventLoop<H> {
    /// Begins a request: the loop stays alive until it is dropped. `kind` is for
    /// [`Self::active_resources`].
    pub(crate) fn begin_request(&self, kind: &'static str) -> Request {
        *self.requests.counts.borrow_mut().entry(kind).or_insert(0) += 1;
        Request { kind, requests: self.requests.clone() }
    }

    /// Counts what keeps the loop alive.
    pub(crate) fn active_resources(&self) -> ActiveResources {
        ActiveResources {
            requests: self.requests.kinds(),
            sources: self.sources.borrow().live_kinds(),
            timers: self.timers.borrow().ref_count(),
            immediates: self.immediates.borrow().ref_count(),
        }
    }
}

/// The requests in flight, by kind. No count is zero.
#[derive(Default)]
pub(super) struct Requests {
    counts: RefCell<BTreeMap<&'static str, usize>>,
}

impl Requests {
    pub(super) fn is_empty(&self) -> bool {
        self.counts.borrow().is_empty()
    }

    fn kinds(&self) -> Vec<&'static str> {
        let counts = self.counts.borrow();
        counts.iter().flat_map(|(&kind, &count)| std::iter::repeat_n(kind, count)).collect()
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let mut counts = self.requests.counts.borrow_mut();
        if let Some(count) = counts.get_mut(self.kind) {
            *count -= 1;
            if *count == 0 {
                counts.remove(self.kind);
            }
        }
    }
}
