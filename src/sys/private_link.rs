//! A folder of this process alone, with one link in it.
//!
//! The folder's name holds the process's id and that of its space of such ids, so that what a
//! process leaves behind that had no time to remove it is removed by the next one.

use std::{
    env, fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, symlink},
    path::{Path, PathBuf},
    process,
};

use super::{errno::Errno, signals};

/// A link in a folder of its own; both are removed with it.
#[derive(Debug)]
pub(crate) struct PrivateLink {
    folder: PathBuf,
    link: PathBuf,
    /// A copy of the process that made it removes nothing.
    owner: u32,
}

impl PrivateLink {
    /// Makes `<temporary folder>/<prefix>-<space>-<pid>-<n>/<name>`, a link to `target`. Nobody else may
    /// look into the folder.
    ///
    /// # Errors
    /// Of the temporary folder, where nothing can be made in it.
    pub(crate) fn new(prefix: &str, name: &str, target: &Path) -> io::Result<Self> {
        let parent = env::temp_dir();
        let prefix = format!("{prefix}-{}", pid_space());
        remove_stale(&parent, &prefix);
        let owner = process::id();
        for number in 0.. {
            let folder = parent.join(format!("{prefix}-{owner}-{number}"));
            match fs::DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => {
                    let made = Self { link: folder.join(name), folder, owner };
                    symlink(target, &made.link)?;
                    return Ok(made);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for PrivateLink {
    fn drop(&mut self) {
        if process::id() == self.owner {
            remove(&self.folder, &self.link);
        }
    }
}

/// Which processes ids are told apart from: containers may share a folder, and not the ids.
fn pid_space() -> u64 {
    fs::metadata("/proc/self/ns/pid").map_or(0, |space| space.ino())
}

/// Removes the link and the folder; one that somebody put something else into stays.
fn remove(folder: &Path, link: &Path) {
    let _ = fs::remove_file(link);
    let _ = fs::remove_dir(folder);
}

/// Removes the folders of processes that have ended without doing so, if they are this user's.
fn remove_stale(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| owner_of(name, prefix)) else { continue };
        let has_ended = signals::kill(pid, 0).is_err_and(|error| error.errno == Errno(libc::ESRCH));
        let is_ours = entry.metadata().is_ok_and(|metadata| {
            metadata.is_dir() && metadata.uid() == nix::unistd::geteuid().as_raw()
        });
        if !has_ended || !is_ours {
            continue;
        }
        if let Ok(links) = fs::read_dir(entry.path()) {
            for link in links.flatten() {
                let _ = fs::remove_file(link.path());
            }
        }
        let _ = fs::remove_dir(entry.path());
    }
}

/// The process that a folder of this name belongs to.
fn owner_of(name: &str, prefix: &str) -> Option<i32> {
    let rest = name.strip_prefix(prefix)?.strip_prefix('-')?;
    let (pid, _) = rest.split_once('-')?;
    pid.parse().ok().filter(|pid| *pid > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_leads_to_its_target_and_goes_with_its_owner() {
        let made = PrivateLink::new("rjs-test-link", "name", Path::new("/bin/sh")).unwrap();
        let folder = made.folder().to_owned();
        assert_eq!(fs::read_link(folder.join("name")).unwrap(), Path::new("/bin/sh"));
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
        let other = PrivateLink::new("rjs-test-link", "name", Path::new("/bin/sh")).unwrap();
        assert_ne!(other.folder(), folder);
        drop(made);
        assert!(!folder.exists() && other.folder().exists());
    }

    #[test]
    fn what_a_dead_process_left_is_removed() {
        // The highest id that Linux gives is far below.
        let stale = env::temp_dir().join(format!("rjs-test-stale-{}-2147483647-0", pid_space()));
        fs::create_dir_all(&stale).unwrap();
        symlink("/bin/sh", stale.join("name")).unwrap();
        let alive =
            env::temp_dir().join(format!("rjs-test-stale-{}-{}-77", pid_space(), process::id()));
        fs::create_dir_all(&alive).unwrap();
        let made = PrivateLink::new("rjs-test-stale", "name", Path::new("/bin/sh")).unwrap();
        assert!(!stale.exists() && alive.exists());
        drop(made);
        fs::remove_dir(alive).unwrap();
    }

    #[test]
    fn only_our_own_names_are_read() {
        assert_eq!(owner_of("rjs-node-12-0", "rjs-node"), Some(12));
        for name in ["rjs-node-12", "rjs-node-x-0", "rjs-nodes-12-0", "rjs-node--1-0", ""] {
            assert_eq!(owner_of(name, "rjs-node"), None, "{name}");
        }
    }
}
