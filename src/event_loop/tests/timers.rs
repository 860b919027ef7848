//! When timers run, and what they may do to each other.

use std::{cell::Cell, rc::Rc};

use super::{calls, pass, says, timer, turn, virtual_loop};

#[test]
fn no_timer_runs_before_its_time() {
    let (event_loop, mut program) = virtual_loop();
    timer(&event_loop, 10, "a");
    pass(&event_loop, 9);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "");
    pass(&event_loop, 1);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "a");
}

#[test]
fn after_each_timer_come_the_ticks() {
    let (event_loop, mut program) = virtual_loop();
    for after in [1, 1, 2] {
        let callback = calls(move |program| {
            program.say("timer");
            program.tick(|program| program.say("tick"));
        });
        event_loop.add_timer(after, false, callback);
    }
    pass(&event_loop, 5);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "timer tick timer tick timer tick");
    assert_eq!(program.callbacks, 3);
}

#[test]
fn after_a_timer_that_failed_the_next_of_its_list_comes_before_the_ticks() {
    let (event_loop, mut program) = virtual_loop();
    let fails = calls(|program| {
        program.say("fails");
        program.tick(|program| program.say("tick"));
        program.has_failed = true;
    });
    event_loop.add_timer(1, false, fails.clone());
    timer(&event_loop, 1, "same");
    event_loop.add_timer(2, false, fails);
    timer(&event_loop, 3, "other");
    pass(&event_loop, 5);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "fails same tick fails tick other");
}

#[test]
fn a_timer_set_in_a_timer_waits_for_another_turn() {
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    let outer = calls(move |program| {
        program.say("outer");
        timer(&own, 1, "inner");
        // Even though it is due before the round ends.
        pass(&own, 5);
        own.add_immediate(says("immediate"));
    });
    event_loop.add_timer(1, false, outer);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "outer immediate inner");
}

#[test]
fn a_timer_of_zero_set_in_a_timer_of_zero_does_not_block_the_loop() {
    let (event_loop, mut program) = virtual_loop();
    let own = event_loop.clone();
    event_loop.add_timer(
        0,
        false,
        calls(move |program| {
            program.say("a");
            timer(&own, 0, "b");
        }),
    );
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "a b", "it is of the same list, and due");
}

#[test]
fn a_removed_timer_does_not_run() {
    let (event_loop, mut program) = virtual_loop();
    let a = timer(&event_loop, 10, "a");
    timer(&event_loop, 10, "b");
    assert!(event_loop.is_active(a));
    event_loop.remove_timer(a);
    event_loop.remove_timer(a);
    assert!(!event_loop.is_active(a));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "b");
}

#[test]
fn removing_the_first_the_middle_and_the_last_of_a_list_leaves_the_others() {
    let (event_loop, mut program) = virtual_loop();
    let ids: Vec<_> =
        ["a", "b", "c", "d", "e"].map(|word| timer(&event_loop, 10, word)).into_iter().collect();
    for index in [0, 2, 4] {
        event_loop.remove_timer(ids[index]);
    }
    timer(&event_loop, 10, "f");
    event_loop.run(&mut program);
    assert_eq!(program.said(), "b d f");
}

#[test]
fn a_timer_removed_by_another_one_of_the_same_round_does_not_run() {
    let (event_loop, mut program) = virtual_loop();
    let victims = Rc::new(Cell::new(None));
    let (own, ids) = (event_loop.clone(), victims.clone());
    let remover = calls(move |program| {
        program.say("remover");
        let (same, other) = ids.get().unwrap();
        own.remove_timer(same);
        own.remove_timer(other);
    });
    event_loop.add_timer(1, false, remover);
    let same = timer(&event_loop, 1, "same list");
    let other = timer(&event_loop, 2, "other list");
    victims.set(Some((same, other)));
    timer(&event_loop, 1, "last of the list");
    pass(&event_loop, 5);
    turn(&event_loop, &mut program);
    assert_eq!(program.log, ["remover", "last of the list"]);
    assert!(!event_loop.is_alive());
}

