//! Descriptors: what of them is reported, and when.

use std::{
    cell::{Cell, RefCell},
    os::fd::OwnedFd,
    os::unix::net::UnixStream,
    rc::Rc,
    time::Duration,
};

use nix::errno::Errno;

use super::{
    super::{Interest, Readiness, SourceId},
    Loop, Program, is_readable, pipe, read, reader, real_loop, says, source, stops, timer, turn,
    watcher, write,
};

#[test]
fn a_source_is_called_in_every_turn_until_nothing_is_left() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let fd = Rc::new(read_end);
    watcher(&event_loop, &fd, "ready");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "");
    write(&write_end, b"x");
    for _ in 0..3 {
        turn(&event_loop, &mut program);
        assert_eq!(program.said(), "ready");
    }
    read(&fd);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "");
    assert_eq!(program.callbacks, 3);
}

#[test]
fn only_what_is_of_interest_is_reported() {
    let (event_loop, mut program) = real_loop();
    let (one, other) = UnixStream::pair().unwrap();
    let fd = Rc::new(OwnedFd::from(one));
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    let id = source(&event_loop, &fd, Interest::WRITABLE, move |_, readiness| {
        log.borrow_mut().push(readiness);
    });
    write(&other, b"x");
    let readable = Readiness { readable: true, writable: false, hangup: false };
    let writable = Readiness { readable: false, writable: true, hangup: false };
    turn(&event_loop, &mut program);
    assert_eq!(seen.take(), [writable]);
    event_loop.set_interest(id, Interest::READABLE);
    turn(&event_loop, &mut program);
    assert_eq!(seen.take(), [readable]);
    event_loop.set_interest(id, Interest::BOTH);
    turn(&event_loop, &mut program);
    assert_eq!(seen.take(), [Readiness { writable: true, ..readable }]);
    event_loop.set_interest(id, Interest::NONE);
    turn(&event_loop, &mut program);
    assert_eq!(seen.take(), []);
}

#[test]
fn a_hang_up_is_reported_as_readable() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let fd = Rc::new(read_end);
    source(&event_loop, &fd, Interest::READABLE, |program, readiness| {
        assert!(readiness.readable && readiness.hangup && !readiness.writable);
        program.say("end");
    });
    drop(write_end);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "end");
}

#[test]
fn an_error_is_reported_as_writable() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let fd = Rc::new(write_end);
    let its_fd = fd.clone();
    source(&event_loop, &fd, Interest::WRITABLE, move |program, readiness| {
        assert!(readiness.writable && !readiness.readable);
        program.say(nix::unistd::write(&*its_fd, b"x").unwrap_err().to_string());
    });
    drop(read_end);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), Errno::EPIPE.to_string());
}

#[test]
fn a_hang_up_does_not_wake_a_source_without_interest() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let id = watcher(&event_loop, &Rc::new(read_end), "ready");
    event_loop.set_interest(id, Interest::NONE);
    drop(write_end);
    timer(&event_loop, 5, "timer");
    event_loop.run(&mut program);
    assert_eq!(program.said(), "timer");
    let handle = event_loop.wait_handle().unwrap();
    assert!(!is_readable(&handle), "the system reports what nobody wants to know");
    event_loop.set_interest(id, Interest::READABLE);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "ready");
}

#[test]
fn a_source_removed_in_its_own_callback_is_gone() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let fd = Rc::new(read_end);
    let id = Rc::new(Cell::new(None));
    let (own, its_id) = (event_loop.clone(), id.clone());
    id.set(Some(source(&event_loop, &fd, Interest::READABLE, move |program, _| {
        program.say("ready");
        own.remove_source(its_id.get().unwrap());
        own.remove_source(its_id.get().unwrap());
    })));
    write(&write_end, b"x");
    event_loop.run(&mut program);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "ready");
    assert_eq!(Rc::strong_count(&fd), 1, "the loop keeps the descriptor");
}

/// Two ready sources; whichever is called first removes the other one and does `next`.
fn remove_the_other(next: fn(&Loop, &Rc<OwnedFd>)) -> (Loop, Program) {
    let (event_loop, mut program) = real_loop();
    let ends: Vec<_> = (0..2).map(|_| pipe()).collect();
    let ids = Rc::new(RefCell::new(Vec::<SourceId>::new()));
    let fds: Vec<Rc<OwnedFd>> =
        ends.iter().map(|(read_end, _)| Rc::new(read_end.try_clone().unwrap())).collect();
    for index in 0..2 {
        let (own, ids_of_both, other_fd) =
            (event_loop.clone(), ids.clone(), fds[1 - index].clone());
        let id = source(&event_loop, &fds[index], Interest::READABLE, move |program, _| {
            program.say("one");
            let other = ids_of_both.borrow()[1 - index];
            if own.source_has_ref(other) {
                own.remove_source(other);
                next(&own, &other_fd);
            }
        });
        ids.borrow_mut().push(id);
    }
    for (_, write_end) in &ends {
        write(write_end, b"x");
    }
    turn(&event_loop, &mut program);
    (event_loop, program)
}

