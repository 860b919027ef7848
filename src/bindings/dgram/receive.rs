//! Receiving: each datagram becomes one call, the event `message` of the socket.

use std::{cell::RefCell, net::SocketAddr, os::fd::AsFd, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, js_string};

use super::handle::Handle;
use crate::{
    bindings::{buffer, events},
    engine::{
        callbacks,
        errors::{Wording, from_sys},
        natives::define_value,
    },
    sys::{
        address::{self, Family},
        errno::Errno,
        error::SysError,
        udp,
    },
};

/// How many datagrams one turn takes from a socket, so that others have their turn. As libuv.
const MAX_BATCH: usize = 32;

thread_local! {
    /// Datagrams are read into this, and then copied at their size.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What one read of a socket brought.
type Read = Result<(usize, Option<SocketAddr>), Errno>;

impl Handle {
    /// Takes what has come, each datagram followed by all that it sets going.
    pub(super) fn receive_batch(self: &Rc<Self>, object: &JsObject, context: &mut Context) {
        let mut bytes = BUFFER.take();
        bytes.resize(udp::MAX_DATAGRAM, 0);
        for _ in 0..MAX_BATCH {
            // A listener may have closed the socket, or stopped it.
            let Some(fd) = self.descriptor().filter(|_| self.receiving.get()) else { break };
            let read = match udp::receive(fd.as_fd(), &mut bytes) {
                Ok(None) => break,
                Ok(Some(received)) => Ok(received),
                Err(errno) => Err(errno),
            };
            let failed = read.is_err();
            callbacks::enter(context, |context| self.deliver(object, read, &bytes, context));
            if failed {
                break;
            }
        }
        BUFFER.replace(bytes);
    }

    /// Calls `handle.onmessage` where the program has set one, and emits the event otherwise.
    fn deliver(
        &self,
        object: &JsObject,
        read: Read,
        bytes: &[u8],
        context: &mut Context,
    ) -> JsResult<()> {
        let callback = object.get(js_string!("onmessage"), context)?.as_callable();
        let (length, from) = match (read, &callback) {
            (Ok(received), _) => received,
            (Err(errno), Some(callback)) => {
                let args = [(-errno.0).into(), object.clone().into()];
                return callback.call(&object.clone().into(), &args, context).map(drop);
            }
            (Err(errno), None) => return emit_error(object, errno, context),
        };
        let message = buffer::from_slice(&bytes[..length], context)?;
        let about = JsObject::with_object_proto(context.intrinsics());
        if let Some(from) = from {
            self.describe(&about, &from);
        }
        if let Some(callback) = callback {
            let args =
                [(length as f64).into(), object.clone().into(), message.into(), about.into()];
            return callback.call(&object.clone().into(), &args, context).map(drop);
        }
        let Some(socket) = super::owner_of(object, context)? else { return Ok(()) };
        define_value(&about, js_string!("size"), length as f64, true);
        let args = [message.into(), about.into()];
        events::emit(&socket, js_string!("message"), &args, context).map(drop)
    }

    /// Says on an object who sent a datagram.
    fn describe(&self, about: &JsObject, from: &SocketAddr) {
        define_value(about, js_string!("address"), self.text_of(from), true);
        let family = match Family::of(from) {
            Family::V4 => js_string!("IPv4"),
            Family::V6 => js_string!("IPv6"),
        };
        define_value(about, js_string!("family"), family, true);
        define_value(about, js_string!("port"), i32::from(from.port()), true);
    }

    /// The text of an address; datagrams tend to come from where the last one came from.
    fn text_of(&self, from: &SocketAddr) -> JsString {
        if let Some((ip, text)) = &*self.last_from.borrow()
            && *ip == from.ip()
        {
            return text.clone();
        }
        let text = JsString::from(address::ip_text(from));
        // Of a link-local address the zone belongs to the text, and is no part of the key.
        if !matches!(from, SocketAddr::V6(from) if from.scope_id() != 0) {
            *self.last_from.borrow_mut() = Some((from.ip(), text.clone()));
        }
        text
    }
}

fn emit_error(object: &JsObject, errno: Errno, context: &mut Context) -> JsResult<()> {
    let Some(socket) = super::owner_of(object, context)? else { return Ok(()) };
    let error = SysError::new(errno, "recvmsg");
    let error = from_sys(context, &error, Wording::Short);
    events::emit(&socket, js_string!("error"), &[error.into()], context).map(drop)
}
