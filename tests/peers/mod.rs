//! What the tests with other processes share: rjs, Node, and scripts for both.

#![allow(dead_code)] // each test uses some of it

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// The program under test.
pub fn own() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_rjs"))
}

/// rjs without what the environment of the tests may say.
pub fn rjs() -> Command {
    program(&own())
}

fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.env_remove("NODE_OPTIONS").env_remove("NODE_CHANNEL_FD").stdin(Stdio::null());
    command
}

/// A `node` to be parent and child of, if the machine has one: the one that `RJS_TEST_NODE` names,
/// or that of the PATH.
pub fn node() -> Option<PathBuf> {
    let path = env::var_os("RJS_TEST_NODE").map(PathBuf::from).or_else(|| {
        let paths = env::var_os("PATH")?;
        env::split_paths(&paths).map(|folder| folder.join("node")).find(|file| file.is_file())
    });
    if path.is_none() {
        eprintln!("skipped: there is no node on this machine");
    }
    path
}

/// What a program printed, and what it complained of.
pub fn printed(output: &Output) -> (String, String, Option<i32>) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// Runs a file of `tests/scripts` to its end.
pub fn run_script(runtime: &Path, name: &str, args: &[&str]) -> (String, String, Option<i32>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts").join(name);
    let output = program(runtime).arg(script).args(args).output().expect("the program starts");
    printed(&output)
}

/// Runs a file of `tests/scripts` with another program's path as its first argument, and expects
/// this output.
pub fn expect(parent: &Path, name: &str, child: &Path, args: &[&str], expected: &str) {
    let child = child.to_str().expect("paths of programs are UTF-8");
    let all: Vec<&str> = std::iter::once(child).chain(args.iter().copied()).collect();
    let (stdout, stderr, code) = run_script(parent, name, &all);
    assert_eq!((stdout.as_str(), code), (expected, Some(0)), "{name} {all:?}: {stderr}");
}
