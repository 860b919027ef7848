//! What a program is granted, as a value.

use std::{env, path::Path};

use super::{Follow, Scope, paths::Paths, programs::Programs, resolve, row, variables::Variables};

/// What a program is granted. Nothing is, to begin with, save its environment.
///
/// Paths are compared where they lead, not as they are written: links, `..` and `/proc/self/fd` are no
/// way around. What a program has open it may use. Children that run rjs are limited at least as their
/// parent is, whatever their own options say.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    pub(super) read: Paths,
    pub(super) write: Paths,
    pub(super) programs: Programs,
    pub(super) variables: Variables,
    pub(super) switches: Vec<Scope>,
    /// The `PATH` of the runtime that they limit, once there is one.
    pub(super) path: Option<String>,
}

impl Permissions {
    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Files below this path may be read: a file, a folder with all in it, `*` for everything; a `*` at
    /// the end stands for any rest. A relative path begins in the working directory of the runtime.
    #[must_use]
    pub fn allow_fs_read(mut self, path: &str) -> Self {
        self.read.add(path);
        self
    }

    /// This file, or folder with all in it, may be read; a `*` in its name is a letter as any other.
    #[must_use]
    pub fn allow_fs_read_exactly(mut self, path: &str) -> Self {
        self.read.add_literal(path);
        self
    }

    /// As [`Self::allow_fs_read`], for making, changing and removing.
    #[must_use]
    pub fn allow_fs_write(mut self, path: &str) -> Self {
        self.write.add(path);
        self
    }

    /// Any process may be started; what it does is not limited by what this program may, unless it is
    /// rjs.
    #[must_use]
    pub fn allow_child_process(self) -> Self {
        self.allow(Scope::ChildProcess)
    }

    /// This program may be started, under this name: a path, or a name that is looked for in the `PATH`
    /// now, once and for all; a relative path begins in the working directory of the runtime. `rjs` is this very executable, which is what `fork()` starts; so is `node`
    /// where the `PATH` has none.
    ///
    /// A shell, or any program that starts others, is as good as [`Self::allow_child_process`]; one that
    /// scripts may overwrite is, too.
    #[must_use]
    pub fn allow_run(mut self, program: &str) -> Self {
        self.programs.add(program);
        self
    }

    /// This variable of the environment may be seen, changed and passed on; a `*` at the end stands for
    /// any rest. With the first one all others are hidden; an empty name hides all.
    #[must_use]
    pub fn allow_env(mut self, name: &str) -> Self {
        self.variables.add(name);
        self
    }

    /// Sockets may be opened.
    #[must_use]
    pub fn allow_net(self) -> Self {
        self.allow(Scope::Net)
    }

    /// Threads may be started.
    #[must_use]
    pub fn allow_worker(self) -> Self {
        self.allow(Scope::Worker)
    }

    /// Native addons, which rjs cannot load: only `process.permission.has()` tells of it.
    #[must_use]
    pub fn allow_addons(self) -> Self {
        self.allow(Scope::Addon)
    }

    /// WASI, which rjs does not have: only `process.permission.has()` tells of it.
    #[must_use]
    pub fn allow_wasi(self) -> Self {
        self.allow(Scope::Wasi)
    }

    /// The inspector, which rjs does not have: only `process.permission.has()` tells of it.
    #[must_use]
    pub fn allow_inspector(self) -> Self {
        self.allow(Scope::Inspector)
    }

    /// The same with relative paths that begin in this folder, unless they have begun elsewhere.
    #[must_use]
    pub(crate) fn placed(mut self, folder: &Path) -> Self {
        self.read.place(folder);
        self.write.place(folder);
        self.programs.place(folder);
        self
    }

