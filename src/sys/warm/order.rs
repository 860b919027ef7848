//! What a zygote is asked for, as bytes. The descriptors travel beside them.

use std::{
    ffi::{CStr, CString},
    fs::File,
    io::{IoSliceMut, Read},
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    slice,
};

use nix::{
    cmsg_space,
    errno::Errno as Error,
    sys::socket::{ControlMessageOwned, MsgFlags, recvmsg},
};

use super::{
    super::spawn::{ChildFd, SpawnRequest},
    MAX_DESCRIPTORS,
};

/// The length of the whole, before everything else (bytes).
const HEADER: usize = 4;

/// How much is read at once (bytes). Most orders are smaller.
const READ_SIZE: usize = 16 * 1024;

/// A request that has arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) args: Vec<CString>,
    pub(super) env: Vec<CString>,
    pub(super) cwd: Option<CString>,
    /// For each descriptor from 0 on, whether one was passed for it.
    pub(super) stdio: Vec<bool>,
    pub(super) detached: bool,
    /// More orders will come at once.
    pub(super) in_crowd: bool,
    /// The file that the child's program begins with, if that can be told.
    pub(super) program: Option<CString>,
}

/// A request with its header, whether more will come at once, and the file that its program begins with.
///
/// `None` if a copy cannot fulfil it: a program that `execve` starts as another user is another one in more than its ids (what
/// may look into it, what it may do).
pub(super) fn encode(
    request: &SpawnRequest<'_>,
    in_crowd: bool,
    program: Option<&CString>,
) -> Option<Vec<u8>> {
    let SpawnRequest { file: _, args, env, cwd, stdio, detached, uid, gid, dies_with_parent } =
        request;
    if uid.is_some() || gid.is_some() || *dies_with_parent {
        return None;
    }
    let mut bytes = vec![0; HEADER];
    put_strings(&mut bytes, args);
    put_strings(&mut bytes, env);
    put_strings(&mut bytes, cwd.as_slice());
    put_strings(&mut bytes, program.map_or(&[], slice::from_ref));
    put_number(&mut bytes, stdio.len() as u32);
    bytes.extend(stdio.iter().map(|slot| u8::from(matches!(slot, ChildFd::From(_)))));
    bytes.extend([u8::from(*detached), u8::from(in_crowd)]);
    let length = (bytes.len() - HEADER) as u32;
    bytes[..HEADER].copy_from_slice(&length.to_ne_bytes());
    Some(bytes)
}

fn put_number(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend(number.to_ne_bytes());
}

fn put_strings(bytes: &mut Vec<u8>, strings: &[CString]) {
    put_number(bytes, strings.len() as u32);
    for string in strings {
        bytes.extend(string.as_bytes_with_nul());
    }
}

