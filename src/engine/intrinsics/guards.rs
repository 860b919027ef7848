//! Functions of the engine's that call themselves on the native stack, as deep as a value is nested, without a
//! frame of a script's in between: in a host's process they stop before the stack ends, which would be its end.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue};
use boa_gc::{Finalize, Trace};

use crate::{
    engine::{
        natives::{closure, define_value},
        stack::too_deep,
    },
    sys::stack::is_low,
};

/// Those of `Array.prototype`, and how many arguments they name.
const NESTED: &[(&str, usize)] = &[("join", 1), ("toLocaleString", 0)];

/// A function of the engine's.
#[derive(Trace, Finalize)]
struct Original(JsObject);

/// Puts guards in their places, in the current realm.
pub(crate) fn install(context: &mut Context) -> JsResult<()> {
    let prototype = context.intrinsics().constructors().array().prototype();
    for (name, length) in NESTED {
        let original = prototype.get(JsString::from(*name), context)?.to_object(context)?;
        let guarded = closure(name, *length, Original(original), guarded, context);
        define_value(&prototype, JsString::from(*name), guarded, false);
    }
    Ok(())
}

fn guarded(
    this: &JsValue,
    args: &[JsValue],
    original: &Original,
    context: &mut Context,
) -> JsResult<JsValue> {
    if is_low() {
        return Err(JsError::from_opaque(too_deep(context).into()));
    }
    original.0.call(this, args, context)
}
