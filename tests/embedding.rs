//! The library in Rust programs: each example, as its head says that it is run, and what a host relies on.

#[path = "embedding/functions.rs"]
mod functions;
#[path = "embedding/host.rs"]
mod host;
#[path = "embedding/hostile.rs"]
mod hostile;
#[path = "embedding/limits.rs"]
mod limits;
#[path = "embedding/streams.rs"]
mod streams;
#[path = "embedding/threads.rs"]
mod threads;

use std::{
    fs,
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use rjs::{
    EvalError, Runtime, ScriptError,
    channel::{ChannelOptions, Serialization, Value},
};
use serde_json::json;

#[global_allocator]
static ALLOCATOR: rjs::CountingAllocator = rjs::CountingAllocator::new();

const RJS: &str = env!("CARGO_BIN_EXE_rjs");

/// An example, which `cargo test` builds beside the binary.
fn example(name: &str) -> PathBuf {
    let path = PathBuf::from(RJS).with_file_name("examples").join(name);
    assert!(path.exists(), "`cargo build --examples` first: only a whole `cargo test` builds them");
    path
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs where there is a Node, and says so where there is none.
fn node() -> Option<&'static str> {
    let found =
        Command::new("node").arg("--version").output().is_ok_and(|out| out.status.success());
    if !found {
        eprintln!("skipped: there is no node on the PATH");
    }
    found.then_some("node")
}

#[test]
fn a_rust_parent_talks_to_its_child() {
    for runtime in [Some(RJS), node()].into_iter().flatten() {
        assert_eq!(
            output(Command::new(example("rust_parent")).arg(runtime)),
            "the child says {\"sum\":6}\nthe child is \"listening\"\n\
             its server says \"hello from the child\"\nthe child ends with Some(0)\n",
            "{runtime}"
        );
    }
}

#[test]
fn a_channel_carries_what_javascript_has() {
    let script = "process.on('message', (message) => {
        const { bytes, big, day } = message;
        process.send({ bytes: Buffer.concat([bytes, Buffer.from('é')]), big: big * 2n, day: new Date(day),
          map: new Map([[1, 'one'], [{ key: 1 }, undefined]]), set: new Set(['世界']), float: new Float32Array([1]),
          error: new TypeError('wrong', { cause: 7 }), hole: [, 1], nan: NaN, shared: [message.list, message.list] });
        process.disconnect();
      });";
    for runtime in [Some(RJS), node()].into_iter().flatten() {
        let mut command = Command::new(runtime);
        command.args(["-e", script]);
        let options = ChannelOptions::new().serialization(Serialization::Advanced);
        let (mut child, mut channel) = options.spawn(command).expect("it starts");
        let object = |properties: Vec<(&str, Value)>| {
            Value::Object(properties.into_iter().map(|(name, v)| (name.to_owned(), v)).collect())
        };
        let sent = object(vec![
            ("bytes", vec![1, 2].into()),
            ("big", Value::BigInt(1 << 80)),
            ("day", 86_400_000.into()),
            ("list", Value::Array(vec![1.into()])),
        ]);
        channel.send(&sent).expect("the child is there");
        let come = channel.receive().expect("a message").expect("one").value;
        assert_eq!(come["bytes"], Value::Bytes(vec![1, 2, 0xc3, 0xa9]), "{runtime}");
        assert_eq!(come["big"], Value::BigInt(1 << 81));
        assert_eq!(come["day"], Value::Date(86_400_000.0));
        let key = object(vec![("key", 1.into())]);
        let entries = vec![(1.into(), "one".into()), (key, Value::Undefined)];
        assert_eq!(come["map"], Value::Map(entries));
        assert_eq!(come["set"], Value::Set(vec!["世界".into()]));
        assert_eq!(come["float"], Value::Bytes(vec![0, 0, 0x80, 0x3f]));
        let text = |name: &str| come["error"][name].as_str().map(str::to_owned);
        assert_eq!(text("name").as_deref(), Some("TypeError"));
        assert_eq!(text("message").as_deref(), Some("wrong"));
        assert_eq!(come["error"]["cause"].as_i64(), Some(7));
        assert_eq!(come["hole"], Value::Array(vec![Value::Undefined, 1.into()]));
        assert!(come["nan"].as_f64().is_some_and(f64::is_nan));
        assert_eq!(come["shared"].to::<[[u8; 1]; 2]>().expect("two lists"), [[1], [1]]);
        assert!(channel.receive().expect("no error").is_none());
        assert_eq!(child.wait().expect("it is ours").code(), Some(0));
    }
}

