//! Where rjs does better than Node with processes, and what it adds.

mod executables;

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

fn rjs() -> Command {
    Command::new(env!("CARGO_BIN_EXE_rjs"))
}

fn checked(output: Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn stdout(script: &str) -> String {
    checked(rjs().args(["-e", script]).output().expect("rjs starts"))
}

/// A folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("rjs-child-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("the folder can be made");
        Self(path)
    }

    fn program(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        executables::write(&path, text);
        path
    }

    fn folder(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(&path).expect("the folder can be made");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const POLLUTED: &str = "
    Object.assign(Object.prototype, {
        shell: '/no/such', input: 'polluted', maxBuffer: 1, cwd: '/no/such', argv0: 'polluted',
        env: { POLLUTED: '1' }, uid: 12, gid: 34, encoding: 'hex', stdio: 'ignore', timeout: 1,
        killSignal: 'SIGKILL', execPath: '/no/such', execArgv: ['--no-such'], detached: true,
        serialization: 'advanced', killTree: true,
    });
    const cp = require('child_process');";

#[test]
fn options_are_not_taken_from_a_polluted_prototype() {
    let script = format!(
        "{POLLUTED}
        const {{ stdout, error }} = cp.spawnSync('sh', ['-c', 'cat; echo $0 $POLLUTED']);
        console.log(String(stdout), error);
        console.log(String(cp.execFileSync('echo', ['fine'])));
        cp.execFile('sh', ['-c', 'echo $0 $POLLUTED; sleep 0.01'], (error, out) => console.log(error, out));
        cp.exec('echo $0', (error, out) => console.log(error, out));
        const child = cp.spawn('sh', ['-c', 'echo $0 $POLLUTED']);
        child.stdout.on('data', (chunk) => console.log(String(chunk)));"
    );
    let mut lines: Vec<_> = stdout(&script).lines().map(str::to_owned).collect();
    lines.retain(|line| !line.is_empty());
    lines.sort_unstable();
    let expected = [" undefined", "fine", "null /bin/sh", "null sh", "sh", "sh"];
    assert_eq!(lines, expected);
}

#[test]
fn a_realtime_signal_has_a_name() {
    let script = "
        const { spawn, spawnSync } = require('child_process');
        const { status, signal } = spawnSync('sh', ['-c', 'kill -40 $$']);
        console.log(status, signal);
        spawn('sh', ['-c', 'kill -64 $$']).on('close', (...how) => console.log(...how));";
    assert_eq!(stdout(script), "null SIGRTMIN+6\nnull SIGRTMIN+30\n");
}

#[test]
fn kill_tree_reaches_grandchildren() {
    // close comes once nobody holds the streams any more.
    let script = "
        const { spawn } = require('child_process');
        const tree = 'sleep 1000 & (setsid sleep 1000 & sleep 1000) & echo ready; wait';
        for (const detached of [false, true]) {
            const child = spawn('sh', ['-c', tree], { killTree: true, detached });
            child.stdout.once('data', () => child.kill());
            child.on('close', (...how) => console.log(...how));
        }
        const child = spawn('sh', ['-c', tree], { killTree: true, timeout: 100, killSignal: 'SIGKILL' });
        child.on('close', (...how) => console.log(...how));";
    let mut lines: Vec<_> = stdout(script).lines().map(str::to_owned).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["null SIGKILL", "null SIGTERM", "null SIGTERM"]);
}

#[test]
fn kill_tree_misses_nobody_who_is_being_started() {
    // Whoever is started when the shell between has died would belong to nobody, and hold the streams.
    let script = "
        const { spawn } = require('child_process');
        const starts = 'i=0; while [ $i -lt 300 ]; do sleep 1000 & echo $i; i=$((i+1)); done; wait';
        const child = spawn('sh', ['-c', `sh -c '${starts}' & wait`], { killTree: true });
        child.stdout.once('data', () => child.kill());
        child.on('close', (...how) => console.log(...how));";
    assert_eq!(stdout(script), "null SIGTERM\n");
}

#[test]
fn a_child_that_ignores_sigterm_is_killed_later() {
    let script = "
        const { spawn } = require('child_process');
        const child = spawn('sh', ['-c', 'trap \"\" TERM; echo ready; while :; do sleep 0.01; done'],
            { forceKillAfterDelay: 50 });
        child.stdout.once('data', () => child.kill());
        child.on('exit', (...how) => console.log(...how));
        const quick = spawn('sleep', ['1000'], { forceKillAfterDelay: true });
        quick.on('exit', (...how) => console.log(...how));
        quick.kill();";
    let mut lines: Vec<_> = stdout(script).lines().map(str::to_owned).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["null SIGKILL", "null SIGTERM"]);
}

