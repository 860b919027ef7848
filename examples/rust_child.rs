//! A Rust program as the child of a program of rjs or Node: it answers what its parent sends.
//!
//! `cargo run --example rust_child` says how a parent starts it.

use std::error::Error;

use rjs::channel::Channel;
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(mut channel) = Channel::to_parent()? else {
        println!(
            "start me with child_process.fork(path, {{ execPath: path }}) and send me messages"
        );
        return Ok(());
    };
    while let Some(message) = channel.receive()? {
        channel.send(&json!({ "echo": message.value, "pid": std::process::id() }))?;
    }
    Ok(())
}