#[test]
fn a_rust_child_talks_to_its_parent() {
    let path = example("rust_child");
    let script = format!(
        "const child = require('child_process').fork('x', {{ execPath: {path:?} }});
         child.on('message', ({{ echo, pid }}) => {{
           console.log(echo, pid === child.pid);
           if (echo === 2) child.disconnect(); else child.send(2);
         }});
         child.on('exit', (code) => console.log(code));
         child.send({{ a: ['b'] }});"
    );
    for runtime in [Some(RJS), node()].into_iter().flatten() {
        let printed = output(Command::new(runtime).args(["-e", &script]));
        assert_eq!(printed, "{ a: [ 'b' ] } true\n2 true\n0\n", "{runtime}");
    }
}

#[test]
fn a_host_calls_its_plugins() {
    assert_eq!(
        output(&mut Command::new(example("plugin_host"))),
        "the total is 10\na child of the plug-in says \"SHOUT\"\n\
         Error: no price for Some(\"melon\") (ERR_NO_PRICE)\n"
    );
}

#[test]
fn a_host_has_no_more_than_its_parent() {
    let granted = r#"{"read":["*"],"write":[],"run":[],"env":null,"also":[]}"#;
    let mut runner = Command::new(example("job_runner"));
    let works = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/job_runner/works.js");
    // What it allows its jobs it may not do itself.
    let printed = output(runner.arg(works).env("RJS_PERMISSIONS", granted));
    let denied = "| ERR_ACCESS_DENIED ERR_ACCESS_DENIED ERR_ACCESS_DENIED\n";
    assert!(printed.contains(denied), "{printed}");
    let refused = runner.env("RJS_PERMISSIONS", "nonsense").output().expect("it starts");
    assert_eq!(refused.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(errors.contains("RJS_PERMISSIONS holds no permissions"), "{errors}");
}

#[test]
fn a_runner_of_jobs_captures_and_limits() {
    assert_eq!(
        output(&mut Command::new(example("job_runner"))),
        "works.js:\n  (limit reached: children)\n  | one two ERR_RJS_LIMIT\n  | home: undefined\n  ended with 0\n\
         talks.js:\n  (limit reached: output)\n  | line 0\n  | line 1\n  | line 2\n  | line 3\n  | line 4\n  \
         | line 5\n  | line 6\n  | line 7\n  | line\n  | … and 730 bytes more\n  ended with 0\n\
         hangs.js:\n  (limit reached: wallTime)\n  | so it begins\n  ended by its limit of wallTime\n\
         removes.js:\n  ! Error: jobs remove nothing\n  ended with 1\n"
    );
}

#[test]
fn a_host_on_tokio_has_asynchronous_functions() {
    assert_eq!(
        output(&mut Command::new(example("tokio_host"))),
        "the script says [\"ONE\",\"two\",5,\"THREE\"]\n"
    );
}

#[test]
fn every_example_says_how_it_is_run() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples");
    for entry in fs::read_dir(examples).expect("they are there").flatten() {
        let path = entry.path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let main = if path.is_dir() { path.join("main.rs") } else { path };
        if main.extension().is_some_and(|e| e == "rs") && main.exists() {
            let text = fs::read_to_string(&main).expect("it can be read");
            let head: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
            assert!(head.contains(&format!("--example {name}")), "{name}");
        }
    }
}

#[test]
fn a_host_is_its_own_worker() {
    let printed = output(&mut Command::new(example("own_worker")));
    assert_eq!(printed, "the workers say [2,4,6,8]\n");
}

#[test]
fn runtimes_one_after_the_other_keep_no_descriptor() {
    let printed = output(Command::new(example("many_runtimes")).arg("20"));
    let descriptors: Vec<_> = printed.lines().filter_map(|line| line.rsplit(", ").next()).collect();
    assert_eq!(descriptors.len(), 3, "{printed}");
    assert!(descriptors.iter().all(|count| *count == descriptors[0]), "{printed}");
}

fn runtime() -> Runtime {
    Runtime::builder().build().expect("a runtime")
}

fn script_error(outcome: Result<serde_json::Value, EvalError>) -> ScriptError {
    match outcome {
        Err(EvalError::Script(error)) => error,
        other => panic!("not a script's error: {other:?}"),
    }
}

