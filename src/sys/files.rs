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
        unix::fs::{FileExt, FileTypeExt, OpenOptionsExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
    time::Duration,
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
    alarm,
    errno::Errno,
    error::{Subject, SysError},
    fd,
    poll::Interest,
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

/// `open(2)` with its flags; close-on-exec always. See [`open_patiently`].
pub(crate) fn open(path: &Path, flags: i32, mode: u32) -> Result<OwnedFd> {
    let access = flags & libc::O_ACCMODE;
    let mut options = OpenOptions::new();
    options.read(access != libc::O_WRONLY).write(access != libc::O_RDONLY).mode(mode);
    // The creation flags go past std, which allows fewer combinations than the system does.
    let opened = open_patiently(path, &mut options, flags & !libc::O_ACCMODE);
    opened.map(OwnedFd::from).map_err(at("open", path))
}

/// How long it takes until it is tried again to open what would have to be waited for.
const PATIENCE: Duration = Duration::from_millis(5);

/// Opens a file with these flags, too; in a thread with an alarm so that this ends the wait.
///
/// A FIFO that nobody writes to is open at once in such a thread, and reading from it waits.
pub(super) fn open_patiently(
    path: &Path,
    options: &mut OpenOptions,
    flags: i32,
) -> io::Result<File> {
    if alarm::current().is_none() || flags & (libc::O_NONBLOCK | libc::O_PATH) != 0 {
        return options.custom_flags(flags).open(path);
    }
    loop {
        let error = match options.custom_flags(flags | libc::O_NONBLOCK).open(path) {
            Ok(file) => {
                let changed = fd::set_nonblocking(&file, false);
                return changed.map(|()| file).map_err(|error| error.errno.into_io());
            }
            Err(error) => error,
        };
        let waits = match error.raw_os_error() {
            // Nobody reads the FIFO yet; what else answers so is asked once.
            Some(libc::ENXIO) => fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo()),
            Some(libc::EWOULDBLOCK) => true,
            _ => false,
        };
        if !waits {
            return Err(error);
        }
        alarm::pause(PATIENCE).map_err(Errno::into_io)?;
    }
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
        None => Patient(&mut file).read(buffer),
    };
    outcome.map_err(of_fd("read"))
}

/// `write(2)`, or `pwrite(2)` at a position.
pub(crate) fn write(fd: RawFd, bytes: &[u8], position: Option<u64>) -> Result<usize> {
    let mut file = borrowed(fd);
    let outcome = match position {
        Some(position) => file.write_at(bytes, position),
        None => Patient(&mut file).write(bytes),
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
        None => {
            let file = Patient(&mut file);
            file.await_ready(Interest::READABLE).map_err(of_fd("read"))?;
            file.0.read_vectored(buffers).map_err(of_fd("read"))
        }
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
        None if Patient(&mut file).may_wait() => Patient(&mut file)
            .write(&buffers.iter().flat_map(|part| part.to_vec()).collect::<Vec<u8>>())
            .map_err(of_fd("write")),
        None => file.write_vectored(buffers).map_err(of_fd("write")),
    }
}

/// A file whose reads and writes the alarm of the thread ends, where it has one.
pub(super) struct Patient<'file>(pub(super) &'file mut File);

impl Patient<'_> {
    /// Whether a call may wait for others, and is to be ended by an alarm then.
    fn may_wait(&self) -> bool {
        alarm::current().is_some()
            && !self.0.metadata().is_ok_and(|found| found.is_file())
            && !fd::is_nonblocking(&*self.0)
    }

    fn await_ready(&self, interest: Interest) -> io::Result<()> {
        if self.may_wait() { alarm::await_io(&*self.0, interest) } else { Ok(()) }
    }
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.await_ready(Interest::READABLE)?;
        self.0.read(buffer)
    }
}

impl Write for Patient<'_> {
    /// Writes all that a call without an alarm would: piece by piece, as only so much is known not to wait.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.may_wait() {
            return self.0.write(bytes);
        }
        let mut written = 0;
        while written < bytes.len() {
            let piece = &bytes[written..][..libc::PIPE_BUF.min(bytes.len() - written)];
            let outcome =
                alarm::await_io(&*self.0, Interest::WRITABLE).and_then(|()| self.0.write(piece));
            match outcome {
                Ok(count @ 1..) => written += count,
                Err(error) if written == 0 => return Err(error),
                Ok(_) | Err(_) => break,
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
    let file = File::from(open(path, libc::O_WRONLY, 0)?);
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
