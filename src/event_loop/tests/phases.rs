//! The order of a turn, and what follows each callback.

use std::{cell::Cell, rc::Rc};

use super::{
    Loop, Program, Task, calls, pass, pipe, reader, says, stops, timer, turn, virtual_loop, write,
};

#[test]
fn a_turn_is_timers_pending_poll_check_closing() {
    let (event_loop, mut program) = virtual_loop();
    let (read_end, write_end) = pipe();
    reader(&event_loop, &Rc::new(read_end), "poll");
    write(&write_end, b"x");
    event_loop.add_closing(says("closing"));
    event_loop.add_immediate(says("check"));
    event_loop.add_pending(says("pending"));
    timer(&event_loop, 1, "timers");
    pass(&event_loop, 1);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "timers pending poll check closing");
    assert_eq!(program.callbacks, 5);
}

#[test]
fn every_callback_is_followed_by_the_ticks() {
    let (event_loop, mut program) = virtual_loop();
    event_loop.add_pending(tick("pending"));
    event_loop.add_immediate(tick("check"));
    event_loop.add_closing(tick("closing"));
    event_loop.remote().post(Box::new(|program| tick("posted")(program)));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "pending tick posted tick check tick closing tick");
}

#[test]
fn timers_run_once_a_turn() {
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    event_loop.add_immediate(Box::new(move |program: &mut Program| {
        program.say("immediate");
        timer(&own, 1, "timer");
        pass(&own, 1);
        own.add_closing(says("closing"));
    }));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "immediate closing");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "timer");
}

#[test]
fn the_first_turn_goes_on_after_its_last_timer() {
    // libuv asks whether the loop is alive before the first timers, not after them.
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    event_loop.add_timer(
        1,
        false,
        calls(move |program| {
            program.say("timer");
            let id = own.add_immediate(says("immediate"));
            own.set_immediate_ref(id, false);
        }),
    );
    pass(&event_loop, 1);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "timer immediate");
}

#[test]
fn pending_tasks_run_in_order_and_those_they_add_run_after_the_poll() {
    let (event_loop, mut program) = virtual_loop();
    let (read_end, write_end) = pipe();
    reader(&event_loop, &Rc::new(read_end), "poll");
    write(&write_end, b"x");
    let own = event_loop.clone();
    event_loop.add_pending(Box::new(move |program: &mut Program| {
        program.say("a");
        own.add_pending(says("c"));
    }));
    event_loop.add_pending(says("b"));
    event_loop.add_immediate(says("check"));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "a b poll c check");
}

#[test]
fn pending_tasks_that_add_pending_tasks_for_ever_do_not_keep_the_loop_from_turning() {
    let (event_loop, mut program) = virtual_loop();
    event_loop.add_pending(again(event_loop.clone()));
    event_loop.add_immediate(says("check"));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "p p p p p p p p p check");
    event_loop.clear();
}

#[test]
fn closing_tasks_run_last_in_first_out() {
    let (event_loop, mut program) = virtual_loop();
    for word in ["a", "b", "c"] {
        event_loop.add_closing(says(word));
    }
    event_loop.run(&mut program);
    assert_eq!(program.said(), "c b a");
}

#[test]
fn closing_tasks_added_while_closing_run_in_the_next_turn() {
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    event_loop.add_closing(Box::new(move |program: &mut Program| {
        program.say("a");
        own.add_closing(says("b"));
        own.add_immediate(says("immediate"));
    }));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "a");
    assert!(event_loop.is_alive());
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "immediate b");
    assert!(!event_loop.is_alive());
}

#[test]
fn stopping_in_the_closing_phase_leaves_the_rest() {
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    event_loop.add_closing(says("a"));
    event_loop.add_closing(Box::new(move |program: &mut Program| {
        program.say("b");
        own.add_closing(says("c"));
        program.is_stopping = true;
    }));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "b");
    program.is_stopping = false;
    event_loop.run(&mut program);
    assert_eq!(program.said(), "c a");
}

#[test]
fn stopping_in_the_pending_phase_skips_all_other_phases() {
    let (event_loop, mut program) = virtual_loop();
    let (read_end, write_end) = pipe();
    reader(&event_loop, &Rc::new(read_end), "poll");
    write(&write_end, b"x");
    event_loop.add_pending(stops("a"));
    event_loop.add_pending(says("b"));
    event_loop.add_immediate(says("check"));
    event_loop.add_closing(says("closing"));
    event_loop.remote().post(Box::new(|program| program.say("posted")));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a");
    program.is_stopping = false;
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "b posted poll check closing");
}

#[test]
fn a_host_that_is_stopping_runs_nothing() {
    let (event_loop, mut program) = virtual_loop();
    event_loop.add_pending(says("a"));
    timer(&event_loop, 1, "timer");
    pass(&event_loop, 1);
    program.is_stopping = true;
    turn(&event_loop, &mut program);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "");
    assert_eq!(program.callbacks, 0);
}

#[test]
fn a_callback_may_run_the_loop() {
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    let depth = Rc::new(Cell::new(0));
    event_loop.add_timer(
        1,
        false,
        calls(move |program| {
            depth.set(depth.get() + 1);
            program.say("outer");
            own.add_immediate(says("immediate"));
            turn(&own, program);
            program.say("back");
        }),
    );
    timer(&event_loop, 1, "inner");
    event_loop.run(&mut program);
    assert_eq!(program.said(), "outer inner immediate back");
}

/// A task that says a word, and then a tick does.
fn tick(word: &'static str) -> Task<Program> {
    Box::new(move |program| {
        program.say(word);
        program.tick(|program| program.say("tick"));
    })
}

/// A pending task that adds itself again.
fn again(event_loop: Loop) -> Task<Program> {
    Box::new(move |program| {
        program.say("p");
        let own = event_loop.clone();
        event_loop.add_pending(again(own));
    })
}
