//! Data in and out of a socket.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    core::{self, Core, Field},
    handle_of, handles, is_connecting, leave, of, receiver,
    streams::{self, Source, call_method},
    touch,
    usual::{self, Known},
};
use crate::{
    engine::{
        errors::{Code, coded, value_of},
        natives::{Method, arg},
        state,
    },
    sys::errno::Errno,
};

pub(super) const METHODS: &[Method] = &[
    ("onRead", 2, on_read_method),
    ("read", 1, |this, args, context| {
        start_for_program(this, true, context)?;
        streams::read_method(this, args, context)
    }),
    ("pause", 0, |this, args, context| {
        start_for_program(this, false, context)?;
        streams::pause_method(this, args, context)
    }),
    ("resume", 0, |this, args, context| {
        start_for_program(this, true, context)?;
        streams::resume_method(this, args, context)
    }),
    ("_read", 1, read_more_method),
    ("startWanted", 1, start_wanted),
    ("_write", 3, |this, args, context| {
        let socket = receiver(this)?;
        write(&socket, false, &arg(args, 0), &arg(args, 1), &arg(args, 2), context)
    }),
    ("_writev", 2, |this, args, context| {
        let socket = receiver(this)?;
        write(&socket, true, &arg(args, 0), &js_string!("").into(), &arg(args, 1), context)
    }),
    ("_writeGeneric", 4, |this, args, context| {
        let socket = receiver(this)?;
        let is_many = arg(args, 0).to_boolean();
        write(&socket, is_many, &arg(args, 1), &arg(args, 2), &arg(args, 3), context)
    }),
];

/// What a handle calls when it has read, or cannot: `onread(status, buffer)`, the handle as `this`.
fn on_read_method(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = receiver(this)?;
    on_read(&handle, arg(args, 0).to_i32(context)?, arg(args, 1), context)?;
    Ok(JsValue::undefined())
}

/// Whether a function is the `onread` of sockets.
pub(crate) fn is_on_read(function: &JsObject, context: &mut Context) -> bool {
    of(context).is_ok_and(|sockets| JsObject::equals(&sockets.on_read, function))
}

/// A handle has read, or cannot.
pub(crate) fn on_read(
    handle: &JsObject,
    status: i32,
    buffer: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let owner = handles::owner(handle, context)?;
    let Some(socket) = owner.as_object() else { return Ok(()) };
    touch(&socket, context)?;
    if status > 0 && !buffer.is_undefined() {
        if streams::is_destroyed(&socket, context)? {
            return Ok(());
        }
        let source = source_of(&socket, handle, context)?;
        if !streams::push(&socket, buffer, source, context)? {
            stop(&socket, handle, context)?;
        }
    } else if status == handles::status(Errno::EOF) {
        if !streams::has_ended(&socket, context)? {
            streams::push(&socket, JsValue::null(), Source::Unknown, context)?;
            streams::read_nothing(&socket, context)?;
        }
    } else {
        let args = [socket.into(), handle.clone().into(), status.into()];
        leave(js_string!("onUnusualRead"), &args, context)?;
    }
    Ok(())
}

/// A handle that reads goes on, unless a program has put its own methods in the place of ours, or
/// wants to hear of every tick.
fn source_of(socket: &JsObject, handle: &JsObject, context: &mut Context) -> JsResult<Source> {
    let goes_on = handles::is_noted_reading(handle, context)?
        && usual::is_usual(socket, Known::Read, context)
        && usual::is_usual(socket, Known::ReadMore, context)
        && !state::of(context).async_ids.is_watched();
    Ok(if goes_on { Source::GoesOn } else { Source::Unknown })
}

fn stop(socket: &JsObject, handle: &JsObject, context: &mut Context) -> JsResult<()> {
    let args = [socket.clone().into(), handle.clone().into()];
    leave(js_string!("stopReading"), &args, context).map(drop)
}

/// With a buffer of the program's, the handle reads when the program does.
fn start_for_program(this: &JsValue, on: bool, context: &mut Context) -> JsResult<()> {
    let socket = receiver(this)?;
    if !core::get(&socket, Field::Buffer, context)?.to_boolean() || is_connecting(&socket, context)?
    {
        return Ok(());
    }
    let Some((handle, _)) = handle_of(&socket, context)? else { return Ok(()) };
    let is_reading = handles::is_noted_reading(&handle, context)?;
    match (on, is_reading) {
        (true, false) => start(&socket, &handle, context),
        (false, true) => stop(&socket, &handle, context),
        _ => Ok(()),
    }
}

/// `_read(size)`.
fn read_more_method(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read_more(&receiver(this)?, context)?;
    Ok(JsValue::undefined())
}

/// Reads what comes, now or as soon as there is a connection.
pub(crate) fn read_more(socket: &JsObject, context: &mut Context) -> JsResult<()> {
    let handle = handle_of(socket, context)?;
    let is_connecting = is_connecting(socket, context)?;
    let Some((handle, _)) = handle.filter(|_| !is_connecting) else {
        if is_connecting && core::with(socket, Core::want_to_read).is_some() {
            return Ok(());
        }
        return leave(js_string!("readWhenConnected"), &[socket.clone().into()], context).map(drop);
    };
    if !handles::is_noted_reading(&handle, context)? {
        start(socket, &handle, context)?;
    }
    Ok(())
}

