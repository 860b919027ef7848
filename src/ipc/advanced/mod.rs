//! The `advanced` serialization: four bytes of length, the highest first, then a value in V8's format.

mod kind;

use std::borrow::Cow;

use super::{
    codec::{Codec, Command, Envelope, Kind},
    value::{copy, tag, writer::Writer},
};

/// Bytes of a frame before its payload.
const PREFIX: usize = 4;

#[derive(Debug)]
pub(super) struct Advanced {
    classifier: kind::Classifier,
}

impl Advanced {
    pub(super) fn new() -> Self {
        Self { classifier: kind::Classifier::new() }
    }
}

impl Codec for Advanced {
    fn frame_end(&self, carried: &[u8], chunk: &[u8]) -> Option<usize> {
        let wanted = PREFIX.saturating_sub(carried.len());
        if chunk.len() < wanted {
            return None;
        }
        let mut prefix = [0; PREFIX];
        let known = PREFIX - wanted;
        prefix[..known].copy_from_slice(&carried[..known]);
        prefix[known..].copy_from_slice(&chunk[..wanted]);
        let end = PREFIX + u32::from_be_bytes(prefix) as usize - carried.len();
        (end <= chunk.len()).then_some(end)
    }

    fn payload<'a>(&self, frame: &'a [u8]) -> &'a [u8] {
        frame.get(PREFIX..).unwrap_or_default()
    }

    fn kind(&self, payload: &[u8]) -> Kind {
        self.classifier.kind(payload)
    }

    fn open(&self, frame: &mut Vec<u8>) {
        frame.extend_from_slice(&[0; PREFIX]);
    }

    fn seal(&self, frame: &mut Vec<u8>) {
        let length = frame.len().saturating_sub(PREFIX) as u32;
        if let Some(prefix) = frame.first_chunk_mut::<PREFIX>() {
            *prefix = length.to_be_bytes();
        }
    }

    fn wrap(&self, envelope: &Envelope<'_>, frame: &mut Vec<u8>) {
        let inner = std::mem::take(frame);
        self.open(frame);
        let mut writer = Writer::after(std::mem::take(frame));
        writer.header();
        writer.tag(tag::OBJECT);
        let mut count = 3;
        member(&mut writer, "cmd", "NODE_HANDLE");
        member(&mut writer, "type", envelope.kind.name());
        writer.latin1(b"msg");
        // The envelope is object 0, so those of the message move up by one.
        let copied = copy::copy(self.payload(&inner), 1, &mut writer);
        debug_assert!(copied.is_ok(), "we have serialized this message ourselves");
        for (name, value) in [("dgramType", envelope.dgram_type), ("key", envelope.key)] {
            if let Some(value) = value {
                member(&mut writer, name, value);
                count += 1;
            }
        }
        writer.end(tag::OBJECT_END, count, None);
        *frame = writer.into_bytes();
    }

    fn push_reply(&self, command: Command, frame: &mut Vec<u8>) {
        let name = command.name().expect("only named commands are replies");
        let start = frame.len();
        frame.extend_from_slice(&[0; PREFIX]);
        let mut writer = Writer::after(std::mem::take(frame));
        writer.header();
        writer.tag(tag::OBJECT);
        member(&mut writer, "cmd", name);
        writer.end(tag::OBJECT_END, 1, None);
        *frame = writer.into_bytes();
        let length = (frame.len() - start - PREFIX) as u32;
        frame[start..start + PREFIX].copy_from_slice(&length.to_be_bytes());
    }
}

/// Writes a property whose value is a string.
fn member(writer: &mut Writer, name: &str, value: &str) {
    writer.latin1(name.as_bytes());
    text(writer, value);
}

fn text(writer: &mut Writer, text: &str) {
    match latin1(text) {
        Some(units) => writer.latin1(&units),
        None => writer.utf16(text.encode_utf16().collect::<Vec<_>>().into_iter()),
    }
}

fn latin1(text: &str) -> Option<Cow<'_, [u8]>> {
    if text.is_ascii() {
        return Some(text.as_bytes().into());
    }
    text.chars()
        .map(|unit| u8::try_from(u32::from(unit)).ok())
        .collect::<Option<Vec<_>>>()
        .map(Into::into)
}

#[cfg(test)]
mod tests;