    /// What both grant. Relative paths begin in the process's working directory then.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        let here = env::current_dir().unwrap_or_default();
        let placed = |one: &Self| one.clone().placed(&here);
        placed(self).common(&placed(other))
    }

    fn common(&self, other: &Self) -> Self {
        let has_all = |permissions: &Self| permissions.has_switch(Scope::ChildProcess);
        Self {
            read: self.read.within(&other.read),
            write: self.write.within(&other.write),
            programs: match (has_all(self), has_all(other)) {
                (true, _) => other.programs.clone(),
                (false, true) => self.programs.clone(),
                (false, false) => self.programs.within(&other.programs),
            },
            variables: self.variables.within(&other.variables),
            switches: self.switches.iter().copied().filter(|s| other.has_switch(*s)).collect(),
            path: None,
        }
    }

    /// The same, for a runtime with this environment.
    #[must_use]
    pub(crate) fn in_environment(mut self, env: &[(String, String)]) -> Self {
        let path = env.iter().rev().find(|(name, _)| name == "PATH");
        self.path = path.map(|(_, path)| path.clone());
        self
    }

    /// The `PATH` that the runtime was started with.
    pub(crate) fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    fn allow(mut self, scope: Scope) -> Self {
        if !self.has_switch(scope) {
            self.switches.push(scope);
        }
        self
    }

    pub(super) fn has_switch(&self, scope: Scope) -> bool {
        self.switches.contains(&scope)
    }

    /// Whether everything of this kind is granted.
    pub(crate) fn has_whole(&self, scope: Scope) -> bool {
        match scope {
            Scope::FsRead => self.read.is_all(),
            Scope::FsWrite => self.write.is_all(),
            Scope::Run => self.has_switch(Scope::ChildProcess),
            Scope::Env => self.variables.is_all(),
            _ => self.has_switch(scope),
        }
    }

    /// Whether this may be done to this path.
    pub(crate) fn has_path(&self, scope: Scope, path: &Path, follow: Follow) -> bool {
        self.is_whole(scope) || self.covers(scope, &resolve(path, follow))
    }

    /// As [`Self::has_path`], for a path that leads where it says.
    pub(crate) fn covers(&self, scope: Scope, real: &Path) -> bool {
        let paths = match scope {
            Scope::FsRead => &self.read,
            Scope::FsWrite => &self.write,
            _ => return self.has_whole(scope),
        };
        paths.hold(real) && !self.is_secret(real)
    }

    /// Whether a path is a process's memory, or its environment while that is hidden: no grant of paths is meant
    /// for them.
    fn is_secret(&self, real: &Path) -> bool {
        let is_hidden = || !self.variables.is_all() && real.ends_with("environ");
        real.starts_with("/proc") && (real.ends_with("mem") || is_hidden())
    }

    /// Whether a scope's paths need no look: all are granted, and nothing is secret. Who may write all files may not
    /// write to memory, and so to what else is denied.
    pub(crate) fn is_whole(&self, scope: Scope) -> bool {
        self.has_whole(scope) && self.variables.is_all() && scope != Scope::FsWrite
    }

    /// The options that grant the switches.
    pub(super) fn switch_options(&self) -> impl Iterator<Item = String> {
        self.switches.iter().map(|scope| row(*scope).3.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_grant_what_both_grant() {
        let one = Permissions::none().allow_fs_read("/usr/").allow_net().allow_run("/bin/true");
        let other = Permissions::none().allow_fs_read("*").allow_child_process().allow_env("A*");
        let both = one.within(&other);
        assert!(both.covers(Scope::FsRead, Path::new("/usr/x")));
        assert!(!both.covers(Scope::FsRead, Path::new("/etc/x")));
        assert!(!both.has_whole(Scope::Net) && !both.has_whole(Scope::ChildProcess));
        assert!(both.variables.hold("AB") && !both.variables.hold("B"));
        assert_eq!(both.programs.options().count(), 1, "the one of those that all others grant");
        assert_eq!(other.within(&one).programs.options().count(), 1);
    }

    #[test]
    fn a_hidden_environment_is_no_file() {
        let all = Permissions::none().allow_fs_read("*");
        assert!(all.covers(Scope::FsRead, Path::new("/proc/1/environ")));
        let hidden = all.allow_env("");
        assert!(!hidden.covers(Scope::FsRead, Path::new("/proc/1/task/1/environ")));
        assert!(hidden.covers(Scope::FsRead, Path::new("/environ")));
        assert!(!hidden.covers(Scope::FsRead, Path::new("/proc/1/task/1/mem")));
        let writes = Permissions::none().allow_fs_write("*");
        assert!(!writes.covers(Scope::FsWrite, Path::new("/proc/1/mem")));
        assert!(!writes.is_whole(Scope::FsWrite));
        assert!(!hidden.is_whole(Scope::FsRead));
    }
}
