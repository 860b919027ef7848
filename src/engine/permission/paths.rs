//! Sets of paths, compared where they lead.

use std::{
    fs,
    os::unix::ffi::OsStrExt,
    path::{Component, Path, PathBuf},
};

use super::{Follow, inheritance::plain};

/// Paths that are granted.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths {
    patterns: Vec<Pattern>,
    /// Those that nobody has said yet where they begin.
    relative: Vec<Asked>,
}

/// What is to be granted, as it was written.
#[derive(Clone, Debug)]
struct Asked {
    text: String,
    /// A star in it is a letter as any other.
    is_literal: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    All,
    /// This one, or a folder with all in it.
    Exact(PathBuf),
    Below(PathBuf),
    /// Whatever begins so.
    Prefix(PathBuf),
}

impl Paths {
    /// Adds what an option names.
    pub(super) fn add(&mut self, text: &str) {
        self.ask(Asked { text: text.to_owned(), is_literal: false });
    }

    /// Adds a file or folder, whatever is in its name.
    pub(super) fn add_literal(&mut self, path: &str) {
        self.ask(Asked { text: path.to_owned(), is_literal: true });
    }

    fn ask(&mut self, asked: Asked) {
        if asked.text.starts_with('/') || asked.text == "*" {
            self.patterns.push(asked.pattern(Path::new("/")));
        } else {
            self.relative.push(asked);
        }
    }

    /// Says where those begin that are relative.
    pub(super) fn place(&mut self, folder: &Path) {
        self.patterns.extend(self.relative.drain(..).map(|asked| asked.pattern(folder)));
    }

    pub(super) fn is_all(&self) -> bool {
        self.patterns.iter().any(|pattern| matches!(pattern, Pattern::All))
    }

    /// Whether this path, which leads where it says, is granted.
    pub(super) fn hold(&self, real: &Path) -> bool {
        self.patterns.iter().any(|pattern| pattern.covers(real))
    }

    /// What both hold.
    pub(super) fn within(&self, other: &Self) -> Self {
        let mut patterns = Vec::new();
        for one in &self.patterns {
            for two in &other.patterns {
                if let Some(narrow) = one.narrower(two)
                    && !patterns.contains(narrow)
                {
                    patterns.push(narrow.clone());
                }
            }
        }
        Self { patterns, relative: Vec::new() }
    }

    /// As values of options.
    pub(super) fn options(&self) -> impl Iterator<Item = String> {
        self.patterns.iter().filter_map(|pattern| {
            Some(match pattern {
                Pattern::All => "*".to_owned(),
                Pattern::Exact(path) => plain(path)?.to_owned(),
                Pattern::Below(path) => format!("{}/", plain(path)?.trim_end_matches('/')),
                Pattern::Prefix(path) => format!("{}*", plain(path)?),
            })
        })
    }

    /// As texts that mean nothing else: a letter that says how a path is meant, and the path.
    pub(super) fn coded(&self) -> impl Iterator<Item = String> {
        self.patterns.iter().filter_map(|pattern| {
            Some(match pattern {
                Pattern::All => "*".to_owned(),
                Pattern::Exact(path) => format!("={}", path.to_str()?),
                Pattern::Below(path) => format!("/{}", path.to_str()?),
                Pattern::Prefix(path) => format!("^{}", path.to_str()?),
            })
        })
    }

    /// What [`Self::coded`] made, unless it is something else.
    pub(super) fn decoded<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> Option<Self> {
        let pattern = |text: Option<&str>| {
            let text = text?;
            let path = text.get(1..).map(PathBuf::from);
            let path = path.filter(|path| path.is_absolute());
            Some(match text.as_bytes().first()? {
                b'*' if text.len() == 1 => Pattern::All,
                b'=' => Pattern::Exact(path?),
                b'/' => Pattern::Below(path?),
                b'^' => Pattern::Prefix(path?),
                _ => return None,
            })
        };
        Some(Self { patterns: texts.map(pattern).collect::<Option<_>>()?, relative: Vec::new() })
    }
}

