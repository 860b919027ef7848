//! Files: the system calls behind `fs`, each with the name that Node gives it in errors.
//!
//! Descriptors come from programs as plain numbers here, because programs own them: `fs.openSync`
//! hands them out, `fs.closeSync` takes them back.

use std::{
    fs::{self, File, Metadata, OpenOptions, Permissions},
    io::{self, IoSlice, IoSliceMut, Read, Write},
    mem::ManuallyDrop,
    os::{
        fd::{AsFd, FromRawFd, OwnedFd, RawFd},
        unix::fs::{FileExt, OpenOptionsExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
};

use nix::{
    sys::{
        stat::{UtimensatFlags, futimens, utimensat},
        statfs::{Statfs, statfs as stat_file_system},
        time::TimeSpec,
        uio::{preadv, pwritev},
    },
    unistd::{self, AccessFlags},
};

use super::{
    errno::Errno,
    error::{Subject, SysError},
};

/// What a call answers.
pub(crate) type Result<T> = std::result::Result<T, SysError>;

/// Adds to the end of a file, which is made if there is none.
pub(crate) fn append(path: &Path, bytes: &[u8]) -> Result<()> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(bytes)).map_err(at("open", path))
}

pub(super) fn at<'a>(
    syscall: &'static str,
    path: &'a Path,
) -> impl Fn(io::Error) -> SysError + use<'a> {
    move |error| SysError::from_io(&error, syscall, path)
}

pub(super) fn of_fd(syscall: &'static str) -> impl Fn(io::Error) -> SysError {
    move |error| SysError::new(Errno::of(&error), syscall)
}

/// An open descriptor that stays its owner's: the `File` is never dropped.
pub(super) fn borrowed(fd: RawFd) -> ManuallyDrop<File> {
    // SAFETY: the descriptor belongs to the program that passed its number; it is neither closed
    // here nor kept. A number that is not open gives EBADF from the call that uses it.
    ManuallyDrop::new(unsafe { File::from_raw_fd(fd) })
}

/// `open(2)` with its flags; close-on-exec always.
pub(crate) fn open(path: &Path, flags: i32, mode: u32) -> Result<OwnedFd> {
    let access = flags & libc::O_ACCMODE;
    let mut options = OpenOptions::new();
    options.read(access != libc::O_WRONLY).write(access != libc::O_RDONLY);
    // The creation flags go past std, which allows fewer combinations than the system does.
    options.mode(mode).custom_flags(flags & !libc::O_ACCMODE);
    options.open(path).map(OwnedFd::from).map_err(at("open", path))
}

/// `close(2)`.
pub(crate) fn close(fd: RawFd) -> Result<()> {
    nix::unistd::close(fd).map_err(|errno| SysError::new(errno, "close"))
}

/// `read(2)`, or `pread(2)` at a position.
pub(crate) fn read(fd: RawFd, buffer: &mut [u8], position: Option<u64>) -> Result<usize> {
    let mut file = borrowed(fd);
    let outcome = match position {
        Some(position) => file.read_at(buffer, position),
        None => file.read(buffer),
    };
    outcome.map_err(of_fd("read"))
}

/// `write(2)`, or `pwrite(2)` at a position.
pub(crate) fn write(fd: RawFd, bytes: &[u8], position: Option<u64>) -> Result<usize> {
    let mut file = borrowed(fd);
    let outcome = match position {
        Some(position) => file.write_at(bytes, position),
        None => file.write(bytes),
    };
    outcome.map_err(of_fd("write"))
}

