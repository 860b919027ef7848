//! A host that is its own worker: `fork()` in its script starts this very executable, which gives the worker
//! the same function of the host.
//!
//! `cargo run --example own_worker`

use std::error::Error;

use rjs::{Runtime, RuntimeBuilder};
use serde_json::{Value, json};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/own_worker.js");

fn builder() -> RuntimeBuilder {
    Runtime::builder().function("double", |args| {
        Ok(json!(2.0 * args.first().and_then(Value::as_f64).unwrap_or_default()))
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    // First, while there is one thread: in a worker it runs the worker's script.
    if let Some(code) = rjs::run_if_worker(builder)? {
        rjs::end_process(code);
    }
    let mut runtime = builder().own_workers().build()?;
    let main = runtime.load(SCRIPT)?;
    let doubled = runtime.call(&main, "doubled", &[json!([1, 2, 3, 4])])?;
    println!("the workers say {doubled}");
    runtime.run_until_idle();
    Ok(())
}
