//! What a path leads to, held fast: whatever happens to the path afterwards, the system call that comes
//! next is about what was looked at.
//!
//! A descriptor that permits nothing (`O_PATH`) holds a file, or the folder in which its name is;
//! `/proc/self/fd` tells where that really is, and leads calls that take paths to it.
//!
//! Source: `open(2)`, section `O_PATH`; `proc_pid_fd(5)`.

use std::{
    ffi::OsString,
    fs,
    os::fd::{AsRawFd, OwnedFd},
    path::{Component, Path, PathBuf},
};

use nix::{
    fcntl::{OFlag, open},
    sys::stat::Mode,
};

use super::errno::Errno;

/// How many links may lead to a file that is not there yet, as the system has it.
const MAX_LINKS: usize = 40;

/// What a path leads to.
#[derive(Debug)]
pub(crate) struct Pinned {
    fd: OwnedFd,
    rest: Rest,
    real: PathBuf,
}

/// What of the path the descriptor does not hold.
#[derive(Debug)]
enum Rest {
    /// Nothing.
    None,
    /// The name in the folder that it holds.
    Name(OsString),
    /// Folders that are not there, and the name.
    Missing(PathBuf),
}

impl Pinned {
    /// Where it is; from the first part that is not there on, as the path says. What has no place among
    /// the files (a pipe) has a name that is not absolute.
    pub(crate) fn real(&self) -> &Path {
        &self.real
    }

    /// Whether the file itself is held, not its name in a folder.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.rest, Rest::None)
    }

    /// A path to what the descriptor holds.
    pub(crate) fn folder(&self) -> PathBuf {
        link_of(&self.fd)
    }

    /// How many parts of the path it does not hold.
    pub(crate) fn parts(&self) -> usize {
        match &self.rest {
            Rest::None => 0,
            Rest::Name(_) => 1,
            Rest::Missing(rest) => rest.components().count(),
        }
    }

    /// A path to it that nobody can lead elsewhere, as long as this value lives; the name at its end may
    /// be, where it is the folder that is held.
    pub(crate) fn path(&self) -> PathBuf {
        let held = link_of(&self.fd);
        match &self.rest {
            Rest::None => held,
            Rest::Name(name) => held.join(name),
            Rest::Missing(rest) => held.join(rest),
        }
    }

    /// As [`Self::path`], to nothing where folders on the way are not there, or, with `whole`, where the
    /// file is not: a call that would follow what appears meanwhile fails as if it had come earlier.
    pub(crate) fn path_of_present(&self, whole: bool) -> PathBuf {
        match &self.rest {
            Rest::Name(_) if whole => PathBuf::from(NOWHERE),
            Rest::Missing(_) => PathBuf::from(NOWHERE),
            _ => self.path(),
        }
    }
}

/// A path that leads to nothing, ever.
const NOWHERE: &str = "/proc/self/fd/none/none";

fn link_of(fd: &OwnedFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd()))
}

/// Finds out what a path leads to, and holds it; with `follow` a link at its end is followed, even one
/// that leads to nothing yet.
///
/// # Errors
/// If something on the way is no folder or may not be searched, or there is no `/proc`.
pub(crate) fn pin(path: &Path, follow: bool) -> Result<Pinned, Errno> {
    let mut path = path.to_owned();
    // Where the path of a link continues from; it has to live until that is opened.
    let mut origin = None;
    for _ in 0..MAX_LINKS {
        let is_name = path.file_name().is_some();
        if follow || !is_name {
            match hold(&path, OFlag::empty()) {
                Ok(fd) if follow => {
                    return Ok(Pinned { real: place_of(&fd)?, fd, rest: Rest::None });
                }
                Ok(fd) => return as_name(fd),
                Err(errno) if errno.0 != libc::ENOENT || !is_name => return Err(errno),
                Err(_) => {}
            }
        }
        let (Some(name), Some(folder)) = (path.file_name(), path.parent()) else {
            return Err(Errno(libc::ENOENT));
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let fd = match hold(folder, OFlag::O_DIRECTORY) {
            Ok(fd) => fd,
            Err(errno) if errno.0 == libc::ENOENT => return ancestor(&path),
            Err(errno) => return Err(errno),
        };
        let target = if follow { fs::read_link(link_of(&fd).join(name)).ok() } else { None };
        let Some(target) = target else {
            let real = place_of(&fd)?.join(name);
            return Ok(Pinned { fd, rest: Rest::Name(name.to_owned()), real });
        };
        path = link_of(&fd).join(target);
        drop(origin.replace(fd));
    }
    Err(Errno(libc::ELOOP))
}

/// A folder that goes by no name of its own (`..`), as a name in the one above it.
fn as_name(fd: OwnedFd) -> Result<Pinned, Errno> {
    let real = place_of(&fd)?;
    let Some(name) = real.file_name() else { return Ok(Pinned { fd, rest: Rest::None, real }) };
    let name = name.to_owned();
    let above = hold(&link_of(&fd).join(".."), OFlag::O_DIRECTORY)?;
    Ok(Pinned { real: place_of(&above)?.join(&name), fd: above, rest: Rest::Name(name) })
}

/// Holds the last folder of a path that is there.
fn ancestor(path: &Path) -> Result<Pinned, Errno> {
    for folder in path.ancestors().skip(2) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        match hold(folder, OFlag::O_DIRECTORY) {
            Ok(fd) => {
                let rest = path.strip_prefix(folder).unwrap_or(path).to_owned();
                if rest.components().any(|part| part == Component::ParentDir) {
                    // What `..` leads to where nothing is.
                    return Err(Errno(libc::ENOENT));
                }
                return Ok(Pinned {
                    real: place_of(&fd)?.join(&rest),
                    fd,
                    rest: Rest::Missing(rest),
                });
            }
            Err(errno) if errno.0 == libc::ENOENT => {}
            Err(errno) => return Err(errno),
        }
    }
    Err(Errno(libc::ENOENT))
}

