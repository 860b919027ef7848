//! What the records of a trace tell together: who lives, who has ended, which arrows have one end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::record::{self, Record};

/// The life of a process, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Life {
    began: f64,
    ended: Option<f64>,
    /// Who started it, and records its end as long as it lives.
    parent: Option<i32>,
}

/// One end of an arrow.
struct End {
    is_sent: bool,
    peer: i32,
    at: f64,
}

/// What is told.
#[derive(Default)]
pub(super) struct Story {
    lives: BTreeMap<i32, Life>,
    /// By their names.
    arrows: BTreeMap<String, End>,
}

impl Story {
    /// Reads the records of a file, each a line.
    pub(super) fn of(lines: &[&str]) -> Self {
        let mut story = Self::default();
        let mut whole = BTreeSet::new();
        for line in lines {
            let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
            story.hear(&event, &mut whole);
        }
        story
    }

    fn hear(&mut self, event: &Value, whole: &mut BTreeSet<String>) {
        let Some(pid) = number(&event["pid"]) else { return };
        let at = event["ts"].as_f64().unwrap_or(0.0);
        match (event["ph"].as_str().unwrap_or(""), event["name"].as_str().unwrap_or("")) {
            ("B", _) => {
                self.lives.insert(pid, Life { began: at, ended: None, parent: None });
            }
            ("E", _) => {
                if let Some(life) = self.lives.get_mut(&pid) {
                    life.ended = Some(at);
                }
            }
            ("X", "spawn") => {
                let child = number(&event["args"]["child"]);
                if let Some(life) = child.and_then(|child| self.lives.get_mut(&child)) {
                    life.parent = Some(pid);
                }
            }
            ("X", _) if event["cat"] == "ipc" => {
                let args = &event["args"];
                let id = args["id"].as_str().unwrap_or("").to_owned();
                let is_sent = args["from"].is_null();
                let peer = number(&args[if is_sent { "to" } else { "from" }]);
                // The second end of an arrow makes it whole.
                if self.arrows.remove(&id).is_some() {
                    whole.insert(id);
                } else if let Some(peer) = peer.filter(|_| !whole.contains(&id)) {
                    self.arrows.insert(id, End { is_sent, peer, at });
                }
            }
            ("s" | "f", "message") => {
                // One whose first end was there, and was told twice: it has been completed.
                let id = event["id"].as_str().unwrap_or("");
                if self.arrows.get(id).is_some_and(|end| number(&event["pid"]) == Some(end.peer)) {
                    self.arrows.remove(id);
                    whole.insert(id.to_owned());
                }
            }
            _ => {}
        }
    }

    /// The processes of whose end nobody is left to tell.
    pub(super) fn orphans(&self) -> Vec<i32> {
        let is_open = |pid: &i32| self.lives.get(pid).is_some_and(|life| life.ended.is_none());
        let orphans = self.lives.iter().filter(|(pid, life)| {
            is_open(pid) && !life.parent.is_some_and(|parent| is_open(&parent))
        });
        orphans.map(|(pid, _)| *pid).collect()
    }

    /// A process has ended; false if that is told already, or nothing of the process.
    pub(super) fn end(&mut self, pid: i32, nanos: u64) -> bool {
        let Some(life) = self.lives.get_mut(&pid).filter(|life| life.ended.is_none()) else {
            return false;
        };
        life.ended = Some(nanos as f64 / 1000.0);
        true
    }

    /// For each arrow with one end the other, where the process that it leads to has ended.
    pub(super) fn missing_ends(&self) -> Vec<Record> {
        let ends = self.arrows.iter().filter_map(|(id, end)| {
            let life = self.lives.get(&end.peer)?;
            let ended = life.ended?;
            // Within the life of the peer, and not before what is sent was sent.
            let step = record::SHOWN as f64 / 1000.0;
            let at = if end.is_sent {
                (end.at + step).min(ended).max(end.at)
            } else {
                (end.at - step).max(life.began).min(end.at)
            };
            Some(record::missing_end(end.is_sent, id, end.peer, at))
        });
        ends.collect()
    }
}

fn number(value: &Value) -> Option<i32> {
    value.as_i64()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bindings::trace::{Frame, record::SHOWN},
        sys::wait::ExitStatus,
    };

    const FRAME: Frame = Frame { bytes: 2, command: None, handle: None };

    fn story(records: &[Vec<Record>]) -> Story {
        let lines: Vec<String> = records.iter().flatten().map(Record::to_string).collect();
        Story::of(&lines.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn orphans_are_those_whose_parents_have_ended() {
        let mut records = vec![
            record::begin(1, "first", 0),
            record::begin(2, "child", 10),
            record::spawned(1, 2, "child", 10),
            record::begin(3, "grandchild", 20),
            record::spawned(2, 3, "grandchild", 20),
        ];
        assert_eq!(story(&records).orphans(), [1]);
        records.push(record::end(1, None, 30));
        assert_eq!(story(&records).orphans(), [2]);
        records.push(record::end(2, Some(ExitStatus::Signaled(9)), 40));
        assert_eq!(story(&records).orphans(), [3]);
        records.push(record::end(3, Some(ExitStatus::Exited(0)), 50));
        assert!(story(&records).orphans().is_empty());
        assert!(!story(&records).end(3, 60));
    }

    #[test]
    fn arrows_get_the_end_that_they_lack_once_and_within_the_life_of_the_peer() {
        let mut records = vec![
            record::begin(1, "first", 0),
            record::begin(2, "node", 10_000),
            record::message(&FRAME, true, "down 0", (1, 2), 20_000),
            record::message(&FRAME, false, "up 0", (1, 2), 30_000),
            record::message(&FRAME, true, "whole", (1, 2), 31_000),
            record::message(&FRAME, false, "whole", (2, 1), 32_000),
        ];
        assert!(story(&records).missing_ends().is_empty(), "the peer may tell of it yet");
        records.push(record::end(2, None, 40_000));
        let missing = story(&records).missing_ends();
        let text: Vec<Value> =
            missing.iter().map(|end| serde_json::from_str(&end.to_string()).unwrap()).collect();
        let seen: Vec<_> = text
            .iter()
            .map(|end| (end["ph"].as_str(), end["id"].as_str(), end["pid"].as_i64()))
            .collect();
        assert_eq!(
            seen,
            [(Some("f"), Some("down 0"), Some(2)), (Some("s"), Some("up 0"), Some(2))]
        );
        assert_eq!(text[0]["ts"].as_f64(), Some((20_000 + SHOWN) as f64 / 1000.0));
        records.push(missing);
        assert!(story(&records).missing_ends().is_empty());
    }
}
