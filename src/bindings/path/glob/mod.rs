//! Glob patterns: `*`, `?`, `**`, `[a-z]`, `{a,b}`, `+(a|b)`, as `path.matchesGlob()` takes them.

mod braces;
mod segment;

use segment::Segment;

/// One component of a pattern.
enum Part {
    /// `**`: any number of components.
    Globstar,
    Segment(Segment),
}

/// True where the path matches the pattern. A backslash in the pattern is a separator; in the
/// path it is one if `windows` says so, and then letters of either case are the same.
pub(super) fn matches(path: &str, pattern: &str, windows: bool) -> bool {
    let fold = |text: &str| if windows { text.to_lowercase() } else { text.to_owned() };
    let pattern = fold(&pattern.replace('\\', "/"));
    let path = if windows { fold(&path.replace('\\', "/")) } else { path.to_owned() };
    if pattern.is_empty() {
        return path.is_empty();
    }
    let components = simplified(components_of(&path), false);
    braces::expand(&pattern).iter().any(|pattern| {
        let parts: Vec<Part> =
            simplified(components_of(pattern), true)
                .into_iter()
                .map(|text| {
                    if text == "**" { Part::Globstar } else { Part::Segment(Segment::parse(text)) }
                })
                .collect();
        match_parts(&parts, &components)
    })
}

/// The components; a run of separators separates once, and stands for an empty component only
/// in front and at the end.
fn components_of(path: &str) -> Vec<&str> {
    let mut components: Vec<&str> = Vec::new();
    let all: Vec<&str> = path.split('/').collect();
    for (index, component) in all.iter().enumerate() {
        if component.is_empty() && index > 0 && index + 1 < all.len() {
            continue;
        }
        components.push(component);
    }
    components
}

/// Drops `.`, resolves `name/..`, and in patterns makes one `**` of several in a row.
fn simplified(components: Vec<&str>, is_pattern: bool) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    let count = components.len();
    for component in components {
        let previous = kept.last().copied();
        match component {
            "." if count > 1 => {}
            ".." if previous.is_some_and(|name| !matches!(name, "" | "." | ".." | "**")) => {
                kept.pop();
            }
            "**" if is_pattern && previous == Some("**") => {}
            _ => kept.push(component),
        }
    }
    if kept.is_empty() { vec![""] } else { kept }
}

fn match_parts(parts: &[Part], components: &[&str]) -> bool {
    let Some((part, parts)) = parts.split_first() else {
        // A trailing separator of the path does not count.
        return components.is_empty() || components == [""];
    };
    match part {
        Part::Segment(segment) => match components.split_first() {
            Some((component, rest)) => segment.matches(component) && match_parts(parts, rest),
            None => false,
        },
        Part::Globstar if parts.is_empty() => {
            !components.is_empty() && components.iter().all(|component| !component.starts_with('.'))
        }
        Part::Globstar => {
            for skipped in 0..=components.len() {
                if match_parts(parts, &components[skipped..]) {
                    return true;
                }
                if components.get(skipped).is_none_or(|component| component.starts_with('.')) {
                    return false;
                }
            }
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[track_caller]
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        for path in yes {
            assert!(matches(path, pattern, false), "{pattern} should match {path}");
        }
        for path in no {
            assert!(!matches(path, pattern, false), "{pattern} should not match {path}");
        }
    }

    #[test]
    fn stars_stay_within_a_component() {
        check("a/*.js", &["a/b.js", "a/b.c.js"], &["a/.js", "a/b/c.js", "b.js"]);
        check("*", &["a"], &[".a", "a/b", "", "..", "."]);
        check("?b", &["ab"], &["b", ".b", "aab"]);
    }

    #[test]
    fn globstars_cross_components() {
        check("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a/.x/b", "b", "a/b/c"]);
        check("**", &["a", "a/b"], &["a/.b", ".a"]);
        check("a/**", &["a/b", "a/b/c", "a/"], &["a", "b"]);
    }

    #[test]
    fn braces_classes_and_groups() {
        check("{a,b{1..3}}", &["a", "b1", "b3"], &["b", "b4", "{a}"]);
        check("[a-c!]x", &["ax", "!x"], &["dx", "x"]);
        check("[!a]", &["b"], &["a", "."]);
        check("+(a|bc)", &["a", "abc", "bcbca"], &["", "b", "ab"]);
        check("!(a).js", &["b.js", "aa.js"], &["a.js"]);
        check("@(a|b)", &["a"], &["ab", "(a)"]);
    }

    #[test]
    fn windows_takes_both_separators_and_either_case() {
        assert!(matches("A\\B", "a/*", true));
        assert!(!matches("A\\B", "a/*", false));
    }
}
