//! `--trace-ipc` and `--trace-processes`: what is seen of a program of many processes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("rjs-trace-{name}-{}", std::process::id()))
}

fn rjs(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rjs"));
    command.args(args).env_remove("NODE_OPTIONS").env_remove("RJS_TRACE").stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    rjs(args).output().expect("rjs starts")
}

fn example(name: &str) -> String {
    format!("{}/examples/trace/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The events of a file that is one JSON array.
fn events(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("the trace is there");
    serde_json::from_str(&text).expect("the trace is valid JSON")
}

/// Every process has ended, and every arrow has two ends.
fn is_complete(events: &[Value]) -> bool {
    let count = |phase| with_phase(events, phase).len();
    count("B") == count("E") && count("s") == count("f")
}

/// The events, once the trace is as it is to be: of who was killed others tell.
fn events_when(path: &Path, is_done: fn(&[Value]) -> bool) -> Vec<Value> {
    let begin = Instant::now();
    loop {
        // Read in the middle of an addition, it is not whole.
        let text = fs::read_to_string(path).expect("the trace is there");
        if let Ok(events) = serde_json::from_str::<Vec<Value>>(&text)
            && is_done(&events)
        {
            return events;
        }
        assert!(begin.elapsed() < Duration::from_mins(1), "the trace stays incomplete: {text}");
        thread::yield_now();
    }
}

fn with_phase<'e>(events: &'e [Value], phase: &str) -> Vec<&'e Value> {
    events.iter().filter(|event| event["ph"] == phase).collect()
}

fn pids(events: &[&Value]) -> Vec<i64> {
    let mut pids: Vec<i64> = events.iter().map(|event| event["pid"].as_i64().unwrap()).collect();
    pids.sort_unstable();
    pids
}

/// Every arrow begins once and ends once, and not before it began.
fn check_arrows(events: &[Value]) {
    let ends = |phase| {
        let mut found = BTreeMap::new();
        for event in with_phase(events, phase) {
            let id = event["id"].as_str().unwrap().to_owned();
            let earlier = found.insert(id, event["ts"].as_f64().unwrap());
            assert!(earlier.is_none(), "an arrow has one end of a kind: {event}");
        }
        found
    };
    let (begins, ends) = (ends("s"), ends("f"));
    assert_eq!(begins.keys().collect::<Vec<_>>(), ends.keys().collect::<Vec<_>>());
    for (id, begin) in begins {
        assert!(begin <= ends[&id], "{id}");
    }
}

