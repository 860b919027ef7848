//! `util.deprecate`, and the functions of `util` that are deprecated themselves.

use std::cell::Cell;

use boa_engine::{Context, JsResult, JsValue, js_string};

use crate::{
    bindings::warning,
    engine::{builtins, natives::arg, reflect},
};

/// `util.deprecate(fn, message, code, options)`.
///
/// What it returns can be called and constructed, with the caller's `this`; only a function made by
/// JavaScript can be both.
pub(super) fn deprecate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = builtins::load_object("internal/util/deprecate", context)?;
    let deprecate = module.get(js_string!("deprecate"), context)?.to_object(context)?;
    deprecate.call(&JsValue::undefined(), args, context)
}

/// Which warnings were given.
#[derive(Default)]
struct Given {
    extend: Cell<bool>,
    is_array: Cell<bool>,
}

fn warn_once(
    given: fn(&Given) -> &Cell<bool>,
    message: &str,
    code: &str,
    context: &mut Context,
) -> JsResult<()> {
    if !context.has_data::<Given>() {
        context.insert_data(Given::default());
    }
    if context.get_data::<Given>().is_some_and(|all| given(all).replace(true)) {
        return Ok(());
    }
    warning::emit_deprecation(message, code, context)
}

/// `util._extend(target, source)`.
pub(super) fn extend(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let message = "The `util._extend` API is deprecated. Please use Object.assign() instead.";
    warn_once(|given| &given.extend, message, "DEP0060", context)?;
    let target = arg(args, 0);
    let Some(source) = arg(args, 1).as_object().filter(|source| !source.is_callable()) else {
        return Ok(target);
    };
    let mut keys = source.own_property_keys(context)?;
    keys.retain(|key| !matches!(key, boa_engine::property::PropertyKey::Symbol(_)));
    let object = target.to_object(context)?;
    for key in reflect::only_enumerable(&source, keys, context)?.into_iter().rev() {
        let value = source.get(key.clone(), context)?;
        object.set(key, value, true, context)?;
    }
    Ok(target)
}

/// `util.isArray(value)`.
pub(super) fn is_array(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let message = "The `util.isArray` API is deprecated. Please use `Array.isArray()` instead.";
    warn_once(|given| &given.is_array, message, "DEP0044", context)?;
    Ok(arg(args, 0).as_object().is_some_and(|object| object.is_array()).into())
}
