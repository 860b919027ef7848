//! Removing a folder with everything in it, whatever others do to it meanwhile.
//!
//! The way leads from folder to folder by descriptors, never by a path, and through no link: who puts a link in
//! the place of a folder has the link removed. One descriptor is open however deep the tree is: the way back up is
//! `..`, which has to be the folder that the way down came from.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
};

use nix::{
    dir::{Dir, Type},
    errno::Errno,
    fcntl::{AT_FDCWD, AtFlags, OFlag, openat},
    sys::stat::{Mode, SFlag, fstat, fstatat},
    unistd::{UnlinkatFlags, unlinkat},
};

use super::{
    error::SysError,
    files::Result,
    folders::{Retries, gone},
};

/// A folder on the way down.
struct Level {
    /// Its name in the one above; the whole path of the first.
    name: OsString,
    /// Device and number.
    identity: (u64, u64),
    /// What is left in it to go into.
    folders: Vec<OsString>,
}

/// A tree that is being removed.
struct Removal {
    /// The folder where the way has come to; its level is the last.
    here: OwnedFd,
    way: Vec<Level>,
    retries: Retries,
}

/// Removes a folder and what is in it. What is gone meanwhile is as good as removed.
///
/// # Errors
/// The system's, with the path as far as the way went. EBUSY: a folder was moved elsewhere meanwhile.
pub(super) fn remove_tree(root: &Path, retries: Retries) -> Result<()> {
    let opened = enter(AT_FDCWD, root.as_os_str());
    let here = match opened {
        Err(Errno::ENOENT) => return Ok(()),
        opened => opened.map_err(|errno| SysError::new(errno, "scandir").about_path(root))?,
    };
    let mut removal = Removal { here, way: Vec::new(), retries };
    removal.arrive(root.as_os_str().to_owned())?;
    while let Some(level) = removal.way.last_mut() {
        match level.folders.pop() {
            Some(name) => removal.descend(name)?,
            None => removal.leave()?,
        }
    }
    Ok(())
}

/// Opens a folder; no link is followed to it.
fn enter(above: impl AsFd, name: &OsStr) -> nix::Result<OwnedFd> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    openat(above, name, flags, Mode::empty())
}

fn identity(folder: &OwnedFd) -> nix::Result<(u64, u64)> {
    fstat(folder).map(|status| (status.st_dev, status.st_ino))
}

impl Removal {
    /// Removes the files of the folder where the way is now, and notes its folders.
    fn arrive(&mut self, name: OsString) -> Result<()> {
        let seen = identity(&self.here).and_then(|identity| Ok((identity, list(&self.here)?)));
        let (identity, entries) = seen.map_err(|errno| self.failure(errno, "scandir", &name))?;
        self.way.push(Level { name, identity, folders: Vec::new() });
        for (name, is_folder) in entries {
            if is_folder {
                self.way.last_mut().expect("just pushed").folders.push(name);
            } else {
                self.unlink(&name)?;
            }
        }
        Ok(())
    }

    fn descend(&mut self, name: OsString) -> Result<()> {
        match enter(&self.here, &name) {
            Ok(folder) => {
                self.here = folder;
                self.arrive(name)
            }
            Err(Errno::ENOENT) => Ok(()),
            // Something else by now, a link perhaps.
            Err(Errno::ENOTDIR | Errno::ELOOP) => self.unlink(&name),
            Err(errno) => Err(self.failure(errno, "scandir", &name)),
        }
    }

    /// Goes back up, and removes the folder where the way was.
    fn leave(&mut self) -> Result<()> {
        let left = self.way.pop().expect("the way goes on as long as there is a level");
        let Some(above) = self.way.last() else {
            return self.remove(None, &left.name);
        };
        let parent = enter(&self.here, OsStr::new(".."));
        let is_same = parent.as_ref().is_ok_and(|parent| identity(parent) == Ok(above.identity));
        match parent {
            Ok(parent) if is_same => self.here = parent,
            Err(errno) => return Err(self.failure(errno, "rmdir", &left.name)),
            Ok(_) => return Err(self.failure(Errno::EBUSY, "rmdir", &left.name)),
        }
        self.remove(Some(&self.here), &left.name)
    }

    fn unlink(&self, name: &OsStr) -> Result<()> {
        let work = || unlinkat(&self.here, name, UnlinkatFlags::NoRemoveDir);
        self.run(work).map_err(|errno| self.failure(errno, "unlink", name))
    }

