//! One read or write on an IPC channel: bytes, and a descriptor beside them.
//!
//! Source: `unix(7)`, `cmsg(3)`, `sendmsg(2)`, `recvmsg(2)`.

use std::{
    io::IoSlice,
    mem,
    os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd},
    ptr,
};

use super::{errno::Errno, error::SysError};

/// The variable that tells a child the number of its end of a channel.
pub(crate) const FD_VARIABLE: &str = "NODE_CHANNEL_FD";

/// The one that tells it the serialization.
pub(crate) const MODE_VARIABLE: &str = "NODE_CHANNEL_SERIALIZATION_MODE";

/// How much to read at once (bytes), as Node does.
pub(crate) const READ_SIZE: usize = 64 * 1024;

/// What one read brought.
#[derive(Debug)]
pub(crate) struct Received {
    /// So many bytes; 0 is the end of the stream.
    pub(crate) bytes: usize,
    /// They took all the room there was: there may be more.
    pub(crate) is_filled: bool,
    /// The first descriptor that came with them. The kernel has closed all others, and one for which there was no free number.
    pub(crate) handle: Option<OwnedFd>,
}

/// Room for the control message of one descriptor, aligned as control messages are.
#[repr(C, align(8))]
struct Control([u8; CONTROL_SPACE]);

/// Space for one descriptor, padding included.
// SAFETY: CMSG_SPACE only computes with its argument.
const CONTROL_SPACE: usize = unsafe { libc::CMSG_SPACE(mem::size_of::<RawFd>() as u32) } as usize;

/// Length of a control message with one descriptor. As the size of the buffer it makes the kernel
/// pass on one descriptor and close the others; with the padding a second would fit.
// SAFETY: CMSG_LEN only computes with its argument.
const CONTROL_LENGTH: usize = unsafe { libc::CMSG_LEN(mem::size_of::<RawFd>() as u32) } as usize;

/// Reads once and appends what came; makes room for so many bytes, and uses all there is. `None` if
/// nothing is there and the channel does not block.
pub(crate) fn receive(
    channel: BorrowedFd<'_>,
    buffer: &mut Vec<u8>,
    room: usize,
) -> Result<Option<Received>, SysError> {
    let mut control = Control([0; CONTROL_SPACE]);
    buffer.reserve(room);
    let space = buffer.spare_capacity_mut();
    let capacity = space.len();
    let mut slice = libc::iovec { iov_base: space.as_mut_ptr().cast(), iov_len: capacity };
    // SAFETY: a `msghdr` is integers and pointers, and all of it may be zero.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_iov = &raw mut slice;
    message.msg_iovlen = 1;
    message.msg_control = control.0.as_mut_ptr().cast();
    message.msg_controllen = CONTROL_LENGTH as _;
    let count = retried(|| {
        // SAFETY: the header points at a buffer's spare capacity and a control buffer, which live and
        // are writable for as long as the lengths beside them say.
        unsafe { libc::recvmsg(channel.as_raw_fd(), &raw mut message, libc::MSG_CMSG_CLOEXEC) }
    });
    let Some(bytes) = unless_blocking(count, "read")? else { return Ok(None) };
    // SAFETY: the kernel has written so many bytes into the spare capacity.
    unsafe { buffer.set_len(buffer.len() + bytes) };
    let handle = first_descriptor(&message);
    Ok(Some(Received { bytes, is_filled: bytes == capacity, handle }))
}

