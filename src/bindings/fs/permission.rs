//! What a call of `fs` needs the permission for, and that it is made about nothing else: where a path
//! leads is held fast before it is looked at, and the call is about what is held.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use boa_engine::Context;

use super::{
    operation::{Answer, Failure, Operation, Outcome, Target},
    walk,
};
use crate::{
    engine::permission::{self, Follow, Permissions, Scope},
    sys::{
        errno::Errno,
        error::{Subject, SysError},
        pin::{Pinned, pin},
    },
};

/// Makes the calls of programs.
#[derive(Clone)]
pub(super) struct Guard(Option<Arc<Permissions>>);

impl Guard {
    /// For the programs of this realm.
    pub(super) fn of(context: &Context) -> Self {
        Self(permission::granted(context))
    }

    /// Makes a call, if that is allowed.
    pub(super) fn run(&self, mut operation: Operation) -> Answer {
        let Some(permissions) = &self.0 else { return operation.run() };
        if matches!(operation, Operation::Symlink { .. }) {
            let may = |scope| permissions.has_whole(scope);
            return if may(Scope::FsRead) && may(Scope::FsWrite) {
                operation.run()
            } else {
                Err(Failure::LinkDenied)
            };
        }
        let obstructed = Obstructed::of(&operation);
        let mut held = Vec::new();
        for concern in concerns(&mut operation) {
            held.extend(concern.hold(permissions, &obstructed)?);
        }
        if !held.is_empty() {
            keep_to_what_is_held(&mut operation, &held);
        }
        operation.run().map(|outcome| named_outcome(outcome, &held)).map_err(
            |failure| match failure {
                Failure::Sys(_) if held.is_empty() => failure,
                Failure::Sys(error) => obstructed.seen(named_error(error, &held)).into(),
                failure => failure,
            },
        )
    }
}

/// Why a call is denied before it is made, where Node's form with a callback throws instead of calling
/// back.
pub(super) fn denial_at_once(operation: &mut Operation, context: &Context) -> Option<Failure> {
    use Operation as O;
    let is_early = matches!(
        operation,
        O::Chmod { .. } | O::Mkdir { .. } | O::Readlink { .. } | O::Rmdir { .. } | O::Utimes { .. }
    );
    if !is_early || !permission::is_limited(context) {
        return None;
    }
    for Concern { path, scopes, follow, .. } in concerns(operation) {
        let lacking = |scope: &&Scope| !permission::has_path(**scope, path, follow, context);
        if let Some(scope) = scopes.iter().find(lacking) {
            return Some(Failure::Denied { scope: *scope, path: path.clone() });
        }
    }
    None
}

/// A path that a call is about.
struct Concern<'a> {
    path: &'a mut PathBuf,
    /// What is done to it.
    scopes: &'static [Scope],
    follow: Follow,
    /// What a path is for a call that follows links, where nothing is there.
    absence: Absence,
}

/// What a call makes of a file that is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absence {
    /// It fails.
    Fails,
    /// It makes one of that name, or is about the name alone.
    Names,
    /// It makes the folders on the way, too.
    Makes,
}

/// A path as the program gave it, and what it became.
struct Held {
    pinned: Pinned,
    path: PathBuf,
    given: PathBuf,
}

impl Concern<'_> {
    /// Holds what the path leads to, if it matters where that is; `path` leads there then.
    fn hold(
        self,
        permissions: &Permissions,
        obstructed: &Obstructed,
    ) -> Result<Option<Held>, Failure> {
        if self.scopes.iter().all(|scope| permissions.is_whole(*scope)) {
            return Ok(None);
        }
        let given = self.path.clone();
        let denied =
            |scope: &Scope| Failure::Denied { scope: *scope, path: obstructed.named(&given) };
        let pinned = match pin(&given, self.follow == Follow::Yes) {
            Ok(pinned) => pinned,
            Err(errno) => {
                let may = |scope: &&Scope| permissions.has_path(**scope, &given, self.follow);
                let lacking = self.scopes.iter().find(|scope| !may(scope));
                return Err(lacking.map_or_else(|| obstructed.failure(errno), denied));
            }
        };
        let lacking = self.scopes.iter().find(|scope| !permissions.covers(**scope, pinned.real()));
        if let Some(scope) = lacking {
            return Err(denied(scope));
        }
        *self.path = match self.absence {
            Absence::Makes => pinned.path(),
            Absence::Names => pinned.path_of_present(false),
            Absence::Fails => pinned.path_of_present(true),
        };
        Ok(Some(Held { pinned, path: self.path.clone(), given }))
    }
}

