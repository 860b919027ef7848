//! Methods that do the common case themselves and call the engine's own for the rest.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, property::PropertyKey};

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
        wrap_method(holder, JsString::from(name), name, length, call, context)?;
    }
    Ok(())
}

/// As [`wrap_methods`], for one method under any key.
pub(super) fn wrap_method(
    holder: &JsObject,
    key: impl Into<PropertyKey>,
    name: &str,
    length: usize,
    call: Wrapper,
    context: &mut Context,
) -> JsResult<()> {
    let key = key.into();
    let original = holder.get(key.clone(), context)?.to_object(context)?;
    let method = closure(name, length, original, call, context);
    define_value(holder, key, method, false);
    Ok(())
}
