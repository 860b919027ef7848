//! The conversation in a real terminal: what is typed, and what appears on the screen.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use nix::poll::{PollFd, PollFlags, poll};

/// How long nothing may appear (milliseconds).
const LIMIT: u16 = 60_000;

/// A terminal with rjs in it.
struct Terminal {
    child: Child,
    keys: File,
    screen: File,
    /// What has appeared, without control sequences, and is not yet looked at.
    seen: String,
    folder: PathBuf,
}

impl Terminal {
    fn open(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("rjs-repl-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder of our own");
        Self::open_in(folder)
    }

    fn open_in(folder: PathBuf) -> Self {
        let pty = nix::pty::openpty(None, None).expect("a terminal");
        let copy = |fd: &OwnedFd| fd.try_clone().expect("a further descriptor");
        let child = Command::new(env!("CARGO_BIN_EXE_rjs"))
            .current_dir(&folder)
            .env("RJS_REPL_HISTORY", folder.join("history"))
            .env("TERM", "xterm")
            .env("NO_COLOR", "1")
            .env_remove("NODE_OPTIONS")
            .stdin(Stdio::from(copy(&pty.slave)))
            .stdout(Stdio::from(copy(&pty.slave)))
            .stderr(Stdio::from(pty.slave))
            .spawn()
            .expect("rjs starts");
        let keys = File::from(copy(&pty.master));
        let screen = File::from(pty.master);
        let mut terminal = Self { child, keys, screen, seen: String::new(), folder };
        terminal.wait_for("for more information.");
        terminal.wait_for("> ");
        terminal
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Types a line and waits for the whole of it, for an answer, and for the next prompt.
    fn expect(&mut self, line: &str, answer: &str) {
        self.enter(line, answer);
        self.wait_for("> ");
    }

    /// Types a line and waits for the whole of it and then for what follows.
    fn enter(&mut self, line: &str, follows: &str) {
        self.press(line);
        self.wait_for(line);
        self.press("\r");
        self.wait_for(follows);
    }

    /// Sends SIGUSR2: something happens while a line is typed, neither earlier nor later.
    fn signal(&self) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-USR2", &pid]).status().expect("kill runs");
        assert!(status.success());
    }

    /// Reads the screen until a text appears that was not looked at yet.
    fn wait_for(&mut self, text: &str) {
        let mut buffer = [0; 4096];
        loop {
            if let Some(at) = self.seen.find(text) {
                self.seen.drain(..at + text.len());
                return;
            }
            match self.read(&mut buffer) {
                Ok(count) if count > 0 => self.seen.push_str(&plain(&buffer[..count])),
                ended => panic!("{ended:?}: {text:?} did not appear, but {:?}", self.seen),
            }
        }
    }

    /// Reads what has appeared; a terminal in which nothing does for too long counts as hanging.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut polled = [PollFd::new(self.screen.as_fd(), PollFlags::POLLIN)];
        match poll(&mut polled, LIMIT) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            _ => self.screen.read(buffer),
        }
    }

    /// Waits for the end; the exit code.
    fn close(mut self) -> Option<i32> {
        // The terminal is read to its end, or the program would wait for room in it.
        let mut buffer = [0; 4096];
        while matches!(self.screen.read(&mut buffer), Ok(count) if count > 0) {}
        let status = self.child.wait().expect("rjs ends");
        fs::remove_dir_all(&self.folder).expect("the folder is ours");
        status.code()
    }
}

/// Text without control sequences.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\x1b' {
            // CSI sequences end with a letter.
            for follower in characters.by_ref() {
                if follower.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            out.push(character);
        }
    }
    out
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("a file of the test");
}

#[test]
fn values_errors_and_the_last_of_each() {
    let mut terminal = Terminal::open("values");
    terminal.expect("6 * 7", "42");
    terminal.expect("_ + 1", "43");
    terminal.expect("const twice = 1", "undefined");
    terminal.expect("const twice = 2; twice", "2");
    terminal.expect("class A {}; class A { static b = 'cc' }; A.b", "'cc'");
    terminal.expect("{ x: 1 }", "{ x: 1 }");
    terminal.expect("throw new RangeError('far')", "RangeError: far");
    terminal.expect("_error.message", "'far'");
    terminal.expect("await Promise.resolve('waited')", "'waited'");
    terminal.expect("const later = await 5; later", "5");
    terminal.expect("require('path').basename('/a/base')", "'base'");
    terminal.expect("path.sep", "'/'");
    terminal.expect("let = ;", "SyntaxError");
    terminal.enter("process.exit(3)", "");
    assert_eq!(terminal.close(), Some(3));
}

