//! What a message hands over instead of copying it: array buffers and ports.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArrayBuffer,
};

use super::{
    marks, port,
    queue::{Message, PortEnd},
};
use crate::{
    bindings::{buffer::View, structured_clone::data_clone_error},
    engine::{
        errors::{Code, coded},
        kinds, reflect,
    },
};

/// The objects that a message hands over.
#[derive(Default)]
pub(crate) struct Transfers {
    pub(super) buffers: Vec<JsObject>,
    pub(super) ports: Vec<JsObject>,
}

/// Reads the second argument of `postMessage`: a list, or options with one.
pub(super) fn decode(given: &JsValue, context: &mut Context) -> JsResult<Vec<JsValue>> {
    if given.is_null_or_undefined() {
        return Ok(Vec::new());
    }
    let Some(object) = given.as_object() else {
        let message = "Optional transferList argument must be an iterable";
        return Err(coded(context, Code::ERR_INVALID_ARG_TYPE, message));
    };
    if let Some(values) = reflect::iterated(&object, context)? {
        return Ok(values);
    }
    let list = object.get(js_string!("transfer"), context)?;
    if list.is_undefined() {
        return Ok(Vec::new());
    }
    let values = match list.as_object() {
        Some(list) => reflect::iterated(&list, context)?,
        None => None,
    };
    values.ok_or_else(|| {
        let message = "Optional options.transfer argument must be an iterable";
        coded(context, Code::ERR_INVALID_ARG_TYPE, message)
    })
}

impl Transfers {
    /// The objects of a list, each looked at; `source` is the port that the message goes through.
    pub(crate) fn of(
        list: &[JsValue],
        source: Option<&JsObject>,
        context: &mut Context,
    ) -> JsResult<Self> {
        let mut transfers = Self::default();
        for value in list {
            let Some(object) = value.as_object() else { return Err(invalid(context)) };
            if marks::is_untransferable(&object, context) {
                return Err(unsupported(context));
            }
            if kinds::is_array_buffer(&object) {
                transfers.add_buffer(object, context)?;
            } else if port::is_port(value) {
                transfers.add_port(object, source, context)?;
            } else {
                return Err(invalid(context));
            }
        }
        Ok(transfers)
    }

    fn add_buffer(&mut self, buffer: JsObject, context: &mut Context) -> JsResult<()> {
        if self.buffers.iter().any(|known| JsObject::equals(known, &buffer)) {
            let message = "Transfer list contains duplicate ArrayBuffer";
            return Err(data_clone_error(message, context));
        }
        let view = View::of_array_buffer(&buffer.clone().into());
        if view.is_none_or(|view| view.is_detached()) {
            return Err(unsupported(context));
        }
        self.buffers.push(buffer);
        Ok(())
    }

    fn add_port(
        &mut self,
        port: JsObject,
        source: Option<&JsObject>,
        context: &mut Context,
    ) -> JsResult<()> {
        let refusal = if source.is_some_and(|source| JsObject::equals(source, &port)) {
            "Transfer list contains source port"
        } else if self.ports.iter().any(|known| JsObject::equals(known, &port)) {
            "Transfer list contains duplicate MessagePort"
        } else if port::is_gone(&port) {
            "MessagePort in transfer list is already detached"
        } else {
            self.ports.push(port);
            return Ok(());
        };
        Err(data_clone_error(refusal, context))
    }

    /// Takes the contents from the objects, into the message.
    pub(super) fn hand_over(&self, message: &mut Message, context: &mut Context) -> JsResult<()> {
        for buffer in &self.buffers {
            // A getter may have detached it meanwhile.
            let taken = JsArrayBuffer::from_object(buffer.clone())
                .and_then(|buffer| buffer.detach(&JsValue::undefined()));
            match taken {
                Ok(bytes) => message.buffers.push(bytes),
                Err(_) => return Err(unsupported(context)),
            }
        }
        let ends = self.ports.iter().filter_map(|port| port::take(port, context));
        message.ports = ends.collect::<Vec<PortEnd>>();
        Ok(())
    }
}

fn invalid(context: &mut Context) -> JsError {
    data_clone_error("Found invalid value in transferList.", context)
}

fn unsupported(context: &mut Context) -> JsError {
    data_clone_error("Cannot transfer object of unsupported type.", context)
}
