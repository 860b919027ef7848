//! Properties that load a builtin when they are first touched.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};
use boa_gc::{Gc, GcRefCell};

use crate::engine::{
    builtins,
    natives::{arg, closure, define_accessor},
};

/// The value of a property, once it was read or set.
type Value = Gc<GcRefCell<Option<JsValue>>>;

#[derive(boa_gc::Trace, boa_gc::Finalize)]
struct Lazy {
    #[unsafe_ignore_trace]
    name: &'static str,
    #[unsafe_ignore_trace]
    builtin: &'static str,
    value: Value,
}

/// Defines an accessor for each name.
///
/// It stays one: the engine remembers for a place in a program that the property had a getter there,
/// and would call the value that replaces it.
pub(super) fn define(holder: &JsObject, rows: &[(&'static str, &'static str)], context: &Context) {
    for &(name, builtin) in rows {
        let value = Value::default();
        let lazy = || Lazy { name, builtin, value: value.clone() };
        let get = closure(name, 0, lazy(), load, context);
        let set = closure(name, 1, lazy(), replace, context);
        define_accessor(holder, JsString::from(name), Some(get), Some(set), true);
    }
}

fn load(_: &JsValue, _: &[JsValue], lazy: &Lazy, context: &mut Context) -> JsResult<JsValue> {
    if let Some(known) = &*lazy.value.borrow() {
        return Ok(known.clone());
    }
    let value =
        builtins::load_object(lazy.builtin, context)?.get(JsString::from(lazy.name), context)?;
    *lazy.value.borrow_mut() = Some(value.clone());
    Ok(value)
}

fn replace(_: &JsValue, args: &[JsValue], lazy: &Lazy, _: &mut Context) -> JsResult<JsValue> {
    *lazy.value.borrow_mut() = Some(arg(args, 0));
    Ok(JsValue::undefined())
}
