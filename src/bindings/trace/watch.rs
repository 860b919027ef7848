//! Who looks after a trace when its first process is killed: a process of its own, which sleeps until
//! then, tells of the ends that nobody tells of any more, and gives every arrow its other end.

use std::{
    env,
    ffi::{CString, OsString},
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::PathBuf,
    time::Duration,
};

use super::{
    Trace,
    record::{self, Record},
    story::Story,
};
use crate::{
    engine::time::system as monotonic,
    sys::{
        fd,
        shared_array::SharedArray,
        spawn::{self, ChildFd, SpawnRequest},
        strangers,
        wait::ExitStatus,
    },
};

/// What a watcher finds in its environment: `PID;ORIGIN;FILE`. Standard input is the descriptor of
/// the process.
const VARIABLE: &str = "RJS_TRACE_WATCH";

/// Starts the watcher of this process. Without one the trace has fewer ends, and is a trace still.
pub(super) fn start(trace: &Trace, executable: &str) {
    let Some(path) = &trace.path else { return };
    let Ok(own) = strangers::open(trace.pid) else { return };
    let mut variable = OsString::from(format!("{VARIABLE}={};", trace.pid));
    variable.push(format!("{};", trace.origin.as_nanos()));
    variable.push(path);
    let text = |bytes: &[u8]| CString::new(bytes);
    let (Ok(file), Ok(variable)) = (text(executable.as_bytes()), text(variable.as_bytes())) else {
        return;
    };
    // It is no part of the program: not of its group either, to which signals are sent.
    let _ = spawn::spawn(SpawnRequest {
        args: vec![file.clone()],
        file,
        env: vec![variable],
        cwd: Some(c"/".to_owned()),
        stdio: vec![ChildFd::From(own.as_fd()), ChildFd::Ignored, ChildFd::Ignored],
        detached: true,
        uid: None,
        gid: None,
        dies_with_parent: false,
    });
}

/// What a watcher is told.
struct Orders {
    pid: i32,
    origin: Duration,
    path: PathBuf,
}

/// Does the work of a watcher, if this process was started to be one.
pub(crate) fn watch() -> bool {
    let Some(text) = env::var_os(VARIABLE) else { return false };
    let orders = text.to_str().and_then(parse);
    let (Some(orders), Ok(first)) = (orders, fd::adopt(0)) else { return true };
    if let Ok(array) = SharedArray::join(&orders.path) {
        look_after(&array, &orders, first);
    }
    true
}

fn parse(text: &str) -> Option<Orders> {
    let mut parts = text.splitn(3, ';');
    let pid = parts.next()?.parse().ok()?;
    let origin = Duration::from_nanos(parts.next()?.parse().ok()?);
    Some(Orders { pid, origin, path: parts.next()?.into() })
}

/// Waits for the end of the first process, then of each that has nobody else to tell of it.
fn look_after(array: &SharedArray, orders: &Orders, first: OwnedFd) {
    let mut watched = vec![(orders.pid, first)];
    while !watched.is_empty() {
        let (pids, pidfds): (Vec<i32>, Vec<OwnedFd>) = watched.into_iter().unzip();
        let Ok(Some(at)) = strangers::wait_for_any(&pidfds) else { return };
        let status = strangers::ended(&pidfds[at], pids[at]);
        watched = pids.iter().copied().zip(pidfds).collect();
        watched.remove(at);
        let now = nanos_since(orders.origin);
        let added = array.add_after(|lines| {
            let mut story = Story::of(lines);
            let mut added = tell(&mut story, pids[at], status, now);
            added.extend(watch_orphans(&mut story, &mut watched, now));
            if watched.is_empty() {
                added.extend(story.missing_ends());
            }
            added.iter().map(Record::to_string).collect()
        });
        if added.is_err() {
            return;
        }
    }
}

/// Tells of an end, unless somebody did.
fn tell(story: &mut Story, pid: i32, status: Option<ExitStatus>, now: u64) -> Vec<Record> {
    if story.end(pid, now) { record::end(pid, status, now) } else { Vec::new() }
}

/// Watches those that have lost who would tell of them. Returns the ends of those that are gone.
fn watch_orphans(story: &mut Story, watched: &mut Vec<(i32, OwnedFd)>, now: u64) -> Vec<Record> {
    let mut gone = Vec::new();
    loop {
        let before = gone.len();
        for pid in story.orphans() {
            if watched.iter().any(|(known, _)| *known == pid) {
                continue;
            }
            match strangers::open(pid) {
                Ok(pidfd) => watched.push((pid, pidfd)),
                Err(_) => gone.extend(tell(story, pid, None, now)),
            }
        }
        if gone.len() == before {
            return gone;
        }
    }
}

fn nanos_since(origin: Duration) -> u64 {
    u64::try_from(monotonic().saturating_sub(origin).as_nanos()).unwrap_or(u64::MAX)
}
