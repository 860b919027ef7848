//! What stands in the scope of a conversation beside the globals: `require`, `module`, the builtin
//! modules by their names, `_` and `_error`.

use boa_engine::{Context, JsResult, JsValue, js_string, object::builtins::JsArray};

use super::text;
use crate::engine::{
    builtins, commonjs, folder,
    natives::{arg, closure, define_accessor, define_value},
    state,
};

/// Puts all of it into the global scope.
pub(super) fn furnish(context: &mut Context) -> JsResult<()> {
    let folder = folder::current(context);
    let (module, require) = commonjs::module_without_file("<repl>", &folder, context)?;
    let paths = module.get(js_string!("paths"), context)?;
    if !paths.is_object() {
        module.set(js_string!("paths"), JsArray::new(context)?, true, context)?;
    }
    let global = context.global_object();
    let exports = module.get(js_string!("exports"), context)?;
    define_value(&global, js_string!("module"), module, false);
    define_value(&global, js_string!("exports"), exports, false);
    define_value(&global, js_string!("require"), require, false);
    name_builtins(context)
}

/// Makes builtin modules known by their names, globally.
pub(in crate::runtime) fn name_builtins(context: &mut Context) -> JsResult<()> {
    let global = context.global_object();
    let engine = state::of(context);
    let names: Vec<&str> = engine.builtins.public_names().filter(|name| is_plain(name)).collect();
    for name in names {
        let known = global.has_own_property(text(name), context)?;
        if !known {
            lazy(name, context);
        }
    }
    Ok(())
}

/// A name that is an identifier, and no module that programs reach in another way.
fn is_plain(name: &str) -> bool {
    !name.contains(['/', ':']) && name != "module"
}

/// A global that is the builtin of its name, loaded when it is first read.
fn lazy(name: &'static str, context: &mut Context) {
    let named = text(name);
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
        named.clone(),
        |_, args, name, context| {
            define_value(&context.global_object(), name.clone(), arg(args, 0), true);
            Ok(JsValue::undefined())
        },
        context,
    );
    define_accessor(&context.global_object(), named, Some(get), Some(set), false);
}

/// Makes a value known by a name, unless the person has taken the name.
pub(super) fn remember(name: &str, value: &JsValue, context: &mut Context) {
    let global = context.global_object();
    let is_taken = global
        .borrow()
        .properties()
        .get(&text(name).into())
        .is_some_and(|property| property.enumerable() == Some(true));
    if !is_taken {
        define_value(&global, text(name), value.clone(), false);
    }
}
