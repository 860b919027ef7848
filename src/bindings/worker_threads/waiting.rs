//! `Atomics.wait` in a thread that may be told to end meanwhile.

use std::rc::Rc;

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::array_buffer::SharedArrayBuffer, js_string,
    object::builtins::JsSharedArrayBuffer,
};
use boa_gc::{Finalize, Trace};

use super::inside::Inside;
use crate::{
    bindings::buffer::View,
    engine::{
        kinds,
        natives::{arg, closure, define_value},
        state,
    },
};

/// The engine's `Atomics.wait`.
#[derive(Trace, Finalize)]
struct Original(JsObject);

/// Replaces `Atomics.wait` in a worker's realm.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let atomics = context.global_object().get(js_string!("Atomics"), context)?;
    let atomics = atomics.to_object(context)?;
    let original = atomics.get(js_string!("wait"), context)?.to_object(context)?;
    let wait = closure("wait", 4, Original(original), wait, context);
    define_value(&atomics, js_string!("wait"), wait, false);
    Ok(())
}

fn wait(
    this: &JsValue,
    args: &[JsValue],
    original: &Original,
    context: &mut Context,
) -> JsResult<JsValue> {
    let place = place(&arg(args, 0), &arg(args, 1), context);
    let inside = context.get_data::<Rc<Inside>>().cloned();
    let (Some((memory, position)), Some(inside)) = (place, inside) else {
        return original.0.call(this, args, context);
    };
    let outcome = if inside.control.begin_wait(memory, position) {
        original.0.call(this, args, context)
    } else {
        Ok(JsValue::undefined())
    };
    inside.control.end_wait();
    let engine = state::of(context);
    match engine.exit_code() {
        Some(code) => Err(engine.stop(code)),
        None => outcome,
    }
}

/// Where in shared memory a typed array's element is; `None` for what the engine refuses.
fn place(
    array: &JsValue,
    index: &JsValue,
    context: &mut Context,
) -> Option<(SharedArrayBuffer, usize)> {
    let size = match kinds::typed_array_name(&array.as_object()?)? {
        "Int32Array" => 4,
        "BigInt64Array" => 8,
        _ => return None,
    };
    let view = View::of_view(array, context)?;
    let index = index.as_number().filter(|index| *index >= 0.0)? as usize;
    let memory = JsSharedArrayBuffer::from_object(view.array_buffer()).ok()?.inner();
    (index < view.len() / size).then(|| (memory, view.offset() + index * size))
}

/// Wakes whoever waits at a place in shared memory; how many did.
pub(super) fn wake(
    memory: &SharedArrayBuffer,
    position: usize,
    context: &mut Context,
) -> JsResult<f64> {
    let memory = JsSharedArrayBuffer::from_buffer(memory.clone(), context);
    let class = context.intrinsics().constructors().typed_int32_array().constructor();
    let args = [memory.into(), (position as f64).into(), 1.into()];
    let array = class.construct(&args, None, context)?;
    let atomics = context.global_object().get(js_string!("Atomics"), context)?;
    let notify = atomics.to_object(context)?.get(js_string!("notify"), context)?;
    let notify = notify.to_object(context)?;
    notify.call(&JsValue::undefined(), &[array.into(), 0.into()], context)?.to_number(context)
}
