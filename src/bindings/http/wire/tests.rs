//! Whole messages, messages in pieces, hostile bytes.

use super::{Event, Limits, Machine, Start, Verdict};

const LIMITS: Limits = Limits { head: 16 * 1024, is_lenient: false };

/// What a machine tells of pieces of input, one line an event.
fn told(machine: &mut Machine, pieces: &[&[u8]]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut body = String::new();
    for piece in pieces {
        let mut at = 0;
        loop {
            let (event, next) = machine.next(piece, at);
            at = next;
            match event {
                Event::More => break,
                Event::Body(start, end) => body += &String::from_utf8_lossy(&piece[start..end]),
                Event::Head(head, _) => {
                    let fields = head.fields.iter().map(|field| {
                        let text = |range: &std::ops::Range<usize>| {
                            String::from_utf8_lossy(&head.bytes[range.clone()]).into_owned()
                        };
                        format!("{}={}", text(&field.name), text(&field.value))
                    });
                    let fields = fields.collect::<Vec<_>>().join("&");
                    lines.push(match &head.start {
                        Start::Request { method, target } => {
                            let target = String::from_utf8_lossy(&head.bytes[target.clone()]);
                            format!("{method} {target} {fields}")
                        }
                        Start::Response { status, .. } => format!("{status} {fields}"),
                    });
                }
                Event::End(bytes, fields) => {
                    let names = fields.iter().map(|field| {
                        String::from_utf8_lossy(&bytes[field.name.clone()]).into_owned()
                    });
                    lines.push(format!("end {body:?} {:?}", names.collect::<Vec<_>>()));
                    body.clear();
                }
                Event::Upgraded => {
                    lines.push("upgraded".into());
                    break;
                }
                Event::Failed(failure) => {
                    lines.push(failure.code.into());
                    return lines;
                }
            }
        }
    }
    lines
}

fn requests(text: &str) -> Vec<String> {
    told(&mut Machine::new(true, LIMITS), &[text.as_bytes()])
}

#[test]
fn messages_one_after_the_other() {
    let text = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPUT /c HTTP/1.1\r\n\
                Transfer-Encoding: chunked\r\n\r\n3;a=\"b\"\r\nxyz\r\n0\r\nT: 1\r\n\r\n";
    let expected = [
        "GET /a Host=x",
        "end \"\" []",
        "POST /b Content-Length=3",
        "end \"abc\" []",
        "PUT /c Transfer-Encoding=chunked",
        "end \"xyz\" [\"T\"]",
    ];
    assert_eq!(requests(text), expected);
    // The same, whatever the pieces.
    for size in 1..text.len() {
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
        assert_eq!(told(&mut Machine::new(true, LIMITS), &pieces), expected, "pieces of {size}");
    }
}