/// As `read` of a socket does before it reads as other streams do.
pub(crate) fn before_read(socket: &JsObject, context: &mut Context) -> JsResult<()> {
    start_for_program(&socket.clone().into(), true, context)
}

/// `_write(chunk, encoding, callback)`.
pub(crate) fn sink(
    socket: &JsObject,
    (chunk, encoding): (&JsValue, &JsValue),
    callback: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    write(socket, false, chunk, encoding, callback, context).map(drop)
}

/// `startWanted(socket)`: after the connection, reading that was asked for before it.
fn start_wanted(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(socket) = arg(args, 0).as_object() {
        start_if_wanted(&socket, context)?;
    }
    Ok(JsValue::undefined())
}

/// After the connection: begins the reading that was asked for before it.
pub(super) fn start_if_wanted(socket: &JsObject, context: &mut Context) -> JsResult<()> {
    if super::core::with(socket, Core::wanted_to_read) == Some(true) {
        let mark = JsValue::undefined();
        streams::call_method(socket, js_string!("_read"), &[mark], context)?;
    }
    Ok(())
}

fn start(socket: &JsObject, handle: &JsObject, context: &mut Context) -> JsResult<()> {
    handles::note_reading(handle, true, context)?;
    let status = call_method(handle, js_string!("readStart"), &[], context)?;
    if status.to_boolean() {
        leave(js_string!("failReading"), &[socket.clone().into(), status], context)?;
    }
    Ok(())
}

/// Whether data that comes in on a socket that natives made goes to listeners at once.
pub(crate) fn flows(socket: &JsObject) -> bool {
    super::states(socket, streams::SocketStates::flows).unwrap_or(false)
}

/// Whether a socket is a usual one that natives made, on which [`write_at_once`] would write.
pub(crate) fn takes_at_once(socket: &JsObject, context: &mut Context) -> bool {
    super::states(socket, streams::SocketStates::takes_at_once).unwrap_or(false)
        && core::with(socket, Core::is_plain).unwrap_or(false)
        && usual::is_usual(socket, Known::Write, context)
        && usual::is_usual(socket, Known::Sink, context)
        && !state::of(context).async_ids.is_watched()
}

/// Writes as much as the system takes now: how many bytes. `None`, and nothing was written, where the
/// write has to go its usual way. Only for a socket that [`takes_at_once`].
pub(crate) fn write_at_once(
    socket: &JsObject,
    bytes: &[u8],
    context: &mut Context,
) -> JsResult<Option<usize>> {
    let native = handle_of(socket, context)?.and_then(|(_, native)| native);
    let Some(native) = native else { return Ok(None) };
    let written = native.write_at_once(bytes);
    if written.is_some() {
        touch(socket, context)?;
    }
    Ok(written)
}

/// Writes now, or as soon as there is a connection.
fn write(
    socket: &JsObject,
    is_many: bool,
    data: &JsValue,
    encoding: &JsValue,
    callback: &JsValue,
    context: &mut Context,
) -> JsResult<JsValue> {
    let all = || {
        [socket.clone().into(), is_many.into(), data.clone(), encoding.clone(), callback.clone()]
    };
    if is_connecting(socket, context)? {
        return leave(js_string!("writeWhenConnected"), &all(), context);
    }
    if !core::get(socket, Field::PendingData, context)?.is_null() {
        core::set(socket, Field::PendingData, JsValue::null(), context)?;
        core::set(socket, Field::PendingEncoding, js_string!(""), context)?;
    }
    let Some(callback) = callback.as_callable() else { return Ok(JsValue::undefined()) };
    let tell = |args: &[JsValue], context: &mut Context| {
        callback.call(&JsValue::undefined(), args, context)
    };
    let Some((handle, native)) = handle_of(socket, context)? else {
        let error = coded(context, Code::ERR_SOCKET_CLOSED, "Socket is closed");
        let error = value_of(error, context);
        tell(&[error], context)?;
        return Ok(false.into());
    };
    let Some(native) = native else {
        return leave(js_string!("writeElsewhere"), &all(), context);
    };
    touch(socket, context)?;
    let done = (socket.clone(), callback.clone());
    let status = if is_many {
        native.write_entries(data, done, context)?
    } else {
        native.write_chunk(data, encoding, done, context)?
    };
    match status {
        0 => drop(tell(&[], context)?),
        ..0 => {
            leave(js_string!("failWriting"), &[status.into(), callback.into()], context)?;
        }
        1.. => {
            let size = handle.get(js_string!("writeQueueSize"), context)?;
            core::set(socket, Field::QueueSize, size, context)?;
        }
    }
    Ok(JsValue::undefined())
}

/// A write that had to wait has ended.
pub(crate) fn written(
    socket: &JsObject,
    callback: &JsObject,
    status: i32,
    context: &mut Context,
) -> JsResult<()> {
    if status < 0 && !streams::is_destroyed(socket, context)? {
        let args = [status.into(), callback.clone().into()];
        return leave(js_string!("failWriting"), &args, context).map(drop);
    }
    if status == 0 && !streams::is_destroyed(socket, context)? {
        touch(socket, context)?;
        core::set(socket, Field::QueueSize, 0, context)?;
    }
    callback.call(&JsValue::undefined(), &[JsValue::null()], context).map(drop)
}
