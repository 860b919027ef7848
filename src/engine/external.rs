//! Memory that belongs to JavaScript but that the collector does not count: the blocks of array
//! buffers. To it a buffer of a megabyte is a hundred bytes, and a program that reads and forgets
//! buffers would grow for long before anything is collected.

use std::{cell::Cell, hint, time::Duration};

use crate::sys::usage::{self, Who};

/// After so many bytes there is a collection, at the least (bytes).
const LEAST: usize = 6 << 20;

/// And at the most.
const MOST: usize = 1 << 30;

/// Collections may take this part of the thread's time.
const SHARE: u32 = 8;

/// A block of this size (bytes) that is given back teaches the C library's allocator to keep that
/// much and more. It would return the blocks of each collection to the system, one fault a page.
const KEPT: usize = 8 << 20;

thread_local! {
    static PRESSURE: Pressure = const {
        Pressure { bytes: Cell::new(0), limit: Cell::new(LEAST), ended: Cell::new(None) }
    };
}

/// What a thread's programs have taken since the last collection that this brought about.
struct Pressure {
    bytes: Cell<usize>,
    limit: Cell<usize>,
    /// The thread's time at its end.
    ended: Cell<Option<Duration>>,
}

/// To be told of every block that JavaScript is about to own. May collect: nothing that is not
/// rooted may be held.
pub(crate) fn taken(bytes: usize) {
    PRESSURE.with(|pressure| {
        let sum = pressure.bytes.get().saturating_add(bytes);
        pressure.bytes.set(sum);
        if sum >= pressure.limit.get() {
            pressure.collect();
        }
    });
}

impl Pressure {
    fn collect(&self) {
        let start = thread_time();
        self.bytes.set(0);
        boa_gc::force_collect();
        let end = thread_time();
        let rest = self.ended.replace(Some(end)).map(|ended| start.saturating_sub(ended));
        if rest.is_none() {
            hint::black_box(Vec::<u8>::with_capacity(KEPT));
        }
        self.limit.set(next_limit(self.limit.get(), end.saturating_sub(start), rest));
    }
}

/// The processor time of this thread: other programs' work does not count.
fn thread_time() -> Duration {
    usage::usage(Who::Thread).map_or(Duration::ZERO, |usage| usage.user + usage.system)
}

/// The limit after a collection that took so long, so long after the one before: where there is
/// much to look through, it is looked through less often.
fn next_limit(limit: usize, took: Duration, rest: Option<Duration>) -> usize {
    let Some(rest) = rest else { return limit };
    let limit = if took * SHARE > rest {
        limit.saturating_mul(2)
    } else if took * (2 * SHARE) < rest {
        limit / 2
    } else {
        limit
    };
    limit.clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(limit: usize, took: u64, rest: u64) -> usize {
        let milliseconds = Duration::from_millis;
        next_limit(limit, milliseconds(took), Some(milliseconds(rest)))
    }

    #[test]
    fn collections_keep_to_their_share_of_the_time() {
        assert_eq!(next(LEAST, 1, 100), LEAST);
        assert_eq!(next(LEAST, 20, 100), 2 * LEAST);
        assert_eq!(next(4 * LEAST, 1, 12), 4 * LEAST);
        assert_eq!(next(4 * LEAST, 1, 100), 2 * LEAST);
        assert_eq!(next(MOST, 100, 100), MOST);
        assert_eq!(next_limit(LEAST, Duration::from_secs(1), None), LEAST);
    }
}
