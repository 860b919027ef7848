//! The command line: what each option does, and what is refused.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

/// Standard output, standard error, exit code.
type Answer = (String, String, Option<i32>);

fn rjs(args: &[&str]) -> Answer {
    with_input(args, "")
}

fn with_input(args: &[&str], input: &str) -> Answer {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rjs"))
        .args(args)
        .env_remove("NODE_OPTIONS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rjs starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that does not read its input may be gone by now.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("rjs ends");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// A file with this text in a folder of the test's own.
struct Script(PathBuf);

impl Script {
    fn new(name: &str, text: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("rjs-cli-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder of our own");
        fs::write(folder.join("script.js"), text).expect("a script");
        Self(folder)
    }

    fn path(&self) -> String {
        self.0.join("script.js").to_string_lossy().into_owned()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("the folder is ours");
    }
}

#[test]
fn text_is_run_and_printed() {
    assert_eq!(rjs(&["-e", "console.log(1 + 1)"]).0, "2\n");
    assert_eq!(rjs(&["-p", "[1, 'a']"]).0, "[ 1, 'a' ]\n");
    assert_eq!(rjs(&["-pe", "process.argv.length", "a", "b"]).0, "3\n");
    assert_eq!(rjs(&["--print=6 * 7"]).0, "42\n");
}

#[test]
fn standard_input_is_a_program() {
    assert_eq!(with_input(&[], "console.log('in')").0, "in\n");
    assert_eq!(with_input(&["-", "x"], "console.log(process.argv.slice(1).join())").0, "-,x\n");
}

#[test]
fn a_script_sees_its_arguments_and_options() {
    let script = Script::new(
        "argv",
        "console.log(process.argv.slice(2).join(), process.execArgv.join(), require.main === module)",
    );
    let (stdout, stderr, code) = rjs(&["--no-warnings", &script.path(), "-x", "--y"]);
    assert_eq!((stdout.as_str(), code), ("-x,--y --no-warnings true\n", Some(0)), "{stderr}");
}

#[test]
fn checking_runs_nothing() {
    let good = Script::new("good", "console.log('ran')");
    assert_eq!(rjs(&["-c", &good.path()]), (String::new(), String::new(), Some(0)));
    let bad = Script::new("bad", "let = ;");
    let (stdout, stderr, code) = rjs(&["--check", &bad.path()]);
    assert_eq!((stdout.as_str(), code), ("", Some(1)));
    assert!(stderr.contains("SyntaxError"), "{stderr}");
}

#[test]
fn modules_are_loaded_first() {
    let script = Script::new("preload", "globalThis.order = (globalThis.order ?? '') + 'r';");
    assert_eq!(rjs(&["-r", &script.path(), "-p", "order"]).0, "r\n");
}

#[test]
fn version_and_help() {
    let (stdout, _, code) = rjs(&["-v"]);
    assert_eq!((stdout, code), (format!("v{}\n", env!("CARGO_PKG_VERSION")), Some(0)));
    let (help, _, code) = rjs(&["--help"]);
    assert!(
        help.contains("--require") && help.lines().all(|line| line.chars().count() <= 80),
        "{help}"
    );
    assert_eq!(code, Some(0));
    assert!(rjs(&["--man"]).0.starts_with(".TH RJS 1"));
    assert!(rjs(&["--completions=fish"]).0.contains("complete -c rjs -l require"));
}

/// What bash offers for words, of which the last is being typed.
fn completed(words: &[&str]) -> String {
    let script = rjs(&["--completions=bash"]).0;
    let ask = format!(
        "{script}\nCOMP_WORDS=({}); COMP_CWORD={}; _rjs; echo \"${{COMPREPLY[@]}}\"",
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words.len() - 1
    );
    let output = Command::new("bash").args(["-c", &ask]).output().expect("bash runs");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn bash_completes() {
    assert_eq!(completed(&["rjs", "--trace-p"]), "--trace-processes");
    assert_eq!(completed(&["rjs", "--unhandled-rejections", "=", "st"]), "strict");
    assert_eq!(completed(&["rjs", "--completions", "="]), "bash zsh fish");
    assert_eq!(completed(&["rjs", "-r", "/dev/nul"]), "/dev/null");
}

/// Every command line of the table, whose answers are recorded from Node.
#[test]
fn command_lines_answer_as_nodes() {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command_lines/run.js");
    let (stdout, stderr, code) = rjs(&[program, "--check"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
}

#[test]
fn bad_options_are_refused_by_name() {
    for (args, named) in [
        (&["--nope"][..], "--nope"),
        (&["-z"], "-z"),
        (&["-e"], "-e"),
        (&["--check", "-e", "1"], "--check"),
        (&["--completions=csh"], "--completions"),
        (&["--unhandled-rejections=maybe", "-p", "1"], "--unhandled-rejections"),
    ] {
        let (stdout, stderr, code) = rjs(args);
        assert_eq!((stdout.as_str(), code), ("", Some(9)), "{args:?}");
        assert!(stderr.contains(named), "{stderr}");
    }
}

#[test]
fn a_missing_script_is_a_missing_module() {
    let (_, stderr, code) = rjs(&["/nonexistent/script.js"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("Cannot find module '/nonexistent/script.js'"), "{stderr}");
}

#[test]
fn exit_codes_are_nodes() {
    for (text, code) in [
        ("process.exitCode = 4", 4),
        ("process.exit(5)", 5),
        ("throw new Error('x')", 1),
        ("Promise.reject(new Error('x'))", 1),
        (
            "process.on('uncaughtException', () => { throw new Error('y') }); throw new Error('x')",
            7,
        ),
        ("process.exit(256 + 7)", 7),
    ] {
        assert_eq!(rjs(&["-e", text]).2, Some(code), "{text}");
    }
}

#[test]
fn too_deep_recursion_is_an_error() {
    for text in [
        "(function f() { f(); })()",
        "const o = { get x() { return this.x; } }; o.x",
        "(function f() { [1].map(f); })()",
        "const p = new Proxy({}, { get(t, k, r) { return r[k]; } }); p.x",
        "const o = { toJSON() { return JSON.stringify(o); } }; JSON.stringify(o)",
    ] {
        let (_, stderr, code) = rjs(&["-e", text]);
        assert_eq!(code, Some(1), "{text}");
        assert!(stderr.contains("RangeError"), "{text}: {stderr}");
    }
}
