//! Signals: their names, sending them, and watching for them through a descriptor.
//!
//! Source: `signal(7)`, `sigaction(2)`, `kill(2)`.

use std::{
    borrow::Cow,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::SeqCst},
    },
};

use nix::{
    errno::Errno as Nix,
    fcntl::OFlag,
    sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction},
    unistd,
};

use super::error::SysError;
use super::lock::lock;

/// Every signal that has a name, in the order of Node's `os.constants.signals`.
pub(crate) const TABLE: &[(&str, i32)] = &[
    ("SIGHUP", libc::SIGHUP),
    ("SIGINT", libc::SIGINT),
    ("SIGQUIT", libc::SIGQUIT),
    ("SIGILL", libc::SIGILL),
    ("SIGTRAP", libc::SIGTRAP),
    ("SIGABRT", libc::SIGABRT),
    ("SIGIOT", libc::SIGIOT),
    ("SIGBUS", libc::SIGBUS),
    ("SIGFPE", libc::SIGFPE),
    ("SIGKILL", libc::SIGKILL),
    ("SIGUSR1", libc::SIGUSR1),
    ("SIGSEGV", libc::SIGSEGV),
    ("SIGUSR2", libc::SIGUSR2),
    ("SIGPIPE", libc::SIGPIPE),
    ("SIGALRM", libc::SIGALRM),
    ("SIGTERM", libc::SIGTERM),
    ("SIGCHLD", libc::SIGCHLD),
    ("SIGSTKFLT", libc::SIGSTKFLT),
    ("SIGCONT", libc::SIGCONT),
    ("SIGSTOP", libc::SIGSTOP),
    ("SIGTSTP", libc::SIGTSTP),
    ("SIGTTIN", libc::SIGTTIN),
    ("SIGTTOU", libc::SIGTTOU),
    ("SIGURG", libc::SIGURG),
    ("SIGXCPU", libc::SIGXCPU),
    ("SIGXFSZ", libc::SIGXFSZ),
    ("SIGVTALRM", libc::SIGVTALRM),
    ("SIGPROF", libc::SIGPROF),
    ("SIGWINCH", libc::SIGWINCH),
    ("SIGIO", libc::SIGIO),
    ("SIGPOLL", libc::SIGPOLL),
    ("SIGPWR", libc::SIGPWR),
    ("SIGSYS", libc::SIGSYS),
];

/// The number of a signal's name.
pub(crate) fn number(name: &str) -> Option<i32> {
    TABLE.iter().find(|row| row.0 == name).map(|row| row.1)
}

/// The name of a signal: the first that the table has for the number.
pub(crate) fn name(number: i32) -> Option<&'static str> {
    TABLE.iter().find(|row| row.1 == number).map(|row| row.0)
}

/// Sends a signal, or with 0 asks whether one could be sent: `kill(2)`.
pub(crate) fn kill(pid: i32, signal: i32) -> Result<(), SysError> {
    // SAFETY: kill takes two integers and touches no memory of ours.
    let result = unsafe { libc::kill(pid, signal) };
    Nix::result(result).map(drop).map_err(|errno| SysError::new(errno, "kill"))
}

/// The highest signal number.
pub(crate) const MAX: i32 = 64;

/// A signal for people: its name, `SIGRTMIN+n` for a realtime signal, which has none in Node, or
/// its number.
pub(crate) fn description(number: i32) -> Cow<'static, str> {
    match (name(number), number - libc::SIGRTMIN()) {
        (Some(name), _) => name.into(),
        (None, 0) => "SIGRTMIN".into(),
        (None, above) if above > 0 && number <= MAX => format!("SIGRTMIN+{above}").into(),
        (None, _) => format!("signal {number}").into(),
    }
}

