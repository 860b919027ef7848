//! A program on a terminal: a pseudo-terminal whose other end types.

use std::{
    fs::File,
    io::{Read, Write},
    process::{Command, Stdio},
};

use nix::pty::openpty;

const PROGRAM: &str = "
const tty = require('tty');
const input = new tty.ReadStream(0);
const output = new tty.WriteStream(1);
const rl = require('readline').createInterface({ input, output });
rl.question('name? ', (answer) => {
    console.log('answer', JSON.stringify(answer), rl.terminal, input.isRaw, process.stdout.isTTY, output.columns > 0);
    rl.close();
    console.log('raw', input.isRaw);
    input.destroy();
    output.destroy();
});
";

#[test]
fn a_line_is_edited_on_a_terminal() {
    let window = nix::pty::Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    // Where there are no pseudo-terminals there is nothing to test.
    let Ok(terminal) = openpty(Some(&window), None) else { return };
    let slave = || Stdio::from(terminal.slave.try_clone().expect("a descriptor can be duplicated"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_rjs"))
        .args(["-e", PROGRAM])
        .env("TERM", "xterm")
        .env("NO_COLOR", "1")
        .stdin(slave())
        .stdout(slave())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("rjs starts");
    drop(terminal.slave);
    let mut other_end = File::from(terminal.master);
    let mut shown = until(&mut other_end, "name? \u{1b}[7G");
    other_end.write_all(b"he\x7fy\x1b[D\x1b[Da\r").expect("the terminal takes what is typed");
    shown.push_str(&until(&mut other_end, "raw false"));
    assert!(shown.contains("answer \"ahy\" true true true true"), "{shown}");
    assert!(child.wait().expect("rjs ends").success());
}

/// Reads until a text was shown, or nothing more comes.
fn until(terminal: &mut File, wanted: &str) -> String {
    let mut shown = String::new();
    let mut buffer = [0; 1024];
    while !shown.contains(wanted) {
        match terminal.read(&mut buffer) {
            Ok(count) if count > 0 => shown.push_str(&String::from_utf8_lossy(&buffer[..count])),
            _ => break,
        }
    }
    shown
}
