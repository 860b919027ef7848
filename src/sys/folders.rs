//! Folders: making, reading and removing them, with the names that Node gives the calls.

use std::{
    ffi::OsStr,
    fs::{self, FileType},
    io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::DirBuilderExt,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use nix::{
    fcntl::{OFlag, open, openat},
    sys::stat::{Mode, mkdirat},
    unistd,
};

use super::{
    alarm,
    errno::Errno,
    error::SysError,
    files::{Result, at, lstat},
    removal::remove_tree,
};

/// `mkdir(2)`.
pub(crate) fn mkdir(path: &Path, mode: u32) -> Result<()> {
    fs::DirBuilder::new().mode(mode).create(path).map_err(at("mkdir", path))
}

/// Makes a folder with all those above it; the first that was made, if any was.
pub(crate) fn mkdir_all(path: &Path, mode: u32) -> Result<Option<PathBuf>> {
    let mut missing = vec![path];
    let mut first = None;
    while let Some(&folder) = missing.last() {
        match fs::DirBuilder::new().mode(mode).create(folder) {
            Ok(()) => {
                first.get_or_insert_with(|| folder.to_path_buf());
                missing.pop();
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
                missing.push(above.ok_or_else(|| at("mkdir", path)(error))?);
            }
            // There it is already, whatever else the system has against making it.
            Err(_) if folder.is_dir() => {
                missing.pop();
            }
            Err(error) if folder != path && error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(SysError::new(Errno(libc::ENOTDIR), "mkdir").about_path(path));
            }
            Err(error) => return Err(at("mkdir", path)(error)),
        }
    }
    Ok(first)
}

/// Makes the last `count` parts of a path, in the folder that the others lead to; the first that was made, if any was.
/// No link is followed among them: they were not there when it was asked whether they may be made.
pub(crate) fn mkdir_below(path: &Path, count: usize, mode: u32) -> Result<Option<PathBuf>> {
    let failed = |errno| SysError::new(errno, "mkdir").about_path(path);
    let mut parts: Vec<&OsStr> = path.iter().rev().take(count).collect();
    let base = path.ancestors().nth(parts.len()).unwrap_or(Path::new("/"));
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut folder = open(base, flags, Mode::empty()).map_err(failed)?;
    let mut place = base.to_path_buf();
    let mut first = None;
    while let Some(part) = parts.pop() {
        place.push(part);
        match mkdirat(&folder, part, Mode::from_bits_truncate(mode)) {
            Ok(()) => drop(first.get_or_insert_with(|| place.clone())),
            Err(nix::errno::Errno::EEXIST) => {}
            Err(errno) => return Err(failed(errno)),
        }
        folder = openat(&folder, part, flags | OFlag::O_NOFOLLOW, Mode::empty()).map_err(failed)?;
    }
    Ok(first)
}

/// `mkdtemp(3)`: six characters are put after the prefix.
pub(crate) fn mkdtemp(prefix: &Path) -> Result<PathBuf> {
    let mut template = prefix.as_os_str().to_owned();
    template.push("XXXXXX");
    let template = PathBuf::from(template);
    unistd::mkdtemp(&template).map_err(|errno| SysError::new(errno, "mkdtemp").about_path(template))
}

/// What `getcwd(2)` would answer after a `chdir(2)` to this folder.
///
/// # Errors
/// Those of `chdir(2)`.
pub(crate) fn enterable(path: &Path) -> Result<PathBuf> {
    let found = fs::canonicalize(path).map_err(at("chdir", path))?;
    if !found.is_dir() {
        return Err(SysError::new(Errno(libc::ENOTDIR), "chdir").about_path(path));
    }
    let entered = unistd::access(&found, unistd::AccessFlags::X_OK);
    entered.map_err(|errno| SysError::new(errno, "chdir").about_path(path))?;
    Ok(found)
}

/// `rmdir(2)`.
pub(crate) fn rmdir(path: &Path) -> Result<()> {
    fs::remove_dir(path).map_err(at("rmdir", path))
}

/// `unlink(2)`.
pub(crate) fn unlink(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(at("unlink", path))
}

