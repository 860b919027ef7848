//! Tells internal messages from a program's by their bytes, without building a tree.
//!
//! An ordinary message is told by two searches for short byte strings. Only where those find
//! something is the top level of the object walked, and only what then still claims to be internal
//! is checked to be JSON at all.

use memchr::memmem::Finder;
use serde::de::IgnoredAny;

use super::super::codec::{Command, Kind};

/// What an internal command begins with.
const PREFIX: &[u8] = b"NODE_";

#[derive(Debug)]
pub(super) struct Classifier {
    prefix: Finder<'static>,
    escape: Finder<'static>,
}

impl Classifier {
    pub(super) fn new() -> Self {
        Self { prefix: Finder::new(PREFIX), escape: Finder::new(br"\u00") }
    }

    pub(super) fn kind(&self, payload: &[u8]) -> Kind {
        if !self.may_be_internal(payload) {
            return Kind::Message;
        }
        match internal_command(payload) {
            // Broken JSON goes where its syntax error is told to the program.
            Some(command) if is_json(payload) => Kind::Internal(command),
            _ => Kind::Message,
        }
    }

    /// False only if `payload` is no object, or no string in it can read as `NODE_…`: every letter of it
    /// is there as itself, or one is escaped, as U+004x or U+005x.
    fn may_be_internal(&self, payload: &[u8]) -> bool {
        let mut scan = Scan { bytes: payload, at: 0 };
        if scan.expect(b'{').is_none() {
            return false;
        }
        self.prefix.find(payload).is_some()
            || self
                .escape
                .find_iter(payload)
                .any(|at| matches!(payload.get(at + 4), Some(b'4' | b'5')))
    }
}

fn is_json(payload: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(payload).is_ok()
}

/// The command of an object whose last `cmd` (as in `JSON.parse`, the last of equal keys counts)
/// is a string that begins with `NODE_` and is longer. Of a payload that is no JSON, anything.
fn internal_command(payload: &[u8]) -> Option<Command> {
    let mut scan = Scan { bytes: payload, at: 0 };
    let mut found = None;
    scan.expect(b'{')?;
    while let Some(key) = scan.string() {
        scan.expect(b':')?;
        let value = scan.value()?;
        if spells(key, b"cmd") {
            found = command_of(value);
        }
        if scan.expect(b',').is_none() {
            break;
        }
    }
    found
}

/// The command that a JSON value names, if it is a string literal that names one.
fn command_of(value: Value<'_>) -> Option<Command> {
    let Value::String(literal) = value else { return None };
    let mut units = CodeUnits(literal);
    if !PREFIX.iter().all(|byte| units.next() == Some(u16::from(*byte))) || units.next().is_none() {
        return None;
    }
    let named = Command::NAMED.iter().find(|(name, _)| spells(literal, name.as_bytes()));
    Some(named.map_or(Command::Other, |(_, command)| *command))
}

/// Whether the inside of a string literal reads as `ascii`.
fn spells(literal: &[u8], ascii: &[u8]) -> bool {
    CodeUnits(literal).eq(ascii.iter().map(|byte| u16::from(*byte)))
}

/// The UTF-16 code units that the inside of a string literal stands for, exact for ASCII. Of other
/// characters each byte counts as one unit, U+FFFD: that is never equal to what is looked for.
struct CodeUnits<'a>(&'a [u8]);

impl Iterator for CodeUnits<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        let (&first, rest) = self.0.split_first()?;
        if first != b'\\' {
            self.0 = rest;
            return Some(if first.is_ascii() { u16::from(first) } else { 0xFFFD });
        }
        let (&escaped, rest) = rest.split_first()?;
        self.0 = rest;
        match escaped {
            b'u' => {
                let (digits, rest) = rest.split_at_checked(4)?;
                self.0 = rest;
                u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
            }
            b'b' => Some(0x08),
            b'f' => Some(0x0C),
            b'n' => Some(0x0A),
            b'r' => Some(0x0D),
            b't' => Some(0x09),
            other => Some(u16::from(other)),
        }
    }
}

/// A value at the top level of the object, as far as anybody asks.
enum Value<'a> {
    /// The inside of a string literal.
    String(&'a [u8]),
    Other,
}

