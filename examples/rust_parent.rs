//! A Rust program as the parent of a program of rjs or Node: messages both ways, and a listening socket that
//! the child answers on.
//!
//! `cargo run --example rust_parent [RUNTIME]`; the runtime is `node` unless another is named.

use std::{
    error::Error,
    io::Read,
    net::{TcpListener, TcpStream},
    process::Command,
};

use rjs::channel::{Channel, Handle, HandleKind};
use serde_json::json;

/// What the child runs: it answers each message, and greets on a server that it is sent.
const CHILD: &str = "
process.on('message', (message, server) => {
  if (message === 'end') return process.disconnect();
  if (server) {
    server.on('connection', (socket) => { socket.end('hello from the child'); server.close(); });
    return process.send('listening');
  }
  process.send({ sum: message.numbers.reduce((sum, number) => sum + number, 0) });
});";

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = std::env::args().nth(1).unwrap_or_else(|| "node".to_owned());
    let mut command = Command::new(runtime);
    command.args(["-e", CHILD]);
    let (mut child, mut channel) = Channel::spawn(command)?;

    channel.send(&json!({ "numbers": [1, 2, 3] }))?;
    let answer = channel.receive()?.ok_or("the child is gone")?;
    println!("the child says {}", answer.value);

    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    channel.send_handle(&"serve", Handle { kind: HandleKind::Server, fd: listener.into() })?;
    let answer = channel.receive()?.ok_or("the child is gone")?;
    println!("the child is {}", answer.value);
    let mut greeting = String::new();
    TcpStream::connect(address)?.read_to_string(&mut greeting)?;
    println!("its server says {greeting:?}");

    channel.send(&"end")?;
    channel.flush()?;
    println!("the child ends with {:?}", child.wait()?.code());
    Ok(())
}
