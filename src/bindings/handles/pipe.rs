//! `Pipe`: Unix sockets, and the ends of pipes.

use std::{
    ffi::OsStr,
    fs::Permissions,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::Path,
    rc::Rc,
};

use boa_engine::{Context, JsResult, JsValue};

use super::{Handle, Kind, accept, status_of, stream, writing};
use crate::{
    bindings::encoding::{self, Encoding},
    engine::{
        classes::ClassSpec,
        folder,
        natives::{Method, arg},
        permission,
    },
    event_loop::stream::StreamFd,
    sys::{errno::Errno, socket},
};

/// Flags of `fchmod`.
pub(super) const READABLE: i32 = 1;
pub(super) const WRITABLE: i32 = 2;

pub(super) const PIPE: ClassSpec =
    ClassSpec { methods: METHODS, ..ClassSpec::new("Pipe", 1, construct) };

const METHODS: &[Method] = &[
    ("bind", 1, bind),
    ("listen", 1, accept::listen),
    ("connect", 2, connect),
    ("open", 1, stream::open),
    ("fchmod", 1, change_mode),
];

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let kinds = [Kind::PipeSocket, Kind::PipeServer, Kind::PipeSocket];
    stream::construct(this, args, "Pipe", &kinds, context)
}

/// The bytes of a path as JavaScript has it.
fn path_of(value: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    let path = encoding::encode(&value.to_string(context)?, Encoding::Utf8);
    if path.first() == Some(&0) {
        return Ok(path);
    }
    let placed = folder::placed(Path::new(OsStr::from_bytes(&path)), context);
    Ok(placed.as_os_str().as_bytes().to_vec())
}

fn ensure_open(handle: &Rc<Handle>) -> Result<(), Errno> {
    if handle.stream().fd().is_none() {
        handle.open(StreamFd::Owned(socket::unix()?));
    }
    Ok(())
}

/// `bind(path)`.
fn bind(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let path = path_of(&arg(args, 0), context)?;
    permission::check_net(|| String::from_utf8_lossy(&path).into_owned(), context)?;
    let outcome = ensure_open(&handle).and_then(|()| {
        match socket::bind_unix(&*handle.stream().opened()?, &path) {
            // As libuv: a folder that is not there.
            Err(Errno::ENOENT) => Err(Errno::EACCES),
            outcome => outcome.inspect(|()| handle.remember_path(&path)),
        }
    });
    Ok(status_of(outcome).into())
}

/// `connect(request, path)`.
fn connect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (handle, object) = stream::receiver_object(this)?;
    let request = arg(args, 0).to_object(context)?;
    let path = path_of(&arg(args, 1), context)?;
    permission::check_net(|| String::from_utf8_lossy(&path).into_owned(), context)?;
    let told = [object.clone().into(), request.clone().into(), true.into(), true.into()];
    let done = writing::complete_request(request, told.to_vec());
    let work = || {
        ensure_open(&handle)?;
        let outcome = match socket::connect_unix(&*handle.stream().opened()?, &path) {
            Err(Errno::EINVAL) => return Err(Errno::EINVAL),
            outcome => outcome.map(drop),
        };
        handle.stream().wait_connected(outcome, "ConnectWrap", done)
    };
    Ok(status_of(work()).into())
}

/// `fchmod(flags)`: who else may connect to the socket's file.
fn change_mode(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = stream::receiver(this)?;
    let flags = arg(args, 0).to_i32(context)?;
    let outcome = handle.bound_path().ok_or(Errno::EBADF).and_then(|path| {
        let mut mode = 0;
        if flags & READABLE != 0 {
            mode |= 0o444;
        }
        if flags & WRITABLE != 0 {
            mode |= 0o222;
        }
        add_mode(&path, mode).map_err(|error| Errno::of(&error))
    });
    Ok(status_of(outcome).into())
}

fn add_mode(path: &Path, mode: u32) -> std::io::Result<()> {
    let present = std::fs::metadata(path)?.permissions().mode();
    if present & mode == mode {
        return Ok(());
    }
    std::fs::set_permissions(path, Permissions::from_mode(present | mode))
}