const READ: &[Scope] = &[Scope::FsRead];
const WRITE: &[Scope] = &[Scope::FsWrite];
const BOTH: &[Scope] = &[Scope::FsRead, Scope::FsWrite];

/// The paths that a call is about.
fn concerns(operation: &mut Operation) -> Vec<Concern<'_>> {
    use Operation as O;
    fn of<'a>(
        path: &'a mut PathBuf,
        scopes: &'static [Scope],
        follow: bool,
        absence: Absence,
    ) -> Concern<'a> {
        let follow = if follow { Follow::Yes } else { Follow::No };
        Concern { path, scopes, follow, absence }
    }
    match operation {
        O::Access { path, .. }
        | O::OpenFolder { path }
        | O::Realpath { path, .. }
        | O::Scandir { path, .. }
        | O::Statfs { path } => vec![of(path, READ, true, Absence::Fails)],
        O::Stat { target: Target::Path(path), follow: true } => {
            vec![of(path, READ, true, Absence::Fails)]
        }
        O::Readlink { path } | O::Stat { target: Target::Path(path), .. } => {
            vec![of(path, READ, false, Absence::Names)]
        }
        O::Open { path, flags, .. } => {
            let (scopes, follow) = (scopes_of_open(*flags), *flags & libc::O_NOFOLLOW == 0);
            vec![of(path, scopes, follow, Absence::Names)]
        }
        O::ReadFile { target: Target::Path(path), flags, .. } => {
            vec![of(path, READ, *flags & libc::O_NOFOLLOW == 0, Absence::Names)]
        }
        O::WriteFile { target: Target::Path(path), flags, .. } => {
            vec![of(path, WRITE, *flags & libc::O_NOFOLLOW == 0, Absence::Names)]
        }
        // As in Node, who truncates opens for both.
        O::Truncate { target: Target::Path(path), .. } => {
            vec![of(path, BOTH, true, Absence::Fails)]
        }
        O::Chmod { target: Target::Path(path), .. }
        | O::Chown { target: Target::Path(path), follow: true, .. }
        | O::Utimes { target: Target::Path(path), follow: true, .. } => {
            vec![of(path, WRITE, true, Absence::Fails)]
        }
        O::Mkdir { path, recursive: true, .. } => vec![of(path, WRITE, false, Absence::Makes)],
        O::Chown { target: Target::Path(path), .. }
        | O::Utimes { target: Target::Path(path), .. }
        | O::Mkdir { path, .. }
        | O::Mkdtemp { prefix: path }
        | O::Rmdir { path }
        | O::Unlink { path } => vec![of(path, WRITE, false, Absence::Names)],
        // What is removed is looked at first.
        O::Rm { path, .. } => vec![of(path, BOTH, false, Absence::Names)],
        O::Copy { from, to, .. } => {
            vec![of(from, READ, true, Absence::Fails), of(to, WRITE, true, Absence::Names)]
        }
        // Under its new name a file may be read and changed where it could not before.
        O::Rename { from, to } | O::Link { from, to } => {
            vec![of(from, BOTH, false, Absence::Names), of(to, WRITE, false, Absence::Names)]
        }
        // About what is open already; `Guard` knows about new links.
        O::Idle
        | O::Fail(_)
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
        | O::Writev { .. } => Vec::new(),
    }
}

fn scopes_of_open(flags: i32) -> &'static [Scope] {
    let changes = flags & (libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND) != 0;
    match flags & libc::O_ACCMODE {
        libc::O_WRONLY => WRITE,
        libc::O_RDONLY if !changes => READ,
        _ => BOTH,
    }
}

/// Has a call follow no link that takes the place of the name that is held.
fn keep_to_what_is_held(operation: &mut Operation, held: &[Held]) {
    let is_name = |path: &Path| held.iter().any(|h| h.path == path && !h.pinned.is_whole());
    match operation {
        Operation::Open { path, flags, .. }
        | Operation::ReadFile { target: Target::Path(path), flags, .. }
        | Operation::WriteFile { target: Target::Path(path), flags, .. }
            if is_name(path) =>
        {
            *flags |= libc::O_NOFOLLOW;
        }
        Operation::Copy { to, mode, .. } if is_name(to) => mode.exclusive = true,
        Operation::Mkdir { path, recursive: true, below, .. } => {
            *below = held.iter().find(|h| h.path == *path).map(|h| h.pinned.parts());
        }
        // Links among the entries may lead elsewhere.
        Operation::Scandir { follow, .. } => *follow = false,
        _ => {}
    }
}

