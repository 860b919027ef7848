//! Modules that are parsed before anybody imports them: see [`crate::engine::commonjs::foresight`].

use std::path::{Path, PathBuf};

use boa_engine::Context;

use super::{
    load::Parsed,
    resolve::{self, Resolution, Target},
};
use crate::engine::{commonjs::resolve::Resolver, foreseen::Store, state};

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
    Store::keep(&url, parsed, context);
    imported
}

/// Gives up what was parsed of a file.
pub(crate) fn forget(path: &Path, context: &mut Context) {
    Store::<Parsed>::forget(&resolve::file_url(path), context);
}

/// What was parsed of this text, once.
pub(super) fn take(url: &str, text: &str, context: &Context) -> Option<Parsed> {
    Store::take(url, |parsed: &Parsed| parsed.text == text, context)
}

/// The URLs of what is kept.
#[cfg(test)]
pub(in crate::engine) fn urls(context: &mut Context) -> Vec<String> {
    Store::<Parsed>::names(context)
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
