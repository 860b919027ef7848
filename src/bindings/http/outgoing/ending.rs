//! What a head says that no program has set: when it was made, what becomes of the connection, and how the peer finds
//! the end of the body. Each of three functions answers what is to be written; none of them knows an engine.

use std::fmt::Write as _;

/// How a message wants to be sent.
#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools)] // each is a property that programs may set
pub(super) struct Manner {
    pub(super) says_date: bool,
    pub(super) keeps_alive: bool,
    /// Whether its connection counts the messages and this is the last.
    pub(super) is_at_limit: bool,
    pub(super) has_agent: bool,
    pub(super) has_body: bool,
    pub(super) is_chunked: bool,
    pub(super) may_be_chunked: bool,
    /// Whether its status stands for no body at all.
    pub(super) is_bodiless: bool,
    /// What the program does not want to be said.
    pub(super) without_connection: bool,
    pub(super) without_length: bool,
    pub(super) without_encoding: bool,
    /// The length of the body in bytes, if it is known.
    pub(super) length: Option<f64>,
    pub(super) rest: Option<Rest>,
}

/// How long a connection is kept without a message, in seconds, and how many it takes (0: any number).
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Rest {
    pub(super) seconds: f64,
    pub(super) most: f64,
}

/// What the fields say, as far as anything hangs on it.
#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools)] // each is one field's
pub(super) struct Seen {
    /// Whether a `Connection` is there, and if so whether it closes.
    pub(super) closes: Option<bool>,
    /// What `Content-Length` says; not a number if that is none.
    pub(super) length: Option<f64>,
    pub(super) encoding: bool,
    pub(super) chunked: bool,
    pub(super) date: bool,
    pub(super) expect: bool,
    pub(super) trailer: bool,
    pub(super) keep_alive: bool,
}

impl Seen {
    /// Takes note of a field. `key` is its name in lower case.
    pub(super) fn note(&mut self, key: &[u8], value: &[u8]) {
        match key {
            b"connection" => {
                self.closes = Some(self.closes == Some(true) || has_word(value, b"close"));
            }
            b"transfer-encoding" => {
                self.encoding = true;
                self.chunked |= has_word(value, b"chunked");
            }
            b"content-length" => {
                let text = std::str::from_utf8(value).unwrap_or("").trim();
                self.length = Some(text.parse().unwrap_or(f64::NAN));
            }
            b"date" => self.date = true,
            b"expect" => self.expect = true,
            b"trailer" => self.trailer = true,
            b"keep-alive" => self.keep_alive = true,
            _ => {}
        }
    }
}

/// Whether a list has a word, in any case. A word may have parameters.
fn has_word(list: &[u8], word: &[u8]) -> bool {
    let mut items = list.split(|byte| matches!(byte, b',' | b';' | b' ' | b'\t'));
    items.any(|item| item.eq_ignore_ascii_case(word))
}

/// What becomes of the connection.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Fate {
    /// Nothing is added.
    Unsaid {
        closes: bool,
    },
    Closes,
    /// It takes no more, but it is the peer that closes.
    IsFull,
    Stays(Option<Rest>),
}

/// Where the body ends.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum End {
    /// As the fields say.
    Told,
    NoBody,
    Length(f64),
    Chunks,
    WithConnection,
}

/// A head's end: the fields that are added, and what they mean for the message.
pub(super) struct Ending {
    pub(super) lines: String,
    pub(super) is_last: bool,
    pub(super) is_chunked: bool,
    pub(super) keeps_alive: bool,
}

impl Ending {
    /// `now` is the text of this moment.
    pub(super) fn of(manner: &Manner, seen: &Seen, now: &str) -> Self {
        let announced = manner.is_chunked || seen.chunked;
        // Chunks where there is no body: the peer may take them for the next message.
        let is_unsafe = announced && manner.is_bodiless;
        let keeps_alive = !is_unsafe && (manner.keeps_alive || seen.closes == Some(false));
        let (fate, end) = (connection(manner, seen, keeps_alive), length(manner, seen));
        let mut lines = date(manner, seen, now);
        fate.write(&mut lines);
        end.write(&mut lines);
        let is_chunked = match end {
            End::Chunks => true,
            End::NoBody => false,
            _ => announced && !is_unsafe,
        };
        let closes = matches!(fate, Fate::Closes | Fate::Unsaid { closes: true });
        Self { lines, is_last: closes || end == End::WithConnection, is_chunked, keeps_alive }
    }
}

fn date(manner: &Manner, seen: &Seen, now: &str) -> String {
    let mut lines = String::with_capacity(128);
    if manner.says_date && !seen.date {
        lines.extend(["Date: ", now, "\r\n"]);
    }
    lines
}

fn connection(manner: &Manner, seen: &Seen, keeps_alive: bool) -> Fate {
    // A peer can go on only if it finds the end of what is sent now.
    let can_stay = seen.length.is_some() || manner.may_be_chunked || manner.has_agent;
    match seen.closes {
        Some(closes) => Fate::Unsaid { closes },
        None if manner.without_connection => Fate::Unsaid { closes: !keeps_alive },
        None if !(keeps_alive && can_stay) => Fate::Closes,
        None if manner.is_at_limit => Fate::IsFull,
        None => Fate::Stays(manner.rest.filter(|_| !seen.keep_alive)),
    }
}

