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

/// Fills memory with bytes from `getrandom(2)`.
///
/// # Errors
/// As [`entropy`].
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), SysError> {
    let mut filled = 0;
    while filled < bytes.len() {
        let rest = &mut bytes[filled..];
        // SAFETY: `rest` is writable memory of exactly the length given, for the whole call.
        let result = unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0) };
        match usize::try_from(result) {
            Ok(count) => filled += count,
            Err(_) if Errno::last() == Errno::EINTR => {}
            Err(_) => return Err(SysError::new(Errno::last(), "getrandom")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{entropy, fill};

    #[test]
    fn all_memory_is_filled() {
        let mut bytes = [0; 1000];
        fill(&mut bytes).expect("bytes");
        assert!(bytes.chunks(100).all(|part| part.iter().any(|byte| *byte != 0)));
    }

    #[test]
    fn no_two_draws_are_alike() {
        let (first, second) = (entropy().expect("bytes"), entropy().expect("bytes"));
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }
}
