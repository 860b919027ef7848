//! Tests of the loop with a host that keeps a log: no engine, and no time but what a test lets
//! pass or what it waits for.

mod blocking;
mod immediates;
mod liveness;
mod phases;
mod remote;
mod scope;
mod sources;
mod streams;
mod table;
mod timer_lists;
mod timers;
mod waiting;

use std::{
    collections::VecDeque,
    os::fd::{AsFd, OwnedFd},
    rc::Rc,
    time::Duration,
};

use nix::poll::{PollFd, PollFlags, PollTimeout};

use super::{EventLoop, Host, Interest, Panic, Readiness, SourceId, Task, TimerCallback, TimerId};

/// A host whose callbacks write a log, with ticks that run after each callback.
#[derive(Default)]
struct Program {
    log: Vec<String>,
    ticks: VecDeque<Task<Program>>,
    callbacks: usize,
    is_stopping: bool,
    has_failed: bool,
    panics: Vec<Panic>,
}

impl Host for Program {
    type Scope = &'static str;

    fn after_callback(&mut self) {
        self.callbacks += 1;
        while let Some(tick) = self.ticks.pop_front() {
            tick(self);
        }
    }

    fn take_failure(&mut self) -> bool {
        std::mem::take(&mut self.has_failed)
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping
    }

    fn work_panicked(&mut self, panic: Panic) {
        self.panics.push(panic);
    }
}

impl Program {
    fn say(&mut self, word: impl Into<String>) {
        self.log.push(word.into());
    }

    fn tick(&mut self, task: impl FnOnce(&mut Program) + 'static) {
        self.ticks.push_back(Box::new(task));
    }

    /// The log so far, as one line; the log begins anew.
    fn said(&mut self) -> String {
        std::mem::take(&mut self.log).join(" ")
    }
}

type Loop = Rc<EventLoop<Program>>;

/// A loop and its host. Time passes only by waiting for timers, and by [`pass`].
fn virtual_loop() -> (Loop, Program) {
    let (event_loop, program) = real_loop();
    event_loop.clock.is_virtual.set(true);
    (event_loop, program)
}

/// A loop with the system's clock.
fn real_loop() -> (Loop, Program) {
    (Rc::new(EventLoop::new().unwrap()), Program::default())
}

/// Lets milliseconds pass, as a long computation does.
fn pass(event_loop: &Loop, milliseconds: u64) {
    event_loop.clock.pass(milliseconds);
}

/// A turn that does not wait.
fn turn(event_loop: &Loop, program: &mut Program) {
    event_loop.turn(program, Some(Duration::ZERO));
}

fn says(word: &str) -> Task<Program> {
    let word = word.to_owned();
    Box::new(move |program| program.say(word))
}

fn stops(word: &str) -> Task<Program> {
    let word = word.to_owned();
    Box::new(move |program| {
        program.say(word);
        program.is_stopping = true;
    })
}

fn calls(callback: impl Fn(&mut Program) + 'static) -> TimerCallback<Program> {
    Rc::new(callback)
}

fn timer(event_loop: &Loop, after: u64, word: &str) -> TimerId {
    let word = word.to_owned();
    event_loop.add_timer(after, false, calls(move |program| program.say(word.clone())))
}

/// A pipe: the end to read, the end to write. Neither blocks.
fn pipe() -> (OwnedFd, OwnedFd) {
    use nix::fcntl::OFlag;
    nix::unistd::pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK).unwrap()
}

fn write(fd: &impl AsFd, bytes: &[u8]) {
    assert_eq!(nix::unistd::write(fd, bytes).unwrap(), bytes.len());
}

fn read(fd: &impl AsFd) -> Vec<u8> {
    let mut buffer = [0; 64];
    let count = nix::unistd::read(fd, &mut buffer).unwrap();
    buffer[..count].to_vec()
}

/// A source that says a word and reads what there is.
fn reader(event_loop: &Loop, fd: &Rc<OwnedFd>, word: &str) -> SourceId {
    let (word, own) = (word.to_owned(), fd.clone());
    source(event_loop, fd, Interest::READABLE, move |program, _| {
        read(&own);
        program.say(word.clone());
    })
}

fn source(
    event_loop: &Loop,
    fd: &Rc<OwnedFd>,
    interest: Interest,
    callback: impl Fn(&mut Program, Readiness) + 'static,
) -> SourceId {
    event_loop.add_source(fd.clone(), interest, Rc::new(callback)).unwrap()
}

/// A source of `fd` that says a word and reads nothing.
fn watcher(event_loop: &Loop, fd: &Rc<OwnedFd>, word: &str) -> SourceId {
    let word = word.to_owned();
    source(event_loop, fd, Interest::READABLE, move |program, _| program.say(word.clone()))
}

/// Whether a descriptor is readable now.
fn is_readable(fd: &impl AsFd) -> bool {
    let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
    nix::poll::poll(&mut fds, PollTimeout::ZERO).unwrap() == 1
}
