//! What a child that is Node may be told. It takes its limits from options, and later ones from whoever starts
//! it: so none of these may grant what its parent has not.

use std::path::Path;

use super::{Follow, Permissions, SCOPES, Scope};

/// Options by which Node is not limited, or is by what nobody has looked at.
const LOOSENING: &[&str] = &[
    "--no-permission",
    "--run",
    "--experimental-config-file",
    "--experimental-default-config-file",
];

impl Permissions {
    /// The first of these words of a command line, or of `NODE_OPTIONS`, that would let Node do more than is
    /// granted here. Options and what a program is given are not told apart.
    pub(crate) fn excess<'word>(&self, words: &[&'word str]) -> Option<&'word str> {
        let mut words = words.iter().map(|word| word.trim_matches('"')).peekable();
        while let Some(word) = words.next() {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, words.peek().copied()),
            };
            if name.starts_with("--") && !self.has_option(&name.replace('_', "-"), value) {
                return Some(word);
            }
        }
        None
    }

    fn has_option(&self, name: &str, value: Option<&str>) -> bool {
        if LOOSENING.contains(&name) {
            return false;
        }
        if !name.starts_with("--allow-") {
            return true;
        }
        let scope = SCOPES.iter().find(|row| row.3 == name).map(|row| row.0);
        match (scope, value) {
            (Some(scope @ (Scope::FsRead | Scope::FsWrite)), Some(path)) => {
                self.has_whole(scope) || (!path.contains('*') && self.has_absolute(scope, path))
            }
            // What only rjs knows, Node refuses.
            (Some(Scope::Run | Scope::Env), _) => true,
            (Some(scope), _) => self.has_switch(scope),
            (None, _) => false,
        }
    }

    /// Where a relative path begins is the child's to say.
    fn has_absolute(&self, scope: Scope, path: &str) -> bool {
        path.starts_with('/') && self.has_path(scope, Path::new(path), Follow::Yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_told_no_more_than_is_granted() {
        let granted =
            Permissions::none().allow_fs_read("/usr/").allow_worker().allow_run("/bin/true");
        let excess = |text: &str| {
            let words: Vec<_> = text.split(' ').collect();
            granted.excess(&words).map(str::to_owned)
        };
        for fine in [
            "-e 1",
            "--permission --allow-worker x.js --color",
            "--allow-fs-read=/usr/lib",
            "--allow-fs-read /usr/lib/",
            "\"--allow-fs-read=/usr/\"",
            "--no-allow-net",
        ] {
            assert_eq!(excess(fine), None, "{fine}");
        }
        for more in [
            "--no-permission",
            "--no_permission",
            "--permission --allow-fs-read=*",
            "--allow_fs_read=/",
            "--allow-fs-read /etc",
            "--allow-fs-read=/usr/../etc",
            "--allow-fs-read=usr",
            "--allow-fs-write=/usr/x",
            "--allow-child-process",
            "--allow-net",
            "--allow-addons",
            "--allow-what-comes-next",
            "\"--no-permission\"",
            "--run build",
            "--experimental-config-file=/usr/x",
            "-r ./x.js --no-permission",
        ] {
            assert!(excess(more).is_some(), "{more}");
        }
    }
}
