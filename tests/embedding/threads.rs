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
