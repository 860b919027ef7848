//! Modules that are parsed before anybody imports them: see [`crate::engine::commonjs::foresight`].

use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
    rc::Rc,
};

use boa_engine::Context;

use super::{
    load::Parsed,
    resolve::{self, Resolution, Target},
};
use crate::engine::{commonjs::resolve::Resolver, state};

/// What a realm has parsed in advance, by URL.
#[derive(Default)]
struct Foreseen(RefCell<HashMap<String, Parsed>>);

/// What a module imports.
pub(crate) enum Imported {
    File(PathBuf),
    Builtin(&'static str),
}

/// Parses the text of a file, for whoever will ask [`take`] for it. A text that cannot be parsed is left to them. What it
/// imports, as far as that is there.
pub(crate) fn foresee(
    path: &Path,
    text: String,
    resolver: &Resolver,
    context: &mut Context,
) -> Vec<Imported> {
    let url = resolve::file_url(path);
    let Ok(parsed) = Parsed::of(&url, text, None, context) else { return Vec::new() };
    let engine = state::of(context);
    let conditions = resolver.import_conditions.borrow();
    let resolution =
        Resolution { resolver, builtins: &engine.builtins, conditions: &conditions, base: &url };
    let requests = parsed.declarations.requests.iter();
    let imported =
        requests.filter_map(|request| match resolution.resolve(&request.specifier).ok()? {
            Target::File { path, .. } => Some(Imported::File(path)),
            Target::Builtin(name) => Some(Imported::Builtin(name)),
            Target::UnknownBuiltin(_) | Target::Data(_) => None,
        });
    let imported = imported.collect();
    of(context).0.borrow_mut().insert(url, parsed);
    imported
}

fn of(context: &mut Context) -> Rc<Foreseen> {
    if let Some(foreseen) = context.get_data::<Rc<Foreseen>>() {
        return foreseen.clone();
    }
    let foreseen = Rc::new(Foreseen::default());
    context.insert_data(foreseen.clone());
    foreseen
}

/// What was parsed of this text. It can be used once: it is kept no longer.
pub(super) fn take(url: &str, text: &str, context: &Context) -> Option<Parsed> {
    // Where time is counted, texts are parsed with what counts it.
    if state::of(context).is_counted() {
        return None;
    }
    let foreseen = context.get_data::<Rc<Foreseen>>()?.clone();
    let mut parsed = foreseen.0.borrow_mut();
    if parsed.get(url)?.text != text {
        return None;
    }
    parsed.remove(url)
}

/// What is kept, by URL.
#[cfg(test)]
pub(in crate::engine) fn urls(context: &mut Context) -> Vec<String> {
    let mut urls: Vec<String> = of(context).0.borrow().keys().cloned().collect();
    urls.sort();
    urls
}