#[test]
fn a_text_goes_on_until_it_is_at_its_end() {
    let mut terminal = Terminal::open("lines");
    terminal.enter("function f() {", "| ");
    terminal.enter("return `a", "| ");
    terminal.expect("b` }", "undefined");
    terminal.expect("f()", "'a\\nb'");
    terminal.enter("g(", "| ");
    terminal.press("\x03");
    terminal.wait_for("> ");
    terminal.expect("1 + 1", "2");
    terminal.enter(".editor", "Entering editor mode");
    terminal.wait_for("| ");
    terminal.enter("const sum = 1 +", "| ");
    terminal.enter("2", "| ");
    terminal.press("\x04");
    terminal.wait_for("> ");
    terminal.expect("sum", "3");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn commands_work_with_files() {
    let mut terminal = Terminal::open("commands");
    write(&terminal.folder, "loaded.js", "const loaded = [\n  'from a file',\n]\n");
    terminal.expect(".help", ".save");
    terminal.expect(".load loaded.js", "undefined");
    terminal.expect("loaded[0]", "'from a file'");
    terminal.expect(".save saved.js", "Session saved to: saved.js");
    let saved = fs::read_to_string(terminal.folder.join("saved.js")).expect("it was saved");
    assert_eq!(saved, "const loaded = [\n  'from a file',\n]\nloaded[0]\n");
    terminal.expect(".load nowhere", "Failed to load: nowhere");
    terminal.expect(".nope", "Invalid REPL keyword");
    terminal.enter(".exit", "");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn names_are_completed() {
    let mut terminal = Terminal::open("completion");
    terminal.press("proces\t.argv0\t");
    terminal.wait_for("process.argv0");
    terminal.press(".length\r");
    terminal.wait_for("> ");
    terminal.expect("const own = { only_this_one: 7 }", "undefined");
    terminal.press("own.only\t\r");
    terminal.wait_for("own.only_this_one");
    terminal.wait_for("7");
    terminal.wait_for("> ");
    terminal.press("require('child_p\t').fork.name\r");
    terminal.wait_for("child_process");
    terminal.wait_for("'fork'");
    terminal.wait_for("> ");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn a_message_comes_while_a_line_is_half_typed() {
    let mut terminal = Terminal::open("message");
    write(
        &terminal.folder,
        "sub.js",
        "process.on('message', (m) => process.send({ got: m })); process.send('ready');",
    );
    write(
        &terminal.folder,
        "trigger.js",
        "module.exports = (child) => void process.on('SIGUSR2', () => {
           if (!child.connected) throw new Error('unheard');
           child.send('hello');
         });",
    );
    terminal.expect("const child = require('child_process').fork('./sub.js')", "undefined");
    terminal.expect("child.on('message', console.log); 0", "ready");
    terminal.expect("require('./trigger.js')(child)", "undefined");
    terminal.press("'half");
    terminal.wait_for("'half");
    terminal.signal();
    terminal.wait_for("{ got: 'hello' }");
    terminal.press(" typed'\r");
    terminal.wait_for("'half typed'");
    terminal.wait_for("> ");
    terminal.expect("child.disconnect()", "undefined");
    terminal.signal();
    terminal.wait_for("Error: unheard");
    terminal.wait_for("> ");
    terminal.expect("3", "3");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn interrupts_and_history() {
    let mut terminal = Terminal::open("history");
    terminal.expect("'remembered' + 1", "'remembered1'");
    terminal.press("dropped\x03");
    terminal.wait_for("To exit, press Ctrl+C again");
    terminal.wait_for("> ");
    terminal.press("\x03");
    let folder = terminal.folder.clone();
    let mut buffer = [0; 4096];
    while matches!(terminal.screen.read(&mut buffer), Ok(count) if count > 0) {}
    assert!(terminal.child.wait().expect("rjs ends").success());
    let mut again = Terminal::open_in(folder);
    again.press("\x1b[A\r");
    again.wait_for("'remembered1'");
    again.wait_for("> ");
    again.press("\x04");
    assert_eq!(again.close(), Some(0));
}

#[test]
fn without_a_terminal_it_reads_lines() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rjs"))
        .arg("-i")
        .env("RJS_REPL_HISTORY", "")
        .env_remove("NODE_OPTIONS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rjs starts");
    let mut keys = child.stdin.take().expect("a pipe");
    keys.write_all(b"let a = [\n 1 ]\na.length + 40\n").expect("rjs reads");
    drop(keys);
    let output = child.wait_with_output().expect("rjs ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("undefined") && text.contains("41"), "{text}");
    assert!(output.status.success());
}
