//! The working directory of a program: the process's where the program is all there is in it, else one
//! of its own, which only it sees and changes.
//!
//! A process has one working directory, and a host's is the host's. So paths of a program that has its
//! own are made absolute before they reach the system.

use std::{
    borrow::Cow,
    cell::RefCell,
    path::{Path, PathBuf},
};

use boa_engine::Context;

use super::state;
use crate::sys::{error::SysError, folders, identity};

/// A realm's working directory; none of its own to begin with.
#[derive(Debug, Default)]
pub(crate) struct Folder(RefCell<Option<PathBuf>>);

impl Folder {
    /// From now on it is this one, an absolute path, whatever the process's is.
    pub(crate) fn separate(&self, folder: PathBuf) {
        *self.0.borrow_mut() = Some(folder);
    }
}

/// The working directory, if the program has one of its own.
pub(crate) fn own(context: &Context) -> Option<PathBuf> {
    state::of(context).folder.0.borrow().clone()
}

/// The working directory: `process.cwd()`.
///
/// # Errors
/// ENOENT if it was removed.
pub(crate) fn cwd(context: &Context) -> Result<String, SysError> {
    match own(context) {
        Some(folder) => Ok(folder.to_string_lossy().into_owned()),
        None => identity::cwd(),
    }
}

/// The working directory as a path; an empty one if it is not there any more.
pub(crate) fn current(context: &Context) -> PathBuf {
    own(context).unwrap_or_else(|| std::env::current_dir().unwrap_or_default())
}

/// The path as the system understands it.
pub(crate) fn placed<'path>(path: &'path Path, context: &Context) -> Cow<'path, Path> {
    match &*state::of(context).folder.0.borrow() {
        Some(folder) => place(path, folder),
        None => Cow::Borrowed(path),
    }
}

/// A path below a folder, unless it is absolute. No path stays none.
pub(crate) fn place<'path>(path: &'path Path, folder: &Path) -> Cow<'path, Path> {
    if path.is_absolute() || path.as_os_str().is_empty() {
        return Cow::Borrowed(path);
    }
    Cow::Owned(folder.join(path))
}

/// Changes the working directory: `chdir(2)`, or what it would do.
///
/// # Errors
/// Those of `chdir(2)`.
pub(crate) fn change(path: &Path, context: &Context) -> Result<(), SysError> {
    let Some(folder) = own(context) else { return identity::chdir(path) };
    let target = place(path, &folder);
    let found = folders::enterable(&target).map_err(|error| error.about_path(path))?;
    state::of(context).folder.separate(found);
    Ok(())
}
