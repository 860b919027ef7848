//! Ways through folders: what is below one, and what stops a path from being resolved.

use std::{
    collections::VecDeque,
    path::{Component, Path, PathBuf},
};

use crate::sys::{
    error::SysError,
    files,
    folders::{self, Entry, Kind, Root},
};

/// An entry and the folder it was found in.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) folder: PathBuf,
    pub(super) entry: Entry,
}

/// The entries of a folder; with `recursive` those below it too, level by level. `follow` lets the
/// way go through links to folders; without it none is followed, not even one that takes the place of a folder
/// meanwhile.
pub(super) fn scan(root: &Path, recursive: bool, follow: bool) -> Result<Vec<Found>, SysError> {
    let mut found = Vec::new();
    let mut waiting = VecDeque::from([root.to_path_buf()]);
    let held = if recursive && !follow { Some(Root::open(root)?) } else { None };
    while let Some(folder) = waiting.pop_front() {
        let entries = match &held {
            Some(root) => root.scandir(&folder)?,
            None => folders::scandir(&folder)?,
        };
        for entry in entries {
            if recursive && leads_on(&folder, &entry, follow) {
                waiting.push_back(folder.join(&entry.name));
            }
            found.push(Found { folder: folder.clone(), entry });
        }
    }
    Ok(found)
}

fn leads_on(folder: &Path, entry: &Entry, follow: bool) -> bool {
    match entry.kind {
        Kind::Folder => true,
        Kind::Link | Kind::Unknown if follow => folder.join(&entry.name).is_dir(),
        _ => false,
    }
}

/// The error of the first part of a path that cannot be passed, as `lstat` or, behind a link,
/// `stat` tells it; `otherwise` where every part can be by now.
pub(super) fn first_obstacle(path: &Path, otherwise: SysError) -> SysError {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut passed = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => drop(passed.pop()),
            part => passed.push(part),
        }
        match files::lstat(&passed) {
            Ok(metadata) if metadata.is_symlink() => {
                if let Err(error) = files::stat(&passed) {
                    return error;
                }
            }
            Ok(_) => {}
            Err(error) => return error,
        }
    }
    otherwise
}
