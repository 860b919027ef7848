//! What stands in the scope of a conversation beside the globals: `require`, `module`, the builtin
//! modules by their names, `_` and `_error`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use crate::engine::{
    builtins, commonjs, folder,
    natives::{arg, closure, define_accessor, define_value},
    state,
};

/// Puts all of it into the global scope.
pub(crate) fn furnish(context: &mut Context) -> JsResult<()> {
    let global = context.global_object();
    let (module, require) = module(context)?;
    let exports = module.get(js_string!("exports"), context)?;
    define_value(&global, js_string!("module"), module, false);
    define_value(&global, js_string!("exports"), exports, false);
    define_value(&global, js_string!("require"), require, false);
    name_builtins(&global, context)
}

/// The module of a conversation, and its `require`.
pub(super) fn module(context: &mut Context) -> JsResult<(JsObject, JsObject)> {
    let folder = folder::current(context);
    let (module, require) = commonjs::module_without_file("<repl>", &folder, context)?;
    let paths = module.get(js_string!("paths"), context)?;
    if !paths.is_object() {
        module.set(js_string!("paths"), JsArray::new(context)?, true, context)?;
    }
    // It is none of a file's.
    module.set(js_string!("filename"), JsValue::null(), true, context)?;
    Ok((module, require))
}

/// Makes builtin modules known by their names, in an object that is or shows a global one.
pub(crate) fn name_builtins(global: &JsObject, context: &mut Context) -> JsResult<()> {
    let engine = state::of(context);
    let names: Vec<&str> = engine.builtins.public_names().filter(|name| is_plain(name)).collect();
    for name in names {
        let known = global.has_own_property(JsString::from(name), context)?;
        if !known {
            lazy(global, name, context);
        }
    }
    Ok(())
}

/// A name that is an identifier, and no module that programs reach in another way.
fn is_plain(name: &str) -> bool {
    !name.contains(['/', ':']) && name != "module"
}

/// A property that is the builtin of its name, loaded when it is first read.
fn lazy(global: &JsObject, name: &'static str, context: &mut Context) {
    let named = JsString::from(name);
    let get = closure(
        name,
        0,
        named.clone(),
        |_, _, name, context| builtins::load(&name.to_std_string_lossy(), context),
        context,
    );
    let set = closure(
        name,
        1,
        (named.clone(), global.clone()),
        |_, args, (name, global), _| {
            define_value(global, name.clone(), arg(args, 0), true);
            Ok(JsValue::undefined())
        },
        context,
    );
    define_accessor(global, named, Some(get), Some(set), false);
}

/// Makes a value known by a name, unless the person has taken the name.
pub(crate) fn remember(name: &str, value: &JsValue, context: &mut Context) {
    let global = context.global_object();
    let is_taken = global
        .borrow()
        .properties()
        .get(&JsString::from(name).into())
        .is_some_and(|property| property.enumerable() == Some(true));
    if !is_taken {
        define_value(&global, JsString::from(name), value.clone(), false);
    }
}