/// How often a removal that may succeed later is tried again, and how long it waits in between:
/// so many milliseconds more each time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retries {
    pub(crate) count: u32,
    pub(crate) delay: u64,
}

impl Retries {
    /// Repeats `work` as long as its failure may pass.
    pub(super) fn run(self, mut work: impl FnMut() -> io::Result<()>) -> io::Result<()> {
        let mut tries = 0;
        loop {
            match work() {
                Err(error) if tries < self.count && may_pass(&error) => {
                    tries += 1;
                    let time = Duration::from_millis(self.delay * u64::from(tries));
                    alarm::pause(time).map_err(|_| error)?;
                }
                outcome => return outcome,
            }
        }
    }
}

fn may_pass(error: &io::Error) -> bool {
    let codes = [libc::EBUSY, libc::EMFILE, libc::ENFILE, libc::ENOTEMPTY, libc::EPERM];
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// Removes a file, a link, or a folder with everything in it; links are not followed. What is gone
/// meanwhile is as good as removed.
pub(crate) fn remove_all(path: &Path, retries: Retries) -> Result<()> {
    let outcome = if lstat(path)?.is_dir() {
        remove_tree(path, retries)
    } else {
        retries.run(|| gone(fs::remove_file(path))).map_err(at("rm", path))
    };
    outcome.map_err(|mut error| {
        "rm".clone_into(&mut error.syscall);
        error
    })
}

pub(super) fn gone(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// One entry of a folder.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: PathBuf,
    pub(crate) kind: Kind,
}

/// What an entry is, as far as the folder tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Unknown,
    File,
    Folder,
    Link,
    Fifo,
    Socket,
    CharacterDevice,
    BlockDevice,
}

impl Kind {
    fn of(kind: FileType) -> Self {
        use std::os::unix::fs::FileTypeExt;
        match kind {
            kind if kind.is_file() => Self::File,
            kind if kind.is_dir() => Self::Folder,
            kind if kind.is_symlink() => Self::Link,
            kind if kind.is_fifo() => Self::Fifo,
            kind if kind.is_socket() => Self::Socket,
            kind if kind.is_char_device() => Self::CharacterDevice,
            kind if kind.is_block_device() => Self::BlockDevice,
            _ => Self::Unknown,
        }
    }
}

/// The entries of a folder, sorted by the bytes of their names.
pub(crate) fn scandir(path: &Path) -> Result<Vec<Entry>> {
    let scanning = |mut error: SysError| {
        "scandir".clone_into(&mut error.syscall);
        error.about_path(path)
    };
    let mut folder = OpenFolder::open(path).map_err(scanning)?;
    let mut entries = Vec::new();
    while let Some(entry) = folder.next().map_err(scanning)? {
        entries.push(entry);
    }
    entries.sort_by(|a, b| a.name.as_os_str().cmp(b.name.as_os_str()));
    Ok(entries)
}

/// A folder that is held, so that the way down from it leads nowhere else.
#[derive(Debug)]
pub(crate) struct Root {
    path: PathBuf,
    fd: OwnedFd,
}

impl Root {
    /// Holds the folder that a path leads to.
    ///
    /// # Errors
    /// Those of `open(2)`.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let fd = open(path, flags, Mode::empty());
        let fd = fd.map_err(|errno| SysError::new(errno, "scandir").about_path(path))?;
        Ok(Self { path: path.to_owned(), fd })
    }

    /// As [`scandir`], of this folder or one below it: by descriptors, behind no link.
    ///
    /// # Errors
    /// Those of `open(2)`, ENOTDIR where a link is in the place of a folder.
    pub(crate) fn scandir(&self, folder: &Path) -> Result<Vec<Entry>> {
        let failed = |errno| SysError::new(errno, "scandir").about_path(folder);
        let below = folder.strip_prefix(&self.path).unwrap_or(Path::new(""));
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let mut here = None;
        for part in below {
            let above = here.as_ref().unwrap_or(&self.fd);
            here = Some(openat(above, part, flags, Mode::empty()).map_err(failed)?);
        }
        let held = here.as_ref().unwrap_or(&self.fd);
        let entries = scandir(Path::new(&format!("/proc/self/fd/{}", held.as_raw_fd())));
        entries.map_err(|error| error.about_path(folder))
    }
}

