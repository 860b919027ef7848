//! Tasks that other threads post.

use std::{rc::Rc, sync::mpsc, thread};

use super::{
    super::{Hold, Remote},
    Program, is_readable, pipe, reader, real_loop, says, timer, turn, virtual_loop, write,
};

fn needs_send_and_sync<T: Send + Sync>(_: &T) {}

#[test]
fn a_remote_and_a_hold_go_to_other_threads() {
    let (event_loop, _) = real_loop();
    let remote: Remote<Program> = event_loop.remote();
    let hold: Hold<Program> = remote.hold();
    needs_send_and_sync(&remote);
    needs_send_and_sync(&hold);
}

#[test]
fn a_posted_task_wakes_the_loop() {
    let (event_loop, mut program) = real_loop();
    let remote = event_loop.remote();
    let hold = remote.hold();
    let (tell, told) = mpsc::channel();
    let thread = thread::spawn(move || {
        told.recv().unwrap();
        assert!(remote.post(Box::new(|program| program.say("posted"))));
        drop(hold);
    });
    event_loop.add_immediate(Box::new(move |_| tell.send(()).unwrap()));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "posted");
    assert_eq!(program.callbacks, 2);
    thread.join().unwrap();
}

#[test]
fn posted_tasks_run_in_order_and_those_they_post_run_in_the_next_turn() {
    let (event_loop, mut program) = virtual_loop();
    let remote = event_loop.remote();
    for word in ["a", "b"] {
        let own = remote.clone();
        remote.post(Box::new(move |program| {
            program.say(word);
            own.post(Box::new(move |program| program.say("again")));
        }));
    }
    event_loop.add_immediate(says("immediate"));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "a b immediate");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "again again");
}

#[test]
fn every_task_of_many_threads_runs_in_the_order_of_its_thread() {
    let (event_loop, mut program) = real_loop();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let remote = event_loop.remote();
            let hold = remote.hold();
            thread::spawn(move || {
                for number in 0..1_000 {
                    remote.post(Box::new(move |program| {
                        program.say(format!("{thread}-{number:04}"));
                    }));
                }
                drop(hold);
            })
        })
        .collect();
    event_loop.run(&mut program);
    assert_eq!(program.log.len(), 4_000);
    for thread in 0..4 {
        let own: Vec<_> =
            program.log.iter().filter(|word| word.starts_with(&format!("{thread}-"))).collect();
        assert!(own.is_sorted());
        assert_eq!(own.len(), 1_000);
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_remote_alone_does_not_keep_the_loop_alive() {
    let (event_loop, mut program) = real_loop();
    let remote = event_loop.remote();
    assert!(!event_loop.is_alive());
    event_loop.run(&mut program);
    remote.post(Box::new(|program| program.say("posted")));
    assert!(event_loop.is_alive());
    event_loop.run(&mut program);
    assert_eq!(program.said(), "posted");
}

#[test]
fn dropping_the_last_hold_in_another_thread_ends_the_loop() {
    let (event_loop, mut program) = real_loop();
    let remote = event_loop.remote();
    let holds = [remote.hold(), remote.hold()];
    let (tell, told) = mpsc::channel();
    let thread = thread::spawn(move || {
        told.recv().unwrap();
        drop(holds);
    });
    event_loop.add_immediate(Box::new(move |_| tell.send(()).unwrap()));
    assert!(event_loop.is_alive());
    event_loop.run(&mut program);
    assert!(!event_loop.is_alive());
    thread.join().unwrap();
}

#[test]
fn a_task_posted_to_a_loop_that_is_gone_is_dropped() {
    let (event_loop, _) = real_loop();
    let remote = event_loop.remote();
    let kept = std::sync::Arc::new(());
    let first = kept.clone();
    remote.post(Box::new(move |_| drop(first)));
    drop(event_loop);
    assert_eq!(std::sync::Arc::strong_count(&kept), 1);
    let second = kept.clone();
    assert!(!remote.post(Box::new(move |_| drop(second))));
    assert_eq!(std::sync::Arc::strong_count(&kept), 1);
}

#[test]
fn stopping_in_a_posted_task_leaves_the_rest() {
    let (event_loop, mut program) = virtual_loop();
    let remote = event_loop.remote();
    remote.post(Box::new(|program| super::stops("a")(program)));
    remote.post(Box::new(|program| program.say("b")));
    event_loop.add_immediate(says("immediate"));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a");
    program.is_stopping = false;
    event_loop.run(&mut program);
    assert_eq!(program.said(), "b immediate");
}

#[test]
fn posted_tasks_come_before_the_sources_of_the_same_poll() {
    let (event_loop, mut program) = real_loop();
    let (read_end, write_end) = pipe();
    reader(&event_loop, &Rc::new(read_end), "source");
    write(&write_end, b"x");
    event_loop.remote().post(Box::new(|program| program.say("posted")));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "posted source");
}

#[test]
fn what_happens_before_there_is_a_waker_ends_the_wait_too() {
    let post = |remote: Remote<Program>| assert!(remote.post(Box::new(|_| {})));
    let end = |remote: Remote<Program>| drop(remote.hold());
    for happens in [post, end] {
        // As if it happened after the loop looked, and before it makes the waker and waits.
        let (event_loop, _) = real_loop();
        happens(event_loop.remote());
        let poll = event_loop.poll().unwrap();
        event_loop.inbox.ensure_waker(&poll).unwrap();
        let count = poll.wait(Some(std::time::Duration::ZERO), &mut Vec::new()).unwrap();
        assert_eq!(count, 1);
    }
}

#[test]
fn waking_the_loop_again_and_again_does_not_make_it_spin() {
    let (event_loop, mut program) = real_loop();
    let remote = event_loop.remote();
    let hold = remote.hold();
    for round in 0..3 {
        let own = remote.clone();
        thread::spawn(move || own.post(Box::new(move |program| program.say(round.to_string()))));
        while program.log.len() <= round {
            event_loop.turn(&mut program, None);
        }
    }
    let handle = event_loop.wait_handle().unwrap();
    event_loop.turn(&mut program, Some(std::time::Duration::ZERO));
    assert!(!is_readable(&handle));
    drop(hold);
    assert_eq!(program.said(), "0 1 2");
}

#[test]
fn a_loop_with_timers_and_a_remote_waits_for_both() {
    let (event_loop, mut program) = real_loop();
    let remote = event_loop.remote();
    let own = event_loop.clone();
    event_loop.add_timer(
        1,
        false,
        super::calls(move |program| {
            program.say("timer");
            let remote = remote.clone();
            let hold = remote.hold();
            thread::spawn(move || {
                remote.post(Box::new(|program| program.say("posted")));
                drop(hold);
            });
            let _ = own.now();
        }),
    );
    let guard = timer(&event_loop, 600_000, "never");
    event_loop.set_timer_ref(guard, false);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "timer posted");
}