#[test]
fn eight_children_and_a_thousand_messages_are_seen_once() {
    for warmth in ["--no-warm-fork", "--warm-fork"] {
        let path = file(warmth);
        let option = format!("--trace-processes={}", path.display());
        let output = run(&[&option, warmth, &example("pool.js")]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let events = events(&path);
        let (begins, ends) = (with_phase(&events, "B"), with_phase(&events, "E"));
        assert_eq!(pids(&begins).len(), 9);
        assert_eq!(pids(&begins).iter().collect::<BTreeSet<_>>().len(), 9);
        assert_eq!(pids(&begins), pids(&ends));
        let killed: Vec<_> = ends.iter().filter(|end| end["args"]["signal"] == "SIGKILL").collect();
        assert_eq!(killed.len(), 1);
        assert_eq!(ends.iter().filter(|end| end["args"]["code"] == 0).count(), 8);
        let signals = with_phase(&events, "i");
        assert_eq!((signals.len(), &signals[0]["args"]["to"]), (1, &killed[0]["pid"]));
        let places = with_phase(&events, "X");
        let count = |name: &str| places.iter().filter(|place| place["name"] == name).count();
        // One of the questions takes a server along.
        assert_eq!((count("send"), count("receive")), (999, 999));
        for name in ["send NODE_HANDLE", "receive NODE_HANDLE"] {
            let place = places.iter().find(|place| place["name"] == name).unwrap();
            assert_eq!(place["args"]["handle"], "net.Server");
        }
        assert_eq!(count("spawn"), 8);
        check_arrows(&events);
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_picture_is_made_of_it() {
    let path = file("picture");
    let option = format!("--trace-processes={}", path.display());
    assert!(run(&[&option, &example("pool.js")]).status.success());
    let output = run(&[&example("picture.js"), path.to_str().unwrap()]);
    let picture = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
    assert_eq!(picture.matches("class=\"life\"").count(), 9);
    assert_eq!(picture.matches("class=\"killed\"").count(), 1);
    fs::remove_file(path).unwrap();
}

#[test]
fn other_programs_and_synchronous_ones_are_in_it() {
    let path = file("others");
    let option = format!("--trace-processes={}", path.display());
    let program = "
        const { spawnSync, spawn } = require('child_process');
        if (Object.keys(process.env).includes('RJS_TRACE')) throw new Error('seen');
        spawnSync('/bin/sh', ['-c', 'exit 3']);
        spawn('/bin/sh', ['-c', '\"$0\" -p 1; kill -9 $$', process.execPath]);
    ";
    assert!(run(&[&option, "-e", program]).status.success());
    let events = events(&path);
    let (begins, ends) = (with_phase(&events, "B"), with_phase(&events, "E"));
    // The program, two shells, and the rjs that a shell started.
    assert_eq!(pids(&begins).len(), 4, "{begins:?}");
    assert_eq!(pids(&begins), pids(&ends));
    assert!(ends.iter().any(|end| end["args"]["code"] == 3));
    assert!(ends.iter().any(|end| end["args"]["signal"] == "SIGKILL"));
    check_arrows(&events);
    fs::remove_file(path).unwrap();
}

#[test]
fn it_is_valid_when_all_are_killed() {
    let path = file("killed");
    let option = format!("--trace-processes={}", path.display());
    let program = "
        const { fork } = require('child_process');
        const child = fork(process.argv[1], [], { execArgv: ['-e', `
            process.on('message', (m) => process.send(m));
        `] });
        child.on('message', (n) => { if (n === 50) console.log(child.pid); child.send(n + 1); });
        child.send(1);
    ";
    let mut child = rjs(&[&option, "-e", program, "x"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let status = Command::new("kill").args(["-9", line.trim()]).status();
    // It may have ended by itself: its channel is closed.
    assert!(status.is_ok());
    let events = events_when(&path, is_complete);
    assert!(with_phase(&events, "f").len() > 100);
    let (begins, ends) = (with_phase(&events, "B"), with_phase(&events, "E"));
    assert_eq!((pids(&begins).len(), pids(&begins)), (2, pids(&ends)));
    let first = ends.iter().find(|end| end["pid"] == child.id()).unwrap();
    // Older kernels do not tell who is no parent how a process ended.
    assert!(first["args"]["signal"] == "SIGKILL" || first["args"] == serde_json::json!({}));
    check_arrows(&events);
    fs::remove_file(path).unwrap();
}

#[test]
fn a_first_process_that_is_killed_alone_has_its_end() {
    let path = file("alone");
    let option = format!("--trace-processes={}", path.display());
    let program = "console.log(1); setInterval(() => {}, 1000)";
    let mut child = rjs(&[&option, "-e", program]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let events = events_when(&path, |events| is_complete(events) && !events.is_empty());
    assert_eq!(pids(&with_phase(&events, "E")), [i64::from(child.id())]);
    fs::remove_file(path).unwrap();
}

#[test]
fn arrows_to_and_from_a_peer_that_does_not_trace_have_both_ends() {
    let node = std::env::var("RJS_TEST_NODE").unwrap_or_else(|_| "node".to_owned());
    if !Command::new(&node).arg("-v").output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no node on the PATH, and RJS_TEST_NODE names none");
        return;
    }
    let path = file("node");
    let option = format!("--trace-processes={}", path.display());
    let program = "
        const { fork } = require('child_process');
        const child = fork(process.argv[2], [], { execPath: process.argv[1], execArgv: [] });
        child.on('message', (n) => { if (n < 10) child.send(n + 1); else child.disconnect(); });
        child.send(1);
        child.send('not read: the other end is closed by then');
    ";
    let echo = file("echo.js");
    fs::write(&echo, "process.on('message', (m) => { if (m > 0) process.send(m); });").unwrap();
    let output = run(&[&option, "-e", program, &node, echo.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let events = events(&path);
    assert!(is_complete(&events));
    assert!(with_phase(&events, "f").len() > 20, "11 sent, 10 received, the spawn");
    check_arrows(&events);
    fs::remove_file(&path).unwrap();

    // The other way round: the parent is not in the picture, so no arrow leads to it.
    let parent = "const child = require('child_process').fork(process.argv[1], {
        execPath: process.argv[2], execArgv: [process.argv[3]],
    }); child.on('message', () => child.send(1));";
    fs::write(&echo, "process.once('message', () => process.disconnect()); process.send(0);")
        .unwrap();
    let rjs = env!("CARGO_BIN_EXE_rjs");
    let output = Command::new(node)
        .args(["-e", parent, echo.to_str().unwrap(), rjs, &option])
        .env_remove("NODE_OPTIONS")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let events = events_when(&path, |events| is_complete(events) && !events.is_empty());
    assert_eq!((with_phase(&events, "X").len(), with_phase(&events, "s").len()), (2, 0));
    fs::remove_file(path).unwrap();
    fs::remove_file(echo).unwrap();
}

#[test]
fn messages_are_printed_once_and_by_the_parent() {
    let program = "
        const { fork } = require('child_process');
        const child = fork(process.argv[1], [], { execArgv: ['-e', `
            process.once('message', () => { process.send('ab'); process.disconnect(); });
        `] });
        child.send({});
        child.on('exit', () => console.log(process.pid, child.pid));
    ";
    let output = run(&["--trace-ipc", "-e", program, "x"]);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let (parent, child) = stdout.trim().split_once(' ').unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let told: Vec<&str> =
        stderr.lines().map(|line| line.split_once(" ms  ").expect("a time").1).collect();
    let down = format!("{parent} -> {child}  message, 2 bytes");
    let up = format!("{child} -> {parent}  message, 4 bytes");
    assert_eq!(told, [down, up]);
}

#[test]
fn a_file_that_cannot_be_written_is_a_bad_option() {
    let output = run(&["--trace-processes=/nonexistent/trace", "-p", "1"]);
    assert_eq!(output.status.code(), Some(9));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        stderr.contains("--trace-processes") && stderr.contains("/nonexistent/trace"),
        "{stderr}"
    );
}
