//! Changes of files and folders: inotify(7).

use std::{
    cell::RefCell,
    collections::HashMap,
    os::fd::{AsFd, BorrowedFd},
    path::{Path, PathBuf},
};

use nix::{
    errno::Errno as NixErrno,
    sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor},
};

use super::error::SysError;

/// An inotify instance: many files watched through one descriptor.
pub(crate) struct Watcher {
    inotify: Inotify,
    /// How many asked for each file; the system knows a file once.
    users: RefCell<HashMap<WatchDescriptor, usize>>,
}

/// A watched file; the same for all who watch the same file.
pub(crate) type Watched = WatchDescriptor;

/// What happened to a watched file, or in a watched folder.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) watched: Watched,
    /// Content or status changed; else something came, went or was renamed.
    pub(crate) is_content: bool,
    /// The entry of the folder it happened to.
    pub(crate) name: Option<PathBuf>,
}

impl Watcher {
    /// `inotify_init1(2)`.
    pub(crate) fn new() -> Result<Self, SysError> {
        let flags = InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK;
        let inotify = Inotify::init(flags).map_err(|errno| SysError::new(errno, "watch"))?;
        Ok(Self { inotify, users: RefCell::default() })
    }

    /// `inotify_add_watch(2)`.
    pub(crate) fn add(&self, path: &Path) -> Result<Watched, SysError> {
        let flags = AddWatchFlags::IN_ATTRIB
            | AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_MODIFY
            | AddWatchFlags::IN_DELETE
            | AddWatchFlags::IN_DELETE_SELF
            | AddWatchFlags::IN_MOVE_SELF
            | AddWatchFlags::IN_MOVED_FROM
            | AddWatchFlags::IN_MOVED_TO;
        let watched = self
            .inotify
            .add_watch(path, flags)
            .map_err(|errno| SysError::new(errno, "watch").about_path(path))?;
        *self.users.borrow_mut().entry(watched).or_insert(0) += 1;
        Ok(watched)
    }

    /// One user of a watched file less; after the last it is not watched any more.
    pub(crate) fn remove(&self, watched: Watched) {
        let mut users = self.users.borrow_mut();
        let Some(count) = users.get_mut(&watched) else { return };
        *count -= 1;
        if *count == 0 {
            users.remove(&watched);
            // The system has forgotten files that are gone.
            let _ = self.inotify.rm_watch(watched);
        }
    }

    /// The changes that wait to be told.
    pub(crate) fn read(&self) -> Result<Vec<Change>, SysError> {
        let events = match self.inotify.read_events() {
            Ok(events) => events,
            Err(NixErrno::EAGAIN | NixErrno::EINTR) => Vec::new(),
            Err(errno) => return Err(SysError::new(errno, "watch")),
        };
        let content = AddWatchFlags::IN_ATTRIB | AddWatchFlags::IN_MODIFY;
        let about = |mask: AddWatchFlags| {
            !mask.intersects(AddWatchFlags::IN_IGNORED | AddWatchFlags::IN_Q_OVERFLOW)
        };
        let changes = events.into_iter().filter(|event| about(event.mask)).map(|event| Change {
            watched: event.wd,
            is_content: event.mask.intersects(content),
            name: event.name.map(PathBuf::from),
        });
        Ok(changes.collect())
    }
}

impl AsFd for Watcher {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::sys::folders::{Retries, mkdtemp, remove_all};

    #[test]
    fn a_folder_watched_twice_is_watched_until_both_end() {
        let place = mkdtemp(&std::env::temp_dir().join("rjs-inotify-")).expect("made");
        let watcher = Watcher::new().expect("an instance");
        let first = watcher.add(&place).expect("watched");
        assert_eq!(watcher.add(&place).expect("watched"), first);
        watcher.remove(first);
        fs::write(place.join("file"), "").expect("written");
        let changes = watcher.read().expect("read");
        assert!(changes.iter().all(|change| change.watched == first));
        assert_eq!(changes[0].name.as_deref(), Some(Path::new("file")));
        assert!(!changes[0].is_content);
        watcher.remove(first);
        fs::write(place.join("other"), "").expect("written");
        assert!(watcher.read().expect("read").is_empty());
        remove_all(&place, Retries { count: 0, delay: 0 }).expect("removed");
    }
}
