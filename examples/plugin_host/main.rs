//! A host with plug-ins in JavaScript: it gives them a function, calls what they export, and stays master of
//! its loop.
//!
//! `cargo run --example plugin_host`

use std::error::Error;

use rjs::{EvalError, Runtime, ScriptError};
use serde_json::{Value, json};

const PLUGIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plugin_host/plugin.js");

/// What plug-ins may ask the host: the price of a thing.
fn price_of(args: &[Value]) -> Result<Value, ScriptError> {
    match args.first().and_then(Value::as_str) {
        Some("apple") => Ok(json!(3)),
        Some("pear") => Ok(json!(4)),
        other => Err(ScriptError::new(format!("no price for {other:?}")).with_code("ERR_NO_PRICE")),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut runtime = Runtime::builder().function("priceOf", price_of).build()?;
    let plugin = runtime.load(PLUGIN)?;

    let total = runtime.call(&plugin, "total", &[json!(["apple", "pear", "apple"])])?;
    println!("the total is {total}");
    // A promise is waited for.
    let upper = runtime.call(&plugin, "inAChild", &[json!("shout")])?;
    println!("a child of the plug-in says {upper}");
    match runtime.call(&plugin, "total", &[json!(["melon"])]) {
        Err(EvalError::Script(error)) => {
            println!("{error} ({})", error.code.as_deref().unwrap_or("no code"));
        }
        other => println!("unexpected: {other:?}"),
    }
    runtime.run_until_idle();
    Ok(())
}
