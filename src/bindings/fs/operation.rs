//! What `fs` does, as values: decoded in JavaScript's thread, run there or in the pool.

use std::{
    fs::Metadata,
    io::{IoSlice, IoSliceMut},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use nix::sys::{statfs::Statfs, time::TimeSpec};

use super::{
    open_folders::SharedFolder,
    walk::{self, Found},
};
use crate::engine::permission::Scope;
use crate::sys::{
    content::{self, ReadError, StopSign},
    copying::{self, CopyMode},
    errno::Errno,
    error::SysError,
    files,
    folders::{self, Entry, Retries},
};

/// A path, or a descriptor that the program opened.
#[derive(Debug)]
pub(super) enum Target {
    Path(PathBuf),
    Fd(i32),
}

/// One call of `fs`, ready to run.
#[derive(Debug)]
pub(super) enum Operation {
    /// Does nothing: a read of no bytes.
    Idle,
    /// Fails with this, whatever was asked for.
    Fail(SysError),
    Access {
        path: PathBuf,
        mode: i32,
    },
    Chmod {
        target: Target,
        mode: u32,
    },
    Chown {
        target: Target,
        uid: u32,
        gid: u32,
        follow: bool,
    },
    Close {
        fd: i32,
    },
    Copy {
        from: PathBuf,
        to: PathBuf,
        mode: CopyMode,
    },
    Link {
        from: PathBuf,
        to: PathBuf,
    },
    Mkdir {
        path: PathBuf,
        mode: u32,
        recursive: bool,
        /// How many parts at the end of the path are made behind no link, where that matters.
        below: Option<usize>,
    },
    Mkdtemp {
        prefix: PathBuf,
    },
    Open {
        path: PathBuf,
        flags: i32,
        mode: u32,
    },
    OpenFolder {
        path: PathBuf,
    },
    Read {
        fd: i32,
        length: usize,
        position: Option<u64>,
    },
    ReadFile {
        target: Target,
        flags: i32,
        stop: StopSign,
    },
    ReadFolder {
        folder: SharedFolder,
        count: usize,
    },
    Readv {
        fd: i32,
        lengths: Vec<usize>,
        position: Option<u64>,
    },
    Readlink {
        path: PathBuf,
    },
    Realpath {
        path: PathBuf,
        walks: bool,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Rm {
        path: PathBuf,
        recursive: bool,
        force: bool,
        retries: Retries,
    },
    Rmdir {
        path: PathBuf,
    },
    Scandir {
        path: PathBuf,
        recursive: bool,
        follow: bool,
    },
    Stat {
        target: Target,
        follow: bool,
    },
    Statfs {
        path: PathBuf,
    },
    Symlink {
        target: PathBuf,
        path: PathBuf,
    },
    Sync {
        fd: i32,
        data_only: bool,
    },
    Truncate {
        target: Target,
        length: u64,
    },
    Unlink {
        path: PathBuf,
    },
    Utimes {
        target: Target,
        times: [TimeSpec; 2],
        follow: bool,
    },
    Write {
        fd: i32,
        bytes: Vec<u8>,
        position: Option<u64>,
    },
    WriteFile {
        target: Target,
        bytes: Vec<u8>,
        flags: i32,
        mode: u32,
        stop: StopSign,
    },
    Writev {
        fd: i32,
        parts: Vec<Vec<u8>>,
        position: Option<u64>,
    },
}

/// What an operation answers.
#[derive(Debug)]
pub(super) enum Outcome {
    Nothing,
    Bytes(Vec<u8>),
    Parts { count: usize, parts: Vec<Vec<u8>> },
    Number(usize),
    Fd(OwnedFd),
    Folder(SharedFolder),
    Path(PathBuf),
    Metadata(Box<Metadata>),
    FileSystem(Box<Statfs>),
    Entries(Vec<Entry>),
    Found(Vec<Found>),
}

/// Why an operation failed.
#[derive(Debug)]
pub(super) enum Failure {
    Sys(SysError),
    /// A file of so many bytes cannot be read at once.
    TooLarge(u64),
    /// `rm` of a folder without `recursive`.
    IsFolder(PathBuf),
    /// The program may not do that to this path.
    Denied {
        scope: Scope,
        path: PathBuf,
    },
    /// The program may not make links.
    LinkDenied,
}

impl From<SysError> for Failure {
    fn from(error: SysError) -> Self {
        Self::Sys(error)
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Sys(error) => Self::Sys(error),
            ReadError::TooLarge(size) => Self::TooLarge(size),
        }
    }
}

/// The result of an operation.
pub(super) type Answer = Result<Outcome, Failure>;

impl Operation {
    /// Makes the system calls. May take long.
    #[allow(clippy::too_many_lines)] // a table
    pub(super) fn run(self) -> Answer {
        Ok(match self {
            Self::Idle => Outcome::Nothing,
            Self::Fail(error) => return Err(error.into()),
            Self::Access { path, mode } => done(files::access(&path, mode)?),
            Self::Chmod { target: Target::Path(path), mode } => done(files::chmod(&path, mode)?),
            Self::Chmod { target: Target::Fd(fd), mode } => done(files::fchmod(fd, mode)?),
            Self::Chown { target: Target::Path(path), uid, gid, follow } => {
                done(files::chown(&path, uid, gid, follow)?)
            }
            Self::Chown { target: Target::Fd(fd), uid, gid, .. } => {
                done(files::fchown(fd, uid, gid)?)
            }
            Self::Close { fd } => done(files::close(fd)?),
            Self::Copy { from, to, mode } => done(copying::copy(&from, &to, mode)?),
            Self::Link { from, to } => done(files::link(&from, &to)?),
            Self::Mkdir { path, mode, recursive: false, .. } => done(folders::mkdir(&path, mode)?),
            Self::Mkdir { path, mode, below, .. } => mkdir_all(&path, mode, below)?,
            Self::Mkdtemp { prefix } => Outcome::Path(folders::mkdtemp(&prefix)?),
            Self::Open { path, flags, mode } => Outcome::Fd(files::open(&path, flags, mode)?),
            Self::OpenFolder { path } => Outcome::Folder(SharedFolder::open(&path)?),
            Self::Read { fd, length, position } => read(fd, length, position)?,
            Self::ReadFile { target: Target::Path(path), flags, stop } => {
                Outcome::Bytes(content::read_file(&path, flags, &stop)?)
            }
            Self::ReadFile { target: Target::Fd(fd), stop, .. } => {
                Outcome::Bytes(content::read_rest(fd, &stop)?)
            }
            Self::ReadFolder { folder, count } => Outcome::Entries(folder.read(count)?),
            Self::Readv { fd, lengths, position } => readv(fd, &lengths, position)?,
            Self::Readlink { path } => Outcome::Path(files::readlink(&path)?),
            Self::Realpath { path, walks } => Outcome::Path(realpath(&path, walks)?),
            Self::Rename { from, to } => done(files::rename(&from, &to)?),
            Self::Rm { path, recursive, force, retries } => {
                done(rm(&path, recursive, force, retries)?)
            }
            Self::Rmdir { path } => done(folders::rmdir(&path)?),
            Self::Scandir { path, recursive, follow } => {
                Outcome::Found(walk::scan(&path, recursive, follow)?)
            }
            Self::Stat { target, follow } => Outcome::Metadata(Box::new(stat(&target, follow)?)),
            Self::Statfs { path } => Outcome::FileSystem(Box::new(files::file_system(&path)?)),
            Self::Symlink { target, path } => done(files::make_symlink(&target, &path)?),
            Self::Sync { fd, data_only } => done(files::sync(fd, data_only)?),
            Self::Truncate { target: Target::Path(path), length } => {
                done(files::truncate(&path, length)?)
            }
            Self::Truncate { target: Target::Fd(fd), length } => {
                done(files::ftruncate(fd, length)?)
            }
            Self::Unlink { path } => done(folders::unlink(&path)?),
            Self::Utimes { target: Target::Path(path), times, follow } => {
                done(files::utimes(&path, &times, follow)?)
            }
            Self::Utimes { target: Target::Fd(fd), times, .. } => done(files::futimes(fd, &times)?),
            Self::Write { fd, bytes, position } => {
                Outcome::Number(files::write(fd, &bytes, position)?)
            }
            Self::WriteFile { target: Target::Path(path), bytes, flags, mode, stop } => {
                done(content::write_file(&path, &bytes, flags, mode, &stop)?)
            }
            Self::WriteFile { target: Target::Fd(fd), bytes, stop, .. } => {
                done(content::write_rest(fd, &bytes, &stop)?)
            }
            Self::Writev { fd, parts, position } => writev(fd, &parts, position)?,
        })
    }
}

fn done((): ()) -> Outcome {
    Outcome::Nothing
}

fn mkdir_all(path: &Path, mode: u32, below: Option<usize>) -> Result<Outcome, SysError> {
    let first = match below {
        Some(count) => folders::mkdir_below(path, count, mode)?,
        None => folders::mkdir_all(path, mode)?,
    };
    Ok(first.map_or(Outcome::Nothing, Outcome::Path))
}

fn read(fd: i32, length: usize, position: Option<u64>) -> Result<Outcome, SysError> {
    let mut bytes = vec![0; length];
    let count = files::read(fd, &mut bytes, position)?;
    bytes.truncate(count);
    Ok(Outcome::Bytes(bytes))
}

fn readv(fd: i32, lengths: &[usize], position: Option<u64>) -> Result<Outcome, SysError> {
    if lengths.is_empty() {
        return Err(SysError::new(Errno(libc::EINVAL), "read"));
    }
    let mut parts: Vec<Vec<u8>> = lengths.iter().map(|&length| vec![0; length]).collect();
    let mut slices: Vec<IoSliceMut<'_>> =
        parts.iter_mut().map(|part| IoSliceMut::new(part)).collect();
    let count = files::read_vectored(fd, &mut slices, position)?;
    Ok(Outcome::Parts { count, parts })
}

fn writev(fd: i32, parts: &[Vec<u8>], position: Option<u64>) -> Result<Outcome, SysError> {
    let slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
    Ok(Outcome::Number(files::write_vectored(fd, &slices, position)?))
}

/// With `walks` errors are those of who follows the links himself, which is what Node does save
/// for the native form.
fn realpath(path: &Path, walks: bool) -> Result<PathBuf, SysError> {
    // Who follows the links himself begins in the working folder.
    let path = if walks && path.as_os_str().is_empty() { Path::new(".") } else { path };
    files::realpath(path).map_err(
        |error| {
            if walks { walk::first_obstacle(path, error) } else { error }
        },
    )
}

fn rm(path: &Path, recursive: bool, force: bool, retries: Retries) -> Result<(), Failure> {
    let metadata = match files::lstat(path) {
        Ok(metadata) => metadata,
        Err(error) if force && error.errno == Errno(libc::ENOENT) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if metadata.is_dir() && !recursive {
        return Err(Failure::IsFolder(path.to_owned()));
    }
    Ok(folders::remove_all(path, retries)?)
}

fn stat(target: &Target, follow: bool) -> Result<Metadata, SysError> {
    match target {
        Target::Path(path) if follow => files::stat(path),
        Target::Path(path) => files::lstat(path),
        Target::Fd(fd) => files::fstat(*fd),
    }
}
