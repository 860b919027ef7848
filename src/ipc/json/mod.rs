//! The `json` serialization: `JSON.stringify(message) + "\n"`, in UTF-8.
//!
//! Nothing is decoded here save what tells an internal message from a program's. Payloads may hold
//! anything, UTF-8 or not; [`text`] is how they read as text.

mod kind;

use memchr::memchr;

use self::kind::Classifier;
use super::codec::{Codec, Command, Envelope, Kind};

#[derive(Debug)]
pub(super) struct Json {
    classifier: Classifier,
}

impl Json {
    pub(super) fn new() -> Self {
        Self { classifier: Classifier::new() }
    }
}

impl Codec for Json {
    fn frame_end(&self, _carried: &[u8], chunk: &[u8]) -> Option<usize> {
        memchr(b'\n', chunk).map(|newline| newline + 1)
    }

    fn payload<'a>(&self, frame: &'a [u8]) -> &'a [u8] {
        frame.strip_suffix(b"\n").unwrap_or(frame)
    }

    fn kind(&self, payload: &[u8]) -> Kind {
        self.classifier.kind(payload)
    }

    fn open(&self, _frame: &mut Vec<u8>) {}

    fn seal(&self, frame: &mut Vec<u8>) {
        frame.push(b'\n');
    }

    fn wrap(&self, envelope: &Envelope<'_>, frame: &mut Vec<u8>) {
        let message = std::mem::take(frame);
        frame.reserve(message.len() + 96);
        frame.extend_from_slice(br#"{"cmd":"NODE_HANDLE","type":""#);
        frame.extend_from_slice(envelope.kind.name().as_bytes());
        frame.extend_from_slice(br#"","msg":"#);
        frame.extend_from_slice(&message);
        push_member(frame, "dgramType", envelope.dgram_type);
        push_member(frame, "key", envelope.key);
        frame.push(b'}');
    }

    fn push_reply(&self, command: Command, frame: &mut Vec<u8>) {
        let name = command.name().expect("only named commands are replies");
        frame.extend_from_slice(br#"{"cmd":""#);
        frame.extend_from_slice(name.as_bytes());
        frame.extend_from_slice(b"\"}\n");
    }
}

/// Appends `,"name":"value"` where there is a value.
fn push_member(frame: &mut Vec<u8>, name: &str, value: Option<&str>) {
    let Some(value) = value else { return };
    let value = serde_json::Value::from(value).to_string();
    frame.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipc::codec::HandleType;

    fn wrapped(envelope: Envelope<'_>, message: &str) -> String {
        let mut frame = message.as_bytes().to_vec();
        Json::new().wrap(&envelope, &mut frame);
        String::from_utf8(frame).unwrap()
    }

    #[test]
    fn envelopes_are_nodes_byte_for_byte() {
        let socket =
            Envelope { kind: HandleType::Socket, dgram_type: None, key: Some("4:127.0.0.1:0") };
        assert_eq!(
            wrapped(socket, r#"{"a":1}"#),
            r#"{"cmd":"NODE_HANDLE","type":"net.Socket","msg":{"a":1},"key":"4:127.0.0.1:0"}"#
        );
        let dgram = Envelope { kind: HandleType::Dgram, dgram_type: Some("udp4"), key: None };
        assert_eq!(
            wrapped(dgram, "\"m\""),
            r#"{"cmd":"NODE_HANDLE","type":"dgram.Socket","msg":"m","dgramType":"udp4"}"#
        );
        let quoted = Envelope { kind: HandleType::Socket, dgram_type: None, key: Some("a\"\n") };
        assert!(wrapped(quoted, "1").ends_with(r#","key":"a\"\n"}"#));
    }
}
