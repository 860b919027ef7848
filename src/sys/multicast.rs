//! Multicast on UDP sockets: membership of groups, and how datagrams to groups are sent.
//!
//! Source: `ip(7)`, `ipv6(7)`, RFC 3678 for membership by source.

use std::{
    mem,
    net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6},
    os::fd::{AsFd, AsRawFd, BorrowedFd},
};

use nix::sys::socket::{SockaddrLike, SockaddrStorage};

use super::{address::Family, errno::Errno};

/// Whether a group is joined or left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Join,
    Leave,
}

impl Change {
    fn pick<T>(self, join: T, leave: T) -> T {
        match self {
            Self::Join => join,
            Self::Leave => leave,
        }
    }
}

/// Joins or leaves a group, on the interface that has this address, else on the system's choice.
/// Of an IPv6 interface only the zone counts.
///
/// # Errors
/// EINVAL: the addresses are of different families. ENODEV: no such interface. As `ip(7)`.
pub(crate) fn change_membership(
    socket: impl AsFd,
    group: &SocketAddr,
    interface: Option<&SocketAddr>,
    change: Change,
) -> Result<(), Errno> {
    match group {
        SocketAddr::V4(group) => {
            let request = libc::ip_mreq {
                imr_multiaddr: in_addr(*group.ip()),
                imr_interface: in_addr(interface_v4(interface)?),
            };
            let option = change.pick(libc::IP_ADD_MEMBERSHIP, libc::IP_DROP_MEMBERSHIP);
            set(socket.as_fd(), libc::IPPROTO_IP, option, &request)
        }
        SocketAddr::V6(group) => {
            let request = libc::ipv6_mreq {
                ipv6mr_multiaddr: libc::in6_addr { s6_addr: group.ip().octets() },
                ipv6mr_interface: zone_v6(interface)?,
            };
            let option = change.pick(libc::IPV6_ADD_MEMBERSHIP, libc::IPV6_DROP_MEMBERSHIP);
            set(socket.as_fd(), libc::IPPROTO_IPV6, option, &request)
        }
    }
}

/// As [`change_membership`], for what one source sends to the group.
pub(crate) fn change_source_membership(
    socket: impl AsFd,
    source: &SocketAddr,
    group: &SocketAddr,
    interface: Option<&SocketAddr>,
    change: Change,
) -> Result<(), Errno> {
    match (source, group) {
        (SocketAddr::V4(source), SocketAddr::V4(group)) => {
            let request = libc::ip_mreq_source {
                imr_multiaddr: in_addr(*group.ip()),
                imr_interface: in_addr(interface_v4(interface)?),
                imr_sourceaddr: in_addr(*source.ip()),
            };
            let option =
                change.pick(libc::IP_ADD_SOURCE_MEMBERSHIP, libc::IP_DROP_SOURCE_MEMBERSHIP);
            set(socket.as_fd(), libc::IPPROTO_IP, option, &request)
        }
        (SocketAddr::V6(source), SocketAddr::V6(group)) => {
            let request = libc::group_source_req {
                gsr_interface: zone_v6(interface)?,
                gsr_group: storage_of(group),
                gsr_source: storage_of(source),
            };
            let option = change.pick(libc::MCAST_JOIN_SOURCE_GROUP, libc::MCAST_LEAVE_SOURCE_GROUP);
            set(socket.as_fd(), libc::IPPROTO_IPV6, option, &request)
        }
        _ => Err(Errno(libc::EINVAL)),
    }
}

/// Chooses the interface by which datagrams to groups leave; of IPv6 only the zone counts, 0 is
/// the system's choice.
pub(crate) fn set_interface(socket: impl AsFd, interface: &SocketAddr) -> Result<(), Errno> {
    match interface {
        SocketAddr::V4(address) => {
            let value = in_addr(*address.ip());
            set(socket.as_fd(), libc::IPPROTO_IP, libc::IP_MULTICAST_IF, &value)
        }
        SocketAddr::V6(address) => {
            let value = address.scope_id();
            set(socket.as_fd(), libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF, &value)
        }
    }
}

/// How many routers a datagram to a group passes at most.
pub(crate) fn set_ttl(socket: impl AsFd, family: Family, hops: u8) -> Result<(), Errno> {
    let value = libc::c_int::from(hops);
    match family {
        Family::V4 => set(socket.as_fd(), libc::IPPROTO_IP, libc::IP_MULTICAST_TTL, &value),
        Family::V6 => set(socket.as_fd(), libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_HOPS, &value),
    }
}

/// Whether this machine's members of a group get what the socket sends to it.
pub(crate) fn set_loopback(socket: impl AsFd, family: Family, on: bool) -> Result<(), Errno> {
    let value = libc::c_int::from(on);
    match family {
        Family::V4 => set(socket.as_fd(), libc::IPPROTO_IP, libc::IP_MULTICAST_LOOP, &value),
        Family::V6 => set(socket.as_fd(), libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_LOOP, &value),
    }
}

