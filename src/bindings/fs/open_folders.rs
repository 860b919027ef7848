//! Folders that `opendir` opened: known to JavaScript by a number, closed when told to be.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt,
    path::Path,
    rc::Rc,
    sync::{Arc, Mutex},
};

use boa_engine::Context;

use crate::sys::{
    error::SysError,
    folders::{Entry, OpenFolder},
    lock::lock,
};

/// An open folder that the pool can read.
#[derive(Clone)]
pub(super) struct SharedFolder(Arc<Mutex<OpenFolder>>);

impl fmt::Debug for SharedFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedFolder")
    }
}

impl SharedFolder {
    /// Opens a folder.
    pub(super) fn open(path: &Path) -> Result<Self, SysError> {
        Ok(Self(Arc::new(Mutex::new(OpenFolder::open(path)?))))
    }

    /// At most `count` entries more; fewer only at the end.
    pub(super) fn read(&self, count: usize) -> Result<Vec<Entry>, SysError> {
        let mut folder = lock(&self.0);
        let mut entries = Vec::new();
        while entries.len() < count
            && let Some(entry) = folder.next()?
        {
            entries.push(entry);
        }
        Ok(entries)
    }
}

/// The open folders of a realm.
#[derive(Default)]
pub(super) struct OpenFolders {
    folders: RefCell<HashMap<u32, SharedFolder>>,
    last: std::cell::Cell<u32>,
}

/// The open folders of this realm.
pub(super) fn of(context: &mut Context) -> Rc<OpenFolders> {
    if let Some(folders) = context.get_data::<Rc<OpenFolders>>() {
        return folders.clone();
    }
    let folders = Rc::new(OpenFolders::default());
    context.insert_data(folders.clone());
    folders
}

/// How many there are.
pub(super) fn count(context: &Context) -> usize {
    context.get_data::<Rc<OpenFolders>>().map_or(0, |folders| folders.folders.borrow().len())
}

impl OpenFolders {
    /// Keeps a folder open; the number that JavaScript knows it by.
    pub(super) fn insert(&self, folder: SharedFolder) -> u32 {
        let id = self.last.get().wrapping_add(1);
        self.last.set(id);
        self.folders.borrow_mut().insert(id, folder);
        id
    }

    /// The folder of this number, if it is open.
    pub(super) fn get(&self, id: u32) -> Option<SharedFolder> {
        self.folders.borrow().get(&id).cloned()
    }

    /// Closes a folder, once nobody reads it.
    pub(super) fn close(&self, id: u32) {
        let closed = self.folders.borrow_mut().remove(&id);
        drop(closed);
    }
}
