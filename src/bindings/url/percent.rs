//! Percent-encoding by the sets of the URL standard, and the form encoding of queries.

use std::fmt::Write;

/// Which characters are percent-encoded, besides control characters and all beyond ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Control,
    Fragment,
    Query,
    SpecialQuery,
    Path,
    UserInfo,
    /// What a file's name may not hold when it becomes part of a URL.
    FileName,
}

impl Set {
    /// The printable ASCII characters of this set.
    const fn members(self) -> &'static [u8] {
        match self {
            Self::Control => b"",
            Self::Fragment => b" \"<>`",
            Self::Query => b" \"#<>",
            Self::SpecialQuery => b" \"#<>'",
            Self::Path => b" \"#<>?^`{}",
            Self::UserInfo => b" \"#<>?^`{}/:;=@[\\]|",
            Self::FileName => b" \"#%<>?[\\]^`{|}~",
        }
    }

    fn contains(self, byte: u8) -> bool {
        !matches!(byte, 0x20..=0x7e) || self.members().contains(&byte)
    }
}

/// Appends one character, encoded where the set says so.
pub(super) fn push(text: &mut String, c: char, set: Set) {
    let mut utf8 = [0; 4];
    for &byte in c.encode_utf8(&mut utf8).as_bytes() {
        if set.contains(byte) { push_byte(text, byte) } else { text.push(char::from(byte)) }
    }
}

/// The whole text, encoded where the set says so.
pub(super) fn encoded(text: &str, set: Set) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut out, c, set);
    }
    out
}

pub(super) fn push_byte(text: &mut String, byte: u8) {
    // Writing to a String cannot fail.
    let _ = write!(text, "%{byte:02X}");
}

/// The bytes that a percent-encoded text stands for; a lone `%` stands for itself.
pub(super) fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%'
            && let [high, low, tail @ ..] = tail
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            out.push(high << 4 | low);
            rest = tail;
        } else {
            out.push(byte);
        }
    }
    out
}

/// What `decodeURIComponent` makes of a text; `None` where that throws.
pub(super) fn decode_component(text: &str) -> Option<String> {
    let mut escapes = text.split('%').skip(1);
    let well_formed =
        escapes.all(|tail| tail.len() >= 2 && tail.bytes().take(2).all(|b| b.is_ascii_hexdigit()));
    if !well_formed {
        return None;
    }
    String::from_utf8(decoded(text.as_bytes())).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The pairs of an `application/x-www-form-urlencoded` text.
pub(super) fn parse_form(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_decoded(name), form_decoded(value))
        })
        .collect()
}

fn form_decoded(text: &str) -> String {
    let bytes = decoded(text.replace('+', " ").as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Pairs as an `application/x-www-form-urlencoded` text.
pub(super) fn serialize_form(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        push_form(&mut out, name);
        out.push('=');
        push_form(&mut out, value);
    }
    out
}

fn push_form(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => push_byte(out, byte),
        }
    }
}
