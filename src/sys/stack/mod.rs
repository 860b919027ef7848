//! A deep stack: recursion through native functions needs more than the 8 MB of a main thread.
//!
//! The memory is reserved and only committed where it is touched. On `x86_64` the calling thread
//! goes over to it, so that no second thread exists (a process about to clone itself must have
//! only one); elsewhere a thread runs on it.

#[cfg(target_arch = "x86_64")]
mod kept;
mod low;
#[cfg(target_arch = "x86_64")]
mod switched;
#[cfg(any(test, not(target_arch = "x86_64")))]
mod threaded;

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

#[cfg(target_arch = "x86_64")]
use self::switched::run_on;
#[cfg(not(target_arch = "x86_64"))]
use self::threaded::run_on;
use super::{error::SysError, limits};
#[cfg(target_arch = "x86_64")]
pub(crate) use kept::{give_back, on_own_stack};
pub(crate) use low::{look, told_when_low, was_low};

/// The size that recursion as deep as Node's needs (bytes).
pub(crate) const DEEP: usize = 256 << 20;

/// Less is no gain over the stack that a thread has anyway (bytes).
const SHALLOW: usize = 8 << 20;

/// What may be used of a stack.
#[derive(Clone, Copy, Debug)]
struct Span {
    /// Here it ends (address).
    end: usize,
    /// So far whoever can stop goes (address).
    lowest: usize,
}

thread_local! {
    /// The lowest address of the deep stack that this thread is on, 0 if it is on none.
    static LOWEST: Cell<usize> = const { Cell::new(0) };
    /// Where that stack ends: below [`LOWEST`] is what those need that cannot stop.
    static END: Cell<usize> = const { Cell::new(0) };
}

/// Is on this stack until it is dropped.
struct On {
    outer: (usize, usize),
}

impl On {
    fn enter(span: Span) -> Self {
        Self { outer: (LOWEST.replace(span.lowest), END.replace(span.end)) }
    }
}

impl Drop for On {
    fn drop(&mut self) {
        LOWEST.set(self.outer.0);
        END.set(self.outer.1);
    }
}

/// Runs `work` on a stack of `size` bytes, or of as many as the limit of address space allows
/// without starving everything else.
///
/// # Errors
/// Of `mmap(2)`, if not even 8 MB are to be had; then `work` has not run.
pub(crate) fn run_on_deep_stack<R: Send>(
    size: usize,
    work: impl FnOnce() -> R + Send,
) -> Result<R, SysError> {
    let mut result = None;
    let mut size = affordable(size, limits::address_space());
    let mut once = Some(work);
    let mut run = |span| {
        let _on = On::enter(span);
        result = once.take().map(|work| catch_unwind(AssertUnwindSafe(work)));
    };
    while let Err(error) = run_on(size, &mut run) {
        size /= 2;
        if size < SHALLOW {
            return Err(error);
        }
    }
    match result.expect("the work has run once") {
        Ok(result) => Ok(result),
        Err(panic) => resume_unwind(panic),
    }
}

/// Runs `work` where the thread is: only on `x86_64` it can go over to another stack and come back.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn on_own_stack<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Does nothing: see [`on_own_stack`].
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn give_back() {}

/// So many bytes of the deep stack are left for the caller; `None` if it is not on one.
pub(crate) fn remaining() -> Option<usize> {
    let here = 0_u8;
    let lowest = LOWEST.get();
    (lowest != 0).then(|| (&raw const here).addr().saturating_sub(lowest))
}

thread_local! {
    /// The lowest address of the stack that the system gave this thread, once it was asked for.
    static GIVEN: Cell<Option<usize>> = const { Cell::new(None) };
}

/// What natives that call themselves leave to others (bytes).
const RESERVE: usize = 384 << 10;

/// Whether so little of the stack is left that natives must not go deeper: on whatever stack, a deep one or
/// a host's.
pub(crate) fn is_low() -> bool {
    left() < RESERVE
}

/// How much of the stack is left for the caller (bytes), whatever stack it is on.
pub(crate) fn left() -> usize {
    let here = 0_u8;
    let lowest = match LOWEST.get() {
        0 => given(),
        lowest => lowest,
    };
    (&raw const here).addr().saturating_sub(lowest)
}

/// The lowest address of the stack that the system gave this thread; 0, as if it had no end, where it does not say.
fn given() -> usize {
    if let Some(known) = GIVEN.get() {
        return known;
    }
    let lowest = ask().unwrap_or(0);
    GIVEN.set(Some(lowest));
    lowest
}

/// `pthread_getattr_np(3)`.
fn ask() -> Option<usize> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: the thread is the calling one; the call fills what it is given.
    let failed = unsafe { libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) };
    if failed != 0 {
        return None;
    }
    let (mut lowest, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the call above has filled the attributes; both targets are ours.
    let failed =
        unsafe { libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut lowest, &raw mut size) };
    // SAFETY: they were filled, and are not used any more.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    (failed == 0).then(|| lowest.addr())
}

/// A quarter of the address space at most: the heap needs the rest.
fn affordable(size: usize, address_space: Option<u64>) -> usize {
    let share = address_space.map_or(usize::MAX, |bytes| (bytes / 4) as usize);
    size.min(share).max(SHALLOW) & !0xFFFF
}

#[cfg(test)]
mod tests {
    use std::{backtrace::Backtrace, hint::black_box};

    use super::{super::alone::alone, *};

    /// Touches `frames` times a kilobyte of stack.
    fn recurse(frames: usize) -> usize {
        let block = black_box([frames as u8; 1024]);
        if frames == 0 {
            0
        } else {
            recurse(frames - 1) + 1 + usize::from(block[0] != frames as u8)
        }
    }

