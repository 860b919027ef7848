//! Sets of programs that may be started: each by its file, and under its name.

use std::{
    env,
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read},
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::{Path, PathBuf},
};

use super::{Permissions, Scope};

/// Where a name is looked for if there is no `PATH`. `execvp(3)`.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Variables that have other code loaded into a program: who gives them starts another program.
const LOADER_VARIABLES: &[&str] = &["LD_", "GLIBC_TUNABLES"];

/// Variables that have a script run other programs than it would, beside its `PATH`.
const SCRIPT_VARIABLES: &[&str] = &["BASH_ENV", "BASH_FUNC_"];

/// How a program begins that is no script.
const PROGRAM_HEADER: &[u8] = b"\x7fELF";

/// Programs by name and file.
#[derive(Clone, Debug, Default)]
pub(super) struct Programs {
    entries: Vec<Entry>,
    /// Paths that nobody has said yet where they begin.
    relative: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// Where it was found: its last part is the name under which it may be started.
    found: PathBuf,
    /// Where that leads.
    file: PathBuf,
}

/// What is about to be started.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    /// The program: a path if there is a slash in it, else a name.
    pub(crate) file: &'a str,
    /// What it is called.
    pub(crate) argv0: &'a [u8],
    /// The `PATH` that a name is looked for in.
    pub(crate) path: Option<&'a str>,
    /// The working directory that relative paths start from, if not the present one.
    pub(crate) cwd: Option<&'a Path>,
    /// What the `PATH` of a script may be: its interpreter may be looked for there, as what it runs.
    pub(crate) own_paths: &'a [String],
    /// Its environment, of each name one.
    pub(crate) env: &'a [(String, String)],
}

/// How a program that may be started is found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Started {
    /// As the caller says.
    AsGiven,
    /// It is this file, and nothing else.
    File(PathBuf),
}

impl Permissions {
    /// Which file is to be started; else the permission that is lacking, and for what.
    pub(super) fn start(&self, start: &Start<'_>) -> Result<Started, (Scope, String)> {
        if self.has_switch(Scope::ChildProcess) {
            return Ok(Started::AsGiven);
        }
        let denied = |resource: &str| Err((Scope::Run, resource.to_owned()));
        if self.programs.entries.is_empty() {
            return Err((Scope::ChildProcess, start.file.to_owned()));
        }
        let Some(file) = find(start.file, start.path, start.cwd) else {
            return denied(start.file);
        };
        let known: Vec<_> = self.programs.entries.iter().filter(|e| e.file == file).collect();
        if known.is_empty() {
            return denied(start.file);
        }
        // One file may be many programs, which go by the name that they are called.
        let argv0 = OsStr::from_bytes(start.argv0);
        let name = Path::new(argv0).file_name().unwrap_or(argv0);
        let is_called = |entry: &&Entry| entry.found.file_name() == Some(name);
        if !known.iter().any(is_called) && !is_own(&file) {
            return denied(&argv0.to_string_lossy());
        }
        match start.env.iter().find(|(name, value)| is_foreign(name, value)) {
            Some((variable, _)) => denied(variable),
            None if !is_script(&file) => Ok(Started::File(file)),
            None => match start.env.iter().find(|(name, value)| start.misleads(name, value)) {
                Some((variable, _)) => denied(variable),
                None => Ok(Started::File(file)),
            },
        }
    }

    /// Whether this program may be started under the name by which it is found from this working
    /// directory.
    pub(crate) fn may_run(&self, file: &str, cwd: &Path) -> bool {
        let (argv0, path) = (file.as_bytes(), self.path());
        let start = Start { file, argv0, path, cwd: Some(cwd), own_paths: &[], env: &[] };
        self.start(&start).is_ok()
    }
}

impl Start<'_> {
    /// Whether a variable has a script run what it would not by itself.
    fn misleads(&self, name: &str, value: &str) -> bool {
        if name == "PATH" {
            return !self.own_paths.iter().any(|own| own == value);
        }
        SCRIPT_VARIABLES.iter().any(|part| name.starts_with(part))
            && env::var_os(name).is_none_or(|own| own != value)
    }
}

