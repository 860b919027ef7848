//! One `read` or `write` on a descriptor that may not block.
//!
//! Source: `read(2)`, `write(2)`, `writev(2)`.

use std::os::fd::AsFd;

use nix::{errno::Errno as NixErrno, unistd};

use super::error::SysError;

/// Reads once into `buffer`: the number of bytes, 0 at the end. `None` if there is nothing now.
pub(crate) fn read(fd: impl AsFd, buffer: &mut [u8]) -> Result<Option<usize>, SysError> {
    once("read", || unistd::read(fd.as_fd(), buffer))
}

/// Writes once: the number of bytes taken. `None` if it takes none now.
pub(crate) fn write(fd: impl AsFd, bytes: &[u8]) -> Result<Option<usize>, SysError> {
    once("write", || unistd::write(fd.as_fd(), bytes))
}

/// Calls until no signal interrupts; `EAGAIN` is no error.
fn once(
    syscall: &str,
    mut call: impl FnMut() -> nix::Result<usize>,
) -> Result<Option<usize>, SysError> {
    loop {
        return match call() {
            Ok(count) => Ok(Some(count)),
            Err(NixErrno::EAGAIN) => Ok(None),
            Err(NixErrno::EINTR) => continue,
            Err(errno) => Err(SysError::new(errno, syscall)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fd, *};

    #[test]
    fn reads_what_was_written_then_nothing_then_the_end() {
        let (reader, writer) = fd::pipe().unwrap();
        fd::set_nonblocking(&reader, true).unwrap();
        assert_eq!(write(&writer, b"one").unwrap(), Some(3));
        assert_eq!(write(&writer, b"twothree").unwrap(), Some(8));
        let mut buffer = [0; 64];
        assert_eq!(read(&reader, &mut buffer).unwrap(), Some(11));
        assert_eq!(&buffer[..11], b"onetwothree");
        assert_eq!(read(&reader, &mut buffer).unwrap(), None);
        drop(writer);
        assert_eq!(read(&reader, &mut buffer).unwrap(), Some(0));
    }

    #[test]
    fn errors_name_their_call() {
        let (reader, writer) = fd::pipe().unwrap();
        assert_eq!(read(&writer, &mut [0]).unwrap_err().syscall, "read");
        assert_eq!(write(&reader, b"x").unwrap_err().errno.name(), Some("EBADF"));
    }
}
