//! Threads of the scripts of a host.

use std::{
    sync::mpsc::channel,
    time::{Duration, UNIX_EPOCH},
};

use rjs::{
    EvalError, HostEvent, HostObject, Input, Limit, Limits, ModuleKind, ModuleText, Output,
    Runtime, TestClock, ThreadOptions,
};
use serde_json::json;

#[test]
fn a_panic_in_a_thread_ends_that_thread() {
    let own = |_: &[String], _: &[(String, String)]| -> ThreadOptions { panic!("of a test") };
    let builder = Runtime::builder().thread_options(|_, _| Err(Vec::new()), own);
    let mut runtime = builder.build().expect("a runtime");
    let text =
        format!("{START} new Promise((done) => new Worker('', {{ eval: true }}).on('exit', done))");
    assert_eq!(runtime.eval(&text), Ok(json!(1)));
    assert_eq!(runtime.eval("1 + 1"), Ok(json!(2)));
}

#[test]
fn threads_count_their_children_with_their_program() {
    let limits = Limits::none().total_children(2);
    let mut runtime = Runtime::builder().limits(limits).build().expect("a runtime");
    let text = format!(
        "{START}
        const code = `const {{ execFileSync }} = require('child_process');
            try {{ execFileSync('true'); }} catch (error) {{ process.exitCode = error.limit ? 9 : 1; }}`;
        const one = () => new Promise((done) => new Worker(code, {{ eval: true }}).on('exit', done));
        (async () => [await one(), await one(), await one()])()"
    );
    assert_eq!(runtime.eval(&text), Ok(json!([0, 0, 9])));
}

/// Runs this text in a thread of a script, and waits for its end.
fn in_thread(text: &str) -> String {
    let code = serde_json::Value::from(text);
    format!("{START} new Promise((done) => new Worker({code}, {{ eval: true }}).on('exit', done))")
}

#[test]
fn threads_have_the_streams_of_their_program() {
    let text = in_thread(
        "const fs = require('fs'), cp = require('child_process');
        fs.writeSync(1, 'by number;'); cp.execFileSync('sh', ['-c', 'cat; echo child; echo error >&2'], { stdio: 'inherit' });
        fs.writeFileSync(2, fs.readFileSync(0));",
    );
    let builder = Runtime::builder()
        .stdin(Input::bytes("input;"))
        .stdout(Output::capture(1000))
        .stderr(Output::capture(1000));
    let mut runtime = builder.build().expect("a runtime");
    assert_eq!(runtime.eval(&text), Ok(json!(0)));
    assert_eq!(runtime.take_stdout().text(), "by number;input;child\n");
    assert_eq!(runtime.take_stderr().text(), "error\n");
    let builder = Runtime::builder().stdout(Output::null()).stderr(Output::null());
    let mut runtime = builder.stdin(Input::null()).build().expect("a runtime");
    assert_eq!(runtime.eval(&text), Ok(json!(0)));
}

#[test]
fn threads_have_the_clock_and_numbers_of_their_program() {
    let run = || {
        let clock = TestClock::new(UNIX_EPOCH + Duration::from_secs(1_000_000_000));
        let builder = Runtime::builder().clock(clock).random_seed(7);
        let mut runtime = builder.build().expect("a runtime");
        let text = format!(
            "{START}
            const code = `setTimeout(() => require('worker_threads').parentPort.postMessage([new Date(), Math.random()]), 1e6)`;
            const one = () => new Promise((done) => new Worker(code, {{ eval: true }}).on('message', done));
            (async () => [await one(), await one(), Math.random()])()"
        );
        runtime.eval(&text).expect("a list")
    };
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    assert_eq!(first[0][0], "2001-09-09T02:03:20.000Z");
    assert!(first[0][1] != first[1][1] && first[0][1] != first[2]);
}

#[test]
fn threads_are_given_what_the_host_gives_them() {
    let (sender, warnings) = channel();
    let builder = Runtime::builder().stderr(Output::null()).in_threads(move |builder| {
        let sender = sender.clone();
        builder
            .globals(HostObject::new().function("double", |n: f64| Ok(2.0 * n)))
            .module("host:three", HostObject::new().value("three", 3))
            .module_loader(|specifier, _| {
                Ok((specifier == "host:four").then(|| ModuleText {
                    path: "/four.js".into(),
                    text: "module.exports = 4".to_owned(),
                    kind: ModuleKind::CommonJs,
                }))
            })
            .on_event(move |event| {
                if let HostEvent::Warning { message, .. } = event {
                    sender.send(message.clone()).expect("it is waited for");
                }
            })
    });
    let mut runtime = builder.build().expect("a runtime");
    let text = in_thread(
        "process.emitWarning('careful');
        const inner = new (require('worker_threads').Worker)('process.exitCode = double(4)', { eval: true });
        inner.on('exit', (code) => { process.exitCode = double(1) + require('host:three').three + require('host:four') + code; });",
    );
    assert_eq!(runtime.eval(&text), Ok(json!(17)));
    assert_eq!(warnings.recv().as_deref(), Ok("careful"));
    assert_eq!(runtime.eval("typeof double"), Ok(json!("undefined")));
}

