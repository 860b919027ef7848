//! Limits, events and the orderly end.

use std::{
    cell::RefCell,
    path::PathBuf,
    process::Command,
    rc::Rc,
    time::{Duration, Instant},
};

use rjs::{
    EvalError, HostEvent, HostObject, Input, Limit, Limits, Output, Runtime, RuntimeBuilder,
};
use serde_json::json;

use crate::RJS;

type Events = Rc<RefCell<Vec<HostEvent>>>;

fn observed(builder: RuntimeBuilder) -> (Runtime, Events) {
    let events = Events::default();
    let told = events.clone();
    let builder = builder.on_event(move |event| told.borrow_mut().push(event.clone()));
    (builder.build().expect("a runtime"), events)
}

fn limited(limits: Limits) -> (Runtime, Events) {
    observed(Runtime::builder().limits(limits))
}

const CODE: &str = "const code = (work) => {
    try { work(); return 'done'; } catch (error) { return [error.code, error.limit]; } };
    const cp = process.getBuiltinModule('child_process');";

#[test]
fn time_that_is_up_ends_a_program() {
    let texts = [
        "setInterval(() => {}, 1); new Promise(() => {})",
        "new Promise(() => setTimeout(() => {}, 1e6))",
        "(async () => { for (;;) await null; })()",
        "const again = () => setImmediate(again); again(); new Promise(() => {})",
        "const next = () => process.nextTick(next); next(); new Promise(() => {})",
        "for (;;) pause()",
        "for (;;);",
        "const f = () => { while (true) { } }; [1].forEach(f)",
        "new Promise(() => setTimeout(() => { do {} while (true); }, 1))",
        "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); } fib(60)",
        "(function* () { for (;;) yield 1; })().reduce((a, b) => a + b)",
        "for (const one of (function* () { for (;;) yield 1; })()) ;",
        "const vm = process.getBuiltinModule('vm'); vm.runInNewContext('for (;;) { }')",
        "import('data:text/javascript,for (;;) { }')",
        "new Function('for (;;);')()",
        "const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2); fib(60)",
        "[3, 1, 2].sort((a, b) => { for (;;); })",
    ];
    for limits in [
        Limits::none().wall_time(Duration::from_millis(30)),
        Limits::none().wall_time(Duration::from_hours(1)).cpu_time(Duration::from_millis(30)),
    ] {
        for (index, text) in texts.iter().enumerate() {
            let is_cpu = format!("{limits:?}").contains("cpu_time: Some");
            if is_cpu && index < 2 {
                continue;
            }
            let globals = HostObject::new().function("pause", || Ok(()));
            let (mut runtime, events) =
                observed(Runtime::builder().limits(limits.clone()).globals(globals));
            let start = Instant::now();
            let outcome = runtime.eval(text);
            let Err(EvalError::Limit(limit)) = outcome else { panic!("{text}: {outcome:?}") };
            assert!(matches!(limit, Limit::WallTime | Limit::CpuTime), "{text}: {limit}");
            assert!(start.elapsed() < Duration::from_secs(20), "{text}");
            assert_eq!(*events.borrow(), [HostEvent::LimitReached(limit)], "{text}");
            assert_eq!(runtime.ended_by(), Some(limit));
            assert_eq!(runtime.eval("1"), Err(EvalError::Limit(limit)), "nothing runs any more");
            assert_eq!(runtime.run_until_idle(), Some(124));
        }
    }
}

#[test]
fn each_call_has_its_time() {
    let (mut runtime, _) = limited(Limits::none().wall_time(Duration::from_secs(6)));
    for _ in 0..7 {
        let text = "new Promise((resolve) => setTimeout(resolve, 1000, 1))";
        assert_eq!(runtime.eval(text), Ok(json!(1)));
    }
}

#[test]
fn loops_and_recursion_have_limits() {
    let (mut runtime, _) = limited(Limits::none().loop_iterations(1000));
    assert_eq!(runtime.eval("let n = 0; for (let i = 0; i < 900; i++) n++; n"), Ok(json!(900)));
    let outcome = runtime.eval("try { for (;;); } catch { 1 }");
    assert_eq!(outcome, Err(EvalError::Limit(Limit::LoopIterations)));
    let (mut runtime, events) = limited(Limits::none().recursion(50));
    let text = "const dive = (n) => n === 0 ? 0 : 1 + dive(n - 1); dive(30)";
    assert_eq!(runtime.eval(text), Ok(json!(30)));
    assert_eq!(runtime.eval("dive(60)"), Err(EvalError::Limit(Limit::Recursion)));
    assert_eq!(*events.borrow(), [HostEvent::LimitReached(Limit::Recursion)]);
    assert_eq!(runtime.eval("dive(3)"), Ok(json!(3)), "it goes on");
}

