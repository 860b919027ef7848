//! The native half of `repl`, and what the conversation in a terminal shares with it: texts that a
//! person types made scripts, what stands in their scope, completion.

pub(crate) mod completion;
pub(crate) mod scope;

use boa_engine::{Context, JsResult, JsString, JsValue, object::builtins::JsArray};

use crate::engine::{
    natives::{Method, arg, exports_of},
    syntax::{Goal, explain, interactive},
};

const METHODS: &[Method] = &[
    ("script", 1, script),
    ("makeModule", 0, make_module),
    ("nameBuiltins", 1, name_builtins),
    ("members", 1, members),
    ("valueOf", 2, value_of),
];

/// The native half.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    Ok(exports_of(METHODS, context).into())
}

/// The script that a text stands for, and whether its value is a promise that `await` made; `None`
/// if the text is not at its end.
pub(crate) fn script_of(text: &str) -> Option<(String, bool)> {
    if interactive::is_unfinished(text) {
        return None;
    }
    // An object, not a block: as in Node, what is typed is an expression where it can be one.
    if text.trim_start().starts_with('{') && !text.trim_end().ends_with(';') {
        let grouped = format!("({}\n)", text.trim_end());
        if explain(&grouped, Goal::Script).is_none() {
            return Some((grouped, false));
        }
        let awaiting = interactive::in_async_function(&grouped);
        if interactive::mentions_await(text) && explain(&awaiting, Goal::Script).is_none() {
            return Some((awaiting, true));
        }
    }
    let plain = interactive::redeclarable(text);
    let Some(fault) = explain(&plain, Goal::Script) else { return Some((plain, false)) };
    if interactive::mentions_await(text) {
        let awaiting = interactive::in_async_function(text);
        if explain(&awaiting, Goal::Script).is_none() {
            return Some((awaiting, true));
        }
    }
    if fault.message == "Unexpected end of input" {
        return None;
    }
    Some((plain, false))
}

/// `script(text)`: `[script, awaits]`; `undefined` if the text is not at its end.
fn script(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let Some((script, awaits)) = script_of(&text) else { return Ok(JsValue::undefined()) };
    let pair = [JsString::from(script).into(), awaits.into()];
    Ok(JsArray::from_iter(pair, context).into())
}

/// `makeModule()`: `[module, require]` of a conversation.
fn make_module(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (module, require) = scope::module(context)?;
    Ok(JsArray::from_iter([module.into(), require.into()], context).into())
}

/// `nameBuiltins(object)`: gives an object the builtin modules by their names.
fn name_builtins(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = arg(args, 0).to_object(context)?;
    scope::name_builtins(&object, context)?;
    Ok(JsValue::undefined())
}

/// `members(value)`: a list of the names of its properties, then one for each of its prototypes.
fn members(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let levels = match completion::holder(&arg(args, 0), context) {
        Some(object) => completion::levels(&object, context),
        None => Vec::new(),
    };
    let mut lists: Vec<JsValue> = Vec::with_capacity(levels.len());
    for level in levels {
        let names = level.into_iter().map(|name| JsString::from(name).into());
        lists.push(JsArray::from_iter(names, context).into());
    }
    Ok(JsArray::from_iter(lists, context).into())
}

/// `valueOf(chain, root)`: `[value]` of names with dots between them, if no getter has to run for it.
fn value_of(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let chain = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let root = arg(args, 1).to_object(context)?;
    match completion::value_of(&chain, &root, context) {
        Some(value) => Ok(JsArray::from_iter([value], context).into()),
        None => Ok(JsValue::undefined()),
    }
}
