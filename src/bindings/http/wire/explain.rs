//! Why a head is refused, in the words of Node's parser; and what `httparse` accepts that it does not.

use httparse::Error;
use memchr::{memchr, memchr_iter};

use super::{
    Failure,
    head::{Head, METHODS, Start, is_token, is_value},
};

/// Methods of other protocols that Node's parser knows: what begins like one of them is refused a little later.
const FOREIGN: &[&str] = &[
    "ANNOUNCE",
    "DESCRIBE",
    "FLUSH",
    "GET_PARAMETER",
    "PAUSE",
    "PLAY",
    "PRI",
    "RECORD",
    "REDIRECT",
    "SETUP",
    "SET_PARAMETER",
    "TEARDOWN",
];

const TOKEN: &str = "HPE_INVALID_HEADER_TOKEN";

/// A line that ends without a carriage return: readers disagree on whether it ends. `line` is the number of the first one:
/// 0 for that of a head, 1 for a field's.
pub(super) fn line_feed(bytes: &[u8], line: usize) -> Option<Failure> {
    let bare = |at: &usize| *at == 0 || bytes[at - 1] != b'\r';
    let at = memchr_iter(b'\n', bytes).find(bare)?;
    if at == 0 || bytes[at - 1] == b'\n' {
        return Some(Failure::new(TOKEN, "Invalid header field char", at + 1));
    }
    if line == 0 && memchr(b'\n', &bytes[..at]).is_none() {
        let reason = "Expected CRLF after version";
        return Some(Failure::new("HPE_INVALID_VERSION", reason, at + 1));
    }
    Some(Failure::new("HPE_CR_EXPECTED", "Missing expected CR after header value", at))
}

/// What is wrong already with a head of which a part is there.
pub(super) fn partial(bytes: &[u8], is_request: bool) -> Option<Failure> {
    let could_be = |method: &&str| {
        let length = method.len().min(bytes.len());
        method.as_bytes()[..length] == bytes[..length]
    };
    if !is_request || METHODS.iter().chain(FOREIGN).any(could_be) {
        return line_feed(bytes, 0);
    }
    request_line(bytes)
}

/// What is wrong with a head that `httparse` accepts.
pub(super) fn accepted(head: &Head, bytes: &[u8], is_lenient: bool) -> Option<Failure> {
    if let Start::Request { method, target } = &head.start {
        if method.is_empty() {
            let unknown = Failure::new("HPE_INVALID_METHOD", "Invalid method encountered", 0);
            return Some(request_line(bytes).unwrap_or(unknown));
        }
        if let Some(failure) = target_of(method, &bytes[target.clone()], target.start) {
            return Some(failure);
        }
    }
    if is_lenient { None } else { line_feed(bytes, 0) }
}

/// What is wrong with the target of a request.
fn target_of(method: &str, target: &[u8], start: usize) -> Option<Failure> {
    let failure = |reason, at: usize| Some(Failure::new("HPE_INVALID_URL", reason, start + at));
    if let Some(at) = target.iter().position(|byte| *byte >= 0x80 || *byte < b'!') {
        return failure("Invalid char in url path", at);
    }
    match target.first() {
        _ if method == "CONNECT" => None,
        Some(b'/' | b'*') | None => None,
        Some(byte) if byte.is_ascii_alphabetic() => {
            let end = target.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            let has_scheme = target[end..].starts_with(b"://");
            if has_scheme { None } else { failure("Invalid characters in url", end + 1) }
        }
        Some(_) => failure("Unexpected start char in url", 0),
    }
}

/// Why `httparse` refuses a head.
pub(super) fn head(bytes: &[u8], is_request: bool, error: Error) -> Failure {
    let end = memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
    let line = &bytes[..end];
    let failure = if is_request { request_line(line) } else { status_line(line) };
    failure.unwrap_or_else(|| fields(bytes, end, error))
}

/// What is wrong with the first line of a request, as far as it is there.
fn request_line(line: &[u8]) -> Option<Failure> {
    let invalid = |reason, at| Some(Failure::new("HPE_INVALID_METHOD", reason, at));
    // As far as it could still become a method.
    let known = |length: usize| {
        let mut methods = METHODS.iter().chain(FOREIGN);
        methods.any(|method| method.as_bytes().get(..length) == line.get(..length))
    };
    let matching = (1..=line.len()).take_while(|length| known(*length)).count();
    let is_method =
        |length: usize| METHODS.iter().any(|method| method.as_bytes() == &line[..length]);
    if !is_method(matching) {
        let at = matching.min(line.len().saturating_sub(1));
        return invalid("Invalid method encountered", at);
    }
    if line.get(matching) != Some(&b' ') {
        return invalid("Expected space after method", matching);
    }
    let spaces = line[matching..].iter().take_while(|byte| **byte == b' ').count();
    let start = matching + spaces;
    let target = &line[start..];
    let length =
        target.iter().position(|byte| matches!(byte, b' ' | b'\r' | b'\n')).unwrap_or(target.len());
    if let Some(bad) = target[..length].iter().position(|byte| *byte < b'!' || *byte == 0x7f) {
        let (reason, at) = match target[bad] {
            b'\t' => ("Invalid characters in url", start + bad + 1),
            _ => ("Invalid char in url path", start + bad),
        };
        return Some(Failure::new("HPE_INVALID_URL", reason, at));
    }
    let method = std::str::from_utf8(&line[..matching]).unwrap_or_default();
    target_of(method, &target[..length], start).or_else(|| version(line, start + length))
}

