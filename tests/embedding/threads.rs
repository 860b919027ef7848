//! Threads of the scripts of a host.

use rjs::{Runtime, ThreadOptions};
use serde_json::json;

const START: &str = "const { Worker } = process.getBuiltinModule('worker_threads');";

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
    let limits = rjs::Limits::none().total_children(2);
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
