//! Frames in V8's format.

use super::*;
use crate::ipc::{
    codec::HandleType,
    value::hex::{bytes, hex},
};

/// `{hello: '世界'}` as Node frames it.
const HELLO: &str = "00000012 ff0f 6f 22 05 68656c6c6f 63 04 164e4c75 7b01";

fn frame(payload: &[u8]) -> Vec<u8> {
    let codec = Advanced::new();
    let mut frame = Vec::new();
    codec.open(&mut frame);
    frame.extend_from_slice(payload);
    frame
}

#[test]
fn a_frame_ends_where_its_length_says() {
    let whole = bytes(HELLO);
    let codec = Advanced::new();
    for split in 0..whole.len() {
        let (carried, chunk) = whole.split_at(split);
        let mut rest = chunk.to_vec();
        rest.extend_from_slice(b"more");
        assert_eq!(codec.frame_end(carried, &rest), Some(whole.len() - split), "{split}");
        for end in 0..chunk.len() {
            assert_eq!(codec.frame_end(carried, &chunk[..end]), None, "{split} {end}");
        }
    }
    assert_eq!(codec.frame_end(&[], &[0, 0, 0, 0, 1]), Some(4));
    assert_eq!(codec.payload(&whole), &whole[4..]);
}

#[test]
fn a_sealed_frame_has_its_length() {
    let mut sealed = frame(&bytes(HELLO)[4..]);
    Advanced::new().seal(&mut sealed);
    assert_eq!(sealed, bytes(HELLO));
}

#[test]
fn envelopes_are_nodes() {
    let codec = Advanced::new();
    let mut wrapped = frame(&bytes(HELLO)[4..]);
    let socket = Envelope { kind: HandleType::Socket, dgram_type: None, key: Some("4:::0") };
    codec.wrap(&socket, &mut wrapped);
    codec.seal(&mut wrapped);
    // Node: {cmd: 'NODE_HANDLE', type: 'net.Socket', msg: {hello: '世界'}, key: '4:::0'}
    let expected = "0000004aff0f6f2203636d64220b4e4f44455f48414e444c45220474797065220a6e6574 \
                    2e536f636b657422036d73676f220568656c6c6f6304164e4c757b0122036b6579220534 \
                    3a3a3a307b04";
    assert_eq!(hex(&wrapped), expected.replace(' ', ""));
    assert_eq!(codec.kind(codec.payload(&wrapped)), Kind::Internal(Command::Handle));
    // Sent again, it is wrapped once more.
    codec.wrap(&Envelope::NATIVE, &mut wrapped);
    codec.seal(&mut wrapped);
    assert_eq!(codec.kind(codec.payload(&wrapped)), Kind::Internal(Command::Handle));
}

#[test]
fn replies_are_nodes() {
    let codec = Advanced::new();
    let mut frame = Vec::new();
    codec.push_reply(Command::HandleAck, &mut frame);
    codec.push_reply(Command::HandleNack, &mut frame);
    let expected = "0000001b ff0f6f2203636d64220f4e4f44455f48414e444c455f41434b7b01 \
                    0000001c ff0f6f2203636d6422104e4f44455f48414e444c455f4e41434b7b01";
    assert_eq!(hex(&frame), expected.replace(' ', ""));
    let end = codec.frame_end(&[], &frame).unwrap();
    assert_eq!(codec.kind(codec.payload(&frame[..end])), Kind::Internal(Command::HandleAck));
    assert_eq!(codec.kind(codec.payload(&frame[end..])), Kind::Internal(Command::HandleNack));
}

#[test]
fn only_an_objects_own_command_makes_a_message_internal() {
    let codec = Advanced::new();
    let internal = |payload: &str| codec.kind(&bytes(payload)) != Kind::Message;
    let cmd = "2203636d64";
    let node_x = "22064e4f44455f58";
    assert!(internal(&format!("ff0f 6f {cmd} {node_x} 7b01")));
    assert!(internal(&format!("ff0f 6f {cmd} {node_x} 220161 30 7b02")));
    // The last one counts.
    assert!(internal(&format!("ff0f 6f {cmd} 30 {cmd} {node_x} 7b02")));
    assert!(!internal(&format!("ff0f 6f {cmd} {node_x} {cmd} 30 7b02")));
    // Two-byte strings spell it, too.
    assert!(internal("ff0f 6f 630663006d006400 630c4e004f00440045005f005800 7b01"));
    // Exactly "NODE_" is a program's.
    assert!(!internal(&format!("ff0f 6f {cmd} 22054e4f44455f 7b01")));
    // Inside of something else, it is nothing.
    assert!(!internal(&format!("ff0f 6f 220161 6f {cmd} {node_x} 7b01 7b01")));
    assert!(!internal(&format!("ff0f 41 01 6f {cmd} {node_x} 7b01 24 00 01")));
    assert!(!internal(&format!("ff0f {node_x}")));
    assert!(!internal(&format!("ff0f 3b {cmd} {node_x} 3a02")));
    // What is broken is told to the program as such.
    assert!(!internal(&format!("ff0f 6f {cmd} {node_x}")));
    assert!(!internal(&format!("6f {cmd} {node_x} 7b01")));
}
