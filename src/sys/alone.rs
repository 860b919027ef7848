//! For tests of what belongs to the whole process: descriptors, signals, limits, children.

use std::{env, process::Command};

const VARIABLE: &str = "RJS_TEST_RUNS_ALONE";

/// Runs `test` in a process that runs nothing else: the test binary again, with the one test that
/// the calling thread is running.
///
/// # Panics
/// If the test fails there.
pub(crate) fn alone(test: impl FnOnce()) {
    if env::var_os(VARIABLE).is_some() {
        return test();
    }
    let thread = std::thread::current();
    let name = thread.name().expect("a test's thread has its name");
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--test-threads=1", "--nocapture"])
        .env(VARIABLE, "1")
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && report.contains("1 passed"),
        "{:?}\n{report}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}
