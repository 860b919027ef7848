//! The zygote, and the copy of it that waits for the next order.
//!
//! The copy is made before it is asked for: when the order comes, copying memory and the first touch
//! of pages are over. It takes the order off the socket itself, says so through a pipe of its own
//! (the *baton*), and the zygote makes the next one meanwhile.

use std::{
    env,
    ffi::CString,
    fs::File,
    io::{IoSliceMut, Read, Write},
    mem::ManuallyDrop,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
};

use nix::{
    cmsg_space,
    errno::Errno as Error,
    sys::{
        signal::SigSet,
        socket::{ControlMessageOwned, MsgFlags, recv, recvmsg},
    },
};

use super::{
    super::{errno::Errno, fd, image::Layout},
    MAX_DESCRIPTORS, VARIABLE,
    birth::clone_as_sibling,
    newborn,
    order::{self, HEADER, Order},
};

/// How much is read at once (bytes). Most orders are smaller.
const READ_SIZE: usize = 16 * 1024;

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

/// What became of a copy that waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It has an order.
    Taken,
    /// There will be no order.
    Unneeded,
    /// It died.
    Dead,
}

/// What a copy writes to its baton.
const TAKEN: u8 = b'T';
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
pub(crate) fn serve(socket: OwnedFd, rehearse: impl FnOnce()) -> Served {
    // In a copy, the number is closed with all others that the copy is not given.
    let socket = ManuallyDrop::new(File::from(socket));
    end_with_parent();
    // What is meant for the whole group of processes is not meant for this one.
    let _ = SigSet::all().thread_block();
    let Some(layout) = Layout::of_this_process() else { return Served::Ended };
    let mut stillborn = 0;
    while stillborn < MAX_STILLBORN {
        let Ok((baton, others_baton)) = fd::pipe() else { return Served::Ended };
        match clone_as_sibling() {
            Ok(None) => {
                drop(baton);
                let baton = ManuallyDrop::new(File::from(others_baton));
                return wait_for_order(&socket, &baton, rehearse).map_or(
                    Served::Ended,
                    |(order, descriptors)| {
                        Served::Born(newborn::settle(order, descriptors, layout))
                    },
                );
            }
            Ok(Some(pid)) => {
                drop(others_baton);
                report(&socket, pid);
                match fate(baton) {
                    Fate::Taken => stillborn = 0,
                    Fate::Dead => stillborn += 1,
                    Fate::Unneeded => return Served::Ended,
                }
            }
            Err(errno) => {
                if refuse(&socket, errno).is_none() {
                    return Served::Ended;
                }
            }
        }
    }
    Served::Ended
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
        Ok(_) => Fate::Unneeded,
        Err(_) => Fate::Dead,
    }
}

/// What a copy does until it has an order.
fn wait_for_order(
    socket: &File,
    mut baton: &File,
    rehearse: impl FnOnce(),
) -> Option<(Order, Vec<OwnedFd>)> {
    if !is_awaited(socket) {
        rehearse();
    }
    let order = receive(socket);
    let fate = if order.is_some() { TAKEN } else { UNNEEDED };
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

/// The next order and its descriptors, of which there is at least one; `None` at the end, or if
/// what comes is no order.
fn receive(socket: &File) -> Option<(Order, Vec<OwnedFd>)> {
    let mut bytes = vec![0; READ_SIZE];
    let (count, descriptors) = receive_descriptors(socket, &mut bytes)?;
    bytes.truncate(count);
    let mut rest = bytes.get(..HEADER)?;
    let length = HEADER + order::take_number(&mut rest)? as usize;
    if let Some(missing) = length.checked_sub(count) {
        socket.take(missing as u64).read_to_end(&mut bytes).ok()?;
    }
    let order = order::decode(bytes.get(HEADER..length)?)?;
    let needed = 2 + order.stdio.iter().filter(|is_passed| **is_passed).count();
    (descriptors.len() == needed).then_some((order, descriptors))
}

fn receive_descriptors(socket: &File, bytes: &mut [u8]) -> Option<(usize, Vec<OwnedFd>)> {
    let mut control = cmsg_space!([i32; MAX_DESCRIPTORS]);
    let mut slice = [IoSliceMut::new(bytes)];
    let message = loop {
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        match recvmsg::<()>(socket.as_raw_fd(), &mut slice, Some(&mut control), flags) {
            Err(Error::EINTR) => {}
            outcome => break outcome.ok()?,
        }
    };
    let mut descriptors = Vec::new();
    for part in message.cmsgs().ok()? {
        if let ControlMessageOwned::ScmRights(numbers) = part {
            // SAFETY: the kernel has made these descriptors for this process in this very call.
            let owned = |number| unsafe { OwnedFd::from_raw_fd(number) };
            descriptors.extend(numbers.into_iter().map(owned));
        }
    }
    Some((message.bytes, descriptors))
}
