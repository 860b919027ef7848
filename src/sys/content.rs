//! Whole files: read to the end, written from the beginning.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    mem::ManuallyDrop,
    os::fd::RawFd,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    error::SysError,
    files::{Patient, Result, borrowed, of_fd, open, open_patiently},
};

/// How much is read or written between two looks at the stop sign.
const PORTION: usize = 512 * 1024;

/// The most that a file may have to be read as a whole.
const MAX_SIZE: u64 = 0x7fff_ffff;

/// Tells work in another thread that nobody waits for it any more.
#[derive(Clone, Debug, Default)]
pub(crate) struct StopSign(Arc<AtomicBool>);

impl StopSign {
    /// Stops the work at the next portion.
    pub(crate) fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once it was raised.
    pub(crate) fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why a whole file could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    Sys(SysError),
    /// It has so many bytes, more than can be read at once.
    TooLarge(u64),
}

impl From<SysError> for ReadError {
    fn from(error: SysError) -> Self {
        Self::Sys(error)
    }
}

/// Everything from where a descriptor stands.
pub(crate) fn read_rest(fd: RawFd, stop: &StopSign) -> std::result::Result<Vec<u8>, ReadError> {
    read_all(&mut borrowed(fd), stop)
}

/// A whole file.
pub(crate) fn read_file(
    path: &Path,
    flags: i32,
    stop: &StopSign,
) -> std::result::Result<Vec<u8>, ReadError> {
    read_all(&mut opened(path, flags, 0o666)?, stop)
}

/// As `fs::read`: a file of any size.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = open_patiently(path, OpenOptions::new().read(true), 0)?;
    let mut bytes = Vec::new();
    if file.metadata()?.is_file() {
        file.read_to_end(&mut bytes)?;
    } else {
        Patient(&mut file).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn opened(path: &Path, flags: i32, mode: u32) -> Result<File> {
    open(path, flags, mode).map(File::from)
}

fn read_all(file: &mut File, stop: &StopSign) -> std::result::Result<Vec<u8>, ReadError> {
    let metadata = file.metadata().map_err(of_fd("fstat"))?;
    let size = if metadata.is_file() { metadata.len() } else { 0 };
    if size > MAX_SIZE {
        return Err(ReadError::TooLarge(size));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    while !stop.is_raised() {
        let portion = PORTION as u64;
        let read = if metadata.is_file() {
            Read::by_ref(file).take(portion).read_to_end(&mut bytes)
        } else {
            Patient(file).take(portion).read_to_end(&mut bytes)
        };
        if read.map_err(of_fd("read"))? < PORTION {
            break;
        }
    }
    Ok(bytes)
}

/// Writes a whole file.
pub(crate) fn write_file(
    path: &Path,
    bytes: &[u8],
    flags: i32,
    mode: u32,
    stop: &StopSign,
) -> Result<()> {
    write_all(&mut opened(path, flags, mode)?, bytes, stop)
}

/// Writes everything from where a descriptor stands.
pub(crate) fn write_rest(fd: RawFd, bytes: &[u8], stop: &StopSign) -> Result<()> {
    let mut file: ManuallyDrop<File> = borrowed(fd);
    write_all(&mut file, bytes, stop)
}

fn write_all(file: &mut File, bytes: &[u8], stop: &StopSign) -> Result<()> {
    for portion in bytes.chunks(PORTION) {
        if stop.is_raised() {
            break;
        }
        Patient(file).write_all(portion).map_err(of_fd("write"))?;
    }
    Ok(())
}
