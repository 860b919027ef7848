//! The tree of processes below one: who is in it, and a signal for all of them.
//!
//! Source: `proc_pid_stat(5)`.

use std::{collections::HashSet, fs, os::fd::AsFd};

use super::{error::SysError, signals};

/// After so many looks the tree is taken to be whole: whoever forks faster than that cannot be
/// caught by looking.
const MAX_LOOKS: usize = 16;

/// A process as `/proc` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    pid: i32,
    parent: i32,
    group: i32,
    session: i32,
}

/// Sends a signal to a child and to everybody below it: its descendants, and the group and the
/// session that it leads. The child itself stands still meanwhile, so that it starts nobody.
///
/// Of the others, who cannot be signalled (has ended, or belongs to somebody else) is passed over.
///
/// # Errors
/// Those of the signal to the child itself.
pub(crate) fn kill(pidfd: impl AsFd, pid: i32, signal: i32) -> Result<(), SysError> {
    let stopped = signals::kill_child(pidfd.as_fd(), libc::SIGSTOP);
    kill_below(pid, signal);
    let outcome = signals::kill_child(pidfd.as_fd(), signal);
    if stopped.is_ok() {
        // If it has ended there is nobody to go on.
        let _ = signals::kill_child(pidfd, libc::SIGCONT);
    }
    outcome
}

/// Looks again until there is nobody new.
fn kill_below(root: i32, signal: i32) {
    let mut known = HashSet::from([root]);
    for _ in 0..MAX_LOOKS {
        let found = members(&rows(), &known, root);
        if found.is_empty() {
            return;
        }
        for pid in found {
            known.insert(pid);
            let _ = signals::kill(pid, signal);
        }
    }
}

/// Who belongs to the tree and is not known yet.
fn members(rows: &[Row], known: &HashSet<i32>, root: i32) -> Vec<i32> {
    let mut all = known.clone();
    let mut found = Vec::new();
    loop {
        let before = found.len();
        for row in rows {
            let belongs = all.contains(&row.parent) || row.group == root || row.session == root;
            if belongs && all.insert(row.pid) {
                found.push(row.pid);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// A process and those that it comes from, the nearest first; as they are now.
pub(crate) fn line(pid: i32) -> impl Iterator<Item = i32> {
    let parent = |pid: &i32| row(*pid).map(|row| row.parent);
    // More than there ever are, should what is looked at change meanwhile.
    std::iter::successors(Some(pid), parent).take_while(|pid| *pid > 1).take(1000)
}

fn row(pid: i32) -> Option<Row> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Every process that can be seen.
fn rows() -> Vec<Row> {
    let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
    folder
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter_map(row)
        .collect()
}

/// `pid (name) state ppid pgrp session …`; the name may hold anything, brackets too.
fn parse(stat: &str) -> Option<Row> {
    let pid = stat.split(' ').next()?.parse().ok()?;
    let mut fields = stat.rsplit(") ").next()?.split(' ').skip(1);
    let mut next = || fields.next()?.parse().ok();
    Some(Row { pid, parent: next()?, group: next()?, session: next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let row = parse("12 (a) b ) c) S 3 4 5 0 -1 0\n");
        assert_eq!(row, Some(Row { pid: 12, parent: 3, group: 4, session: 5 }));
        assert_eq!(parse(""), None);
        assert_eq!(parse("12 (x"), None);
    }

    #[test]
    fn descendants_and_the_group_belong_to_the_tree() {
        let row = |pid, parent, group, session| Row { pid, parent, group, session };
        let rows = [
            row(40, 30, 1, 1),
            row(30, 20, 1, 1),
            row(20, 10, 1, 1),
            row(50, 1, 10, 1),
            row(60, 1, 2, 10),
            row(70, 1, 1, 1),
            row(80, 50, 1, 1),
        ];
        let mut found = members(&rows, &HashSet::from([10]), 10);
        found.sort_unstable();
        assert_eq!(found, [20, 30, 40, 50, 60, 80]);
        let known = HashSet::from([10, 20, 30, 40, 50, 60, 80]);
        assert_eq!(members(&rows, &known, 10), [0; 0]);
    }

    #[test]
    fn a_line_goes_up() {
        let own = std::process::id() as i32;
        let parent = nix::unistd::getppid().as_raw();
        assert_eq!(line(own).take(2).collect::<Vec<_>>(), [own, parent]);
        assert_eq!(line(1).count() + line(0).count() + line(-1).count(), 0);
    }

    #[test]
    fn this_process_is_there() {
        let own = std::process::id() as i32;
        assert!(rows().iter().any(|row| row.pid == own));
    }
}