/// Sends a signal to the process behind a pidfd, never to another that got its number:
/// `pidfd_send_signal(2)`.
pub(crate) fn kill_child(pidfd: impl AsFd, signal: i32) -> Result<(), SysError> {
    let pidfd = pidfd.as_fd().as_raw_fd();
    // SAFETY: the descriptor is open; a null siginfo means the one that kill(2) would make.
    let result = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd,
            signal,
            std::ptr::null::<libc::siginfo_t>(),
            0_u32,
        )
    };
    Nix::result(result).map(drop).map_err(|errno| SysError::new(errno, "kill"))
}

/// How many watches of one signal may exist at once: one for each runtime of the process.
const SLOTS: usize = 16;
/// One more than the highest signal number.
const SIGNALS: usize = MAX as usize + 1;

/// Where the handler writes to; -1 is no descriptor.
static WRITERS: [[AtomicI32; SLOTS]; SIGNALS] =
    [const { [const { AtomicI32::new(-1) }; SLOTS] }; SIGNALS];
/// The slot, plus one, of the watch that alone is told of a signal; 0: all are.
static ALONE: [AtomicUsize; SIGNALS] = [const { AtomicUsize::new(0) }; SIGNALS];
/// How many handlers are running: a descriptor is closed only while there are none.
static HANDLING: AtomicUsize = AtomicUsize::new(0);
/// Serializes who changes `WRITERS` and the dispositions.
static CHANGES: Mutex<()> = Mutex::new(());

extern "C" fn on_signal(signal: libc::c_int) {
    HANDLING.fetch_add(1, SeqCst);
    let saved = Nix::last_raw();
    let at = usize::try_from(signal).unwrap_or_default();
    if let (Some(slots), Some(alone)) = (WRITERS.get(at), ALONE.get(at)) {
        let alone = alone.load(SeqCst);
        for (index, slot) in slots.iter().enumerate() {
            let fd = slot.load(SeqCst);
            if fd >= 0 && (alone == 0 || alone == index + 1) {
                // SAFETY: write is async-signal-safe; the byte lives for the call; `HANDLING`
                // keeps the descriptor open.
                unsafe { libc::write(fd, [1_u8].as_ptr().cast(), 1) };
            }
        }
    }
    Nix::set_raw(saved);
    HANDLING.fetch_sub(1, SeqCst);
}

/// A watch of one signal: while it lives, the signal makes a descriptor readable instead of
/// doing what it does by default.
#[derive(Debug)]
pub(crate) struct SignalWatch {
    signal: Signal,
    slot: usize,
    reader: OwnedFd,
    /// Closed after the handler can no longer write to it.
    _writer: OwnedFd,
    is_stopped: AtomicBool,
}

impl SignalWatch {
    /// Starts watching.
    ///
    /// # Errors
    /// `EINVAL` for a signal that cannot be caught, `EAGAIN` when too many watch it already.
    pub(crate) fn start(signal: i32) -> Result<Self, SysError> {
        let failed = |errno: Nix| SysError::new(errno, "uv_signal_start");
        let signal = Signal::try_from(signal).map_err(failed)?;
        let (reader, writer) =
            unistd::pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK).map_err(failed)?;
        let _changing = lock(&CHANGES);
        let slots = &WRITERS[signal as usize];
        let Some(slot) = slots.iter().position(|slot| slot.load(SeqCst) < 0) else {
            return Err(failed(Nix::EAGAIN));
        };
        slots[slot].store(writer.as_raw_fd(), SeqCst);
        let action =
            SigAction::new(SigHandler::Handler(on_signal), SaFlags::SA_RESTART, SigSet::all());
        // SAFETY: the handler only calls async-signal-safe functions and restores errno.
        if let Err(errno) = unsafe { sigaction(signal, &action) } {
            slots[slot].store(-1, SeqCst);
            return Err(failed(errno));
        }
        Ok(Self { signal, slot, reader, _writer: writer, is_stopped: AtomicBool::new(false) })
    }

    /// Starts watching; until this ends, other watches are not told of the signal. Of several such the last
    /// that began is told.
    ///
    /// # Errors
    /// As those of [`SignalWatch::start`].
    pub(crate) fn start_alone(signal: i32) -> Result<Self, SysError> {
        let watch = Self::start(signal)?;
        ALONE[watch.signal as usize].store(watch.slot + 1, SeqCst);
        Ok(watch)
    }

    /// How many times the signal came since the last call. Signals that come faster than they are
    /// read may count once, as everywhere.
    pub(crate) fn take(&self) -> usize {
        let mut buffer = [0; 256];
        let mut count = 0;
        loop {
            match unistd::read(&self.reader, &mut buffer) {
                Ok(0) => return count,
                Ok(read) => count += read,
                Err(Nix::EINTR) => {}
                Err(_) => return count,
            }
        }
    }

    /// Ends the watch, also while somebody still holds it: from now on the signal does what it does
    /// by default, unless somebody else watches it.
    pub(crate) fn stop(&self) {
        if self.is_stopped.swap(true, SeqCst) {
            return;
        }
        let _changing = lock(&CHANGES);
        let slots = &WRITERS[self.signal as usize];
        slots[self.slot].store(-1, SeqCst);
        let alone = &ALONE[self.signal as usize];
        // Nobody follows where another watch has taken its place.
        let _ = alone.compare_exchange(self.slot + 1, 0, SeqCst, SeqCst);
        if slots.iter().all(|slot| slot.load(SeqCst) < 0) {
            let action = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
            // SAFETY: the default disposition runs no code of ours.
            let restored = unsafe { sigaction(self.signal, &action) };
            debug_assert!(restored.is_ok(), "a signal that was caught can be given its default");
        }
        while HANDLING.load(SeqCst) != 0 {
            std::thread::yield_now();
        }
    }
}