#[test]
fn a_child_dies_with_its_parent() {
    let script = "
        const { spawn } = require('child_process');
        spawn('sleep', ['1000'], { killWithParent: true, stdio: 'inherit', detached: true })
            .on('spawn', () => console.log('ready'));
        setInterval(() => {}, 1000);";
    let mut parent = rjs().args(["-e", script]).stdout(Stdio::piped()).spawn().expect("rjs starts");
    let mut output = BufReader::new(parent.stdout.take().expect("a pipe"));
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    parent.kill().expect("it runs");
    parent.wait().expect("it is ours");
    // The child holds the other end: there is an end only when it is gone.
    output.read_to_string(&mut line).expect("the end");
}

#[test]
fn close_does_not_wait_for_ever() {
    let script = "
        const { spawn } = require('child_process');
        const child = spawn('sh', ['-c', 'sleep 1000 & echo $!'], { closeGrace: 20 });
        child.stdout.once('data', (pid) => child.on('close', (code) => {
            console.log('close', code);
            process.kill(Number(pid));
        }));";
    assert_eq!(stdout(script), "close 0\n");
}

#[test]
fn a_missing_working_directory_can_be_told_apart() {
    let script = "
        const { execFile, spawn } = require('child_process');
        for (const options of [{ cwd: '/no/such' }, { cwd: '/no/such', explainErrors: true },
            { cwd: '/etc/passwd', explainErrors: true }, { explainErrors: true }]) {
            const show = ({ message, code, cwd }) => console.log(message, code, cwd);
            try {
                spawn(options.cwd ? 'ls' : 'no-such-program', options).on('error', show);
            } catch (error) {
                show(error);
            }
        }
        execFile('ls', { cwd: '/no/such', explainErrors: true }, ({ cwd }) => console.log('execFile', cwd));";
    let expected = "spawn ENOTDIR: the working directory '/etc/passwd' is not a directory ENOTDIR /etc/passwd\n\
        spawn ls ENOENT ENOENT undefined\n\
        spawn ls ENOENT: the working directory '/no/such' does not exist ENOENT /no/such\n\
        spawn no-such-program ENOENT ENOENT undefined\n\
        execFile /no/such\n";
    assert_eq!(stdout(script), expected);
}

/// Runs rjs with this PATH and a folder for temporary files that must be empty afterwards.
fn with_path(folder: &Folder, path: &str, args: &[&str], variables: &[(&str, &str)]) -> String {
    let temporary = folder.folder("tmp");
    let output = rjs()
        .args(args)
        .current_dir(&folder.0)
        .env("PATH", path)
        .env("TMPDIR", &temporary)
        .envs(variables.iter().copied())
        .output()
        .expect("rjs starts");
    let left = fs::read_dir(&temporary).expect("it is ours").count();
    assert_eq!(left, 0, "something was left behind");
    checked(output)
}

/// A PATH that has what a shell script needs, and no node.
fn path_without_node(folder: &Folder) -> String {
    let tools = folder.folder("tools");
    for name in ["sh", "env", "true"] {
        let tool = ["/bin", "/usr/bin"].map(|parent| Path::new(parent).join(name));
        let tool = tool.iter().find(|tool| tool.exists()).expect("a system has it");
        let _ = std::os::unix::fs::symlink(tool, tools.join(name));
    }
    tools.to_str().expect("UTF-8").to_owned()
}

const ASK_NODE: &str = "
    const { exec, execFile, spawn } = require('child_process');
    const show = (error, out) => console.log(error ? String(error.code) : out.trim());
    exec('node -p process.versions.rjs.length+0', (error, out) => {
        console.log(error ? 'no node' : Number(out) > 0);
        execFile('./script.js', ['argument'], show);
    });";

#[test]
fn without_a_node_children_find_this_one() {
    let folder = Folder::new("link");
    folder.program("script.js", "#!/usr/bin/env node\nconsole.log('script', process.argv[2]);\n");
    let path = path_without_node(&folder);
    assert_eq!(with_path(&folder, &path, &["-e", ASK_NODE], &[]), "true\nscript argument\n");
    let off = with_path(&folder, &path, &["-e", ASK_NODE], &[("RJS_NODE_LINK", "0")]);
    assert_eq!(off, "no node\n127\n");
    let off = with_path(&folder, &path, &["--no-node-link", "-e", ASK_NODE], &[]);
    assert_eq!(off, "no node\n127\n");
}

