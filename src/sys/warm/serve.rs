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
    os::fd::{AsRawFd, OwnedFd},
};

use nix::sys::{
    signal::SigSet,
    socket::{MsgFlags, recv},
};

use super::{
    super::{errno::Errno, fd, image::Layout},
    VARIABLE,
    birth::clone_as_sibling,
    crowd::{self, Passed},
    newborn,
    order::{Order, receive},
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
    /// It has an order.
    Taken,
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

/// The socket that this process was given to be a zygote; `None` if it is to be none.
pub(crate) fn socket_of_zygote() -> Option<OwnedFd> {
    let number = env::var(VARIABLE).ok()?.parse().ok()?;
    if !fd::borrow(number).is_ok_and(fd::is_unix_stream) {
        return None;
    }
    fd::adopt(number).ok()
}

/// Serves until a copy is born, and in the copy returns. The process must have one thread only.
///
/// `rehearse` is what a copy does while it has no order: whatever touches the memory that it will
/// need, and leaves nothing behind.
pub(crate) fn serve(socket: OwnedFd, rehearse: impl Fn()) -> Served {
    // In a copy, the number is closed with all others that the copy is not given.
    let socket = ManuallyDrop::new(File::from(socket));
    end_with_parent();
    // What is meant for the whole group of processes is not meant for this one.
    let _ = SigSet::all().thread_block();
    let Some(layout) = Layout::of_this_process() else { return Served::Ended };
    let mut stillborn = 0;
    while stillborn < MAX_STILLBORN {
        match keep_ready(&socket, &rehearse) {
            Fate::Dead => stillborn += 1,
            Fate::Taken => stillborn = 0,
            Fate::Crowd => match crowd::serve(&socket, layout, |pid| report(&socket, pid)) {
                Passed::Calm => stillborn = 0,
                Passed::Born(args) => return Served::Born(args),
                Passed::Ended => return Served::Ended,
            },
            Fate::Born(order, descriptors) => {
                return Served::Born(newborn::settle(order, descriptors, layout));
            }
            Fate::Ended => return Served::Ended,
        }
    }
    Served::Ended
}

/// Makes a copy that waits, and waits until it does so no longer.
fn keep_ready(socket: &File, rehearse: impl Fn()) -> Fate {
    let Ok((baton, others_baton)) = fd::pipe() else { return Fate::Ended };
    match clone_as_sibling() {
        Ok(None) => {
            drop(baton);
            let baton = ManuallyDrop::new(File::from(others_baton));
            wait_for_order(socket, &baton, rehearse)
                .map_or(Fate::Ended, |(order, descriptors)| Fate::Born(order, descriptors))
        }
        Ok(Some(pid)) => {
            drop(others_baton);
            report(socket, pid);
            fate(baton)
        }
        Err(errno) => refuse(socket, errno).map_or(Fate::Ended, |()| Fate::Taken),
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

fn fate(baton: OwnedFd) -> Fate {
    let mut byte = [0];
    match File::from(baton).read_exact(&mut byte).map(|()| byte[0]) {
        Ok(TAKEN) => Fate::Taken,
        Ok(CROWD) => Fate::Crowd,
        Ok(_) => Fate::Ended,
        Err(_) => Fate::Dead,
    }
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
    let fate = match &order {
        Some((Order { in_crowd: true, .. }, _)) => CROWD,
        Some(_) => TAKEN,
        None => UNNEEDED,
    };
    // If the zygote is gone, there will be no further copy.
    let _ = baton.write_all(&[fate]);
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
