//! Stream sockets: TCP and Unix, non-blocking and close-on-exec from birth.
//!
//! Source: `socket(2)`, `bind(2)`, `listen(2)`, `accept4(2)`, `connect(2)`, `tcp(7)`, `unix(7)`.

use std::{
    mem,
    net::SocketAddr,
    os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd},
};

use nix::{
    errno::Errno as Nix,
    sys::socket::{
        AddressFamily, Backlog, Shutdown, SockFlag, SockType, SockaddrLike, SockaddrStorage,
        accept4, bind, connect, getsockname, getsockopt, listen, setsockopt, shutdown, socket,
        sockopt,
    },
};

use super::{address::Family, errno::Errno};

/// How a TCP socket is to be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BindOptions {
    /// `IPV6_V6ONLY`: no IPv4 connections on an IPv6 address.
    pub(crate) ipv6_only: bool,
    /// `SO_REUSEPORT`: several sockets may listen on the port.
    pub(crate) reuse_port: bool,
}

/// How far a connect has come when the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connect {
    Done,
    /// The socket becomes writable when it is decided; [`take_error`] tells.
    InProgress,
}

/// A new TCP socket.
pub(crate) fn tcp(family: Family) -> Result<OwnedFd, Errno> {
    stream(family.of_socket())
}

/// A new Unix stream socket.
pub(crate) fn unix() -> Result<OwnedFd, Errno> {
    stream(AddressFamily::Unix)
}

fn stream(family: AddressFamily) -> Result<OwnedFd, Errno> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    Ok(socket(family, SockType::Stream, flags, None)?)
}

/// Binds a TCP socket; ports of connections that have ended are free (`SO_REUSEADDR`).
pub(crate) fn bind_ip(
    socket: impl AsFd,
    address: &SocketAddr,
    options: BindOptions,
) -> Result<(), Errno> {
    let socket = socket.as_fd();
    setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    if options.reuse_port {
        setsockopt(&socket, sockopt::ReusePort, &true)?;
    }
    if address.is_ipv6() {
        setsockopt(&socket, sockopt::Ipv6V6Only, &options.ipv6_only)?;
    }
    Ok(bind(socket.as_raw_fd(), &SockaddrStorage::from(*address))?)
}

/// Lets a bound socket be connected to.
pub(crate) fn start_listening(socket: impl AsFd, backlog: i32) -> Result<(), Errno> {
    let backlog = Backlog::new(backlog).unwrap_or(Backlog::MAXCONN);
    Ok(listen(&socket.as_fd(), backlog)?)
}

/// The next connection. `None` if there is none now; one that its peer gave up is skipped.
///
/// # Errors
/// EMFILE, ENFILE, ENOBUFS, ENOMEM: no room; the connection waits on.
pub(crate) fn accept(socket: impl AsFd) -> Result<Option<OwnedFd>, Errno> {
    let number = socket.as_fd().as_raw_fd();
    loop {
        return match accept4(number, SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK) {
            // SAFETY: the system made this descriptor for us in this very call.
            Ok(accepted) => Ok(Some(unsafe { OwnedFd::from_raw_fd(accepted) })),
            Err(Nix::EAGAIN) => Ok(None),
            Err(Nix::EINTR | Nix::ECONNABORTED | Nix::EPROTO) => continue,
            Err(errno) => Err(errno.into()),
        };
    }
}

/// Begins to connect a TCP socket.
pub(crate) fn connect_ip(socket: impl AsFd, address: &SocketAddr) -> Result<Connect, Errno> {
    let number = socket.as_fd().as_raw_fd();
    let address = SockaddrStorage::from(*address);
    started(|| connect(number, &address))
}

fn started(mut call: impl FnMut() -> nix::Result<()>) -> Result<Connect, Errno> {
    loop {
        return match call() {
            Ok(()) => Ok(Connect::Done),
            Err(Nix::EINPROGRESS) => Ok(Connect::InProgress),
            Err(Nix::EINTR) => continue,
            Err(errno) => Err(errno.into()),
        };
    }
}

/// What became of a connect: `SO_ERROR`, which is cleared.
pub(crate) fn take_error(socket: impl AsFd) -> Result<(), Errno> {
    match getsockopt(&socket.as_fd(), sockopt::SocketError)? {
        0 => Ok(()),
        errno => Err(Errno(errno)),
    }
}

/// Ends the writing half: the peer reads an end after what was written.
pub(crate) fn shutdown_write(socket: impl AsFd) -> Result<(), Errno> {
    Ok(shutdown(socket.as_fd().as_raw_fd(), Shutdown::Write)?)
}

/// Makes `close(2)` reset a connection instead of ending it.
pub(crate) fn reset_on_close(socket: impl AsFd) -> Result<(), Errno> {
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    Ok(setsockopt(&socket.as_fd(), sockopt::Linger, &linger)?)
}

/// `TCP_NODELAY`.
pub(crate) fn set_no_delay(socket: impl AsFd, on: bool) -> Result<(), Errno> {
    Ok(setsockopt(&socket.as_fd(), sockopt::TcpNoDelay, &on)?)
}