impl Asked {
    fn pattern(&self, folder: &Path) -> Pattern {
        let text = &*self.text;
        if text == "*" && !self.is_literal {
            return Pattern::All;
        }
        match text.split_once('*').filter(|_| !self.is_literal) {
            // As in Node, what stands behind the star does not count.
            Some((prefix, _)) if prefix.is_empty() || prefix.ends_with('/') => {
                Pattern::Below(resolve(&folder.join(prefix), Follow::Yes))
            }
            Some((prefix, _)) => Pattern::Prefix(resolve(&folder.join(prefix), Follow::No)),
            None => {
                let path = resolve(&folder.join(text), Follow::Yes);
                let is_folder = path.is_dir() || text.ends_with('/');
                if is_folder { Pattern::Below(path) } else { Pattern::Exact(path) }
            }
        }
    }
}

impl Pattern {
    fn covers(&self, real: &Path) -> bool {
        match self {
            Self::All => true,
            Self::Exact(granted) => real == *granted,
            Self::Below(folder) => real.starts_with(folder),
            Self::Prefix(prefix) => begins_with(real, prefix),
        }
    }

    /// What both stand for: of two that have something in common, one stands for all of the other.
    fn narrower<'a>(&'a self, other: &'a Self) -> Option<&'a Self> {
        if other.holds(self) {
            Some(self)
        } else if self.holds(other) {
            Some(other)
        } else {
            None
        }
    }

    fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (_, Self::All) | (Self::Exact(_), Self::Below(_) | Self::Prefix(_)) => false,
            (_, Self::Exact(path) | Self::Below(path)) => self.covers(path),
            // `/a/b` with any rest goes beyond the folder `/a/b`.
            (Self::Below(folder), Self::Prefix(prefix)) => {
                prefix.starts_with(folder) && prefix != folder
            }
            (Self::Prefix(one), Self::Prefix(two)) => begins_with(two, one),
        }
    }
}

fn begins_with(path: &Path, prefix: &Path) -> bool {
    path.as_os_str().as_bytes().starts_with(prefix.as_os_str().as_bytes())
}

/// The path from the root on. What `..` leads to is left to the system, which follows links first.
fn absolute(path: &Path) -> PathBuf {
    std::env::current_dir().unwrap_or_default().join(path)
}

/// Where a path leads, as far as it is there; the rest of it is as it is written.
pub(super) fn resolve(path: &Path, follow: Follow) -> PathBuf {
    let path = absolute(path);
    match (follow, path.parent(), path.file_name()) {
        (Follow::No, Some(folder), Some(name)) => real(folder).join(name),
        _ => real(&path),
    }
}

fn real(path: &Path) -> PathBuf {
    if let Ok(found) = fs::canonicalize(path) {
        return found;
    }
    // A link that leads to nothing yet may be followed by who makes that.
    if let Ok(target) = fs::read_link(path) {
        let folder = path.parent().map(real).unwrap_or_default();
        return without_dots(&folder.join(target));
    }
    match (path.parent(), path.components().next_back()) {
        (Some(folder), Some(Component::Normal(name))) => real(folder).join(name),
        (Some(folder), Some(Component::ParentDir)) => {
            let mut folder = real(folder);
            folder.pop();
            folder
        }
        _ => without_dots(path),
    }
}

