//! What `fs` does, as values: decoded in JavaScript's thread, run there or in the pool.

use std::{fs::Metadata, path::PathBuf, time::Duration};

use crate::sys::{
    errno::Errno,
    error::SysError,
    files::{self, Entry},
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
    Access { path: PathBuf, mode: i32 },
    Chmod { target: Target, mode: u32 },
    Chown { path: PathBuf, uid: u32, gid: u32, follow: bool },
    Close { fd: i32 },
    Copy { from: PathBuf, to: PathBuf, exclusive: bool },
    Link { from: PathBuf, to: PathBuf },
    Mkdir { path: PathBuf, mode: u32, recursive: bool },
    Mkdtemp { prefix: PathBuf },
    Open { path: PathBuf, flags: i32, mode: u32 },
    Read { fd: i32, length: usize, position: Option<u64> },
    ReadFile { target: Target, flags: i32 },
    Readlink { path: PathBuf },
    Realpath { path: PathBuf, syscall: &'static str },
    Rename { from: PathBuf, to: PathBuf },
    Rm { path: PathBuf, recursive: bool, force: bool },
    Rmdir { path: PathBuf },
    Scandir { path: PathBuf, recursive: bool },
    Stat { target: Target, follow: bool },
    Symlink { target: PathBuf, path: PathBuf },
    Sync { fd: i32, data_only: bool },
    Truncate { target: Target, length: u64 },
    Unlink { path: PathBuf },
    Utimes { path: PathBuf, accessed: Duration, modified: Duration, follow: bool },
    Write { fd: i32, bytes: Vec<u8>, position: Option<u64> },
    WriteFile { target: Target, bytes: Vec<u8>, flags: i32, mode: u32 },
}

/// What an operation answers.
#[derive(Debug)]
pub(super) enum Outcome {
    Nothing,
    Bytes(Vec<u8>),
    Number(usize),
    Fd(i32),
    Path(PathBuf),
    Metadata(Box<Metadata>),
    Entries(Vec<(PathBuf, Entry)>),
}

impl Operation {
    /// Makes the system calls. May take long.
    pub(super) fn run(self) -> Result<Outcome, SysError> {
        match self {
            Self::Access { path, mode } => nothing(files::access(&path, mode)),
            Self::Chmod { target: Target::Path(path), mode } => nothing(files::chmod(&path, mode)),
            Self::Chmod { target: Target::Fd(fd), mode } => nothing(files::fchmod(fd, mode)),
            Self::Chown { path, uid, gid, follow } => {
                nothing(files::chown(&path, uid, gid, follow))
            }
            Self::Close { fd } => nothing(files::close(fd)),
            Self::Copy { from, to, exclusive } => nothing(files::copy(&from, &to, exclusive)),
            Self::Link { from, to } => nothing(files::link(&from, &to)),
            Self::Mkdir { path, mode, recursive } => mkdir(&path, mode, recursive),
            Self::Mkdtemp { prefix } => files::mkdtemp(&prefix).map(Outcome::Path),
            Self::Open { path, flags, mode } => files::open(&path, flags, mode).map(Outcome::Fd),
            Self::Read { fd, length, position } => read(fd, length, position),
            Self::ReadFile { target, flags } => match target {
                Target::Path(path) => files::read_file(&path, flags).map(Outcome::Bytes),
                Target::Fd(fd) => files::read_rest(fd).map(Outcome::Bytes),
            },
            Self::Readlink { path } => files::readlink(&path).map(Outcome::Path),
            Self::Realpath { path, syscall } => realpath(&path, syscall),
            Self::Rename { from, to } => nothing(files::rename(&from, &to)),
            Self::Rm { path, recursive, force } => rm(&path, recursive, force),
            Self::Rmdir { path } => nothing(files::rmdir(&path)),
            Self::Scandir { path, recursive } => {
                let mut entries = Vec::new();
                scandir(&path, recursive, &mut entries)?;
                Ok(Outcome::Entries(entries))
            }
            Self::Stat { target, follow } => stat(&target, follow),
            Self::Symlink { target, path } => nothing(files::make_symlink(&target, &path)),
            Self::Sync { fd, data_only } => nothing(files::sync(fd, data_only)),
            Self::Truncate { target: Target::Path(path), length } => {
                nothing(files::truncate(&path, length))
            }
            Self::Truncate { target: Target::Fd(fd), length } => {
                nothing(files::ftruncate(fd, length))
            }
            Self::Unlink { path } => nothing(files::unlink(&path)),
            Self::Utimes { path, accessed, modified, follow } => {
                nothing(files::utimes(&path, accessed, modified, follow))
            }
            Self::Write { fd, bytes, position } => {
                files::write(fd, &bytes, position).map(Outcome::Number)
            }
            Self::WriteFile { target, bytes, flags, mode } => nothing(match target {
                Target::Path(path) => files::write_file(&path, &bytes, flags, mode),
                Target::Fd(fd) => files::write_rest(fd, &bytes),
            }),
        }
    }
}

fn nothing(result: Result<(), SysError>) -> Result<Outcome, SysError> {
    result.map(|()| Outcome::Nothing)
}

fn mkdir(path: &std::path::Path, mode: u32, recursive: bool) -> Result<Outcome, SysError> {
    if !recursive {
        return nothing(files::mkdir(path, mode));
    }
    Ok(files::mkdir_all(path, mode)?.map_or(Outcome::Nothing, Outcome::Path))
}

fn read(fd: i32, length: usize, position: Option<u64>) -> Result<Outcome, SysError> {
    let mut bytes = vec![0; length];
    let count = files::read(fd, &mut bytes, position)?;
    bytes.truncate(count);
    Ok(Outcome::Bytes(bytes))
}

fn realpath(path: &std::path::Path, syscall: &'static str) -> Result<Outcome, SysError> {
    let Err(mut error) = files::realpath(path) else {
        return files::realpath(path).map(Outcome::Path);
    };
    if syscall == "lstat" {
        // Node walks the path and names the first part that is not there.
        let missing = path.ancestors().filter(|part| files::lstat(part).is_err()).last();
        error = SysError::new(error.errno, syscall).about_path(missing.unwrap_or(path));
    }
    Err(error)
}

fn rm(path: &std::path::Path, recursive: bool, force: bool) -> Result<Outcome, SysError> {
    let metadata = match files::lstat(path) {
        Ok(metadata) => metadata,
        Err(error) if force && error.errno == Errno(libc::ENOENT) => return Ok(Outcome::Nothing),
        Err(error) => return Err(error),
    };
    if metadata.is_dir() && !recursive {
        return Err(SysError::new(Errno(libc::EISDIR), "rm").about_path(path));
    }
    nothing(files::remove_all(path))
}

fn scandir(
    path: &std::path::Path,
    recursive: bool,
    entries: &mut Vec<(PathBuf, Entry)>,
) -> Result<(), SysError> {
    for entry in files::scandir(path)? {
        let nested = (recursive && entry.kind.is_dir()).then(|| path.join(&entry.name));
        entries.push((path.to_path_buf(), entry));
        if let Some(nested) = nested {
            scandir(&nested, recursive, entries)?;
        }
    }
    Ok(())
}

fn stat(target: &Target, follow: bool) -> Result<Outcome, SysError> {
    let metadata = match target {
        Target::Path(path) if follow => files::stat(path),
        Target::Path(path) => files::lstat(path),
        Target::Fd(fd) => files::fstat(*fd),
    };
    metadata.map(Box::new).map(Outcome::Metadata)
}
