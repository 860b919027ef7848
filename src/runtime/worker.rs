//! A host that is its own worker: `fork()` in its scripts starts the host's executable.

use std::{env, ffi::OsString, path::PathBuf};

use super::{Birth, CreateError, Program, RuntimeBuilder, await_birth, on_deep_stack};
use crate::bindings::process::launch::WORKER_VARIABLE;

/// Runs the script that this process was started for as a worker of a host, and gives its exit code;
/// `None` if it was started as something else.
///
/// To be called first in `main`, while there is one thread. `builder` makes what every worker has; the
/// host's own runtime has [`RuntimeBuilder::own_workers`]. A worker owns its process: it is prepared as
/// [`crate::prepare_process`] says.
///
/// # Errors
/// If the process cannot be prepared, or no runtime be made.
pub fn run_if_worker(
    builder: impl FnOnce() -> RuntimeBuilder + Send,
) -> Result<Option<u8>, CreateError> {
    if env::var_os(WORKER_VARIABLE).is_none() {
        return Ok(None);
    }
    super::prepare_process().map_err(CreateError::Io)?;
    let ran = on_deep_stack(|| match await_birth()? {
        Birth::Cold => run(builder(), env::args_os().map(into_text).collect()),
        Birth::Warm(args) => run(builder(), args),
        Birth::Unneeded => Ok(0),
    });
    ran.map_err(CreateError::Io)?.map(Some)
}

fn into_text(arg: OsString) -> String {
    arg.to_string_lossy().into_owned()
}

/// Runs `argv0 [OPTIONS…] SCRIPT [ARGS…]`.
fn run(builder: RuntimeBuilder, args: Vec<String>) -> Result<u8, CreateError> {
    let mut args = args.into_iter();
    let argv0 = args.next().unwrap_or_default();
    let (mut options, mut script) = (Vec::new(), None);
    for arg in args.by_ref() {
        if !arg.starts_with('-') {
            script = Some(arg);
            break;
        }
        options.push(arg);
    }
    let Some(script) = script else {
        return Err(CreateError::Engine("a worker needs a script".to_owned()));
    };
    let path = std::path::absolute(&script).unwrap_or_else(|_| PathBuf::from(&script));
    let builder = builder.argv0(argv0).exec_args(options).args(args).own_workers().owns_process();
    let runtime = builder.script(path.to_string_lossy()).build()?;
    Ok(runtime.run_last(&Program::File(path)))
}
