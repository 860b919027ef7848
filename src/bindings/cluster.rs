//! `cluster`: what a process does at its start that is a worker.

use boa_engine::{Context, JsResult, js_string};

use super::process;
use crate::engine::builtins;

/// Where the primary puts a worker's number.
const WORKER_ID: &str = "NODE_UNIQUE_ID";

/// Makes this process a worker of a cluster, if the environment says that it is one.
pub(crate) fn join(context: &mut Context) -> JsResult<()> {
    let launch = &process::state(context).launch;
    let is_worker = launch.env.iter().any(|(name, _)| name == WORKER_ID);
    // A cluster forks files; what `-e` runs is none of its workers.
    if !is_worker || launch.argv.len() < 2 {
        return Ok(());
    }
    let cluster = builtins::load_object("cluster", context)?;
    let set_up = cluster.get(js_string!("_setupWorker"), context)?;
    match set_up.as_callable() {
        Some(set_up) => set_up.call(&cluster.into(), &[], context).map(drop),
        None => Ok(()),
    }
}
