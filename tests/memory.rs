//! Memory that is taken away while it is worked on: rjs throws or goes on, it never breaks.
//!
//! These are no fixtures: Node aborts at some of them.

use std::process::Command;

fn run(script: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_rjs"))
        .args(["--no-warnings", "-e", script])
        .env_remove("NODE_OPTIONS")
        .output()
        .expect("rjs starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {errors}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A script whose detached pool would leave every later allocation without memory.
#[test]
fn a_detached_pool_is_replaced() {
    let script = "
        const first = Buffer.from('abc');
        first.buffer.transfer();
        console.log(first.length, Buffer.from('xyz').toString(), Buffer.allocUnsafe(5).length);
    ";
    assert_eq!(run(script), "0 xyz 5\n");
}

/// Every method of `Buffer.prototype`, its memory detached, shrunk or grown while the arguments
/// are converted, and before the call.
#[test]
fn every_method_survives_that_its_memory_goes() {
    let script = "
        let calls = 0;
        const attempt = (method, self, args) => {
            calls += 1;
            try { method.apply(self, args); } catch (error) {
                if (typeof error.message !== 'string') throw error;
            }
        };
        const changes = [(m) => m.transfer(), (m) => m.resize(3), (m) => m.resize(32)];
        const methods = Object.getOwnPropertyNames(Buffer.prototype)
            .filter((name) => !['parent', 'offset', 'constructor'].includes(name));
        for (const name of methods) for (const change of changes) {
            const method = Buffer.prototype[name];
            for (const position of [0, 1, 2, 3]) for (const first of [1, 'abcd', Buffer.alloc(20, 1)]) {
                for (const more of [[], [first]]) {
                    const memory = new ArrayBuffer(16, { maxByteLength: 32 });
                    const args = [first, 2, 3, 4];
                    args[position] = {
                        valueOf() { change(memory); return 2; },
                        toString() { change(memory); return 'utf8'; },
                    };
                    attempt(method, Buffer.from(memory), [...more, ...args]);
                }
            }
            const memory = new ArrayBuffer(16, { maxByteLength: 32 });
            const views = [Buffer.from(memory), Buffer.from(memory, 4, 8), new DataView(memory, 4, 8),
                new Uint16Array(memory, 4, 4), Buffer.from(new SharedArrayBuffer(8))];
            change(memory);
            for (const self of [...views, undefined, null, 5, 'x', {}, [], () => 1, Symbol(), 1n])
                for (const args of [[], [0], [1, 1], ['ab', 1, 2], [views[0], 0, 1, 2], [5, 0, 6], ['hex', 0, 5], [0n, 1]])
                    attempt(method, self, args);
        }
        console.log(calls > 10_000);
    ";
    assert_eq!(run(script), "true\n");
}

/// Every function of `Buffer` with arguments of every kind.
#[test]
fn every_function_survives_every_argument() {
    let script = "
        const odd = [undefined, null, 5, -1, 1.5, NaN, 2 ** 53, 'x', '', {}, [], () => 1, new Proxy([1, 2], {}),
            Symbol(), 1n, new Map(), { length: 3, 0: 1 }, { length: { valueOf: () => 2 } }, { length: 1e15 },
            { get length() { throw new Error('length'); } }, { type: 'Buffer', data: { length: 3 } },
            new Uint16Array(2), new SharedArrayBuffer(4), new ArrayBuffer(0), new DataView(new ArrayBuffer(2)),
            [1, [2], Buffer.alloc(2)], [Buffer.alloc(2), null], new BigInt64Array(2), new String('abc'),
            { valueOf() { throw new Error('valueOf'); } }, { [Symbol.toPrimitive]: () => 'q' }];
        const { transcode, isUtf8, isAscii, Blob, File, atob, btoa } = require('buffer');
        const functions = [transcode, isUtf8, isAscii, atob, btoa,
            (...args) => new Blob(...args), (...args) => new File(...args), (...args) => new Buffer(...args),
            ...Object.getOwnPropertyNames(Buffer).map((name) => Buffer[name]).filter((f) => typeof f === 'function')];
        let calls = 0;
        for (const f of functions) for (const a of odd) for (const b of odd) {
            calls += 1;
            try { f(a, b); } catch (error) {
                if (typeof error.message !== 'string') throw error;
            }
        }
        console.log(calls > 10_000);
    ";
    assert_eq!(run(script), "true\n");
}