/// `SO_KEEPALIVE`; where on, the first probe after so many seconds, then ten, one a second.
///
/// # Errors
/// EINVAL: no seconds; it is on, with the system's times.
pub(crate) fn set_keep_alive(socket: impl AsFd, on: bool, delay: u32) -> Result<(), Errno> {
    let socket = socket.as_fd();
    setsockopt(&socket, sockopt::KeepAlive, &on)?;
    if on && delay == 0 {
        return Err(Errno::EINVAL);
    }
    if on {
        setsockopt(&socket, sockopt::TcpKeepIdle, &delay)?;
        setsockopt(&socket, sockopt::TcpKeepInterval, &1)?;
        setsockopt(&socket, sockopt::TcpKeepCount, &10)?;
    }
    Ok(())
}

/// Sets the type of service (the traffic class, for IPv6).
pub(crate) fn set_type_of_service(socket: impl AsFd, value: i32) -> Result<(), Errno> {
    let socket = socket.as_fd();
    match ip_family(socket)? {
        Family::V6 => Ok(setsockopt(&socket, sockopt::Ipv6TClass, &value)?),
        Family::V4 => Ok(setsockopt(&socket, sockopt::Ipv4Tos, &value)?),
    }
}

/// The type of service (the traffic class, for IPv6).
pub(crate) fn type_of_service(socket: impl AsFd) -> Result<i32, Errno> {
    let socket = socket.as_fd();
    match ip_family(socket)? {
        Family::V6 => Ok(getsockopt(&socket, sockopt::Ipv6TClass)?),
        Family::V4 => Ok(getsockopt(&socket, sockopt::Ipv4Tos)?),
    }
}

fn ip_family(socket: BorrowedFd<'_>) -> Result<Family, Errno> {
    let storage = getsockname::<SockaddrStorage>(socket.as_raw_fd())?;
    Ok(match storage.family() {
        Some(AddressFamily::Inet6) => Family::V6,
        _ => Family::V4,
    })
}

/// The address of a Unix socket as the system takes it.
struct UnixAddress {
    address: libc::sockaddr_un,
    length: libc::socklen_t,
}

impl UnixAddress {
    /// A path, or a name in the abstract namespace: its first byte is 0. A path may fill the
    /// address to its last byte, without a terminator.
    fn new(path: &[u8]) -> Result<Self, Errno> {
        // SAFETY: a `sockaddr_un` is integers only, and all of it may be zero.
        let mut address: libc::sockaddr_un = unsafe { mem::zeroed() };
        if path.is_empty() || path.len() > address.sun_path.len() {
            return Err(Errno(libc::EINVAL));
        }
        if path[0] != 0 && path.contains(&0) {
            return Err(Errno(libc::EINVAL));
        }
        address.sun_family = libc::AF_UNIX as libc::sa_family_t;
        for (slot, &byte) in address.sun_path.iter_mut().zip(path) {
            *slot = byte as libc::c_char;
        }
        let begin = mem::offset_of!(libc::sockaddr_un, sun_path);
        let is_terminated = path[0] != 0 && path.len() < address.sun_path.len();
        let length = begin + path.len() + usize::from(is_terminated);
        Ok(Self { address, length: length as libc::socklen_t })
    }

    fn pointer(&self) -> *const libc::sockaddr {
        (&raw const self.address).cast()
    }
}

/// Binds a Unix socket to a path, or to an abstract name that begins with a 0.
///
/// # Errors
/// EINVAL: longer than 108 bytes. EADDRINUSE: there is such a file.
pub(crate) fn bind_unix(socket: impl AsFd, path: &[u8]) -> Result<(), Errno> {
    let to = UnixAddress::new(path)?;
    let number = socket.as_fd().as_raw_fd();
    // SAFETY: the pointer is good for `length` bytes for as long as the call lasts.
    Ok(Nix::result(unsafe { libc::bind(number, to.pointer(), to.length) }).map(drop)?)
}

/// Connects a Unix socket. It never takes long: EAGAIN is a backlog that is full.
pub(crate) fn connect_unix(socket: impl AsFd, path: &[u8]) -> Result<Connect, Errno> {
    let to = UnixAddress::new(path)?;
    let number = socket.as_fd().as_raw_fd();
    started(|| {
        // SAFETY: the pointer is good for `length` bytes for as long as the call lasts.
        Nix::result(unsafe { libc::connect(number, to.pointer(), to.length) }).map(drop)
    })
}

#[cfg(test)]
mod tests {
    use std::{
        fs::File,
        io::{Read, Write},
    };

    use nix::{
        fcntl::{FcntlArg, FdFlag, OFlag, fcntl},
        poll::{PollFd, PollFlags, PollTimeout, poll},
    };

    use super::{super::address, *};

    const PLAIN: BindOptions = BindOptions { ipv6_only: false, reuse_port: false };

    fn listener() -> (OwnedFd, SocketAddr) {
        let listener = tcp(Family::V4).unwrap();
        bind_ip(&listener, &"127.0.0.1:0".parse().unwrap(), PLAIN).unwrap();
        start_listening(&listener, 16).unwrap();
        let address = address::local(&listener).unwrap().unwrap();
        (listener, address)
    }

