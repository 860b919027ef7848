//! `--trace-ipc` and `--trace-processes`: what a program of many processes does, seen from below, so
//! that it need not be changed for it.
//!
//! The processes of one tree write into one file ([`SharedArray`]); a child learns from a variable of
//! its environment which. Who starts a process records its birth and its end, because the dead do
//! not; a process that nobody recorded does it for itself.

mod channel;
mod inheritance;
mod record;
mod story;
mod watch;

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    rc::Rc,
    time::Duration,
};

use boa_engine::Context;

pub(crate) use self::{
    channel::{ChannelTrace, Frame},
    watch::watch,
};
use self::{
    inheritance::{Inheritance, VARIABLE},
    record::Record,
    story::Story,
};
use crate::{
    engine::time::system as monotonic,
    sys::{
        identity::{parent_pid, pid},
        shared_array::SharedArray,
        signals,
        stdio::{Output, write_output},
        wait::{self, ExitStatus},
    },
};

/// What the command line asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// `--trace-ipc`: messages are printed.
    pub(crate) ipc: bool,
    /// `--trace-processes=FILE`: the tree of processes is recorded.
    pub(crate) processes: Option<PathBuf>,
}

/// What this process keeps for its traces.
pub(crate) struct Trace {
    prints: bool,
    /// Whether the parent prints what goes through the channel to it.
    parent_prints: bool,
    file: RefCell<Option<SharedArray>>,
    path: Option<PathBuf>,
    /// The beginning of the tree's first process, on the monotonic clock.
    origin: Duration,
    pid: i32,
    /// Whether the tree begins here.
    is_first: bool,
    /// The parent, if it records this process.
    recorder: Option<i32>,
    /// What the parent calls the channel to it.
    own_channel: Option<String>,
    channels: Cell<u32>,
    /// The last record's time (nanoseconds): of two records of a process one is later.
    last: Cell<u64>,
    /// Children whose end was not seen yet.
    children: RefCell<Vec<i32>>,
}

/// The trace of this realm's program, if there is one.
pub(crate) fn of(context: &Context) -> Option<Rc<Trace>> {
    context.get_data::<Rc<Trace>>().cloned()
}

/// Begins what the command line or the parent asks for; `title` is what the process is called,
/// `watcher` the executable that can look after the trace.
///
/// # Errors
/// One line that says why the file cannot be written.
pub(crate) fn start(
    request: &Request,
    env: &mut Vec<(String, String)>,
    (title, watcher): (&str, Option<&str>),
    context: &mut Context,
) -> Result<(), String> {
    let inherited = Inheritance::take(env);
    if *request == Request::default() && inherited.is_none() {
        return Ok(());
    }
    let inherited = inherited.unwrap_or_default();
    let is_joining = inherited.path.is_some();
    let path = inherited.path.or_else(|| request.processes.clone().map(absolute));
    let file = match &path {
        Some(path) => open(path, is_joining)?,
        None => None,
    };
    let is_recorded = inherited.recorder == Some(parent_pid());
    let trace = Rc::new(Trace {
        prints: request.ipc || inherited.ipc,
        parent_prints: inherited.ipc && is_recorded,
        file: RefCell::new(file),
        path,
        origin: inherited.origin.unwrap_or_else(monotonic),
        pid: pid(),
        is_first: !is_joining,
        recorder: inherited.recorder.filter(|_| is_recorded),
        own_channel: inherited.channel.filter(|_| is_recorded),
        channels: Cell::new(0),
        last: Cell::new(0),
        children: RefCell::default(),
    });
    if trace.recorder.is_none() {
        trace.add(&record::begin(trace.pid, title, trace.now()));
    }
    if let (true, Some(watcher), Some(_)) = (trace.is_first, watcher, &trace.path) {
        watch::start(&trace, watcher);
    }
    context.insert_data(trace);
    Ok(())
}

/// The file of the tree. A process that joins does not fail for it.
fn open(path: &Path, is_joining: bool) -> Result<Option<SharedArray>, String> {
    let file = if is_joining { SharedArray::join(path) } else { SharedArray::create(path) };
    let error = match file {
        Ok(file) => return Ok(Some(file)),
        Err(error) => error,
    };
    let reason = error.errno.message().unwrap_or("unknown error");
    let message = format!("--trace-processes: cannot write {}: {reason}", path.display());
    if !is_joining {
        return Err(message);
    }
    say(&format!("rjs: {message}\n"));
    Ok(None)
}

