//! Files: the system calls behind `fs`, each with the name that Node gives it in errors.
//!
//! Descriptors come from programs as plain numbers here, because programs own them: `fs.openSync`
//! hands them out, `fs.closeSync` takes them back.

use std::{
    fs::{self, File, Metadata, OpenOptions, Permissions},
    io::{self, Read, Write},
    mem::ManuallyDrop,
    os::{
        fd::{FromRawFd, IntoRawFd, RawFd},
        unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
    time::Duration,
};

use nix::{
    sys::{
        stat::{UtimensatFlags, utimensat},
        time::TimeSpec,
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

fn at<'a>(syscall: &'static str, path: &'a Path) -> impl Fn(io::Error) -> SysError + use<'a> {
    move |error| SysError::from_io(&error, syscall, path)
}

fn of_fd(syscall: &'static str) -> impl Fn(io::Error) -> SysError {
    move |error| SysError::new(Errno::of(&error), syscall)
}

/// An open descriptor that stays its owner's: the `File` is never dropped.
fn borrowed(fd: RawFd) -> ManuallyDrop<File> {
    // SAFETY: the descriptor belongs to the program that passed its number; it is neither closed
    // here nor kept. A number that is not open gives EBADF from the call that uses it.
    ManuallyDrop::new(unsafe { File::from_raw_fd(fd) })
}

/// `open(2)` with its flags; close-on-exec always.
pub(crate) fn open(path: &Path, flags: i32, mode: u32) -> Result<RawFd> {
    let access = flags & libc::O_ACCMODE;
    let mut options = OpenOptions::new();
    options.read(access != libc::O_WRONLY).write(access != libc::O_RDONLY);
    // The creation flags go past std, which allows fewer combinations than the system does.
    options.mode(mode).custom_flags(flags & !libc::O_ACCMODE);
    options.open(path).map(IntoRawFd::into_raw_fd).map_err(at("open", path))
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

/// Everything from where a descriptor stands.
pub(crate) fn read_rest(fd: RawFd) -> Result<Vec<u8>> {
    let mut file = borrowed(fd);
    file.metadata().map_err(of_fd("fstat"))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(of_fd("read"))?;
    Ok(bytes)
}

/// A whole file.
pub(crate) fn read_file(path: &Path, flags: i32) -> Result<Vec<u8>> {
    let fd = open(path, flags, 0o666)?;
    // SAFETY: `open` has just made the descriptor and nobody else knows it.
    let mut file = unsafe { File::from_raw_fd(fd) };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(of_fd("read"))?;
    Ok(bytes)
}

/// Writes a whole file.
pub(crate) fn write_file(path: &Path, bytes: &[u8], flags: i32, mode: u32) -> Result<()> {
    let fd = open(path, flags, mode)?;
    // SAFETY: `open` has just made the descriptor and nobody else knows it.
    let mut file = unsafe { File::from_raw_fd(fd) };
    file.write_all(bytes).map_err(of_fd("write"))
}

/// Writes everything from where a descriptor stands.
pub(crate) fn write_rest(fd: RawFd, bytes: &[u8]) -> Result<()> {
    borrowed(fd).write_all(bytes).map_err(of_fd("write"))
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

/// `access(2)`; the bits of `mode` are `F_OK`, `R_OK`, `W_OK`, `X_OK`.
pub(crate) fn access(path: &Path, mode: i32) -> Result<()> {
    let flags = AccessFlags::from_bits_truncate(mode);
    unistd::access(path, flags).map_err(|errno| SysError::new(errno, "access").about_path(path))
}

/// `mkdir(2)`.
pub(crate) fn mkdir(path: &Path, mode: u32) -> Result<()> {
    fs::DirBuilder::new().mode(mode).create(path).map_err(at("mkdir", path))
}

/// Makes a folder with all those above it; the first that was made, if any was.
pub(crate) fn mkdir_all(path: &Path, mode: u32) -> Result<Option<PathBuf>> {
    let mut missing = Vec::new();
    let mut cursor = path;
    loop {
        match fs::DirBuilder::new().mode(mode).create(cursor) {
            Ok(()) => break,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                missing.push(cursor);
                cursor = cursor.parent().ok_or_else(|| at("mkdir", path)(error))?;
            }
            Err(_) if cursor.is_dir() => {
                let Some(next) = missing.pop() else { return Ok(None) };
                mkdir(next, mode)?;
                cursor = next;
                break;
            }
            Err(error) => return Err(at("mkdir", path)(error)),
        }
    }
    let first = cursor.to_path_buf();
    for folder in missing.into_iter().rev() {
        mkdir(folder, mode)?;
    }
    Ok(Some(first))
}

/// `mkdtemp(3)`: six characters are put after the prefix.
pub(crate) fn mkdtemp(prefix: &Path) -> Result<PathBuf> {
    let mut template = prefix.as_os_str().to_owned();
    template.push("XXXXXX");
    let template = PathBuf::from(template);
    unistd::mkdtemp(&template).map_err(|errno| SysError::new(errno, "mkdtemp").about_path(template))
}

/// `rmdir(2)`.
pub(crate) fn rmdir(path: &Path) -> Result<()> {
    fs::remove_dir(path).map_err(at("rmdir", path))
}

/// `unlink(2)`.
pub(crate) fn unlink(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(at("unlink", path))
}

/// Removes a file, a link, or a folder with everything in it; links are not followed.
pub(crate) fn remove_all(path: &Path) -> Result<()> {
    if lstat(path)?.is_dir() {
        fs::remove_dir_all(path).map_err(at("rm", path))
    } else {
        fs::remove_file(path).map_err(at("rm", path))
    }
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

fn between<'a>(
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

/// Copies a file; with `exclusive`, not over another.
pub(crate) fn copy(from: &Path, to: &Path, exclusive: bool) -> Result<()> {
    let failed = between("copyfile", from, to);
    let mut source = File::open(from).map_err(&failed)?;
    let metadata = source.metadata().map_err(&failed)?;
    let mut options = OpenOptions::new();
    options.write(true).mode(metadata.permissions().mode());
    if exclusive {
        options.create_new(true);
    } else {
        options.create(true).truncate(true);
    }
    let mut target = options.open(to).map_err(&failed)?;
    io::copy(&mut source, &mut target).map(drop).map_err(&failed)
}

/// The entries of a folder: name and `d_type`-like kind, in the system's order.
pub(crate) fn scandir(path: &Path) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(at("scandir", path))? {
        let entry = entry.map_err(at("scandir", path))?;
        let kind = entry.file_type().map_err(at("scandir", path))?;
        entries.push(Entry { name: entry.file_name().into(), kind });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// One entry of a folder.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: PathBuf,
    pub(crate) kind: fs::FileType,
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

/// `utimensat(2)`: times since the epoch.
pub(crate) fn utimes(
    path: &Path,
    accessed: Duration,
    modified: Duration,
    follow: bool,
) -> Result<()> {
    let (flag, syscall) = if follow {
        (UtimensatFlags::FollowSymlink, "utime")
    } else {
        (UtimensatFlags::NoFollowSymlink, "lutime")
    };
    let times = [accessed, modified].map(TimeSpec::from_duration);
    utimensat(nix::fcntl::AT_FDCWD, path, &times[0], &times[1], flag)
        .map_err(|errno| SysError::new(errno, syscall).about_path(path))
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
