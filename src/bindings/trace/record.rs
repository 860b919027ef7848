//! The records of a trace: events of the Trace Event format, as Perfetto opens it.
//!
//! Source: "Trace Event Format" (Google): phases M (names), B and E (a process lives), X (a moment
//! that has a place), s and f (both ends of an arrow), i (an instant).

use std::fmt;

use serde_json::{Value, json};

use crate::{
    bindings::trace::channel::Frame,
    sys::{signals, wait::ExitStatus},
};

/// How long the place of a message is shown to be (nanoseconds).
pub(super) const SHOWN: u64 = 1000;

/// One event.
#[derive(Clone, Debug)]
pub(super) struct Record(Value);

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Microseconds, as the format has them.
fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1000.0
}

/// An event of a process; each has one track.
fn event(phase: &str, name: &str, pid: i32, at: u64) -> Value {
    json!({ "ph": phase, "name": name, "pid": pid, "tid": pid, "ts": micros(at) })
}

fn with(mut event: Value, fields: Value) -> Record {
    if let (Some(event), Value::Object(fields)) = (event.as_object_mut(), fields) {
        event.extend(fields);
    }
    Record(event)
}

/// A process begins.
pub(super) fn begin(pid: i32, title: &str, at: u64) -> Vec<Record> {
    let name = json!({ "args": { "name": title } });
    vec![
        with(event("M", "process_name", pid, at), name),
        with(
            event("B", "process", pid, at),
            json!({ "cat": "process", "args": { "title": title } }),
        ),
    ]
}

/// The arrow from a parent to the child that it started.
pub(super) fn spawned(parent: i32, child: i32, title: &str, at: u64) -> Vec<Record> {
    let place = json!({
        "cat": "process", "dur": micros(SHOWN), "args": { "child": child, "title": title },
    });
    let mut records = vec![with(event("X", "spawn", parent, at), place)];
    records.extend(arrow(
        "spawn",
        &format!("spawn {parent} {child} {at}"),
        (parent, at),
        (child, at),
    ));
    records
}

fn arrow(name: &str, id: &str, from: (i32, u64), to: (i32, u64)) -> [Record; 2] {
    [
        with(event("s", name, from.0, from.1), json!({ "cat": name, "id": id })),
        with(event("f", name, to.0, to.1), json!({ "cat": name, "id": id, "bp": "e" })),
    ]
}

/// A process ended.
pub(super) fn end(pid: i32, status: Option<ExitStatus>, at: u64) -> Vec<Record> {
    let how = match status {
        Some(ExitStatus::Exited(code)) => json!({ "code": code }),
        Some(ExitStatus::Signaled(number)) => json!({ "signal": signals::description(number) }),
        None => json!({}),
    };
    vec![with(event("E", "process", pid, at), json!({ "cat": "process", "args": how }))]
}

/// A process sent a signal to another.
pub(super) fn signal(from: i32, to: i32, name: &str, at: u64) -> Vec<Record> {
    let fields = json!({ "cat": "signal", "s": "p", "args": { "to": to } });
    vec![with(event("i", name, from, at), fields)]
}

/// A process becomes another program.
pub(super) fn replaced(pid: i32, file: &str, at: u64) -> Vec<Record> {
    let fields = json!({ "cat": "process", "s": "p", "args": { "file": file } });
    vec![with(event("i", "execve", pid, at), fields)]
}

/// The end of a message's arrow that its peer did not record: where it goes to, or where it comes
/// from.
pub(super) fn missing_end(is_sent: bool, id: &str, peer: i32, at: f64) -> Record {
    let (phase, mut fields) = if is_sent { ("f", json!({ "bp": "e" })) } else { ("s", json!({})) };
    fields["cat"] = "ipc".into();
    fields["id"] = id.into();
    fields["ts"] = at.into();
    with(event(phase, "message", peer, 0), fields)
}

/// A message left, or came. `id` is the same at both ends.
pub(super) fn message(
    frame: &Frame,
    is_sent: bool,
    id: &str,
    ends: (i32, i32),
    at: u64,
) -> Vec<Record> {
    let (own, peer) = ends;
    let (verb, phase) = if is_sent { ("send", "s") } else { ("receive", "f") };
    let mut args = json!({ "bytes": frame.bytes, "id": id });
    args[if is_sent { "to" } else { "from" }] = peer.into();
    if let Some(handle) = frame.handle {
        args["handle"] = handle.into();
    }
    let name = match frame.command {
        Some(command) => format!("{verb} {command}"),
        None => verb.to_owned(),
    };
    let place = json!({ "cat": "ipc", "dur": micros(SHOWN), "args": args });
    let mut end = json!({ "cat": "ipc", "id": id });
    if !is_sent {
        end["bp"] = "e".into();
    }
    vec![with(event("X", &name, own, at), place), with(event(phase, "message", own, at), end)]
}
