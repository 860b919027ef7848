//! The library in Rust programs: each example, as its head says that it is run.

use std::{path::PathBuf, process::Command};

const RJS: &str = env!("CARGO_BIN_EXE_rjs");

/// An example, which `cargo test` builds beside the binary.
fn example(name: &str) -> PathBuf {
    let path = PathBuf::from(RJS).with_file_name("examples").join(name);
    assert!(path.exists(), "`cargo build --examples` first: only a whole `cargo test` builds them");
    path
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs where there is a Node, and says so where there is none.
fn node() -> Option<&'static str> {
    let found =
        Command::new("node").arg("--version").output().is_ok_and(|out| out.status.success());
    if !found {
        eprintln!("skipped: there is no node on the PATH");
    }
    found.then_some("node")
}

#[test]
fn a_rust_parent_talks_to_its_child() {
    for runtime in [Some(RJS), node()].into_iter().flatten() {
        assert_eq!(
            output(Command::new(example("rust_parent")).arg(runtime)),
            "the child says {\"sum\":6}\nthe child is \"listening\"\n\
             its server says \"hello from the child\"\nthe child ends with Some(0)\n",
            "{runtime}"
        );
    }
}

#[test]
fn a_rust_child_talks_to_its_parent() {
    let path = example("rust_child");
    let script = format!(
        "const child = require('child_process').fork('x', {{ execPath: {path:?} }});
         child.on('message', ({{ echo, pid }}) => {{
           console.log(echo, pid === child.pid);
           if (echo === 2) child.disconnect(); else child.send(2);
         }});
         child.on('exit', (code) => console.log(code));
         child.send({{ a: ['b'] }});"
    );
    for runtime in [Some(RJS), node()].into_iter().flatten() {
        let printed = output(Command::new(runtime).args(["-e", &script]));
        assert_eq!(printed, "{ a: [ 'b' ] } true\n2 true\n0\n", "{runtime}");
    }
}
