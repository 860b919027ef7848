//! The deep stack of a thread that is not ours: made when it is first needed, kept for the next call.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::Rc,
};

use super::{DEEP, LOWEST, On, affordable, limits, switched::Stack};

thread_local! {
    /// Unmapped when the thread ends, which it does on its own stack.
    static KEPT: RefCell<Option<Rc<Stack>>> = const { RefCell::new(None) };
}

/// Runs `work` on a deep stack of this thread's; right here if it is on one, or if the system has none.
pub(crate) fn on_own_stack<R>(work: impl FnOnce() -> R) -> R {
    if LOWEST.get() != 0 {
        return work();
    }
    let Some(stack) = kept() else { return work() };
    let mut once = Some(work);
    let mut result = None;
    stack.run(&mut |span| {
        let _on = On::enter(span);
        result = once.take().map(|work| catch_unwind(AssertUnwindSafe(work)));
    });
    match result.expect("the work has run once") {
        Ok(result) => result,
        Err(panic) => resume_unwind(panic),
    }
}

/// Gives back what deep recursion has left in memory.
pub(crate) fn give_back() {
    if LOWEST.get() != 0 {
        return;
    }
    // A thread that is about to end has none any more.
    let stack = KEPT.try_with(|kept| kept.borrow().clone()).ok().flatten();
    if let Some(stack) = stack {
        stack.give_back();
    }
}

fn kept() -> Option<Rc<Stack>> {
    let make = || Stack::new(affordable(DEEP, limits::address_space())).ok().map(Rc::new);
    let get = |kept: &RefCell<Option<Rc<Stack>>>| {
        let mut kept = kept.borrow_mut();
        if kept.is_none() {
            *kept = make();
        }
        kept.clone()
    };
    KEPT.try_with(get).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::stack::{is_low, remaining};

    #[test]
    fn a_thread_keeps_its_stack() {
        let run = || on_own_stack(|| remaining().map(|left| (left, LOWEST.get())));
        let (left, lowest) = run().unwrap();
        assert!(left > DEEP / 2, "{left}");
        give_back();
        assert_eq!(run().unwrap().1, lowest);
        assert_eq!(remaining(), None);
        let nested = on_own_stack(|| on_own_stack(|| LOWEST.get()));
        assert_eq!(nested, lowest);
    }

    #[test]
    fn a_panic_passes_through() {
        let caught = catch_unwind(|| on_own_stack(|| panic!("as expected")));
        assert!(caught.is_err() && LOWEST.get() == 0);
    }

    #[test]
    fn there_is_more_below_for_what_cannot_stop() {
        fn deeper(levels: usize) -> bool {
            let block = std::hint::black_box([0_u8; 16 << 10]);
            if levels == 0 { is_low() } else { block[0] != 0 || deeper(levels - 1) }
        }
        assert!(on_own_stack(|| deeper(2 * DEEP / (16 << 10))));
        give_back();
    }
}
