//! Names that the engine's parser takes for keywords where a module imports: `of` and `async`.
//!
//! It reads them behind `as`, so there they are put: `import { of }` is `import { of as of }`, and
//! `import of from` is `import {default as of} from`.

use std::borrow::Cow;

use super::{Declarations, Imported};

const NAMES: [&str; 2] = ["of", "async"];

/// What is to be inserted before which bytes of a module's text, in order.
pub(crate) fn import_names(
    text: &str,
    declarations: &Declarations,
) -> Vec<(usize, Cow<'static, str>)> {
    let mut places = Vec::new();
    for import in &declarations.imports {
        let Imported { name, local, span: (start, end), .. } = import;
        // Behind `as` they are read.
        let Some(known) = NAMES.iter().find(|known| *known == local) else { continue };
        if text.get(*start..*end) != Some(known) {
            continue;
        }
        if name != "default" {
            places.push((*end, format!(" as {known}").into()));
            continue;
        }
        places.push((*start, "{default as ".into()));
        match list_behind(text, *end) {
            // The other names join the list; its bracket becomes a comment.
            Some(bracket) => places.extend([(bracket, "/*".into()), (bracket + 1, "*/".into())]),
            None => places.push((*end, "}".into())),
        }
    }
    places.sort_by_key(|(place, _)| *place);
    places
}

/// Where `{` stands behind a comma.
fn list_behind(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?.trim_start().strip_prefix(',')?.trim_start();
    rest.starts_with('{').then(|| text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::syntax::{Additions, declarations};

    fn rewritten(text: &str) -> String {
        let places = import_names(text, &declarations(text));
        Additions { places, at_end: false }.insert(text).into_owned()
    }

    #[test]
    fn keywords_are_imported_by_other_means() {
        for (text, expected) in [
            ("import {a, of, async} from 'x'", "import {a, of as of, async as async} from 'x'"),
            ("import {of as a, b as of} from 'x'", "import {of as a, b as of} from 'x'"),
            ("import async from 'async'", "import {default as async} from 'async'"),
            ("import of , { a } from 'x'", "import {default as of , /*{*/ a } from 'x'"),
            ("import * as of from 'x'; of()", "import * as of from 'x'; of()"),
            ("import a, { of } from 'x'", "import a, { of as of } from 'x'"),
        ] {
            assert_eq!(rewritten(text), expected);
        }
    }
}