impl Programs {
    /// A program whose file is known.
    pub(super) fn add_found(&mut self, found: PathBuf, file: PathBuf) {
        let entry = Entry { found, file };
        if !self.entries.contains(&entry) {
            self.entries.push(entry);
        }
    }

    /// Looks for a program; what is not there is not added.
    pub(super) fn add(&mut self, program: &str) {
        if program.contains('/') && !program.starts_with('/') {
            self.relative.push(program.to_owned());
        } else {
            self.look_for(program);
        }
    }

    /// Says where those begin that are relative.
    pub(super) fn place(&mut self, folder: &Path) {
        for program in std::mem::take(&mut self.relative) {
            if let Some(program) = folder.join(program).to_str() {
                self.look_for(program);
            }
        }
    }

    fn look_for(&mut self, program: &str) {
        let path = env::var("PATH").ok();
        let found = match program {
            "rjs" => env::current_exe().ok(),
            name => first(name, path.as_deref(), None),
        };
        let found = match program {
            "node" => found.or_else(|| env::current_exe().ok()),
            _ => found,
        };
        let Some(found) = found else { return };
        if let Ok(file) = fs::canonicalize(&found) {
            self.add_found(found, file);
        }
    }

    /// Each as where it was found and where that leads.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, &Path)> {
        self.entries.iter().map(|entry| (&*entry.found, &*entry.file))
    }

    /// The options that grant them.
    pub(super) fn options(&self) -> impl Iterator<Item = String> {
        let found = self.entries.iter().filter_map(|entry| entry.found.to_str());
        found.filter(|path| !path.contains(',')).map(|path| format!("--allow-run={path}"))
    }

    /// What both hold.
    pub(super) fn within(&self, other: &Self) -> Self {
        let is_common = |entry: &&Entry| {
            let same = |theirs: &Entry| {
                theirs.file == entry.file && theirs.found.file_name() == entry.found.file_name()
            };
            other.entries.iter().any(same)
        };
        Self {
            entries: self.entries.iter().filter(is_common).cloned().collect(),
            relative: Vec::new(),
        }
    }
}

/// Whether a variable has code loaded that this process itself was not started with.
fn is_foreign(name: &str, value: &str) -> bool {
    LOADER_VARIABLES.iter().any(|part| name.starts_with(part))
        && env::var_os(name).is_none_or(|own| own != value)
}

/// This very executable: whatever it is called, it is the same program.
fn is_own(file: &Path) -> bool {
    env::current_exe().and_then(fs::canonicalize).is_ok_and(|own| own == file)
}

/// Where the program is that the system would execute.
fn find(file: &str, path: Option<&str>, cwd: Option<&Path>) -> Option<PathBuf> {
    fs::canonicalize(first(file, path, cwd)?).ok()
}

/// The first program of this name, as `execvp(3)` looks for it.
fn first(file: &str, path: Option<&str>, cwd: Option<&Path>) -> Option<PathBuf> {
    let folder = env::current_dir().unwrap_or_default().join(cwd.unwrap_or(Path::new("")));
    if file.is_empty() {
        return None;
    }
    if file.contains('/') {
        return Some(folder.join(file)).filter(|file| is_executable(file));
    }
    let folders = path.unwrap_or(DEFAULT_PATH).split(':');
    folders.map(|part| folder.join(part).join(file)).find(|file| is_executable(file))
}

/// Whether a file names who runs it, or leaves that to a shell. What cannot be read is none: nobody could
/// run it.
fn is_script(file: &Path) -> bool {
    let mut header = [0; PROGRAM_HEADER.len()];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Ok(()) => header != PROGRAM_HEADER,
        Err(error) => error.kind() == io::ErrorKind::UnexpectedEof,
    }
}

