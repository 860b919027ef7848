//! The standard streams of a program: the process's, or what its host gives in their place.
//!
//! What a program writes goes straight to where its host wants it. Children that inherit a stream, and
//! calls of `fs` that name it by its number, need a descriptor: there is a pipe for them then, made
//! when it is first asked for, which a thread of its own empties.

mod pump;
mod sink;
mod source;

use std::{cell::RefCell, os::fd::AsRawFd};

use boa_engine::Context;

pub(crate) use self::{
    sink::{Captured, Failure, Sink, Writer},
    source::{Reader, Source},
};
use super::{descriptors, state};
use crate::sys::{
    error::SysError,
    fd::{self, FdKind},
    stdio::{Output, is_terminal},
};

/// The three streams of a realm; the process's to begin with.
#[derive(Debug, Default)]
pub(crate) struct Standard {
    stdin: RefCell<Source>,
    stdout: RefCell<Sink>,
    stderr: RefCell<Sink>,
}

impl Standard {
    /// From now on they are these.
    pub(crate) fn replace(&self, stdin: Source, stdout: Sink, stderr: Sink) {
        *self.stdin.borrow_mut() = stdin;
        *self.stdout.borrow_mut() = stdout;
        *self.stderr.borrow_mut() = stderr;
    }

    /// The three for a thread of the program's, input first.
    pub(crate) fn shared_with_thread(&self) -> (Source, [Sink; 2]) {
        let share = |sink: &RefCell<Sink>| sink.borrow().shared_with_thread();
        let source = self.stdin.borrow().shared_with_thread();
        (source, [share(&self.stdout), share(&self.stderr)])
    }

    fn sink(&self, output: Output) -> &RefCell<Sink> {
        match output {
            Output::Stdout => &self.stdout,
            Output::Stderr => &self.stderr,
        }
    }

    /// What was captured so far, taken out.
    pub(crate) fn take(&self, output: Output) -> Captured {
        self.sink(output).borrow().take()
    }

    /// Whether a captured stream has had more than it may hold.
    fn has_overflowed(&self) -> bool {
        self.stdout.borrow().has_overflowed() || self.stderr.borrow().has_overflowed()
    }
}

/// Writes all of this to a stream.
pub(crate) fn write(output: Output, bytes: &[u8], context: &Context) -> Result<(), Failure> {
    let engine = state::of(context);
    let outcome = engine.standard.sink(output).borrow().write(output, bytes);
    outcome.inspect_err(|failure| {
        if matches!(failure, Failure::Full(_)) {
            engine.note_overflow();
        }
    })
}

/// Tells the host if children wrote more than a captured stream may hold.
pub(crate) fn check(context: &Context) {
    let engine = state::of(context);
    if engine.standard.has_overflowed() {
        engine.note_overflow();
    }
}

/// The descriptor that a number from 0 to 2 means, where that is not the process's.
///
/// # Errors
/// Where the system has no descriptor or thread left.
pub(crate) fn descriptor(number: i32, context: &Context) -> Result<Option<i32>, SysError> {
    let standard = &state::of(context).standard;
    match number {
        0 => standard.stdin.borrow().descriptor(),
        1 => standard.stdout.borrow().descriptor(),
        2 => standard.stderr.borrow().descriptor(),
        _ => Ok(None),
    }
}

/// As [`descriptor`], for calls that fail by themselves with a number that is none.
pub(crate) fn meant(number: i32, context: &Context) -> Option<i32> {
    descriptor(number, context).unwrap_or(Some(descriptors::NONE))
}

/// What a descriptor's number is to programs.
pub(crate) fn kind(number: i32, context: &Context) -> FdKind {
    let standard = &state::of(context).standard;
    let replaced = match number {
        0 => standard.stdin.borrow().kind(),
        1 => standard.stdout.borrow().kind(),
        2 => standard.stderr.borrow().kind(),
        _ => None,
    };
    replaced.unwrap_or_else(|| fd::borrow(number).map_or(FdKind::Unknown, fd::kind))
}

/// Whether one of the three is not the process's.
pub(crate) fn is_replaced(number: i32, context: &Context) -> bool {
    let standard = &state::of(context).standard;
    match number {
        0 => standard.stdin.borrow().kind().is_some(),
        1 => standard.stdout.borrow().kind().is_some(),
        2 => standard.stderr.borrow().kind().is_some(),
        _ => false,
    }
}

/// Whether one of the three is a terminal.
pub(crate) fn is_tty(number: i32, context: &Context) -> bool {
    !is_replaced(number, context) && is_terminal(number)
}

/// The number of an open descriptor.
fn number(fd: &impl AsRawFd) -> i32 {
    fd.as_raw_fd()
}