    #[test]
    fn recursion_goes_deeper_than_on_a_main_thread() {
        let depth = run_on_deep_stack(DEEP, || recurse(50_000)).unwrap();
        assert_eq!(depth, 50_000);
        let outside = 0_u8;
        assert!(remaining().is_none());
        assert!(run_on_deep_stack(DEEP, || black_box(outside) == 0).unwrap());
    }

    #[test]
    fn a_stack_that_ends_is_low_before_it_ends() {
        fn depth() -> usize {
            let block = black_box([0_u8; 4096]);
            if is_low() { 0 } else { depth() + 1 + usize::from(block[0]) }
        }
        for size in [1 << 20, 4 << 20] {
            let builder = std::thread::Builder::new().stack_size(size);
            let depth = builder.spawn(depth).unwrap().join().unwrap();
            assert!(depth > (size - RESERVE) / 16384 && depth < size / 4096, "{depth} of {size}");
        }
        let deep = run_on_deep_stack(DEEP, depth).unwrap();
        assert!(deep > 10_000, "{deep}");
    }

    #[test]
    fn what_remains_shrinks_with_depth() {
        let (first, deeper) = run_on_deep_stack(DEEP, || {
            #[inline(never)]
            fn deeper() -> usize {
                let block = black_box([0_u8; 4096]);
                remaining().unwrap() + usize::from(block[0])
            }
            (remaining().unwrap(), deeper())
        })
        .unwrap();
        assert!(first <= DEEP && first > DEEP - (1 << 20), "{first}");
        assert!(first - deeper >= 4096 && first - deeper < 1 << 20);
        assert_eq!(remaining(), None);
    }

    #[test]
    fn a_panic_passes_through_and_stacks_nest() {
        let caught = catch_unwind(|| {
            run_on_deep_stack(DEEP, || {
                run_on_deep_stack(SHALLOW, || assert_eq!(remaining(), None)).unwrap();
            })
        });
        assert!(caught.is_err());
        assert_eq!(remaining(), None);
        let nested = run_on_deep_stack(DEEP, || {
            let inner = run_on_deep_stack(SHALLOW, || remaining().unwrap()).unwrap();
            inner < SHALLOW && remaining().unwrap() > SHALLOW
        });
        assert!(nested.unwrap());
    }

    #[test]
    fn a_backtrace_crosses_the_change_of_stacks() {
        let trace = run_on_deep_stack(DEEP, || Backtrace::force_capture().to_string()).unwrap();
        assert!(trace.contains("a_backtrace_crosses_the_change_of_stacks"), "{trace}");
        assert!(trace.contains("run_on_deep_stack"), "{trace}");
    }

    #[test]
    fn running_over_ends_the_process_and_nothing_else() {
        if std::env::var_os("RJS_TEST_OVERFLOWS").is_some() {
            use nix::sys::resource::{Resource, getrlimit, setrlimit};
            let (_, hard) = getrlimit(Resource::RLIMIT_AS).unwrap();
            setrlimit(Resource::RLIMIT_AS, 1 << 40, hard).unwrap();
            run_on_deep_stack(SHALLOW, || recurse(usize::MAX)).unwrap();
        }
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", std::thread::current().name().unwrap()])
            .env("RJS_TEST_OVERFLOWS", "1")
            .output()
            .unwrap();
        let status = std::os::unix::process::ExitStatusExt::signal(&output.status);
        assert!(matches!(status, Some(libc::SIGSEGV | libc::SIGABRT)), "{output:?}");
    }

    #[test]
    fn a_limit_of_address_space_makes_it_shallower() {
        assert_eq!(affordable(DEEP, None), DEEP);
        assert_eq!(affordable(DEEP, Some(8 << 30)), DEEP);
        assert_eq!(affordable(DEEP, Some(256 << 20)), 64 << 20);
        assert_eq!(affordable(DEEP, Some(1 << 20)), SHALLOW);
        alone(|| {
            use nix::sys::resource::{Resource, getrlimit, setrlimit};
            let (_, hard) = getrlimit(Resource::RLIMIT_AS).unwrap();
            setrlimit(Resource::RLIMIT_AS, 256 << 20, hard).unwrap();
            let left = run_on_deep_stack(DEEP, || remaining().unwrap()).unwrap();
            assert!(left > SHALLOW / 2 && left <= 64 << 20, "{left}");
            let whole: Vec<u8> = vec![1; 16 << 20];
            assert!(black_box(whole).len() == 16 << 20, "room is left for the heap");
            setrlimit(Resource::RLIMIT_AS, 1 << 20, hard).unwrap();
            let error = run_on_deep_stack(DEEP, || ()).unwrap_err();
            assert_eq!((error.errno.name(), &*error.syscall), (Some("ENOMEM"), "mmap"));
        });
    }

    #[test]
    fn memory_that_is_not_touched_is_not_committed() {
        alone(|| {
            let resident = || {
                let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
                statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
            };
            let before = resident();
            let during = run_on_deep_stack(DEEP, resident).unwrap();
            // Code that runs for the first time takes pages too, but not a quarter as many.
            assert!(during < before + DEEP / 4, "{before} {during}");
        });
    }

    #[test]
    fn a_thread_serves_as_well() {
        let mut depth = 0;
        let mut lowest = 0;
        threaded::run_on(DEEP, &mut |span| {
            lowest = span.lowest;
            depth = recurse(50_000);
        })
        .unwrap();
        assert_eq!(depth, 50_000);
        assert_ne!(lowest, 0);
    }
}
