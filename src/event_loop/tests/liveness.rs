//! What keeps the loop alive.

use std::{cell::RefCell, rc::Rc};

use super::{
    super::{Interest, requests::ActiveResources},
    Program, calls, pipe, real_loop, says, source, timer, turn, virtual_loop,
};

#[test]
fn an_empty_loop_is_not_alive_and_costs_no_descriptor() {
    let (event_loop, mut program) = virtual_loop();
    assert!(!event_loop.is_alive());
    event_loop.run(&mut program);
    timer(&event_loop, 1, "a");
    event_loop.add_immediate(says("b"));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "b a");
    assert!(event_loop.poll.borrow().is_none());
    assert_eq!(event_loop.pool.thread_count(), 0);
}

#[test]
fn each_kind_of_work_keeps_the_loop_alive_until_done() {
    let (event_loop, mut program) = virtual_loop();
    let kinds: [fn(&super::Loop); 5] = [
        |event_loop| {
            timer(event_loop, 1, "x");
        },
        |event_loop| {
            event_loop.add_immediate(says("x"));
        },
        |event_loop| event_loop.add_pending(says("x")),
        |event_loop| event_loop.add_closing(says("x")),
        |event_loop| {
            event_loop.remote().post(Box::new(|program| program.say("x")));
        },
    ];
    for add in kinds {
        add(&event_loop);
        assert!(event_loop.is_alive());
        event_loop.run(&mut program);
        assert_eq!(program.said(), "x");
        assert!(!event_loop.is_alive());
    }
}

#[test]
fn a_request_keeps_the_loop_alive_until_it_is_dropped() {
    let (event_loop, mut program) = virtual_loop();
    let first = event_loop.begin_request("Write");
    let second = event_loop.begin_request("Write");
    drop(first);
    assert!(event_loop.is_alive());
    event_loop.add_timer(5, false, {
        let second = RefCell::new(Some(second));
        calls(move |_| drop(second.take()))
    });
    event_loop.run(&mut program);
    assert!(!event_loop.is_alive());
}

#[test]
fn sources_count_while_referenced_and_interested() {
    let (event_loop, _) = virtual_loop();
    let (read_end, _write_end) = pipe();
    let id = source(&event_loop, &Rc::new(read_end), Interest::NONE, |_, _| {});
    assert!(!event_loop.is_alive());
    event_loop.set_interest(id, Interest::READABLE);
    assert!(event_loop.is_alive());
    event_loop.set_source_ref(id, false);
    assert!(!event_loop.is_alive());
    assert!(!event_loop.source_has_ref(id));
    event_loop.set_source_ref(id, true);
    assert!(event_loop.is_alive());
    event_loop.set_interest(id, Interest::NONE);
    assert!(!event_loop.is_alive());
    event_loop.set_interest(id, Interest::READABLE);
    event_loop.remove_source(id);
    assert!(!event_loop.is_alive());
    event_loop.set_interest(id, Interest::READABLE);
    event_loop.set_source_ref(id, true);
    event_loop.remove_source(id);
    assert!(!event_loop.is_alive());
}

#[test]
fn active_resources_are_those_that_keep_the_loop_alive() {
    let (event_loop, _) = virtual_loop();
    assert_eq!(event_loop.active_resources(), ActiveResources::default());
    let (read_end, write_end) = pipe();
    let a = source(&event_loop, &Rc::new(read_end), Interest::READABLE, |_, _| {});
    let b = source(&event_loop, &Rc::new(write_end), Interest::WRITABLE, |_, _| {});
    event_loop.set_source_kind(a, "PipeWrap");
    event_loop.set_source_kind(b, "TTYWrap");
    event_loop.set_source_ref(b, false);
    let id = timer(&event_loop, 1, "a");
    timer(&event_loop, 1, "b");
    event_loop.set_timer_ref(id, false);
    event_loop.add_immediate(says("c"));
    let _requests = ["Write", "Connect", "Write"].map(|kind| event_loop.begin_request(kind));
    let expected = ActiveResources {
        requests: vec!["Connect", "Write", "Write"],
        sources: vec!["PipeWrap"],
        timers: 1,
        immediates: 1,
    };
    assert_eq!(event_loop.active_resources(), expected);
}

#[test]
fn clear_drops_everything_that_owns_the_loop() {
    let (event_loop, mut program) = real_loop();
    let (read_end, _write_end) = pipe();
    let own = || {
        let own = event_loop.clone();
        Box::new(move |_: &mut Program| drop(own.clone()))
    };
    event_loop.add_timer(1, false, Rc::new(own()));
    event_loop.add_immediate(own());
    event_loop.add_pending(own());
    event_loop.add_closing(own());
    let callback = own();
    source(&event_loop, &Rc::new(read_end), Interest::READABLE, move |program, _| {
        callback(program);
    });
    let done = own();
    event_loop.spawn_blocking(|| (), move |program, ()| done(program));
    assert!(Rc::strong_count(&event_loop) > 6);
    event_loop.clear();
    assert_eq!(Rc::strong_count(&event_loop), 1);
    timer(&event_loop, 1, "later");
    event_loop.run(&mut program);
    assert_eq!(program.said(), "later");
    assert_eq!(program.callbacks, 1);
}

#[test]
fn what_a_dropped_callback_does_in_its_end_may_use_the_loop() {
    struct AtTheEnd(super::Loop);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            self.0.add_pending(says("dropped"));
            timer(&self.0, 1, "x");
            self.0.add_immediate(says("y"));
            self.0.active_resources();
        }
    }
    let (event_loop, mut program) = virtual_loop();
    let (read_end, _write_end) = pipe();
    let end = || AtTheEnd(event_loop.clone());
    let keep = |_: &AtTheEnd| {};
    let (a, b, c) = (end(), end(), end());
    let timer_id = event_loop.add_timer(1, false, calls(move |_| keep(&a)));
    let immediate_id = event_loop.add_immediate(Box::new(move |_| keep(&b)));
    let fd = Rc::new(read_end);
    let source_id = source(&event_loop, &fd, Interest::READABLE, move |_, _| keep(&c));
    event_loop.remove_timer(timer_id);
    event_loop.remove_immediate(immediate_id);
    event_loop.remove_source(source_id);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "dropped dropped dropped y y y");
    let refused = end();
    let file = std::fs::File::open("/proc/self/exe").unwrap();
    let callback = Rc::new(move |_: &mut Program, _| keep(&refused));
    assert!(event_loop.add_source(file, Interest::READABLE, callback).is_err());
    event_loop.clear();
}
