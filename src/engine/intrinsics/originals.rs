//! Methods that do the common case themselves and call the engine's own for the rest.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use crate::engine::natives::{closure, define_value};

/// A native with the engine's own function at hand.
pub(super) type Wrapper = fn(&JsValue, &[JsValue], &JsObject, &mut Context) -> JsResult<JsValue>;

/// One row of a table: name, `length`, implementation.
pub(super) type Wrapped = (&'static str, usize, Wrapper);

/// Puts each method of the table in the place of the engine's, which it gets to call.
pub(super) fn wrap_methods(
    holder: &JsObject,
    methods: &[Wrapped],
    context: &mut Context,
) -> JsResult<()> {
    for &(name, length, call) in methods {
        let original = holder.get(JsString::from(name), context)?.to_object(context)?;
        let method = closure(name, length, original, call, context);
        define_value(holder, JsString::from(name), method, false);
    }
    Ok(())
}
