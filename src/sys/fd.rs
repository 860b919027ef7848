//! File descriptors: made, borrowed by number, and looked at. Every one is CLOEXEC from birth.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::{
    fcntl::{FcntlArg, FdFlag, OFlag, fcntl, open},
    sys::{
        socket::{
            AddressFamily, SockFlag, SockType, SockaddrLike, SockaddrStorage, getsockname,
            getsockopt, socketpair, sockopt,
        },
        stat::{Mode, SFlag, fstat},
    },
    unistd::{isatty, pipe2},
};

use super::{errno::Errno, error::SysError, faults};

/// What a descriptor is, as Node tells them apart to choose a stream for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FdKind {
    /// A terminal.
    Tty,
    /// A regular file or a character device.
    File,
    /// A pipe, a FIFO or a connected-oriented Unix socket.
    Pipe,
    /// A TCP socket.
    Tcp,
    /// A UDP socket.
    Udp,
    /// Anything else, closed ones among it.
    Unknown,
}

impl FdKind {
    /// The name that Node's `guessHandleType` gives it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tty => "TTY",
            Self::File => "FILE",
            Self::Pipe => "PIPE",
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// A connected pair of Unix stream sockets, blocking.
pub(crate) fn stream_pair() -> Result<(OwnedFd, OwnedFd), SysError> {
    let told = |errno: Errno| SysError::new(errno, "socketpair");
    faults::check().map_err(told)?;
    socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)
        .map_err(|errno| told(errno.into()))
}

/// A pipe, blocking: the end to read from, the end to write to.
pub(crate) fn pipe() -> Result<(OwnedFd, OwnedFd), SysError> {
    pipe2(OFlag::O_CLOEXEC).map_err(|errno| SysError::new(errno, "pipe"))
}

/// `/dev/null`, to read from and write to.
pub(crate) fn null_device() -> Result<OwnedFd, SysError> {
    open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())
        .map_err(|errno| SysError::new(errno, "open").about_path("/dev/null"))
}

/// Sets or clears `O_NONBLOCK`, which belongs to the open file, not to the descriptor alone.
pub(crate) fn set_nonblocking(fd: impl AsFd, nonblocking: bool) -> Result<(), SysError> {
    let told = |errno| SysError::new(errno, "fcntl");
    faults::check().map_err(|errno| SysError::new(errno, "fcntl"))?;
    let flags = OFlag::from_bits_retain(fcntl(fd.as_fd(), FcntlArg::F_GETFL).map_err(told)?);
    if flags.contains(OFlag::O_NONBLOCK) == nonblocking {
        return Ok(());
    }
    let mut changed = flags;
    changed.set(OFlag::O_NONBLOCK, nonblocking);
    fcntl(fd.as_fd(), FcntlArg::F_SETFL(changed)).map(drop).map_err(told)
}

/// Whether `O_NONBLOCK` is set.
pub(crate) fn is_nonblocking(fd: impl AsFd) -> bool {
    fcntl(fd, FcntlArg::F_GETFL)
        .is_ok_and(|flags| OFlag::from_bits_retain(flags).contains(OFlag::O_NONBLOCK))
}

/// Another descriptor of the same open file.
pub(crate) fn duplicate(fd: impl AsFd) -> Result<OwnedFd, SysError> {
    fd.as_fd().try_clone_to_owned().map_err(|error| SysError::new(Errno::of(&error), "dup"))
}

/// The descriptor of this number for as long as a call lasts: a program names descriptors by
/// number.
///
/// # Errors
/// `EBADF` if no descriptor has this number.
pub(crate) fn borrow(number: RawFd) -> Result<BorrowedFd<'static>, SysError> {
    if !is_open(number) {
        return Err(SysError::new(Errno(libc::EBADF), "fcntl"));
    }
    // SAFETY: the descriptor is open, `is_open` has just said so, and not -1.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}

/// Takes ownership of a descriptor that the process was started with, and makes it CLOEXEC.
///
/// The caller must be the only one to take this number: it comes from the environment or the
/// command line, where whoever started the process put it for this purpose.
///
/// # Errors
/// `EBADF` if no descriptor has this number.
pub(crate) fn adopt(number: RawFd) -> Result<OwnedFd, SysError> {
    let fd = borrow(number)?;
    fcntl(fd, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))
        .map_err(|errno| SysError::new(errno, "fcntl"))?;
    // SAFETY: open, as `borrow` found; the caller vouches that nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Whether a descriptor of this number is open.
pub(crate) fn is_open(number: RawFd) -> bool {
    // SAFETY: F_GETFD takes no pointer and changes nothing, whatever the number is.
    number >= 0 && unsafe { libc::fcntl(number, libc::F_GETFD) } >= 0
}