#[test]
fn children_have_limits() {
    let (mut runtime, events) = limited(Limits::none().children(2).total_children(4));
    let text = format!(
        "{CODE}
        const first = cp.spawn('cat'), second = cp.spawn('cat');
        const ended = [first, second].map((child) => new Promise((done) => child.on('close', done)));
        const seen = [code(() => cp.spawn('cat')), code(() => cp.execFileSync('true'))];
        first.stdin.end(); second.stdin.end();
        Promise.all(ended).then(() => {{
            seen.push(code(() => cp.execFileSync('true')), code(() => cp.spawnSync('no-such-program')),
                code(() => cp.execFileSync('true')), code(() => cp.exec('true')));
            return seen;
        }})"
    );
    let (alive, total) =
        (json!(["ERR_RJS_LIMIT", "children"]), json!(["ERR_RJS_LIMIT", "totalChildren"]));
    assert_eq!(runtime.eval(&text), Ok(json!([alive, alive, "done", "done", total, total])));
    let reached = events.borrow();
    let count =
        |limit| reached.iter().filter(|event| **event == HostEvent::LimitReached(limit)).count();
    assert_eq!((count(Limit::Children), count(Limit::TotalChildren)), (2, 2));
}

#[test]
fn messages_have_limits() {
    let limits = Limits::none().message_size(1000).bytes_in_flight(2_000_000);
    let (mut runtime, _) = observed(Runtime::builder().exec_path(RJS).limits(limits));
    let text = format!(
        "{CODE}
        const child = cp.fork('-e', ['process.on(\"message\", (m) => process.send(m.length))']);
        const seen = [code(() => child.send('x'.repeat(998))), code(() => child.send('x'.repeat(999)))];
        new Promise((done) => child.on('message', (length) => {{ seen.push(length); child.kill(); done(seen); }}))"
    );
    assert_eq!(runtime.eval(&text), Ok(json!(["done", ["ERR_RJS_LIMIT", "messageSize"], 998])));
    let (mut runtime, _) = limited(Limits::none().bytes_in_flight(1_000_000));
    let text = format!(
        "{CODE}
        const child = cp.spawn('sleep', ['1000'], {{ stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }});
        let sent = 0, refused;
        while (sent < 10_000 && refused === undefined) {{
            const outcome = code(() => child.send('x'.repeat(100_000)));
            if (outcome === 'done') sent++; else refused = outcome;
        }}
        child.kill();
        [refused, sent > 0]"
    );
    assert_eq!(runtime.eval(&text), Ok(json!([["ERR_RJS_LIMIT", "bytesInFlight"], true])));
}

#[test]
fn handles_have_a_limit() {
    let (mut runtime, events) = limited(Limits::none().handles(3));
    let text = "const net = process.getBuiltinModule('net');
        const servers = [];
        const open = (done) => {
            const server = net.createServer().on('error', (error) => done(error.code));
            server.listen(0, () => { servers.push(server); open(done); });
        };
        new Promise(open).then((code) => {
            servers.forEach((server) => server.close());
            return [code, servers.length];
        })";
    assert_eq!(runtime.eval(text), Ok(json!(["EMFILE", 3])));
    assert!(events.borrow().contains(&HostEvent::LimitReached(Limit::Handles)));
}

#[test]
fn memory_has_a_limit_and_garbage_does_not_count() {
    let limits = || Limits::none().heap(16 << 20);
    let (mut runtime, _) = limited(limits());
    let text = "let last; for (let i = 0; i < 3000; i++) last = new Array(1000).fill(i); last[0]";
    assert_eq!(runtime.eval(text), Ok(json!(2999)));
    for text in [
        "const all = []; for (;;) all.push(new Array(1000).fill(1))",
        "const all = []; const more = () => { all.push('x'.repeat(10_000) + all.length); setImmediate(more); };
         more(); new Promise(() => {})",
    ] {
        let (mut runtime, events) = limited(limits());
        assert_eq!(runtime.eval(text), Err(EvalError::Limit(Limit::Heap)), "{text}");
        assert_eq!(*events.borrow(), [HostEvent::LimitReached(Limit::Heap)]);
    }
    let (mut runtime, _) = limited(limits());
    assert_eq!(runtime.eval("1"), Ok(json!(1)), "what others held is not its");
}