/// The error of a call whose path cannot be passed, as that call itself would tell it.
struct Obstructed {
    syscall: &'static str,
    subject: Subject,
    /// Whether the error is that of the first part of the path that cannot be passed.
    walks: bool,
}

impl Obstructed {
    fn of(operation: &Operation) -> Self {
        use Operation as O;
        let (syscall, path) = match operation {
            O::Copy { from, to, .. } => return Self::of_two("copyfile", from, to),
            O::Link { from, to } => return Self::of_two("link", from, to),
            O::Rename { from, to } => return Self::of_two("rename", from, to),
            O::Access { path, .. } => ("access", path),
            O::Chmod { target: Target::Path(path), .. } => ("chmod", path),
            O::Chown { target: Target::Path(path), follow: true, .. } => ("chown", path),
            O::Chown { target: Target::Path(path), .. } => ("lchown", path),
            O::Mkdir { path, .. } => ("mkdir", path),
            O::Mkdtemp { prefix: path } => {
                let whole = PathBuf::from(format!("{}XXXXXX", path.display()));
                return Self { syscall: "mkdtemp", subject: Subject::Path(whole), walks: false };
            }
            O::OpenFolder { path } => ("opendir", path),
            O::Readlink { path } => ("readlink", path),
            O::Realpath { path, .. } => ("realpath", path),
            O::Rmdir { path } => ("rmdir", path),
            O::Scandir { path, .. } => ("scandir", path),
            O::Stat { target: Target::Path(path), follow: true } => ("stat", path),
            O::Rm { path, .. } | O::Stat { target: Target::Path(path), .. } => ("lstat", path),
            O::Statfs { path } => ("statfs", path),
            O::Unlink { path } => ("unlink", path),
            O::Utimes { target: Target::Path(path), follow: true, .. } => ("utime", path),
            O::Utimes { target: Target::Path(path), .. } => ("lutime", path),
            O::Open { path, .. }
            | O::Truncate { target: Target::Path(path), .. }
            | O::ReadFile { target: Target::Path(path), .. }
            | O::WriteFile { target: Target::Path(path), .. } => ("open", path),
            // About no path.
            _ => return Self { syscall: "", subject: Subject::None, walks: false },
        };
        let walks = matches!(operation, O::Realpath { walks: true, .. });
        Self { syscall, subject: Subject::Path(path.clone()), walks }
    }

    fn of_two(syscall: &'static str, from: &Path, to: &Path) -> Self {
        let subject = Subject::Paths(from.to_owned(), to.to_owned());
        Self { syscall, subject, walks: false }
    }

    fn failure(&self, errno: Errno) -> Failure {
        let mut error = SysError::new(errno, self.syscall);
        error.subject = self.subject.clone();
        self.seen(error).into()
    }

    /// What a path is called in errors.
    fn named(&self, path: &Path) -> PathBuf {
        match &self.subject {
            Subject::Path(path) if self.syscall == "mkdtemp" => path.clone(),
            _ => path.to_owned(),
        }
    }

    /// The error as the program sees it.
    fn seen(&self, error: SysError) -> SysError {
        match &self.subject {
            Subject::Path(path) if self.walks => walk::first_obstacle(path, error),
            _ => error,
        }
    }
}

/// A path as the program knows it.
fn named(path: PathBuf, held: &[Held]) -> PathBuf {
    for Held { pinned, path: own, given } in held {
        let joined = |base: &Path, rest: &Path| {
            if rest.as_os_str().is_empty() { base.to_owned() } else { base.join(rest) }
        };
        if let Ok(rest) = path.strip_prefix(own) {
            return joined(given, rest);
        }
        // The name is another, or one of the folders on the way to it is meant.
        let parts = pinned.parts();
        let folder = given.ancestors().nth(parts).unwrap_or(Path::new(""));
        if let Ok(rest) = path.strip_prefix(pinned.folder()) {
            return joined(folder, rest);
        }
    }
    path
}

fn named_error(mut error: SysError, held: &[Held]) -> SysError {
    error.subject = match error.subject {
        Subject::Path(path) => Subject::Path(named(path, held)),
        Subject::Paths(from, to) => Subject::Paths(named(from, held), named(to, held)),
        other => other,
    };
    error
}

fn named_outcome(outcome: Outcome, held: &[Held]) -> Outcome {
    if held.is_empty() {
        return outcome;
    }
    match outcome {
        Outcome::Path(path) => Outcome::Path(named(path, held)),
        Outcome::Found(mut found) => {
            for one in &mut found {
                one.folder = named(std::mem::take(&mut one.folder), held);
            }
            Outcome::Found(found)
        }
        other => other,
    }
}