/// A folder that is read entry by entry, in the system's order; dropping it closes it.
#[derive(Debug)]
pub(crate) struct OpenFolder(fs::ReadDir);

impl OpenFolder {
    /// `opendir(3)`.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        fs::read_dir(path).map(Self).map_err(at("opendir", path))
    }

    /// `readdir(3)`: the next entry but `.` and `..`; `None` after the last.
    pub(crate) fn next(&mut self) -> Result<Option<Entry>> {
        let Some(entry) = self.0.next() else { return Ok(None) };
        let entry = entry.map_err(|error| SysError::new(Errno::of(&error), "scandir"))?;
        // What is gone by now has no kind any more.
        let kind = entry.file_type().map_or(Kind::Unknown, Kind::of);
        Ok(Some(Entry { name: entry.file_name().into(), kind }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONCE: Retries = Retries { count: 0, delay: 0 };

    fn place() -> PathBuf {
        mkdtemp(&std::env::temp_dir().join("rjs-folders-")).expect("a folder can be made")
    }

    #[test]
    fn folders_are_made_with_those_above_them() {
        let place = place();
        let deep = place.join("a/./b/../c");
        assert_eq!(mkdir_all(&deep, 0o777).expect("made"), Some(place.join("a")));
        assert_eq!(mkdir_all(&deep, 0o777).expect("there"), None);
        fs::write(place.join("file"), "").expect("written");
        let error = mkdir_all(&place.join("file/x"), 0o777).expect_err("below a file");
        assert_eq!(error.errno, Errno(libc::ENOTDIR));
        let error = mkdir_all(&place.join("file"), 0o777).expect_err("a file");
        assert_eq!(error.errno, Errno(libc::EEXIST));
        remove_all(&place, ONCE).expect("removed");
    }

    #[test]
    fn folders_that_were_missing_are_made_behind_no_link() {
        let place = place();
        let made = mkdir_below(&place.join("a/b"), 2, 0o777).expect("made");
        assert_eq!(made, Some(place.join("a")));
        assert_eq!(
            mkdir_below(&place.join("a/b/c"), 2, 0o777).expect("made"),
            Some(place.join("a/b/c"))
        );
        fs::create_dir(place.join("kept")).expect("made");
        std::os::unix::fs::symlink(place.join("kept"), place.join("link")).expect("linked");
        let error = mkdir_below(&place.join("link/x"), 2, 0o777).expect_err("a link");
        assert_eq!(error.errno, Errno(libc::ENOTDIR));
        assert!(!place.join("kept/x").exists());
        assert!(mkdir_below(&place.join("link/x"), 1, 0o777).expect("made").is_some());
        fs::write(place.join("file"), "").expect("written");
        let error = mkdir_below(&place.join("file"), 1, 0o777).expect_err("a file");
        assert_eq!(error.errno, Errno(libc::ENOTDIR));
        remove_all(&place, ONCE).expect("removed");
    }

    #[test]
    fn removing_follows_no_link() {
        let place = place();
        fs::create_dir(place.join("kept")).expect("made");
        fs::write(place.join("kept/file"), "").expect("written");
        fs::create_dir(place.join("gone")).expect("made");
        std::os::unix::fs::symlink(place.join("kept"), place.join("gone/link")).expect("linked");
        remove_all(&place.join("gone"), ONCE).expect("removed");
        assert!(place.join("kept/file").exists());
        assert!(!place.join("gone").exists());
        remove_all(&place, ONCE).expect("removed");
    }

    #[test]
    fn entries_come_sorted_with_their_kinds() {
        let place = place();
        fs::write(place.join("b"), "").expect("written");
        fs::create_dir(place.join("a")).expect("made");
        let entries = scandir(&place).expect("read");
        let shown: Vec<_> = entries.iter().map(|entry| (entry.name.to_str(), entry.kind)).collect();
        assert_eq!(shown, [(Some("a"), Kind::Folder), (Some("b"), Kind::File)]);
        remove_all(&place, ONCE).expect("removed");
    }
}
