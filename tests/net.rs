//! Servers that run out of descriptors.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    process::{Command, Stdio},
    time::Duration,
};

/// More than the server may have open at once.
const CONNECTIONS: usize = 60;

const SERVER: &str = "
const net = require('net');
let answered = 0;
const server = net.createServer((socket) => {
  answered++;
  socket.on('error', (error) => console.log('socket', error.code));
  socket.resume();
  socket.write('hello');
  if (answered === 60) server.close(() => console.log('closed'));
});
server.on('error', (error) => console.log('error', error.code));
server.on('drop', () => console.log('drop'));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
";

#[test]
fn connections_wait_until_there_are_descriptors_again() {
    let mut server = Command::new("sh")
        .args(["-c", "ulimit -n 24 && exec \"$0\" -e \"$1\"", env!("CARGO_BIN_EXE_rjs"), SERVER])
        .env_remove("NODE_OPTIONS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh and rjs can be started");
    let mut output = BufReader::new(server.stdout.take().expect("its output is a pipe"));
    let mut port = String::new();
    output.read_line(&mut port).expect("the server tells its port");
    let port: u16 = port.trim().parse().expect("a port");
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let client = TcpStream::connect(("127.0.0.1", port)).expect("the backlog has room");
        client.set_read_timeout(Some(Duration::from_mins(1))).expect("a limit can be set");
        clients.push(client);
    }
    for mut client in clients {
        let mut hello = [0; 5];
        client.read_exact(&mut hello).expect("every connection is answered in the end");
        assert_eq!(&hello, b"hello");
    }
    let mut rest = String::new();
    output.read_to_string(&mut rest).expect("the rest can be read");
    assert_eq!(rest, "closed\n");
    assert!(server.wait().expect("it has ended").success());
}