#[test]
fn a_source_removed_by_another_one_of_the_same_batch_is_not_called() {
    let (event_loop, mut program) = remove_the_other(|_, _| {});
    assert_eq!(program.said(), "one");
    event_loop.clear();
}

#[test]
fn a_stale_event_does_not_reach_a_new_source_in_the_same_place() {
    let (event_loop, mut program) = remove_the_other(|event_loop, fd| {
        // The very same descriptor, and the place in the table that has become free.
        watcher(event_loop, fd, "new");
    });
    assert_eq!(program.said(), "one", "the old source's event reached the new one");
    turn(&event_loop, &mut program);
    program.log.sort();
    assert_eq!(program.said(), "new one");
    event_loop.clear();
}

#[test]
fn a_source_that_loses_its_interest_in_the_batch_is_not_called() {
    let (event_loop, mut program) = real_loop();
    let ends: Vec<_> = (0..2).map(|_| pipe()).collect();
    let ids = Rc::new(RefCell::new(Vec::<SourceId>::new()));
    for (index, (read_end, write_end)) in ends.into_iter().enumerate() {
        write(&write_end, b"x");
        let (own, both) = (event_loop.clone(), ids.clone());
        let id = source(&event_loop, &Rc::new(read_end), Interest::READABLE, move |program, _| {
            program.say("one");
            own.set_interest(both.borrow()[1 - index], Interest::NONE);
        });
        ids.borrow_mut().push(id);
    }
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "one");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "one");
    assert_eq!(program.callbacks, 2);
    event_loop.clear();
}

#[test]
fn last_sources_come_after_all_others() {
    let (event_loop, mut program) = real_loop();
    let mut write_ends = Vec::new();
    for word in ["exit", "data", "exit", "data"] {
        let (read_end, write_end) = pipe();
        let id = reader(&event_loop, &Rc::new(read_end), word);
        event_loop.set_source_last(id, word == "exit");
        write(&write_end, b"x");
        write_ends.push(write_end);
    }
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "data data exit exit");
}

#[test]
fn stopping_in_a_source_leaves_the_other_events_for_later() {
    let (event_loop, mut program) = real_loop();
    let mut write_ends = Vec::new();
    for _ in 0..3 {
        let (read_end, write_end) = pipe();
        let fd = Rc::new(read_end);
        let its_fd = fd.clone();
        source(&event_loop, &fd, Interest::READABLE, move |program, _| {
            read(&its_fd);
            stops("stop")(program);
        });
        write(&write_end, b"x");
        write_ends.push(write_end);
    }
    event_loop.add_immediate(says("immediate"));
    for _ in 0..3 {
        event_loop.run(&mut program);
        assert_eq!(program.said(), "stop");
        assert_eq!(program.callbacks, 0);
        program.is_stopping = false;
    }
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "immediate");
}

#[test]
fn a_regular_file_is_refused() {
    let (event_loop, _) = real_loop();
    for interest in [Interest::READABLE, Interest::NONE] {
        let file = std::fs::File::open("/proc/self/exe").unwrap();
        let error = event_loop.add_source(file, interest, Rc::new(|_, _| {})).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(Errno::EPERM as i32));
        assert!(!event_loop.is_alive());
    }
}

#[test]
fn a_descriptor_that_is_watched_already_is_refused() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let fd = Rc::new(read_end);
    let first = watcher(&event_loop, &fd, "first");
    let again = event_loop.add_source(fd.clone(), Interest::READABLE, Rc::new(|_, _| {}));
    assert_eq!(again.unwrap_err().raw_os_error(), Some(Errno::EEXIST as i32));
    write(&write_end, b"x");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "first");
    // Once the first has no interest any more, the descriptor is free for another.
    event_loop.set_interest(first, Interest::NONE);
    watcher(&event_loop, &fd, "second");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "second");
    // A copy of it is another descriptor.
    watcher(&event_loop, &Rc::new(fd.try_clone().unwrap()), "copy");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "second copy");
}

#[test]
fn a_source_that_the_system_refuses_later_is_called_to_find_out() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let fd = Rc::new(read_end);
    let first = watcher(&event_loop, &fd, "first");
    event_loop.set_interest(first, Interest::NONE);
    let second = watcher(&event_loop, &fd, "second");
    // The system cannot watch one descriptor twice: the first source goes on by trying.
    event_loop.set_interest(first, Interest::READABLE);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "first");
    write(&write_end, b"x");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "first second");
    assert_eq!(event_loop.next_timeout(), Some(Duration::from_millis(10)));
    event_loop.remove_source(second);
    read(&fd);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "", "it is watched as it should be");
    assert_eq!(event_loop.next_timeout(), None);
}

#[test]
fn changes_of_mind_within_a_turn_cost_nothing_and_count_as_the_last_one() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    let id = watcher(&event_loop, &Rc::new(read_end), "ready");
    write(&write_end, b"x");
    for _ in 0..100 {
        event_loop.set_interest(id, Interest::NONE);
        event_loop.set_interest(id, Interest::READABLE);
    }
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "ready");
    event_loop.set_interest(id, Interest::BOTH);
    event_loop.set_interest(id, Interest::NONE);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "");
}
