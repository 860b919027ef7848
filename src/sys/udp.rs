//! UDP sockets, non-blocking and close-on-exec from birth.
//!
//! Source: `udp(7)`, `ip(7)`, `ipv6(7)`, `socket(7)`.

use std::{
    io::IoSlice,
    mem,
    net::SocketAddr,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
};

use nix::{
    errno::Errno as Nix,
    sys::socket::{
        self, MsgFlags, SetSockOpt, SockFlag, SockType, SockaddrStorage, getsockopt, setsockopt,
        sockopt,
    },
};

use super::{
    address::{self, Family},
    errno::Errno,
};

/// The longest datagram that IP can carry, in bytes: room for one read.
pub(crate) const MAX_DATAGRAM: usize = 64 * 1024;

/// How a socket is to be bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BindOptions {
    /// `SO_REUSEADDR`: others that say so too may have the same address.
    pub(crate) reuse_address: bool,
    /// `SO_REUSEPORT`: the datagrams are spread over all sockets that say so.
    pub(crate) reuse_port: bool,
    /// `IPV6_V6ONLY`: no IPv4 datagrams on an IPv6 address.
    pub(crate) ipv6_only: bool,
}

/// Which of a socket's two buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Buffer {
    Receive,
    Send,
}

/// A new socket, not bound.
pub(crate) fn create(family: Family) -> Result<OwnedFd, Errno> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    Ok(socket::socket(family.of_socket(), SockType::Datagram, flags, None)?)
}

/// The family of a socket that came from elsewhere; `None` if it is no UDP socket.
pub(crate) fn family_of(socket: impl AsFd) -> Option<Family> {
    let kind = getsockopt(&socket.as_fd(), sockopt::SockType).ok()?;
    let local = address::local(socket).ok()??;
    (kind == SockType::Datagram).then(|| Family::of(&local))
}

/// Binds a socket.
///
/// # Errors
/// EINVAL where the address is of another family than the socket, and as `bind(2)`.
pub(crate) fn bind(
    socket: impl AsFd,
    address: &SocketAddr,
    options: BindOptions,
) -> Result<(), Errno> {
    let socket = socket.as_fd();
    if options.reuse_address {
        set(socket, sockopt::ReuseAddr, &true)?;
    }
    if options.reuse_port {
        set(socket, sockopt::ReusePort, &true)?;
    }
    if options.ipv6_only {
        set(socket, sockopt::Ipv6V6Only, &true)?;
    }
    match socket::bind(socket.as_raw_fd(), &SockaddrStorage::from(*address)) {
        Err(Nix::EAFNOSUPPORT) => Err(Errno(libc::EINVAL)),
        outcome => Ok(outcome?),
    }
}

/// Fixes the peer that the socket sends to and receives from.
pub(crate) fn connect(socket: impl AsFd, address: &SocketAddr) -> Result<(), Errno> {
    let number = socket.as_fd().as_raw_fd();
    let address = SockaddrStorage::from(*address);
    retried(|| socket::connect(number, &address))
}

/// Frees a socket of its peer.
pub(crate) fn disconnect(socket: impl AsFd) -> Result<(), Errno> {
    let nobody = libc::sockaddr { sa_family: libc::AF_UNSPEC as _, sa_data: [0; 14] };
    retried(|| {
        // SAFETY: the address is a whole `sockaddr`, as the length says.
        let result = unsafe {
            libc::connect(
                socket.as_fd().as_raw_fd(),
                &raw const nobody,
                mem::size_of::<libc::sockaddr>() as libc::socklen_t,
            )
        };
        Nix::result(result).map(drop)
    })
}

