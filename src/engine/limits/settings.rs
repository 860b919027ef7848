//! What a host says of its program's limits.

use std::{fmt, time::Duration};

#[cfg(doc)]
use crate::engine::observer::HostEvent;

/// Something that a host may limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// How long one call of the runtime takes, waiting included.
    WallTime,
    /// How much of the processor one call of the runtime takes.
    CpuTime,
    /// How deep functions call each other.
    Recursion,
    /// How often the loops of one call of a function go round.
    LoopIterations,
    /// How much memory the program's threads hold.
    Heap,
    /// How many child processes there are at once.
    Children,
    /// How many child processes there are in all.
    TotalChildren,
    /// How many threads there are at once.
    Threads,
    /// How many bytes wait in a channel that its reader did not take.
    BytesInFlight,
    /// How long a message is.
    MessageSize,
    /// How many descriptors the program's loops watch.
    Handles,
    /// How much a captured stream holds.
    Output,
}

impl Limit {
    /// What scripts know it by: the property `limit` of an error.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WallTime => "wallTime",
            Self::CpuTime => "cpuTime",
            Self::Recursion => "recursion",
            Self::LoopIterations => "loopIterations",
            Self::Heap => "heap",
            Self::Children => "children",
            Self::TotalChildren => "totalChildren",
            Self::Threads => "threads",
            Self::BytesInFlight => "bytesInFlight",
            Self::MessageSize => "messageSize",
            Self::Handles => "handles",
            Self::Output => "output",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WallTime => "time",
            Self::CpuTime => "processor time",
            Self::Recursion => "recursion",
            Self::LoopIterations => "iterations of a loop",
            Self::Heap => "memory",
            Self::Children => "child processes at once",
            Self::TotalChildren => "child processes",
            Self::Threads => "threads at once",
            Self::BytesInFlight => "bytes waiting in a channel",
            Self::MessageSize => "bytes of a message",
            Self::Handles => "open handles",
            Self::Output => "bytes of output",
        })
    }
}

/// The limits of a runtime; none to begin with.
///
/// Two kinds of them differ in what happens when they are reached. What a script *asks* for (processes,
/// handles, a message) is refused with an error that it can catch: its code is `ERR_RJS_LIMIT`, its
/// property `limit` names the limit. What a script *uses* (time, memory, recursion) ends its program: the
/// call of the host's returns [`crate::EvalError::Limit`], and nothing of the script runs any more. Both
/// are told as [`HostEvent::LimitReached`].
///
/// **Time** is looked at between callbacks and between the steps of promises, and a thread of the runtime's
/// ends loops and calls of functions in scripts. What waits in the system is ended, too: for a child
/// (`execSync`, which is killed then), for a pipe, FIFO, terminal or socket that is read or written by `fs`, for
/// `Atomics.wait`. Not ended in time is one native call that computes: a regular expression that backtracks, a
/// `sort` of millions without a function of a script's, `JSON.parse` of a text that is very long; nor a read of
/// a disk that does not answer.
///
/// **Memory** is looked at at the same places, and where it is limited, scripts are compiled so that they do
/// it in the rounds of their loops and at the beginning of their functions (which takes them up to twice the
/// time, and shows in the text of a function). Text given to `eval` and `Function`, and arrow functions
/// without braces, do it only where they end. What one native call takes is seen when it is done.
///
/// **Threads** of a program (`Worker`) count what they use with it: memory, processor time, child processes, handles;
/// there are no more of them than [`Self::threads`] says. A thread that finds the memory used up is ended
/// (`ERR_WORKER_OUT_OF_MEMORY`) and leaves what it had to the others; when a call's processor time is up, all end.
/// Wall time, recursion and the rounds of loops are each thread's own; its whole life is one call.
///
/// Who runs code that may do such things on purpose runs it in a process of its own, which can be killed and
/// whose memory the system limits: with [`crate::run_if_worker`] a host is its own child, and
/// [`crate::channel::Channel`] speaks to it.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    pub(super) wall_time: Option<Duration>,
    pub(super) cpu_time: Option<Duration>,
    pub(super) recursion: Option<usize>,
    pub(super) loop_iterations: Option<u64>,
    pub(super) heap: Option<usize>,
    pub(super) children: Option<u64>,
    pub(super) total_children: Option<u64>,
    pub(super) threads: Option<u64>,
    pub(super) bytes_in_flight: Option<usize>,
    pub(super) message_size: Option<usize>,
    pub(super) handles: Option<usize>,
    /// Of one thread alone: what a `Worker` is given as `resourceLimits`.
    pub(super) heap_of_thread: Option<usize>,
}