#[test]
fn a_host_is_told_what_happens() {
    let builder = Runtime::builder().exec_path(RJS).stderr(Output::null()).stdin(Input::null());
    let (mut runtime, events) = observed(builder);
    let text = "const cp = process.getBuiltinModule('child_process');
        process.emitWarning('look out', { code: 'W1', type: 'Odd' });
        const child = cp.fork('-e', ['process.send({ a: [1] }); process.exitCode = 3'], { execArgv: [] });
        new Promise((done) => child.on('exit', done)).then((code) => {
            cp.spawnSync('sh', ['-c', 'kill -9 $$']);
            setTimeout(() => { throw Object.assign(new TypeError('bad'), { code: 'E1' }); }, 1);
            return code;
        })";
    assert_eq!(runtime.eval(text), Ok(json!(3)));
    assert_eq!(runtime.run_until_idle(), Some(1));
    let events = events.borrow();
    let position = |wanted: &dyn Fn(&HostEvent) -> bool| {
        events.iter().position(wanted).unwrap_or_else(|| panic!("{events:#?}"))
    };
    let HostEvent::Spawned { pid: child, file, args } =
        &events[position(&|event| matches!(event, HostEvent::Spawned { .. }))]
    else {
        unreachable!("it was looked for");
    };
    assert!(file == RJS && args.last().is_some_and(|arg| arg.contains("process.send")), "{args:?}");
    let message = HostEvent::Message { pid: Some(*child), value: json!({ "a": [1] }) };
    let exited = HostEvent::Exited { pid: *child, code: Some(3), signal: None };
    assert!(position(&|event| *event == message) < position(&|event| *event == exited));
    position(&|event| matches!(event, HostEvent::Exited { code: None, signal: Some(9), .. }));
    let warning = HostEvent::Warning {
        name: "Odd".to_owned(),
        message: "look out".to_owned(),
        code: Some("W1".to_owned()),
    };
    position(&|event| *event == warning);
    let Some(HostEvent::Uncaught(error)) = events.last() else { panic!("{events:#?}") };
    assert_eq!((error.name.as_str(), error.code.as_deref()), ("TypeError", Some("E1")));
}

#[test]
fn a_shutdown_asks_first_and_kills_what_does_not_listen() {
    let builder = Runtime::builder().stdout(Output::capture(1000));
    let (mut runtime, events) = observed(builder);
    let text = "const { spawn } = process.getBuiltinModule('child_process');
        const ready = (script) => new Promise((done) => {
            const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
            child.on('exit', (code, signal) => console.log('child', code, signal));
            child.stdout.once('data', () => done(child.pid));
        });
        process.on('exit', (code) => console.log('exit', code));
        process.exitCode = 7;
        setInterval(() => {}, 1000);
        Promise.all([ready('trap \"exit 4\" TERM; echo; while :; do sleep 0.01; done'),
            ready('trap \"\" TERM; echo; while :; do sleep 0.01; done')])";
    let children = runtime.eval(text).expect("two numbers");
    let stubborn = children[1].as_i64().expect("a number") as i32;
    let ended = runtime.shutdown(Duration::from_secs(6));
    assert_eq!((ended.code, ended.killed), (7, vec![stubborn]));
    let signals: Vec<_> = events
        .borrow()
        .iter()
        .filter_map(|event| match event {
            HostEvent::Exited { code, signal, .. } => Some((*code, *signal)),
            _ => None,
        })
        .collect();
    assert_eq!(signals, [(Some(4), None), (None, Some(9))]);
}

#[test]
fn a_program_that_has_ended_is_shut_down_too() {
    let (mut runtime, events) = observed(Runtime::builder());
    let text =
        "process.getBuiltinModule('child_process').spawn('sleep', ['1000']); process.exit(2)";
    assert_eq!(runtime.eval(text), Err(EvalError::Exited(2)));
    let ended = runtime.shutdown(Duration::from_secs(10));
    assert_eq!((ended.code, ended.killed), (2, vec![]));
    let terminated =
        |event: &HostEvent| matches!(event, HostEvent::Exited { signal: Some(15), .. });
    assert!(events.borrow().iter().any(terminated));
}

/// A FIFO that nobody else opens, in a folder of its own.
fn fifo(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rjs-fifo-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("fifo");
    let made = Command::new("mkfifo").arg(&path).status().expect("there is mkfifo");
    assert!(made.success());
    path
}

