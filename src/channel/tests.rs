use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    thread,
};

use serde_json::json;

use super::*;

fn pair() -> (Channel, Channel) {
    let (one, other) = fd::stream_pair().unwrap();
    (Channel::of(one).unwrap(), Channel::of(other).unwrap())
}

#[test]
fn messages_come_in_order_whatever_their_size() {
    let (mut one, mut other) = pair();
    let sizes = [0, 1, 70_000, 5, 3_000_000, 2];
    let sender = thread::spawn(move || {
        for size in sizes {
            one.send(&json!({ "text": "é".repeat(size) })).unwrap();
        }
        one.flush().unwrap();
    });
    for size in sizes {
        let message = other.receive().unwrap().expect("as many as were sent");
        assert_eq!(message.value["text"].as_str().map(|text| text.chars().count()), Some(size));
    }
    sender.join().unwrap();
    assert!(other.receive().unwrap().is_none(), "the sender is gone");
}

#[test]
fn a_handle_arrives_as_what_it_was_and_those_behind_it_wait() {
    let (mut one, mut other) = pair();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let handle = |stream: UnixStream| Handle { kind: HandleKind::Socket, fd: stream.into() };
    let (second, _kept) = UnixStream::pair().unwrap();
    one.send_handle(&"first", handle(theirs)).unwrap();
    one.send_handle(&"second", handle(second)).unwrap();
    one.send(&"third").unwrap();
    let sender = thread::spawn(move || one.flush().map(|()| one));
    let first = other.receive().unwrap().expect("the first");
    assert_eq!(first.value, json!("first"));
    let handle = first.handle.expect("its handle");
    assert_eq!(handle.kind, HandleKind::Socket);
    let mut arrived = UnixStream::from(handle.fd);
    arrived.write_all(b"through").unwrap();
    drop(arrived);
    let mut text = String::new();
    (&ours).read_to_string(&mut text).unwrap();
    assert_eq!(text, "through");
    let second = other.receive().unwrap().expect("the second");
    assert!(second.value == json!("second") && second.handle.is_some());
    let third = other.receive().unwrap().expect("the third");
    assert!(third.value == json!("third") && third.handle.is_none());
    sender.join().unwrap().unwrap();
}

#[test]
fn what_is_no_message_is_an_error_and_the_next_one_comes() {
    let (one, other) = fd::stream_pair().unwrap();
    let mut raw = UnixStream::from(one);
    let mut channel = Channel::of(other).unwrap();
    raw.write_all(b"{nonsense\n{\"cmd\":\"NODE_UNKNOWN\"}\n[1]\n\"cut").unwrap();
    assert!(matches!(channel.receive(), Err(ChannelError::Json(_))));
    assert_eq!(channel.receive().unwrap().expect("a message").value, json!([1]));
    drop(raw);
    assert!(matches!(channel.receive(), Err(ChannelError::Truncated)));
    assert!(matches!(channel.try_receive(), Ok(Incoming::End)));
}

#[test]
fn sending_to_nobody_is_an_error() {
    let (mut one, other) = pair();
    drop(other);
    assert!(matches!(one.send(&1), Err(ChannelError::Closed)));
    assert!(one.receive().unwrap().is_none());
}
