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
        fd,
        image::{Image, Layout},
        io,
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
    write_answer(answer, encode_answer(errno.0, 0));
}

/// Tells whoever asked that this child is born, and will be what was asked for.
pub(super) fn answer_born(answer: &OwnedFd, pid: i32) {
    write_answer(answer, encode_answer(0, pid));
}

fn write_answer(answer: &OwnedFd, bytes: [u8; 8]) {
    // Who does not read it any more has given up, or has been told.
    let _ = io::write(answer, &bytes);
}

/// Becomes what was asked for, and says so; returns the arguments. Ends the process if it cannot,
/// or if nobody waits for it any more.
///
/// `descriptors` are those that came with the order: the answer's, the working directory, and one
/// for each slot of the order that has one. The number of every other descriptor is forgotten: it
/// is closed here.
pub(super) fn settle(order: Order, descriptors: Vec<OwnedFd>, layout: Layout) -> Vec<CString> {
    let numbers = forget(descriptors);
    // Out of the way of those that the child gets.
    let answer = duplicate_from(numbers[0], least_free(&order)).unwrap_or(numbers[0]);
    let errno = prepare(&order, &numbers, layout).err().map_or(0, |errno| errno.0);
    if errno == 0 {
        close_others(&order, Some(answer));
    }
    let bytes = encode_answer(errno, own_id());
    // The number is ours alone: it was made above.
    let told = fd::adopt(answer).map(|fd| File::from(fd).write_all(&bytes));
    match told {
        Ok(Ok(())) if errno == 0 => order.args,
        _ => process::exit(1),
    }
}

/// As [`settle`], where the zygote has promised it: this process is in its working directory and shows `image`, and nothing
/// else can fail.
pub(super) fn keep_promise(order: Order, descriptors: Vec<OwnedFd>, image: Image) -> Vec<CString> {
    // The zygote does too, unless it is ended over it.
    answer_born(&descriptors[0], own_id());
    let numbers = forget(descriptors);
    image.keep();
    let stdio = slots(&order, &numbers);
    let mut preparation =
        Preparation { folder: None, cwd: None, stdio, detached: false, uid: None, gid: None };
    if preparation.carry_out().is_err() {
        process::exit(1);
    }
    close_others(&order, None);
    order.args
}

fn own_id() -> i32 {
    process::id().cast_signed()
}

/// The numbers of the descriptors, which nobody owns from now on.
fn forget(descriptors: Vec<OwnedFd>) -> Vec<RawFd> {
    descriptors.into_iter().map(IntoRawFd::into_raw_fd).collect()
}

/// The least number that is none of the child's.
fn least_free(order: &Order) -> RawFd {
    (order.stdio.len() as RawFd).max(3)
}

/// Which descriptor is at hand for each of the child's.
fn slots(order: &Order, numbers: &[RawFd]) -> Vec<Option<RawFd>> {
    let mut passed = numbers.iter().copied().skip(2).peekable();
    order.stdio.iter().map(|is_passed| passed.next_if(|_| *is_passed)).collect()
}

fn prepare(order: &Order, numbers: &[RawFd], layout: Layout) -> Result<(), Errno> {
    let image = Image::new(&order.args, &order.env);
    image.show(layout)?;
    image.keep();
    forget_signals();
    Preparation {
        folder: Some(numbers[1]),
        cwd: order.cwd.clone(),
        stdio: slots(order, numbers),
        detached: order.detached,
        uid: None,
        gid: None,
    }
    .carry_out()
}

/// Closes every descriptor that is not the child's, save one. Ends the process if a standard stream that it was not given cannot be the
/// null device.
fn close_others(order: &Order, kept: Option<RawFd>) {
    // Those of the standard streams are the null device by now.
    let empty = (0..).zip(&order.stdio).skip(3).filter(|slot| !slot.1);
    for (number, _) in empty {
        close_range(number, number);
    }
    let least = least_free(order);
    close_range(least, kept.map_or(RawFd::MAX, |kept| kept - 1));
    if let Some(kept) = kept {
        close_range(kept + 1, RawFd::MAX);
    }
    if startup::prepare_descriptors().is_err() {
        process::exit(1);
    }
}

/// Drops the signals that came while this process waited: they were meant for a whole group of
/// processes, before this child was one of it.
fn forget_signals() {
    let all = SigSet::all();
    let no_time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call reads a set and a time, and writes nothing where it is given no place.
    while unsafe { libc::sigtimedwait(all.as_ref(), ptr::null_mut(), &raw const no_time) } > 0 {}
}

/// Closes these numbers, if there are any among them.
fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: nothing in this process owns these numbers: what the zygote owned was forgotten.
    unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
}
