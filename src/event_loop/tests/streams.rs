//! Streams: what is read and written, and in which order their operations end.

use std::{cell::RefCell, os::fd::OwnedFd, rc::Rc};

use super::{
    super::stream::{Done, Stream, StreamFd, Written},
    Loop, Program, read, real_loop, turn, write,
};
use crate::sys::{errno::Errno, fd, socket};

type Seen = Rc<RefCell<Vec<u8>>>;

/// A stream on one end of a socket pair, and the other end.
fn pair(event_loop: &Loop) -> (Rc<Stream<Program>>, OwnedFd) {
    let (ours, theirs) = fd::stream_pair().unwrap();
    fd::set_nonblocking(&ours, true).unwrap();
    fd::set_nonblocking(&theirs, true).unwrap();
    let stream = Stream::new(event_loop.clone());
    stream.open(StreamFd::Owned(ours));
    (stream, theirs)
}

/// Lets a stream gather what it reads; `end` is said at the end.
fn gather(stream: &Rc<Stream<Program>>) -> Seen {
    let seen = Seen::default();
    let (log, reader) = (seen.clone(), Rc::downgrade(stream));
    stream.set_on_readable(Rc::new(move |program: &mut Program| {
        let Some(stream) = reader.upgrade() else { return };
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(Some(0)) => {
                stream.set_reading(false).unwrap();
                program.say("end");
            }
            Ok(Some(count)) => log.borrow_mut().extend_from_slice(&buffer[..count]),
            Ok(None) => {}
            Err(errno) => program.say(errno.name().unwrap_or_default()),
        }
    }));
    stream.set_reading(true).unwrap();
    seen
}

/// Says a word, and the error if there is one.
fn says(word: &'static str) -> Done<Program> {
    Box::new(move |program, outcome| match outcome {
        Ok(()) => program.say(word),
        Err(errno) => program.say(format!("{word}:{}", errno.name().unwrap_or_default())),
    })
}

fn put(stream: &Rc<Stream<Program>>, bytes: &[u8], word: &'static str) -> Written {
    stream.write(Box::new(bytes.to_vec()), says(word)).unwrap()
}

/// Writes until something has to wait; how many bytes were accepted.
fn fill(stream: &Rc<Stream<Program>>, word: &'static str) -> usize {
    let block = vec![b'x'; 100_000];
    let mut total = block.len();
    while put(stream, &block, word) == Written::Now {
        total += block.len();
    }
    total
}

/// Reads everything from the other end while the loop turns; how many bytes came.
fn drain(event_loop: &Loop, program: &mut Program, fd: &OwnedFd) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = vec![0; 65536];
    for _ in 0..10_000 {
        turn(event_loop, program);
        match crate::sys::io::read(fd, &mut buffer) {
            Ok(Some(0)) | Err(_) => return all,
            Ok(Some(count)) => all.extend_from_slice(&buffer[..count]),
            Ok(None) if !event_loop.is_alive() => return all,
            Ok(None) => {}
        }
    }
    panic!("the stream never ended");
}

#[test]
fn what_is_readable_is_read_until_reading_stops() {
    let (event_loop, mut program) = real_loop();
    let (stream, other) = pair(&event_loop);
    let seen = gather(&stream);
    write(&other, b"one");
    turn(&event_loop, &mut program);
    assert_eq!(seen.take(), b"one");
    stream.set_reading(false).unwrap();
    write(&other, b"two");
    turn(&event_loop, &mut program);
    assert_eq!(seen.take(), b"");
    assert!(!event_loop.is_alive());
    stream.set_reading(true).unwrap();
    assert!(event_loop.is_alive());
    drop(other);
    turn(&event_loop, &mut program);
    assert_eq!(seen.take(), b"two");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "end");
    assert!(!event_loop.is_alive());
}

#[test]
fn without_a_reference_reading_keeps_nothing_alive_but_writing_does() {
    let (event_loop, mut program) = real_loop();
    let (stream, other) = pair(&event_loop);
    gather(&stream);
    stream.set_ref(false);
    assert!(!event_loop.is_alive());
    fill(&stream, "written");
    assert!(event_loop.is_alive());
    drain(&event_loop, &mut program, &other);
    assert_eq!(program.said(), "written");
    assert!(!event_loop.is_alive());
}

