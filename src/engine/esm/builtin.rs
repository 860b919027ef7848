//! Builtins as ES modules: the exports as default, and each property by its name.
//!
//! The module is a short text whose variables are set from the exports, so that
//! `module.syncBuiltinESMExports()` can set them again.

use std::{cell::RefCell, collections::HashMap, path::Path};

use boa_engine::{Context, JsObject, JsResult, JsString, Module, Source, property::PropertyKey};

use super::record::{Kind, Record};
use crate::engine::{
    builtins,
    natives::define_value,
    syntax::{Declarations, is_reserved},
};

/// The property of `import.meta` that holds the exports.
pub(super) const EXPORTS: &str = "exports";
/// The functions that the text leaves in `import.meta`: one sets what only a getter gives, by name,
/// one sets everything again.
const FETCH: &str = "fetch";
const SYNC: &str = "sync";

/// The builtins that became modules.
#[derive(Default)]
struct Made(RefCell<HashMap<&'static str, Parts>>);

/// What setting a builtin's variables needs.
#[derive(Clone, Default)]
struct Parts {
    /// `import.meta`, once the module was evaluated.
    meta: Option<JsObject>,
    /// The names that only a getter gave when the module was made.
    lazy: Vec<String>,
}

/// The module of a builtin.
pub(super) fn record(name: &'static str, context: &mut Context) -> JsResult<Record> {
    let exports = builtins::load(name, context)?;
    let (plain, lazy) = match exports.as_object() {
        Some(exports) => names(&exports, context)?,
        None => Default::default(),
    };
    let url = format!("node:{name}");
    let text = text(&plain, &lazy);
    let source = Source::from_bytes(&text).with_path(Path::new(&url));
    let module = Module::parse(source, None, context)?;
    if !context.has_data::<Made>() {
        context.insert_data(Made::default());
    }
    if let Some(made) = context.get_data::<Made>() {
        made.0.borrow_mut().insert(name, Parts { meta: None, lazy });
    }
    Ok(Record::new(url, Kind::Builtin(name), module, Declarations::default()))
}

/// The names of the properties that hold a value, and of those that a getter makes.
fn names(exports: &JsObject, context: &mut Context) -> JsResult<(Vec<String>, Vec<String>)> {
    let (mut plain, mut lazy) = (Vec::new(), Vec::new());
    for key in exports.own_property_keys(context)? {
        let PropertyKey::String(name) = &key else { continue };
        let name = name.to_std_string_lossy();
        let Some(property) = exports.borrow().properties().get(&key) else { continue };
        if property.enumerable() != Some(true) || !is_variable(&name) {
            continue;
        }
        if property.is_accessor_descriptor() { lazy.push(name) } else { plain.push(name) }
    }
    Ok((plain, lazy))
}

/// True for names that a variable of a module may have.
fn is_variable(name: &str) -> bool {
    const STRICT: &[&str] = &[
        "arguments",
        "await",
        "enum",
        "eval",
        "implements",
        "interface",
        "let",
        "package",
        "private",
        "protected",
        "public",
        "static",
        "yield",
    ];
    let mut characters = name.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '$'))
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'))
        && !is_reserved(name)
        && !STRICT.contains(&name)
}

fn text(plain: &[String], lazy: &[String]) -> String {
    let all = plain.iter().chain(lazy).map(String::as_str).collect::<Vec<_>>().join(",");
    let plain = plain.join(",");
    let mut cases = String::new();
    for name in lazy {
        cases.push_str(&format!("case'{name}':{name}=$e.{name};break;"));
    }
    let lazy =
        if lazy.is_empty() { String::new() } else { format!("export let {};", lazy.join(",")) };
    format!(
        "const $m=import.meta,$e=$m.{EXPORTS};export let{{{plain}}}=$e;{lazy}export{{$e as default}};\
         $m.{FETCH}=n=>{{switch(n){{{cases}}}}};$m.{SYNC}=()=>{{({{{all}}}=$e)}}"
    )
}

/// What `import.meta` of a builtin's module holds; remembered for [`fetch`] and [`sync`].
pub(super) fn fill_meta(name: &str, meta: &JsObject, context: &mut Context) {
    // A builtin that was made a module is loaded: this reads a cache.
    let exports = builtins::load(name, context).unwrap_or_default();
    define_value(meta, JsString::from(EXPORTS), exports, true);
    if let Some(made) = context.get_data::<Made>()
        && let Some(parts) = made.0.borrow_mut().get_mut(name)
    {
        parts.meta = Some(meta.clone());
    }
}

/// Sets what only a getter gives: the name, or all of them for `*`. Somebody imports it.
pub(super) fn fetch(builtin: &str, name: &str, context: &mut Context) -> JsResult<()> {
    let parts = context.get_data::<Made>().and_then(|made| made.0.borrow().get(builtin).cloned());
    let Some(Parts { meta: Some(meta), lazy }) = parts else { return Ok(()) };
    let wanted: Vec<String> =
        lazy.into_iter().filter(|known| name == "*" || known == name).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let Some(fetch) = meta.get(JsString::from(FETCH), context)?.as_callable() else {
        return Ok(());
    };
    for name in wanted {
        fetch.call(&meta.clone().into(), &[JsString::from(name).into()], context)?;
    }
    Ok(())
}

/// `module.syncBuiltinESMExports()`.
pub(crate) fn sync(context: &mut Context) -> JsResult<()> {
    let made = context.get_data::<Made>();
    let metas: Vec<JsObject> = made
        .map(|made| made.0.borrow().values().filter_map(|parts| parts.meta.clone()).collect())
        .unwrap_or_default();
    for meta in metas {
        if let Some(sync) = meta.get(JsString::from(SYNC), context)?.as_callable() {
            sync.call(&meta.into(), &[], context)?;
        }
    }
    Ok(())
}
