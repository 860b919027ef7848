//! What is not there says so when it is used, and can be named by programs that do not use it.

use std::process::Command;

fn printed(text: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_rjs")).args(["-p", text]).output();
    let output = output.expect("rjs can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// The code of the error that an expression throws.
fn code(expression: &str) -> String {
    printed(&format!("(() => {{ try {{ {expression} }} catch ({{ code }}) {{ return code }} }})()"))
}

const ABSENT: &str = "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM";

#[test]
fn https_can_be_named_and_not_used() {
    assert_eq!(printed("new (require('https').Agent)().protocol"), "https:");
    for call in ["get('https://x.invalid')", "request({})", "createServer()", "Server()"] {
        assert_eq!(code(&format!("require('node:https').{call}")), ABSENT, "{call}");
    }
}

#[test]
fn tls_can_be_named_and_not_used() {
    assert_eq!(printed("require('tls').DEFAULT_MAX_VERSION"), "TLSv1.3");
    for call in ["connect(1)", "createServer()", "createSecureContext()"] {
        assert_eq!(code(&format!("require('tls').{call}")), ABSENT, "{call}");
    }
    assert_eq!(code("new (require('tls').TLSSocket)()"), ABSENT);
}

#[test]
fn loader_hooks_of_threads_are_absent() {
    assert_eq!(code("require('module').register('./hooks.mjs')"), ABSENT);
}