fn hold(path: &Path, flags: OFlag) -> Result<OwnedFd, Errno> {
    let flags = flags | OFlag::O_PATH | OFlag::O_CLOEXEC;
    open(path, flags, Mode::empty()).map_err(|errno| Errno(errno as i32))
}

fn place_of(fd: &OwnedFd) -> Result<PathBuf, Errno> {
    fs::read_link(link_of(fd)).map_err(|error| Errno::of(&error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("rjs-pin-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("in")).unwrap();
        fs::create_dir_all(folder.join("out")).unwrap();
        fs::write(folder.join("in/file"), "right").unwrap();
        fs::write(folder.join("out/file"), "wrong").unwrap();
        fs::canonicalize(folder).unwrap()
    }

    #[test]
    fn what_is_held_stays_what_it_is() {
        let folder = folder("held");
        let file = pin(&folder.join("in/file"), true).unwrap();
        let name = pin(&folder.join("in/file"), false).unwrap();
        let new = pin(&folder.join("in/new"), true).unwrap();
        fs::rename(folder.join("in"), folder.join("moved")).unwrap();
        symlink(folder.join("out"), folder.join("in")).unwrap();
        assert_eq!(fs::read_to_string(folder.join("in/file")).unwrap(), "wrong");
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "right");
        assert_eq!(fs::read_to_string(name.path()).unwrap(), "right");
        fs::write(new.path(), "x").unwrap();
        assert!(folder.join("moved/new").exists() && !folder.join("out/new").exists());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn links_are_followed_to_where_they_lead() {
        let folder = folder("links");
        symlink("../out/file", folder.join("in/link")).unwrap();
        symlink("../out/new", folder.join("in/dangling")).unwrap();
        symlink("dangling", folder.join("in/twice")).unwrap();
        symlink("round", folder.join("in/round")).unwrap();
        let real = |path: &str, follow| {
            pin(&folder.join(path), follow).map(|pinned| pinned.real().to_owned())
        };
        let at = |path: &str| Ok(folder.join(path));
        assert_eq!(real("in/link", true), at("out/file"));
        assert_eq!(real("in/link", false), at("in/link"));
        assert_eq!(real("in/dangling", true), at("out/new"));
        assert_eq!(real("in/twice", true), at("out/new"));
        assert_eq!(real("in/../out/file", true), at("out/file"));
        assert_eq!(real("in/no/such/folder", true), at("in/no/such/folder"));
        assert_eq!(real("in/no/../file", true), Err(Errno(libc::ENOENT)));
        assert_eq!(real("in/round", true), Err(Errno(libc::ELOOP)));
        assert_eq!(real("in/file/x", true), Err(Errno(libc::ENOTDIR)));
        assert_eq!(real("in/..", false), at(""));
        let pipe = nix::unistd::pipe().unwrap();
        assert!(pin(&link_of(&pipe.0), true).unwrap().real().is_relative());
        let missing = pin(&folder.join("in/no/such"), true).unwrap();
        assert!(!missing.path_of_present(false).exists() && !missing.is_whole());
        fs::remove_dir_all(folder).unwrap();
    }
}
