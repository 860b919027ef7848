//! Orders that come one upon the other: each has a copy made for it.
//!
//! A copy that waits is the quickest to become a child. But it is a process more to be woken, and who asked waits until it
//! has become what was asked for. Where children are started by the dozen all processors are busy, and that is what counts: the
//! zygote takes the orders itself, sees to it that nothing can fail, and answers as soon as the copy exists.

use std::{
    ffi::CString,
    fs::File,
    os::fd::{AsFd, OwnedFd},
    time::Duration,
};

use nix::unistd::{chdir, fchdir};

use super::{
    super::{
        errno::Errno,
        image::{Image, Layout},
        limits,
        poll::{self, Interest},
    },
    birth::clone_as_sibling,
    newborn,
    order::{Order, receive},
    readiness::{Nursery, Readiness},
};

/// How long after the last order a crowd has passed.
const CALM: Duration = Duration::from_millis(5);

/// How a crowd ended for this process.
pub(super) enum Passed {
    /// No order came for a while.
    Calm,
    /// This is a copy that has become what was asked for, with these arguments.
    Born(Vec<CString>),
    /// There will be no further order.
    Ended,
}

/// Serves until the crowd has passed. `report` tells the parent of a copy that it has one more child.
pub(super) fn serve(
    socket: &File,
    layout: Layout,
    readiness: &mut Readiness<'_, impl Nursery>,
    report: impl Fn(i32),
) -> Passed {
    // Whoever said that there is a crowd is of it.
    readiness.starts();
    loop {
        match poll::wait_for(socket.as_fd(), Interest::READABLE, Some(CALM)) {
            Ok(true) => {}
            Ok(false) => {
                readiness.calm();
                return Passed::Calm;
            }
            Err(_) => return Passed::Ended,
        }
        let Some((order, descriptors)) = receive(socket) else { return Passed::Ended };
        readiness.expect(order.program.as_ref(), || true);
        readiness.starts();
        let outcome = if is_certain(&order, &descriptors) {
            bear_promised(order, descriptors, layout, &report)
        } else {
            bear(order, descriptors, layout, &report)
        };
        if let Some(args) = outcome {
            return Passed::Born(args);
        }
    }
}

/// Makes a copy, which answers when it has become what was asked for. In the copy, its arguments.
fn bear(
    order: Order,
    descriptors: Vec<OwnedFd>,
    layout: Layout,
    report: impl Fn(i32),
) -> Option<Vec<CString>> {
    match clone_as_sibling() {
        Ok(None) => return Some(newborn::settle(order, descriptors, layout)),
        Ok(Some(pid)) => report(pid),
        Err(errno) => newborn::answer_unborn(&descriptors[0], errno),
    }
    None
}

/// As [`bear`], and answers at once.
fn bear_promised(
    order: Order,
    descriptors: Vec<OwnedFd>,
    layout: Layout,
    report: impl Fn(i32),
) -> Option<Vec<CString>> {
    let image = Image::new(&order.args, &order.env);
    let ready = enter(&order, &descriptors[1]).and_then(|()| image.show(layout));
    match ready.and_then(|()| clone_as_sibling()) {
        Ok(None) => return Some(newborn::keep_promise(order, descriptors, image)),
        Ok(Some(pid)) => {
            report(pid);
            newborn::answer_born(&descriptors[0], pid);
        }
        Err(errno) => newborn::answer_unborn(&descriptors[0], errno),
    }
    // The zygote is itself again: what it shows is gone in a moment, and it holds no folder. Neither fails, as it has been so before.
    let _ = layout.show();
    let _ = chdir(c"/");
    None
}

/// Goes where the copy is to be.
fn enter(order: &Order, folder: &OwnedFd) -> Result<(), Errno> {
    fchdir(folder)?;
    order.cwd.as_deref().map_or(Ok(()), chdir)?;
    Ok(())
}

/// Whether nothing can fail in a copy but what is done before it is made, and whoever asked could see no difference.
fn is_certain(order: &Order, descriptors: &[OwnedFd]) -> bool {
    // Each number may have to be moved out of another's way.
    let numbers = descriptors.len() + 2 * order.stdio.len().max(3);
    let has_streams = order.stdio.len() >= 3 && order.stdio[..3].iter().all(|passed| *passed);
    has_streams && !order.detached && (numbers as u64) < limits::open_files()
}