    fn wait(fd: &OwnedFd, flags: PollFlags) {
        poll(&mut [PollFd::new(fd.as_fd(), flags)], PollTimeout::NONE).unwrap();
    }

    fn assert_born_right(fd: &OwnedFd) {
        let flags = FdFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFD).unwrap());
        assert!(flags.contains(FdFlag::FD_CLOEXEC));
        let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL).unwrap());
        assert!(flags.contains(OFlag::O_NONBLOCK));
    }

    /// Both ends as they come from connect and accept.
    fn connected() -> (OwnedFd, OwnedFd) {
        let (listener, address) = listener();
        assert!(accept(&listener).unwrap().is_none());
        let client = tcp(Family::of(&address)).unwrap();
        connect_ip(&client, &address).unwrap();
        wait(&listener, PollFlags::POLLIN);
        let server = accept(&listener).unwrap().unwrap();
        wait(&client, PollFlags::POLLOUT);
        take_error(&client).unwrap();
        (client, server)
    }

    #[test]
    fn sockets_are_cloexec_and_nonblocking_at_birth() {
        let (client, server) = connected();
        let unix_socket = unix().unwrap();
        for fd in [&client, &server, &unix_socket, &tcp(Family::V4).unwrap()] {
            assert_born_right(fd);
        }
    }

    #[test]
    fn a_connection_carries_bytes_and_its_end() {
        let (client, server) = connected();
        let mut client = File::from(client);
        client.write_all(b"hello").unwrap();
        shutdown_write(&client).unwrap();
        wait(&server, PollFlags::POLLIN);
        let mut text = String::new();
        File::from(server).read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
    }

    #[test]
    fn errors_of_connecting() {
        let (listener, address) = listener();
        drop(listener);
        let client = tcp(Family::V4).unwrap();
        let refused = connect_ip(&client, &address).and_then(|_| {
            wait(&client, PollFlags::POLLOUT);
            take_error(&client)
        });
        assert_eq!(refused, Err(Errno(libc::ECONNREFUSED)));
        let unix_socket = unix().unwrap();
        let missing = connect_unix(&unix_socket, b"/nonexistent/socket");
        assert_eq!(missing, Err(Errno(libc::ENOENT)));
    }

    #[test]
    fn a_port_is_taken_once() {
        let (_listener, address) = listener();
        let second = tcp(Family::V4).unwrap();
        assert_eq!(bind_ip(&second, &address, PLAIN), Err(Errno(libc::EADDRINUSE)));
    }

    #[test]
    fn unix_sockets_have_paths_and_abstract_names() {
        let folder = std::env::temp_dir().join(format!("rjs-socket-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("s");
        let path = path.to_str().unwrap().as_bytes();
        let name = format!("\0rjs-{}", std::process::id());
        for path in [path, name.as_bytes()] {
            let listener = unix().unwrap();
            bind_unix(&listener, path).unwrap();
            start_listening(&listener, 1).unwrap();
            let client = unix().unwrap();
            assert_eq!(connect_unix(&client, path), Ok(Connect::Done));
            assert_born_right(&accept(&listener).unwrap().unwrap());
        }
        let full = format!("{}/{}", folder.display(), "x".repeat(200));
        let socket = unix().unwrap();
        bind_unix(&socket, &full.as_bytes()[..108]).unwrap();
        assert!(std::fs::exists(&full[..108]).unwrap());
        for bad in [&full.as_bytes()[..109], b"", b"a\0b"] {
            assert_eq!(bind_unix(&socket, bad), Err(Errno(libc::EINVAL)));
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn options() {
        let (client, server) = connected();
        set_no_delay(&client, true).unwrap();
        assert!(getsockopt(&client, sockopt::TcpNoDelay).unwrap());
        set_keep_alive(&client, true, 7).unwrap();
        assert_eq!(getsockopt(&client, sockopt::TcpKeepIdle).unwrap(), 7);
        assert_eq!(set_keep_alive(&client, true, 0), Err(Errno(libc::EINVAL)));
        set_type_of_service(&client, 0x10).unwrap();
        assert_eq!(type_of_service(&client), Ok(0x10));
        reset_on_close(&client).unwrap();
        drop(client);
        wait(&server, PollFlags::POLLIN);
        let error = File::from(server).read(&mut [0]).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ECONNRESET));
    }

    #[test]
    fn ipv6_only_leaves_the_ipv4_port_free() {
        let options = BindOptions { ipv6_only: true, reuse_port: false };
        let first = tcp(Family::V6).unwrap();
        if bind_ip(&first, &"[::]:0".parse().unwrap(), options).is_err() {
            return; // a machine without IPv6
        }
        let port = address::local(&first).unwrap().unwrap().port();
        let second = tcp(Family::V4).unwrap();
        bind_ip(&second, &SocketAddr::from(([0, 0, 0, 0], port)), PLAIN).unwrap();
    }
}