/// `readv(2)`, or `preadv(2)` at a position.
pub(crate) fn read_vectored(
    fd: RawFd,
    buffers: &mut [IoSliceMut<'_>],
    position: Option<u64>,
) -> Result<usize> {
    let mut file = borrowed(fd);
    match position {
        Some(position) => preadv(file.as_fd(), buffers, position.cast_signed())
            .map_err(|errno| SysError::new(errno, "read")),
        None => file.read_vectored(buffers).map_err(of_fd("read")),
    }
}

/// `writev(2)`, or `pwritev(2)` at a position.
pub(crate) fn write_vectored(
    fd: RawFd,
    buffers: &[IoSlice<'_>],
    position: Option<u64>,
) -> Result<usize> {
    let mut file = borrowed(fd);
    match position {
        Some(position) => pwritev(file.as_fd(), buffers, position.cast_signed())
            .map_err(|errno| SysError::new(errno, "write")),
        None => file.write_vectored(buffers).map_err(of_fd("write")),
    }
}

/// `stat(2)`.
pub(crate) fn stat(path: &Path) -> Result<Metadata> {
    fs::metadata(path).map_err(at("stat", path))
}

/// `lstat(2)`.
pub(crate) fn lstat(path: &Path) -> Result<Metadata> {
    fs::symlink_metadata(path).map_err(at("lstat", path))
}

/// `fstat(2)`.
pub(crate) fn fstat(fd: RawFd) -> Result<Metadata> {
    borrowed(fd).metadata().map_err(of_fd("fstat"))
}

/// `statfs(2)`.
pub(crate) fn file_system(path: &Path) -> Result<Statfs> {
    stat_file_system(path).map_err(|errno| SysError::new(errno, "statfs").about_path(path))
}

/// `access(2)`; the bits of `mode` are `F_OK`, `R_OK`, `W_OK`, `X_OK`.
pub(crate) fn access(path: &Path, mode: i32) -> Result<()> {
    let flags = AccessFlags::from_bits_truncate(mode);
    unistd::access(path, flags).map_err(|errno| SysError::new(errno, "access").about_path(path))
}

/// `rename(2)`.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(between("rename", from, to))
}

/// `link(2)`.
pub(crate) fn link(from: &Path, to: &Path) -> Result<()> {
    fs::hard_link(from, to).map_err(between("link", from, to))
}

/// `symlink(2)`: `path` will point to `target`.
pub(crate) fn make_symlink(target: &Path, path: &Path) -> Result<()> {
    symlink(target, path).map_err(between("symlink", target, path))
}

pub(super) fn between<'a>(
    syscall: &'static str,
    from: &'a Path,
    to: &'a Path,
) -> impl Fn(io::Error) -> SysError + use<'a> {
    move |error| {
        let mut error = SysError::new(Errno::of(&error), syscall);
        error.subject = Subject::Paths(from.into(), to.into());
        error
    }
}

/// `readlink(2)`.
pub(crate) fn readlink(path: &Path) -> Result<PathBuf> {
    fs::read_link(path).map_err(at("readlink", path))
}

/// `realpath(3)`.
pub(crate) fn realpath(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).map_err(at("realpath", path))
}

/// `chmod(2)`.
pub(crate) fn chmod(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(at("chmod", path))
}

/// `fchmod(2)`.
pub(crate) fn fchmod(fd: RawFd, mode: u32) -> Result<()> {
    borrowed(fd).set_permissions(Permissions::from_mode(mode)).map_err(of_fd("fchmod"))
}

/// `chown(2)`; `lchown(2)` where links are not followed.
pub(crate) fn chown(path: &Path, uid: u32, gid: u32, follow: bool) -> Result<()> {
    use std::os::unix::fs::{chown, lchown};
    if follow {
        chown(path, Some(uid), Some(gid)).map_err(at("chown", path))
    } else {
        lchown(path, Some(uid), Some(gid)).map_err(at("lchown", path))
    }
}

/// `fchown(2)`.
pub(crate) fn fchown(fd: RawFd, uid: u32, gid: u32) -> Result<()> {
    let file = borrowed(fd);
    std::os::unix::fs::fchown(file.as_fd(), Some(uid), Some(gid)).map_err(of_fd("fchown"))
}

/// `utimensat(2)`: times since the epoch; those of a link itself where it is not followed.
pub(crate) fn utimes(path: &Path, times: &[TimeSpec; 2], follow: bool) -> Result<()> {
    let (flag, syscall) = if follow {
        (UtimensatFlags::FollowSymlink, "utime")
    } else {
        (UtimensatFlags::NoFollowSymlink, "lutime")
    };
    utimensat(nix::fcntl::AT_FDCWD, path, &times[0], &times[1], flag)
        .map_err(|errno| SysError::new(errno, syscall).about_path(path))
}

/// `futimens(2)`: times since the epoch.
pub(crate) fn futimes(fd: RawFd, times: &[TimeSpec; 2]) -> Result<()> {
    futimens(borrowed(fd).as_fd(), &times[0], &times[1])
        .map_err(|errno| SysError::new(errno, "futime"))
}

/// Seconds since the epoch, which may lie before it, as the system takes them.
pub(crate) fn time_spec(seconds: f64) -> TimeSpec {
    let whole = seconds.floor();
    let nanoseconds = ((seconds - whole) * 1e9) as i64;
    TimeSpec::new(whole as i64, nanoseconds.clamp(0, 999_999_999))
}

/// `ftruncate(2)`.
pub(crate) fn ftruncate(fd: RawFd, length: u64) -> Result<()> {
    borrowed(fd).set_len(length).map_err(of_fd("ftruncate"))
}

/// Opens, `ftruncate(2)`, closes.
pub(crate) fn truncate(path: &Path, length: u64) -> Result<()> {
    let file = OpenOptions::new().write(true).open(path).map_err(at("open", path))?;
    file.set_len(length).map_err(of_fd("ftruncate"))
}

/// `fsync(2)`, or `fdatasync(2)` where the metadata may wait.
pub(crate) fn sync(fd: RawFd, data_only: bool) -> Result<()> {
    let file = borrowed(fd);
    if data_only {
        file.sync_data().map_err(of_fd("fdatasync"))
    } else {
        file.sync_all().map_err(of_fd("fsync"))
    }
}
