//! Random bytes from the kernel.

use nix::errno::Errno;

use super::error::SysError;

/// 32 bytes from `getrandom(2)`; never an open file, so it works without a descriptor to spare.
///
/// # Errors
/// `ENOSYS` before Linux 3.17, `EPERM` in a sandbox that forbids the call.
pub(crate) fn entropy() -> Result<[u8; 32], SysError> {
    let mut bytes = [0_u8; 32];
    loop {
        // SAFETY: `bytes` is writable memory of exactly the length given, for the whole call. Up
        // to 256 bytes come at once or not at all (man page), so a success filled them all.
        let result = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
        if result >= 0 {
            return Ok(bytes);
        }
        match Errno::last() {
            Errno::EINTR => {}
            errno => return Err(SysError::new(errno, "getrandom")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::entropy;

    #[test]
    fn no_two_draws_are_alike() {
        let (first, second) = (entropy().expect("bytes"), entropy().expect("bytes"));
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }
}
