//! What a program may do where `--permission` or a host limits it. Node's documentation, "Permissions".

mod granted;
mod inheritance;
mod node;
mod paths;
mod programs;
mod variables;

use std::{io, path::Path, sync::Arc};

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, js_string};

use super::{
    errors::{Code, plain_error},
    folder,
    natives::define_value,
};
use crate::sys::{content, pin::pin};
pub use granted::Permissions;
pub(crate) use inheritance::{
    VARIABLE, inherited_by_process, options_of_node, options_of_rjs, take_inherited, variable,
};
use paths::{Paths, resolve};
pub(crate) use programs::{Start, Started};

/// What a permission is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    FsRead,
    FsWrite,
    ChildProcess,
    Run,
    Env,
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
    (Scope::Run, "run", "Run", "--allow-run"),
    (Scope::Env, "env", "Env", "--allow-env"),
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
    context.insert_data(Arc::new(permissions));
}

/// Whether programs are limited at all.
pub(crate) fn is_limited(context: &Context) -> bool {
    context.has_data::<Arc<Permissions>>()
}

/// What programs are granted, if they are limited.
pub(crate) fn granted(context: &Context) -> Option<Arc<Permissions>> {
    context.get_data::<Arc<Permissions>>().cloned()
}

/// Who is told of what is denied.
struct Told(fn(Scope, &str, &mut Context));

/// Has this function told of everything that is denied.
pub(crate) fn tell_denials(told: fn(Scope, &str, &mut Context), context: &mut Context) {
    context.insert_data(Told(told));
}

/// The options for paths whose values look as if they were several.
pub(crate) fn options_with_commas(context: &Context) -> Vec<&'static str> {
    let Some(permissions) = granted(context) else { return Vec::new() };
    let has_comma = |paths: &Paths| paths.options().any(|path| path.contains(','));
    let both = [(Scope::FsRead, &permissions.read), (Scope::FsWrite, &permissions.write)];
    both.into_iter().filter(|row| has_comma(row.1)).map(|row| option_of(row.0)).collect()
}

/// The option that grants this.
pub(crate) fn option_of(scope: Scope) -> &'static str {
    row(scope).3
}

/// What is granted besides paths, programs and variables.
pub(crate) fn switches(context: &Context) -> Vec<Scope> {
    granted(context).map(|permissions| permissions.switches.clone()).unwrap_or_default()
}

/// Whether the program may do this with everything there is.
pub(crate) fn has(scope: Scope, context: &Context) -> bool {
    granted(context).is_none_or(|permissions| permissions.has_whole(scope))
}

/// Whether the program may do this to this path.
pub(crate) fn has_path(scope: Scope, path: &Path, follow: Follow, context: &Context) -> bool {
    granted(context).is_none_or(|permissions| {
        permissions.has_path(scope, &folder::placed(path, context), follow)
    })
}

/// Whether the program may read this file.
pub(crate) fn may_read(path: &Path, context: &Context) -> bool {
    has_path(Scope::FsRead, path, Follow::Yes, context)
}

/// Whether the program sees this variable of the environment, may change it and pass it on.
pub(crate) fn has_variable(name: &str, context: &Context) -> bool {
    granted(context).is_none_or(|permissions| permissions.variables.hold(name))
}

/// Throws unless the program may do this; `resource` is what the error names.
///
/// # Errors
/// `ERR_ACCESS_DENIED`, with `permission` and `resource`.
pub(crate) fn check(scope: Scope, resource: &str, context: &mut Context) -> JsResult<()> {
    if has(scope, context) { Ok(()) } else { Err(denied(scope, resource, context)) }
}

/// Asks whether the program may use the network; what for is worked out only if it may not.
///
/// # Errors
/// `ERR_ACCESS_DENIED`.
pub(crate) fn check_net(resource: impl FnOnce() -> String, context: &mut Context) -> JsResult<()> {
    if has(Scope::Net, context) { Ok(()) } else { Err(denied(Scope::Net, &resource(), context)) }
}

/// As [`check`], for reading a file.
pub(crate) fn check_read(path: &Path, context: &mut Context) -> JsResult<()> {
    if may_read(path, context) {
        return Ok(());
    }
    Err(denied(Scope::FsRead, &path.to_string_lossy(), context))
}

/// Reads a file, if that is allowed; what the system says about it.
///
/// # Errors
/// As [`check`].
pub(crate) fn read_file(path: &Path, context: &mut Context) -> JsResult<io::Result<Vec<u8>>> {
    let Some(permissions) = granted(context).filter(|given| !given.is_whole(Scope::FsRead)) else {
        return Ok(content::read(&folder::placed(path, context)));
    };
    let pinned = pin(&folder::placed(path, context), true);
    match pinned {
        Ok(pinned) if permissions.covers(Scope::FsRead, pinned.real()) => {
            Ok(content::read(&pinned.path_of_present(true)))
        }
        Ok(_) => Err(denied(Scope::FsRead, &path.to_string_lossy(), context)),
        Err(errno) => {
            check_read(path, context)?;
            Ok(Err(io::Error::from_raw_os_error(errno.0)))
        }
    }
}

/// As [`read_file`], of what limits programs, if anything does. What is not there may be asked for by anybody.
///
/// # Errors
/// If it may not be read.
pub(crate) fn read_within(
    permissions: Option<&Permissions>,
    path: &Path,
) -> Result<io::Result<Vec<u8>>, Denied> {
    let Some(permissions) = permissions.filter(|given| !given.is_whole(Scope::FsRead)) else {
        return Ok(content::read(path));
    };
    match pin(path, true) {
        Ok(pinned) if !pinned.is_whole() => Ok(Err(io::ErrorKind::NotFound.into())),
        Ok(pinned) if permissions.covers(Scope::FsRead, pinned.real()) => {
            Ok(content::read(&pinned.path()))
        }
        Ok(_) => Err(Denied),
        Err(errno) => Ok(Err(io::Error::from_raw_os_error(errno.0))),
    }
}

/// A file that may not be read.
#[derive(Debug)]
pub(crate) struct Denied;

/// As [`check`], for a variable of the environment.
pub(crate) fn check_variable(name: &str, context: &mut Context) -> JsResult<()> {
    if has_variable(name, context) { Ok(()) } else { Err(denied(Scope::Env, name, context)) }
}

/// As [`check`], for starting a program: the file to execute, if it is not to be looked for again.
pub(crate) fn check_start(start: &Start<'_>, context: &mut Context) -> JsResult<Started> {
    let Some(permissions) = granted(context) else { return Ok(Started::AsGiven) };
    permissions.start(start).map_err(|denial| denied(denial.0, &denial.1, context))
}

/// The error of who may not, to be thrown.
pub(crate) fn denied(scope: Scope, resource: &str, context: &mut Context) -> JsError {
    JsError::from_opaque(denial(scope, resource, context).into())
}

/// The error of who may not.
pub(crate) fn denial(scope: Scope, resource: &str, context: &mut Context) -> JsObject {
    let (_, _, permission, option) = *row(scope);
    if let Some(told) = context.get_data::<Told>().map(|Told(told)| *told) {
        told(scope, resource, context);
    }
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
