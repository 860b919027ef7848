//! The end of a socket: of its writing, of its handle.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    core::{self, Field},
    handle_of, handles, is_connecting, leave, receiver,
    streams::{self, call_method},
};
use crate::{
    bindings::events,
    engine::natives::{Method, arg, closure, define_value},
};

pub(super) const METHODS: &[Method] =
    &[("refuseWrites", 0, refuse_writes), ("_final", 1, finish_writing), ("_destroy", 2, destroy)];

/// The peer has ended and this side is not to stay half open: what is written now goes nowhere.
fn refuse_writes(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = receiver(this)?;
    if !core::get(&socket, Field::AllowHalfOpen, context)?.to_boolean() {
        let module = crate::engine::builtins::load_object("internal/net/socket", context)?;
        let refusing = module.get(js_string!("writeAfterEnd"), context)?;
        if (socket.is_ordinary() || super::states(&socket, |_| ()).is_some())
            && socket.borrow().properties().get(&js_string!("write").into()).is_none()
        {
            define_value(&socket, js_string!("write"), refusing, true);
        } else {
            socket.set(js_string!("write"), refusing, false, context)?;
        }
    }
    Ok(JsValue::undefined())
}

/// `_final(callback)`: ends the writing of the handle.
fn finish_writing(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = receiver(this)?;
    let callback = arg(args, 0);
    let native = handle_of(&socket, context)?.and_then(|(_, native)| native);
    if let (Some(native), Some(callback)) = (native, callback.as_callable())
        && !is_connecting(&socket, context)?
    {
        let status = native.shut_down(callback);
        if status != 0 {
            leave(js_string!("endedBefore"), &[status.into(), arg(args, 0)], context)?;
        }
        return Ok(JsValue::undefined());
    }
    leave(js_string!("finishElsewhere"), &[socket.into(), callback], context)
}

/// `_destroy(error, callback)`.
fn destroy(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = receiver(this)?;
    let (error, callback) = (arg(args, 0), arg(args, 1));
    let handle = handle_of(&socket, context)?;
    let mut is = |field| -> JsResult<bool> { Ok(core::get(&socket, field, context)?.to_boolean()) };
    let is_unusual = is(Field::CloseAfterHandlingError)? || is(Field::Parent)? || is(Field::Reset)?;
    let timeout = core::get(&socket, Field::Timeout, context)?;
    let native = handle.and_then(|(handle, native)| Some((handle, native?)));
    let Some((handle, native)) = native.filter(|_| !is_unusual && timeout.is_null()) else {
        return leave(js_string!("destroyElsewhere"), &[socket.into(), error, callback], context);
    };
    core::set(&socket, Field::Connecting, false, context)?;
    let (read, written) = native.counts();
    core::set(&socket, Field::BytesRead, read, context)?;
    core::set(&socket, Field::BytesWritten, written, context)?;
    let is_exception = error.to_boolean();
    if handles::is_closed_by_program(&handle) {
        let told = closure("", 0, (socket.clone(), is_exception), emit_close, context);
        call_method(&handle, js_string!("close"), &[told.into()], context)?;
    } else {
        let socket = socket.clone();
        let args = [is_exception.into()];
        let closed = move |context: &mut Context| {
            events::emit(&socket, js_string!("close"), &args, context).map(drop)
        };
        native.close_then(closed, context);
    }
    forget(&socket, &handle, context)?;
    if let Some(callback) = callback.as_callable() {
        callback.call(&JsValue::undefined(), &[error], context)?;
    }
    let Some(server) = core::get(&socket, Field::OwnServer, context)?.as_object() else {
        return Ok(JsValue::undefined());
    };
    let count = super::add_connections(&server, -1.0, context)?;
    if count <= 0.0 && server.get(js_string!("_emitCloseIfDrained"), context)?.is_callable() {
        call_method(&server, js_string!("_emitCloseIfDrained"), &[], context)?;
    }
    Ok(JsValue::undefined())
}

fn emit_close(
    _: &JsValue,
    _: &[JsValue],
    (socket, is_exception): &(JsObject, bool),
    context: &mut Context,
) -> JsResult<JsValue> {
    let args = [(*is_exception).into()];
    events::emit(socket, js_string!("close"), &args, context).map(JsValue::from)
}

fn forget(socket: &JsObject, handle: &JsObject, context: &mut Context) -> JsResult<()> {
    let nothing = streams::nop(context)?;
    handles::set_on_read(handle, nothing.into(), context)?;
    core::set(socket, Field::Handle, JsValue::null(), context)?;
    core::set(socket, Field::SockName, JsValue::null(), context)
}