fn interface_v4(interface: Option<&SocketAddr>) -> Result<Ipv4Addr, Errno> {
    match interface.map(SocketAddr::ip) {
        None => Ok(Ipv4Addr::UNSPECIFIED),
        Some(IpAddr::V4(address)) => Ok(address),
        Some(IpAddr::V6(_)) => Err(Errno(libc::EINVAL)),
    }
}

fn zone_v6(interface: Option<&SocketAddr>) -> Result<u32, Errno> {
    match interface {
        None => Ok(0),
        Some(SocketAddr::V6(address)) => Ok(address.scope_id()),
        Some(SocketAddr::V4(_)) => Err(Errno(libc::EINVAL)),
    }
}

fn in_addr(address: Ipv4Addr) -> libc::in_addr {
    libc::in_addr { s_addr: u32::from_ne_bytes(address.octets()) }
}

fn storage_of(address: &SocketAddrV6) -> libc::sockaddr_storage {
    let address = SockaddrStorage::from(*address);
    // SAFETY: a `sockaddr_storage` is integers, and all of it may be zero.
    let mut storage: libc::sockaddr_storage = unsafe { mem::zeroed() };
    let length = (address.len() as usize).min(mem::size_of_val(&storage));
    // SAFETY: `length` bytes are there to be read and written, and the two do not overlap.
    unsafe {
        std::ptr::copy_nonoverlapping(
            address.as_ptr().cast::<u8>(),
            (&raw mut storage).cast::<u8>(),
            length,
        );
    }
    storage
}

/// Sets an option whose value is plain data of the C type that `ip(7)` names for it.
fn set<T>(socket: BorrowedFd<'_>, level: i32, option: i32, value: &T) -> Result<(), Errno> {
    let length = mem::size_of::<T>() as libc::socklen_t;
    // SAFETY: the value is alive and as long as the length says; the system copies it.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            std::ptr::from_ref(value).cast(),
            length,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(Errno::last()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::{
        super::{address::parse_any, udp},
        *,
    };

    fn socket(family: Family) -> OwnedFd {
        udp::create(family).unwrap()
    }

    fn address(text: &str) -> SocketAddr {
        parse_any(text, 0).unwrap()
    }

    #[test]
    fn groups_are_joined_and_left() {
        let socket = socket(Family::V4);
        let (group, lo) = (address("224.0.0.114"), address("127.0.0.1"));
        change_membership(&socket, &group, Some(&lo), Change::Join).unwrap();
        let again = change_membership(&socket, &group, Some(&lo), Change::Join).unwrap_err();
        assert_eq!(again.name(), Some("EADDRINUSE"));
        change_membership(&socket, &group, Some(&lo), Change::Leave).unwrap();
        let again = change_membership(&socket, &group, Some(&lo), Change::Leave).unwrap_err();
        assert_eq!(again.name(), Some("EADDRNOTAVAIL"));
    }

    #[test]
    fn groups_are_joined_by_source() {
        let socket = socket(Family::V4);
        let (group, lo) = (address("232.1.2.3"), address("127.0.0.1"));
        change_source_membership(&socket, &lo, &group, Some(&lo), Change::Join).unwrap();
        change_source_membership(&socket, &lo, &group, Some(&lo), Change::Leave).unwrap();
        let six = address("::1");
        let mixed = change_source_membership(&socket, &six, &group, None, Change::Join);
        assert_eq!(mixed.unwrap_err().name(), Some("EINVAL"));
    }

    #[test]
    fn six_groups_on_the_loopback_interface() {
        let socket = socket(Family::V6);
        let (group, lo) = (address("ff01::1234"), address("::%lo"));
        change_membership(&socket, &group, Some(&lo), Change::Join).unwrap();
        change_membership(&socket, &group, Some(&lo), Change::Leave).unwrap();
        let (group, source) = (address("ff31::1234"), address("::1"));
        change_source_membership(&socket, &source, &group, Some(&lo), Change::Join).unwrap();
        set_interface(&socket, &lo).unwrap();
    }

    #[test]
    fn what_is_no_group_is_refused() {
        let socket = socket(Family::V4);
        let error = change_membership(&socket, &address("10.0.0.1"), None, Change::Join);
        assert_eq!(error.unwrap_err().name(), Some("EINVAL"));
        assert!(set_interface(&socket, &address("224.0.0.2")).is_err());
    }

    #[test]
    fn how_datagrams_to_groups_are_sent() {
        for family in [Family::V4, Family::V6] {
            let socket = socket(family);
            set_ttl(&socket, family, 0).unwrap();
            set_ttl(&socket, family, 255).unwrap();
            set_loopback(&socket, family, false).unwrap();
        }
        set_interface(socket(Family::V4), &address("127.0.0.1")).unwrap();
    }
}
