//! TCP and UDP on the loopback interface, both ends in one process.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream, UdpSocket},
    time::Instant,
};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::{print_rate, told};

const CONNECTIONS: usize = 64;

/// Round trips over 64 connections in one thread.
pub fn tcp_echo(count: usize) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(told)?;
    let address = listener.local_addr().map_err(told)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(told)?;
    let begun = Instant::now();
    // A client has an even number, the end that it talks to the next one.
    let mut sockets = Vec::new();
    for _ in 0..CONNECTIONS {
        sockets.push(TcpStream::connect(address).map_err(told)?);
        sockets.push(listener.accept().map_err(told)?.0);
    }
    for (index, socket) in sockets.iter_mut().enumerate() {
        socket.set_nodelay(true).map_err(told)?;
        let event = EpollEvent::new(EpollFlags::EPOLLIN, index as u64);
        epoll.add(&*socket, event).map_err(told)?;
        if index.is_multiple_of(2) {
            socket.write_all(b"ping").map_err(told)?;
        }
    }
    let mut left = count;
    let mut events = vec![EpollEvent::empty(); 2 * CONNECTIONS];
    let mut buffer = [0; 64];
    while left > 0 {
        let ready = epoll.wait(&mut events, EpollTimeout::NONE).map_err(told)?;
        for event in &events[..ready] {
            let index = event.data() as usize;
            let got = sockets[index].read(&mut buffer).map_err(told)?;
            sockets[index].write_all(&buffer[..got]).map_err(told)?;
            if index.is_multiple_of(2) {
                left = left.saturating_sub(1);
            }
        }
    }
    print_rate(count, begun);
    Ok(())
}

/// Round trips between two sockets.
pub fn udp(count: usize) -> Result<(), String> {
    let server = UdpSocket::bind("127.0.0.1:0").map_err(told)?;
    let client = UdpSocket::bind("127.0.0.1:0").map_err(told)?;
    let address = server.local_addr().map_err(told)?;
    let mut buffer = [0; 64];
    let begun = Instant::now();
    for _ in 0..count {
        client.send_to(b"ping", address).map_err(told)?;
        let (got, from) = server.recv_from(&mut buffer).map_err(told)?;
        server.send_to(&buffer[..got], from).map_err(told)?;
        client.recv_from(&mut buffer).map_err(told)?;
    }
    print_rate(count, begun);
    Ok(())
}
