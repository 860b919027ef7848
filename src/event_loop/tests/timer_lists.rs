//! The order of timers of several durations.

use std::{cell::Cell, rc::Rc};

use super::{calls, pass, timer, turn, virtual_loop};

#[test]
fn timers_of_one_duration_run_in_the_order_of_their_starts() {
    let (event_loop, mut program) = virtual_loop();
    for word in ["a", "b", "c"] {
        timer(&event_loop, 10, word);
    }
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a b c");
    assert_eq!(event_loop.now(), 10);
}

#[test]
fn timers_of_different_durations_run_in_the_order_of_their_ends() {
    let (event_loop, mut program) = virtual_loop();
    for (after, word) in [(30, "c"), (10, "a"), (20, "b"), (10, "a2")] {
        timer(&event_loop, after, word);
    }
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a a2 b c");
    assert_eq!(event_loop.now(), 30);
}

#[test]
fn a_list_runs_to_its_end_before_the_next_list() {
    let (event_loop, mut program) = virtual_loop();
    timer(&event_loop, 10, "ten at 0");
    pass(&event_loop, 2);
    timer(&event_loop, 9, "nine at 2");
    pass(&event_loop, 3);
    timer(&event_loop, 10, "ten at 5");
    pass(&event_loop, 20);
    turn(&event_loop, &mut program);
    // As in Node: "ten at 5" ends after "nine at 2", but its list is older.
    assert_eq!(program.log, ["ten at 0", "ten at 5", "nine at 2"]);
}

#[test]
fn a_list_that_is_not_yet_due_again_goes_behind_those_of_the_same_expiry() {
    let (event_loop, mut program) = virtual_loop();
    timer(&event_loop, 10, "ten at 0");
    pass(&event_loop, 5);
    timer(&event_loop, 10, "ten at 5");
    pass(&event_loop, 2);
    timer(&event_loop, 8, "eight at 7");
    pass(&event_loop, 3);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "ten at 0");
    pass(&event_loop, 5);
    turn(&event_loop, &mut program);
    assert_eq!(program.log, ["eight at 7", "ten at 5"]);
}

#[test]
fn lists_of_one_expiry_run_in_the_order_of_their_making() {
    let (event_loop, mut program) = virtual_loop();
    timer(&event_loop, 10, "a");
    pass(&event_loop, 5);
    timer(&event_loop, 5, "b");
    pass(&event_loop, 5);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "a b");
}

#[test]
fn a_removed_timers_list_goes_with_it_unless_it_was_unreferenced() {
    // Node removes the list of the last referenced timer: the next one makes a younger list.
    let (event_loop, mut program) = virtual_loop();
    let gone = timer(&event_loop, 10, "gone");
    timer(&event_loop, 11, "eleven");
    event_loop.remove_timer(gone);
    pass(&event_loop, 1);
    timer(&event_loop, 10, "ten");
    pass(&event_loop, 20);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "eleven ten");

    // Of an unreferenced timer the list stays, and with it the place in the queue.
    let (event_loop, mut program) = virtual_loop();
    let gone = timer(&event_loop, 10, "gone");
    event_loop.set_timer_ref(gone, false);
    timer(&event_loop, 11, "eleven");
    event_loop.remove_timer(gone);
    pass(&event_loop, 1);
    timer(&event_loop, 10, "ten");
    pass(&event_loop, 20);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "ten eleven");
}

#[test]
fn a_list_that_ends_and_begins_in_one_callback_is_another_list() {
    let (event_loop, mut program) = virtual_loop();
    let id = Rc::new(Cell::new(None));
    let (own, its_id) = (event_loop.clone(), id.clone());
    let callback = calls(move |program| {
        program.say("a");
        own.remove_timer(its_id.get().unwrap());
        timer(&own, 10, "b");
        pass(&own, 2);
        timer(&own, 8, "c");
    });
    id.set(Some(event_loop.add_timer(10, false, callback)));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a b c", "the new list is not looked at, and stays the older");
    assert_eq!(event_loop.now(), 20);
}

#[test]
fn many_timers_run_in_the_order_of_their_ends() {
    let (event_loop, mut program) = virtual_loop();
    let mut expected = Vec::new();
    for number in 0..5_000_u64 {
        let after = 1 + number * 7919 % 997;
        timer(&event_loop, after, &format!("{after:03}-{number:04}"));
        expected.push(format!("{after:03}-{number:04}"));
    }
    expected.sort();
    event_loop.run(&mut program);
    assert_eq!(program.log, expected);
}
