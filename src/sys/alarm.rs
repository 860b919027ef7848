//! Ends the waits of a thread in system calls before their time.
//!
//! A call that blocks cannot be ended from outside, save by a signal, and signals are the host's. So who may
//! be ended does not begin such a call: it waits until the call is not going to block, for that and for the
//! alarm at once.

use std::{
    cell::RefCell,
    io,
    os::fd::{AsFd, BorrowedFd},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::{errno::Errno, lock::lock, poll::Interest, waker::Waker};

/// The alarm of one program's thread, and of those that work for it.
#[derive(Default)]
pub(crate) struct Alarm {
    is_raised: AtomicBool,
    /// Made for the first wait.
    waker: OnceLock<Waker>,
    /// Ends a wait that is for no descriptor.
    sleeper: Mutex<Option<Sleeper>>,
}

/// Wakes who sleeps in another way.
pub(crate) type Sleeper = Arc<dyn Fn() + Send + Sync>;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Alarm>>> = const { RefCell::new(None) };
}

/// The alarm that waits of this thread are ended by.
pub(crate) fn current() -> Option<Arc<Alarm>> {
    CURRENT.with_borrow(Clone::clone)
}

/// Does work whose waits this alarm ends; none, without one.
pub(crate) fn within<T>(alarm: Option<Arc<Alarm>>, work: impl FnOnce() -> T) -> T {
    let _before = Before(CURRENT.replace(alarm));
    work()
}

/// Puts back what was there.
struct Before(Option<Arc<Alarm>>);

impl Drop for Before {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

impl Alarm {
    /// Ends the wait, and all that are still begun.
    pub(crate) fn raise(&self) {
        self.is_raised.store(true, Ordering::SeqCst);
        if let Some(waker) = self.waker.get() {
            // It is open as long as we are.
            let _ = waker.wake();
        }
        let sleeper = lock(&self.sleeper).clone();
        if let Some(wake) = sleeper {
            wake();
        }
    }

    pub(crate) fn is_raised(&self) -> bool {
        self.is_raised.load(Ordering::SeqCst)
    }

    /// Notes what wakes who is about to sleep; false if he is not to.
    pub(crate) fn begin_sleep(&self, sleeper: Sleeper) -> bool {
        *lock(&self.sleeper) = Some(sleeper);
        !self.is_raised()
    }

    pub(crate) fn end_sleep(&self) {
        lock(&self.sleeper).take();
    }

    /// What is readable once it is raised.
    ///
    /// # Errors
    /// `EMFILE` and its like.
    pub(crate) fn waker(&self) -> Result<BorrowedFd<'_>, Errno> {
        if self.waker.get().is_none() {
            let made = Waker::new().map_err(|error| Errno::of(&error))?;
            // Another thread that works for the same program may have been first.
            let _ = self.waker.set(made);
        }
        let waker = self.waker.get().ok_or(Errno(libc::EMFILE))?;
        if self.is_raised() {
            let _ = waker.wake();
        }
        Ok(waker.as_fd())
    }

    fn wait(
        &self,
        fd: Option<(BorrowedFd<'_>, PollFlags)>,
        limit: PollTimeout,
    ) -> Result<(), Errno> {
        let mut fds = vec![PollFd::new(self.waker()?, PollFlags::POLLIN)];
        fds.extend(fd.map(|(fd, events)| PollFd::new(fd, events)));
        loop {
            match poll(&mut fds, limit) {
                Err(nix::errno::Errno::EINTR) => {}
                outcome => {
                    outcome?;
                    return if self.is_raised() { Err(Errno(libc::ECANCELED)) } else { Ok(()) };
                }
            }
        }
    }
}

/// Waits until a read or a write of this descriptor does not block, where the thread has an alarm.
///
/// # Errors
/// `ECANCELED`: the alarm was raised.
pub(crate) fn await_ready(fd: impl AsFd, interest: Interest) -> Result<(), Errno> {
    let Some(alarm) = current() else { return Ok(()) };
    let events = if interest.readable { PollFlags::POLLIN } else { PollFlags::POLLOUT };
    alarm.wait(Some((fd.as_fd(), events)), PollTimeout::NONE)
}

/// Waits for a time.
///
/// # Errors
/// `ECANCELED`: the alarm was raised, if the thread has one.
pub(crate) fn pause(time: Duration) -> Result<(), Errno> {
    let Some(alarm) = current() else {
        std::thread::sleep(time);
        return Ok(());
    };
    alarm.wait(None, PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX))
}

/// As [`await_ready`], as an error of `std`.
///
/// # Errors
/// As there.
pub(crate) fn await_io(fd: impl AsFd, interest: Interest) -> io::Result<()> {
    await_ready(fd, interest).map_err(Errno::into_io)
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc::channel, thread};

    use super::{super::fd, *};

    #[test]
    fn a_wait_ends_when_the_alarm_is_raised_or_was() {
        let (reader, writer) = fd::pipe().unwrap();
        let alarm = Arc::<Alarm>::default();
        let theirs = alarm.clone();
        let (begins, begun) = channel();
        let waits = thread::spawn(move || {
            within(Some(theirs), || {
                begins.send(()).unwrap();
                let ended = await_ready(&reader, Interest::READABLE);
                (ended, await_ready(&reader, Interest::READABLE), pause(Duration::MAX))
            })
        });
        begun.recv().unwrap();
        alarm.raise();
        let ended = Err(Errno(libc::ECANCELED));
        assert_eq!(waits.join().unwrap(), (ended, ended, ended));
        drop(writer);
    }

    #[test]
    fn what_is_ready_is_not_waited_for() {
        let (reader, writer) = fd::pipe().unwrap();
        within(Some(Arc::default()), || {
            assert_eq!(await_ready(&writer, Interest::WRITABLE), Ok(()));
            drop(writer);
            assert_eq!(await_ready(&reader, Interest::READABLE), Ok(()), "its end");
        });
        assert!(current().is_none());
        assert_eq!(await_ready(&reader, Interest::READABLE), Ok(()));
    }
}