#[test]
fn values_of_texts_come_out() {
    let mut runtime = runtime();
    assert_eq!(
        runtime.eval("({ a: [1, 'b', null], u: undefined })"),
        Ok(json!({ "a": [1, "b", null] }))
    );
    assert_eq!(runtime.eval("undefined"), Ok(json!(null)));
    assert_eq!(runtime.eval("var x = 1; x + 1"), Ok(json!(2)));
    assert_eq!(
        runtime.eval("new Date(0)"),
        Ok(json!("1970-01-01T00:00:00.000Z")),
        "toJSON is asked"
    );
    let later = "new Promise((resolve) => setTimeout(resolve, 1, ++x))";
    assert_eq!(runtime.eval(later), Ok(json!(2)), "a promise is waited for");
    assert_eq!(runtime.eval("new Promise(() => {})"), Err(EvalError::Unsettled));
}

#[test]
fn what_a_script_throws_keeps_its_fields() {
    let mut runtime = runtime();
    let error = script_error(runtime.eval("require"));
    assert_eq!((error.name.as_str(), error.code), ("ReferenceError", None));
    let error = script_error(runtime.eval("Buffer.alloc('x')"));
    assert_eq!(error.code.as_deref(), Some("ERR_INVALID_ARG_TYPE"));
    assert!(error.stack.starts_with("TypeError"), "{}", error.stack);
    assert_eq!(script_error(runtime.eval("throw 7")).message, "7");
    assert_eq!(
        script_error(runtime.eval("Promise.reject(new RangeError('far'))")).name,
        "RangeError"
    );
    assert_eq!(script_error(runtime.eval("const a = [a1 => a1]; a.push(a); a")).name, "TypeError");
    assert_eq!(script_error(runtime.eval("let let = 1")).name, "SyntaxError");
    let module = runtime.load("./no/such/module");
    assert!(
        matches!(module, Err(EvalError::Script(error)) if error.code.as_deref() == Some("MODULE_NOT_FOUND"))
    );
}

#[test]
fn a_script_ends_its_program_and_not_the_host() {
    let mut runtime = runtime();
    let text = "process.on('exit', () => { globalThis.late = 1; }); process.exit(3)";
    assert_eq!(runtime.eval(text), Err(EvalError::Exited(3)));
    assert_eq!(runtime.eval("1"), Err(EvalError::Exited(3)), "nothing runs any more");
    assert_eq!(runtime.run_until_idle(), Some(3));
    assert!(!runtime.turn(None));
}

#[test]
fn another_thread_stops_a_program_that_waits() {
    let mut runtime = runtime();
    runtime.eval("setInterval(() => {}, 1e6); 0").expect("a timer");
    let remote = runtime.remote();
    let stopper = thread::spawn(move || remote.stop(4));
    assert_eq!(runtime.run_until_idle(), Some(4));
    assert!(stopper.join().expect("the thread ends"), "the runtime was there");
}

#[test]
fn a_host_with_its_own_loop_waits_on_a_descriptor() {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd;
    let mut runtime = runtime();
    let text = "var seen; require = process.getBuiltinModule;
                require('child_process').execFile('echo', ['hi'], (error, out) => { seen = out; }); 0";
    runtime.eval(text).expect("a child");
    while runtime.turn(Some(Duration::ZERO)) {
        let handle = runtime.wait_handle().expect("a descriptor");
        let timeout = runtime.next_timeout().map_or(PollTimeout::NONE, |timeout| {
            PollTimeout::try_from(timeout).unwrap_or(PollTimeout::MAX)
        });
        poll(&mut [PollFd::new(handle.as_fd(), PollFlags::POLLIN)], timeout).expect("poll");
    }
    assert_eq!(runtime.eval("seen"), Ok(json!("hi\n")));
}

#[test]
fn runtimes_leave_nothing_behind() {
    // In a process of its own: other tests have descriptors, too.
    if std::env::var_os("RJS_TEST_ALONE").is_none() {
        let name = "runtimes_leave_nothing_behind";
        let this = std::env::current_exe().expect("this program");
        output(Command::new(this).args(["--exact", name]).env("RJS_TEST_ALONE", "1"));
        return;
    }
    let before = state_of_process();
    for _ in 0..5 {
        let mut runtime = runtime();
        let text = "const cp = process.getBuiltinModule('child_process');
                    new Promise((resolve) => cp.exec('true', resolve))";
        assert_eq!(runtime.eval(text), Ok(json!(null)));
        drop(runtime);
        leave_everything_open();
        use_everything();
    }
    // The system counts threads that were joined for a moment more.
    let begin = Instant::now();
    while state_of_process() != before && begin.elapsed() < Duration::from_mins(1) {
        thread::yield_now();
    }
    assert_eq!(state_of_process(), before);
}

