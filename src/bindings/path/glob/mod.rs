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
/// path it is one if `windows` says so.
pub(super) fn matches(path: &str, pattern: &str, windows: bool) -> bool {
    let pattern = pattern.replace('\\', "/");
    let path = if windows { path.replace('\\', "/") } else { path.to_owned() };
    if pattern.is_empty() {
        return path.is_empty();
    }
    let path = simplified(components(&path));
    braces::expand(&pattern).iter().any(|pattern| match_parts(&parts(pattern), &path))
}

/// One component of a pattern, for who walks folders along it.
pub(super) enum Step {
    /// `**`: any number of folders.
    Anywhere,
    /// A name without wildcards.
    Name(String),
    /// Any name that fits.
    Matching(Matcher),
}

/// Tests names against a component of a pattern.
pub(super) struct Matcher(Segment);

impl Matcher {
    /// True where a name fits.
    pub(super) fn matches(&self, name: &str) -> bool {
        self.0.matches(name)
    }
}

/// The patterns without braces that a pattern stands for, as steps.
pub(super) fn steps(pattern: &str) -> Vec<Vec<Step>> {
    let pattern = pattern.replace('\\', "/");
    let step = |text: &str| match (text, Segment::parse(text)) {
        ("**", _) => Step::Anywhere,
        (_, segment) => match segment.literal() {
            Some(name) => Step::Name(name),
            None => Step::Matching(Matcher(segment)),
        },
    };
    let steps = |pattern: &String| {
        let mut components = simplified(components(pattern));
        components.dedup_by(|next, previous| *next == "**" && *previous == "**");
        components.into_iter().map(step).collect()
    };
    braces::expand(&pattern).iter().map(steps).collect()
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut components = simplified(components(pattern));
    components.dedup_by(|next, previous| *next == "**" && *previous == "**");
    let part = |text| match text {
        "**" => Part::Globstar,
        _ => Part::Segment(Segment::parse(text)),
    };
    components.into_iter().map(part).collect()
}

/// The components; a run of separators separates once, and stands for an empty component only
/// in front and at the end.
fn components(path: &str) -> Vec<&str> {
    let mut components: Vec<&str> = path.split('/').collect();
    let last = components.len() - 1;
    let mut index = 0;
    components.retain(|component| {
        index += 1;
        !component.is_empty() || index == 1 || index == last + 1
    });
    components
}

/// Drops `.` in the middle and resolves `name/..`.
fn simplified(components: Vec<&str>) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    let last = components.len() - 1;
    for (index, component) in components.into_iter().enumerate() {
        let previous = kept.last().copied();
        match component {
            "." if index > 0 && index < last => {}
            ".." if previous.is_some_and(|name| !matches!(name, "" | "." | ".." | "**")) => {
                kept.pop();
            }
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
    fn windows_takes_both_separators() {
        assert!(matches("a\\b", "a/*", true));
        assert!(!matches("a\\b", "a/*", false));
    }
}
