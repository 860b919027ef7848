//! The `advanced` serialization between rjs and Node, and with peers that misbehave.

mod peers;

use std::{
    io::{Read, Write},
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Child, Stdio},
};

use peers::{expect, node, own, printed, rjs};

const VALUES: &str = "random-values.js";

#[test]
fn random_values_go_there_and_back_between_rjs_and_rjs() {
    expect(&own(), VALUES, &own(), &["2000"], "all 2000 0\n");
}

#[test]
fn ten_thousand_random_values_go_there_and_back_with_node_as_the_child() {
    let Some(node) = node() else { return };
    expect(&own(), VALUES, &node, &["10000"], "all 10000 0\n");
}

#[test]
fn random_values_go_there_and_back_with_node_as_the_parent() {
    let Some(node) = node() else { return };
    expect(&node, VALUES, &own(), &["2000"], "all 2000 0\n");
}

/// A child on an advanced channel, which is its standard input.
fn child(script: &str) -> (Child, UnixStream) {
    let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
    let child = rjs()
        .args(["-e", script])
        .env("NODE_CHANNEL_FD", "0")
        .env("NODE_CHANNEL_SERIALIZATION_MODE", "advanced")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rjs starts");
    (child, ours)
}

fn frame(payload: &[u8]) -> Vec<u8> {
    [&(payload.len() as u32).to_be_bytes(), payload].concat()
}

/// `{hello: '世界'}`, recorded from Node.
const HELLO: &[u8] = b"\xff\x0fo\"\x05helloc\x04\x16\x4e\x4c\x75{\x01";

#[test]
fn frames_may_come_in_pieces_of_any_size() {
    let (mut child, mut channel) = child("process.on('message', (m) => process.send(m))");
    let whole = frame(HELLO);
    let mut reply = vec![0; whole.len()];
    for at in 0..whole.len() {
        channel.write_all(&whole[..at]).expect("the child reads");
        channel.write_all(&whole[at..]).expect("the child reads");
        channel.read_exact(&mut reply).expect("the child answers");
        assert_eq!(reply, whole, "split at {at}");
    }
    channel.write_all(&whole.repeat(200)).expect("the child reads");
    let mut replies = vec![0; whole.len() * 200];
    channel.read_exact(&mut replies).expect("the child answers");
    assert_eq!(replies, whole.repeat(200));
    drop(channel);
    assert!(child.wait().expect("the child ends").success());
}

#[test]
fn a_large_message_goes_both_ways() {
    let script = "process.once('message', (m) => process.send(Buffer.from(m.text), () => process.disconnect()))";
    let (mut child, mut channel) = child(script);
    let length = 10_000_000_u32;
    // {text: 'x…'}, its length as a varint.
    let mut payload = b"\xff\x0fo\"\x04text\"".to_vec();
    let mut rest = length;
    while rest >= 0x80 {
        payload.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    payload.push(rest as u8);
    payload.resize(payload.len() + length as usize, b'x');
    payload.extend_from_slice(b"{\x01");
    let mut writer = channel.try_clone().expect("a second handle");
    let writing = std::thread::spawn(move || writer.write_all(&frame(&payload)));
    let mut answer = Vec::new();
    channel.read_to_end(&mut answer).expect("the child answers");
    writing.join().expect("the writer ends").expect("the child reads");
    assert!(answer.ends_with(&vec![b'x'; length as usize]));
    assert!(answer.len() < length as usize + 20);
    assert!(child.wait().expect("the child ends").success());
}

#[test]
fn bytes_that_are_no_value_end_the_channel_only() {
    let broken: [&[u8]; 9] = [
        b"",
        b"hello",
        b"\xff\x0c0",
        b"\xff\x0f",
        b"\xff\x0fA\xff\xff\xff\xff\x0f",
        b"\xff\x0f^\x00",
        b"\xff\x0fo\"\x01a",
        b"\xff\x0f\\\x00\x0a\xff",
        b"\xff\x0f\\\x02",
    ];
    let script = "
        process.on('message', (m) => console.log('message', m));
        process.on('warning', (w) => console.log(w.name, w.code));
        process.on('disconnect', () => console.log('disconnect'));
    ";
    for payload in broken {
        let (child, mut channel) = child(script);
        channel.write_all(&frame(payload)).expect("the child reads");
        let output = child.wait_with_output().expect("the child ends");
        let (stdout, stderr, code) = printed(&output);
        let expected = "disconnect\nIPCWarning ERR_INVALID_IPC_MESSAGE\n";
        let mut lines: Vec<&str> = stdout.lines().collect();
        lines.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(lines.join("\n") + "\n", expected, "{payload:?} {stderr}");
        assert_eq!(code, Some(0), "{payload:?}");
    }
}

#[test]
fn a_handle_message_without_a_handle_is_refused() {
    let (mut child, mut channel) = child("process.on('message', () => {})");
    let handle = b"\xff\x0fo\"\x03cmd\"\x0bNODE_HANDLE\"\x04type\"\x0anet.Native\"\x03msg0{\x03";
    channel.write_all(&frame(handle)).expect("the child reads");
    let expected = frame(b"\xff\x0fo\"\x03cmd\"\x10NODE_HANDLE_NACK{\x01");
    let mut reply = vec![0; expected.len()];
    channel.read_exact(&mut reply).expect("the child answers");
    assert_eq!(reply, expected);
    drop(channel);
    assert!(child.wait().expect("the child ends").success());
}