/// A walk over JSON text. It trusts the text to be well-formed where that cannot lead it astray.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// Skips white space and then `byte`.
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip_white_space();
        (*self.bytes.get(self.at)? == byte).then(|| self.at += 1)
    }

    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The inside of the string literal that comes next, after white space.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            self.at += memchr::memchr2(b'"', b'\\', &self.bytes[self.at..])?;
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                return Some(&self.bytes[start..self.at - 1]);
            }
            self.at += 2;
            if self.at > self.bytes.len() {
                return None;
            }
        }
    }

    /// The value that comes next. Depth is a count, so no nesting is too deep.
    fn value(&mut self) -> Option<Value<'a>> {
        self.skip_white_space();
        if self.bytes.get(self.at) == Some(&b'"') {
            return self.string().map(Value::String);
        }
        let mut depth = 0_usize;
        loop {
            match self.bytes.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b']' | b'}' if depth > 0 => depth -= 1,
                b',' | b'}' if depth == 0 => return Some(Value::Other),
                _ => {}
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Kind {
        Classifier::new().kind(text.as_bytes())
    }

    #[test]
    fn programs_messages() {
        for text in [
            "",
            " ",
            "1",
            "\"NODE_HANDLE\"",
            "null",
            "[]",
            "{}",
            r#"{"cmd":"NODE_"}"#,
            r#"{"cmd":"node_handle"}"#,
            r#"{"cmd":"XNODE_HANDLE"}"#,
            r#"{"cmd":["NODE_HANDLE"]}"#,
            r#"{"cmd":{"cmd":"NODE_HANDLE"}}"#,
            r#"{"cmd":5,"NODE_HANDLE":1}"#,
            r#"{"a":{"cmd":"NODE_HANDLE"}}"#,
            r#"[{"cmd":"NODE_HANDLE"}]"#,
            r#"{"cmd":"NODE_HANDLE","cmd":"mine"}"#,
            r#"{"cmd":"NODE_HANDLE","cmd":1}"#,
            r#"{"Cmd":"NODE_HANDLE"}"#,
            r#"{"cmd ":"NODE_HANDLE"}"#,
            r#"{"__proto__":{"cmd":"NODE_HANDLE"}}"#,
            r#"{"a":"\"cmd\":\"NODE_HANDLE\""}"#,
            r#"{"a":"\\","b":"cmd","NODE_HANDLE":"cmd"}"#,
        ] {
            assert_eq!(kind(text), Kind::Message, "{text}");
        }
    }

    #[test]
    fn internal_messages() {
        for (text, command) in [
            (r#"{"cmd":"NODE_HANDLE"}"#, Command::Handle),
            (r#"{"cmd":"NODE_HANDLE_ACK"}"#, Command::HandleAck),
            (r#"{"cmd":"NODE_HANDLE_NACK"}"#, Command::HandleNack),
            (r#"{"cmd":"NODE_HANDLE_NACKS"}"#, Command::Other),
            (r#"{"cmd":"NODE_CLUSTER","act":"online"}"#, Command::Other),
            (r#"{"cmd":"NODE_x"}"#, Command::Other),
            (r#"{"cmd":"NODE_\ud800"}"#, Command::Other),
            (r#"{"cmd":"NODE_é"}"#, Command::Other),
            (" \t\r{ \"a\" : 1 , \"cmd\" : \"NODE_HANDLE\" } ", Command::Handle),
            (r#"{"cmd":"mine","cmd":"NODE_HANDLE"}"#, Command::Handle),
            (r#"{"a":[{"cmd":1},"]}"],"b":"\\","c":"\"","cmd":"NODE_HANDLE"}"#, Command::Handle),
            (r#"{"\u0063\u006D\u0064":"NODE_HANDLE"}"#, Command::Handle),
            (r#"{"cmd":"\u004eODE_HANDL\u0045"}"#, Command::Handle),
            (r#"{"cmd":"NODE\u005FHANDLE_ACK"}"#, Command::HandleAck),
            (r#"{"a":"\ud800","cmd":"NODE_HANDLE"}"#, Command::Handle),
            (r#"{"\ud800":1,"cmd":"NODE_HANDLE"}"#, Command::Handle),
        ] {
            assert_eq!(kind(text), Kind::Internal(command), "{text}");
        }
    }

    #[test]
    fn broken_json_is_no_internal_message() {
        for text in [
            r#"{"cmd":"NODE_HANDLE""#,
            r#"{"cmd":"NODE_HANDLE"},"#,
            r#"{"cmd":"NODE_HANDLE"}}"#,
            r#"{"cmd":"NODE_HANDLE",}"#,
            r#"{"cmd":"NODE_HANDLE" "a":1}"#,
            r#"{"cmd":"NODE_HANDLE\"}"#,
            r#"{"cmd":"NODE_HANDLE\"#,
            r#"{"cmd":"NODE_\u00"#,
            r#"{"cmd" "NODE_HANDLE"}"#,
            "{\"cmd\":\"NODE_HANDLE\"}\0",
            "{\"cmd\":\"NODE_HA\0NDLE\"}",
            "\u{feff}{\"cmd\":\"NODE_HANDLE\"}",
        ] {
            assert_eq!(kind(text), Kind::Message, "{text:?}");
        }
    }

    #[test]
    fn no_prefix_of_a_text_is_a_danger() {
        let text = r#"{"\u0063md":[{"x":"\\\u004e"}],"cmd":"NODE_\u0048ANDLE","z":{"a":[1,2]}}"#;
        for end in 0..text.len() {
            assert_eq!(kind(&text[..end]), Kind::Message, "{end}");
        }
        assert_eq!(kind(text), Kind::Internal(Command::Handle));
    }

    #[test]
    fn depth_is_no_danger() {
        let deep = format!(
            "{{\"a\":{}{},\"cmd\":\"NODE_HANDLE\"}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(kind(&deep), Kind::Internal(Command::Handle));
        let unclosed = format!("{{\"NODE_\":{}", "{\"a\":".repeat(100_000));
        assert_eq!(kind(&unclosed), Kind::Message);
    }

    #[test]
    fn invalid_utf8_counts_as_characters() {
        let payload = b"{\"cmd\":\"NODE_\xff\",\"\xfe\":1}";
        assert_eq!(Classifier::new().kind(payload), Kind::Internal(Command::Other));
    }
}
