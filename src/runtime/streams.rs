//! The standard streams that a host gives its scripts.

use std::{
    fmt, io,
    sync::{Arc, Mutex},
};

use super::Runtime;
use crate::{
    engine::{
        standard::{self, Reader, Sink, Source, Writer},
        state,
    },
    sys::stdio,
};

/// Where a runtime's standard output or standard error goes: see
/// [`RuntimeBuilder::stdout`](crate::RuntimeBuilder::stdout).
///
/// `process.stdout`, `process.stderr` and `console` write to it at once. A child that inherits the stream
/// (`stdio: 'inherit'`, which is what `fork` does) gets the process's own where this is
/// [`Self::inherit`], the null device for [`Self::null`], and else the end of a pipe, which a thread of
/// the runtime's empties; what the program and its children write keeps its order. `fs.writeSync(1, …)`
/// goes the same way.
#[derive(Clone, Default)]
pub struct Output(To);

#[derive(Clone, Default)]
enum To {
    #[default]
    Inherit,
    Null,
    Capture(usize),
    Writer(Writer),
}

impl Output {
    /// To the process's own.
    #[must_use]
    pub fn inherit() -> Self {
        Self(To::Inherit)
    }

    /// Nowhere.
    #[must_use]
    pub fn null() -> Self {
        Self(To::Null)
    }

    /// Into memory, at most so many bytes: [`Runtime::take_stdout`], [`Runtime::take_stderr`].
    ///
    /// What goes beyond is counted and not kept; the host is told of
    /// [`Limit::Output`](crate::Limit::Output), and `process.stdout.write` fails with `ERR_RJS_LIMIT`.
    #[must_use]
    pub fn capture(limit: usize) -> Self {
        Self(To::Capture(limit))
    }

    /// To a writer, which is flushed after every write. It is written to from the runtime's thread, and
    /// from another where children write; never from both at once.
    #[must_use]
    pub fn writer(writer: impl io::Write + Send + 'static) -> Self {
        Self(To::Writer(Arc::new(Mutex::new(writer))))
    }

    pub(super) fn sink(&self) -> Sink {
        match &self.0 {
            To::Inherit => Sink::Process,
            To::Null => Sink::null(),
            To::Capture(limit) => Sink::capture(*limit),
            To::Writer(writer) => Sink::writer(writer.clone()),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            To::Inherit => f.write_str("Inherit"),
            To::Null => f.write_str("Null"),
            To::Capture(limit) => f.debug_tuple("Capture").field(limit).finish(),
            To::Writer(_) => f.write_str("Writer"),
        }
    }
}

/// Where a runtime's standard input comes from: see
/// [`RuntimeBuilder::stdin`](crate::RuntimeBuilder::stdin).
#[derive(Clone, Default)]
pub struct Input(From);

#[derive(Clone, Default)]
enum From {
    #[default]
    Inherit,
    Null,
    Reader(Reader),
}

impl Input {
    /// From the process's own. It is read only if a script reads it.
    #[must_use]
    pub fn inherit() -> Self {
        Self(From::Inherit)
    }

    /// It is empty.
    #[must_use]
    pub fn null() -> Self {
        Self(From::Null)
    }

    /// These bytes.
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::reader(io::Cursor::new(bytes.into()))
    }

    /// What a reader gives. A thread reads it once a script or a child asks for standard input; who has
    /// several runtimes read the same finds it empty in all but the first. The thread ends with the
    /// reader, or when nobody wants what it reads: a read that blocks outlives the runtime.
    #[must_use]
    pub fn reader(reader: impl io::Read + Send + 'static) -> Self {
        Self(From::Reader(Arc::new(Mutex::new(Some(Box::new(reader))))))
    }

    pub(super) fn source(&self) -> Source {
        match &self.0 {
            From::Inherit => Source::Process,
            From::Null => Source::null(),
            From::Reader(reader) => Source::reader(reader.clone()),
        }
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            From::Inherit => "Inherit",
            From::Null => "Null",
            From::Reader(_) => "Reader",
        })
    }
}

/// What was captured of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// The bytes, in the order in which they were written.
    pub bytes: Vec<u8>,
    /// How many more were written than there was room for.
    pub lost: u64,
}

impl Captured {
    /// The bytes as text; what is no UTF-8 becomes U+FFFD.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Runtime {
    /// What was written to a captured standard output since this was last asked; nothing if it is not
    /// captured.
    pub fn take_stdout(&mut self) -> Captured {
        self.take(stdio::Output::Stdout)
    }

    /// As [`Self::take_stdout`], for standard error.
    pub fn take_stderr(&mut self) -> Captured {
        self.take(stdio::Output::Stderr)
    }

    fn take(&mut self, output: stdio::Output) -> Captured {
        standard::check(&self.context);
        let standard::Captured { bytes, lost } = state::of(&self.context).standard.take(output);
        Captured { bytes, lost }
    }
}
