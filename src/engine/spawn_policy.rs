//! A host's word about every process that scripts start, before it exists.

use std::{fmt, path::PathBuf, sync::Arc};

use boa_engine::{Context, JsError, JsString, js_string};

use super::{
    errors::{Code, plain_error},
    natives::define_value,
};

/// How a process is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpawnCall {
    /// `spawn`, `exec`, `execFile`, `fork`, a cluster's `fork`.
    Asynchronous,
    /// `spawnSync`, `execSync`, `execFileSync`.
    Synchronous,
    /// `process.execve`: this process becomes the program.
    Replacement,
}

/// What a descriptor of a child is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpawnStdio {
    /// The null device; nothing, from the third on.
    Ignore,
    /// One end of a pipe, of which the script has the other.
    Pipe,
    /// The channel of `process.send`.
    Ipc,
    /// A copy of this descriptor of ours.
    Fd(i32),
}

/// A process that is about to be started, as far as scripts decide it. What is changed here is what is
/// started; scripts still see what they asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SpawnOrder {
    /// How it is started.
    pub call: SpawnCall,
    /// The program: a path if there is a slash in it, else a name that is looked for in the `PATH` of
    /// `env`. The shell, where a script asked for one. Where permissions name the programs that may run,
    /// it is the path of one of these.
    pub file: String,
    /// Its arguments; the zeroth is what it is called.
    pub args: Vec<String>,
    /// Its working directory, if not the process's. `process.execve` has none.
    pub cwd: Option<PathBuf>,
    /// Its environment. Of two variables of one name the later wins.
    pub env: Vec<(String, String)>,
    /// Its user, if not the process's.
    pub uid: Option<u32>,
    /// Its group, if not the process's.
    pub gid: Option<u32>,
    /// Whether it leads a session of its own.
    pub detached: bool,
    /// Its descriptors, from 0 on. One that is changed to [`SpawnStdio::Ignore`] is not given to it, save
    /// for a channel; other changes have no effect.
    pub stdio: Vec<SpawnStdio>,
}

/// Why a process is not started: what the script is thrown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpawnDenial {
    message: String,
    code: String,
}

impl SpawnDenial {
    /// An error with the code `ERR_ACCESS_DENIED`.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: Code::ERR_ACCESS_DENIED.name().to_owned() }
    }

    /// The same with another code.
    #[must_use]
    pub fn with_code(self, code: impl Into<String>) -> Self {
        Self { code: code.into(), ..self }
    }
}

type Decide = dyn Fn(&mut SpawnOrder) -> Result<(), SpawnDenial> + Send + Sync;

/// What decides.
#[derive(Clone)]
pub(crate) struct SpawnPolicy(Arc<Decide>);

impl SpawnPolicy {
    pub(crate) fn new(
        decide: impl Fn(&mut SpawnOrder) -> Result<(), SpawnDenial> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(decide))
    }
}

impl fmt::Debug for SpawnPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpawnPolicy")
    }
}

/// Has every process of this realm decided about from now on.
pub(crate) fn install(policy: SpawnPolicy, context: &mut Context) {
    context.insert_data(policy);
}

/// Whether there is something to ask.
pub(crate) fn is_there(context: &Context) -> bool {
    context.has_data::<SpawnPolicy>()
}

/// Asks; the order as it is to be carried out.
///
/// # Errors
/// What the host denies with, with `permission` and `resource`.
pub(crate) fn decide(order: &mut SpawnOrder, context: &mut Context) -> Result<(), JsError> {
    let Some(policy) = context.get_data::<SpawnPolicy>().cloned() else { return Ok(()) };
    let file = order.file.clone();
    (policy.0)(order).map_err(|SpawnDenial { message, code }| {
        let error = plain_error(&message, context);
        define_value(&error, js_string!("code"), JsString::from(code), true);
        define_value(&error, js_string!("permission"), js_string!("Run"), true);
        define_value(&error, js_string!("resource"), JsString::from(file), true);
        JsError::from_opaque(error.into())
    })
}
