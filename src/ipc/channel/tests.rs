//! Two ends without a socket between them, and peers that misbehave.

use std::rc::Rc;

use super::*;
use crate::ipc::codec::HandleType;

/// A handle that is counted: nobody may keep it longer than the protocol needs it.
type Handle = Rc<Named>;
type End = Channel<Handle, (Handle, Retention), u32>;

#[derive(Debug, PartialEq, Eq)]
struct Named(&'static str);

const SOCKET: Envelope<'_> = Envelope { kind: HandleType::Socket, dgram_type: None, key: None };
const ACK: &str = "{\"cmd\":\"NODE_HANDLE_ACK\"}\n";
const NACK: &str = "{\"cmd\":\"NODE_HANDLE_NACK\"}\n";

fn end() -> End {
    End::new(Serialization::Json, End::DEFAULT_LIMIT)
}

fn named(name: &'static str) -> Handle {
    Rc::new(Named(name))
}

fn send(end: &mut End, text: &str, token: u32) -> bool {
    let mut frame = Vec::new();
    end.open(&mut frame);
    frame.extend_from_slice(text.as_bytes());
    let answer = end.send(&mut frame, token);
    assert!(frame.is_empty());
    answer
}

fn send_handle(
    end: &mut End,
    text: &str,
    handle: &Handle,
    retention: Retention,
    token: u32,
) -> bool {
    let mut frame = Vec::new();
    end.open(&mut frame);
    frame.extend_from_slice(text.as_bytes());
    let handle = (Rc::clone(handle), retention);
    if end.is_busy() {
        return end.hold(&mut frame, Some(handle), token);
    }
    end.send_handle(&mut frame, &SOCKET, handle, token)
}

/// Sends what waited and has its turn, as an end of a channel does after every frame.
fn release(end: &mut End) {
    while let Some(mut held) = end.next_held() {
        match held.handle {
            Some(handle) => end.send_handle(&mut held.frame, &SOCKET, handle, held.token),
            None => end.send_now(&mut held.frame, held.token),
        };
    }
}

/// Takes one write of at most `limit` bytes: its bytes and its handle.
fn write(end: &mut End, limit: usize) -> Option<(String, Option<&'static str>)> {
    let write = end.next_write()?;
    let bytes = write.slices().iter().flat_map(|slice| slice.iter().copied());
    let bytes: Vec<u8> = bytes.take(limit).collect();
    let handle = write.handle.map(|handle| handle.0);
    end.wrote(bytes.len());
    Some((String::from_utf8(bytes).unwrap(), handle))
}

/// Writes all there is: every write's bytes and handle.
fn writes(end: &mut End) -> Vec<(String, Option<&'static str>)> {
    std::iter::from_fn(|| write(end, usize::MAX)).collect()
}

fn written(end: &mut End) -> String {
    writes(end).into_iter().map(|(bytes, _)| bytes).collect()
}

fn completions(end: &mut End) -> Vec<(u32, Completion)> {
    std::iter::from_fn(|| end.next_completion()).collect()
}

/// What a chunk brings, as text: `message`, or `!command handle`.
fn receive(end: &mut End, chunk: &[u8]) -> Vec<String> {
    let mut chunk = chunk;
    let mut all = Vec::new();
    while let Some(received) = end.next_frame(&mut chunk).unwrap() {
        all.push(match received {
            Received::Message(payload) => String::from_utf8_lossy(payload).into_owned(),
            Received::Internal { command, handle, verdict, .. } => {
                let handle = handle.map_or("-", |handle| handle.0);
                let gave_up = verdict == Verdict::GaveUp;
                format!("!{command:?} {handle}{}", if gave_up { " gave up" } else { "" })
            }
        });
        release(end);
    }
    all
}

fn envelope(message: &str) -> String {
    format!("{{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Socket\",\"msg\":{message}}}")
}

fn native(message: &str) -> String {
    format!("{{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Native\",\"msg\":{message}}}")
}

#[test]
fn frames_of_one_turn_make_one_write_and_complete_in_order() {
    let mut end = end();
    assert!(send(&mut end, "1", 1) && send(&mut end, "{\"a\":2}", 2) && send(&mut end, "3", 3));
    assert_eq!(completions(&mut end), []);
    assert_eq!(writes(&mut end), [("1\n{\"a\":2}\n3\n".to_owned(), None)]);
    let all = [1, 2, 3].map(|token| (token, Completion::Written));
    assert_eq!(completions(&mut end), all);
    assert!(end.is_drained() && end.next_write().is_none());
}

#[test]
fn partial_writes_of_every_length_lose_and_double_nothing() {
    let large = format!("\"{}\"", "x".repeat(70_000));
    let texts = ["1", &large, "{}", "\"e\"", &large, &large];
    let expected = texts.join("\n") + "\n";
    for limit in [1, 2, 3, 7, 4096, 65_536, 70_003, 1_000_000] {
        let mut end = end();
        for (token, text) in texts.iter().enumerate() {
            send(&mut end, text, token as u32);
        }
        let mut sent = String::new();
        let mut told = Vec::new();
        let mut frames = 0;
        while let Some((bytes, _)) = write(&mut end, limit) {
            frames += bytes.matches('\n').count();
            sent += &bytes;
            told.extend(completions(&mut end));
            assert_eq!(told.len(), frames, "a send is told when its last byte is written");
        }
        assert!(sent == expected, "limit {limit}");
        assert!(told.iter().map(|(token, _)| *token).eq(0..6));
    }
}

#[test]
fn send_says_false_from_the_high_water_mark_on() {
    let mut end = end();
    let kilobyte = "1".repeat(1023);
    for sent in 1..=128 {
        assert_eq!(send(&mut end, &kilobyte, 0), sent < 128, "{sent} KiB");
    }
    assert_eq!(end.pending(), 131_072);
    end.wrote(1);
    assert!(end.has_room());
}

#[test]
fn an_empty_frame_buffer_keeps_its_capacity_for_small_messages() {
    let mut end = end();
    let mut frame = Vec::with_capacity(512);
    for _ in 0..10 {
        end.open(&mut frame);
        frame.extend_from_slice(b"{\"small\":true}");
        end.send(&mut frame, 0);
        assert!(frame.is_empty() && frame.capacity() >= 512);
    }
}

#[test]
fn messages_arrive_whole_at_every_split_position() {
    let stream = format!(
        "{{\"a\":1}}\n{}\n\"\u{1f600}\"\n{ACK}{{\"cmd\":\"NODE_X\"}}\n",
        envelope("{\"m\":1}")
    );
    let stream = stream.as_bytes();
    let expected = ["{\"a\":1}", "!Handle fd", "\"\u{1f600}\"", "!HandleAck -", "!Other -"];
    let handle = named("fd");
    for split in 0..=stream.len() {
        let mut end = end();
        end.accept_handle(Rc::clone(&handle));
        let mut all = receive(&mut end, &stream[..split]);
        assert_eq!(end.is_within_frame(), split > 0 && stream[split - 1] != b'\n');
        all.extend(receive(&mut end, &stream[split..]));
        assert_eq!(all, expected, "{split}");
        assert_eq!(written(&mut end), ACK, "{split}");
        assert_eq!(end.end(), Ok(()));
    }
    let mut end = end();
    end.accept_handle(handle);
    let all: Vec<String> = stream.chunks(1).flat_map(|byte| receive(&mut end, byte)).collect();
    assert_eq!(all, expected);
}

#[test]
fn a_handle_waits_for_its_message_across_reads() {
    let handle = named("fd");
    let mut end = end();
    end.accept_handle(Rc::clone(&handle));
    assert_eq!(receive(&mut end, b"1\n{\"cmd\":\"NODE_CLUSTER\"}\n"), ["1", "!Other -"]);
    assert_eq!(receive(&mut end, b"2\n"), ["2"]);
    assert_eq!(end.next_write().map(|_| ()), None);
    assert_eq!(receive(&mut end, format!("{}\n", envelope("1")).as_bytes()), ["!Handle fd"]);
    assert_eq!(written(&mut end), ACK);
    assert_eq!(Rc::strong_count(&handle), 1, "the receiver dropped it");
}

#[test]
fn two_handle_messages_with_one_handle_give_ack_then_nack() {
    let mut end = end();
    end.accept_handle(named("fd"));
    let both = format!("{}\n{}\n", envelope("1"), envelope("2"));
    assert_eq!(receive(&mut end, both.as_bytes()), ["!Handle fd", "!Handle -"]);
    assert_eq!(written(&mut end), format!("{ACK}{NACK}"));
}

#[test]
fn an_unclaimed_handle_goes_when_the_next_comes_or_with_the_channel() {
    let (first, second) = (named("first"), named("second"));
    let mut end = end();
    end.accept_handle(Rc::clone(&first));
    end.accept_handle(Rc::clone(&second));
    assert_eq!(Rc::strong_count(&first), 1);
    drop(end);
    assert_eq!(Rc::strong_count(&second), 1);
}

#[test]
fn a_handle_goes_with_the_first_byte_of_its_own_frame() {
    let handle = named("fd");
    let mut end = end();
    send(&mut end, "1", 1);
    assert!(send_handle(&mut end, "2", &handle, Retention::UntilWritten, 2));
    assert_eq!(write(&mut end, 1), Some(("1".to_owned(), None)));
    assert_eq!(write(&mut end, 9), Some(("\n".to_owned(), None)));
    assert_eq!(Rc::strong_count(&handle), 2);
    assert_eq!(write(&mut end, 1), Some(("{".to_owned(), Some("fd"))));
    assert_eq!(Rc::strong_count(&handle), 1, "written, and nobody keeps it");
    assert_eq!(writes(&mut end), [(format!("{}\n", &envelope("2")[1..]), None)]);
    assert_eq!(completions(&mut end), [1, 2].map(|token| (token, Completion::Written)));
}

#[test]
fn later_sends_wait_for_the_answer_and_keep_their_order() {
    for answer in [ACK, NACK] {
        let (first, second) = (named("first"), named("second"));
        let mut end = end();
        assert!(send_handle(&mut end, "1", &first, Retention::UntilWritten, 1));
        assert!(send(&mut end, "2", 2), "the first that waits");
        assert!(!send(&mut end, "3", 3));
        assert!(!send_handle(&mut end, "4", &second, Retention::UntilWritten, 4));
        assert!(!send(&mut end, "5", 5));
        assert_eq!(writes(&mut end), [(format!("{}\n", envelope("1")), Some("first"))]);
        assert!(!end.is_drained());
        receive(&mut end, answer.as_bytes());
        assert_eq!(
            writes(&mut end),
            [("2\n3\n".to_owned(), None), (format!("{}\n", envelope("4")), Some("second"))]
        );
        receive(&mut end, answer.as_bytes());
        assert_eq!(written(&mut end), "5\n");
        let all = [1, 2, 3, 4, 5].map(|token| (token, Completion::Written));
        assert_eq!(completions(&mut end), all);
        assert!(end.is_drained());
    }
}

#[test]
fn answers_do_not_wait_for_our_own_handle() {
    let mut end = end();
    send_handle(&mut end, "1", &named("ours"), Retention::UntilWritten, 1);
    end.accept_handle(named("theirs"));
    receive(&mut end, format!("{}\n", envelope("2")).as_bytes());
    assert_eq!(writes(&mut end), [(format!("{}\n{ACK}", envelope("1")), Some("ours"))]);
}

#[test]
fn a_kept_handle_is_sent_again_three_times_and_then_given_up() {
    let handle = named("fd");
    let mut end = end();
    send_handle(&mut end, "{\"m\":1}", &handle, Retention::UntilAcknowledged, 1);
    send(&mut end, "2", 2);
    let original = envelope("{\"m\":1}");
    assert_eq!(writes(&mut end), [(format!("{original}\n"), Some("fd"))]);
    for _ in 0..3 {
        assert_eq!(receive(&mut end, NACK.as_bytes()), ["!HandleNack -"]);
        assert_eq!(writes(&mut end), [(format!("{}\n", native(&original)), Some("fd"))]);
        assert_eq!(Rc::strong_count(&handle), 2);
    }
    assert_eq!(receive(&mut end, NACK.as_bytes()), ["!HandleNack - gave up"]);
    assert_eq!(Rc::strong_count(&handle), 1);
    assert_eq!(written(&mut end), "2\n");
    assert_eq!(completions(&mut end), [1, 1, 1, 1, 2].map(|token| (token, Completion::Written)));
}

#[test]
fn a_kept_handle_goes_with_its_acknowledgement() {
    for nacks in 0..=3 {
        let handle = named("fd");
        let mut end = end();
        send_handle(&mut end, "1", &handle, Retention::UntilAcknowledged, 1);
        writes(&mut end);
        for _ in 0..nacks {
            receive(&mut end, NACK.as_bytes());
            writes(&mut end);
        }
        assert_eq!(Rc::strong_count(&handle), 2);
        assert_eq!(receive(&mut end, ACK.as_bytes()), ["!HandleAck -"]);
        assert_eq!(Rc::strong_count(&handle), 1);
        assert!(end.is_drained());
    }
}

#[test]
fn answers_that_nobody_asked_for_change_nothing() {
    let handle = named("fd");
    let mut end = end();
    receive(&mut end, format!("{ACK}{NACK}").as_bytes());
    assert!(end.is_drained());
    send_handle(&mut end, "1", &handle, Retention::UntilAcknowledged, 1);
    send(&mut end, "2", 2);
    // Nothing is written yet, so the peer cannot mean this handle.
    receive(&mut end, format!("{ACK}{NACK}{ACK}").as_bytes());
    assert_eq!(writes(&mut end), [(format!("{}\n", envelope("1")), Some("fd"))]);
    receive(&mut end, format!("{ACK}{ACK}{NACK}").as_bytes());
    assert_eq!(written(&mut end), "2\n");
}

#[test]
fn a_refused_handle_costs_only_its_own_send() {
    let (first, second) = (named("first"), named("second"));
    let mut end = end();
    send(&mut end, "0", 0);
    assert!(!end.reject_handle(), "what is first is no handle");
    send_handle(&mut end, "1", &first, Retention::UntilAcknowledged, 1);
    send(&mut end, "2", 2);
    send_handle(&mut end, "3", &second, Retention::UntilWritten, 3);
    end.accept_handle(named("theirs"));
    receive(&mut end, format!("{}\n", envelope("9")).as_bytes());
    assert_eq!(write(&mut end, usize::MAX), Some(("0\n".to_owned(), None)));
    assert!(end.reject_handle());
    release(&mut end);
    assert_eq!(Rc::strong_count(&first), 1);
    assert_eq!(
        writes(&mut end),
        [(format!("{ACK}2\n"), None), (format!("{}\n", envelope("3")), Some("second"))]
    );
    assert_eq!(
        completions(&mut end),
        [
            (0, Completion::Written),
            (1, Completion::Lost),
            (2, Completion::Written),
            (3, Completion::Written)
        ]
    );
}

#[test]
fn when_the_channel_dies_every_queued_send_is_told_in_order() {
    let (first, second) = (named("first"), named("second"));
    let mut end = end();
    send(&mut end, "\"one\"", 1);
    send(&mut end, "\"two\"", 2);
    send_handle(&mut end, "3", &first, Retention::UntilAcknowledged, 3);
    send(&mut end, "4", 4);
    send_handle(&mut end, "5", &second, Retention::UntilAcknowledged, 5);
    end.wrote(8);
    end.abort();
    let lost = |token| (token, Completion::Lost);
    let all = [(1, Completion::Written), lost(2), lost(3), lost(4), lost(5)];
    assert_eq!(completions(&mut end), all);
    assert!(end.is_drained() && end.next_write().is_none() && end.pending() == 0);
    assert_eq!((Rc::strong_count(&first), Rc::strong_count(&second)), (1, 1));
}

#[test]
fn a_disconnect_waits_for_bytes_and_for_the_answer() {
    let mut end = end();
    send_handle(&mut end, "1", &named("fd"), Retention::UntilWritten, 1);
    send(&mut end, "2", 2);
    assert!(!end.is_drained());
    writes(&mut end);
    assert!(!end.is_drained(), "no answer yet");
    receive(&mut end, ACK.as_bytes());
    assert!(!end.is_drained(), "one more to write");
    writes(&mut end);
    assert!(end.is_drained());
}

#[test]
fn hostile_bytes_are_messages_or_nothing() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let lines: [&[u8]; 9] = [
        b"",
        b"\0",
        b"{\"a\":\"\0\"}",
        b"\xff\xfe\xfd",
        b"{\"a\":\"\\ud800\"}",
        b"{\"__proto__\":{\"cmd\":\"NODE_HANDLE\"}}",
        b"\"unclosed",
        b"{\"cmd\":\"NODE_HANDLE\"",
        deep.as_bytes(),
    ];
    let mut end = end();
    for line in lines {
        let mut chunk = [line, b"\n"].concat();
        chunk.extend_from_slice(b"1\n");
        assert_eq!(
            receive(&mut end, &chunk),
            [String::from_utf8_lossy(line).into_owned(), "1".to_owned()]
        );
    }
    assert!(end.is_drained());
}

