//! What a newborn copy of a zygote does before it is a child like any other.

use std::{
    ffi::CString,
    fs::File,
    io::Write,
    os::fd::{IntoRawFd, OwnedFd, RawFd},
    process, ptr,
};

use nix::sys::signal::SigSet;

use super::{
    super::{
        errno::Errno,
        image::{self, Layout},
        spawn::{Preparation, duplicate_from},
        startup,
    },
    order::Order,
};

/// The answer of a newborn that is what was asked for, or of one that could not be.
fn encode_answer(errno: i32, pid: i32) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&errno.to_ne_bytes());
    bytes[4..].copy_from_slice(&pid.to_ne_bytes());
    bytes
}

/// An error number, 0 for none, and the process id of the newborn, 0 where none was born.
pub(super) fn decode_answer(bytes: [u8; 8]) -> (i32, i32) {
    let [errno, pid] = [&bytes[..4], &bytes[4..]]
        .map(|half| i32::from_ne_bytes(half.try_into().expect("half of eight bytes")));
    (errno, pid)
}

/// Tells whoever asked that no child was born.
pub(super) fn answer_unborn(answer: &OwnedFd, errno: Errno) {
    let Ok(copy) = answer.try_clone() else { return };
    // Who does not read it any more has given up.
    let _ = File::from(copy).write_all(&encode_answer(errno.0, 0));
}

/// Becomes what was asked for, and says so; returns the arguments. Ends the process if it cannot,
/// or if nobody waits for it any more.
///
/// `descriptors` are those that came with the order: the answer's, the working directory, and one
/// for each slot of the order that has one. The number of every other descriptor is forgotten: it
/// is closed here.
pub(super) fn settle(order: Order, descriptors: Vec<OwnedFd>, layout: Layout) -> Vec<CString> {
    let numbers: Vec<RawFd> = descriptors.into_iter().map(IntoRawFd::into_raw_fd).collect();
    let answer = numbers.first().copied().unwrap_or(-1);
    let count = (order.stdio.len() as RawFd).max(3);
    // Out of the way of the standard streams.
    let answer = duplicate_from(answer, count).unwrap_or(answer);
    let args = order.args.clone();
    let empty: Vec<RawFd> =
        (0..).zip(&order.stdio).filter(|slot| !slot.1).map(|slot| slot.0).collect();
    let outcome = prepare(order, &numbers, layout);
    let errno = outcome.err().map_or(0, |errno| errno.0);
    if errno == 0 {
        // Those of the standard streams are the null device by now.
        for number in empty.into_iter().filter(|number| *number > 2) {
            close_range(number, number);
        }
        close_all_but(count, answer);
        if startup::prepare_descriptors().is_err() {
            process::exit(1);
        }
    }
    let bytes = encode_answer(errno, process::id().cast_signed());
    // The number is ours alone: it was made above.
    let told = super::super::fd::adopt(answer).map(|fd| File::from(fd).write_all(&bytes));
    match told {
        Ok(Ok(())) if errno == 0 => args,
        _ => process::exit(1),
    }
}

fn prepare(order: Order, numbers: &[RawFd], layout: Layout) -> Result<(), Errno> {
    let Order { args, env, cwd, stdio, detached } = order;
    let mut passed = numbers.iter().copied().skip(2).peekable();
    let stdio = stdio.iter().map(|is_passed| passed.next_if(|_| *is_passed)).collect();
    image::replace(layout, &args, &env)?;
    forget_signals();
    let folder = numbers.get(1).copied();
    Preparation { folder, cwd, stdio, detached, uid: None, gid: None }.carry_out()
}

/// Drops the signals that came while this process waited: they were meant for a whole group of
/// processes, before this child was one of it.
fn forget_signals() {
    let all = SigSet::all();
    let no_time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call reads a set and a time, and writes nothing where it is given no place.
    while unsafe { libc::sigtimedwait(all.as_ref(), ptr::null_mut(), &raw const no_time) } > 0 {}
}

/// Closes every descriptor from `least` on, save one.
fn close_all_but(least: RawFd, kept: RawFd) {
    if kept > least {
        close_range(least, kept - 1);
    }
    close_range(kept + 1, RawFd::MAX);
}

fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: nothing in this process owns these numbers: what the zygote owned was forgotten.
    unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
}