/// What is wrong with the version that follows.
fn version(line: &[u8], from: usize) -> Option<Failure> {
    let spaces = line[from..].iter().take_while(|byte| **byte == b' ').count();
    let at = from + spaces;
    let invalid = |reason, at| Some(Failure::new("HPE_INVALID_VERSION", reason, at));
    let Some(numbers) = line[at..].strip_prefix(b"HTTP/") else {
        let reason = "Expected HTTP/, RTSP/ or ICE/";
        return Some(Failure::new("HPE_INVALID_CONSTANT", reason, at));
    };
    let at = at + 5;
    match numbers {
        [major, dot, ..] if major.is_ascii_digit() && *dot != b'.' => {
            invalid("Expected dot", at + 1)
        }
        [b'1', b'.', b'0' | b'1', b'\r', b'\n'] => None,
        [b'1', b'.', b'0' | b'1', ..] => invalid("Expected CRLF after version", at + 3),
        [_, _, _, ..] => invalid("Invalid HTTP version", at + 3),
        _ => invalid("Invalid major version", at),
    }
}

/// What is wrong with the first line of a response.
fn status_line(line: &[u8]) -> Option<Failure> {
    let failure = |code, reason, at| Some(Failure::new(code, reason, at));
    let Some(rest) = line.strip_prefix(b"HTTP/") else {
        let expected = b"HTTP/".iter().zip(line).take_while(|(a, b)| a == b).count();
        return failure("HPE_INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/", expected);
    };
    match rest {
        [b'1', b'.', b'0' | b'1', b' ', status @ ..] => {
            let digits = status.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let is_fine = digits == 3 && matches!(status[3..], [b' ' | b'\r' | b'\n', ..]);
            if is_fine {
                None
            } else {
                failure("HPE_INVALID_STATUS", "Invalid status code", 9 + digits)
            }
        }
        [b'1', b'.', b'0' | b'1', ..] => {
            failure("HPE_INVALID_VERSION", "Expected space after version", 8)
        }
        _ => failure("HPE_INVALID_VERSION", "Invalid HTTP version", 7),
    }
}

/// What is wrong with fields that begin at `from`.
pub(super) fn fields(bytes: &[u8], from: usize, error: Error) -> Failure {
    let mut at = from;
    while at < bytes.len() {
        let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
        let is_first = at == from;
        if let Some(failure) = field(&bytes[at..end], is_first) {
            return Failure { at: failure.at + at, ..failure };
        }
        at = end;
    }
    let reason = match error {
        Error::HeaderValue => "Invalid header value char",
        _ => "Invalid header token",
    };
    Failure::new(TOKEN, reason, bytes.len())
}

/// What is wrong with one line, its end included.
fn field(line: &[u8], is_first: bool) -> Option<Failure> {
    match line {
        [b' ' | b'\t', ..] if is_first => {
            let reason = "Unexpected space after start line";
            return Some(Failure::new("HPE_UNEXPECTED_SPACE", reason, 1));
        }
        [b' ' | b'\t', ..] => {
            return Some(Failure::new(TOKEN, "Unexpected whitespace after header value", 1));
        }
        [b'\r', b'\n'] | [b'\r'] | [] => return None,
        [b'\r', ..] => return Some(Failure::new("HPE_STRICT", "Expected LF after headers", 1)),
        [b'\n', ..] => return Some(Failure::new(TOKEN, "Invalid header field char", 1)),
        _ => {}
    }
    let name = line.iter().position(|byte| !is_token(&[*byte])).unwrap_or(line.len());
    if name == line.len() {
        return None;
    }
    if name == 0 || line[name] != b':' {
        return Some(Failure::new(TOKEN, "Invalid header token", name));
    }
    let value = &line[name + 1..];
    let bad = value.iter().position(|byte| !is_value(*byte))?;
    let at = name + 1 + bad;
    match value[bad..] {
        [b'\r', b'\n'] | [b'\r'] => None,
        [b'\r', ..] => {
            let reason = "Missing expected LF after header value";
            Some(Failure::new("HPE_LF_EXPECTED", reason, at + 1))
        }
        [b'\n', ..] => {
            let reason = "Missing expected CR after header value";
            Some(Failure::new("HPE_CR_EXPECTED", reason, at))
        }
        _ => Some(Failure::new(TOKEN, "Invalid header value char", at)),
    }
}
