//! `handle.send` and `handle.send6`: sending as Node's own JavaScript does it.

use boa_engine::{Context, JsNativeError, JsResult, JsValue, object::builtins::JsArray};

use super::{
    handle,
    methods::{self, answer},
    transmit::{Datagram, Sender},
};
use crate::{
    bindings::buffer::View,
    engine::{natives::arg, permission},
    sys::{
        address::{self, Family},
        errno::Errno,
        udp,
    },
};

/// `handle.send(request, list, count, port, address, hasCallback)`, or without port and address on
/// a connected one.
///
/// Answers the length plus one if the datagram has left; 0 if `request.oncomplete` will be called;
/// a negative error number.
pub(super) fn send(
    this: &JsValue,
    args: &[JsValue],
    family: Family,
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = handle::get(this)?;
    permission::check_net(String::new, context)?;
    let object = this.to_object(context)?;
    let request = arg(args, 0).to_object(context)?;
    let bytes = gather(&arg(args, 1), context)?;
    let to = if args.len() < 6 {
        None
    } else {
        let port = arg(args, 3).to_u32(context)? as u16;
        let host = methods::host(args, 4, context)?;
        let Some(address) = address::parse(&host, port, family) else {
            return Ok(answer(Err(Errno(libc::EINVAL))));
        };
        Some(address)
    };
    let bound = handle.ensure_bound(&object, family, udp::BindOptions::default(), context);
    if let Err(errno) = bound {
        return Ok(answer(Err(errno)));
    }
    let datagram = Datagram { bytes, to, sender: Sender::Request(request) };
    match handle.try_send(&datagram) {
        Ok(Some(count)) => Ok(((count + 1) as f64).into()),
        Ok(None) => {
            handle.enqueue(datagram, context);
            Ok(0.into())
        }
        Err(errno) => Ok(answer(Err(errno))),
    }
}

/// The bytes of an array of buffers.
fn gather(list: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    let no_list = || JsNativeError::typ().with_message("a list of buffers is expected");
    let list = JsArray::from_object(list.as_object().ok_or_else(no_list)?)?;
    let mut bytes = Vec::new();
    for index in 0..list.length(context)? {
        let part = list.get(index, context)?;
        let view = View::of_view(&part, context).ok_or_else(no_list)?;
        view.read(|part| bytes.extend_from_slice(part));
    }
    Ok(bytes)
}