#[test]
fn a_real_node_wins_unless_told_otherwise() {
    let folder = Folder::new("real");
    folder.program("script.js", "#!/usr/bin/env node\nconsole.log('script', process.argv[2]);\n");
    let path = path_without_node(&folder);
    let real = folder.folder("real");
    folder.program("real/node", "#!/bin/sh\necho 0\n");
    let path = format!("{path}:{}", real.display());
    assert_eq!(with_path(&folder, &path, &["-e", ASK_NODE], &[]), "false\n0\n");
    let own = with_path(&folder, &path, &["--as-node", "-e", ASK_NODE], &[]);
    assert_eq!(own, "true\nscript argument\n");
}

#[test]
fn the_link_goes_however_the_program_ends() {
    let folder = Folder::new("ends");
    let path = path_without_node(&folder);
    for end in [
        "process.exit(0)",
        "process.exitCode = 0",
        "process.on('uncaughtException', () => {}); throw 1",
    ] {
        let script = format!(
            "require('child_process').execFileSync('node', ['-e', '0']);
            process.on('exit', () => console.log('end'));
            {end};"
        );
        assert_eq!(with_path(&folder, &path, &["-e", &script], &[]), "end\n");
    }
}

#[test]
fn the_four_ways_to_create_a_process() {
    let create = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/create/create.js");
    let folder = Folder::new("create");
    fs::copy(create, folder.0.join("create.js")).expect("the example is there");
    folder.program("worker.js", "#!/usr/bin/env node\nrequire('fs').appendFileSync('ran', 'x');\n");
    let path = path_without_node(&folder);
    let script = folder.0.join("create.js");
    with_path(&folder, &path, &[script.to_str().expect("UTF-8")], &[]);
    // spawn, exec and fork; execFile finds a bare name only in the PATH.
    assert_eq!(fs::read_to_string(folder.0.join("ran")).expect("they ran"), "xxx");
    let path = format!("{path}:{}", folder.0.display());
    with_path(&folder, &path, &[script.to_str().expect("UTF-8")], &[]);
    assert_eq!(fs::read_to_string(folder.0.join("ran")).expect("they ran"), "xxxxxxx");
}

#[test]
fn standard_streams_that_are_closed_are_nobodys() {
    let folder = Folder::new("closed");
    let script = "
        const { spawn, spawnSync } = require('child_process');
        const { writeFileSync } = require('fs');
        const { stdout } = spawnSync('sh', ['-c', 'cat; echo sync']);
        const child = spawn('sh', ['-c', 'cat; echo async']);
        let text = String(stdout);
        child.stdin.end();
        child.stdout.on('data', (chunk) => { text += chunk; });
        child.on('close', () => writeFileSync('result', text));";
    let status = Command::new("sh")
        .args(["-c", "exec \"$0\" -e \"$1\" 0<&- 1>&- 2>&-", env!("CARGO_BIN_EXE_rjs"), script])
        .current_dir(&folder.0)
        .status()
        .expect("sh starts");
    assert!(status.success());
    assert_eq!(fs::read_to_string(folder.0.join("result")).expect("a file"), "sync\nasync\n");
}

#[test]
fn whoever_started_us_may_ignore_signals() {
    let script = "
        const { spawn, spawnSync } = require('child_process');
        console.log(spawnSync('sh', ['-c', 'exit 3']).status);
        const child = spawn('true');
        child.stdin.on('error', ({ code }) => console.log(code));
        child.on('exit', (code) => console.log('exit', code));
        child.on('close', (code) => console.log('close', code));";
    let output = Command::new("sh")
        .args(["-c", "trap '' CHLD PIPE; exec \"$0\" -e \"$1\"", env!("CARGO_BIN_EXE_rjs"), script])
        .output()
        .expect("sh starts");
    assert_eq!(checked(output), "3\nexit 0\nclose 0\n");
}

#[test]
fn a_flood_of_signals_disturbs_nothing() {
    let script = "
        const { spawnSync, execFile } = require('child_process');
        process.on('SIGUSR1', () => {});
        const flood = 'i=0; while [ $i -lt 300 ]; do kill -USR1 $PPID; i=$((i+1)); done; echo done';
        console.log(String(spawnSync('sh', ['-c', flood]).stdout));
        execFile('sh', ['-c', flood], (error, out) => {
            console.log(error, out);
            process.exit();
        });";
    assert_eq!(stdout(script), "done\n\nnull done\n\n");
}
