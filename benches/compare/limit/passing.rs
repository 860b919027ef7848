//! Servers and sockets that go to another process.

use std::{
    env,
    io::{IoSlice, IoSliceMut, Read, Write, stdin},
    net::{SocketAddr, TcpListener, TcpStream},
    os::{
        fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd},
        unix::net::UnixStream,
    },
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};

use super::{ARGUMENT, messages, print_rate, told};

/// How many connections are open at a time.
const WIDTH: usize = 8;

/// Connections to a server that two children have.
pub fn server(count: usize) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(told)?;
    let address = listener.local_addr().map_err(told)?;
    let program = env::current_exe().map_err(told)?;
    let mut children = Vec::new();
    for _ in 0..2 {
        let listener = listener.try_clone().map_err(told)?;
        let mut command = Command::new(&program);
        command.args([ARGUMENT, "serve"]).stdin(Stdio::from(OwnedFd::from(listener)));
        children.push(command.spawn().map_err(told)?);
    }
    drop(listener);
    let begun = Instant::now();
    connect_all(address, count)?;
    print_rate(count, begun);
    for child in &mut children {
        child.kill().and_then(|()| child.wait()).map_err(told)?;
    }
    Ok(())
}

/// The child of [`server`]: until it is killed.
pub fn serve() -> Result<(), String> {
    let listener = stdin().as_fd().try_clone_to_owned().map(TcpListener::from).map_err(told)?;
    loop {
        let (mut socket, _) = listener.accept().map_err(told)?;
        socket.write_all(b"x").map_err(told)?;
    }
}

/// Sockets that go to a child one by one.
pub fn sockets(count: usize) -> Result<(), String> {
    let (mut child, channel) = messages::child(&["answer"])?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(told)?;
    let address = listener.local_addr().map_err(told)?;
    let begun = Instant::now();
    let passing = thread::spawn(move || {
        for _ in 0..count {
            let (socket, _) = listener.accept().map_err(told)?;
            let fds = [socket.as_raw_fd()];
            let rights = [ControlMessage::ScmRights(&fds)];
            let bytes = [IoSlice::new(b"\n")];
            sendmsg::<()>(channel.as_raw_fd(), &bytes, &rights, MsgFlags::empty(), None)
                .map_err(told)?;
        }
        Ok::<_, String>(())
    });
    connect_all(address, count)?;
    print_rate(count, begun);
    passing.join().map_err(|_| "the thread panicked".to_owned())??;
    child.wait().map(drop).map_err(told)
}

/// The child of [`sockets`].
pub fn answer() -> Result<(), String> {
    let channel = messages::channel()?;
    while let Some(socket) = receive(&channel)? {
        nix::unistd::write(&socket, b"x").map_err(told)?;
    }
    Ok(())
}

fn receive(channel: &UnixStream) -> Result<Option<OwnedFd>, String> {
    let mut byte = [0];
    let mut slices = [IoSliceMut::new(&mut byte)];
    let mut space = nix::cmsg_space!([RawFd; 1]);
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<()>(channel.as_raw_fd(), &mut slices, Some(&mut space), flags);
    let message = message.map_err(told)?;
    for control in message.cmsgs().map_err(told)? {
        if let ControlMessageOwned::ScmRights(fds) = control
            && let Some(fd) = fds.first()
        {
            // SAFETY: the kernel made this descriptor for us in this very call.
            return Ok(Some(unsafe { OwnedFd::from_raw_fd(*fd) }));
        }
    }
    Ok(None)
}

/// Connects so often, some at a time, and reads each connection to its end.
fn connect_all(address: SocketAddr, count: usize) -> Result<(), String> {
    let threads: Vec<_> = (0..WIDTH)
        .map(|index| {
            let own = count / WIDTH + usize::from(index < count % WIDTH);
            thread::spawn(move || {
                for _ in 0..own {
                    let mut socket = TcpStream::connect(address).map_err(told)?;
                    socket.read_to_end(&mut Vec::new()).map_err(told)?;
                }
                Ok::<_, String>(())
            })
        })
        .collect();
    for each in threads {
        each.join().map_err(|_| "a thread panicked".to_owned())??;
    }
    Ok(())
}
