//! The end of a socket: of its writing, of its handle.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    core::{self, Field},
    handle_of, handles, is_connecting, leave, of, receiver,
    streams::{self, call_method},
};
use crate::{
    bindings::events,
    engine::natives::{Method, arg, closure, define_value},
};

pub(super) const METHODS: &[Method] =
    &[("refuseWrites", 0, refuse_writes), ("_final", 1, finish_writing), ("_destroy", 2, destroy)];

/// Does what `_final` does to a usual socket that natives made, if it has ours; `told` takes the place of its
/// callback. False if it has to be called.
pub(crate) fn finish_natively(
    socket: &JsObject,
    method: &JsObject,
    told: impl FnOnce(&mut Context) -> JsResult<()> + 'static,
    context: &mut Context,
) -> JsResult<bool> {
    if !super::is_native(socket) || *method != of(context)?.finish {
        return Ok(false);
    }
    let native = handle_of(socket, context)?.and_then(|(_, native)| native);
    match native {
        Some(native) if !is_connecting(socket, context)? => Ok(native.shut_down_then(told)),
        _ => Ok(false),
    }
}

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
    let Some((handle, native)) = usual_handle(&socket, context)? else {
        return leave(js_string!("destroyElsewhere"), &[socket.into(), error, callback], context);
    };
    let told = |context: &mut Context| match callback.as_callable() {
        Some(callback) => {
            callback.call(&JsValue::undefined(), std::slice::from_ref(&error), context).map(drop)
        }
        None => Ok(()),
    };
    tear_down(&socket, (&handle, &native), error.to_boolean(), told, context)?;
    Ok(JsValue::undefined())
}

/// The handle of a socket that is destroyed as most are: one of ours, nothing else about it.
fn usual_handle(
    socket: &JsObject,
    context: &mut Context,
) -> JsResult<Option<(JsObject, Rc<handles::Handle>)>> {
    for field in [Field::CloseAfterHandlingError, Field::Parent, Field::Reset, Field::Timeout] {
        if core::get(socket, field, context)?.to_boolean() {
            return Ok(None);
        }
    }
    let handle = handle_of(socket, context)?;
    Ok(handle.and_then(|(handle, native)| Some((handle, native?))))
}

/// Does what `_destroy` does to a usual socket that natives made, if it has ours; `told` takes the place of its
/// callback. False if it has to be called.
pub(crate) fn destroy_natively(
    socket: &JsObject,
    is_exception: bool,
    told: impl FnOnce(&mut Context) -> JsResult<()>,
    context: &mut Context,
) -> JsResult<bool> {
    if !super::is_native(socket) {
        return Ok(false);
    }
    let method = socket.get(js_string!("_destroy"), context)?.as_object();
    if method.as_ref() != Some(&of(context)?.destroy) {
        return Ok(false);
    }
    let Some((handle, native)) = usual_handle(socket, context)? else { return Ok(false) };
    tear_down(socket, (&handle, &native), is_exception, told, context)?;
    Ok(true)
}

fn tear_down(
    socket: &JsObject,
    (handle, native): (&JsObject, &Rc<handles::Handle>),
    is_exception: bool,
    told: impl FnOnce(&mut Context) -> JsResult<()>,
    context: &mut Context,
) -> JsResult<()> {
    core::set(socket, Field::Connecting, false, context)?;
    let (read, written) = native.counts();
    core::set(socket, Field::BytesRead, read, context)?;
    core::set(socket, Field::BytesWritten, written, context)?;
    if handles::is_closed_by_program(handle) {
        let told = closure("", 0, (socket.clone(), is_exception), emit_close, context);
        call_method(handle, js_string!("close"), &[told.into()], context)?;
    } else {
        let socket = socket.clone();
        let args = [is_exception.into()];
        let closed = move |context: &mut Context| {
            events::emit(&socket, js_string!("close"), &args, context).map(drop)
        };
        native.close_then(closed, context);
    }
    forget(socket, handle, context)?;
    told(context)?;
    let Some(server) = core::get(socket, Field::OwnServer, context)?.as_object() else {
        return Ok(());
    };
    let count = super::add_connections(&server, -1.0, context)?;
    if count <= 0.0 && server.get(js_string!("_emitCloseIfDrained"), context)?.is_callable() {
        call_method(&server, js_string!("_emitCloseIfDrained"), &[], context)?;
    }
    Ok(())
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