#[test]
fn a_message_beyond_the_limit_is_an_error_value() {
    let mut end = End::new(Serialization::Json, 64);
    let mut chunk = [b'1'; 65].as_slice();
    assert_eq!(end.next_frame(&mut chunk), Err(FrameError::TooLong { limit: 64 }));
}

#[test]
fn a_peer_that_dies_within_a_message_is_told() {
    let mut end = end();
    receive(&mut end, b"1\n{\"a\":");
    assert_eq!(end.end(), Err(FrameError::Truncated { received: 5 }));
}

/// A source of numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }
}

/// Moves some bytes of one write from one end to the other; true if there were any.
fn carry(from: &mut End, to: &mut End, limit: usize, log: &mut Vec<String>) -> bool {
    let Some(next) = from.next_write() else { return false };
    let bytes = next.slices().iter().flat_map(|slice| slice.iter().copied());
    let bytes: Vec<u8> = bytes.take(limit).collect();
    if let Some(handle) = next.handle {
        to.accept_handle(Rc::clone(handle));
    }
    from.wrote(bytes.len());
    log.extend(receive(to, &bytes).into_iter().filter(|line| line != "!HandleAck -"));
    true
}

#[test]
fn two_ends_keep_the_order_of_messages_and_handles_however_the_bytes_are_cut() {
    for seed in 0..20 {
        let mut numbers = Numbers(seed);
        let (mut left, mut right) = (end(), end());
        let (mut sent, mut got) = ([vec![], vec![]], [vec![], vec![]]);
        for step in 0..600_u32 {
            let side = numbers.below(2);
            let sender = if side == 0 { &mut left } else { &mut right };
            if numbers.below(4) == 0 {
                let kept = [Retention::UntilWritten, Retention::UntilAcknowledged];
                send_handle(sender, &step.to_string(), &named("fd"), kept[numbers.below(2)], step);
                sent[side].push("!Handle fd".to_owned());
            } else {
                let text = format!("\"{step}{}\"", "y".repeat(numbers.below(50)));
                send(sender, &text, step);
                sent[side].push(text);
            }
            let limit = 1 + numbers.below(200);
            carry(&mut left, &mut right, limit, &mut got[0]);
            carry(&mut right, &mut left, limit, &mut got[1]);
        }
        while carry(&mut left, &mut right, 1000, &mut got[0])
            || carry(&mut right, &mut left, 1000, &mut got[1])
        {}
        assert!(left.is_drained() && right.is_drained());
        assert_eq!(got, sent, "seed {seed}");
    }
}

