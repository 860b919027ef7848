//! Sets of paths, compared where they lead.

use std::{
    fs,
    os::unix::ffi::OsStrExt,
    path::{Component, Path, PathBuf},
};

use super::Follow;

/// Paths that are granted.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug)]
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
        if text == "*" {
            self.patterns.push(Pattern::All);
        } else if let Some((prefix, _)) = text.split_once('*') {
            // As in Node, what stands behind the star does not count.
            self.add_prefix(prefix);
        } else {
            let path = real(&absolute(Path::new(text)), Follow::Yes);
            let is_folder = path.is_dir() || text.ends_with('/');
            self.patterns.push(if is_folder { Pattern::Below(path) } else { Pattern::Exact(path) });
        }
    }

    fn add_prefix(&mut self, prefix: &str) {
        let path = absolute(Path::new(prefix));
        if prefix.ends_with('/') {
            self.patterns.push(Pattern::Below(real(&path, Follow::Yes)));
        } else {
            self.patterns.push(Pattern::Prefix(real(&path, Follow::No)));
        }
    }

    pub(super) fn is_all(&self) -> bool {
        self.patterns.iter().any(|pattern| matches!(pattern, Pattern::All))
    }

    /// Whether this path leads to a place that is granted.
    pub(super) fn hold(&self, path: &Path, follow: Follow) -> bool {
        if self.is_all() {
            return true;
        }
        let path = real(&absolute(path), follow);
        self.patterns.iter().any(|pattern| match pattern {
            Pattern::All => true,
            Pattern::Exact(granted) => path == *granted,
            Pattern::Below(folder) => path.starts_with(folder),
            Pattern::Prefix(prefix) => {
                path.as_os_str().as_bytes().starts_with(prefix.as_os_str().as_bytes())
            }
        })
    }
}

/// The path from the root on. What `..` leads to is left to the system, which follows links first.
fn absolute(path: &Path) -> PathBuf {
    std::env::current_dir().unwrap_or_default().join(path)
}

/// Where a path leads, as far as it is there; the rest of it is as it is written.
fn real(path: &Path, follow: Follow) -> PathBuf {
    match (follow, path.parent(), path.file_name()) {
        (Follow::No, Some(folder), Some(name)) => resolve(folder).join(name),
        _ => resolve(path),
    }
}

fn resolve(path: &Path) -> PathBuf {
    if let Ok(found) = fs::canonicalize(path) {
        return found;
    }
    // A link that leads to nothing yet may be followed by who makes that.
    if let Ok(target) = fs::read_link(path) {
        let folder = path.parent().map(resolve).unwrap_or_default();
        return without_dots(&folder.join(target));
    }
    match (path.parent(), path.components().next_back()) {
        (Some(folder), Some(Component::Normal(name))) => resolve(folder).join(name),
        (Some(folder), Some(Component::ParentDir)) => {
            let mut folder = resolve(folder);
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
        let holds = |path: &str, follow| paths.hold(&folder.join(path), follow);
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
        let holds = |paths: &Paths, path: &str| paths.hold(&folder.join(path), Follow::Yes);
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
}