#[test]
fn threads_have_a_limit() {
    let limits = Limits::none().threads(2);
    let mut runtime = Runtime::builder().limits(limits).build().expect("a runtime");
    let text = format!(
        "{START}
        const wait = `require('worker_threads').parentPort.once('message', () => {{}})`;
        const more = `try {{ new (require('worker_threads').Worker)('', {{ eval: true }}); }} catch (error) {{ process.exitCode = error.limit === 'threads' ? 9 : 1; }}`;
        const start = (code) => {{ const worker = new Worker(code, {{ eval: true }});
            return [worker, new Promise((done) => worker.on('exit', done))]; }};
        const [first, ended] = start(wait), [, second] = start(more);
        const refused = (() => {{ try {{ start(wait); }} catch ({{ code, limit }}) {{ return [code, limit]; }} }})();
        (async () => {{
            const inner = await second;
            first.postMessage(0);
            return [refused, inner, await ended, await start('')[1]];
        }})()"
    );
    assert_eq!(runtime.eval(&text), Ok(json!([["ERR_RJS_LIMIT", "threads"], 9, 0, 0])));
}

#[test]
fn threads_signal_whom_their_program_may() {
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let text = in_thread(
        "const child = require('child_process').spawn('sleep', ['1000']);
        process.kill(child.pid);
        try { process.kill(process.pid, 'SIGKILL'); } catch ({ code }) { process.exitCode = code === 'ERR_ACCESS_DENIED' ? 5 : 1; }",
    );
    assert_eq!(runtime.eval(&text), Ok(json!(5)));
}

/// Starts a thread; what it posts first, or the code of its error.
const START: &str = "const { Worker } = process.getBuiltinModule('worker_threads');
    const launch = (code) => new Promise((done) => {
        const worker = new Worker(code, { eval: true });
        worker.on('message', done).on('error', (error) => done(error.code));
    });";

#[test]
fn threads_count_their_memory_with_their_program() {
    let mut runtime =
        Runtime::builder().limits(Limits::none().heap(80 << 20)).build().expect("a runtime");
    let text = format!(
        "{START}
        const code = `const kept = []; for (let i = 0; i < 300; i++) kept.push(new Uint8Array(1e5).fill(1));
            require('worker_threads').parentPort.postMessage('holds'); setInterval(() => kept, 1e6)`;
        (async () => [await launch(code), await launch(code), await launch(code)])()"
    );
    let outcome = runtime.eval(&text);
    assert_eq!(outcome, Ok(json!(["holds", "holds", "ERR_WORKER_OUT_OF_MEMORY"])));
}

#[test]
fn threads_count_their_processor_time_with_their_program() {
    let mut runtime = Runtime::builder()
        .limits(Limits::none().cpu_time(Duration::from_millis(500)))
        .build()
        .expect("a runtime");
    let text = format!("{START} Promise.all([launch('for (;;);'), launch('for (;;);')])");
    assert_eq!(runtime.eval(&text), Err(EvalError::Limit(Limit::CpuTime)));
}

#[test]
fn threads_count_their_handles_with_their_program() {
    let mut runtime =
        Runtime::builder().limits(Limits::none().handles(24)).build().expect("a runtime");
    let open = "(async () => {
        const net = process.getBuiltinModule('net');
        for (let count = 0; ; count++) {
            const code = await new Promise((done) => {
                net.createServer().on('error', (error) => done(error.code)).listen(0, '127.0.0.1', () => done());
            });
            if (code !== undefined) return [count, code];
        }
    })()";
    let text = format!(
        "{START}
        const open = {};
        launch(open + `.then((opened) => require('worker_threads').parentPort.postMessage(opened))`)
            .then(async (thread) => [thread, await eval(open)])",
        json!(open)
    );
    let counts: ((u32, String), (u32, String)) = runtime.eval_as(&text).expect("two counts");
    let ((thread, first), (own, second)) = counts;
    assert_eq!((first.as_str(), second.as_str()), ("EMFILE", "EMFILE"));
    assert!(thread > 8 && own + thread <= 24, "{thread} {own}");
}
