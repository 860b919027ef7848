//! What a program that dies of an exception prints, line for line.
//!
//! The expected texts are Node's save for the last line, which names the program, and for frames of
//! modules of ours, which are left out on both sides.

use std::{fs, path::PathBuf, process::Command};

/// Runs a program; its exit code and its standard error, with `FILE` for the program's path.
fn died(name: &str, source: &str) -> (Option<i32>, String) {
    let folder = Folder::new(name);
    let file = folder.0.join("program.js");
    fs::write(&file, source).expect("the test's folder can be written to");
    let output = Command::new(env!("CARGO_BIN_EXE_rjs"))
        .arg(&file)
        .env_remove("NODE_OPTIONS")
        .output()
        .expect("rjs can be started");
    let text = String::from_utf8(output.stderr).expect("reports are UTF-8");
    let ours = |line: &&str| {
        let frame = line.trim_start().starts_with("at ") && line.contains("node:");
        frame || line.contains("lines matching cause stack trace")
    };
    let mut kept = String::new();
    for line in text.replace(&*file.to_string_lossy(), "FILE").split_inclusive('\n') {
        match line.strip_suffix(" {\n").filter(ours) {
            Some(_) => kept.insert_str(kept.len().saturating_sub(1), " {"),
            None if ours(&line) => {}
            None => kept.push_str(line),
        }
    }
    (output.status.code(), kept)
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rjs-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(fs::canonicalize(path).expect("the folder is there"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn check(name: &str, source: &str, expected: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!("{expected}\n\nrjs v{version}\n");
    let (code, report) = died(name, source);
    assert_eq!(report, expected);
    assert_eq!(code, Some(1));
}

#[test]
fn an_error_below_the_place_where_it_was_thrown() {
    check(
        "thrown",
        "'use strict';\nfunction f() {\n\tconst e = new Error('boom');\n\tthrow e;\n}\nf();\n",
        "FILE:4
\tthrow e;
\t^

Error: boom
    at f (FILE:3:12)
    at Object.<anonymous> (FILE:6:1)",
    );
}

#[test]
fn own_properties_and_causes() {
    check(
        "cause",
        "const e = new TypeError('x', { cause: new Error('c') });\ne.code = 'E_X';\nthrow e",
        "FILE:3
throw e
^

TypeError: x
    at Object.<anonymous> (FILE:1:11) {
  code: 'E_X',
  [cause]: Error: c
      at Object.<anonymous> (FILE:1:39)
}",
    );
}

#[test]
fn primitives_with_a_hint() {
    let hint = "(Use `rjs --trace-uncaught ...` to show where the exception was thrown)";
    for (name, value, shown) in [
        ("number", "1", "1"),
        ("null", "null", "null"),
        ("undefined", "undefined", "undefined"),
        ("string", "'a b'", "a b"),
        ("bigint", "10n", "10"),
        ("symbol", "Symbol('s')", ""),
    ] {
        let expected = format!("\nFILE:1\nthrow {value}\n^\n{shown}\n{hint}");
        check(name, &format!("throw {value}"), &expected);
    }
}

#[test]
fn objects_that_are_no_errors() {
    check("object", "throw { a: 1 }", "\nFILE:1\nthrow { a: 1 }\n^\n{ a: 1 }");
    check("function", "throw function f() {}", "\nFILE:1\nthrow function f() {}\n^\n[Function: f]");
}

#[test]
fn stacks_of_the_programs_own() {
    check(
        "without",
        "const e = new Error('ns'); e.stack = undefined; throw e",
        "FILE:1
const e = new Error('ns'); e.stack = undefined; throw e
                                                ^

[Error: ns]",
    );
    check(
        "custom",
        "const e = new Error('ns'); e.stack = 'custom'; throw e",
        "FILE:1
const e = new Error('ns'); e.stack = 'custom'; throw e
                                               ^

[custom]",
    );
}

#[test]
fn rejections() {
    check(
        "rejected",
        "Promise.reject(new Error('rej'))",
        "FILE:1
Promise.reject(new Error('rej'))
               ^

Error: rej
    at Object.<anonymous> (FILE:1:16)",
    );
    check(
        "reason",
        "Promise.reject(function () {})",
        "UnhandledPromiseRejection: This error originated either by throwing inside of an async \
         function without a catch block, or by rejecting a promise which was not handled with \
         .catch(). The promise rejected with the reason \"function () {}\". {
  code: 'ERR_UNHANDLED_REJECTION'
}",
    );
}

#[test]
fn syntax_errors_show_the_token() {
    check(
        "syntax",
        "let a = 1;\nlet b = foo bar;\n",
        "FILE:2
let b = foo bar;
            ^^^

SyntaxError: Unexpected identifier 'bar'",
    );
    check("end", "if (1) {", "FILE:1\nif (1) {\n        \n\nSyntaxError: Unexpected end of input");
}

#[test]
fn too_deep_a_recursion() {
    let frames = "\n    at r (FILE:1:16)".repeat(10);
    check(
        "deep",
        "function r() { r() }\nr()",
        &format!(
            "FILE:1\nfunction r() {{ r() }}\n               ^\n
RangeError: Maximum call stack size exceeded{frames}"
        ),
    );
}
