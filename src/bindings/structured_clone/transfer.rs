//! What a clone takes over from the original instead of copying it: the bytes of array buffers.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsSymbol, JsValue, js_string,
    object::builtins::JsArrayBuffer,
};

use super::{data_clone_error, failed};
use crate::{
    bindings::buffer::{self, View},
    engine::{
        errors::{Code, coded},
        kinds,
    },
};

pub(super) const NOT_A_SEQUENCE: &str = "transfer in Options can not be converted to sequence.";

/// One buffer that changes hands: it stays whole until the clone is complete.
pub(super) struct Transfer {
    pub(super) source: JsObject,
    pub(super) target: JsObject,
}

/// The values of an iterable of objects.
pub(super) fn sequence(list: &JsObject, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let method = list.get(JsSymbol::iterator(), context)?;
    let Some(method) = method.as_callable() else { return Err(failed(NOT_A_SEQUENCE, context)) };
    let iterator = method.call(&list.clone().into(), &[], context)?;
    let Some(iterator) = iterator.as_object() else { return Err(failed(NOT_A_SEQUENCE, context)) };
    let mut values = Vec::new();
    loop {
        let next = iterator.get(js_string!("next"), context)?.to_object(context)?;
        let result = next.call(&iterator.clone().into(), &[], context)?.to_object(context)?;
        if result.get(js_string!("done"), context)?.to_boolean() {
            return Ok(values);
        }
        let value = result.get(js_string!("value"), context)?;
        if !value.is_object() {
            return Err(coded(context, Code::ERR_INVALID_ARG_TYPE, "Value is not an object"));
        }
        values.push(value);
    }
}

/// Makes the buffers that the bytes will go to.
pub(super) fn prepare(list: &[JsValue], context: &mut Context) -> JsResult<Vec<Transfer>> {
    let mut transfers: Vec<Transfer> = Vec::new();
    for value in list {
        let buffer = value.as_object().filter(kinds::is_array_buffer);
        let Some(source) = buffer else {
            return Err(data_clone_error("Found invalid value in transferList.", context));
        };
        if transfers.iter().any(|known| JsObject::equals(&known.source, &source)) {
            let message = "Transfer list contains duplicate ArrayBuffer";
            return Err(data_clone_error(message, context));
        }
        let view = View::of_array_buffer(value).filter(|view| !view.is_detached());
        let Some(view) = view.filter(|_| !buffer::is_pool_block(&source, context)) else {
            return Err(data_clone_error("Cannot transfer object of unsupported type.", context));
        };
        let target = JsArrayBuffer::new(view.len(), context)?.into();
        transfers.push(Transfer { source, target });
    }
    Ok(transfers)
}

/// Hands the bytes over: the originals are detached.
pub(super) fn finish(transfers: &[Transfer]) -> JsResult<()> {
    for Transfer { source, target } in transfers {
        let bytes = JsArrayBuffer::from_object(source.clone())?.detach(&JsValue::undefined())?;
        let target = JsArrayBuffer::from_object(target.clone())?;
        if let Some(mut room) = target.data_mut() {
            let length = room.len().min(bytes.len());
            room[..length].copy_from_slice(&bytes[..length]);
        }
    }
    Ok(())
}

/// The error for a buffer whose bytes are gone.
pub(super) fn detached(context: &mut Context) -> JsError {
    data_clone_error("An ArrayBuffer is detached and could not be cloned.", context)
}
