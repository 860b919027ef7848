//! A thread runs on another stack, and the calling thread waits for it.

use std::thread;

use super::{
    super::{errno::Errno, error::SysError},
    Span,
};

/// What a thread has used of its stack before it runs any code of ours, at most (bytes).
const USED: usize = 64 << 10;

/// What runs on a stack; it is told what of it it may use. It must catch its own panics.
type Work<'a> = dyn FnMut(Span) + Send + 'a;

/// Runs `work` on a thread with a stack of `size` bytes.
pub(super) fn run_on(size: usize, work: &mut Work<'_>) -> Result<(), SysError> {
    let run = || {
        let here = 0_u8;
        let lowest = (&raw const here).addr() - (size - USED);
        work(Span { end: lowest, lowest });
    };
    let builder = thread::Builder::new().stack_size(size);
    thread::scope(|scope| builder.spawn_scoped(scope, run).map(drop))
        .map_err(|error| SysError::new(Errno::of(&error), "pthread_create"))
}
