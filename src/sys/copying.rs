//! Copying a file's content, mode and all.

use std::{
    fs::{File, OpenOptions, Permissions},
    io,
    os::{
        fd::AsRawFd,
        unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    },
    path::Path,
};

use super::{
    errno::Errno,
    error::{Subject, SysError},
    files::{Patient, Result, between, open_patiently},
};

/// How a file is copied.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CopyMode {
    /// Not over another file.
    pub(crate) exclusive: bool,
    /// Let both share their blocks if the file system can.
    pub(crate) clone: bool,
    /// Share them or fail.
    pub(crate) must_clone: bool,
}

/// Copies a file with its permissions. A copy that fails leaves no half of it; onto itself it does
/// nothing.
pub(crate) fn copy(from: &Path, to: &Path, mode: CopyMode) -> Result<()> {
    let failed = between("copyfile", from, to);
    let source = open_patiently(from, OpenOptions::new().read(true), 0).map_err(&failed)?;
    let metadata = source.metadata().map_err(&failed)?;
    if metadata.is_dir() {
        let mut error = SysError::new(Errno(libc::EISDIR), "copyfile");
        error.subject = Subject::Paths(from.into(), to.into());
        return Err(error);
    }
    let permissions = metadata.permissions().mode() & 0o7777;
    let mut options = OpenOptions::new();
    options.write(true).mode(permissions);
    if mode.exclusive {
        options.create_new(true);
    } else {
        options.create(true).truncate(false);
    }
    let target = open_patiently(to, &mut options, 0).map_err(&failed)?;
    let existing = target.metadata().map_err(&failed)?;
    if existing.dev() == metadata.dev() && existing.ino() == metadata.ino() {
        return Ok(());
    }
    let has_content = existing.len() > 0;
    fill(source, target, has_content, permissions, mode).map_err(|error| {
        // What is there is no copy; that it cannot be removed either says nothing new.
        let _ = std::fs::remove_file(to);
        failed(error)
    })
}

fn fill(
    mut source: File,
    mut target: File,
    has_content: bool,
    permissions: u32,
    mode: CopyMode,
) -> io::Result<()> {
    if has_content {
        target.set_len(0)?;
    }
    match target.set_permissions(Permissions::from_mode(permissions)) {
        // Some file systems have no permissions.
        Err(error) if error.raw_os_error() != Some(libc::EPERM) => return Err(error),
        _ => {}
    }
    if mode.clone || mode.must_clone {
        match clone_blocks(&source, &target) {
            Ok(()) => return Ok(()),
            Err(error) if mode.must_clone => return Err(error),
            Err(_) => {}
        }
    }
    let are_files = [&source, &target].iter().all(|f| f.metadata().is_ok_and(|f| f.is_file()));
    if are_files {
        return io::copy(&mut source, &mut target).map(drop);
    }
    io::copy(&mut Patient(&mut source), &mut Patient(&mut target)).map(drop)
}

/// `ioctl(2)` `FICLONE`: `target` shares the blocks of `source`.
fn clone_blocks(source: &File, target: &File) -> io::Result<()> {
    // SAFETY: both descriptors are open for the length of the call; FICLONE takes the source's as
    // its argument and touches no memory of ours.
    let result = unsafe { libc::ioctl(target.as_raw_fd(), libc::FICLONE, source.as_raw_fd()) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::sys::folders::{Retries, mkdtemp, remove_all};

    #[test]
    fn copies_have_content_and_mode() {
        let place = mkdtemp(&std::env::temp_dir().join("rjs-copying-")).expect("made");
        let (from, to) = (place.join("from"), place.join("to"));
        fs::write(&from, "text").expect("written");
        fs::set_permissions(&from, Permissions::from_mode(0o640)).expect("set");
        fs::write(&to, "much more text").expect("written");
        copy(&from, &to, CopyMode::default()).expect("copied");
        assert_eq!(fs::read_to_string(&to).expect("read"), "text");
        let mode = fs::metadata(&to).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);

        copy(&from, &from, CopyMode::default()).expect("onto itself");
        assert_eq!(fs::read_to_string(&from).expect("read"), "text");
        let exclusive = CopyMode { exclusive: true, ..CopyMode::default() };
        let error = copy(&from, &to, exclusive).expect_err("there already");
        assert_eq!(error.errno, Errno(libc::EEXIST));
        assert!(to.exists());
        let error = copy(&place, &to, CopyMode::default()).expect_err("a folder");
        assert_eq!(error.errno, Errno(libc::EISDIR));
        remove_all(&place, Retries { count: 0, delay: 0 }).expect("removed");
    }
}