#[test]
fn what_two_readers_could_read_differently_is_refused() {
    let post = |fields: &str, body: &str| {
        requests(&format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n{body}")).pop().unwrap_or_default()
    };
    for (fields, body, code) in [
        ("Content-Length: 3\r\nContent-Length: 3", "", "HPE_UNEXPECTED_CONTENT_LENGTH"),
        ("Content-Length: 3\r\nTransfer-Encoding: chunked", "", "HPE_INVALID_TRANSFER_ENCODING"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 3", "", "HPE_INVALID_CONTENT_LENGTH"),
        ("Transfer-Encoding: chunked, gzip", "", "HPE_INVALID_TRANSFER_ENCODING"),
        ("Transfer-Encoding: xchunked", "", "HPE_INVALID_TRANSFER_ENCODING"),
        ("Content-Length: +3", "", "HPE_INVALID_CONTENT_LENGTH"),
        ("Content-Length: 3, 3", "", "HPE_INVALID_CONTENT_LENGTH"),
        ("Content-Length: 99999999999999999999", "", "HPE_INVALID_CONTENT_LENGTH"),
        ("A: b\nContent-Length: 3", "", "HPE_CR_EXPECTED"),
        ("A: b\rContent-Length: 3", "", "HPE_LF_EXPECTED"),
        ("A : b", "", "HPE_INVALID_HEADER_TOKEN"),
        ("A: b\r\n c", "", "HPE_INVALID_HEADER_TOKEN"),
        (" A: b", "", "HPE_UNEXPECTED_SPACE"),
        ("Transfer-Encoding: chunked", "3\nabc", "HPE_CR_EXPECTED"),
        ("Transfer-Encoding: chunked", "3\r\nabcd", "HPE_STRICT"),
        ("Transfer-Encoding: chunked", "x\r\n", "HPE_INVALID_CHUNK_SIZE"),
        ("Transfer-Encoding: chunked", "fffffffffffffffff\r\n", "HPE_INVALID_CHUNK_SIZE"),
        (
            "Transfer-Encoding: chunked",
            "0\r\nContent-Length: 3\r\n\r\n",
            "HPE_INVALID_CONTENT_LENGTH",
        ),
        ("Connection: close\r\nContent-Length: 0", "GET", "HPE_CLOSED_CONNECTION"),
    ] {
        assert_eq!(post(fields, body), code, "{fields:?} {body:?}");
    }
}

#[test]
fn a_head_in_small_pieces_is_not_parsed_piece_by_piece() {
    let limits = Limits { head: 1 << 20, ..LIMITS };
    let text = "GET / HTTP/1.1\r\n".to_owned() + &"name: the value\r\n".repeat(6000);
    for (text, is_lenient) in [
        (text.clone(), false),
        // What a lenient parser lets pass is no reason to look again.
        (text.replace("value", "va\x01ue"), true),
    ] {
        let mut machine = Machine::new(true, Limits { is_lenient, ..limits });
        for byte in text.as_bytes().chunks(1) {
            assert!(matches!(machine.next(byte, 0), (Event::More, 1)));
        }
        assert!(machine.doubts() < 20, "{} times", machine.doubts());
        assert!(matches!(machine.next(b"\r", 0), (Event::More, 1)));
        let (Event::Head(head, _), 1) = machine.next(b"\nrest", 0) else { panic!("no head") };
        assert_eq!(head.fields.len(), 6000);
    }
    let mut machine = Machine::new(true, limits);
    told(&mut machine, &[b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"]);
    for byte in text.split_at(16).1.as_bytes().chunks(1) {
        assert!(matches!(machine.next(byte, 0), (Event::More, 1)));
    }
    assert!(machine.doubts() < 3, "{} times", machine.doubts());
    assert_eq!(told(&mut machine, &[b"\r", b"\n"])[0].matches("name").count(), 6000);
}

#[test]
fn what_is_wrong_is_told_before_the_head_is_whole() {
    for (text, code, at) in [
        ("GEX", "HPE_INVALID_METHOD", 2),
        ("GET / HTTP/1.1\n", "HPE_INVALID_VERSION", 15),
        ("GET / HTTP/3.1\r\n", "HPE_INVALID_VERSION", 12),
        ("GET /\x01", "HPE_INVALID_URL", 5),
        ("GET / HTTP/1.1\r\n\n", "HPE_INVALID_HEADER_TOKEN", 17),
        ("GET / HTTP/1.1\r\n A", "HPE_UNEXPECTED_SPACE", 16),
        ("GET / HTTP/1.1\r\nA b", "HPE_INVALID_HEADER_TOKEN", 17),
        ("GET / HTTP/1.1\r\nA: b\n", "HPE_CR_EXPECTED", 20),
        ("GET / HTTP/1.1\r\nA: b\x01", "HPE_INVALID_HEADER_TOKEN", 20),
        ("GET / HTTP/1.1\r\nA: b\rc", "HPE_LF_EXPECTED", 21),
    ] {
        let mut machine = Machine::new(true, LIMITS);
        let failed = |event: Event, before: usize| match event {
            Event::Failed(failure) => Some((failure.code, failure.at + before)),
            _ => None,
        };
        let found = failed(machine.next(text.as_bytes(), 0).0, 0);
        assert_eq!(found.map(|found| found.0), Some(code), "{text:?}");
        let mut machine = Machine::new(true, LIMITS);
        let mut pieces = text.as_bytes().chunks(1).enumerate();
        let found = pieces.find_map(|(at, byte)| failed(machine.next(byte, 0).0, at));
        assert_eq!(found.map(|found| found.0), Some(code), "{text:?} byte by byte");
        assert!(found.is_some_and(|found| found.1.abs_diff(at) <= 1), "{text:?}: {found:?}");
    }
}

#[test]
fn empty_lines_do_no_harm() {
    let text = "\n".repeat(1 << 22) + "\r\rGET / HTTP/1.1\r\n\r\n";
    assert_eq!(requests(&text), ["GET / ", "end \"\" []"]);
    let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
    let last = |end: &str| requests(&(chunked.to_owned() + end)).pop();
    assert_eq!(last("\n").as_deref(), Some("HPE_INVALID_HEADER_TOKEN"));
    assert_eq!(last("A: b\n\r\n").as_deref(), Some("HPE_CR_EXPECTED"));
}

#[test]
fn nothing_grows_without_end() {
    let mut machine = Machine::new(true, LIMITS);
    let mut told_of = Vec::new();
    told(&mut machine, &[b"GET / HTTP/1.1\r\n"]);
    for _ in 0..100_000 {
        told_of = told(&mut machine, &[b"a:\r\n"]);
        if !told_of.is_empty() {
            break;
        }
    }
    assert_eq!(told_of, ["HPE_HEADER_OVERFLOW"]);
    for body in ["3;".to_owned() + &"a".repeat(20_000), "0".repeat(100_000)] {
        let text = format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        assert!(requests(&text).pop().is_some_and(|last| last.starts_with("HPE_")));
    }
    let trailers = "0\r\n".to_owned() + &"a: b\r\n".repeat(20_000);
    let text = format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{trailers}");
    assert_eq!(requests(&text).pop().as_deref(), Some("HPE_HEADER_OVERFLOW"));
}

#[test]
fn responses_and_verdicts() {
    let mut machine = Machine::new(false, LIMITS);
    let text =
        b"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\n\r\nto the end";
    assert_eq!(told(&mut machine, &[text]), ["204 Content-Length=3", "end \"\" []", "200 "]);
    assert!(matches!(machine.finish(), Event::End(..)));

    let mut machine = Machine::new(false, LIMITS);
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
    assert!(matches!(machine.next(head, 0), (Event::Head(..), _)));
    machine.judge(Verdict::NoBody);
    assert!(matches!(machine.next(head, head.len()), (Event::End(..), _)));
    let mut machine = Machine::new(true, LIMITS);
    let head = b"GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nrest";
    let (Event::Head(_, meaning), at) = machine.next(head, 0) else { panic!("no head") };
    assert!(meaning.asks_for_upgrade);
    machine.judge(Verdict::Upgrade);
    assert!(matches!(machine.next(head, at), (Event::Upgraded, at) if &head[at..] == b"rest"));
}

#[test]
fn random_bytes_never_panic() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let whole = b"POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX:\t y \r\n\r\n3;a=\"b\\\"\"\r\nxyz\r\n0\r\nT: 1\r\n\r\n";
    for round in 0..20_000_u64 {
        let mut bytes = whole.to_vec();
        for _ in 0..=random() % 4 {
            let at = random() as usize % bytes.len();
            match random() % 3 {
                0 => bytes[at] = random() as u8,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"\r\n:; ,=\0"[random() as usize % 8]),
            }
        }
        let size = 1 + random() as usize % bytes.len();
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        let mut machine = Machine::new(round % 2 == 0, LIMITS);
        told(&mut machine, &pieces);
        machine.finish();
    }
}