    fn remove(&self, above: Option<&OwnedFd>, name: &OsStr) -> Result<()> {
        let above = above.map_or(AT_FDCWD, AsFd::as_fd);
        let work = || match unlinkat(above, name, UnlinkatFlags::RemoveDir) {
            Err(Errno::ENOTDIR) => unlinkat(above, name, UnlinkatFlags::NoRemoveDir),
            outcome => outcome,
        };
        self.run(work).map_err(|errno| self.failure(errno, "rmdir", name))
    }

    fn run(&self, mut work: impl FnMut() -> nix::Result<()>) -> nix::Result<()> {
        let outcome = self.retries.run(|| gone(work().map_err(io::Error::from)));
        outcome.map_err(|error| Errno::from_raw(super::errno::Errno::of(&error).0))
    }

    /// An error about a name in the folder where the way is.
    fn failure(&self, errno: Errno, syscall: &str, name: &OsStr) -> SysError {
        let path: PathBuf =
            self.way.iter().map(|level| level.name.as_os_str()).chain([name]).collect();
        SysError::new(errno, syscall).about_path(path)
    }
}

/// The entries of a folder, and whether they are folders.
fn list(folder: &OwnedFd) -> nix::Result<Vec<(OsString, bool)>> {
    let own =
        folder.try_clone().map_err(|error| Errno::from_raw(super::errno::Errno::of(&error).0))?;
    let mut entries = Vec::new();
    for entry in Dir::from_fd(own)?.iter() {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        let is_folder = match entry.file_type() {
            Some(kind) => kind == Type::Directory,
            None => is_folder(folder, name)?,
        };
        entries.push((name.to_owned(), is_folder));
    }
    Ok(entries)
}

/// What the entry does not tell on some file systems.
fn is_folder(folder: &OwnedFd, name: &OsStr) -> nix::Result<bool> {
    match fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Ok(status) => Ok(status.st_mode & SFlag::S_IFMT.bits() == SFlag::S_IFDIR.bits()),
        Err(Errno::ENOENT) => Ok(false),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;
    use crate::sys::folders::{mkdtemp, remove_all};

    const ONCE: Retries = Retries { count: 0, delay: 0 };

    fn place() -> PathBuf {
        mkdtemp(&std::env::temp_dir().join("rjs-removal-")).expect("a folder can be made")
    }

    #[test]
    fn a_tree_deeper_than_there_are_descriptors_goes() {
        let place = place();
        let mut folder = openat(AT_FDCWD, &place, OFlag::O_RDONLY, Mode::empty()).unwrap();
        for _ in 0..3000 {
            nix::sys::stat::mkdirat(&folder, "deep", Mode::S_IRWXU).unwrap();
            folder = enter(&folder, OsStr::new("deep")).unwrap();
        }
        remove_tree(&place, ONCE).expect("removed");
        assert!(!place.exists());
    }

    #[test]
    fn a_link_in_the_place_of_a_folder_is_removed_and_not_followed() {
        let place = place();
        fs::create_dir_all(place.join("tree/a")).expect("made");
        fs::create_dir(place.join("kept")).expect("made");
        fs::write(place.join("kept/file"), "").expect("written");
        let here = enter(AT_FDCWD, place.join("tree").as_os_str()).unwrap();
        let mut removal = Removal { here, way: Vec::new(), retries: ONCE };
        removal.arrive(place.join("tree").into_os_string()).expect("read");
        fs::remove_dir(place.join("tree/a")).expect("gone");
        symlink(place.join("kept"), place.join("tree/a")).expect("linked");
        removal.descend("a".into()).expect("a link is removed");
        assert!(place.join("kept/file").exists());
        assert!(fs::symlink_metadata(place.join("tree/a")).is_err());
        remove_all(&place, ONCE).expect("removed");
    }

    #[test]
    fn nothing_is_removed_on_the_way_up_from_where_a_folder_was_moved_to() {
        let place = place();
        fs::create_dir_all(place.join("tree/a")).expect("made");
        fs::create_dir_all(place.join("elsewhere")).expect("made");
        let here = enter(AT_FDCWD, place.join("tree").as_os_str()).unwrap();
        let mut removal = Removal { here, way: Vec::new(), retries: ONCE };
        removal.arrive(place.join("tree").into_os_string()).expect("read");
        removal.descend("a".into()).expect("read");
        fs::rename(place.join("tree/a"), place.join("elsewhere/a")).expect("moved");
        let error = removal.leave().expect_err("it is not where it was");
        assert_eq!(error.errno.0, libc::EBUSY);
        assert!(place.join("elsewhere/a").exists());
        remove_all(&place, ONCE).expect("removed");
    }
}
