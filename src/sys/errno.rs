//! The table of error numbers: their names and what libuv says of them.
//!
//! Source: `errno(3)` for the numbers and names, libuv's `uv_strerror` for the texts that Node shows.

/// A system call's error number, positive as in `errno(3)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Errno(pub(crate) i32);

impl Errno {
    pub(crate) const EACCES: Self = Self(libc::EACCES);
    pub(crate) const EADDRINUSE: Self = Self(libc::EADDRINUSE);
    pub(crate) const EALREADY: Self = Self(libc::EALREADY);
    pub(crate) const EBADF: Self = Self(libc::EBADF);
    pub(crate) const ECANCELED: Self = Self(libc::ECANCELED);
    pub(crate) const ECONNREFUSED: Self = Self(libc::ECONNREFUSED);
    pub(crate) const EINVAL: Self = Self(libc::EINVAL);
    pub(crate) const EMFILE: Self = Self(libc::EMFILE);
    pub(crate) const ENOBUFS: Self = Self(libc::ENOBUFS);
    pub(crate) const ENOENT: Self = Self(libc::ENOENT);
    #[cfg(test)]
    pub(crate) const ENOTTY: Self = Self(libc::ENOTTY);
    pub(crate) const EPIPE: Self = Self(libc::EPIPE);
    /// libuv's own number for the end of what is read.
    pub(crate) const EOF: Self = Self(4_095);

    /// The name, e.g. `ENOENT`; `None` for a number that no error has.
    pub(crate) fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.1)
    }

    /// What it means, in libuv's words.
    pub(crate) fn message(self) -> Option<&'static str> {
        self.row().map(|row| row.2)
    }

    /// The C library's words for it: `strerror(3)`.
    pub(crate) fn description(self) -> &'static str {
        nix::errno::Errno::from_raw(self.0).desc()
    }

    /// The number of a name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.1 == name).map(|row| Self(row.0))
    }

    /// The number that an I/O error carries; `EIO` where it carries none.
    pub(crate) fn of(error: &std::io::Error) -> Self {
        Self(error.raw_os_error().unwrap_or(libc::EIO))
    }

    /// As an error of `std`.
    pub(crate) fn into_io(self) -> std::io::Error {
        std::io::Error::from_raw_os_error(self.0)
    }

    /// The number that the calling thread's last failed system call left.
    pub(crate) fn last() -> Self {
        Self(nix::errno::Errno::last_raw())
    }

    /// True where the process or the system has no descriptor or no memory left: later it may.
    pub(crate) fn is_shortage(self) -> bool {
        matches!(self.0, libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM)
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.0 == self.0)
    }
}

impl From<nix::errno::Errno> for Errno {
    fn from(errno: nix::errno::Errno) -> Self {
        Self(errno as i32)
    }
}

/// Number, name, text.
pub(crate) type Row = (i32, &'static str, &'static str);

