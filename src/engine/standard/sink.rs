//! Where a program's output goes.

use std::{
    cell::RefCell,
    fmt,
    io::Write,
    os::fd::OwnedFd,
    sync::{Arc, Mutex, MutexGuard},
};

use super::{number, pump::Pump};
use crate::sys::{
    errno::Errno,
    error::SysError,
    fd::{self, FdKind},
    lock::lock,
    stdio::{Output, write_output},
};

/// What a host gave to be written to; several runtimes may share it.
pub(crate) type Writer = Arc<Mutex<dyn Write + Send>>;

/// What a stream was captured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Captured {
    pub(crate) bytes: Vec<u8>,
    /// How many bytes there was no room for.
    pub(crate) lost: u64,
}

/// Why something was not written.
#[derive(Debug)]
pub(crate) enum Failure {
    Sys(SysError),
    /// A captured stream may hold no more than so many bytes.
    Full(usize),
}

/// One of the output streams of a program.
#[derive(Debug, Default)]
pub(crate) enum Sink {
    /// The process's.
    #[default]
    Process,
    /// Nowhere; the null device, once somebody needs a descriptor.
    Null(RefCell<Option<OwnedFd>>),
    /// A host's writer, or its memory.
    Shared(Shared),
}

/// A stream that ends in this process.
pub(crate) struct Shared {
    consumer: Arc<Mutex<Consumer>>,
    /// For whom a descriptor is needed.
    pipe: RefCell<Option<Pump>>,
}

/// Who takes what is written. In its lock's care is the order of what comes from the program and from
/// its children.
pub(super) enum Consumer {
    Memory { captured: Captured, limit: usize },
    Writer(Writer),
}

impl Sink {
    /// Nowhere.
    pub(crate) fn null() -> Self {
        Self::Null(RefCell::default())
    }

    /// Into memory, so many bytes at most.
    pub(crate) fn capture(limit: usize) -> Self {
        Self::shared(Consumer::Memory { captured: Captured::default(), limit })
    }

    /// To a writer.
    pub(crate) fn writer(writer: Writer) -> Self {
        Self::shared(Consumer::Writer(writer))
    }

    fn shared(consumer: Consumer) -> Self {
        Self::Shared(Shared { consumer: Arc::new(Mutex::new(consumer)), pipe: RefCell::default() })
    }

    /// The same for a thread of the program's: what it writes goes where the program's goes.
    pub(super) fn shared_with_thread(&self) -> Self {
        match self {
            Self::Process => Self::Process,
            Self::Null(_) => Self::null(),
            Self::Shared(Shared { consumer, .. }) => {
                Self::Shared(Shared { consumer: consumer.clone(), pipe: RefCell::default() })
            }
        }
    }

    pub(super) fn write(&self, output: Output, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Process => write_output(output, bytes).map_err(Failure::Sys),
            Self::Null(_) => Ok(()),
            Self::Shared(shared) => shared.settled().take(bytes),
        }
    }

    pub(super) fn descriptor(&self) -> Result<Option<i32>, SysError> {
        match self {
            Self::Process => Ok(None),
            Self::Null(open) => null(open).map(Some),
            Self::Shared(shared) => {
                let mut pipe = shared.pipe.borrow_mut();
                if let Some(pipe) = &*pipe {
                    return Ok(Some(number(pipe.writer())));
                }
                let pump = Pump::start(shared.consumer.clone())?;
                Ok(Some(number(pipe.insert(pump).writer())))
            }
        }
    }

    pub(super) fn kind(&self) -> Option<FdKind> {
        match self {
            Self::Process => None,
            Self::Null(_) => Some(FdKind::File),
            Self::Shared(_) => Some(FdKind::Pipe),
        }
    }

    pub(super) fn take(&self) -> Captured {
        let Self::Shared(shared) = self else { return Captured::default() };
        match &mut *shared.settled() {
            Consumer::Memory { captured, .. } => std::mem::take(captured),
            Consumer::Writer(_) => Captured::default(),
        }
    }

    pub(super) fn has_overflowed(&self) -> bool {
        let Self::Shared(shared) = self else { return false };
        match &*shared.settled() {
            Consumer::Memory { captured, .. } => captured.lost > 0,
            Consumer::Writer(_) => false,
        }
    }
}

/// The null device, opened if it was not.
pub(super) fn null(open: &RefCell<Option<OwnedFd>>) -> Result<i32, SysError> {
    let mut open = open.borrow_mut();
    if let Some(fd) = &*open {
        return Ok(number(fd));
    }
    Ok(number(open.insert(fd::null_device()?)))
}

impl Shared {
    /// The consumer, once it has all that was written to the pipe before.
    fn settled(&self) -> MutexGuard<'_, Consumer> {
        let mut consumer = lock(&self.consumer);
        if let Some(pump) = &*self.pipe.borrow() {
            pump.drain(&mut consumer);
        }
        consumer
    }
}

impl Consumer {
    /// Takes these bytes, or as many as there is room for.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Memory { captured, limit } => {
                let room = limit.saturating_sub(captured.bytes.len()).min(bytes.len());
                captured.bytes.extend_from_slice(&bytes[..room]);
                if room == bytes.len() {
                    return Ok(());
                }
                captured.lost += (bytes.len() - room) as u64;
                Err(Failure::Full(*limit))
            }
            Self::Writer(writer) => {
                let mut writer = lock(writer);
                let written = writer.write_all(bytes).and_then(|()| writer.flush());
                written.map_err(|error| Failure::Sys(SysError::new(Errno::of(&error), "write")))
            }
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_captured_has_a_limit_and_nothing_is_lost_unseen() {
        let sink = Sink::capture(5);
        assert!(sink.write(Output::Stdout, b"abc").is_ok());
        assert!(matches!(sink.write(Output::Stdout, b"defg"), Err(Failure::Full(5))));
        assert!(sink.has_overflowed());
        assert_eq!(sink.take(), Captured { bytes: b"abcde".to_vec(), lost: 2 });
        assert_eq!(sink.take(), Captured::default());
    }

    #[test]
    fn what_comes_through_the_pipe_keeps_its_place() {
        let sink = Sink::capture(1 << 20);
        let number = sink.descriptor().unwrap().unwrap();
        let mut expected = Vec::new();
        for round in 0..200 {
            let (long, short) = (format!("{round} {}\n", "x".repeat(5000)), format!("{round}\n"));
            crate::sys::stdio::write_all(fd::borrow(number).unwrap(), long.as_bytes()).unwrap();
            sink.write(Output::Stdout, short.as_bytes()).unwrap_or(());
            expected.extend_from_slice(long.as_bytes());
            expected.extend_from_slice(short.as_bytes());
        }
        let captured = sink.take();
        assert_eq!(captured.bytes.len() as u64 + captured.lost, expected.len() as u64);
        assert_eq!(captured.bytes, expected[..captured.bytes.len()]);
    }

    #[test]
    fn a_writer_gets_everything_before_the_sink_is_gone() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Sink::writer(written.clone());
        let number = sink.descriptor().unwrap().unwrap();
        crate::sys::stdio::write_all(fd::borrow(number).unwrap(), b"last words").unwrap();
        drop(sink);
        assert_eq!(*lock(&written), b"last words");
    }
}
