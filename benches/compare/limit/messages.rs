//! Lines on a socket between two processes.

use std::{
    env,
    io::{BufWriter, Read, Write, stdin},
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::{Child, Command, Stdio},
    time::Instant,
};

use super::{ARGUMENT, print_rate, told};

/// How much is read or written at once.
const BLOCK: usize = 64 * 1024;

/// This program as a child whose standard input is the other end of a socket.
pub fn child(args: &[&str]) -> Result<(Child, UnixStream), String> {
    let (own, other) = UnixStream::pair().map_err(told)?;
    let program = env::current_exe().map_err(told)?;
    let mut command = Command::new(program);
    command.arg(ARGUMENT).args(args).stdin(Stdio::from(OwnedFd::from(other)));
    Ok((command.spawn().map_err(told)?, own))
}

/// The socket that [`child`] gave this process.
pub fn channel() -> Result<UnixStream, String> {
    stdin().as_fd().try_clone_to_owned().map(UnixStream::from).map_err(told)
}

fn line(bytes: usize) -> Vec<u8> {
    let mut line = vec![b'x'; bytes];
    if let Some(last) = line.last_mut() {
        *last = b'\n';
    }
    line
}

/// The child of `fork`.
pub fn say_ready() -> Result<(), String> {
    channel()?.write_all(b"\"ready\"\n").map_err(told)
}

/// A line there and back, again and again.
pub fn ping_pong(bytes: usize, count: usize) -> Result<(), String> {
    let (mut child, mut channel) = child(&["echo"])?;
    let line = line(bytes);
    let mut answer = vec![0; bytes];
    let begun = Instant::now();
    for _ in 0..count {
        channel.write_all(&line).map_err(told)?;
        channel.read_exact(&mut answer).map_err(told)?;
    }
    print_rate(count, begun);
    drop(channel);
    child.wait().map(drop).map_err(told)
}

/// The child of [`ping_pong`].
pub fn echo() -> Result<(), String> {
    let mut channel = channel()?;
    let mut buffer = vec![0; 1024 * 1024];
    let mut line = Vec::new();
    loop {
        let count = channel.read(&mut buffer).map_err(told)?;
        if count == 0 {
            return Ok(());
        }
        line.extend_from_slice(&buffer[..count]);
        if line.ends_with(b"\n") {
            channel.write_all(&line).map_err(told)?;
            line.clear();
        }
    }
}

/// Many lines in one direction, as many as fit in each write.
pub fn one_way(bytes: usize, count: usize) -> Result<(), String> {
    let (mut child, mut channel) = child(&["count", &count.to_string()])?;
    let line = line(bytes);
    let begun = Instant::now();
    let mut writer = BufWriter::with_capacity(BLOCK, &channel);
    for _ in 0..count {
        writer.write_all(&line).map_err(told)?;
    }
    writer.flush().map_err(told)?;
    drop(writer);
    channel.read_exact(&mut [0]).map_err(told)?;
    print_rate(count, begun);
    child.wait().map(drop).map_err(told)
}

/// The child of [`one_way`].
pub fn count(lines: usize) -> Result<(), String> {
    let mut channel = channel()?;
    let mut buffer = vec![0; BLOCK];
    let mut left = lines;
    while left > 0 {
        let count = channel.read(&mut buffer).map_err(told)?;
        if count == 0 {
            return Err("lines are missing".to_owned());
        }
        left -= memchr::memchr_iter(b'\n', &buffer[..count]).count();
    }
    channel.write_all(b"\n").map_err(told)
}
