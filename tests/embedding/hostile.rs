//! Scripts that mean harm: whatever they do, their host goes on.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use rjs::{Input, Limits, Output, Permissions, Runtime};
use serde_json::json;

/// Each is run in a thread with the stack that Rust gives it, limited in time and memory, and may come to
/// whatever it does.
const SCRIPTS: &[(&str, &str)] = &[
    ("recursion", "function f() { f(); } f()"),
    ("recursion through natives", "[1].forEach(function f() { [1].forEach(f); })"),
    ("recursion through getters", "const o = { get a() { return o.a; } }; o.a"),
    ("recursion through proxies", "const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.a"),
    ("recursion through toString", "const o = { toString() { return `${o}`; } }; `${o}`"),
    (
        "recursion through JSON",
        "const o = { toJSON() { return JSON.stringify(o); } }; JSON.stringify(o)",
    ),
    (
        "a deep array through JSON",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
    ),
    ("a deep text of JSON", "JSON.parse('['.repeat(1e6))"),
    ("a deep value", "let a = []; for (let i = 0; i < 3e4; i++) a = [a]; a"),
    (
        "a deep value flattened",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.flat(Infinity)",
    ),
    (
        "a deep value shown",
        "let a = []; for (let i = 0; i < 1e5; i++) a = { a }; console.log('%O', a); require('util').inspect(a, { depth: Infinity })",
    ),
    ("a deep value joined", "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a)"),
    ("a long list", "let a = null; for (let i = 0; i < 1e6; i++) a = { a }; a = null"),
    (
        "a long line of bindings",
        "let f = () => 1; for (let i = 0; i < 1e5; i++) f = f.bind(); f(); new f()",
    ),
    (
        "a long line of heirs",
        "let C = class {}; for (let i = 0; i < 1e4; i++) C = class extends C {}; new C()",
    ),
    (
        "a long line of generators",
        "let g = function* () { yield 1; }; for (let i = 0; i < 1e4; i++) { const h = g; g = function* () { yield* h(); }; } [...g()]",
    ),
    (
        "a long line of promises",
        "let p = Promise.resolve(); for (let i = 0; i < 1e5; i++) { const q = p; p = (async () => q)(); } p",
    ),
    (
        "a long line of ropes",
        "let s = ''; for (let i = 0; i < 1e6; i++) s = s + 'x'; s.charCodeAt(5)",
    ),
    (
        "a long line of causes",
        "let e = new Error('x'); for (let i = 0; i < 1e5; i++) e = new Error('y', { cause: e }); throw e",
    ),
    (
        "a long line of errors",
        "let e = new Error('x'); for (let i = 0; i < 1e5; i++) e = new AggregateError([e]); console.error(e); require('v8').serialize(e)",
    ),
    (
        "a long line of sets",
        "let s = new Set(); for (let i = 0; i < 1e5; i++) s = new Set([s]); console.log(s); require('v8').deserialize(require('v8').serialize(s))",
    ),
    (
        "a deep message",
        "const { port1, port2 } = new MessageChannel(); let a = []; for (let i = 0; i < 1e5; i++) a = [a]; port1.postMessage(a); port2.on('message', () => port2.close())",
    ),
    (
        "a deep value cloned",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; structuredClone(a)",
    ),
    (
        "a deep value compared",
        "const deep = () => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a; }; require('assert').deepStrictEqual(deep(), deep())",
    ),
    ("deep parentheses", "eval('('.repeat(1e5) + ')'.repeat(1e5))"),
    ("deep arrays in a text", "eval('['.repeat(1e5) + ']'.repeat(1e5))"),
    ("deep blocks", "new Function('{'.repeat(1e5) + '}'.repeat(1e5))"),
    ("deep unary operators", "eval('!'.repeat(1e6) + '1')"),
    ("deep sums", "eval('1' + '+1'.repeat(1e5))"),
    ("deep templates", "eval('`${'.repeat(1e4) + '1' + '}`'.repeat(1e4))"),
    ("deep functions", "eval('(()=>'.repeat(2e4) + '1' + ')'.repeat(2e4))"),
    ("deep properties", "eval('a' + '.a'.repeat(1e5))"),
    ("deep destructuring", "eval('let ' + '['.repeat(2e4) + 'a' + ']'.repeat(2e4) + ' = 1')"),
    ("deep regular expressions", "new RegExp('('.repeat(1e5) + ')'.repeat(1e5))"),
    ("deep choices", "new RegExp('(?:a|'.repeat(5e4) + 'b' + ')'.repeat(5e4)).test('c')"),
    ("a large repetition", "new RegExp('((a{1000}){1000}){1000}').test('a')"),
    (
        "a long line of prototypes",
        "let o = {}; for (let i = 0; i < 1e5; i++) o = Object.create(o); o.x; o.x = 1; 'y' in o; `${o}`; for (const k in o);",
    ),
    (
        "a long line of proxies",
        "let o = {}; for (let i = 0; i < 5e4; i++) o = new Proxy(o, {}); o.x; o.x = 1; 'y' in o; Object.keys(o); delete o.x; Object.isFrozen(o)",
    ),
    (
        "a long line of handlers",
        "let h = {}; for (let i = 0; i < 5e4; i++) h = new Proxy({}, h); h.x; h.x = 1; Object.keys(h)",
    ),
    (
        "a circle through a proxy",
        "const t = {}, p = new Proxy(t, {}); try { t.__proto__ = p; } catch { } try { Object.setPrototypeOf(t, Object.create(p)); } catch { } Reflect.setPrototypeOf(t, p); p.x; t.x = 1; t instanceof Map",
    ),
    (
        "a circle through a handler",
        "const h = {}, p = new Proxy({}, h); Reflect.setPrototypeOf(h, p); p.x; Object.keys(p)",
    ),
    (
        "a circle in another realm",
        "const vm = require('vm'); vm.runInNewContext('const t = {}, p = new Proxy(t, {}); Reflect.setPrototypeOf(t, p); try { t.__proto__ = p; } catch { } p.x')",
    ),
    (
        "a getter that is native",
        "const o = {}; Object.defineProperty(o, 'x', { get: Reflect.get.bind(null, o, 'x') }); o.x",
    ),
    ("a native toJSON", "const o = {}; o.toJSON = JSON.stringify.bind(null, o); JSON.stringify(o)"),
    (
        "a native method that is its own",
        "const d = new Date(0); d.toISOString = d.toJSON; d.toJSON()",
    ),
    (
        "a native listener",
        "const e = new (require('events'))(); e.on('a', e.emit.bind(e, 'a')); e.emit('a')",
    ),
    (
        "a native comparison",
        "const args = [], f = Reflect.apply.bind(null, Array.prototype.sort, [1, 2, 3], args); args.push(f); f()",
    ),
    ("a native trap", "const h = {}, p = new Proxy({}, h); h.get = Reflect.get.bind(null, p); p.x"),
    ("a native iterator", "const o = {}; o[Symbol.iterator] = Array.from.bind(Array, o); [...o]"),
    (
        "natives in the loop",
        "process.on('uncaughtException', () => {}); const e = new (require('events'))(); e.on('a', e.emit.bind(e, 'a')); setInterval(() => e.emit('a'), 1); new Promise(() => {})",
    ),
    (
        "natives in a thread",
        "const { Worker } = require('worker_threads'); new Promise((done) => new Worker('const o = {}; o[Symbol.toPrimitive] = String.bind(null, o); `${o}`', { eval: true }).on('error', done).on('exit', done))",
    ),
    (
        "natives at the end",
        "process.on('exit', () => { const o = {}; o[Symbol.toPrimitive] = String.bind(null, o); `${o}`; })",
    ),
    ("long ropes", "let s = 'x'; for (let i = 0; i < 40; i++) s += s; s.length"),
    ("long strings", "'x'.repeat(2 ** 29).padEnd(2 ** 30).split('')"),
    (
        "large buffers",
        "for (const size of [2 ** 31, 2 ** 40, 2 ** 53 - 1]) { try { new ArrayBuffer(size); } catch { } try { Buffer.alloc(size); } catch { } try { new SharedArrayBuffer(size); } catch { } try { new Uint8Array(size); } catch { } }",
    ),
    (
        "growing buffers",
        "const b = new ArrayBuffer(8, { maxByteLength: 2 ** 40 }); b.resize(2 ** 39)",
    ),
    ("large numbers", "2n ** (2n ** 40n)"),
    ("large shifts", "1n << (1n << 62n)"),
    (
        "a prototype in a circle",
        "const o = {}; const p = Object.create(o); Object.setPrototypeOf(o, p)",
    ),
    (
        "errors that throw",
        "Object.defineProperty(Error.prototype, 'stack', { get() { throw this; } }); Error.prepareStackTrace = () => { throw 1; }; null.x",
    ),
    (
        "errors that show themselves",
        "const e = new Error('x'); e.cause = e; e.toString = () => { throw e; }; throw e",
    ),
    (
        "spoilt globals",
        "for (const name of Object.getOwnPropertyNames(globalThis)) { try { globalThis[name] = null; } catch { } } undefined()",
    ),
    (
        "spoilt prototypes",
        "for (const c of [Object, Array, Function, Promise, Map, Set, String, Error]) for (const k of Reflect.ownKeys(c.prototype)) { try { c.prototype[k] = () => { throw 1; }; } catch { } } null.x",
    ),
    (
        "a process without its methods",
        "process.emit = process.exit = process._events = null; process.exitCode = { valueOf() { throw 1; } }; null.x",
    ),
    ("endless ticks at the end", "process.on('exit', () => { for (;;); }); process.exit(0)"),
    (
        "endless exceptions",
        "process.on('uncaughtException', () => { throw 1; }); setTimeout(() => null.x); new Promise(() => {})",
    ),
    (
        "endless rejections",
        "process.on('unhandledRejection', () => { Promise.reject(1); }); Promise.reject(1); new Promise(() => {})",
    ),
    (
        "endless finalizers",
        "const r = new FinalizationRegistry(() => { for (;;); }); r.register({}); new Promise(() => {})",
    ),
    (
        "endless iterators",
        "Array.from({ [Symbol.iterator]: () => ({ next: () => ({ value: 1 }) }) })",
    ),
    ("endless thenables", "const t = { then(f) { f(t); } }; Promise.resolve(t)"),
    (
        "endless modules",
        "const m = require('module'); m._extensions['.js'] = () => { for (;;); }; require('./x')",
    ),
    ("many timers", "for (;;) setTimeout(() => {}, 1e9)"),
    ("many children", "const cp = require('child_process'); for (;;) cp.spawn('sleep', ['1000'])"),
    (
        "many threads",
        "const { Worker } = require('worker_threads'); for (;;) new Worker('for (;;);', { eval: true })",
    ),
    ("many files", "const fs = require('fs'); for (;;) fs.openSync('/dev/null')"),
    (
        "many sockets",
        "const net = require('net'); for (;;) net.createServer().on('error', () => {}).listen(0)",
    ),
    ("much output", "for (;;) { process.stdout.write('x'.repeat(1e5)); console.error('y'); }"),
    (
        "endless output of a child",
        "require('child_process').execSync('yes', { maxBuffer: Infinity })",
    ),
    (
        "an executor that keeps its functions",
        "let r; new Promise((resolve) => { r = resolve; }); r(r); r(new Proxy({}, { get() { throw 1; } }))",
    ),
    ("generators in themselves", "const g = (function* () { g.next(); yield* g; })(); g.next()"),
    (
        "sorts that change what they sort",
        "const a = Array.from({ length: 1e3 }, (_, i) => i); a.sort(() => { a.length = 0; return 1; })",
    ),
    (
        "buffers that vanish",
        "const a = new ArrayBuffer(64), u = new Uint8Array(a); u.fill({ valueOf() { structuredClone(a, { transfer: [a] }); return 1; } })",
    ),
    (
        "waits in a proxy",
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), new Proxy({}, { get: () => () => 0 }), 0)",
    ),
    (
        "a listener for everything",
        "process.on('newListener', function f(name) { process.on(name + 'x', f); }); process.on('a', () => {})",
    ),
];