/// A request without its header; `None` if it is none.
fn decode(bytes: &[u8]) -> Option<Order> {
    let mut rest = bytes;
    let args = take_strings(&mut rest)?;
    let env = take_strings(&mut rest)?;
    let mut cwd = take_strings(&mut rest)?;
    let mut program = take_strings(&mut rest)?;
    let count = take_number(&mut rest)? as usize;
    let stdio = take(&mut rest, count)?.iter().map(|&passed| passed != 0).collect();
    let [detached, in_crowd] = take(&mut rest, 2)?.try_into().ok()?;
    let [detached, in_crowd]: [bool; 2] = [detached != 0, in_crowd != 0];
    rest.is_empty().then(|| Order {
        args,
        env,
        cwd: cwd.pop(),
        stdio,
        detached,
        in_crowd,
        program: program.pop(),
    })
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn take_number(rest: &mut &[u8]) -> Option<u32> {
    let bytes = take(rest, 4)?;
    bytes.try_into().ok().map(u32::from_ne_bytes)
}

fn take_strings(rest: &mut &[u8]) -> Option<Vec<CString>> {
    let count = take_number(rest)?;
    (0..count).map(|_| take_string(rest)).collect()
}

fn take_string(rest: &mut &[u8]) -> Option<CString> {
    let length = memchr::memchr(0, rest)?;
    let bytes = take(rest, length + 1)?;
    CString::from_vec_with_nul(bytes.to_vec()).ok()
}

/// What a zygote is told first of all: the file that the programs of its copies will begin with, as far as that is known.
pub(super) fn encode_expectation(program: Option<&CStr>) -> Vec<u8> {
    let program = program.map(CStr::to_bytes).unwrap_or_default();
    [&(program.len() as u32).to_ne_bytes(), program].concat()
}

/// What [`encode_expectation`] made; `None` if nothing is known, or nobody tells.
pub(super) fn receive_expectation(mut socket: &File) -> Option<CString> {
    let mut length = [0; 4];
    socket.read_exact(&mut length).ok()?;
    let mut program = Vec::new();
    socket.take(u32::from_ne_bytes(length).into()).read_to_end(&mut program).ok()?;
    CString::new(program).ok().filter(|program| !program.is_empty())
}

/// The next order and its descriptors, of which there is at least one; `None` at the end, or if
/// what comes is no order.
pub(super) fn receive(socket: &File) -> Option<(Order, Vec<OwnedFd>)> {
    let mut bytes = vec![0; READ_SIZE];
    let (count, descriptors) = receive_descriptors(socket, &mut bytes)?;
    bytes.truncate(count);
    let mut rest = bytes.get(..HEADER)?;
    let length = HEADER + take_number(&mut rest)? as usize;
    if let Some(missing) = length.checked_sub(count) {
        socket.take(missing as u64).read_to_end(&mut bytes).ok()?;
    }
    let order = decode(bytes.get(HEADER..length)?)?;
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

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    fn strings(texts: &[&str]) -> Vec<CString> {
        texts.iter().map(|text| CString::new(*text).unwrap()).collect()
    }

    fn request<'fd>(cwd: Option<&str>, stdio: Vec<ChildFd<'fd>>) -> SpawnRequest<'fd> {
        SpawnRequest {
            file: c"/x".to_owned(),
            args: strings(&["zero", "", "two words", "ünï"]),
            env: strings(&["A=1", "B="]),
            cwd: cwd.map(|path| CString::new(path).unwrap()),
            stdio,
            detached: cwd.is_some(),
            uid: None,
            gid: None,
            dies_with_parent: false,
        }
    }

    #[test]
    fn what_is_asked_for_arrives() {
        let null = super::super::super::fd::null_device().unwrap();
        for cwd in [Some("/tmp"), None] {
            let stdio = vec![ChildFd::Ignored, ChildFd::From(null.as_fd()), ChildFd::Ignored];
            let request = request(cwd, stdio);
            let in_crowd = cwd.is_none();
            let program = cwd.map(|_| c"/a b.js".to_owned());
            let bytes = encode(&request, in_crowd, program.as_ref()).unwrap();
            let (header, body) = bytes.split_at(HEADER);
            assert_eq!(u32::from_ne_bytes(header.try_into().unwrap()) as usize, body.len());
            let expected = Order {
                args: request.args,
                env: request.env,
                cwd: request.cwd,
                stdio: vec![false, true, false],
                detached: request.detached,
                in_crowd,
                program,
            };
            assert_eq!(decode(body), Some(expected));
            for length in 0..body.len() {
                assert_eq!(decode(&body[..length]), None, "cut at {length}");
            }
            assert_eq!(decode(&[body, b"x"].concat()), None, "something follows");
        }
    }

    #[test]
    fn another_user_is_for_a_new_program() {
        let encoded = |request| encode(&request, false, None);
        assert!(encoded(request(None, vec![])).is_some());
        assert_eq!(encoded(SpawnRequest { uid: Some(1), ..request(None, vec![]) }), None);
        assert_eq!(encoded(SpawnRequest { gid: Some(1), ..request(None, vec![]) }), None);
    }
}