/// What a descriptor is.
pub(crate) fn kind(fd: impl AsFd) -> FdKind {
    let fd = fd.as_fd();
    let Ok(stat) = fstat(fd) else { return FdKind::Unknown };
    match SFlag::from_bits_truncate(stat.st_mode & libc::S_IFMT) {
        SFlag::S_IFCHR if isatty(fd) == Ok(true) => FdKind::Tty,
        SFlag::S_IFREG | SFlag::S_IFCHR => FdKind::File,
        SFlag::S_IFIFO => FdKind::Pipe,
        SFlag::S_IFSOCK => socket_kind(fd),
        _ => FdKind::Unknown,
    }
}

/// Whether a descriptor is a connected Unix stream socket, as an IPC channel is.
pub(crate) fn is_unix_stream(fd: impl AsFd) -> bool {
    socket_kind(fd.as_fd()) == FdKind::Pipe
}

/// Whether a descriptor is a socket that listens for connections.
pub(crate) fn is_listening(fd: impl AsFd) -> bool {
    getsockopt(&fd.as_fd(), sockopt::AcceptConn) == Ok(true)
}

fn socket_kind(fd: BorrowedFd<'_>) -> FdKind {
    let Ok(socket_type) = getsockopt(&fd, sockopt::SockType) else { return FdKind::Unknown };
    let address = getsockname::<SockaddrStorage>(fd.as_raw_fd());
    let Some(family) = address.ok().and_then(|address| address.family()) else {
        return FdKind::Unknown;
    };
    match (socket_type, family) {
        (SockType::Stream, AddressFamily::Unix) => FdKind::Pipe,
        (SockType::Stream, AddressFamily::Inet | AddressFamily::Inet6) => FdKind::Tcp,
        (SockType::Datagram, AddressFamily::Inet | AddressFamily::Inet6) => FdKind::Udp,
        _ => FdKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::File,
        net::{TcpListener, UdpSocket},
        os::unix::net::UnixDatagram,
    };

    use super::*;

    fn flags(fd: impl AsFd, get: FcntlArg<'_>) -> i32 {
        fcntl(fd.as_fd(), get).unwrap()
    }

    #[test]
    fn every_descriptor_is_cloexec_at_birth() {
        let (a, b) = stream_pair().unwrap();
        let (c, d) = pipe().unwrap();
        for fd in [&a, &b, &c, &d, &null_device().unwrap(), &duplicate(&a).unwrap()] {
            assert_eq!(flags(fd, FcntlArg::F_GETFD), libc::FD_CLOEXEC);
        }
    }

    #[test]
    fn nonblocking_is_set_and_cleared() {
        let (a, _b) = pipe().unwrap();
        for nonblocking in [true, true, false, false, true] {
            set_nonblocking(&a, nonblocking).unwrap();
            let set = flags(&a, FcntlArg::F_GETFL) & libc::O_NONBLOCK != 0;
            assert_eq!(set, nonblocking);
        }
    }

    #[test]
    fn kinds() {
        let (pair, _other) = stream_pair().unwrap();
        let (read, _write) = pipe().unwrap();
        let pty = nix::pty::openpty(None, None);
        assert_eq!(kind(&pair), FdKind::Pipe);
        assert_eq!(kind(&read), FdKind::Pipe);
        assert_eq!(kind(null_device().unwrap()), FdKind::File);
        assert_eq!(kind(File::open("/proc/self/exe").unwrap()), FdKind::File);
        assert_eq!(kind(File::open("/").unwrap()), FdKind::Unknown);
        assert_eq!(kind(TcpListener::bind("127.0.0.1:0").unwrap()), FdKind::Tcp);
        assert_eq!(kind(UdpSocket::bind("127.0.0.1:0").unwrap()), FdKind::Udp);
        assert_eq!(kind(UnixDatagram::unbound().unwrap()), FdKind::Unknown);
        if let Ok(pty) = pty {
            assert_eq!(kind(pty.slave), FdKind::Tty);
        }
    }

    #[test]
    fn only_a_unix_stream_socket_is_a_channel() {
        let (pair, _other) = stream_pair().unwrap();
        assert!(is_unix_stream(&pair));
        assert!(!is_unix_stream(pipe().unwrap().0));
        assert!(!is_unix_stream(UnixDatagram::unbound().unwrap()));
        assert!(!is_unix_stream(TcpListener::bind("127.0.0.1:0").unwrap()));
        assert!(!is_unix_stream(null_device().unwrap()));
    }

    #[test]
    fn numbers_that_are_no_descriptor_are_ebadf() {
        for number in [-1, RawFd::MIN, RawFd::MAX] {
            assert_eq!(borrow(number).unwrap_err().errno, Errno(libc::EBADF));
            assert_eq!(adopt(number).unwrap_err().errno, Errno(libc::EBADF));
        }
    }

    #[test]
    fn an_adopted_descriptor_is_cloexec() {
        let (a, _b) = pipe().unwrap();
        fcntl(&a, FcntlArg::F_SETFD(FdFlag::empty())).unwrap();
        let number = std::os::fd::IntoRawFd::into_raw_fd(a);
        let adopted = adopt(number).unwrap();
        assert_eq!(adopted.as_raw_fd(), number);
        assert_eq!(flags(&adopted, FcntlArg::F_GETFD), libc::FD_CLOEXEC);
    }
}
