//! The zygote, and the copy of it that waits for the next order.
//!
//! The copy is made before it is asked for: when the order comes, copying memory and the first touch
//! of pages are over. It takes the order off the socket itself, says so through a pipe of its own
//! (the *baton*), and the zygote makes the next one meanwhile.

use std::{
    env,
    ffi::CString,
    fs::File,
    io::{Read, Write},
    mem::ManuallyDrop,
    os::fd::{AsFd, AsRawFd, OwnedFd},
    time::Duration,
};

use nix::sys::{
    signal::SigSet,
    socket::{MsgFlags, recv},
};

use super::{
    super::{
        errno::Errno,
        fd,
        image::Layout,
        poll::{self, Interest},
    },
    VARIABLE,
    birth::clone_as_sibling,
    crowd::{self, Passed},
    newborn,
    order::{Order, receive, receive_expectation},
    readiness::{Nursery, Readiness},
};

/// After so many copies in a row that died without an order, something is wrong with them.
const MAX_STILLBORN: u32 = 3;

/// How the service of a zygote ended.
#[derive(Debug)]
pub(crate) enum Served {
    /// This is a newborn copy, with these arguments.
    Born(Vec<CString>),
    /// This is the zygote or a copy of it, and nobody needs it any more.
    Ended,
}

/// What became of a copy that waited; the last one is its own.
enum Fate {
    /// It has an order, of a program that begins with this file.
    Taken(Option<CString>),
    /// As [`Self::Taken`], and more orders will come at once.
    Crowd,
    /// It died.
    Dead,
    /// There will be no order; or this is the copy, and there was none.
    Ended,
    /// This is the copy, and has this order.
    Born(Order, Vec<OwnedFd>),
}

/// What a copy writes to its baton.
const TAKEN: u8 = b'T';
const CROWD: u8 = b'C';
const UNNEEDED: u8 = b'U';

/// The most that a pipe takes in one piece, bytes: `pipe(7)`.
const PIPE_BUF: usize = libc::PIPE_BUF;

/// The socket that this process was given to be a zygote; `None` if it is to be none.
pub(crate) fn socket_of_zygote() -> Option<OwnedFd> {
    let number = env::var(VARIABLE).ok()?.parse().ok()?;
    if !fd::borrow(number).is_ok_and(fd::is_unix_stream) {
        return None;
    }
    fd::adopt(number).ok()
}

/// Serves until a copy is born, and in the copy returns. The process must have one thread only.
pub(crate) fn serve(socket: OwnedFd, nursery: &impl Nursery) -> Served {
    // In a copy, the number is closed with all others that the copy is not given.
    let socket = ManuallyDrop::new(File::from(socket));
    end_with_parent();
    // What is meant for the whole group of processes is not meant for this one.
    let _ = SigSet::all().thread_block();
    let Some(layout) = Layout::of_this_process() else { return Served::Ended };
    let mut readiness = Readiness::new(nursery);
    readiness.expect(receive_expectation(&socket).as_ref(), || is_awaited(&socket));
    let mut stillborn = 0;
    while stillborn < MAX_STILLBORN {
        match keep_ready(&socket, &readiness) {
            Fate::Dead => stillborn += 1,
            Fate::Taken(program) => {
                stillborn = 0;
                readiness.expect_later(program.as_ref());
            }
            Fate::Crowd => {
                match crowd::serve(&socket, layout, &mut readiness, |pid| report(&socket, pid)) {
                    Passed::Calm => stillborn = 0,
                    Passed::Born(args) => return Served::Born(args),
                    Passed::Ended => return Served::Ended,
                }
            }
            Fate::Born(order, descriptors) => {
                return Served::Born(newborn::settle(order, descriptors, layout));
            }
            Fate::Ended => return Served::Ended,
        }
    }
    Served::Ended
}

/// Makes a copy that waits, and waits until it does so no longer.
fn keep_ready(socket: &File, readiness: &Readiness<'_, impl Nursery>) -> Fate {
    let Ok((baton, others_baton)) = fd::pipe() else { return Fate::Ended };
    match clone_as_sibling() {
        Ok(None) => {
            drop(baton);
            let baton = ManuallyDrop::new(File::from(others_baton));
            wait_for_order(socket, &baton, || readiness.rehearse())
                .map_or(Fate::Ended, |(order, descriptors)| Fate::Born(order, descriptors))
        }
        Ok(Some(pid)) => {
            drop(others_baton);
            report(socket, pid);
            while !is_told(&baton) && readiness.prepare() {}
            fate(baton)
        }
        Err(errno) => refuse(socket, errno).map_or(Fate::Ended, |()| Fate::Taken(None)),
    }
}

/// Lets the kernel end this process when its parent ends, however that does.
fn end_with_parent() {
    // It fails for no signal that exists; the end of the socket says the same.
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
}

/// Tells the parent of a copy that it has one more child. Who is gone needs not know.
fn report(socket: &File, pid: i32) {
    let _ = (&mut &*socket).write_all(&pid.to_ne_bytes());
}

/// Whether a copy has told its fate, or cannot any more.
fn is_told(baton: &OwnedFd) -> bool {
    poll::wait_for(baton.as_fd(), Interest::READABLE, Some(Duration::ZERO)).unwrap_or(true)
}

fn fate(baton: OwnedFd) -> Fate {
    let mut bytes = [0; PIPE_BUF];
    let count = File::from(baton).read(&mut bytes).unwrap_or(0);
    match bytes[..count].split_first() {
        Some((&TAKEN, program)) => {
            Fate::Taken(CString::new(program).ok().filter(|program| !program.is_empty()))
        }
        Some((&CROWD, _)) => Fate::Crowd,
        Some(_) => Fate::Ended,
        None => Fate::Dead,
    }
}

/// What is told of a copy with this order, in one piece.
fn word(order: Option<&Order>) -> Vec<u8> {
    let Some(order) = order else { return vec![UNNEEDED] };
    let fate = if order.in_crowd { CROWD } else { TAKEN };
    let program = order.program.as_ref().map_or(&b""[..], |program| program.as_bytes());
    // A pipe takes no more at once.
    let told = if program.len() < PIPE_BUF { program } else { b"" };
    [&[fate], told].concat()
}

/// What a copy does until it has an order.
fn wait_for_order(
    socket: &File,
    mut baton: &File,
    rehearse: impl Fn(),
) -> Option<(Order, Vec<OwnedFd>)> {
    if !is_awaited(socket) {
        rehearse();
    }
    let order = receive(socket);
    // If the zygote is gone, there will be no further copy.
    let _ = baton.write_all(&word(order.as_ref().map(|(order, _)| order)));
    order
}

/// Whether there is something to read already.
fn is_awaited(socket: &File) -> bool {
    let flags = MsgFlags::MSG_PEEK | MsgFlags::MSG_DONTWAIT;
    recv(socket.as_raw_fd(), &mut [0], flags).is_ok()
}

/// Answers the next order that there is no copy for it.
fn refuse(socket: &File, errno: Errno) -> Option<()> {
    let (_, descriptors) = receive(socket)?;
    newborn::answer_unborn(descriptors.first()?, errno);
    Some(())
}
