//! Properties that load a builtin when they are first touched.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use crate::engine::{
    builtins,
    natives::{arg, closure, define_accessor, define_value},
};

#[derive(boa_gc::Trace, boa_gc::Finalize)]
struct Lazy {
    holder: JsObject,
    #[unsafe_ignore_trace]
    name: &'static str,
    #[unsafe_ignore_trace]
    builtin: &'static str,
}

/// Defines an accessor for each name; it becomes a plain property once it is read or set.
pub(super) fn define(holder: &JsObject, rows: &[(&'static str, &'static str)], context: &Context) {
    for &(name, builtin) in rows {
        let lazy = || Lazy { holder: holder.clone(), name, builtin };
        let get = closure(name, 0, lazy(), load, context);
        let set = closure(name, 1, lazy(), replace, context);
        define_accessor(holder, JsString::from(name), Some(get), Some(set), true);
    }
}

fn load(_: &JsValue, _: &[JsValue], lazy: &Lazy, context: &mut Context) -> JsResult<JsValue> {
    let name = JsString::from(lazy.name);
    let value = builtins::load_object(lazy.builtin, context)?.get(name.clone(), context)?;
    define_value(&lazy.holder, name, value.clone(), true);
    Ok(value)
}

fn replace(_: &JsValue, args: &[JsValue], lazy: &Lazy, _: &mut Context) -> JsResult<JsValue> {
    define_value(&lazy.holder, JsString::from(lazy.name), arg(args, 0), true);
    Ok(JsValue::undefined())
}