/// What a process has that a runtime must leave alone.
#[derive(Debug, PartialEq)]
struct State {
    /// Each descriptor and its flags.
    descriptors: Vec<(PathBuf, String)>,
    /// Handlers, the mask for new files, and how many threads there are.
    status: Vec<String>,
    folder: PathBuf,
}

fn state_of_process() -> State {
    let is_shared = |line: &&str| {
        ["SigIgn", "SigCgt", "SigBlk", "Umask", "Threads", "Name"]
            .iter()
            .any(|n| line.starts_with(n))
    };
    let status = fs::read_to_string("/proc/thread-self/status").expect("/proc");
    let of = |entry: fs::DirEntry| {
        let info = PathBuf::from("/proc/self/fdinfo").join(entry.file_name());
        let info = fs::read_to_string(info).ok()?;
        let flags = info.lines().find(|line| line.starts_with("flags"))?.to_owned();
        fs::read_link(entry.path()).ok().map(|link| (link, flags))
    };
    State {
        descriptors: fs::read_dir("/proc/self/fd")
            .expect("/proc")
            .flatten()
            .filter_map(of)
            .collect(),
        status: status.lines().filter(is_shared).map(str::to_owned).collect(),
        folder: std::env::current_dir().expect("a folder"),
    }
}

#[test]
fn a_child_whose_output_was_gathered_is_garbage() {
    let mut runtime = Runtime::builder().expose_gc(true).build().expect("a runtime");
    let text = "const { exec } = process.getBuiltinModule('child_process');
        const run = () => new Promise((done) => {
            const child = exec('echo', () => done(new WeakRef(child)));
            child.stdout.on('data', () => child);
        });
        const turn = () => new Promise((done) => setImmediate(done));
        (async () => {
            const children = [await run(), await run(), await run()];
            for (let i = 0; i < 10; i++) { await turn(); gc(); }
            return children.filter((child) => child.deref() !== undefined).length;
        })()";
    assert_eq!(runtime.eval(text), Ok(json!(0)));
}

/// A runtime that is dropped in the middle of everything.
fn leave_everything_open() {
    let fifo = std::env::temp_dir().join(format!("rjs-everything-{}", std::process::id()));
    let made = Command::new("mkfifo").arg(&fifo).status().expect("there is mkfifo");
    assert!(made.success());
    let text = format!(
        "const {{ spawn, exec, fork }} = process.getBuiltinModule('child_process');
         const net = process.getBuiltinModule('net'), fs = process.getBuiltinModule('fs');
         const udp = process.getBuiltinModule('dgram').createSocket('udp4');
         const children = [spawn('sleep', ['1000']), exec('exec sleep 1000', () => children),
             fork('-e', ['setInterval(() => {{}}, 1e6)'], {{ execPath: {RJS:?} }})];
         children[0].stdout.on('data', () => children);
         children[2].on('message', () => children).send({{ a: 1 }}, () => children);
         const server = net.createServer((socket) => socket.on('data', () => server));
         fs.watch('/tmp', () => server);
         fs.createReadStream('/dev/zero').on('data', () => server);
         const {{ Worker }} = process.getBuiltinModule('worker_threads');
         const code = `const {{ spawn, execFileSync }} = require('child_process');
             const child = spawn('sleep', ['1000']);
             setImmediate(() => execFileSync('sleep', ['1000']));
             require('worker_threads').parentPort.postMessage(child.pid);`;
         const told = new Promise((done) => new Worker(code, {{ eval: true }}).on('message', done));
         const waits = (path) => [fs.readFile(path, () => server), fs.promises.readFile(path), fs.open(path, 'w', () => server)];
         waits('{}');
         udp.on('message', () => udp).bind(0);
         new Promise((done) => {{
             server.on('connection', done).listen(0, () => {{
                 net.connect(server.address().port).write('x'.repeat(1e7));
             }});
         }}).then(() => told).then((inThread) => [
             ...children.map((child) => child.pid), inThread,
             spawn('sleep', ['1000'], {{ detached: true, stdio: 'ignore' }}).pid])",
        fifo.display()
    );
    let mut runtime = runtime();
    let children = runtime.eval(&text).expect("three numbers");
    drop(runtime);
    fs::remove_file(fifo).expect("it was made");
    // None is left, not even to be collected, but the one that was to go on.
    let children = children.as_array().expect("a list");
    let pid = |pid: &serde_json::Value| {
        nix::unistd::Pid::from_raw(pid.as_i64().expect("a number") as i32)
    };
    let (detached, others) = children.split_last().expect("four");
    for other in others {
        assert_eq!(nix::sys::wait::waitpid(pid(other), None), Err(nix::errno::Errno::ECHILD));
    }
    nix::sys::signal::kill(pid(detached), nix::sys::signal::Signal::SIGKILL).expect("it is there");
    nix::sys::wait::waitpid(pid(detached), None).expect("it was nobody else's");
}

