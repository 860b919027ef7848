//! What may stand at the end of a line: globals, properties, builtin modules, files.
//!
//! Nothing of the program runs for it: properties are looked up without their getters.

use std::{collections::BTreeSet, fs, path::Path};

use boa_engine::{Context, JsObject, JsString, JsValue, property::PropertyKey};

use crate::engine::{reflect, state};

/// The most names that are worth showing.
const MOST: usize = 400;

/// The names, and the byte of the line where they begin.
pub(crate) fn complete(line: &str, context: &mut Context) -> (usize, Vec<String>) {
    if let Some(start) = specifier_start(line) {
        let names = specifiers(&line[start..], context);
        return (start, names);
    }
    let start = chain_start(line);
    let chain = &line[start..];
    let (owner, prefix) = chain
        .rsplit_once('.')
        .map_or((None, chain), |(owner, prefix)| (Some(owner.trim_end_matches('?')), prefix));
    let begin = line.len() - prefix.len();
    let object = match owner {
        None if prefix.is_empty() => return (begin, Vec::new()),
        None => Some(context.global_object()),
        Some(owner) => resolve(owner, context),
    };
    let names = object.map(|object| names(&object, prefix, context)).unwrap_or_default();
    (begin, names)
}

/// Where the text inside `require('…` or `import('…` begins, if the line ends in one.
fn specifier_start(line: &str) -> Option<usize> {
    ["require('", "require(\"", "import('", "import(\"", "from '", "from \""]
        .iter()
        .filter_map(|opening| line.rfind(opening).map(|at| at + opening.len()))
        .max()
        .filter(|&start| !line[start..].contains(['\'', '"', ')']))
}

/// Builtins and files that begin like this.
fn specifiers(prefix: &str, context: &Context) -> Vec<String> {
    if prefix.starts_with(['.', '/']) {
        return files(prefix);
    }
    let builtins = &state::of(context).builtins;
    let plain = prefix.strip_prefix("node:");
    let names = builtins.public_names().filter(|name| name.starts_with(plain.unwrap_or(prefix)));
    names
        .map(|name| if plain.is_some() { format!("node:{name}") } else { name.to_owned() })
        .collect()
}

/// The files and folders that begin like this.
fn files(prefix: &str) -> Vec<String> {
    let (folder, start) = prefix.rsplit_once('/').map_or((".", prefix), |(folder, start)| {
        (if folder.is_empty() { "/" } else { folder }, start)
    });
    let shown = prefix.strip_suffix(start).unwrap_or_default();
    let Ok(entries) = fs::read_dir(Path::new(folder)) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let slash = if entry.path().is_dir() { "/" } else { "" };
            name.starts_with(start).then(|| format!("{shown}{name}{slash}"))
        })
        .take(MOST)
        .collect();
    names.sort();
    names
}

/// Where the chain of names and dots at the end of a line begins.
fn chain_start(line: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '?');
    line.char_indices()
        .rev()
        .take_while(|&(_, c)| is_part(c))
        .last()
        .map_or(line.len(), |(at, _)| at)
}

/// The object that a chain of names means, if no getter has to run to find it.
fn resolve(chain: &str, context: &mut Context) -> Option<JsObject> {
    let value = value_of(chain, &context.global_object(), context)?;
    holder(&value, context)
}

/// The value that a chain of names means, if no getter has to run to find it; the first name is that of
/// a property of `root`.
pub(crate) fn value_of(chain: &str, root: &JsObject, context: &mut Context) -> Option<JsValue> {
    let mut value = JsValue::from(root.clone());
    for name in chain.split('.') {
        let name = name.trim_end_matches('?');
        if !is_identifier(name) {
            return None;
        }
        let holder = holder(&value, context)?;
        value = property(&holder, name, root, context)?;
    }
    Some(value)
}

/// The object in which the properties of a value are looked up.
pub(super) fn holder(value: &JsValue, context: &mut Context) -> Option<JsObject> {
    value.to_object(context).ok()
}

/// A property's value. Of the lazy globals, which are accessors of ours, the getter runs.
fn property(
    object: &JsObject,
    name: &str,
    root: &JsObject,
    context: &mut Context,
) -> Option<JsValue> {
    let key = PropertyKey::from(JsString::from(name));
    let is_global = JsObject::equals(object, root);
    let mut cursor = Some(object.clone());
    while let Some(holder) = cursor {
        if let Some(found) = reflect::stored(&holder, &key) {
            return match found.value() {
                Some(value) => Some(value.clone()),
                None if is_global => object.get(key, context).ok(),
                None => None,
            };
        }
        cursor = reflect::prototype(&holder, context).ok()?;
    }
    None
}

/// The names of an object and of its prototypes that begin like this.
fn names(object: &JsObject, prefix: &str, context: &mut Context) -> Vec<String> {
    let found: BTreeSet<String> = levels(object, context)
        .into_iter()
        .flatten()
        .filter(|name| name.starts_with(prefix))
        .collect();
    found.into_iter().take(MOST).collect()
}

/// The names of an object, then those of its prototypes, each where it is found first.
pub(super) fn levels(object: &JsObject, context: &mut Context) -> Vec<Vec<String>> {
    let mut known = BTreeSet::new();
    let mut levels = Vec::new();
    let mut cursor = Some(object.clone());
    while let Some(holder) = cursor {
        let mut level = Vec::new();
        for key in reflect::own_keys(&holder, context).unwrap_or_default() {
            let PropertyKey::String(name) = key else { continue };
            let name = name.to_std_string_lossy();
            if is_identifier(&name) && known.insert(name.clone()) {
                level.push(name);
            }
        }
        levels.push(level);
        cursor = reflect::prototype(&holder, context).ok().flatten();
    }
    levels
}

fn is_identifier(name: &str) -> bool {
    let is_start = |c: char| c.is_alphabetic() || matches!(c, '_' | '$');
    name.starts_with(is_start) && name.chars().all(|c| is_start(c) || c.is_alphanumeric())
}