fn without_dots(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("rjs-paths-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("in/deep")).unwrap();
        fs::create_dir_all(folder.join("out")).unwrap();
        fs::write(folder.join("out/secret"), "x").unwrap();
        fs::canonicalize(folder).unwrap()
    }

    #[test]
    fn paths_are_compared_where_they_lead() {
        let folder = folder("lead");
        let text = |path: &str| folder.join(path).to_string_lossy().into_owned();
        symlink(folder.join("out"), folder.join("in/link")).unwrap();
        symlink(folder.join("out/new"), folder.join("in/dangling")).unwrap();
        let mut paths = Paths::default();
        paths.add(&text("in"));
        let holds = |path: &str, follow| paths.hold(&resolve(&folder.join(path), follow));
        for inside in ["in", "in/new", "in/deep/../x", "out/../in/y", "in/no/such/folder"] {
            assert!(holds(inside, Follow::Yes), "{inside}");
        }
        let ways =
            ["out", "in/../out/secret", "in/link", "in/link/secret", "in/link/new", "in/dangling"];
        for outside in ways.into_iter().chain(["in/deep/../../out", "inner", ""]) {
            assert!(!holds(outside, Follow::Yes), "{outside}");
        }
        assert!(
            holds("in/link", Follow::No) && holds("in/dangling", Follow::No),
            "the links themselves"
        );
        assert!(!holds("in/link/secret", Follow::No));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn stars_stand_for_any_rest() {
        let folder = folder("stars");
        let mut paths = Paths::default();
        paths.add(&folder.join("in/a*").to_string_lossy());
        paths.add(&folder.join("out/*").to_string_lossy());
        let holds =
            |paths: &Paths, path: &str| paths.hold(&resolve(&folder.join(path), Follow::Yes));
        assert!(
            holds(&paths, "in/a")
                && holds(&paths, "in/abc")
                && holds(&paths, "in/a/b")
                && holds(&paths, "out/secret")
        );
        assert!(!holds(&paths, "in/b") && !holds(&paths, "in") && !holds(&paths, "outer"));
        assert!(!paths.is_all());
        paths.add("*");
        assert!(paths.is_all() && holds(&paths, "in/b"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_star_in_a_name_that_is_meant_is_a_letter() {
        let folder = folder("literal");
        let mut paths = Paths::default();
        paths.add_literal(&folder.join("in/a*b").to_string_lossy());
        let holds = |path: &str| paths.hold(&resolve(&folder.join(path), Follow::Yes));
        assert!(holds("in/a*b") && !holds("in/a") && !holds("in/ab") && !holds("in/a*bc"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn relative_paths_begin_where_they_are_placed() {
        let folder = folder("relative");
        let mut paths = Paths::default();
        for text in ["in", "./out/s*", "deep*", "../x*y"] {
            paths.add(text);
        }
        assert!(!paths.hold(&folder.join("in")), "nowhere yet");
        paths.place(&folder);
        let holds = |path: &str| paths.hold(&resolve(&folder.join(path), Follow::Yes));
        assert!(holds("in/deep") && holds("out/secret") && holds("deeper") && holds("../xx"));
        assert!(!holds("out") && !holds("out/other") && !holds("dee") && !holds("../other"));
        let here = std::env::current_dir().unwrap();
        assert!(!paths.hold(&here.join("in")));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn two_sets_have_in_common_what_both_hold() {
        let of = |texts: &[&str]| Paths::decoded(texts.iter().copied().map(Some)).unwrap();
        let common = |one: &[&str], two: &[&str]| {
            let forth: Vec<_> = of(one).within(&of(two)).coded().collect();
            let back: Vec<_> = of(two).within(&of(one)).coded().collect();
            assert_eq!(forth, back);
            forth
        };
        assert_eq!(common(&["*"], &["//a", "=/b"]), ["//a", "=/b"]);
        assert_eq!(common(&["//a"], &["//a/b"]), ["//a/b"]);
        assert_eq!(common(&["//a"], &["//ab"]), [""; 0]);
        assert_eq!(common(&["//a"], &["=/a/x"]), ["=/a/x"]);
        assert_eq!(common(&["^/a"], &["//ab"]), ["//ab"]);
        assert_eq!(common(&["^/a/b"], &["//a"]), ["^/a/b"]);
        assert_eq!(common(&["^/a"], &["//a"]), ["//a"]);
        assert_eq!(common(&["^/a"], &["^/ab"]), ["^/ab"]);
        assert_eq!(common(&["=/a"], &["=/b", "^/b"]), [""; 0]);
        let texts = ["*", "=/x", "//x", "^/x"];
        assert_eq!(of(&texts).coded().collect::<Vec<_>>(), texts);
        for nonsense in ["", "*x", "=x", "?/x"] {
            assert!(Paths::decoded([Some(nonsense)].into_iter()).is_none(), "{nonsense}");
        }
    }
}