/// Every error that a system call or a name look-up may report. Numbers above 3000 and `EOF` are
/// libuv's own.
pub(crate) const TABLE: &[Row] = &[
    (libc::EPERM, "EPERM", "operation not permitted"),
    (libc::ENOENT, "ENOENT", "no such file or directory"),
    (libc::ESRCH, "ESRCH", "no such process"),
    (libc::EINTR, "EINTR", "interrupted system call"),
    (libc::EIO, "EIO", "i/o error"),
    (libc::ENXIO, "ENXIO", "no such device or address"),
    (libc::E2BIG, "E2BIG", "argument list too long"),
    (libc::ENOEXEC, "ENOEXEC", "exec format error"),
    (libc::EBADF, "EBADF", "bad file descriptor"),
    (libc::EAGAIN, "EAGAIN", "resource temporarily unavailable"),
    (libc::ENOMEM, "ENOMEM", "not enough memory"),
    (libc::EACCES, "EACCES", "permission denied"),
    (libc::EFAULT, "EFAULT", "bad address in system call argument"),
    (libc::EBUSY, "EBUSY", "resource busy or locked"),
    (libc::EEXIST, "EEXIST", "file already exists"),
    (libc::EXDEV, "EXDEV", "cross-device link not permitted"),
    (libc::ENODEV, "ENODEV", "no such device"),
    (libc::ENOTDIR, "ENOTDIR", "not a directory"),
    (libc::EISDIR, "EISDIR", "illegal operation on a directory"),
    (libc::EINVAL, "EINVAL", "invalid argument"),
    (libc::ENFILE, "ENFILE", "file table overflow"),
    (libc::EMFILE, "EMFILE", "too many open files"),
    (libc::ENOTTY, "ENOTTY", "inappropriate ioctl for device"),
    (libc::ETXTBSY, "ETXTBSY", "text file is busy"),
    (libc::EFBIG, "EFBIG", "file too large"),
    (libc::ENOSPC, "ENOSPC", "no space left on device"),
    (libc::ESPIPE, "ESPIPE", "invalid seek"),
    (libc::EROFS, "EROFS", "read-only file system"),
    (libc::EMLINK, "EMLINK", "too many links"),
    (libc::EPIPE, "EPIPE", "broken pipe"),
    (libc::ERANGE, "ERANGE", "result too large"),
    (libc::ENAMETOOLONG, "ENAMETOOLONG", "name too long"),
    (libc::ENOSYS, "ENOSYS", "function not implemented"),
    (libc::ENOTEMPTY, "ENOTEMPTY", "directory not empty"),
    (libc::ELOOP, "ELOOP", "too many symbolic links encountered"),
    (libc::EUNATCH, "EUNATCH", "protocol driver not attached"),
    (libc::ENODATA, "ENODATA", "no data available"),
    (libc::ENONET, "ENONET", "machine is not on the network"),
    (libc::EPROTO, "EPROTO", "protocol error"),
    (libc::EOVERFLOW, "EOVERFLOW", "value too large for defined data type"),
    (libc::EILSEQ, "EILSEQ", "illegal byte sequence"),
    (libc::ENOTSOCK, "ENOTSOCK", "socket operation on non-socket"),
    (libc::EDESTADDRREQ, "EDESTADDRREQ", "destination address required"),
    (libc::EMSGSIZE, "EMSGSIZE", "message too long"),
    (libc::EPROTOTYPE, "EPROTOTYPE", "protocol wrong type for socket"),
    (libc::ENOPROTOOPT, "ENOPROTOOPT", "protocol not available"),
    (libc::EPROTONOSUPPORT, "EPROTONOSUPPORT", "protocol not supported"),
    (libc::ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "socket type not supported"),
    (libc::ENOTSUP, "ENOTSUP", "operation not supported on socket"),
    (libc::EAFNOSUPPORT, "EAFNOSUPPORT", "address family not supported"),
    (libc::EADDRINUSE, "EADDRINUSE", "address already in use"),
    (libc::EADDRNOTAVAIL, "EADDRNOTAVAIL", "address not available"),
    (libc::ENETDOWN, "ENETDOWN", "network is down"),
    (libc::ENETUNREACH, "ENETUNREACH", "network is unreachable"),
    (libc::ECONNABORTED, "ECONNABORTED", "software caused connection abort"),
    (libc::ECONNRESET, "ECONNRESET", "connection reset by peer"),
    (libc::ENOBUFS, "ENOBUFS", "no buffer space available"),
    (libc::EISCONN, "EISCONN", "socket is already connected"),
    (libc::ENOTCONN, "ENOTCONN", "socket is not connected"),
    (libc::ESHUTDOWN, "ESHUTDOWN", "cannot send after transport endpoint shutdown"),
    (libc::ETIMEDOUT, "ETIMEDOUT", "connection timed out"),
    (libc::ECONNREFUSED, "ECONNREFUSED", "connection refused"),
    (libc::EHOSTDOWN, "EHOSTDOWN", "host is down"),
    (libc::EHOSTUNREACH, "EHOSTUNREACH", "host is unreachable"),
    (libc::EALREADY, "EALREADY", "connection already in progress"),
    (libc::EREMOTEIO, "EREMOTEIO", "remote I/O error"),
    (libc::ECANCELED, "ECANCELED", "operation canceled"),
    (3_000, "EAI_ADDRFAMILY", "address family not supported"),
    (3_001, "EAI_AGAIN", "temporary failure"),
    (3_002, "EAI_BADFLAGS", "bad ai_flags value"),
    (3_003, "EAI_CANCELED", "request canceled"),
    (3_004, "EAI_FAIL", "permanent failure"),
    (3_005, "EAI_FAMILY", "ai_family not supported"),
    (3_006, "EAI_MEMORY", "out of memory"),
    (3_007, "EAI_NODATA", "no address"),
    (3_008, "EAI_NONAME", "unknown node or service"),
    (3_009, "EAI_OVERFLOW", "argument buffer overflow"),
    (3_010, "EAI_SERVICE", "service not available for socket type"),
    (3_011, "EAI_SOCKTYPE", "socket type not supported"),
    (3_013, "EAI_BADHINTS", "invalid value for hints"),
    (3_014, "EAI_PROTOCOL", "resolved protocol is unknown"),
    (4_028, "EFTYPE", "inappropriate file type or format"),
    (4_080, "ECHARSET", "invalid Unicode character"),
    (4_094, "UNKNOWN", "unknown error"),
    (4_095, "EOF", "end of file"),
];
