//! Where a program's input comes from.

use std::{
    cell::RefCell,
    fmt, io,
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, Mutex},
    thread,
};

use super::{number, sink::null};
use crate::sys::{
    errno::Errno,
    error::SysError,
    fd::{self, FdKind},
    lock::lock,
    stdio::write_all,
};

/// What a host gave to be read; whoever needs it first takes it out.
pub(crate) type Reader = Arc<Mutex<Option<Box<dyn io::Read + Send>>>>;

/// How much is read at once, bytes.
const CHUNK: usize = 64 * 1024;

/// The input stream of a program.
#[derive(Default)]
pub(crate) enum Source {
    /// The process's.
    #[default]
    Process,
    /// Empty.
    Null(RefCell<Option<OwnedFd>>),
    /// What a host's reader gives, through a pair of sockets, once somebody asks for it.
    Reader(Reader, Pair),
}

/// The end of a reader's that is read, once there is one: the same for all threads of a program.
type Pair = Arc<Mutex<Option<OwnedFd>>>;

impl Source {
    /// Empty.
    pub(crate) fn null() -> Self {
        Self::Null(RefCell::default())
    }

    /// What this reader gives.
    pub(crate) fn reader(reader: Reader) -> Self {
        Self::Reader(reader, Pair::default())
    }

    /// The same for a thread of the program's.
    pub(super) fn shared_with_thread(&self) -> Self {
        match self {
            Self::Process => Self::Process,
            Self::Null(_) => Self::null(),
            Self::Reader(reader, pair) => Self::Reader(reader.clone(), pair.clone()),
        }
    }

    pub(super) fn descriptor(&self) -> Result<Option<i32>, SysError> {
        match self {
            Self::Process => Ok(None),
            Self::Null(open) => null(open).map(Some),
            Self::Reader(reader, open) => {
                let mut open = lock(open);
                if let Some(fd) = &*open {
                    return Ok(Some(number(fd)));
                }
                let fd = start(reader)?;
                Ok(Some(number(open.insert(fd))))
            }
        }
    }

    pub(super) fn kind(&self) -> Option<FdKind> {
        match self {
            Self::Process => None,
            Self::Null(_) => Some(FdKind::File),
            Self::Reader(..) => Some(FdKind::Pipe),
        }
    }
}

/// Has a thread write what the reader gives to one end; the other end. The thread ends with the reader,
/// or when it has something that nobody reads any more.
fn start(reader: &Reader) -> Result<OwnedFd, SysError> {
    let (ours, theirs) = fd::stream_pair()?;
    // If somebody else has it, there is nothing to read.
    let Some(mut reader) = lock(reader).take() else { return Ok(ours) };
    let thread = thread::Builder::new().name("rjs-input".to_owned());
    let pump = move || {
        let mut chunk = vec![0; CHUNK];
        loop {
            match reader.read(&mut chunk) {
                Ok(count @ 1..) if write_all(theirs.as_fd(), &chunk[..count]).is_ok() => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => return,
            }
        }
    };
    let started = thread.spawn(pump);
    started.map(|_| ours).map_err(|error| SysError::new(Errno::of(&error), "clone"))
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Process => "Process",
            Self::Null(_) => "Null",
            Self::Reader(..) => "Reader",
        })
    }
}
