//! What callbacks inherit.

use super::{Program, real_loop};

#[test]
fn callbacks_run_in_the_scope_of_whoever_registered_them() {
    let (event_loop, mut program) = real_loop();
    let say = |name: &'static str| {
        let own = event_loop.clone();
        Box::new(move |program: &mut Program| {
            program.say(format!("{name} in {}", own.scope().current().unwrap_or("nothing")));
            own.scope().replace(Some("what it entered"));
        })
    };
    event_loop.add_immediate(say("first"));
    assert!(!event_loop.scope().is_used());
    event_loop.scope().within(Some("a"), || {
        event_loop.add_immediate(say("second"));
        let done = say("work");
        event_loop.spawn_blocking(|| (), move |program, ()| done(program));
    });
    assert_eq!(event_loop.scope().current(), None);
    event_loop.scope().within(Some("b"), || event_loop.add_closing(say("closing")));
    event_loop.run(&mut program);
    let said = program.said();
    for line in ["first in nothing", "second in a", "work in a", "closing in b"] {
        assert!(said.contains(line), "{said}");
    }
}