impl AsFd for SignalWatch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

impl Drop for SignalWatch {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_agree() {
        for &(name_, number_) in TABLE {
            assert_eq!(number(name_), Some(number_));
        }
        assert_eq!(name(libc::SIGTERM), Some("SIGTERM"));
        assert_eq!(name(libc::SIGABRT), Some("SIGABRT"));
        assert_eq!(number("SIGNOPE"), None);
        assert_eq!(name(0), None);
    }

    #[test]
    fn every_number_has_a_description() {
        assert_eq!(description(libc::SIGTERM), "SIGTERM");
        assert_eq!(description(libc::SIGRTMIN()), "SIGRTMIN");
        assert_eq!(description(libc::SIGRTMIN() + 3), "SIGRTMIN+3");
        assert_eq!(description(32), "signal 32");
        assert_eq!(description(65), "signal 65");
    }

    #[test]
    fn a_watched_signal_is_counted() {
        let watch = SignalWatch::start(libc::SIGURG).expect("SIGURG can be caught");
        let second = SignalWatch::start(libc::SIGURG).expect("twice, too");
        nix::sys::signal::raise(Signal::SIGURG).expect("a process may signal itself");
        assert_eq!(watch.take(), 1);
        assert_eq!(second.take(), 1);
        assert_eq!(watch.take(), 0);
    }

    #[test]
    fn a_watch_that_is_alone_is_told_alone() {
        let watch = SignalWatch::start(libc::SIGWINCH).expect("SIGWINCH can be caught");
        let alone = SignalWatch::start_alone(libc::SIGWINCH).expect("twice, too");
        nix::sys::signal::raise(Signal::SIGWINCH).expect("a process may signal itself");
        assert_eq!((watch.take(), alone.take()), (0, 1));
        drop(alone);
        nix::sys::signal::raise(Signal::SIGWINCH).expect("a process may signal itself");
        assert_eq!(watch.take(), 1);
    }

    #[test]
    fn sigkill_cannot_be_watched() {
        let error = SignalWatch::start(libc::SIGKILL).expect_err("nobody catches SIGKILL");
        assert_eq!(error.errno.name(), Some("EINVAL"));
    }

    #[test]
    fn kill_with_zero_asks() {
        assert_eq!(kill(std::process::id().cast_signed(), 0), Ok(()));
        let error = kill(i32::MAX, 0).expect_err("no such process");
        assert_eq!(error.errno.name(), Some("ESRCH"));
    }
}