const RUN: &str = "RJS_TEST_HOSTILE";

/// Runs one script as a host does, and another one after it.
fn host(text: &str) {
    let mut runtime = Runtime::builder()
        .permissions(
            Permissions::none().allow_child_process().allow_worker().allow_fs_read("*").allow_net(),
        )
        .limits(
            Limits::none()
                .wall_time(Duration::from_millis(400))
                .heap(64 << 20)
                .children(20)
                .threads(4)
                .handles(50),
        )
        .stdin(Input::null())
        .stdout(Output::capture(1 << 20))
        .stderr(Output::capture(1 << 20))
        .build()
        .expect("a runtime");
    let start = Instant::now();
    let program =
        format!("var require = process.getBuiltinModule('module').createRequire('/'); {text}");
    let outcome = runtime.eval(&program);
    let outcome = format!("{outcome:?}").chars().take(150).collect::<String>();
    runtime.run_until_idle();
    let ended = runtime.shutdown(Duration::from_millis(50));
    println!("{:?} {outcome} {}", start.elapsed(), ended.code);
    let mut next = Runtime::builder().build().expect("a runtime");
    assert_eq!(next.eval("[1, 2].map((n) => n * 2)"), Ok(json!([2, 4])));
}

#[test]
fn scripts_that_mean_harm_do_none_to_their_host() {
    if let Ok(name) = std::env::var(RUN) {
        let script = SCRIPTS.iter().find(|script| script.0 == name).expect("it is in the table");
        host(script.1);
        return;
    }
    let this = std::env::current_exe().expect("this program");
    let mut fatal = Vec::new();
    for (name, _) in SCRIPTS {
        let mut command = Command::new("timeout");
        command.args(["-s", "KILL", "60"]).arg(&this).arg("--exact");
        command.arg("hostile::scripts_that_mean_harm_do_none_to_their_host").arg("--nocapture");
        let output = command.env(RUN, name).output().expect("it starts");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        if std::env::var_os("RJS_TEST_VERBOSE").is_some() {
            println!("{name}: {}", told.lines().nth(2).unwrap_or_default());
        }
        if !output.status.success() {
            fatal.push(format!(
                "{name}: {} {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    assert!(fatal.is_empty(), "{}", fatal.join("\n"));
}
