//! Runs a program to its end while nothing else of this thread goes on.
//!
//! A loop of its own over `poll(2)`: the pidfd, one end of a socket pair for each descriptor that is
//! written to or read from. Nothing is registered anywhere and nothing is left when it returns. Our
//! ends stay blocking and every call says that it must not wait, so that no mode has to be set.
//!
//! Source: `poll(2)`, `unix(7)`; Node's documentation of `child_process.spawnSync`.

mod stream;

use std::{
    os::fd::{AsFd, OwnedFd},
    sync::Arc,
    time::{Duration, Instant},
};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use self::stream::{Input, Output, Progress};
use super::{
    alarm::{self, Alarm},
    errno::Errno,
    error::SysError,
    faults, fd, signals,
    spawn::{Child, ChildFd},
    wait::{self, ExitStatus},
};

/// What a descriptor of the child is for as long as it runs.
#[derive(Debug)]
pub(crate) enum RunSlot<'fd> {
    /// As for any child.
    Given(ChildFd<'fd>),
    /// A stream on which the child reads these bytes, then the end.
    Input(Vec<u8>),
    /// A stream; what the child writes to it is kept.
    Output,
}

/// When a run is cut short.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long it may take.
    pub(crate) timeout: Option<Duration>,
    /// How many bytes all outputs together may have.
    pub(crate) output: Option<u64>,
    /// What the child is sent when a limit is reached.
    pub(crate) kill_signal: i32,
}

/// How a run went.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) pid: i32,
    /// `None` if somebody else has collected the child.
    pub(crate) status: Option<ExitStatus>,
    /// What was read, for the slots that are outputs.
    pub(crate) output: Vec<Option<Vec<u8>>>,
    /// The first that went wrong: `ETIMEDOUT` and `ENOBUFS` for the limits, `EPIPE` where the child
    /// did not read all of its input, or what a system call reported.
    pub(crate) failure: Option<Errno>,
}

/// Runs a program: `start` starts it with the descriptors that `slots` ask for.
///
/// # Errors
/// What `start` reports, or that a stream cannot be made. Then there is no child.
pub(crate) fn run(
    slots: Vec<RunSlot<'_>>,
    limits: &Limits,
    start: impl FnOnce(Vec<ChildFd<'_>>) -> Result<Child, SysError>,
) -> Result<Outcome, SysError> {
    let deadline = limits.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let (ends, theirs) = connect(slots)?;
    let child = start(theirs.iter().map(Theirs::as_child_fd).collect())?;
    drop(theirs);
    let alarm = alarm::current();
    let mut run =
        Run { child, ends, limits, deadline, alarm, total: 0, status: None, failure: None };
    run.finish();
    let Run { child, ends, status, failure, .. } = run;
    let output = ends.into_iter().map(End::into_output).collect();
    Ok(Outcome { pid: child.pid, status, output, failure })
}

/// The child's end of a slot, until the child has it.
enum Theirs<'fd> {
    Given(ChildFd<'fd>),
    Made(OwnedFd),
}

impl Theirs<'_> {
    fn as_child_fd(&self) -> ChildFd<'_> {
        match self {
            Self::Given(fd) => *fd,
            Self::Made(fd) => ChildFd::From(fd.as_fd()),
        }
    }
}

/// Our end of a slot.
enum End {
    None,
    Input(Input),
    Output(Output),
}

impl End {
    fn into_output(self) -> Option<Vec<u8>> {
        match self {
            Self::Output(output) => Some(output.bytes),
            _ => None,
        }
    }

    /// The descriptor to wait for, and what for; `None` once there is nothing to wait for.
    fn waiting(&self) -> Option<PollFd<'_>> {
        match self {
            Self::Input(input) if !input.is_done => {
                Some(PollFd::new(input.fd.as_fd(), PollFlags::POLLOUT))
            }
            Self::Output(Output { fd: Some(fd), .. }) => {
                Some(PollFd::new(fd.as_fd(), PollFlags::POLLIN))
            }
            _ => None,
        }
    }
}

fn connect(slots: Vec<RunSlot<'_>>) -> Result<(Vec<End>, Vec<Theirs<'_>>), SysError> {
    let mut ends = Vec::with_capacity(slots.len());
    let mut theirs = Vec::with_capacity(slots.len());
    for slot in slots {
        let (end, their) = match slot {
            RunSlot::Given(fd) => (End::None, Theirs::Given(fd)),
            RunSlot::Input(bytes) => {
                let (fd, their) = fd::stream_pair()?;
                (End::Input(Input::new(fd, bytes)), Theirs::Made(their))
            }
            RunSlot::Output => {
                let (fd, their) = fd::stream_pair()?;
                (End::Output(Output::new(fd)), Theirs::Made(their))
            }
        };
        ends.push(end);
        theirs.push(their);
    }
    Ok((ends, theirs))
}

struct Run<'limits> {
    child: Child,
    ends: Vec<End>,
    limits: &'limits Limits,
    deadline: Option<Instant>,
    /// What ends the wait before its time.
    alarm: Option<Arc<Alarm>>,
    /// Bytes read from all outputs.
    total: u64,
    status: Option<ExitStatus>,
    failure: Option<Errno>,
}