#[test]
fn writes_end_in_order_and_before_the_end_of_writing() {
    let (event_loop, mut program) = real_loop();
    let (stream, other) = pair(&event_loop);
    assert_eq!(put(&stream, b"at once", "never"), Written::Now);
    let total = fill(&stream, "first");
    assert_eq!(put(&stream, b"tail", "second"), Written::Later);
    stream.shutdown(says("ended")).unwrap();
    assert_eq!(stream.shutdown(says("again")), Err(Errno::EALREADY));
    assert!(stream.queued_bytes() > 0);
    let all = drain(&event_loop, &mut program, &other);
    assert_eq!(all.len(), "at once".len() + total + "tail".len());
    assert!(all.ends_with(b"xtail"));
    assert_eq!(program.said(), "first second ended");
    assert_eq!(stream.queued_bytes(), 0);
}

#[test]
fn many_small_writes_are_gathered() {
    let (event_loop, mut program) = real_loop();
    let (stream, other) = pair(&event_loop);
    let total = fill(&stream, "big");
    for number in 0..100_000_u32 {
        let bytes = Box::new(number.to_le_bytes().to_vec());
        stream.write(bytes, Box::new(|_, outcome| assert!(outcome.is_ok()))).unwrap();
    }
    let all = drain(&event_loop, &mut program, &other);
    let numbers = all[total..].chunks_exact(4).enumerate();
    let in_order = numbers.filter(|(at, chunk)| (*at as u32).to_le_bytes() == **chunk).count();
    assert_eq!(in_order, 100_000);
}

#[test]
fn the_end_of_writing_comes_in_a_later_phase() {
    let (event_loop, mut program) = real_loop();
    let (stream, other) = pair(&event_loop);
    let seen = gather(&stream);
    stream.shutdown(says("ended")).unwrap();
    assert_eq!(program.said(), "");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "ended");
    assert_eq!(read(&other), b"");
    write(&other, b"still read");
    turn(&event_loop, &mut program);
    assert_eq!(seen.take(), b"still read");
}

#[test]
fn closing_cancels_what_is_pending_in_the_closing_phase() {
    let (event_loop, mut program) = real_loop();
    let (stream, other) = pair(&event_loop);
    fill(&stream, "write");
    stream.shutdown(says("end")).unwrap();
    stream.close(|program| program.say("closed"));
    assert_eq!(program.said(), "");
    assert_eq!(stream.opened().unwrap_err(), Errno::EBADF);
    assert_eq!(stream.write(Box::new(vec![1]), says("no")), Err(Errno::EBADF));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "write:ECANCELED end:ECANCELED closed");
    assert!(!event_loop.is_alive());
    drain(&event_loop, &mut program, &other);
}

#[test]
fn a_peer_that_is_gone_is_an_error_of_the_write() {
    let (event_loop, mut program) = real_loop();
    let (stream, other) = pair(&event_loop);
    fill(&stream, "write");
    put(&stream, b"more", "more");
    drop(other);
    turn(&event_loop, &mut program);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "write:EPIPE more:EPIPE");
    assert_eq!(stream.write(Box::new(vec![1]), says("no")).unwrap_err().name(), Some("EPIPE"));
}

#[test]
fn a_connect_is_told_before_what_waits_for_it() {
    let (event_loop, mut program) = real_loop();
    let name = format!("\0rjs-stream-{}", std::process::id());
    let listener = socket::unix().unwrap();
    socket::bind_unix(&listener, name.as_bytes()).unwrap();
    socket::start_listening(&listener, 1).unwrap();
    let stream = Stream::new(event_loop.clone());
    let socket = socket::unix().unwrap();
    socket::connect_unix(&socket, name.as_bytes()).unwrap();
    stream.open(StreamFd::Owned(socket));
    stream.wait_connected(Ok(()), "ConnectWrap", says("connected")).unwrap();
    assert_eq!(stream.wait_connected(Ok(()), "ConnectWrap", says("no")), Err(Errno::EALREADY));
    assert_eq!(put(&stream, b"hello", "written"), Written::Later);
    stream.shutdown(says("ended")).unwrap();
    let peer = socket::accept(&listener).unwrap().unwrap();
    let all = drain(&event_loop, &mut program, &peer);
    assert_eq!(all, b"hello");
    assert_eq!(program.said(), "connected written ended");
}

#[test]
fn a_connect_that_failed_is_told_later() {
    let (event_loop, mut program) = real_loop();
    let stream = Stream::new(event_loop.clone());
    let socket = socket::unix().unwrap();
    let outcome = socket::connect_unix(&socket, b"/nonexistent/socket").map(drop);
    stream.open(StreamFd::Owned(socket));
    stream.wait_connected(outcome, "ConnectWrap", says("connected")).unwrap();
    assert_eq!(program.said(), "");
    assert!(event_loop.is_alive());
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "connected:ENOENT");
    assert!(!event_loop.is_alive());
}
