//! Two ends in one process: order, handles, limits, and peers that misbehave.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    thread,
};

use serde_json::json;

use super::*;
use crate::sys::fd;

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

fn pair_of(options: &ChannelOptions) -> (Channel, Channel) {
    let (one, other) = fd::stream_pair().unwrap();
    (options.over(one).unwrap(), options.over(other).unwrap())
}

#[test]
fn the_advanced_serialization_carries_bytes_and_handles() {
    let options = ChannelOptions::new().serialization(Serialization::Advanced);
    let (mut one, mut other) = pair_of(&options);
    let value = Value::Object(vec![("bytes".to_owned(), vec![1, 2].into())]);
    one.send(&value).unwrap();
    assert_eq!(other.receive().unwrap().expect("a message").value, value);
    let (_ours, theirs) = UnixStream::pair().unwrap();
    let handle = Handle { kind: HandleKind::Socket, fd: theirs.into() };
    one.send_handle(&value, handle).unwrap();
    let message = other.receive().unwrap().expect("a message");
    assert_eq!(message.value, value);
    assert_eq!(message.handle.expect("its handle").kind, HandleKind::Socket);
}

#[test]
fn deadlines_are_kept() {
    let (mut one, mut other) = pair();
    let soon = || std::time::Instant::now() + std::time::Duration::from_millis(5);
    assert!(matches!(one.receive_by(soon()), Ok(Incoming::Nothing)));
    let text = "x".repeat(1 << 20);
    one.send(&text).unwrap();
    assert!(!one.flush_by(soon()).unwrap(), "nobody reads");
    let reader = thread::spawn(move || other.receive().map(|message| (message, other)));
    assert!(one.flush_by(soon() + std::time::Duration::from_mins(1)).unwrap());
    assert!(reader.join().unwrap().unwrap().0.is_some());
}

#[test]
fn after_a_disconnect_the_other_side_is_still_heard() {
    let (mut one, mut other) = pair();
    one.send(&1).unwrap();
    one.disconnect().unwrap();
    assert!(matches!(one.send(&2), Err(ChannelError::Closed)));
    assert_eq!(other.receive().unwrap().expect("the message").value, json!(1));
    assert!(other.receive().unwrap().is_none());
    let mut raw = other.fd.try_clone().unwrap();
    raw.write_all(b"\"late\"\n").unwrap();
    drop((raw, other));
    assert_eq!(one.receive().unwrap().expect("what came later").value, json!("late"));
    assert!(one.receive().unwrap().is_none());
}

#[test]
fn what_a_hostile_peer_costs_is_limited() {
    let limited = ChannelOptions::new().message_limit(1000).queue_limit(200_000);
    let (one, other) = fd::stream_pair().unwrap();
    let mut channel = limited.over(one).unwrap();
    let mut raw = UnixStream::from(other);
    // It does not read: what is sent is refused at some point, and nothing is lost before.
    let text = "x".repeat(50_000);
    let refused = loop {
        match channel.send(&text) {
            Ok(_) => assert!(channel.queued() <= 200_000),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, ChannelError::Full), "{refused}");
    // Nor does it read the answers that it has us write: then it is not read from, either.
    raw.set_nonblocking(true).unwrap();
    let asks = b"{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Socket\",\"msg\":1}\n".repeat(1000);
    let mut written = 0;
    for _ in 0..10_000 {
        if let Ok(count) = raw.write(&asks) {
            written += count;
        }
        assert!(matches!(channel.try_receive(), Ok(Incoming::Nothing)));
        assert!(channel.queued() < 400_000, "{}", channel.queued());
    }
    assert!(!channel.wants_read() && written < 10_000_000, "{written}");
    let (one, other) = fd::stream_pair().unwrap();
    let mut channel = limited.over(one).unwrap();
    let mut raw = UnixStream::from(other);
    raw.write_all(&[b'1'; 2000]).unwrap();
    assert!(matches!(channel.receive(), Err(ChannelError::TooLong)));
    is_over(channel, raw);
}

/// A channel has ended for both sides, whatever still comes.
fn is_over(mut channel: Channel, mut raw: UnixStream) {
    assert!(!channel.wants_read() && !channel.wants_write());
    assert!(matches!(channel.try_receive(), Ok(Incoming::End)));
    assert!(channel.receive().unwrap().is_none());
    assert!(matches!(channel.send(&1), Err(ChannelError::Closed)));
    assert!(raw.write_all(b"1\n").is_err(), "nobody reads it");
    let mut rest = Vec::new();
    // What it did not read is a reset.
    let _ = raw.read_to_end(&mut rest);
    assert!(matches!(channel.try_receive(), Ok(Incoming::End)));
}

#[test]
fn bytes_that_are_no_value_end_the_channel_behind_what_came_before() {
    let options = ChannelOptions::new().serialization(Serialization::Advanced);
    let (one, other) = fd::stream_pair().unwrap();
    let mut channel = options.over(one).unwrap();
    let mut raw = UnixStream::from(other);
    let true_value = [0, 0, 0, 3, 0xff, 0x0f, b'T'];
    let nonsense = [0, 0, 0, 3, 0xff, 0x0f, b'?'];
    raw.write_all(&[true_value, nonsense, true_value].concat()).unwrap();
    assert!(matches!(channel.receive(), Err(ChannelError::NoValue)));
    assert_eq!(channel.receive().unwrap().expect("what came before").value, Value::Bool(true));
    is_over(channel, raw);
}

#[test]
fn an_exit_is_a_descriptor_that_becomes_readable() {
    let mut child = Command::new("true").spawn().unwrap();
    let exit = exit_descriptor(&child).unwrap();
    let interest = sys::poll::Interest::READABLE;
    assert!(sys::poll::wait_for(exit.as_fd(), interest, None).unwrap());
    assert!(child.try_wait().unwrap().is_some_and(|status| status.success()));
    assert!(exit_descriptor(&child).is_err(), "it was waited for");
}
