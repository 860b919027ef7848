//! Work in the pool: its results, its panics, and how much of it runs at once.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Barrier, mpsc},
    thread,
};

use super::{
    super::{EventLoop, Host},
    Program, real_loop, says,
};

#[test]
fn work_runs_in_another_thread_and_its_result_comes_back() {
    let (event_loop, mut program) = real_loop();
    let main = thread::current().id();
    event_loop.spawn_blocking(
        move || {
            assert_ne!(thread::current().id(), main);
            thread::current().name().unwrap().to_owned()
        },
        move |program: &mut Program, name: String| {
            assert_eq!(thread::current().id(), main);
            program.tick(|program| program.say("tick"));
            program.say(name);
        },
    );
    assert!(event_loop.is_alive());
    assert_eq!(event_loop.active_resources().requests, ["BlockingWork"]);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "rjs-blocking-0 tick");
    assert!(!event_loop.is_alive());
    assert_eq!(program.callbacks, 1);
}

#[test]
fn four_works_run_at_once_and_no_more() {
    let (event_loop, mut program) = real_loop();
    let barrier = Arc::new(Barrier::new(4));
    for number in 0..12 {
        let barrier = barrier.clone();
        event_loop.spawn_blocking(
            move || barrier.wait().is_leader(),
            move |program: &mut Program, _| program.say(number.to_string()),
        );
    }
    event_loop.run(&mut program);
    assert_eq!(program.log.len(), 12);
    assert_eq!(event_loop.pool.thread_count(), 4);
}

#[test]
fn the_loop_turns_while_work_is_in_flight() {
    let (event_loop, mut program) = real_loop();
    let (tell, told) = mpsc::channel();
    event_loop.spawn_blocking(
        move || told.recv().unwrap(),
        |program: &mut Program, ()| program.say("done"),
    );
    event_loop.add_timer(
        1,
        false,
        super::calls(move |program| {
            program.say("timer");
            tell.send(()).unwrap();
        }),
    );
    event_loop.add_immediate(says("immediate"));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "immediate timer done");
}

#[test]
fn a_panic_in_work_reaches_the_host_and_does_not_hang_the_loop() {
    let (event_loop, mut program) = real_loop();
    for _ in 0..6 {
        event_loop.spawn_blocking(
            || std::panic::resume_unwind(Box::new("broken")),
            |program: &mut Program, ()| program.say("not to be said"),
        );
    }
    event_loop.run(&mut program);
    assert_eq!(program.said(), "");
    assert_eq!(program.panics.len(), 6);
    assert!(program.panics.iter().all(|panic| panic.downcast_ref() == Some(&"broken")));
    assert_eq!(program.callbacks, 6);
    event_loop.spawn_blocking(|| 7, |program: &mut Program, seven| program.say(seven.to_string()));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "7", "the threads live on");
}

#[test]
fn a_host_that_says_nothing_about_panics_panics() {
    struct Plain;
    impl Host for Plain {
        type Scope = ();

        fn after_callback(&mut self) {}
    }
    let event_loop = EventLoop::new().unwrap();
    event_loop.spawn_blocking(|| std::panic::resume_unwind(Box::new("broken")), |_, ()| {});
    let run = AssertUnwindSafe(|| event_loop.run(&mut Plain));
    let panic = catch_unwind(run).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"broken"));
    assert!(!event_loop.is_alive());
    event_loop.run(&mut Plain);
}

#[test]
fn work_may_be_begun_in_what_is_done_after_work() {
    let (event_loop, mut program) = real_loop();
    let own = event_loop.clone();
    event_loop.spawn_blocking(
        || 1,
        move |program: &mut Program, one| {
            program.say(one.to_string());
            own.spawn_blocking_as(
                "FSReqCallback",
                move || one + 1,
                |program: &mut Program, two| program.say(two.to_string()),
            );
            assert_eq!(own.active_resources().requests, ["FSReqCallback"]);
        },
    );
    event_loop.run(&mut program);
    assert_eq!(program.said(), "1 2");
}

#[test]
fn a_loop_may_be_dropped_with_work_in_flight() {
    let (event_loop, _) = real_loop();
    let (tell, told) = mpsc::channel::<()>();
    let (tell_begin, told_begin) = mpsc::channel();
    let (tell_end, told_end) = mpsc::channel();
    event_loop.spawn_blocking(
        move || {
            tell_begin.send(()).unwrap();
            // It ends when the loop is gone.
            let outcome = told.recv();
            tell_end.send(outcome).unwrap();
        },
        |program: &mut Program, ()| program.say("not to be said"),
    );
    for _ in 0..10 {
        event_loop.spawn_blocking(|| (), |_: &mut Program, ()| {});
    }
    told_begin.recv().unwrap();
    drop(event_loop);
    drop(tell);
    assert!(told_end.recv().unwrap().is_err());
}