/// Takes the descriptor out of a received message, if there is one.
fn first_descriptor(message: &libc::msghdr) -> Option<OwnedFd> {
    // SAFETY: the kernel has filled in the header, and its control buffer is alive.
    let first = unsafe { libc::CMSG_FIRSTHDR(message) };
    // SAFETY: not null means that a whole header lies in the control buffer, which is aligned.
    let header = unsafe { first.as_ref() }?;
    if header.cmsg_level != libc::SOL_SOCKET
        || header.cmsg_type != libc::SCM_RIGHTS
        || (header.cmsg_len as usize) < CONTROL_LENGTH
    {
        return None;
    }
    // SAFETY: CMSG_DATA computes the address behind the header.
    let data = unsafe { libc::CMSG_DATA(header) };
    // SAFETY: `cmsg_len` says that one descriptor's bytes lie here.
    let number = unsafe { ptr::read_unaligned(data.cast::<RawFd>()) };
    // SAFETY: the kernel made this descriptor for us in this very call.
    Some(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Writes once, with a descriptor beside the first byte if one is given. `None` if the channel
/// does not block and takes nothing now, the descriptor neither. Never raises SIGPIPE.
pub(crate) fn send(
    channel: BorrowedFd<'_>,
    bytes: &[IoSlice<'_>],
    handle: Option<BorrowedFd<'_>>,
) -> Result<Option<usize>, SysError> {
    let mut control = Control([0; CONTROL_SPACE]);
    // SAFETY: a `msghdr` is integers and pointers, and all of it may be zero.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_iov = bytes.as_ptr().cast_mut().cast(); // sendmsg only reads; IoSlice is an iovec
    message.msg_iovlen = bytes.len() as _;
    if let Some(handle) = handle {
        message.msg_control = control.0.as_mut_ptr().cast();
        message.msg_controllen = CONTROL_SPACE as _;
        put_descriptor(&message, handle);
    }
    let count = retried(|| {
        // SAFETY: the header points at buffers that live as long as the lengths beside them say.
        unsafe { libc::sendmsg(channel.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL) }
    });
    unless_blocking(count, "write")
}

/// Asks the system to take so many bytes from this end that the peer has not read; it may allow less.
pub(crate) fn set_room(channel: BorrowedFd<'_>, bytes: usize) -> Result<(), SysError> {
    nix::sys::socket::setsockopt(&channel, nix::sys::socket::sockopt::SndBuf, &bytes)
        .map_err(|errno| SysError::new(errno, "setsockopt"))
}

/// Makes a descriptor the message's one control message. The control buffer has room for it.
fn put_descriptor(message: &libc::msghdr, handle: BorrowedFd<'_>) {
    // SAFETY: the header's control buffer is alive and `CONTROL_SPACE` long.
    let first = unsafe { libc::CMSG_FIRSTHDR(message) };
    // SAFETY: the buffer is long enough for a header, so this is not null, and it is aligned.
    let header = unsafe { &mut *first };
    header.cmsg_level = libc::SOL_SOCKET;
    header.cmsg_type = libc::SCM_RIGHTS;
    header.cmsg_len = CONTROL_LENGTH as _;
    // SAFETY: CMSG_DATA computes the address behind the header.
    let data = unsafe { libc::CMSG_DATA(header) };
    // SAFETY: the buffer has room for one descriptor there.
    unsafe { ptr::write_unaligned(data.cast::<RawFd>(), handle.as_raw_fd()) };
}

/// Calls again as long as a signal interrupts.
fn retried(mut call: impl FnMut() -> isize) -> Result<usize, Errno> {
    loop {
        match usize::try_from(call()) {
            Ok(count) => return Ok(count),
            Err(_) if Errno::last() == Errno(libc::EINTR) => {}
            Err(_) => return Err(Errno::last()),
        }
    }
}

fn unless_blocking(count: Result<usize, Errno>, syscall: &str) -> Result<Option<usize>, SysError> {
    match count {
        Ok(count) => Ok(Some(count)),
        Err(Errno(libc::EAGAIN)) => Ok(None),
        Err(errno) => Err(SysError::new(errno, syscall)),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::File,
        io::{Read, Write},
        os::fd::AsFd,
        os::unix::net::UnixStream,
    };

    use nix::{
        fcntl::{FcntlArg, fcntl},
        sys::socket::{ControlMessage, MsgFlags, sendmsg},
    };

    use super::{super::fd, *};

    fn pair() -> (OwnedFd, OwnedFd) {
        let (a, b) = fd::stream_pair().unwrap();
        fd::set_nonblocking(&a, true).unwrap();
        fd::set_nonblocking(&b, true).unwrap();
        (a, b)
    }

    fn send_text(channel: &OwnedFd, text: &str, handle: Option<&OwnedFd>) -> usize {
        let bytes = [IoSlice::new(text.as_bytes())];
        send(channel.as_fd(), &bytes, handle.map(AsFd::as_fd)).unwrap().unwrap()
    }

    /// A pipe's writing end travels; what is written to its copy comes out of the reading end.
    fn assert_is_copy(copy: OwnedFd, read: OwnedFd, write: OwnedFd) {
        assert_eq!(fcntl(&copy, FcntlArg::F_GETFD).unwrap(), libc::FD_CLOEXEC);
        drop(write);
        File::from(copy).write_all(b"through").unwrap();
        let mut text = String::new();
        File::from(read).read_to_string(&mut text).unwrap();
        assert_eq!(text, "through");
    }

    #[test]
    fn a_descriptor_travels_with_its_bytes() {
        let (a, b) = pair();
        let (read, write) = fd::pipe().unwrap();
        assert_eq!(send_text(&a, "one", None), 3);
        assert_eq!(send_text(&a, "two", Some(&write)), 3);
        let mut buffer = Vec::new();
        let handle = loop {
            let received = receive(b.as_fd(), &mut buffer, 16).unwrap().unwrap();
            if let Some(handle) = received.handle {
                break handle;
            }
        };
        assert_eq!(buffer, b"onetwo");
        assert_is_copy(handle, read, write);
    }

    #[test]
    fn of_several_descriptors_the_first_is_kept_and_none_leaks() {
        let (a, b) = pair();
        let (read, write) = fd::pipe().unwrap();
        let (other_read, other_write) = fd::pipe().unwrap();
        let numbers = [write.as_raw_fd(), other_write.as_raw_fd(), other_write.as_raw_fd()];
        let rights = [ControlMessage::ScmRights(&numbers)];
        let bytes = [IoSlice::new(b"x")];
        sendmsg::<()>(a.as_raw_fd(), &bytes, &rights, MsgFlags::empty(), None).unwrap();
        drop(other_write);
        let received = receive(b.as_fd(), &mut Vec::new(), 16).unwrap().unwrap();
        // Were a copy of the other pipe's end still open, this would wait for ever.
        let mut rest = Vec::new();
        File::from(other_read).read_to_end(&mut rest).unwrap();
        assert_is_copy(received.handle.unwrap(), read, write);
    }

    #[test]
    fn several_slices_are_one_write() {
        let (a, b) = pair();
        let bytes = [IoSlice::new(b"one "), IoSlice::new(b"two "), IoSlice::new(b"three")];
        assert_eq!(send(a.as_fd(), &bytes, None).unwrap(), Some(13));
        let mut buffer = b"zero ".to_vec();
        assert_eq!(receive(b.as_fd(), &mut buffer, 32).unwrap().unwrap().bytes, 13);
        assert_eq!(buffer, b"zero one two three");
    }

    #[test]
    fn a_read_tells_whether_there_may_be_more() {
        let (a, b) = pair();
        send_text(&a, "0123456789", None);
        let mut buffer = Vec::with_capacity(8);
        let received = receive(b.as_fd(), &mut buffer, 8).unwrap().unwrap();
        assert!(received.is_filled);
        let received = receive(b.as_fd(), &mut buffer, 8).unwrap().unwrap();
        assert!(!received.is_filled);
        assert_eq!(buffer, b"0123456789");
    }

    #[test]
    fn nothing_to_read_and_a_full_channel_are_no_errors() {
        let (a, b) = pair();
        assert!(receive(b.as_fd(), &mut Vec::new(), 16).unwrap().is_none());
        let block = vec![0; READ_SIZE];
        while send(a.as_fd(), &[IoSlice::new(&block)], None).unwrap().is_some() {}
    }

    #[test]
    fn the_end_and_a_peer_that_is_gone() {
        let (a, b) = pair();
        drop(a);
        assert_eq!(receive(b.as_fd(), &mut Vec::new(), 16).unwrap().unwrap().bytes, 0);
        let error = send(b.as_fd(), &[IoSlice::new(b"x")], None).unwrap_err();
        assert_eq!((error.errno, error.syscall.as_str()), (Errno(libc::EPIPE), "write"));
    }

    #[test]
    fn unread_bytes_of_a_closed_peer_reset_the_channel() {
        let (a, b) = UnixStream::pair().unwrap();
        (&b).write_all(b"never read").unwrap();
        drop(a);
        let error = receive(b.as_fd(), &mut Vec::new(), 16).unwrap_err();
        assert_eq!((error.errno, error.syscall.as_str()), (Errno(libc::ECONNRESET), "read"));
    }
}
