//! How long the loop waits, and for what.

use std::{
    cell::Cell,
    os::fd::AsFd,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout},
    sys::{
        pthread::{pthread_kill, pthread_self},
        signal::Signal,
    },
};

use super::{
    super::{Interest, TestClock, waiting::RETRY},
    Program, is_readable, pipe, read, reader, real_loop, says, source, turn, watcher, write,
};
use crate::sys::poll::{MAX_EVENTS, Poll};

#[test]
fn the_wait_ends_with_readiness() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let fd = Rc::new(read_end);
    let id = Rc::new(Cell::new(None));
    let (own, its_id, read_end) = (event_loop.clone(), id.clone(), fd.clone());
    id.set(Some(source(&event_loop, &fd, Interest::READABLE, move |program, _| {
        program.say(String::from_utf8(read(&read_end)).unwrap());
        own.remove_source(its_id.get().unwrap());
    })));
    let writer = std::thread::spawn(move || write(&write_end, b"hello"));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "hello");
    writer.join().unwrap();
}

#[test]
fn max_wait_limits_the_wait() {
    let (event_loop, mut program) = real_loop();
    let (read_end, _write_end) = pipe();
    watcher(&event_loop, &Rc::new(read_end), "ready");
    event_loop.turn(&mut program, Some(Duration::from_micros(1)));
    assert_eq!(program.said(), "");
    assert!(event_loop.is_alive());
}

#[test]
fn more_sources_than_fit_in_a_batch_are_all_called_in_one_turn() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    write(&write_end, b"x");
    for _ in 0..3 * MAX_EVENTS {
        let id = Rc::new(Cell::new(None));
        let (own, its_id) = (event_loop.clone(), id.clone());
        let copy = Rc::new(read_end.try_clone().unwrap());
        id.set(Some(source(&event_loop, &copy, Interest::READABLE, move |program, _| {
            program.say("ready");
            own.remove_source(its_id.get().unwrap());
        })));
    }
    turn(&event_loop, &mut program);
    assert_eq!(program.log.len(), 3 * MAX_EVENTS);
    assert!(!event_loop.is_alive());
}

#[test]
fn a_loop_goes_on_after_its_kernel_objects_were_reset() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let fd = Rc::new(read_end);
    reader(&event_loop, &fd, "ready");
    let remote = event_loop.remote();
    turn(&event_loop, &mut program);
    event_loop.reset_kernel_objects();
    assert!(event_loop.poll.borrow().is_none());
    write(&write_end, b"x");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "ready");
    let thread = std::thread::spawn(move || remote.post(Box::new(|program| program.say("posted"))));
    while program.log.is_empty() {
        event_loop.turn(&mut program, None);
    }
    assert_eq!(program.said(), "posted");
    assert!(thread.join().unwrap());
}

#[test]
fn a_loop_goes_on_after_its_poll_instance_failed() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let id = reader(&event_loop, &Rc::new(read_end), "ready");
    turn(&event_loop, &mut program);
    let null = std::fs::File::open("/dev/null").unwrap();
    event_loop.poll.replace(Some(Rc::new(Poll::from_fd(null.into()))));
    event_loop.set_interest(id, Interest::BOTH);
    event_loop.set_interest(id, Interest::READABLE);
    write(&write_end, b"x");
    turn(&event_loop, &mut program);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "ready");
}

#[test]
fn signals_do_not_end_the_wait() {
    let (event_loop, mut program) = real_loop();
    let handled = Arc::new(AtomicBool::new(false));
    let signal = Signal::SIGUSR2;
    signal_hook::flag::register(signal as i32, handled.clone()).unwrap();
    let remote = event_loop.remote();
    let hold = remote.hold();
    let waiting = pthread_self();
    let thread = std::thread::spawn(move || {
        for _ in 0..20 {
            pthread_kill(waiting, signal).unwrap();
            while !handled.swap(false, Ordering::Relaxed) {
                std::thread::yield_now();
            }
        }
        remote.post(Box::new(|program| program.say("posted")));
        drop(hold);
    });
    event_loop.turn(&mut program, None);
    assert_eq!(program.said(), "posted", "the turn waited on");
    thread.join().unwrap();
}

#[test]
fn an_embedder_can_wait_for_the_loop() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let id = reader(&event_loop, &Rc::new(read_end), "ready");
    event_loop.set_interest(id, Interest::NONE);
    let handle = event_loop.wait_handle().unwrap();
    assert_eq!(event_loop.next_timeout(), None);
    write(&write_end, b"x");
    assert!(!is_readable(&handle));
    event_loop.set_interest(id, Interest::READABLE);
    assert_eq!(event_loop.next_timeout(), None);
    assert!(is_readable(&handle));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "ready");
    assert!(!is_readable(&handle));
    event_loop.add_immediate(says("immediate"));
    assert_eq!(event_loop.next_timeout(), Some(Duration::ZERO));
    turn(&event_loop, &mut program);
    let remote = event_loop.remote();
    assert_eq!(event_loop.next_timeout(), None);
    std::thread::spawn(move || remote.post(Box::new(|program| program.say("posted"))));
    wait_until_readable(&handle);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "immediate posted");
}

fn wait_until_readable(fd: &impl AsFd) {
    let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
    nix::poll::poll(&mut fds, PollTimeout::NONE).unwrap();
}

#[test]
fn nobody_waits_for_a_clock_that_moves_on_by_itself() {
    const DAY: u64 = 86_400_000;
    for (clock, expected) in [
        (TestClock::new(SystemTime::UNIX_EPOCH), Some(Duration::ZERO)),
        (TestClock::new(SystemTime::UNIX_EPOCH).stopped(), Some(RETRY)),
    ] {
        let (event_loop, mut program) = real_loop();
        event_loop.give_clock(clock.clone());
        event_loop.add_timer(DAY, false, Rc::new(|program: &mut Program| program.say("due")));
        assert_eq!(event_loop.next_timeout(), expected);
        assert_eq!(clock.elapsed(), Duration::ZERO, "to ask is not to wait");
        if expected == Some(Duration::ZERO) {
            turn(&event_loop, &mut program);
            turn(&event_loop, &mut program);
            assert_eq!(program.said(), "due");
        }
    }
}