impl Run<'_> {
    fn finish(&mut self) {
        // Most inputs fit into the stream at once, and need no waiting.
        self.feed(|_| true);
        loop {
            let is_streaming = self.ends.iter().any(|end| end.waiting().is_some());
            if self.status.is_some() && !is_streaming {
                return;
            }
            if !is_streaming && self.deadline.is_none() && self.alarm.is_none() {
                return self.collect();
            }
            let outcome = match self.wait() {
                Ok(ready) => self.handle(&ready),
                Err(errno) => Err(errno),
            };
            if let Err(errno) = outcome {
                // Without waiting there is no going on: the child must not outlive its run.
                self.fail(errno);
                self.kill(libc::SIGKILL);
                return self.collect();
            }
        }
    }

    /// Waits until something is to be done: the slots that are ready, and whether the child ended.
    fn wait(&mut self) -> Result<Ready, Errno> {
        let mut entries = Vec::with_capacity(self.ends.len() + 1);
        let mut slots = Vec::with_capacity(self.ends.len());
        for (slot, end) in self.ends.iter().enumerate() {
            if let Some(entry) = end.waiting() {
                entries.push(entry);
                slots.push(slot);
            }
        }
        if self.status.is_none() {
            entries.push(PollFd::new(self.child.pidfd.as_fd(), PollFlags::POLLIN));
        }
        if let Some(alarm) = &self.alarm {
            entries.push(PollFd::new(alarm.waker()?, PollFlags::POLLIN));
        }
        faults::check()?;
        match poll(&mut entries, self.time_left()) {
            Err(nix::errno::Errno::EINTR) => return Ok(Ready::default()),
            Err(errno) => return Err(errno.into()),
            Ok(_) => {}
        }
        if self.alarm.as_ref().is_some_and(|alarm| alarm.is_raised()) {
            return Err(Errno(libc::ECANCELED));
        }
        let is_ready = |entry: &PollFd<'_>| entry.any().unwrap_or(true);
        Ok(Ready {
            has_ended: self.status.is_none() && entries.get(slots.len()).is_some_and(is_ready),
            slots: slots
                .iter()
                .zip(&entries)
                .filter_map(|(slot, entry)| is_ready(entry).then_some(*slot))
                .collect(),
        })
    }

    /// Rounded up: a timeout that is too early would be none.
    fn time_left(&self) -> PollTimeout {
        let Some(deadline) = self.deadline else { return PollTimeout::NONE };
        let left = deadline.saturating_duration_since(Instant::now());
        let milliseconds = left.as_micros().div_ceil(1000);
        i32::try_from(milliseconds)
            .ok()
            .and_then(|milliseconds| PollTimeout::try_from(milliseconds).ok())
            .unwrap_or(PollTimeout::MAX)
    }

    fn handle(&mut self, ready: &Ready) -> Result<(), Errno> {
        self.feed(|slot| ready.slots.contains(&slot));
        for &slot in &ready.slots {
            self.drain(slot);
        }
        if ready.has_ended {
            self.status = wait::try_wait(&self.child.pidfd).map_err(|error| error.errno)?;
        }
        let is_over = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if is_over && self.is_unfinished() {
            self.cut_short(Errno(libc::ETIMEDOUT));
        }
        Ok(())
    }

    fn is_unfinished(&self) -> bool {
        self.status.is_none() || self.ends.iter().any(|end| end.waiting().is_some())
    }

    /// Writes to the inputs that are ready.
    fn feed(&mut self, is_ready: impl Fn(usize) -> bool) {
        let mut failure = None;
        for (slot, end) in self.ends.iter_mut().enumerate() {
            if let End::Input(input) = end
                && is_ready(slot)
                && let Err(errno) = input.feed()
            {
                failure = Some(errno);
            }
        }
        if let Some(errno) = failure {
            self.fail(errno);
        }
    }

    /// Reads what there is.
    fn drain(&mut self, slot: usize) {
        let Some(End::Output(output)) = self.ends.get_mut(slot) else { return };
        match output.read() {
            Progress::Read(count) => {
                self.total = self.total.saturating_add(count);
                if self.limits.output.is_some_and(|limit| self.total > limit) {
                    self.cut_short(Errno(libc::ENOBUFS));
                }
            }
            Progress::Failed(errno) => self.fail(errno),
        }
    }

    /// A limit was reached: the child is told to end, and what it still writes is not read. What
    /// others who hold the streams do is not waited for.
    fn cut_short(&mut self, reason: Errno) {
        self.fail(reason);
        self.deadline = None;
        for end in &mut self.ends {
            match end {
                End::Input(input) => input.end(),
                End::Output(output) => output.fd = None,
                End::None => {}
            }
        }
        if self.status.is_none() {
            self.kill(self.limits.kill_signal);
        }
    }

    fn kill(&mut self, signal: i32) {
        match signals::kill_child(&self.child.pidfd, signal) {
            Err(error) if error.errno != Errno(libc::ESRCH) && signal != libc::SIGKILL => {
                self.fail(error.errno);
                self.kill(libc::SIGKILL);
            }
            _ => {}
        }
    }

    /// Waits for the end of the child alone.
    fn collect(&mut self) {
        if self.status.is_some() {
            return;
        }
        match wait::wait(&self.child.pidfd) {
            Ok(status) => self.status = Some(status),
            Err(error) => self.fail(error.errno),
        }
    }

    /// Only what went wrong first is told.
    fn fail(&mut self, errno: Errno) {
        self.failure.get_or_insert(errno);
    }
}

/// What a wait found.
#[derive(Default)]
struct Ready {
    slots: Vec<usize>,
    has_ended: bool,
}

#[cfg(test)]
mod tests;
