//! The system's look-ups of hosts and services. They block: not for the loop's thread.
//!
//! Source: `getaddrinfo(3)`, `getnameinfo(3)`.

use std::{
    ffi::{CStr, CString},
    mem,
    net::SocketAddr,
    ptr,
};

use nix::sys::socket::{SockaddrLike, SockaddrStorage};

use super::{address, errno::Errno, identity::settle_sources_of_names};

/// Flags of [`addresses`], as `dns.ADDRCONFIG` and its relatives are.
pub(crate) const ADDRCONFIG: i32 = libc::AI_ADDRCONFIG;
pub(crate) const V4MAPPED: i32 = libc::AI_V4MAPPED;
pub(crate) const ALL: i32 = libc::AI_ALL;

/// Which addresses to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Any,
    V4,
    V6,
}

/// The list that `getaddrinfo(3)` made.
struct Found(*mut libc::addrinfo);

impl Drop for Found {
    fn drop(&mut self) {
        // SAFETY: getaddrinfo made this list, which is not null and freed once.
        unsafe { libc::freeaddrinfo(self.0) };
    }
}

/// The addresses of a host, in the system's order.
///
/// # Errors
/// The number of an `EAI_` row of the table of errors.
pub(crate) fn addresses(host: &str, wanted: Wanted, flags: i32) -> Result<Vec<SocketAddr>, Errno> {
    settle_sources_of_names();
    let Ok(host) = CString::new(host) else { return Err(of_eai(libc::EAI_NONAME)) };
    // SAFETY: an `addrinfo` is integers and pointers, and all of it may be zero.
    let mut hints: libc::addrinfo = unsafe { mem::zeroed() };
    hints.ai_family = match wanted {
        Wanted::Any => libc::AF_UNSPEC,
        Wanted::V4 => libc::AF_INET,
        Wanted::V6 => libc::AF_INET6,
    };
    hints.ai_socktype = libc::SOCK_STREAM;
    hints.ai_flags = flags;
    let mut list = ptr::null_mut();
    // SAFETY: the host is terminated; the hints and the place for the list live during the call.
    let code =
        unsafe { libc::getaddrinfo(host.as_ptr(), ptr::null(), &raw const hints, &raw mut list) };
    if code != 0 {
        return Err(of_eai(code));
    }
    if list.is_null() {
        return Ok(Vec::new());
    }
    Ok(entries(&Found(list)))
}

fn entries(found: &Found) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    let mut next = found.0;
    // SAFETY: each entry of the list is null or alive as long as the list.
    while let Some(entry) = unsafe { next.as_ref() } {
        // SAFETY: the system filled in an address of the length beside it.
        let storage = unsafe { SockaddrStorage::from_raw(entry.ai_addr, Some(entry.ai_addrlen)) };
        addresses.extend(storage.as_ref().and_then(address::from_storage));
        next = entry.ai_next;
    }
    addresses
}

/// The names of an address and its port's service.
///
/// # Errors
/// The number of an `EAI_` row of the table of errors.
pub(crate) fn service(address: &SocketAddr) -> Result<(String, String), Errno> {
    settle_sources_of_names();
    let storage = SockaddrStorage::from(*address);
    let mut host = [0 as libc::c_char; libc::NI_MAXHOST as usize];
    let mut service = [0 as libc::c_char; 64];
    // SAFETY: the address and both buffers live during the call and are as long as said.
    let code = unsafe {
        libc::getnameinfo(
            storage.as_ptr(),
            storage.len(),
            host.as_mut_ptr(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr(),
            service.len() as libc::socklen_t,
            libc::NI_NAMEREQD,
        )
    };
    if code != 0 {
        return Err(of_eai(code));
    }
    Ok((text(&host), text(&service)))
}

fn text(buffer: &[libc::c_char]) -> String {
    let bytes: Vec<u8> = buffer.iter().map(|&unit| unit as u8).collect();
    let text = CStr::from_bytes_until_nul(&bytes).map(CStr::to_string_lossy);
    text.map(std::borrow::Cow::into_owned).unwrap_or_default()
}

/// glibc's numbers as libuv's.
fn of_eai(code: i32) -> Errno {
    const CANCELED: i32 = -101;
    let name = match code {
        libc::EAI_AGAIN => "EAI_AGAIN",
        libc::EAI_BADFLAGS => "EAI_BADFLAGS",
        CANCELED => "EAI_CANCELED",
        libc::EAI_FAIL => "EAI_FAIL",
        libc::EAI_FAMILY => "EAI_FAMILY",
        libc::EAI_MEMORY => "EAI_MEMORY",
        libc::EAI_NODATA => "EAI_NODATA",
        libc::EAI_NONAME => "EAI_NONAME",
        libc::EAI_OVERFLOW => "EAI_OVERFLOW",
        libc::EAI_SERVICE => "EAI_SERVICE",
        libc::EAI_SOCKTYPE => "EAI_SOCKTYPE",
        libc::EAI_SYSTEM => return Errno::last(),
        _ => "UNKNOWN",
    };
    Errno::from_name(name).unwrap_or(Errno::EINVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_their_own_names() {
        let found = addresses("127.0.0.1", Wanted::Any, 0).unwrap();
        assert_eq!(found, ["127.0.0.1:0".parse().unwrap()]);
        let mapped = addresses("127.0.0.1", Wanted::V6, V4MAPPED).unwrap();
        assert_eq!(mapped, ["[::ffff:127.0.0.1]:0".parse().unwrap()]);
    }

    #[test]
    fn the_local_host_has_an_address_and_a_name() {
        let found = addresses("localhost", Wanted::V4, ADDRCONFIG).unwrap();
        assert!(found.contains(&"127.0.0.1:0".parse().unwrap()));
        let (host, service) = service(&"127.0.0.1:22".parse().unwrap()).unwrap();
        assert!(host.contains("localhost"), "{host}");
        assert!(!service.is_empty());
    }

    #[test]
    fn names_that_cannot_be() {
        for name in ["a\0b", "", "..", &"x".repeat(300)] {
            assert!(addresses(name, Wanted::Any, 0).is_err(), "{name}");
        }
        assert_eq!(addresses("a\0b", Wanted::Any, 0).unwrap_err().name(), Some("EAI_NONAME"));
        assert_eq!(addresses("x", Wanted::Any, -1).unwrap_err().name(), Some("EAI_BADFLAGS"));
    }
}
