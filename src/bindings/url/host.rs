//! Hosts: the `url` crate knows domains (IDNA) and IP addresses.

use url::Host;

/// The host as it is written in a URL, or `None` where it is none.
pub(super) fn parse(text: &str, special: bool) -> Option<String> {
    if !special && text.is_empty() {
        return Some(String::new());
    }
    let host = if special { Host::parse(text) } else { Host::parse_opaque(text) };
    host.ok().map(|host| host.to_string())
}
