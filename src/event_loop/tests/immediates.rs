//! Immediates: their order, and which turn they run in.

use std::{cell::Cell, rc::Rc};

use super::{Program, pass, says, stops, timer, turn, virtual_loop};

#[test]
fn immediates_run_in_order_each_followed_by_its_ticks() {
    let (event_loop, mut program) = virtual_loop();
    for word in ["a", "b"] {
        event_loop.add_immediate(Box::new(move |program: &mut Program| {
            program.say(word);
            program.tick(|program| program.say("tick"));
        }));
    }
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a tick b tick");
    assert_eq!(program.callbacks, 2);
}

#[test]
fn after_an_immediate_that_failed_the_next_one_comes_before_the_ticks() {
    let (event_loop, mut program) = virtual_loop();
    for word in ["a", "b"] {
        event_loop.add_immediate(Box::new(move |program: &mut Program| {
            program.say(word);
            program.tick(|program| program.say("tick"));
            program.has_failed = true;
        }));
    }
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a b tick tick");
}

#[test]
fn an_immediate_set_in_an_immediate_runs_in_the_next_turn() {
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    event_loop.add_immediate(Box::new(move |program: &mut Program| {
        program.say("outer");
        own.add_immediate(says("inner"));
        timer(&own, 1, "timer");
        pass(&own, 1);
    }));
    event_loop.add_immediate(says("second"));
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "outer second");
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "timer inner");
}

#[test]
fn an_immediate_set_in_a_timer_runs_in_the_same_turn() {
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    event_loop.add_timer(
        1,
        false,
        super::calls(move |program| {
            program.say("timer");
            own.add_immediate(says("immediate"));
        }),
    );
    pass(&event_loop, 1);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "timer immediate");
}

#[test]
fn removed_immediates_do_not_run() {
    let (event_loop, mut program) = virtual_loop();
    let a = event_loop.add_immediate(says("a"));
    let second = Rc::new(Cell::new(None));
    let (own, id) = (event_loop.clone(), second.clone());
    event_loop.add_immediate(Box::new(move |program: &mut Program| {
        program.say("b");
        own.remove_immediate(id.get().unwrap());
    }));
    second.set(Some(event_loop.add_immediate(says("c"))));
    event_loop.add_immediate(says("d"));
    event_loop.remove_immediate(a);
    event_loop.remove_immediate(a);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "b d");
}

#[test]
fn an_immediate_removed_in_a_tick_does_not_run() {
    let (event_loop, mut program) = virtual_loop();
    let second = Rc::new(Cell::new(None));
    let (own, id) = (event_loop.clone(), second.clone());
    event_loop.add_immediate(Box::new(move |program: &mut Program| {
        program.say("a");
        program.tick(move |_| own.remove_immediate(id.get().unwrap()));
    }));
    second.set(Some(event_loop.add_immediate(says("b"))));
    event_loop.add_immediate(says("c"));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a c");
}

#[test]
fn removing_an_immediate_that_ran_leaves_the_others() {
    let (event_loop, mut program) = virtual_loop();
    let a = event_loop.add_immediate(says("a"));
    event_loop.run(&mut program);
    event_loop.add_immediate(says("b"));
    event_loop.remove_immediate(a);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a b");
}

#[test]
fn removing_all_immediates_ends_the_loop() {
    let (event_loop, mut program) = virtual_loop();
    let ids = ["a", "b"].map(|word| event_loop.add_immediate(says(word)));
    for id in ids {
        event_loop.remove_immediate(id);
    }
    assert!(!event_loop.is_alive());
    event_loop.add_immediate(says("c"));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "c");
}

#[test]
fn unreferenced_immediates_do_not_keep_the_loop_alive() {
    let (event_loop, mut program) = virtual_loop();
    let a = event_loop.add_immediate(says("a"));
    event_loop.set_immediate_ref(a, false);
    assert!(!event_loop.immediate_has_ref(a));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "");
    event_loop.set_immediate_ref(a, true);
    assert!(event_loop.immediate_has_ref(a));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a");
    assert!(!event_loop.immediate_has_ref(a));
}

#[test]
fn an_unreferenced_immediate_does_not_keep_the_loop_from_waiting() {
    let (event_loop, mut program) = virtual_loop();
    let a = event_loop.add_immediate(says("immediate"));
    event_loop.set_immediate_ref(a, false);
    timer(&event_loop, 10, "timer");
    assert_eq!(event_loop.next_timeout().unwrap().as_millis(), 10);
    event_loop.run(&mut program);
    // It runs in the check phase after the wait, before the timers of the next turn.
    assert_eq!(program.said(), "immediate timer");
}

#[test]
fn an_unreferenced_immediate_does_not_run_when_the_loop_ends_with_a_timer() {
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    event_loop.add_timer(
        10,
        false,
        super::calls(move |program| {
            program.say("timer");
            let id = own.add_immediate(says("immediate"));
            own.set_immediate_ref(id, false);
        }),
    );
    event_loop.run(&mut program);
    assert_eq!(program.said(), "timer");
}

#[test]
fn stopping_in_an_immediate_leaves_the_rest_in_the_queue() {
    let (event_loop, mut program) = virtual_loop();
    event_loop.add_immediate(stops("a"));
    event_loop.add_immediate(says("b"));
    event_loop.add_immediate(says("c"));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a");
    assert_eq!(program.callbacks, 0);
    assert!(event_loop.is_alive());
    program.is_stopping = false;
    event_loop.run(&mut program);
    assert_eq!(program.said(), "b c");
}
