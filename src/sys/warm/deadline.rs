//! A time for what a zygote does of its own accord: who asks for a copy meanwhile waits.

use std::{ptr, time::Duration};

use nix::sys::signal::{SigSet, Signal};

/// What may be taken of a processor for one piece of work. It takes some milliseconds.
const PROCESSOR_TIME: Duration = Duration::from_millis(250);

/// How long one piece of work may last altogether, as where a file cannot be read for now.
const TIME: Duration = Duration::from_secs(1);

/// Does a piece of work, and has the kernel end this process if it takes too long: its parent starts another one then, and
/// asks no more of it than copies. Copies of the process have no such time.
pub(super) fn within<T>(work: impl FnOnce() -> T) -> T {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGPROF);
    signals.add(Signal::SIGALRM);
    arm(libc::ITIMER_PROF, PROCESSOR_TIME);
    arm(libc::ITIMER_REAL, TIME);
    // Neither fails for signals that exist.
    let _ = signals.thread_unblock();
    let outcome = work();
    let _ = signals.thread_block();
    arm(libc::ITIMER_PROF, Duration::ZERO);
    arm(libc::ITIMER_REAL, Duration::ZERO);
    outcome
}

/// Has a timer run out once after this time; never, if that is zero.
fn arm(timer: libc::c_int, time: Duration) {
    let never = libc::timeval { tv_sec: 0, tv_usec: 0 };
    let time = libc::timeval {
        tv_sec: time.as_secs().cast_signed(),
        tv_usec: time.subsec_micros().into(),
    };
    let value = libc::itimerval { it_interval: never, it_value: time };
    // SAFETY: the kernel reads one value, and writes nothing where it is given no place.
    unsafe { libc::setitimer(timer as _, &raw const value, ptr::null_mut()) };
}