#[test]
fn a_timer_removed_in_a_tick_does_not_run() {
    let (event_loop, mut program) = virtual_loop();
    let victim = Rc::new(Cell::new(None));
    let (own, id) = (event_loop.clone(), victim.clone());
    let remover = calls(move |program| {
        program.say("a");
        let (own, id) = (own.clone(), id.clone());
        program.tick(move |_| own.remove_timer(id.get().unwrap()));
    });
    event_loop.add_timer(1, false, remover);
    victim.set(Some(timer(&event_loop, 1, "b")));
    timer(&event_loop, 1, "c");
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a c");
}

#[test]
fn a_one_shot_timer_ends_with_its_callback() {
    let (event_loop, mut program) = virtual_loop();
    let id = Rc::new(Cell::new(None));
    let (own, its_id) = (event_loop.clone(), id.clone());
    let callback = calls(move |program| {
        assert!(own.is_active(its_id.get().unwrap()));
        let (own, its_id) = (own.clone(), its_id.clone());
        program.tick(move |program| {
            program.say(format!("active {}", own.is_active(its_id.get().unwrap())));
        });
    });
    let weak = Rc::downgrade(&callback);
    id.set(Some(event_loop.add_timer(1, false, callback)));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "active false");
    assert!(weak.upgrade().is_none(), "the loop keeps no callback of a timer that ended");
    assert!(!event_loop.refresh_timer(id.get().unwrap()));
    assert!(!event_loop.is_alive());
}

#[test]
fn a_repeating_timer_runs_until_removed() {
    let (event_loop, mut program) = virtual_loop();
    let id = Rc::new(Cell::new(None));
    let (own, its_id, times) = (event_loop.clone(), id.clone(), Cell::new(0));
    let callback = calls(move |program| {
        program.say(own.now().to_string());
        times.set(times.get() + 1);
        if times.get() == 4 {
            own.remove_timer(its_id.get().unwrap());
        }
    });
    id.set(Some(event_loop.add_timer(10, true, callback)));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "10 20 30 40");
}

#[test]
fn a_repeating_timer_starts_anew_as_of_its_callbacks_begin() {
    let (event_loop, mut program) = virtual_loop();
    let (own, times) = (event_loop.clone(), Cell::new(0));
    let callback = calls(move |program| {
        program.say(own.now().to_string());
        pass(&own, 7);
        times.set(times.get() + 1);
        program.is_stopping = times.get() == 3;
    });
    event_loop.add_timer(10, true, callback);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "10 20 30");
}

#[test]
fn a_repeating_timer_slower_than_its_period_leaves_room_for_others() {
    let (event_loop, mut program) = virtual_loop();
    let (own, times) = (event_loop.clone(), Cell::new(0));
    let callback = calls(move |program| {
        program.say("interval");
        pass(&own, 50);
        own.add_immediate(says("immediate"));
        times.set(times.get() + 1);
        program.is_stopping = times.get() == 3;
    });
    event_loop.add_timer(1, true, callback);
    timer(&event_loop, 20, "timeout");
    event_loop.run(&mut program);
    assert_eq!(program.said(), "interval immediate interval timeout immediate interval");
}

#[test]
fn a_refreshed_timer_starts_anew_and_goes_to_the_end_of_its_list() {
    let (event_loop, mut program) = virtual_loop();
    let a = timer(&event_loop, 10, "a");
    timer(&event_loop, 10, "b");
    pass(&event_loop, 5);
    assert!(event_loop.refresh_timer(a));
    pass(&event_loop, 5);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "b");
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a");
    assert_eq!(event_loop.now(), 15);
}

#[test]
fn a_one_shot_timer_refreshed_in_its_callback_runs_again() {
    let (event_loop, mut program) = virtual_loop();
    let id = Rc::new(Cell::new(None));
    let (own, its_id, times) = (event_loop.clone(), id.clone(), Cell::new(0));
    let callback = calls(move |program| {
        program.say(own.now().to_string());
        times.set(times.get() + 1);
        if times.get() < 3 {
            assert!(own.refresh_timer(its_id.get().unwrap()));
        }
    });
    id.set(Some(event_loop.add_timer(10, false, callback)));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "10 20 30");
}

