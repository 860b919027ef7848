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

#[test]
fn standard_streams_are_those_of_terminals() {
    let window = nix::pty::Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    let Ok(terminal) = openpty(Some(&window), None) else { return };
    let slave = || Stdio::from(terminal.slave.try_clone().expect("a descriptor can be duplicated"));
    let program = "
        const tty = require('tty');
        const { stdin, stdout, stderr } = process;
        const { Writable } = require('stream');
        console.log('kinds', stdin instanceof tty.ReadStream, stdout instanceof tty.WriteStream,
            stderr instanceof Writable, stdin.isRaw, stdin.setRawMode(true).isRaw, stdin.setRawMode(false).isRaw);
        console.log('size', stdout.columns, stdout.rows, stdout.getWindowSize().join(), stdout.getColorDepth(),
            stdout.hasColors(), typeof stdout.cursorTo);
        stdout.on('resize', () => { console.log('resized', stdout.columns); stdin.destroy(); process.exit(); });
        stdin.resume();
        console.log('ready');
    ";
    let mut child = Command::new(env!("CARGO_BIN_EXE_rjs"))
        .args(["-e", program])
        .env("TERM", "xterm-256color")
        .env("NO_COLOR", "1")
        .stdin(slave())
        .stdout(slave())
        .stderr(slave())
        .spawn()
        .expect("rjs starts");
    let mut other_end = File::from(terminal.master.try_clone().expect("a further descriptor"));
    let shown = until(&mut other_end, "ready");
    assert!(shown.contains("kinds true true true false true false"), "{shown}");
    assert!(shown.contains("size 80 24 80,24 1 false function"), "{shown}");
    let status = Command::new("stty")
        .args(["cols", "100"])
        .stdin(Stdio::from(terminal.slave.try_clone().expect("a further descriptor")))
        .status();
    assert!(status.expect("stty runs").success());
    // It is nobody's controlling terminal: the signal of its size has to be sent.
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-WINCH", &pid]).status().expect("kill runs").success());
    let shown = until(&mut other_end, "resized 100");
    assert!(shown.contains("resized 100"), "{shown}");
    assert!(child.wait().expect("rjs ends").success());
}
