//! Programs that tests execute. Other processes write them: a child that another test's thread starts
//! meanwhile has for a moment what this process has open, and nobody can execute a file that is open
//! for writing (`ETXTBSY`).

#![allow(dead_code)] // each test uses some of it

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

/// Writes a program.
pub fn write(path: &Path, text: &str) {
    let mut writer = Command::new("sh")
        .args(["-c", "exec cat > \"$0\""])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("sh starts");
    let mut input = writer.stdin.take().expect("a pipe");
    input.write_all(text.as_bytes()).expect("cat reads");
    drop(input);
    assert!(writer.wait().expect("it is ours").success());
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// Copies a program of the system's.
pub fn copy(from: &str, path: &Path) {
    let status = Command::new("cp").arg("-L").arg(from).arg(path).status().expect("cp runs");
    assert!(status.success());
}