#[test]
fn a_timer_refreshed_in_the_tick_before_it_runs_nevertheless() {
    let (event_loop, mut program) = virtual_loop();
    let id = Rc::new(Cell::new(None));
    let (own, its_id) = (event_loop.clone(), id.clone());
    let refresher = calls(move |program| {
        program.say("a");
        let (own, its_id) = (own.clone(), its_id.clone());
        program.tick(move |_| assert!(own.refresh_timer(its_id.get().unwrap())));
    });
    event_loop.add_timer(10, false, refresher);
    id.set(Some(timer(&event_loop, 10, "b")));
    pass(&event_loop, 10);
    turn(&event_loop, &mut program);
    assert_eq!(program.said(), "a b", "as in Node, which had chosen it before the tick");
    event_loop.run(&mut program);
    assert_eq!(program.said(), "");
}

#[test]
fn unreferenced_timers_do_not_keep_the_loop_alive() {
    let (event_loop, mut program) = virtual_loop();
    let a = timer(&event_loop, 10, "a");
    assert!(event_loop.timer_has_ref(a));
    event_loop.set_timer_ref(a, false);
    assert!(!event_loop.timer_has_ref(a));
    assert!(!event_loop.is_alive());
    event_loop.run(&mut program);
    assert_eq!(program.said(), "");
    event_loop.set_timer_ref(a, true);
    event_loop.set_timer_ref(a, true);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a");
    assert!(!event_loop.is_alive());
}

#[test]
fn an_unreferenced_timer_runs_if_another_keeps_the_loop_alive_for_long_enough() {
    let (event_loop, mut program) = virtual_loop();
    for (after, word) in [(5, "early"), (50, "late")] {
        let id = timer(&event_loop, after, word);
        event_loop.set_timer_ref(id, false);
    }
    timer(&event_loop, 10, "referenced");
    event_loop.run(&mut program);
    assert_eq!(program.said(), "early referenced");
}

#[test]
fn an_unreferenced_timer_that_is_due_when_the_loop_ends_still_runs() {
    let (event_loop, mut program) = virtual_loop();
    let id = timer(&event_loop, 5, "timer");
    event_loop.set_timer_ref(id, false);
    let own = event_loop.clone();
    event_loop.add_immediate(Box::new(move |program: &mut super::Program| {
        program.say("immediate");
        pass(&own, 5);
    }));
    event_loop.run(&mut program);
    assert_eq!(program.said(), "immediate timer");
}

#[test]
fn stopping_in_a_timer_leaves_the_rest_for_later() {
    let (event_loop, mut program) = virtual_loop();
    event_loop.add_timer(
        1,
        false,
        calls(|program| {
            program.say("a");
            program.tick(|program| program.say("tick"));
            program.is_stopping = true;
        }),
    );
    timer(&event_loop, 1, "b");
    timer(&event_loop, 2, "c");
    event_loop.add_immediate(says("immediate"));
    pass(&event_loop, 5);
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a");
    assert_eq!(program.callbacks, 0);
    program.is_stopping = false;
    event_loop.run(&mut program);
    assert_eq!(program.said(), "immediate tick b c");
}

#[test]
fn without_timers_there_is_no_timeout() {
    let (event_loop, _) = virtual_loop();
    assert_eq!(event_loop.next_timeout(), None);
    let id = timer(&event_loop, 40, "a");
    pass(&event_loop, 10);
    assert_eq!(event_loop.next_timeout().unwrap().as_millis(), 30);
    event_loop.remove_timer(id);
    assert_eq!(event_loop.next_timeout(), None);
}

#[test]
fn the_systems_clock_moves_timers_too() {
    let (event_loop, mut program) = super::real_loop();
    timer(&event_loop, 3, "b");
    timer(&event_loop, 1, "a");
    let start = std::time::Instant::now();
    event_loop.run(&mut program);
    assert_eq!(program.said(), "a b");
    assert!(start.elapsed().as_micros() >= 2_000, "too early by more than a clock's tick");
}
