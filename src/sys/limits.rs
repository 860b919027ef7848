//! Resource limits of the process.
//!
//! Source: `getrlimit(2)`.

use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, setrlimit};

use super::error::SysError;

/// The address space that the process may have, in bytes; `None` if that is not limited.
pub(crate) fn address_space() -> Option<u64> {
    let (soft, _) = getrlimit(Resource::RLIMIT_AS).ok()?;
    (soft != RLIM_INFINITY).then_some(soft)
}

/// How many descriptors the process may have open; more than that if there is no limit.
pub(crate) fn open_files() -> u64 {
    // It fails for no resource that exists.
    getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft)
}

/// Raises the soft limit of open files to the hard one, as Node does. Children inherit it.
pub(crate) fn raise_open_files() -> Result<(), SysError> {
    let (soft, hard) =
        getrlimit(Resource::RLIMIT_NOFILE).map_err(|errno| SysError::new(errno, "getrlimit"))?;
    if soft == hard {
        return Ok(());
    }
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)
        .map_err(|errno| SysError::new(errno, "setrlimit"))
}

#[cfg(test)]
mod tests {
    use super::{super::alone::alone, *};

    #[test]
    fn open_files_are_raised_to_the_hard_limit() {
        alone(|| {
            let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
            setrlimit(Resource::RLIMIT_NOFILE, 64, hard).unwrap();
            raise_open_files().unwrap();
            assert_eq!(getrlimit(Resource::RLIMIT_NOFILE).unwrap(), (hard, hard));
        });
    }

    #[test]
    fn address_space_is_what_was_set() {
        alone(|| {
            let (_, hard) = getrlimit(Resource::RLIMIT_AS).unwrap();
            setrlimit(Resource::RLIMIT_AS, 1 << 40, hard).unwrap();
            assert_eq!(address_space(), Some(1 << 40));
        });
    }
}
