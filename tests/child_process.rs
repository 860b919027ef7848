//! Where rjs does better than Node with processes.

use std::process::{Command, Output};

fn rjs(script: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rjs")).args(["-e", script]).output().expect("rjs starts")
}

fn stdout(script: &str) -> String {
    let output = rjs(script);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn options_are_not_taken_from_a_polluted_prototype() {
    let script = "
        Object.assign(Object.prototype, {
            shell: '/no/such', input: 'polluted', maxBuffer: 1, cwd: '/no/such', argv0: 'polluted',
            env: { POLLUTED: '1' }, uid: 12, gid: 34, encoding: 'hex', stdio: 'ignore',
        });
        const { spawnSync, execFileSync } = require('child_process');
        const { stdout, error } = spawnSync('sh', ['-c', 'cat; echo $0 $POLLUTED']);
        console.log(String(stdout), error);
        console.log(String(execFileSync('echo', ['fine'])));";
    assert_eq!(stdout(script), "sh\n undefined\nfine\n\n");
}

#[test]
fn a_realtime_signal_has_a_name() {
    let script = "
        const { spawnSync } = require('child_process');
        const { status, signal } = spawnSync('sh', ['-c', 'kill -40 $$']);
        console.log(status, signal);";
    assert_eq!(stdout(script), "null SIGRTMIN+6\n");
}
