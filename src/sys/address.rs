//! Addresses of IP sockets: read from text, shown as text, asked of a socket.
//!
//! Source: `inet_pton(3)`, `if_nametoindex(3)`, RFC 5952 for the text of IPv6 addresses.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    os::fd::{AsFd, AsRawFd, RawFd},
};

use nix::{
    net::if_::{if_indextoname, if_nametoindex},
    sys::socket::{AddressFamily, SockaddrLike, SockaddrStorage, getpeername, getsockname},
};

use super::error::SysError;

/// The two families of the internet protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    /// The family of an address.
    pub(crate) fn of(address: &SocketAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// The name that Node's address objects have: `IPv4`, `IPv6`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }

    /// The family as `socket(2)` wants it.
    pub(crate) const fn of_socket(self) -> AddressFamily {
        match self {
            Self::V4 => AddressFamily::Inet,
            Self::V6 => AddressFamily::Inet6,
        }
    }

    /// The address that stands for all of the machine's.
    pub(crate) const fn any(self) -> IpAddr {
        match self {
            Self::V4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Self::V6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        }
    }

    /// The address of the machine itself.
    pub(crate) const fn loopback(self) -> IpAddr {
        match self {
            Self::V4 => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Self::V6 => IpAddr::V6(Ipv6Addr::LOCALHOST),
        }
    }
}

/// Reads an address in its numeric form; `None` if it is not one of this family.
///
/// An IPv6 address may name its zone by the interface's name or number (`fe80::1%eth0`); one that
/// the machine does not know is no zone, as in libuv.
pub(crate) fn parse(text: &str, port: u16, family: Family) -> Option<SocketAddr> {
    match family {
        Family::V4 => Some(SocketAddrV4::new(text.parse().ok()?, port).into()),
        Family::V6 => {
            let (host, zone) = text.split_once('%').map_or((text, None), |(h, z)| (h, Some(z)));
            let scope = zone.map_or(0, zone_index);
            Some(SocketAddrV6::new(host.parse().ok()?, port, 0, scope).into())
        }
    }
}

/// As [`parse`], of whichever family it is.
pub(crate) fn parse_any(text: &str, port: u16) -> Option<SocketAddr> {
    parse(text, port, Family::V4).or_else(|| parse(text, port, Family::V6))
}

fn zone_index(zone: &str) -> u32 {
    if_nametoindex(zone).ok().or_else(|| zone.parse().ok()).unwrap_or(0)
}

/// The numeric form of the address without its port; that of a link-local one names its zone.
pub(crate) fn ip_text(address: &SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => {
            let text = ipv6_text(address.ip());
            match address.scope_id() {
                0 => text,
                scope if address.ip().is_unicast_link_local() => match if_indextoname(scope) {
                    Ok(name) => format!("{text}%{}", name.to_string_lossy()),
                    Err(_) => format!("{text}%{scope}"),
                },
                _ => text,
            }
        }
    }
}

/// As `inet_ntop(3)` writes it; std differs for the addresses that end with an IPv4 address.
fn ipv6_text(address: &Ipv6Addr) -> String {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
            let [.., a, b, c, d] = address.octets();
            format!("::{}", Ipv4Addr::new(a, b, c, d))
        }
        _ => address.to_string(),
    }
}

/// The address as the standard library has it, if it is an IP address.
pub(crate) fn from_storage(storage: &SockaddrStorage) -> Option<SocketAddr> {
    match storage.family()? {
        AddressFamily::Inet => storage.as_sockaddr_in().map(|&v4| SocketAddrV4::from(v4).into()),
        AddressFamily::Inet6 => storage.as_sockaddr_in6().map(|&v6| SocketAddrV6::from(v6).into()),
        _ => None,
    }
}

/// The address that a socket is bound to; `None` if it is no IP socket.
pub(crate) fn local(fd: impl AsFd) -> Result<Option<SocketAddr>, SysError> {
    ask(fd, "getsockname", getsockname)
}

/// The address that a socket is connected to; `None` if it is no IP socket.
pub(crate) fn peer(fd: impl AsFd) -> Result<Option<SocketAddr>, SysError> {
    ask(fd, "getpeername", getpeername)
}

fn ask(
    fd: impl AsFd,
    syscall: &str,
    call: fn(RawFd) -> nix::Result<SockaddrStorage>,
) -> Result<Option<SocketAddr>, SysError> {
    match call(fd.as_fd().as_raw_fd()) {
        Ok(storage) => Ok(from_storage(&storage)),
        Err(errno) => Err(SysError::new(errno, syscall)),
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    fn shown(text: &str) -> Option<String> {
        parse_any(text, 1).map(|address| ip_text(&address))
    }

    #[test]
    fn numeric_addresses_go_there_and_back() {
        for text in
            ["127.0.0.1", "::", "::1", "::1.2.3.4", "::ffff:1.2.3.4", "fe80::1", "1::2:0:0:3"]
        {
            assert_eq!(shown(text).as_deref(), Some(text));
        }
        assert_eq!(shown("1:0:0:2:0:0:0:3").as_deref(), Some("1:0:0:2::3"));
    }

    #[test]
    fn what_is_no_address() {
        for text in ["", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1:2", "::g"] {
            assert_eq!(shown(text), None, "{text}");
        }
        assert_eq!(parse("::1", 1, Family::V4), None);
        assert_eq!(parse("127.0.0.1", 1, Family::V6), None);
    }

    #[test]
    fn zones() {
        let lo = if_nametoindex("lo").unwrap();
        let scope = |text: &str| match parse(text, 1, Family::V6) {
            Some(SocketAddr::V6(address)) => address.scope_id(),
            _ => u32::MAX,
        };
        assert_eq!(scope("fe80::1%lo"), lo);
        assert_eq!(scope("::%no-such-interface"), 0);
        assert_eq!(shown("fe80::1%lo").as_deref(), Some("fe80::1%lo"));
        assert_eq!(shown("::1%lo").as_deref(), Some("::1"));
    }

    #[test]
    fn a_socket_knows_its_addresses() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(local(&server).unwrap(), Some(server.local_addr().unwrap()));
        assert_eq!(peer(&client).unwrap_err().errno.name(), Some("ENOTCONN"));
        client.connect(server.local_addr().unwrap()).unwrap();
        assert_eq!(peer(&client).unwrap(), Some(server.local_addr().unwrap()));
    }
}
