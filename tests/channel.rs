//! The IPC channel against peers that are not rjs: raw sockets, a shell, Node.

mod peers;

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use peers::{node, printed, rjs};

/// A child whose standard input is its channel, and our end of it.
fn child_on_a_channel(script: &str) -> (Child, UnixStream) {
    let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
    let child = rjs()
        .args(["-e", script])
        .env("NODE_CHANNEL_FD", "0")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rjs starts");
    (child, ours)
}

/// Runs a parent script to its end; what it printed, and what it complained of.
fn run(script: &str, args: &[&str]) -> (String, String, Option<i32>) {
    let output = rjs().args(["-e", script]).args(args).output().expect("rjs starts");
    printed(&output)
}

const ECHO: &str = "process.on('message', (m) => process.send({ got: m }))";

#[test]
fn a_frame_may_come_in_pieces_of_any_size() {
    let frame = "{\"text\":\"世界 \\u20ac\"}\n".as_bytes();
    let (mut child, mut channel) = child_on_a_channel(ECHO);
    let mut replies = BufReader::new(channel.try_clone().expect("a second handle"));
    for at in 1..frame.len() {
        channel.write_all(&frame[..at]).expect("the child reads");
        channel.write_all(&frame[at..]).expect("the child reads");
        let mut reply = String::new();
        replies.read_line(&mut reply).expect("the child answers");
        assert_eq!(reply, "{\"got\":{\"text\":\"世界 €\"}}\n", "split at {at}");
    }
    drop((channel, replies));
    assert!(child.wait().expect("the child ends").success(), "EOF ends the child");
}

#[test]
fn many_frames_in_one_write_come_in_order() {
    let (mut child, mut channel) = child_on_a_channel(ECHO);
    let mut replies = BufReader::new(channel.try_clone().expect("a second handle"));
    let frames: Vec<String> = (0..500).map(|n| format!("{n}\n")).collect();
    channel.write_all(frames.concat().as_bytes()).expect("the child reads");
    for n in 0..500 {
        let mut reply = String::new();
        replies.read_line(&mut reply).expect("the child answers");
        assert_eq!(reply, format!("{{\"got\":{n}}}\n"));
    }
    drop((channel, replies));
    assert!(child.wait().expect("the child ends").success());
}

#[test]
fn what_is_sent_before_exit_arrives() {
    let script = "for (let i = 0; i < 50; i++) process.send({ i, pad: 'x'.repeat(i * 4000) });
                  process.stdout.write('y'.repeat(300000)); process.exit(3);";
    let (mut child, channel) = child_on_a_channel(script);
    let stdout = child.stdout.take().expect("a pipe");
    let reader = std::thread::spawn(move || BufReader::new(stdout).bytes().count());
    let lines = BufReader::new(channel).lines().map(|line| line.expect("UTF-8"));
    let starts: Vec<String> = lines.map(|line| line.chars().take(8).collect()).collect();
    assert_eq!(starts.len(), 50);
    for (i, start) in starts.iter().enumerate() {
        assert!(start.starts_with(&format!("{{\"i\":{i},")), "{start}");
    }
    assert_eq!(reader.join().expect("the reader ends"), 300_000);
    assert_eq!(child.wait().expect("the child ends").code(), Some(3));
}

#[test]
fn a_handle_message_without_a_handle_is_refused() {
    let (mut child, mut channel) = child_on_a_channel(ECHO);
    channel
        .write_all(b"{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Socket\",\"msg\":1}\n")
        .expect("the child reads");
    let mut reply = String::new();
    BufReader::new(&channel).read_line(&mut reply).expect("the child answers");
    assert_eq!(reply, "{\"cmd\":\"NODE_HANDLE_NACK\"}\n");
    drop(channel);
    assert!(child.wait().expect("the child ends").success());
}

