//! The end of a handle: closed by the program, or left behind by it.

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{
    listing,
    stream::{Handle, of_object, receiver_object},
};
use crate::engine::{callbacks, natives::arg};

impl Handle {
    /// Closes the handle of a program that is gone. It keeps its object as long as it is open, and that
    /// keeps it.
    pub(super) fn abandon(&self) {
        self.closed.set(true);
        drop((self.object.take(), self.user_buffer.take()));
        drop((self.owner.take(), self.on_read.take(), self.on_connection.take()));
        if let Some(path) = self.path.take() {
            // Whoever removed it before us has done it.
            let _ = std::fs::remove_file(path);
        }
        self.stream.abandon();
    }

    /// From now on the handle is closed.
    fn forget(&self, context: &mut Context) {
        self.closed.set(true);
        self.object.take();
        self.user_buffer.take();
        self.on_read.take();
        self.on_connection.take();
        listing::delist(self, context);
    }

    /// Closes the handle; `closed`, if it is a function, is called in the closing phase.
    pub(super) fn close(&self, object: JsObject, closed: JsValue, context: &mut Context) {
        let told = move |context: &mut Context| match closed.as_callable() {
            Some(closed) => closed.call(&object.into(), &[], context).map(drop),
            None => Ok(()),
        };
        self.close_then(told, context);
    }

    /// As [`Self::close`]; what `closed` throws nobody has caught.
    pub(crate) fn close_then(
        &self,
        closed: impl FnOnce(&mut Context) -> JsResult<()> + 'static,
        context: &mut Context,
    ) {
        let told = move |context: &mut Context| {
            callbacks::enter(context, closed);
        };
        self.close_natively(told, context);
    }

    /// As [`Self::close`], without JavaScript.
    pub(super) fn close_natively(
        &self,
        closed: impl FnOnce(&mut Context) + 'static,
        context: &mut Context,
    ) {
        if self.closed.get() {
            return;
        }
        let object = self.object();
        self.forget(context);
        if let Some(path) = self.path.take() {
            // As libuv: whoever removed it before us has done it.
            let _ = std::fs::remove_file(path);
        }
        self.stream.close(move |context| {
            closed(context);
            // Who waits for it has been told.
            if let Some(handle) = object.and_then(|object| of_object(&object)) {
                handle.owner.take();
            }
        });
    }
}

/// `close(callback)`.
pub(super) fn close(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (handle, object) = receiver_object(this)?;
    handle.close(object, arg(args, 0), context);
    Ok(JsValue::undefined())
}