/// What a process is called: the names of its arguments' files, as far as a person reads.
pub(crate) fn title(argv: &[impl AsRef<str>]) -> String {
    const LONGEST: usize = 60;
    let name = |arg: &str| match arg.rsplit_once('/') {
        Some((folder, name)) if arg.starts_with(['/', '.']) && !folder.contains(' ') => {
            name.to_owned()
        }
        _ => arg.to_owned(),
    };
    // Every process of the tree was asked to trace.
    let args = argv.iter().map(AsRef::as_ref).filter(|arg| !arg.starts_with("--trace-"));
    let words: Vec<String> = args.map(name).collect();
    words.join(" ").chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// A process that is about to be started.
pub(crate) struct Start {
    trace: Rc<Trace>,
    began: u64,
    channel: String,
}

/// To be called before a process is started.
pub(crate) fn starting(context: &Context) -> Option<Start> {
    let trace = of(context)?;
    let number = trace.channels.get() + 1;
    trace.channels.set(number);
    let (began, channel) = (trace.now(), format!("{}.{number}", trace.pid));
    Some(Start { trace, began, channel })
}

impl Start {
    /// The variable that the process has to find in its environment.
    pub(crate) fn variable(&self) -> (&'static str, String) {
        let trace = &self.trace;
        let inheritance = Inheritance {
            ipc: trace.prints,
            origin: Some(trace.origin),
            recorder: Some(trace.pid),
            channel: Some(self.channel.clone()),
            path: trace.path.clone(),
        };
        (VARIABLE, inheritance.text())
    }

    /// It was started; `title` is what it is called.
    pub(crate) fn started(&self, pid: i32, title: &str) {
        self.trace.children.borrow_mut().push(pid);
        let mut records = record::begin(pid, title, self.began);
        records.extend(record::spawned(self.trace.pid, pid, title, self.began));
        self.trace.add(&records);
    }

    /// The trace of our end of the channel to it.
    pub(crate) fn channel(&self, pid: i32) -> ChannelTrace {
        ChannelTrace::of_parent(self.trace.clone(), &self.channel, pid)
    }
}

/// The trace of the channel to our parent.
pub(crate) fn own_channel(context: &Context) -> Option<ChannelTrace> {
    of(context).map(ChannelTrace::of_child)
}

/// The program ends, with this exit code.
pub(crate) fn end(code: i32, context: &Context) {
    let Some(trace) = of(context) else { return };
    trace.see_children();
    // An exit code is the low byte of what the program gave.
    trace.end_own(ExitStatus::Exited(code & 0xff));
}

/// The program is about to die of this signal.
pub(crate) fn end_by_signal(number: i32, context: &Context) {
    let Some(trace) = of(context) else { return };
    trace.see_children();
    trace.end_own(ExitStatus::Signaled(number));
}

/// The program gives its process to another.
pub(crate) fn replaced(file: &str, context: &Context) {
    if let Some(trace) = of(context) {
        trace.add(&record::replaced(trace.pid, file, trace.now()));
    }
}

impl Trace {
    /// A child has ended; `None`: somebody else was told how.
    pub(crate) fn ended(&self, pid: i32, status: Option<ExitStatus>) {
        let mut children = self.children.borrow_mut();
        let Some(at) = children.iter().position(|&child| child == pid) else { return };
        children.swap_remove(at);
        drop(children);
        self.add(&record::end(pid, status, self.now()));
    }

    /// This process has sent a signal.
    pub(crate) fn signalled(&self, target: i32, number: i32) {
        // A child's own pid, not a group's: only that has a place in the picture.
        if number != 0 && target > 0 {
            let name = signals::description(number);
            self.add(&record::signal(self.pid, target, &name, self.now()));
        }
    }

    /// Records the ends of children that nobody waited for.
    fn see_children(&self) {
        for child in self.children.borrow().clone() {
            if let Some(status) = wait::ended(child) {
                self.ended(child, Some(status));
            }
        }
    }

    /// Records our own end, unless our parent lives to do it.
    fn end_own(&self, status: ExitStatus) {
        let is_watched = self.recorder.is_some_and(|recorder| recorder == parent_pid());
        if !is_watched {
            self.add(&record::end(self.pid, Some(status), self.now()));
        }
        if self.is_first {
            self.complete();
        }
    }

    /// Gives the arrows that have one end the other, as far as nobody can add that any more.
    fn complete(&self) {
        let file = self.file.borrow();
        let Some(array) = file.as_ref() else { return };
        let complete = |lines: &[&str]| {
            Story::of(lines).missing_ends().iter().map(Record::to_string).collect()
        };
        if let Err(error) = array.add_after(complete) {
            say(&format!("rjs: the trace of processes is not complete: {error}\n"));
        }
    }

    /// Nanoseconds since the tree began; later than the last answer by as long as a record shows.
    fn now(&self) -> u64 {
        let now = u64::try_from(monotonic().saturating_sub(self.origin).as_nanos());
        let now = now.unwrap_or(u64::MAX).max(self.last.get() + record::SHOWN);
        self.last.set(now);
        now
    }

    fn add(&self, records: &[Record]) {
        let mut file = self.file.borrow_mut();
        let Some(array) = file.as_ref() else { return };
        let lines: Vec<String> = records.iter().map(Record::to_string).collect();
        if let Err(error) = array.add(&lines) {
            say(&format!("rjs: the trace of processes ends here: {error}\n"));
            file.take();
        }
    }
}

/// If standard error is closed, there is nobody to tell.
fn say(text: &str) {
    let _ = write_output(Output::Stderr, text.as_bytes());
}