#[test]
fn a_descriptor_that_is_no_channel_is_said_plainly() {
    for number in ["text", "99", "-1", "1.5", "", "0"] {
        let output = rjs()
            .args(["-e", "console.log('ran')"])
            .env("NODE_CHANNEL_FD", number)
            .output()
            .expect("rjs starts");
        let (stdout, stderr, code) = printed(&output);
        assert_eq!((stdout.as_str(), code), ("", Some(1)), "{number:?}");
        assert!(stderr.contains("NODE_CHANNEL_FD"), "{stderr}");
    }
}

/// A parent that starts a shell with a channel at descriptor 3 and tells what becomes of it.
const SHELL_PARENT: &str = "
    const { spawn } = require('child_process');
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'];
    const child = spawn('/bin/sh', ['-c', process.argv[1]], { stdio });
    child.on('message', (m) => console.log('message', JSON.stringify(m)));
    if (process.argv[2] === 'listen') child.on('error', (e) => console.log('error', e.code));
    child.on('disconnect', () => console.log('disconnect'));
    child.on('exit', (code, signal) => console.log('exit', code, signal));
    child.on('close', () => console.log('close', {}.x, [].y));
";

#[test]
fn lines_that_are_no_json_end_that_channel_only() {
    for line in ["hello", "{\\042a\\042:}", "\\000\\000", "", "[1,2", "\\042\\011\\042"] {
        let shell = format!("printf '{line}\\n' >&3");
        let (stdout, stderr, code) = run(SHELL_PARENT, &[&shell, "listen"]);
        let expected =
            "error ERR_INVALID_IPC_MESSAGE\ndisconnect\nexit 0 null\nclose undefined undefined\n";
        assert_eq!(stdout, expected, "{line:?} {stderr}");
        assert_eq!(code, Some(0));
        let (stdout, stderr, code) = run(SHELL_PARENT, &[&shell, "deaf"]);
        assert!(stdout.starts_with("disconnect\nexit 0 null\n"), "{line:?}: {stdout}");
        assert!(stderr.contains("IPCWarning"), "a warning where nobody listens: {stderr}");
        assert_eq!(code, Some(0));
    }
}

