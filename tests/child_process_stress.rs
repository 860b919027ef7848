//! Many children: nothing is left behind, nothing is lost. `RJS_STRESS=1` runs the full numbers.

use std::{env, process::Command};

fn run(script: &str) -> String {
    let full = env::var_os("RJS_STRESS").is_some();
    let script = format!("const full = {full};\n{COMMON}{script}");
    let output =
        Command::new(env!("CARGO_BIN_EXE_rjs")).args(["-e", &script]).output().expect("rjs starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    println!("{text}");
    text
}

const COMMON: &str = "
    const { spawn, spawnSync, execFile } = require('child_process');
    const { readFileSync, readdirSync } = require('fs');
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const zombies = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim();
";

#[test]
fn cycles_leave_nothing() {
    let text = run("
        const cycles = full ? 10000 : 300;
        let done = 0, fds, memory;
        function next() {
            if (done === cycles / 10) [fds, memory] = [descriptors(), process.memoryUsage.rss()];
            if (done === cycles) {
                console.log(descriptors() - fds, JSON.stringify(zombies()));
                console.log(process.memoryUsage.rss() - memory < 32 << 20);
                return;
            }
            done += 1;
            if (done % 3 === 0) {
                spawnSync('true');
                next();
                return;
            }
            const child = spawn('true', { stdio: done % 2 ? 'pipe' : 'ignore' });
            child.on('close', () => setImmediate(next));
        }
        next();");
    assert_eq!(text, "0 \"\"\ntrue\n");
}

#[test]
fn children_killed_at_once_all_end() {
    let text = run("
        const count = full ? 500 : 60;
        const seen = { spawn: 0, exit: 0, close: 0 };
        const fds = descriptors();
        const children = [];
        for (let i = 0; i < count; i++) {
            const child = spawn('sleep', ['1000'], { stdio: i % 2 ? 'ignore' : 'pipe' });
            for (const name in seen) child.on(name, () => { seen[name] += 1; });
            children.push(child);
        }
        setImmediate(() => {
            for (const child of children) child.kill('SIGKILL');
        });
        process.on('exit', () => {
            console.log(seen.spawn === count, seen.exit === count, seen.close === count);
            console.log(JSON.stringify(zombies()), descriptors() - fds < 4);
        });");
    assert_eq!(text, "true true true\n\"\" true\n");
}

#[test]
fn not_a_byte_is_lost() {
    let text = run("
        const runs = full ? 1000 : 40;
        const size = 1 << 20;
        let done = 0, lost = 0;
        function next() {
            if (done === runs) return console.log(lost);
            done += 1;
            const child = spawn('head', ['-c', String(size), '/dev/zero'], { stdio: ['ignore', 'pipe', 'ignore'] });
            let length = 0;
            child.stdout.on('data', (chunk) => { length += chunk.length; });
            child.on('close', () => {
                if (length !== size) lost += 1;
                next();
            });
        }
        for (let i = 0; i < 4; i++) {
            if (i < runs) next();
        }");
    // Each of the four that ran side by side tells it once.
    assert!(text.lines().all(|line| line == "0") && !text.is_empty(), "{text}");
}

#[test]
fn what_flows_through_is_not_held() {
    let text = run("
        const size = full ? 1e9 : 150e6;
        const before = process.resourceUsage().maxRSS;
        const child = spawn('head', ['-c', String(size), '/dev/zero']);
        let length = 0;
        child.stdout.on('data', (chunk) => { length += chunk.length; });
        child.on('close', () => {
            // In KiB: some dozens of MiB, whatever flows.
            console.log(length === size, process.resourceUsage().maxRSS - before < 48 << 10);
        });");
    assert_eq!(text, "true true\n");
}