/// Whether a path is that of a file that somebody may execute.
fn is_executable(file: &Path) -> bool {
    fs::metadata(file)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn start<'a>(file: &'a str, argv0: &'a str, path: &'a str) -> Start<'a> {
        Start {
            file,
            argv0: argv0.as_bytes(),
            path: Some(path),
            cwd: None,
            own_paths: &[],
            env: &[],
        }
    }

    #[test]
    fn a_script_has_the_path_of_its_parent() {
        let folder = env::temp_dir().join(format!("rjs-scripts-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let folder = fs::canonicalize(folder).unwrap();
        let own_paths = ["/usr/bin".to_owned(), "/usr/bin:/link".to_owned()];
        let ask = |file: &Path, name: &str, value: &str| {
            let file = file.to_string_lossy();
            let env = [(name.to_owned(), value.to_owned())];
            let granted = Permissions::none().allow_run(&file);
            let start = start(&file, &file, "");
            granted.start(&Start { own_paths: &own_paths, env: &env, ..start }).map(drop)
        };
        let denied = |name: &str| Err((Scope::Run, name.to_owned()));
        for (name, text) in [("env", "#!/usr/bin/env x\n"), ("shell", "x\n"), ("short", "x")] {
            let script = folder.join(name);
            fs::write(&script, text).unwrap();
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
            for own in &own_paths {
                assert_eq!(ask(&script, "PATH", own), Ok(()), "{name}");
            }
            for other in ["/planted", "/planted:/usr/bin", "/usr/bin:/planted", ""] {
                assert_eq!(ask(&script, "PATH", other), denied("PATH"), "{name}");
            }
            assert_eq!(ask(&script, "BASH_ENV", "x"), denied("BASH_ENV"));
            assert_eq!(ask(&script, "OTHER", "x"), Ok(()));
        }
        let program = fs::canonicalize("/bin/sh").unwrap();
        assert_eq!(ask(&program, "PATH", "/planted"), Ok(()));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_program_is_its_file_under_its_name() {
        let folder = env::temp_dir().join(format!("rjs-programs-{}", std::process::id()));
        fs::create_dir_all(folder.join("other")).unwrap();
        let folder = fs::canonicalize(folder).unwrap();
        for file in ["tool", "other/tool"] {
            fs::write(folder.join(file), "#!/bin/true").unwrap();
            fs::set_permissions(folder.join(file), fs::Permissions::from_mode(0o755)).unwrap();
        }
        symlink(folder.join("tool"), folder.join("link")).unwrap();
        let text = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let permissions = Permissions::none().allow_run(&text("tool"));
        let may =
            |file: &str, argv0: &str, path: &str| permissions.start(&start(file, argv0, path));
        let tool = Ok(Started::File(folder.join("tool")));
        assert_eq!(may("tool", "tool", &text("")), tool);
        assert_eq!(may(&text("other/../tool"), "tool", ""), tool);
        let denied = |resource: &str| Err((Scope::Run, resource.to_owned()));
        assert_eq!(may("tool", "tool", &text("other")), denied("tool"));
        assert_eq!(may("tool", "tool", "/nowhere"), denied("tool"));
        assert_eq!(may(&text("link"), "link", ""), denied("link"));
        assert_eq!(may(&text("link"), "tool", ""), tool);
        let cwd = folder.join("other");
        let relative = Start { cwd: Some(&cwd), ..start("./tool", "tool", "") };
        assert_eq!(permissions.start(&relative), denied("./tool"));
        let env = [("LD_PRELOAD".to_owned(), "x".to_owned())];
        let path = text("");
        let loader = Start { env: &env, ..start("tool", "tool", &path) };
        assert_eq!(permissions.start(&loader), denied("LD_PRELOAD"));
        let none = Permissions::none().start(&start("tool", "tool", ""));
        assert_eq!(none, Err((Scope::ChildProcess, "tool".to_owned())));
        fs::remove_dir_all(folder).unwrap();
    }
}
