//! Threads of programs: that nothing of them stays, and that they end with who has started them.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use rjs::Runtime;
use serde_json::json;

const RJS: &str = env!("CARGO_BIN_EXE_rjs");

fn run(script: &str) -> (String, Option<i32>) {
    let output = Command::new(RJS).args(["-e", script]).output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

#[test]
fn a_hundred_workers_leave_no_descriptor_and_no_thread() {
    let (output, code) = run("
        const { Worker } = require('worker_threads');
        const count = (name) => require('fs').readdirSync('/proc/self/' + name).length;
        const one = () => new Promise((done) => {
            new Worker('require(`worker_threads`).parentPort.postMessage(1)', { eval: true }).on('exit', done);
        });
        (async () => {
            for (let i = 0; i < 10; i++) await one();
            const before = [count('fd'), count('task')];
            for (let i = 0; i < 90; i++) await one();
            // The system shows threads that have ended for a moment more.
            const limit = Date.now() + 60_000;
            while (Math.abs(count('task') - before[1]) > 1 && Date.now() < limit);
            const after = [count('fd'), count('task')];
            console.log(after[0] - before[0], Math.abs(after[1] - before[1]) <= 1);
        })();");
    assert_eq!((output.as_str(), code), ("0 true\n", Some(0)));
}

#[test]
fn the_end_of_the_program_ends_its_threads() {
    let (output, code) = run("
        const { Worker } = require('worker_threads');
        const busy = new Worker('for (;;);', { eval: true });
        const idle = new Worker('setInterval(() => {}, 1e6)', { eval: true });
        let online = 0;
        for (const worker of [busy, idle]) worker.on('online', () => {
            if (++online < 2) return;
            console.log('both');
            process.exit(3);
        });");
    assert_eq!((output.as_str(), code), ("both\n", Some(3)));
}

#[test]
fn many_at_once_answer_all() {
    let (output, _) = run("
        const { Worker } = require('worker_threads');
        let sum = 0;
        for (let i = 0; i < 40; i++) {
            const worker = new Worker(`
                const { parentPort, workerData } = require('worker_threads');
                parentPort.once('message', (n) => parentPort.postMessage(n + workerData));
            `, { eval: true, workerData: i });
            worker.on('message', (n) => { sum += n; });
            worker.postMessage(1);
        }
        process.on('exit', () => console.log(sum));");
    assert_eq!(output, "820\n");
}

#[test]
fn ten_thousand_messages_each_way_keep_their_order() {
    let (output, _) = run("
        const { Worker } = require('worker_threads');
        const worker = new Worker(`
            const { parentPort } = require('worker_threads');
            parentPort.on('message', (n) => {
                if (n === null) parentPort.close();
                else parentPort.postMessage({ n, text: 'x'.repeat(n % 50) });
            });
        `, { eval: true });
        let next = 0;
        worker.on('message', ({ n, text }) => {
            if (n !== next || text.length !== n % 50) throw new Error(`${n} for ${next}`);
            next++;
        });
        for (let n = 0; n < 10000; n++) worker.postMessage(n);
        worker.postMessage(null);
        worker.on('exit', () => console.log(next));");
    assert_eq!(output, "10000\n");
}

#[test]
fn a_worker_starts_children_that_its_end_leaves_alone() {
    let (output, _) = run("
        const { Worker } = require('worker_threads');
        new Worker(`
            const { spawnSync, fork, exec } = require('child_process');
            console.log(spawnSync('echo', ['sync']).stdout.toString().trim());
            exec('echo async', (error, text) => console.log(text.trim()));
        `, { eval: true }).on('exit', (code) => console.log('exit', code));");
    assert_eq!(output, "sync\nasync\nexit 0\n");
}

/// How many threads of this process are workers'.
fn workers() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("procfs").flatten();
    let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| ["WorkerThread", "spare worker"].contains(&name.trim())).count()
}

#[test]
fn an_embedded_runtime_joins_its_threads_when_it_is_dropped() {
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let value = runtime.eval(
        "new Promise((resolve) => {
            const { Worker } = process.getBuiltinModule('worker_threads');
            const start = (text) => new Worker(text, { eval: true });
            for (let i = 0; i < 3; i++) start('for (;;);');
            start('require(\"worker_threads\").parentPort.postMessage([1, 2])').on('message', resolve);
        })",
    );
    assert_eq!(value, Ok(json!([1, 2])));
    assert!(workers() >= 3, "{}", workers());
    drop(runtime);
    // The system shows threads that were joined for a moment more.
    let begin = Instant::now();
    while workers() > 0 && begin.elapsed() < Duration::from_mins(1) {
        std::thread::yield_now();
    }
    assert_eq!(workers(), 0);
}

#[test]
fn who_waits_beside_a_thread_that_is_ended_waits_on() {
    let (output, code) = run("
        const { Worker } = require('worker_threads');
        const memory = new Int32Array(new SharedArrayBuffer(16));
        const notify = Atomics.notify;
        Atomics.notify = () => 0;
        const text = `
            const { workerData: memory } = require('worker_threads');
            Atomics.add(memory, 1, 1);
            console.log(Atomics.wait(memory, 0, 0), Atomics.wait(memory, 0, 1), Atomics.wait(memory, 2, 0, 1));
        `;
        const start = () => new Worker(text, { eval: true, workerData: memory });
        const stays = start(), ends = start();
        const begun = () => memory[1] === 2 ? ended() : setImmediate(begun);
        const ended = async () => {
            console.log(await ends.terminate());
            // Only one is left, once it waits.
            const ask = () => {
                const woken = notify(memory, 0, Infinity);
                if (woken === 0) return setImmediate(ask);
                console.log(woken);
            };
            ask();
        };
        begun();");
    assert_eq!((output.as_str(), code), ("1\n1\nok not-equal timed-out\n", Some(0)));
}
