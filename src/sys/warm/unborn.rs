//! The copies that wait for an order. They are children of this process from the moment they exist,
//! and have to be collected like any.

use std::{
    collections::BTreeSet,
    os::fd::{AsRawFd, OwnedFd},
};

use nix::{
    sys::{
        signal::{Signal, kill},
        socket::{MsgFlags, recv},
    },
    unistd::Pid,
};

use super::super::spawn;

/// Which copies have no order yet, as far as the zygote has told.
#[derive(Debug, Default)]
pub(super) struct Unborn {
    waiting: BTreeSet<i32>,
    /// Born before the zygote's word of them was read.
    early: BTreeSet<i32>,
    /// What has come of a number that is not complete.
    partial: Vec<u8>,
}

impl Unborn {
    /// This one has its order.
    pub(super) fn remove(&mut self, pid: i32, socket: &OwnedFd) {
        self.read(socket);
        if pid != 0 && !self.waiting.remove(&pid) {
            self.early.insert(pid);
        }
    }

    /// Ends and collects them all. The zygote has ended before, and makes no more of them.
    pub(super) fn end(&mut self, socket: &OwnedFd) {
        self.read(socket);
        for pid in std::mem::take(&mut self.waiting) {
            // The number is that of a child nobody has collected, or of none: then it fails.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            spawn::reap(pid);
        }
    }

    /// Reads what the zygote has told so far.
    fn read(&mut self, socket: &OwnedFd) {
        let mut bytes = [0; 256];
        while let Ok(count @ 1..) = recv(socket.as_raw_fd(), &mut bytes, MsgFlags::MSG_DONTWAIT) {
            self.partial.extend(&bytes[..count]);
        }
        let (numbers, rest) = self.partial.as_chunks();
        for number in numbers {
            let pid = i32::from_ne_bytes(*number);
            if !self.early.remove(&pid) {
                self.waiting.insert(pid);
            }
        }
        self.partial = rest.to_vec();
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write};

    use super::{super::super::fd, *};

    #[test]
    fn whoever_was_told_of_and_is_not_born_waits() {
        let (ours, theirs) = fd::stream_pair().unwrap();
        let mut theirs = File::from(theirs);
        let mut unborn = Unborn::default();
        // Born before the word of it comes.
        unborn.remove(7, &ours);
        let told: Vec<u8> = [7_i32, 8, 9].iter().flat_map(|pid| pid.to_ne_bytes()).collect();
        // The word may come in pieces.
        theirs.write_all(&told[..6]).unwrap();
        unborn.remove(0, &ours);
        assert_eq!(unborn.waiting, BTreeSet::new());
        theirs.write_all(&told[6..]).unwrap();
        unborn.remove(8, &ours);
        assert_eq!(unborn.waiting, BTreeSet::from([9]));
        assert_eq!(unborn.early, BTreeSet::new());
    }
}
