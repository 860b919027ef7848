//! Modules that are parsed before anybody imports them: see [`crate::engine::commonjs::foresight`].

use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
    rc::Rc,
};

use boa_engine::{Context, realm::Realm};

use super::{
    load::Parsed,
    resolve::{self, Resolution, Target},
};
use crate::engine::{commonjs::resolve::Resolver, state};

/// What a realm has parsed in advance, by URL.
#[derive(Default)]
struct Foreseen(RefCell<HashMap<String, (Realm, Parsed)>>);

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
    let realm = context.realm().clone();
    of(context).0.borrow_mut().insert(url, (realm, parsed));
    imported
}

/// Gives up what was parsed of a file.
pub(crate) fn forget(path: &Path, context: &mut Context) {
    of(context).0.borrow_mut().remove(&resolve::file_url(path));
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
    let foreseen = context.get_data::<Rc<Foreseen>>()?.clone();
    let mut all = foreseen.0.borrow_mut();
    // Where time is counted, texts are parsed with what counts it.
    if state::of(context).is_counted() {
        all.clear();
        return None;
    }
    let (realm, parsed) = all.get(url)?;
    if parsed.text != text || realm != context.realm() {
        return None;
    }
    all.remove(url).map(|(_, parsed)| parsed)
}

/// What is kept, by URL.
#[cfg(test)]
pub(in crate::engine) fn urls(context: &mut Context) -> Vec<String> {
    let mut urls: Vec<String> = of(context).0.borrow().keys().cloned().collect();
    urls.sort();
    urls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::realm;

    const TEXT: &str = "export const one = 1;";

    #[test]
    fn what_was_parsed_serves_its_text_in_its_realm_once() {
        let mut context = realm::create(Vec::new()).expect("a realm can be made");
        let path = Path::new("/t.mjs");
        foresee(path, TEXT.to_owned(), &Resolver::default(), &mut context);
        let taken = |url, text, context: &Context| take(url, text, context).is_some();
        assert!(!taken("file:///u.mjs", TEXT, &context));
        assert!(!taken("file:///t.mjs", "export const one = 2;", &context));
        let other = context.create_realm().expect("a realm can be made");
        let own = context.enter_realm(other);
        assert!(!taken("file:///t.mjs", TEXT, &context));
        context.enter_realm(own);
        assert!(taken("file:///t.mjs", TEXT, &context));
        assert!(!taken("file:///t.mjs", TEXT, &context));
        foresee(path, TEXT.to_owned(), &Resolver::default(), &mut context);
        forget(path, &mut context);
        assert!(!taken("file:///t.mjs", TEXT, &context));
    }
}