/// Sends one datagram, to the connected peer where no address is given; returns its length in
/// bytes. `None` if the socket takes none now.
pub(crate) fn send(
    socket: impl AsFd,
    parts: &[IoSlice<'_>],
    address: Option<&SocketAddr>,
) -> Result<Option<usize>, Errno> {
    let number = socket.as_fd().as_raw_fd();
    let address = address.map(|address| SockaddrStorage::from(*address));
    let flags = MsgFlags::MSG_NOSIGNAL;
    match retried(|| socket::sendmsg(number, parts, &[], flags, address.as_ref())) {
        Ok(count) => Ok(Some(count)),
        Err(Errno(libc::EAGAIN | libc::ENOBUFS)) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// Receives one datagram: its length, and who sent it. `None` if there is none now.
pub(crate) fn receive(
    socket: impl AsFd,
    buffer: &mut [u8],
) -> Result<Option<(usize, Option<SocketAddr>)>, Errno> {
    let number = socket.as_fd().as_raw_fd();
    match retried(|| socket::recvfrom::<SockaddrStorage>(number, buffer)) {
        Ok((count, from)) => Ok(Some((count, from.as_ref().and_then(address::from_storage)))),
        Err(Errno(libc::EAGAIN)) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// The size of a buffer, in bytes; Linux reports twice what was asked for.
pub(crate) fn buffer_size(socket: impl AsFd, buffer: Buffer) -> Result<usize, Errno> {
    Ok(match buffer {
        Buffer::Receive => getsockopt(&socket.as_fd(), sockopt::RcvBuf)?,
        Buffer::Send => getsockopt(&socket.as_fd(), sockopt::SndBuf)?,
    })
}

/// Asks for a buffer of so many bytes.
pub(crate) fn set_buffer_size(socket: impl AsFd, buffer: Buffer, size: usize) -> Result<(), Errno> {
    match buffer {
        Buffer::Receive => set(socket.as_fd(), sockopt::RcvBuf, &size),
        Buffer::Send => set(socket.as_fd(), sockopt::SndBuf, &size),
    }
}

/// `SO_BROADCAST`: whether the socket may send to broadcast addresses.
pub(crate) fn set_broadcast(socket: impl AsFd, on: bool) -> Result<(), Errno> {
    set(socket.as_fd(), sockopt::Broadcast, &on)
}

/// How many routers a datagram passes at most: 1 to 255.
pub(crate) fn set_ttl(socket: impl AsFd, family: Family, hops: u8) -> Result<(), Errno> {
    match family {
        Family::V4 => set(socket.as_fd(), sockopt::Ipv4Ttl, &i32::from(hops)),
        Family::V6 => set(socket.as_fd(), sockopt::Ipv6Ttl, &i32::from(hops)),
    }
}

fn set<O: SetSockOpt>(socket: BorrowedFd<'_>, option: O, value: &O::Val) -> Result<(), Errno> {
    Ok(setsockopt(&socket, option, value)?)
}

/// Calls again as long as a signal interrupts.
fn retried<T>(mut call: impl FnMut() -> nix::Result<T>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Nix::EINTR) => {}
            outcome => return Ok(outcome?),
        }
    }
}

#[cfg(test)]
mod tests {
    use nix::fcntl::{FcntlArg, OFlag, fcntl};

    use super::*;

    fn bound(text: &str, family: Family) -> (OwnedFd, SocketAddr) {
        let socket = create(family).unwrap();
        let address = address::parse(text, 0, family).unwrap();
        bind(&socket, &address, BindOptions::default()).unwrap();
        let address = address::local(&socket).unwrap().unwrap();
        (socket, address)
    }

    /// Receives as soon as something is there.
    fn receive_next(socket: &OwnedFd, buffer: &mut [u8]) -> (usize, Option<SocketAddr>) {
        loop {
            if let Some(received) = receive(socket, buffer).unwrap() {
                return received;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn sockets_are_born_cloexec_and_nonblocking() {
        let socket = create(Family::V4).unwrap();
        assert_eq!(fcntl(&socket, FcntlArg::F_GETFD).unwrap(), libc::FD_CLOEXEC);
        let flags = OFlag::from_bits_retain(fcntl(&socket, FcntlArg::F_GETFL).unwrap());
        assert!(flags.contains(OFlag::O_NONBLOCK));
        assert_eq!(receive(&socket, &mut [0; 8]).unwrap(), None);
    }

    #[test]
    fn datagrams_keep_their_bounds_and_name_their_sender() {
        for (host, family) in [("127.0.0.1", Family::V4), ("::1", Family::V6)] {
            let (a, from) = bound(host, family);
            let (b, to) = bound(host, family);
            let parts = [IoSlice::new(b"one "), IoSlice::new(b"two")];
            assert_eq!(send(&a, &parts, Some(&to)).unwrap(), Some(7));
            assert_eq!(send(&a, &[IoSlice::new(b"")], Some(&to)).unwrap(), Some(0));
            let mut buffer = [0; 64];
            assert_eq!(receive_next(&b, &mut buffer), (7, Some(from)));
            assert_eq!(&buffer[..7], b"one two");
            assert_eq!(receive_next(&b, &mut buffer), (0, Some(from)));
        }
    }

    #[test]
    fn a_peer_is_fixed_and_freed() {
        let (a, _) = bound("127.0.0.1", Family::V4);
        let (b, to) = bound("127.0.0.1", Family::V4);
        connect(&a, &to).unwrap();
        assert_eq!(address::peer(&a).unwrap(), Some(to));
        send(&a, &[IoSlice::new(b"x")], None).unwrap();
        assert_eq!(receive_next(&b, &mut [0; 8]).0, 1);
        disconnect(&a).unwrap();
        assert_eq!(address::peer(&a).unwrap_err().errno, Errno(libc::ENOTCONN));
    }

    #[test]
    fn bad_uses_have_their_errors() {
        let (a, address) = bound("127.0.0.1", Family::V4);
        let big = vec![0; MAX_DATAGRAM];
        let error = send(&a, &[IoSlice::new(&big)], Some(&address)).unwrap_err();
        assert_eq!(error.name(), Some("EMSGSIZE"));
        let other = create(Family::V4).unwrap();
        let error = bind(&other, &address, BindOptions::default()).unwrap_err();
        assert_eq!(error.name(), Some("EADDRINUSE"));
        let v6 = address::parse_any("::1", 0).unwrap();
        let error = bind(&other, &v6, BindOptions::default()).unwrap_err();
        assert_eq!(error.name(), Some("EINVAL"));
    }

    #[test]
    fn reused_addresses() {
        let options = BindOptions { reuse_port: true, ..BindOptions::default() };
        let (first, second) = (create(Family::V4).unwrap(), create(Family::V4).unwrap());
        bind(&first, &address::parse_any("127.0.0.1", 0).unwrap(), options).unwrap();
        bind(&second, &address::local(&first).unwrap().unwrap(), options).unwrap();
    }

    #[test]
    fn options_are_set() {
        let (a, _) = bound("127.0.0.1", Family::V4);
        set_broadcast(&a, true).unwrap();
        set_ttl(&a, Family::V4, 9).unwrap();
        assert_eq!(getsockopt(&a, sockopt::Ipv4Ttl).unwrap(), 9);
        for buffer in [Buffer::Receive, Buffer::Send] {
            set_buffer_size(&a, buffer, 10_000).unwrap();
            assert_eq!(buffer_size(&a, buffer).unwrap(), 20_000);
        }
        assert_eq!(family_of(&a), Some(Family::V4));
        assert_eq!(family_of(create(Family::V6).unwrap()), Some(Family::V6));
        assert_eq!(family_of(std::net::TcpListener::bind("127.0.0.1:0").unwrap()), None);
    }
}
