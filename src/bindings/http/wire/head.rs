//! The head of a message: its first line and its fields.

use std::ops::Range;

use httparse::{EMPTY_HEADER, Error, Header, ParserConfig, Status};

use super::{Failure, explain, gather::lines};

/// The methods that Node knows, sorted.
pub(in super::super) const METHODS: &[&str] = &[
    "ACL",
    "BIND",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LINK",
    "LOCK",
    "M-SEARCH",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "NOTIFY",
    "OPTIONS",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "PUT",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "TRACE",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
];

/// As many fields as most messages have: they are parsed without an allocation.
const USUAL_FIELDS: usize = 48;

/// Where the name and the value of a field stand.
#[derive(Clone, Debug)]
pub(in super::super) struct Field {
    pub(in super::super) name: Range<usize>,
    pub(in super::super) value: Range<usize>,
}

/// The first line.
#[derive(Clone, Debug)]
pub(in super::super) enum Start {
    Request { method: &'static str, target: Range<usize> },
    Response { status: u16, reason: Range<usize> },
}

/// A head, with its bytes. Its ranges are ranges of these.
#[derive(Debug)]
pub(in super::super) struct Head {
    pub(in super::super) bytes: Vec<u8>,
    pub(in super::super) start: Start,
    /// The second number of the version, the first of which is 1.
    pub(in super::super) minor: u8,
    pub(in super::super) fields: Vec<Field>,
}

/// Parses a head at the beginning of `bytes`, which is no empty line; how many bytes it has. `None` where there is more to come.
pub(super) fn parse(
    bytes: &[u8],
    is_request: bool,
    is_lenient: bool,
) -> Result<Option<(Head, usize)>, Failure> {
    let tamed = is_lenient.then(|| tame(bytes));
    let whole = bytes;
    let bytes = tamed.as_deref().unwrap_or(bytes);
    let mut usual = [EMPTY_HEADER; USUAL_FIELDS];
    let parsed = match parse_into(bytes, is_request, is_lenient, &mut usual) {
        Err(Error::TooManyHeaders) => {
            // One more for a line that has not ended.
            let mut many = vec![EMPTY_HEADER; lines(bytes) + 1];
            parse_into(bytes, is_request, is_lenient, &mut many)
        }
        parsed => parsed,
    };
    let (mut head, length) = match parsed {
        Ok(Some(parsed)) => parsed,
        Ok(None) if is_lenient => return Ok(None),
        Ok(None) => return explain::partial(bytes, is_request).map_or(Ok(None), Err),
        Err(error) => return Err(explain::head(bytes, is_request, error)),
    };
    if let Some(failure) = explain::accepted(&head, &bytes[..length], is_lenient) {
        return Err(failure);
    }
    if is_lenient {
        head.bytes.copy_from_slice(&whole[..length]);
    }
    Ok(Some((head, length)))
}

/// Bytes with something harmless in the place of control characters, which a lenient parser lets pass.
fn tame(bytes: &[u8]) -> Vec<u8> {
    let is_control = |byte: u8| !is_value(byte) && !matches!(byte, b'\r' | b'\n' | 0);
    bytes.iter().map(|byte| if is_control(*byte) { b'?' } else { *byte }).collect()
}

fn parse_into<'b>(
    bytes: &'b [u8],
    is_request: bool,
    is_lenient: bool,
    headers: &mut [Header<'b>],
) -> Result<Option<(Head, usize)>, Error> {
    let mut config = ParserConfig::default();
    config.allow_multiple_spaces_in_request_line_delimiters(true);
    config.allow_obsolete_multiline_headers_in_responses(is_lenient);
    let (length, start, minor, headers) = if is_request {
        let mut request = httparse::Request::new(headers);
        let Status::Complete(length) = config.parse_request(&mut request, bytes)? else {
            return Ok(None);
        };
        let (method, target) = (request.method.unwrap_or(""), request.path.unwrap_or(""));
        // One that is not known is refused by who looks at what was accepted.
        let method = METHODS.iter().find(|known| **known == method).copied().unwrap_or("");
        let target = range_of(target.as_bytes(), bytes);
        (length, Start::Request { method, target }, request.version, request.headers)
    } else {
        let mut response = httparse::Response::new(headers);
        let Status::Complete(length) = config.parse_response(&mut response, bytes)? else {
            return Ok(None);
        };
        let reason = range_of(response.reason.unwrap_or("").as_bytes(), bytes);
        let status = response.code.unwrap_or(0);
        (length, Start::Response { status, reason }, response.version, response.headers)
    };
    let fields = headers.iter().map(|header| field_of(header, bytes)).collect();
    let head = Head { bytes: bytes[..length].to_vec(), start, minor: minor.unwrap_or(1), fields };
    Ok(Some((head, length)))
}

/// The fields behind the last chunk, with their bytes.
#[derive(Debug)]
pub(super) struct Trailers {
    pub(super) bytes: Vec<u8>,
    pub(super) fields: Vec<Field>,
}

/// Parses the fields behind the last chunk, up to the empty line.
pub(super) fn parse_trailers(bytes: &[u8], is_lenient: bool) -> Result<Option<Trailers>, Failure> {
    let mut headers = vec![EMPTY_HEADER; lines(bytes) + 1];
    match httparse::parse_headers(bytes, &mut headers) {
        Ok(Status::Complete((length, headers))) => {
            if !is_lenient && let Some(failure) = explain::line_feed(&bytes[..length], 1) {
                return Err(failure);
            }
            let fields = headers.iter().map(|header| field_of(header, bytes)).collect();
            Ok(Some(Trailers { bytes: bytes[..length].to_vec(), fields }))
        }
        Ok(Status::Partial) if is_lenient => Ok(None),
        Ok(Status::Partial) => explain::line_feed(bytes, 1).map_or(Ok(None), Err),
        Err(error) => Err(explain::fields(bytes, 0, error)),
    }
}

fn field_of(header: &Header<'_>, bytes: &[u8]) -> Field {
    Field { name: range_of(header.name.as_bytes(), bytes), value: range_of(header.value, bytes) }
}

/// Where a part of `whole` stands in it; an empty range for a text of another place.
fn range_of(part: &[u8], whole: &[u8]) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    if part.is_empty() || start > whole.len() {
        return 0..0;
    }
    start..start + part.len()
}

/// Whether a byte may stand in a token: names of fields, methods.
const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// Whether bytes are a token.
pub(in super::super) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| is_token_byte(*byte))
}

/// Whether a byte may stand in the value of a field.
pub(in super::super) const fn is_value(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}