impl Limits {
    /// None.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// How long each call of `run`, `eval`, `load`, `call`, `turn` and `run_until_idle` may take, waiting
    /// included.
    #[must_use]
    pub fn wall_time(mut self, limit: Duration) -> Self {
        self.wall_time = Some(limit);
        self
    }

    /// How much processor time each of these calls may take, that of the program's threads included; what these use
    /// between two calls counts to the first of them.
    #[must_use]
    pub fn cpu_time(mut self, limit: Duration) -> Self {
        self.cpu_time = Some(limit);
        self
    }

    /// How many functions of scripts may be under way at once; never more than the thread's stack has
    /// room for.
    #[must_use]
    pub fn recursion(mut self, limit: usize) -> Self {
        self.recursion = Some(limit);
        self
    }

    /// How often the loops in one call of a function may go round, all counted together. An asynchronous
    /// function is one call however long it lives.
    #[must_use]
    pub fn loop_iterations(mut self, limit: u64) -> Self {
        self.loop_iterations = Some(limit);
        self
    }

    /// How many bytes the runtime's thread may hold more than when the runtime was made, garbage not
    /// counted, and the threads of its program, as far as they last knew. Only for a program whose allocator is [`crate::CountingAllocator`] or
    /// [`crate::PoolAllocator`]: the engine does not tell how much its heap holds.
    #[must_use]
    pub fn heap(mut self, limit: usize) -> Self {
        self.heap = Some(limit);
        self
    }

    /// How many child processes there may be at once, those of the program's threads included.
    #[must_use]
    pub fn children(mut self, limit: u64) -> Self {
        self.children = Some(limit);
        self
    }

    /// How many child processes may be started in all, by the program's threads too.
    #[must_use]
    pub fn total_children(mut self, limit: u64) -> Self {
        self.total_children = Some(limit);
        self
    }

    /// How many threads (`Worker`) may run at once, those that threads start included. To have none, grant
    /// none: [`crate::Permissions`].
    #[must_use]
    pub fn threads(mut self, limit: u64) -> Self {
        self.threads = Some(limit);
        self
    }

    /// How many bytes may wait in a channel for the operating system to take them: a `send` that would
    /// add to more is refused.
    #[must_use]
    pub fn bytes_in_flight(mut self, limit: usize) -> Self {
        self.bytes_in_flight = Some(limit);
        self
    }

    /// How many bytes a message may have, both ways. A longer one is not sent; one that comes ends its
    /// channel.
    #[must_use]
    pub fn message_size(mut self, limit: usize) -> Self {
        self.message_size = Some(limit);
        self
    }

    /// How many descriptors the program's loops may watch (sockets, servers, pipes, channels, child processes, watched
    /// files), and how many scripts may have besides, all threads together, of what they open by `fs`. What
    /// goes beyond it fails with `EMFILE`, as where the system has no more.
    #[must_use]
    pub fn handles(mut self, limit: usize) -> Self {
        self.handles = Some(limit);
        self
    }

    /// The same, where this thread alone may have a heap of at most so many bytes.
    pub(crate) fn with_heap_of_thread(mut self, limit: usize) -> Self {
        self.heap_of_thread = Some(limit);
        self
    }

    /// Whether somebody limits memory.
    pub(super) fn counts_heap(&self) -> bool {
        self.heap.is_some() || self.heap_of_thread.is_some()
    }

    /// Whether the heap is limited, which not every program can.
    pub(crate) fn needs_counting(&self) -> bool {
        self.heap.is_some()
    }

    pub(super) fn is_measured(&self) -> bool {
        self.wall_time.is_some() || self.cpu_time.is_some() || self.counts_heap()
    }
}