#[test]
fn time_that_is_up_ends_what_waits_in_the_system() {
    let path = fifo("ends");
    let texts = [
        "fs.readFileSync(fifo)",
        "fs.writeFileSync(fifo, 'x')",
        "fs.appendFileSync(fifo, 'x')",
        "fs.truncateSync(fifo)",
        "fs.copyFileSync(fifo, fifo + '-copy')",
        "const fd = fs.openSync(fifo, 'r+'); fs.readSync(fd, Buffer.alloc(1))",
        "const fd = fs.openSync(fifo, 'r+'); fs.writeSync(fd, Buffer.alloc(1 << 20))",
        "const fd = fs.openSync(fifo, 'r+'); fs.readvSync(fd, [Buffer.alloc(1)])",
        "const fd = fs.openSync(fifo, 'r+'); fs.writevSync(fd, [Buffer.alloc(1 << 20), Buffer.alloc(1)])",
        "fs.promises.readFile(fifo)",
        "require(fifo)",
        "cp.execSync('sleep 1000')",
        "cp.execFileSync('sleep', ['1000'], { stdio: 'ignore' })",
        "cp.spawnSync('sh', ['-c', 'trap \"\" TERM; while :; do sleep 0.1; done'])",
        "cp.spawnSync('sleep', ['1000'], { stdio: 'inherit', timeout: 1e6 })",
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
        "fs.rmSync('/proc/self/fdinfo', { recursive: true, maxRetries: 1e3, retryDelay: 1e6 }); fs.readFileSync(fifo)",
        "for (;;) { try { fs.readFileSync(fifo); } catch { } }",
    ];
    for text in texts {
        let limits = Limits::none().wall_time(Duration::from_millis(100));
        let (mut runtime, _) = limited(limits);
        let start = Instant::now();
        let program = format!(
            "const fs = process.getBuiltinModule('fs'), cp = process.getBuiltinModule('child_process');
            const require = process.getBuiltinModule('module').createRequire('/'); const fifo = {path:?}; {text}"
        );
        assert_eq!(runtime.eval(&program), Err(EvalError::Limit(Limit::WallTime)), "{text}");
        drop(runtime);
        assert!(start.elapsed() < Duration::from_secs(20), "{text}");
    }
    std::fs::remove_dir_all(path.parent().expect("it has one")).expect("it is there");
}

#[test]
fn a_fifo_is_read_and_written_as_ever() {
    let path = fifo("works");
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let text = format!(
        "const fs = process.getBuiltinModule('fs'), cp = process.getBuiltinModule('child_process'), fifo = {path:?};
        const big = 'x'.repeat(300_000);
        const reads = cp.spawn('cat', [fifo], {{ stdio: ['ignore', 'pipe', 'inherit'] }});
        let length = 0;
        reads.stdout.on('data', (chunk) => {{ length += chunk.length; }});
        const read = new Promise((done) => reads.on('close', () => done(length)));
        fs.writeFileSync(fifo, 'y'.repeat(50_000));
        read.then((length) => {{
            cp.spawn('sh', ['-c', 'sleep 0.2; head -c 300000 /dev/zero > \"$0\"', fifo], {{ stdio: 'ignore' }});
            return [length, fs.readFileSync(fifo).length];
        }})"
    );
    assert_eq!(runtime.eval(&text), Ok(json!([50_000, 300_000])));
    drop(runtime);
    std::fs::remove_dir_all(path.parent().expect("it has one")).expect("it is there");
}

#[test]
fn a_shutdown_ends_the_children_of_threads_too() {
    let mut runtime = Runtime::builder().stdout(Output::null()).build().expect("a runtime");
    let text = "const { Worker } = process.getBuiltinModule('worker_threads');
        const code = `const { spawn } = require('child_process'), { parentPort } = require('worker_threads');
            const child = spawn('sh', ['-c', 'trap \"\" TERM; echo; while :; do sleep 0.05; done'], { stdio: ['ignore', 'pipe', 'ignore'] });
            const gentle = spawn('sleep', ['1000']);
            child.stdout.once('data', () => parentPort.postMessage([child.pid, gentle.pid]));`;
        const worker = new Worker(code, { eval: true });
        new Promise((done) => worker.on('message', done))";
    let pids = runtime.eval(text).expect("two numbers");
    let ended = runtime.shutdown(Duration::from_secs(6));
    assert_eq!(json!(ended.killed), json!([pids[0]]));
    for pid in pids.as_array().expect("a list") {
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "{pid} is left");
    }
}