/// A runtime with everything that has descriptors or threads of its own.
fn use_everything() {
    let functions = rjs::HostObject::new().async_function("later", async || Ok(1)).async_function(
        "never",
        async || {
            std::future::pending::<()>().await;
            Ok(2)
        },
    );
    let mut runtime = Runtime::builder()
        .stdin(rjs::Input::bytes("input"))
        .stdout(rjs::Output::capture(1000))
        .stderr(rjs::Output::null())
        .globals(functions)
        .module("host:all", rjs::HostObject::new().value("one", 1))
        .limits(rjs::Limits::none().wall_time(Duration::from_mins(1)).heap(1 << 30))
        .on_event(|_| {})
        .signals(rjs::Signals::All)
        .build()
        .expect("a runtime");
    let text = "const cp = process.getBuiltinModule('child_process');
        process.chdir('/');
        process.umask();
        console.log('out'); console.error('err');
        cp.spawnSync('cat', { stdio: 'inherit' });
        never();
        setInterval(() => {}, 1e6);
        process.getBuiltinModule('net').createServer().listen(0);
        process.stdin.resume();
        process.on('SIGUSR2', () => {});
        Promise.all([later(), import('host:all')]).then(([a, { one }]) => a + one)";
    assert_eq!(runtime.eval(text), Ok(json!(2)));
    assert_eq!(runtime.take_stdout().text(), "out\ninput");
    runtime.eval("cp.spawn('sleep', ['1000']); 0").expect("a child");
    assert!(runtime.shutdown(Duration::from_mins(1)).killed.is_empty());
}

fn umask() -> String {
    let status = fs::read_to_string("/proc/self/status").expect("/proc");
    status.lines().find(|line| line.starts_with("Umask")).expect("a mask").to_owned()
}

#[test]
fn runtimes_in_threads_leave_the_children_of_their_host_alone() {
    let echo = std::env::temp_dir().join(format!("rjs-embedding-{}.js", std::process::id()));
    fs::write(
        &echo,
        "process.on('message', (m) => { process.send(m + 1); process.disconnect(); });",
    )
    .expect("a script");
    let text = format!(
        "const {{ fork }} = process.getBuiltinModule('child_process');
         const ask = (number) => new Promise((resolve, reject) => {{
           const child = fork({echo:?});
           let answer;
           child.on('error', reject).on('message', (m) => {{ answer = m; }});
           child.on('exit', (code) => resolve(answer + code));
           child.send(number);
         }});
         Promise.all([1, 2, 3].map(ask))"
    );
    let run = || {
        let mut runtime = Runtime::builder().exec_path(RJS).build().expect("a runtime");
        assert_eq!(runtime.eval(&text), Ok(json!([2, 3, 4])));
        assert_eq!(runtime.eval("process.chdir('/'); process.cwd()"), Ok(json!("/")));
    };
    let before = (umask(), std::env::current_dir().expect("a folder"));
    thread::scope(|scope| {
        let threads: Vec<_> = (0..10).map(|_| scope.spawn(run)).collect();
        for code in 0..50 {
            let mut child = Command::new("sh");
            let status = child.args(["-c", &format!("exit {code}")]).status();
            assert_eq!(status.expect("nobody else waits for it").code(), Some(code));
        }
        for thread in threads {
            thread.join().expect("the runtime did its work");
        }
    });
    assert_eq!((umask(), std::env::current_dir().expect("a folder")), before);
    fs::remove_file(&echo).expect("the script is there");
}
