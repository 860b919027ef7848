//! What a program may do where `--permission` or a host limits it. Node's documentation, "Permissions".

mod paths;

use std::{path::Path, rc::Rc};

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, js_string};

use super::{
    errors::{Code, plain_error},
    natives::define_value,
};
use paths::Paths;

/// What a program is granted. Nothing is, to begin with.
///
/// Paths are compared where they lead, not as they are written: links, `..` and `/proc/self/fd` are no
/// way around. What a program has open it may use.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    read: Paths,
    write: Paths,
    switches: Vec<Scope>,
    /// The same as options of the command line.
    options: Vec<String>,
}

impl Permissions {
    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Files below this path may be read: a file, a folder with all in it, `*` for everything; a `*` at
    /// the end stands for any rest.
    #[must_use]
    pub fn allow_fs_read(mut self, path: &str) -> Self {
        self.read.add(path);
        self.options.push(format!("--allow-fs-read={path}"));
        self
    }

    /// As [`Self::allow_fs_read`], for making, changing and removing.
    #[must_use]
    pub fn allow_fs_write(mut self, path: &str) -> Self {
        self.write.add(path);
        self.options.push(format!("--allow-fs-write={path}"));
        self
    }

    /// Processes may be started; what they may do is not limited by what this one may.
    #[must_use]
    pub fn allow_child_process(self) -> Self {
        self.allow(Scope::ChildProcess)
    }

    /// Sockets may be opened.
    #[must_use]
    pub fn allow_net(self) -> Self {
        self.allow(Scope::Net)
    }

    /// Threads may be started.
    #[must_use]
    pub fn allow_worker(self) -> Self {
        self.allow(Scope::Worker)
    }

    /// Native addons, which rjs cannot load: only `process.permission.has()` tells of it.
    #[must_use]
    pub fn allow_addons(self) -> Self {
        self.allow(Scope::Addon)
    }

    /// WASI, which rjs does not have: only `process.permission.has()` tells of it.
    #[must_use]
    pub fn allow_wasi(self) -> Self {
        self.allow(Scope::Wasi)
    }

    /// The inspector, which rjs does not have: only `process.permission.has()` tells of it.
    #[must_use]
    pub fn allow_inspector(self) -> Self {
        self.allow(Scope::Inspector)
    }

    fn allow(mut self, scope: Scope) -> Self {
        self.switches.push(scope);
        self.options.push(row(scope).3.to_owned());
        self
    }

    fn has_switch(&self, scope: Scope) -> bool {
        self.switches.contains(&scope)
    }
}

/// What a permission is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    FsRead,
    FsWrite,
    ChildProcess,
    Worker,
    Net,
    Addon,
    Wasi,
    Inspector,
}

/// A scope's name in `process.permission.has()`, in errors, and its option.
pub(crate) const SCOPES: &[(Scope, &str, &str, &str)] = &[
    (Scope::FsRead, "fs.read", "FileSystemRead", "--allow-fs-read"),
    (Scope::FsWrite, "fs.write", "FileSystemWrite", "--allow-fs-write"),
    (Scope::ChildProcess, "child", "ChildProcess", "--allow-child-process"),
    (Scope::Worker, "worker", "WorkerThreads", "--allow-worker"),
    (Scope::Net, "net", "Net", "--allow-net"),
    (Scope::Addon, "addon", "Addon", "--allow-addons"),
    (Scope::Wasi, "wasi", "WASI", "--allow-wasi"),
    (Scope::Inspector, "inspector", "Inspector", "--allow-inspector"),
];

fn row(scope: Scope) -> &'static (Scope, &'static str, &'static str, &'static str) {
    SCOPES.iter().find(|row| row.0 == scope).unwrap_or(&SCOPES[0])
}

/// Which end of a path is meant, where that is a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    /// What the link leads to.
    Yes,
    /// The link itself.
    No,
}

/// Limits the programs of this realm from now on.
pub(crate) fn limit(permissions: Permissions, context: &mut Context) {
    context.insert_data(Rc::new(permissions));
}

/// Whether programs are limited at all.
pub(crate) fn is_limited(context: &Context) -> bool {
    context.has_data::<Rc<Permissions>>()
}

fn granted(context: &Context) -> Option<Rc<Permissions>> {
    context.get_data::<Rc<Permissions>>().cloned()
}

/// The options that limit a child as this program is limited; `None` if it is not.
pub(crate) fn options(context: &Context) -> Option<Vec<String>> {
    let permissions = granted(context)?;
    let own = permissions.options.iter().cloned();
    Some(std::iter::once("--permission".to_owned()).chain(own).collect())
}

/// The option that grants this.
pub(crate) fn option_of(scope: Scope) -> &'static str {
    row(scope).3
}

/// What is granted besides paths.
pub(crate) fn switches(context: &Context) -> Vec<Scope> {
    granted(context).map(|permissions| permissions.switches.clone()).unwrap_or_default()
}

/// Whether the program may do this, to this path if it is about one; to all there is, without one.
pub(crate) fn has(scope: Scope, path: Option<&Path>, follow: Follow, context: &Context) -> bool {
    let Some(permissions) = granted(context) else { return true };
    let paths = match scope {
        Scope::FsRead => &permissions.read,
        Scope::FsWrite => &permissions.write,
        _ => return permissions.has_switch(scope),
    };
    path.map_or_else(|| paths.is_all(), |path| paths.hold(path, follow))
}

/// Throws unless the program may do this; `resource` is what the error names.
///
/// # Errors
/// `ERR_ACCESS_DENIED`, with `permission` and `resource`.
pub(crate) fn check(scope: Scope, resource: &str, context: &mut Context) -> JsResult<()> {
    if has(scope, None, Follow::Yes, context) {
        return Ok(());
    }
    Err(JsError::from_opaque(denial(scope, resource, context).into()))
}

/// As [`check`], for reading a file.
pub(crate) fn check_read(path: &Path, context: &mut Context) -> JsResult<()> {
    if has(Scope::FsRead, Some(path), Follow::Yes, context) {
        return Ok(());
    }
    let resource = path.to_string_lossy().into_owned();
    Err(JsError::from_opaque(denial(Scope::FsRead, &resource, context).into()))
}

/// The error of who may not.
pub(crate) fn denial(scope: Scope, resource: &str, context: &mut Context) -> JsObject {
    let (_, _, permission, option) = *row(scope);
    let message =
        format!("Access to this API has been restricted. Use {option} to manage permissions.");
    // As Node's native code makes it: without the code in its stack.
    let error = plain_error(&message, context);
    let code = JsString::from(Code::ERR_ACCESS_DENIED.name());
    define_value(&error, js_string!("code"), code, true);
    define_value(&error, js_string!("permission"), JsString::from(permission), true);
    define_value(&error, js_string!("resource"), JsString::from(resource), true);
    error
}