#[test]
fn keys_of_messages_are_own_properties() {
    let shell =
        "printf '{\"__proto__\":{\"x\":1},\"constructor\":{\"prototype\":{\"y\":2}}}\\n' >&3";
    let (stdout, _, code) = run(SHELL_PARENT, &[shell]);
    let first = "message {\"__proto__\":{\"x\":1},\"constructor\":{\"prototype\":{\"y\":2}}}\n";
    assert!(stdout.starts_with(first), "{stdout}");
    assert!(stdout.ends_with("close undefined undefined\n"), "no prototype has changed: {stdout}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_peer_that_dies_within_a_message_is_reported() {
    let (stdout, _, code) = run(SHELL_PARENT, &["printf '{\"a\":' >&3; kill -9 $$", "listen"]);
    let expected = "error ERR_INVALID_IPC_MESSAGE\ndisconnect\nexit null SIGKILL\n";
    assert!(stdout.starts_with(expected), "{stdout}");
    assert_eq!(code, Some(0));
}

#[test]
fn commands_that_nobody_knows_are_dropped() {
    let shell = "printf '{\"cmd\":\"NODE_NOPE\"}\\n{\"cmd\":\"NODE_\"}\\n{\"ok\":1}\\n' >&3";
    let (stdout, _, _) = run(SHELL_PARENT, &[shell]);
    assert!(
        stdout.starts_with("message {\"cmd\":\"NODE_\"}\nmessage {\"ok\":1}\ndisconnect\n"),
        "{stdout}"
    );
}

#[test]
fn a_message_beyond_the_limit_ends_the_channel() {
    let shell = "i=0; while [ $i -lt 200 ]; do printf '0123456789' >&3 || exit 0; i=$((i+1)); done";
    let output = rjs()
        .args(["-e", SHELL_PARENT, shell, "listen"])
        .env("RJS_IPC_MESSAGE_LIMIT", "1000")
        .output()
        .expect("rjs starts");
    let (stdout, stderr, code) = printed(&output);
    assert!(stdout.starts_with("error ERR_INVALID_IPC_MESSAGE\ndisconnect\n"), "{stdout} {stderr}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_stalled_peer_makes_send_say_false() {
    let script = "
        const { spawn } = require('child_process');
        const child = spawn('/bin/sh', ['-c', 'kill -STOP $$'], { stdio: ['ignore', 1, 2, 'ipc'] });
        let sent = 0;
        while (child.send('x'.repeat(1000)) && sent < 100000) sent += 1;
        console.log(sent > 100 && sent < 5000);
        child.on('error', () => {});
        child.kill('SIGKILL');
    ";
    assert_eq!(run(script, &[]).0, "true\n");
}

/// Twelve kinds of payload, sent there and back and compared.
const PAYLOADS: &str = "
    const payloads = [0, -1.5, 'text', '世界 \\u{1f600} \\ud800', '', true, null, [1, [2, [3]]], { a: { b: { c: {} } } },
      { toJSON() { return 'json'; } }, { u: undefined, n: NaN, d: new Date(0) }, 'x'.repeat(3000000)];
    if (process.argv[2] === 'child') {
      process.on('message', (m) => { process.send(m); });
    } else {
      const { fork } = require('child_process');
      const child = fork(__filename, ['child'], { execPath: process.argv[2] });
      let at = 0;
      child.on('message', (m) => {
        const expected = JSON.stringify(payloads[at]);
        if (JSON.stringify(m) !== expected) { console.log('payload', at, 'differs'); process.exit(1); }
        at += 1;
        if (at < payloads.length) child.send(payloads[at]); else child.disconnect();
      });
      child.on('exit', (code) => console.log('all', at, code));
      child.send(payloads[0]);
    }
";

#[test]
fn what_a_killed_child_did_not_read_ends_no_parent() {
    // A child that reads nothing, and more than a channel takes.
    let script = |listener: &str| {
        format!(
            "const child = require('child_process').spawn('sleep', ['100'], {{ stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }});
             let losses = 0;
             {listener}
             for (let i = 0; i < 100; i += 1) child.send('x'.repeat(100000));
             child.kill();
             child.on('close', () => setImmediate(() => setImmediate(() => console.log('goes on', losses > 0))));"
        )
    };
    let (stdout, stderr, code) = run(&script(""), &[]);
    assert_eq!((stdout.as_str(), code), ("goes on false\n", Some(0)), "{stderr}");
    assert_eq!(stderr.matches("IPCWarning").count(), 1, "{stderr}");
    let listener = "child.on('error', (error) => { if (error.code === 'EPIPE') losses += 1; });";
    let (stdout, stderr, code) = run(&script(listener), &[]);
    assert_eq!((stdout.as_str(), stderr.as_str(), code), ("goes on true\n", "", Some(0)));
}

fn exchange(parent: &std::path::Path, child: &std::path::Path, name: &str) {
    let folder = env::temp_dir().join(format!("rjs-channel-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder of our own");
    let script = folder.join("payloads.js");
    fs::write(&script, PAYLOADS).expect("a script");
    let output = Command::new(parent).arg(&script).arg(child).output().expect("the parent starts");
    fs::remove_dir_all(&folder).expect("the folder is ours");
    let (stdout, stderr, code) = printed(&output);
    assert_eq!((stdout.as_str(), code), ("all 12 0\n", Some(0)), "{stderr}");
}

#[test]
fn rjs_is_a_parent_of_rjs() {
    let own = PathBuf::from(env!("CARGO_BIN_EXE_rjs"));
    exchange(&own, &own, "own");
}

#[test]
fn rjs_is_a_parent_of_node() {
    let Some(node) = node() else { return };
    exchange(&PathBuf::from(env!("CARGO_BIN_EXE_rjs")), &node, "parent");
}

#[test]
fn rjs_is_a_child_of_node() {
    let Some(node) = node() else { return };
    exchange(&node, &PathBuf::from(env!("CARGO_BIN_EXE_rjs")), "child");
}