impl Fate {
    fn write(self, lines: &mut String) {
        match self {
            Self::Unsaid { .. } => {}
            Self::Closes | Self::IsFull => lines.push_str("Connection: close\r\n"),
            Self::Stays(rest) => {
                lines.push_str("Connection: keep-alive\r\n");
                if let Some(rest) = rest {
                    rest.write(lines);
                }
            }
        }
    }
}

impl Rest {
    fn write(self, lines: &mut String) {
        // Writing to a string does not fail.
        let _ = write!(lines, "Keep-Alive: timeout={}", self.seconds);
        if self.most > 0.0 {
            let _ = write!(lines, ", max={}", self.most);
        }
        lines.push_str("\r\n");
    }
}

fn length(manner: &Manner, seen: &Seen) -> End {
    if seen.length.is_some() || seen.encoding {
        return End::Told;
    }
    if !manner.has_body {
        return End::NoBody;
    }
    // Trailers come behind chunks only.
    let known = manner.length.filter(|_| !manner.without_length && !seen.trailer);
    match known {
        _ if !manner.may_be_chunked => End::WithConnection,
        Some(length) => End::Length(length),
        None if manner.without_encoding => End::WithConnection,
        None => End::Chunks,
    }
}

impl End {
    fn write(self, lines: &mut String) {
        match self {
            Self::Length(length) => {
                let _ = write!(lines, "Content-Length: {length}\r\n");
            }
            Self::Chunks => lines.push_str("Transfer-Encoding: chunked\r\n"),
            Self::Told | Self::NoBody | Self::WithConnection => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(fields: &[(&str, &str)]) -> Seen {
        let mut seen = Seen::default();
        for (name, value) in fields {
            seen.note(name.as_bytes(), value.as_bytes());
        }
        seen
    }

    fn usual() -> Manner {
        Manner { keeps_alive: true, has_body: true, may_be_chunked: true, ..Manner::default() }
    }

    #[test]
    fn words_are_whole_and_none_is_forgotten() {
        assert_eq!(seen(&[("connection", "Close"), ("connection", "x")]).closes, Some(true));
        assert_eq!(seen(&[("connection", "x, close")]).closes, Some(true));
        assert_eq!(seen(&[("connection", "closed")]).closes, Some(false));
        assert!(seen(&[("transfer-encoding", "gzip,Chunked")]).chunked);
        assert!(!seen(&[("transfer-encoding", "x-chunkless")]).chunked);
    }

    #[test]
    fn a_body_has_one_end() {
        let manner = Manner { length: Some(5.0), ..usual() };
        assert_eq!(length(&manner, &seen(&[])), End::Length(5.0));
        assert_eq!(length(&usual(), &seen(&[])), End::Chunks);
        assert_eq!(length(&usual(), &seen(&[("content-length", "5")])), End::Told);
        assert_eq!(length(&manner, &seen(&[("trailer", "x")])), End::Chunks);
        let unsaid = Manner { without_encoding: true, ..usual() };
        assert_eq!(length(&unsaid, &seen(&[])), End::WithConnection);
        assert_eq!(length(&Manner { has_body: false, ..usual() }, &seen(&[])), End::NoBody);
    }

    #[test]
    fn a_connection_stays_only_behind_a_body_that_ends() {
        let rest = Some(Rest { seconds: 5.0, most: 2.0 });
        let manner = Manner { rest, ..usual() };
        assert_eq!(connection(&manner, &seen(&[]), true), Fate::Stays(rest));
        assert_eq!(connection(&manner, &seen(&[("keep-alive", "x")]), true), Fate::Stays(None));
        let old = Manner { may_be_chunked: false, ..usual() };
        assert_eq!(connection(&old, &seen(&[]), true), Fate::Closes);
        assert_eq!(connection(&old, &seen(&[("content-length", "1")]), true), Fate::Stays(None));
        let full = Manner { is_at_limit: true, ..usual() };
        assert_eq!(connection(&full, &seen(&[]), true), Fate::IsFull);
        let ending = Ending::of(&manner, &seen(&[]), "now");
        assert_eq!(
            ending.lines,
            "Connection: keep-alive\r\nKeep-Alive: timeout=5, max=2\r\nTransfer-Encoding: chunked\r\n"
        );
    }

    #[test]
    fn chunks_without_a_body_end_the_connection() {
        let manner = Manner { has_body: false, is_bodiless: true, says_date: true, ..usual() };
        let ending = Ending::of(&manner, &seen(&[("transfer-encoding", "chunked")]), "now");
        assert_eq!(ending.lines, "Date: now\r\nConnection: close\r\n");
        assert!(ending.is_last && !ending.is_chunked && !ending.keeps_alive);
    }
}
