//! What the fields of a head say about its body and its connection. Where they contradict each other, or say a
//! thing twice, the message is refused: that is how requests are smuggled past a proxy.

use super::{
    Failure,
    head::{Field, Head, Start},
    machine::Meaning,
};

/// How long a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// Nothing says that there is one.
    Unsaid,
    Bytes(u64),
    Chunked,
    /// An encoding that has no end of its own.
    Encoded,
}

/// What the fields say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framing {
    pub(super) length: Length,
    pub(super) meaning: Meaning,
}

/// Reads the fields of a head.
pub(super) fn of(head: &Head, is_lenient: bool) -> Result<Framing, Failure> {
    let mut length = Length::Unsaid;
    let (mut says_close, mut says_keep, mut says_upgrade) = (false, false, false);
    let (mut has_upgrade, mut names_host, mut expects) = (false, false, false);
    for field in &head.fields {
        let (name, value) = (&head.bytes[field.name.clone()], &head.bytes[field.value.clone()]);
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => names_host = true,
            6 if name.eq_ignore_ascii_case(b"expect") => expects = true,
            7 if name.eq_ignore_ascii_case(b"upgrade") => has_upgrade = true,
            10 if name.eq_ignore_ascii_case(b"connection") => {
                for word in words(value) {
                    says_close |= word.eq_ignore_ascii_case(b"close");
                    says_keep |= word.eq_ignore_ascii_case(b"keep-alive");
                    says_upgrade |= word.eq_ignore_ascii_case(b"upgrade");
                }
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                length = with_length(length, value, field, is_lenient)?;
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                length = with_encoding(length, value, field, is_lenient)?;
            }
            _ => {}
        }
    }
    let asks_for_upgrade = match &head.start {
        Start::Request { method: "CONNECT", .. } => true,
        Start::Request { .. } => says_upgrade && has_upgrade,
        Start::Response { status, .. } => says_upgrade && has_upgrade && *status == 101,
    };
    let keeps_alive = if head.minor >= 1 { !says_close } else { says_keep && !says_close };
    let says_length = length != Length::Unsaid;
    let meaning = Meaning { keeps_alive, asks_for_upgrade, names_host, expects, says_length };
    Ok(Framing { length, meaning })
}

fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

fn with_length(
    before: Length,
    value: &[u8],
    field: &Field,
    is_lenient: bool,
) -> Result<Length, Failure> {
    let invalid = |reason, at| Err(Failure::new("HPE_INVALID_CONTENT_LENGTH", reason, at));
    match before {
        Length::Unsaid => {}
        Length::Bytes(_) => {
            let reason = "Duplicate Content-Length";
            return Err(Failure::new("HPE_UNEXPECTED_CONTENT_LENGTH", reason, field.value.start));
        }
        // The encoding decides, in a lenient parser.
        Length::Chunked | Length::Encoded if is_lenient => return Ok(before),
        Length::Chunked | Length::Encoded => {
            let reason = "Content-Length can't be present with Transfer-Encoding";
            return invalid(reason, field.name.end + 1);
        }
    }
    if value.is_empty() {
        return invalid("Empty Content-Length", field.name.end + 4);
    }
    let mut length: u64 = 0;
    for (index, byte) in value.iter().enumerate() {
        let at = field.value.start + index;
        if !byte.is_ascii_digit() {
            return invalid("Invalid character in Content-Length", at);
        }
        let more = length.checked_mul(10).and_then(|n| n.checked_add(u64::from(byte - b'0')));
        let Some(more) = more else { return invalid("Content-Length overflow", at + 1) };
        length = more;
    }
    Ok(Length::Bytes(length))
}

fn with_encoding(
    before: Length,
    value: &[u8],
    field: &Field,
    is_lenient: bool,
) -> Result<Length, Failure> {
    let invalid = |reason, at| Err(Failure::new("HPE_INVALID_TRANSFER_ENCODING", reason, at));
    if matches!(before, Length::Bytes(_)) && !is_lenient {
        let reason = "Transfer-Encoding can't be present with Content-Length";
        return invalid(reason, field.name.end + 1);
    }
    let after_chunked = "Invalid `Transfer-Encoding` header value";
    if before == Length::Chunked && !is_lenient {
        return invalid(after_chunked, field.value.start);
    }
    let mut length = Length::Encoded;
    let mut at = field.value.start;
    for word in value.split(|byte| *byte == b',') {
        if length == Length::Chunked && !is_lenient {
            return invalid(after_chunked, at);
        }
        let is_chunked = word.trim_ascii().eq_ignore_ascii_case(b"chunked");
        length = if is_chunked { Length::Chunked } else { Length::Encoded };
        at += word.len() + 1;
    }
    Ok(length)
}

/// Fields behind the last chunk that would speak of a body once more.
pub(super) fn check_trailers(bytes: &[u8], fields: &[Field]) -> Result<(), Failure> {
    for field in fields {
        let name = &bytes[field.name.clone()];
        if name.eq_ignore_ascii_case(b"content-length") {
            let reason = "Content-Length can't be present with Transfer-Encoding";
            return Err(Failure::new("HPE_INVALID_CONTENT_LENGTH", reason, field.name.end + 1));
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            let reason = "Invalid `Transfer-Encoding` header value";
            return Err(Failure::new("HPE_INVALID_TRANSFER_ENCODING", reason, field.value.start));
        }
    }
    Ok(())
}
