//! The zygote: waits for orders, and copies itself for each.

use std::{
    env,
    ffi::CString,
    fs::File,
    io::{IoSliceMut, Read},
    mem::ManuallyDrop,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
};

use nix::{
    cmsg_space,
    errno::Errno as Error,
    sys::{
        signal::SigSet,
        socket::{ControlMessageOwned, MsgFlags, recvmsg},
    },
};

use super::{
    super::{fd, image::Layout},
    MAX_DESCRIPTORS, VARIABLE,
    birth::clone_as_sibling,
    newborn,
    order::{self, HEADER, Order},
};

/// How much is read at once (bytes). Most orders are smaller.
const READ_SIZE: usize = 64 * 1024;

/// How the service of a zygote ended.
#[derive(Debug)]
pub(crate) enum Served {
    /// This is a newborn copy, with these arguments.
    Born(Vec<CString>),
    /// This is the zygote, and nobody needs it any more.
    Ended,
}

/// The socket that this process was given to be a zygote; `None` if it is to be none.
pub(crate) fn socket_of_zygote() -> Option<OwnedFd> {
    let number = env::var(VARIABLE).ok()?.parse().ok()?;
    if !fd::borrow(number).is_ok_and(fd::is_unix_stream) {
        return None;
    }
    fd::adopt(number).ok()
}

/// Serves until a copy is born, and in the copy returns. The process must have one thread only.
pub(crate) fn serve(socket: OwnedFd) -> Served {
    // In a copy, the number is closed with all others that the copy is not given.
    let socket = ManuallyDrop::new(File::from(socket));
    end_with_parent();
    // What is meant for the whole group of processes is not meant for this one.
    let _ = SigSet::all().thread_block();
    let Some(layout) = Layout::of_this_process() else { return Served::Ended };
    while let Some((order, descriptors)) = receive(&socket) {
        match clone_as_sibling() {
            Ok(None) => return Served::Born(newborn::settle(order, descriptors, layout)),
            Ok(Some(_)) => {}
            Err(errno) => newborn::answer_unborn(&descriptors[0], errno),
        }
    }
    Served::Ended
}

/// Lets the kernel end this process when its parent ends, however that does.
fn end_with_parent() {
    // It fails for no signal that exists; the end of the socket says the same.
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
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
