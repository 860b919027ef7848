//! What a call of `fs` needs the permission for.

use std::path::Path;

use boa_engine::Context;

use super::operation::{Failure, Operation, Target};
use crate::engine::permission::{self, Follow, Scope};

/// Why a call may not be made; `None`: it may.
pub(super) fn denial(operation: &Operation, context: &Context) -> Option<Failure> {
    if !permission::is_limited(context) {
        return None;
    }
    if matches!(operation, Operation::Symlink { .. }) {
        let may = |scope| permission::has(scope, context);
        return (!may(Scope::FsRead) || !may(Scope::FsWrite)).then_some(Failure::LinkDenied);
    }
    let mut denied = None;
    each_path(operation, |scope, path, follow| {
        if denied.is_none() && !permission::has_path(scope, path, follow, context) {
            denied = Some(Failure::Denied { scope, path: path.to_owned() });
        }
    });
    denied
}

/// Tells of each path that a call is about: what is done to it, and whether a link is followed.
fn each_path(operation: &Operation, mut tell: impl FnMut(Scope, &Path, Follow)) {
    use Operation as O;
    use Scope::{FsRead, FsWrite};
    let follow = |yes: bool| if yes { Follow::Yes } else { Follow::No };
    match operation {
        O::Access { path, .. }
        | O::OpenFolder { path }
        | O::Realpath { path, .. }
        | O::Scandir { path, .. }
        | O::Statfs { path }
        | O::ReadFile { target: Target::Path(path), .. } => tell(FsRead, path, Follow::Yes),
        O::Readlink { path } => tell(FsRead, path, Follow::No),
        O::Stat { target: Target::Path(path), follow: yes } => tell(FsRead, path, follow(*yes)),
        O::Open { path, flags, .. } => each_of_open(path, *flags, tell),
        O::Chmod { target: Target::Path(path), .. }
        | O::Truncate { target: Target::Path(path), .. }
        | O::WriteFile { target: Target::Path(path), .. }
        | O::Mkdir { path, .. }
        | O::Mkdtemp { prefix: path } => tell(FsWrite, path, Follow::Yes),
        O::Chown { target: Target::Path(path), follow: yes, .. }
        | O::Utimes { target: Target::Path(path), follow: yes, .. } => {
            tell(FsWrite, path, follow(*yes));
        }
        O::Rm { path, .. } | O::Rmdir { path } | O::Unlink { path } => {
            tell(FsWrite, path, Follow::No);
        }
        O::Copy { from, to, .. } => {
            tell(FsRead, from, Follow::Yes);
            tell(FsWrite, to, Follow::Yes);
        }
        O::Rename { from, to } => {
            tell(FsRead, from, Follow::No);
            tell(FsWrite, from, Follow::No);
            tell(FsWrite, to, Follow::No);
        }
        // Under its new name a file may be read and changed where it could not before.
        O::Link { from, to } => {
            tell(FsRead, from, Follow::Yes);
            tell(FsWrite, from, Follow::Yes);
            tell(FsWrite, to, Follow::No);
        }
        // About what is open already; `denial` knows about new links.
        O::Idle
        | O::Symlink { .. }
        | O::Chmod { .. }
        | O::Chown { .. }
        | O::Close { .. }
        | O::Read { .. }
        | O::ReadFile { .. }
        | O::ReadFolder { .. }
        | O::Readv { .. }
        | O::Stat { .. }
        | O::Sync { .. }
        | O::Truncate { .. }
        | O::Utimes { .. }
        | O::Write { .. }
        | O::WriteFile { .. }
        | O::Writev { .. } => {}
    }
}

fn each_of_open(path: &Path, flags: i32, mut tell: impl FnMut(Scope, &Path, Follow)) {
    let changes = flags & (libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND) != 0;
    let mode = flags & libc::O_ACCMODE;
    if mode != libc::O_WRONLY {
        tell(Scope::FsRead, path, Follow::Yes);
    }
    if mode != libc::O_RDONLY || changes {
        tell(Scope::FsWrite, path, Follow::Yes);
    }
}