#[test]
fn nothing_overtakes_what_is_being_released() {
    let mut end = end();
    send_handle(&mut end, "1", &named("fd"), Retention::UntilWritten, 1);
    send(&mut end, "2", 2);
    send(&mut end, "3", 3);
    writes(&mut end);
    let mut chunk = ACK.as_bytes();
    while end.next_frame(&mut chunk).unwrap().is_some() {}
    let mut first = end.next_held().unwrap();
    // A program that is called in between sends something new.
    assert!(!send(&mut end, "4", 4));
    end.send_now(&mut first.frame, first.token);
    assert!(end.is_busy());
    release(&mut end);
    assert!(!end.is_busy());
    assert_eq!(written(&mut end), "2\n3\n4\n");
}

#[test]
fn verdicts_of_answers() {
    let mut end = end();
    let verdict = |end: &mut End, answer: &str| {
        let mut chunk = answer.as_bytes();
        match end.next_frame(&mut chunk).unwrap() {
            Some(Received::Internal { verdict, .. }) => verdict,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(verdict(&mut end, ACK), Verdict::Unasked);
    let (first, second) = (named("first"), named("second"));
    send_handle(&mut end, "1", &first, Retention::UntilWritten, 1);
    assert_eq!(verdict(&mut end, NACK), Verdict::Unasked, "it is not even written");
    writes(&mut end);
    assert_eq!(verdict(&mut end, NACK), Verdict::Settled);
    send_handle(&mut end, "2", &second, Retention::UntilAcknowledged, 2);
    for _ in 0..3 {
        writes(&mut end);
        assert_eq!(verdict(&mut end, NACK), Verdict::SentAgain);
    }
    writes(&mut end);
    assert_eq!(verdict(&mut end, NACK), Verdict::GaveUp);
    assert_eq!((Rc::strong_count(&first), Rc::strong_count(&second)), (1, 1));
}
