//! The tree of processes below one: who is in it, and a signal for all of them.
//!
//! Source: `proc_pid_stat(5)`.

use std::{
    collections::HashSet,
    fs,
    os::fd::AsFd,
    thread,
    time::{Duration, Instant},
};

use super::{error::SysError, signals};

/// After so many looks the tree is taken to be whole: whoever forks faster than that cannot be
/// caught by looking.
const MAX_LOOKS: usize = 256;

/// So long after the last newcomer it is waited until everybody stands still.
const PATIENCE: Duration = Duration::from_millis(100);

/// Between two looks at who does not stand still yet.
const PAUSE: Duration = Duration::from_millis(1);

/// Signals that decide themselves who stands still.
const OF_STANDING: [i32; 5] =
    [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU, libc::SIGCONT];

/// A process as `/proc` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    pid: i32,
    /// It starts nobody any more: it was stopped, or has ended.
    is_still: bool,
    parent: i32,
    group: i32,
    session: i32,
}

/// Sends a signal to a child and to everybody below it: its descendants, and the group and the
/// session that it leads. All stand still meanwhile: somebody who forks and then dies of the signal would
/// leave a process that nothing connects with the child.
///
/// Of the others, who cannot be signalled (has ended, or belongs to somebody else) is passed over.
///
/// # Errors
/// Those of the signal to the child itself.
pub(crate) fn kill(pidfd: impl AsFd, pid: i32, signal: i32) -> Result<(), SysError> {
    let pidfd = pidfd.as_fd();
    if OF_STANDING.contains(&signal) || signals::kill_child(pidfd, libc::SIGSTOP).is_err() {
        gather(pid, signal, Duration::ZERO);
        return signals::kill_child(pidfd, signal);
    }
    let below = gather(pid, libc::SIGSTOP, PATIENCE);
    let send = |signal| {
        for pid in &below {
            // Who has ended needs none.
            let _ = signals::kill(*pid, signal);
        }
        signals::kill_child(pidfd, signal)
    };
    let outcome = send(signal);
    let _ = send(libc::SIGCONT);
    outcome
}

/// Sends a signal to everybody below, and looks again until there is nobody new and, with some patience,
/// all stand still. Returns whom the signal reached.
fn gather(root: i32, signal: i32, patience: Duration) -> Vec<i32> {
    let (mut known, mut reached) = (HashSet::from([root]), Vec::new());
    let mut last = Instant::now();
    for _ in 0..MAX_LOOKS {
        let rows = rows();
        let found = members(&rows, &known, root);
        if found.is_empty() {
            let is_waited_for = |row: &&Row| row.pid == root || reached.contains(&row.pid);
            if rows.iter().filter(is_waited_for).all(|row| row.is_still)
                || last.elapsed() >= patience
            {
                break;
            }
            thread::sleep(PAUSE);
            continue;
        }
        last = Instant::now();
        known.extend(&found);
        reached.extend(found.into_iter().filter(|pid| signals::kill(*pid, signal).is_ok()));
    }
    reached
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
    let mut fields = stat.rsplit(") ").next()?.split(' ');
    let is_still = matches!(fields.next()?, "T" | "t" | "Z" | "X");
    let mut next = || fields.next()?.parse().ok();
    Some(Row { pid, is_still, parent: next()?, group: next()?, session: next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let row = Row { pid: 12, is_still: false, parent: 3, group: 4, session: 5 };
        assert_eq!(parse("12 (a) b ) c) S 3 4 5 0 -1 0\n"), Some(row));
        assert_eq!(parse("12 (a) T 3 4 5 0 -1 0\n"), Some(Row { is_still: true, ..row }));
        assert_eq!(parse(""), None);
        assert_eq!(parse("12 (x"), None);
    }

    #[test]
    fn descendants_and_the_group_belong_to_the_tree() {
        let row =
            |pid, parent, group, session| Row { pid, is_still: false, parent, group, session };
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
