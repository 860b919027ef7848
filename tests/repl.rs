//! The conversation in a real terminal: what is typed, and what appears on the screen.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use nix::{
    fcntl::{FcntlArg, FdFlag, fcntl},
    poll::{PollFd, PollFlags, poll},
};

/// How long nothing may appear (milliseconds).
const LIMIT: u16 = 60_000;

/// A terminal with rjs in it.
struct Terminal {
    child: Child,
    keys: File,
    screen: File,
    /// What has appeared, without control sequences, and is not yet looked at.
    seen: String,
    /// All that has appeared, with control sequences.
    raw: Vec<u8>,
    folder: PathBuf,
}

impl Terminal {
    fn open(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("rjs-repl-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder of our own");
        Self::open_in(folder)
    }

    fn open_in(folder: PathBuf) -> Self {
        Self::open_with(folder, &[("TERM", "xterm"), ("NO_COLOR", "1")])
    }

    /// A terminal with colours.
    fn colorful(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("rjs-repl-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder of our own");
        Self::open_with(folder, &[("TERM", "xterm")])
    }

    fn open_with(folder: PathBuf, env: &[(&str, &str)]) -> Self {
        let window = nix::pty::Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = nix::pty::openpty(Some(&window), None).expect("a terminal");
        // Else a child that has the other end itself would never see it go.
        let kept = FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC);
        fcntl(&pty.master, kept).expect("a flag of a descriptor");
        let copy = |fd: &OwnedFd| fd.try_clone().expect("a further descriptor");
        let child = Command::new(env!("CARGO_BIN_EXE_rjs"))
            .current_dir(&folder)
            .env("RJS_REPL_HISTORY", folder.join("history"))
            .env_remove("NO_COLOR")
            .env_remove("NODE_OPTIONS")
            .envs(env.iter().copied())
            .stdin(Stdio::from(copy(&pty.slave)))
            .stdout(Stdio::from(copy(&pty.slave)))
            .stderr(Stdio::from(pty.slave))
            .spawn()
            .expect("rjs starts");
        let keys = File::from(copy(&pty.master));
        let screen = File::from(pty.master);
        let raw = Vec::new();
        let mut terminal = Self { child, keys, screen, seen: String::new(), raw, folder };
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
        self.send("-USR2");
    }

    fn send(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status().expect("kill runs");
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
                Ok(count) if count > 0 => {
                    self.raw.extend_from_slice(&buffer[..count]);
                    self.seen.push_str(&plain(&buffer[..count]));
                }
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
fn an_interrupt_ends_what_runs_and_nothing_else() {
    let mut terminal = Terminal::open("busy");
    terminal.expect("let kept = 41", "undefined");
    let endless = [
        "console.log('be' + 'gun'); while (true) {}",
        "console.log('be' + 'gun'); [1].forEach(() => { try { for (;;) {} } catch {} })",
        "Promise.resolve().then(() => { console.log('be' + 'gun'); for (;;) {} }); 0",
        "process.nextTick(() => { console.log('be' + 'gun'); for (;;) {} }); 0",
        "({ get [Symbol.toStringTag]() { console.log('be' + 'gun'); for (;;) {} } })",
    ];
    for text in endless {
        terminal.press(&format!("{text}\r"));
        terminal.wait_for("begun");
        // What a terminal does that is the program's own.
        terminal.send("-INT");
        terminal.wait_for("Script execution was interrupted by `SIGINT`");
    }
    terminal.expect("kept + 1", "42");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

/// What rjs answers to lines where there is no terminal.
fn answers(lines: &[u8]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rjs"))
        .arg("-i")
        .env("RJS_REPL_HISTORY", "")
        .env_remove("NODE_OPTIONS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rjs starts");
    let mut keys = child.stdin.take().expect("a pipe");
    keys.write_all(lines).expect("rjs reads");
    drop(keys);
    let output = child.wait_with_output().expect("rjs ends");
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn without_a_terminal_it_reads_lines() {
    let text = answers(b"let a = [\n 1 ]\na.length + 40\n");
    assert!(text.contains("undefined") && text.contains("41"), "{text}");
}

#[test]
fn who_spoils_arrays_can_go_on() {
    let text = answers(b"delete Array.prototype[Symbol.iterator]\nfor (const x of [1]);\n40 + 1\n");
    assert!(text.contains("TypeError") && text.contains("41"), "{text}");
}

#[test]
fn colours_and_previews_are_shown_where_they_are_wanted() {
    let mut terminal = Terminal::colorful("colours");
    let has =
        |terminal: &Terminal, text: &str| String::from_utf8_lossy(&terminal.raw).contains(text);
    terminal.expect("const shown = { a: 'bc' }", "undefined");
    assert!(has(&terminal, "\x1b[36mconst\x1b[39m"), "keywords have a colour");
    terminal.press("shown.a");
    terminal.wait_for("// 'bc'");
    assert!(has(&terminal, "\x1b[90m  // 'bc'"), "a preview is grey");
    terminal.press("\r");
    terminal.wait_for("'bc'");
    assert!(has(&terminal, "\x1b[32m'bc'\x1b[39m"), "values have colours");
    terminal.wait_for("> ");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn a_dumb_terminal_and_no_color_get_neither() {
    let name = format!("rjs-repl-dumb-{}", std::process::id());
    for env in [[("TERM", "dumb"), ("A", "1")], [("TERM", "xterm"), ("NO_COLOR", "1")]] {
        let folder = std::env::temp_dir().join(&name);
        fs::create_dir_all(&folder).expect("a folder of our own");
        let mut terminal = Terminal::open_with(folder, &env);
        terminal.press("process.argv0\r");
        terminal.wait_for("rjs'");
        terminal.wait_for("> ");
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        assert!(!raw.contains("\x1b[3") && !raw.contains("//"), "{raw:?}");
        terminal.press("\x04");
        assert_eq!(terminal.close(), Some(0));
    }
}

#[test]
fn the_history_is_searched() {
    let mut terminal = Terminal::open("search");
    terminal.expect("'needle' + 1", "'needle1'");
    terminal.expect("'straw' + 1", "'straw1'");
    terminal.press("\x12need");
    terminal.wait_for("'needle' + 1");
    terminal.press("\r");
    terminal.wait_for("'needle1'");
    terminal.wait_for("> ");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn files_and_builtins_are_completed() {
    let mut terminal = Terminal::open("files");
    write(&terminal.folder, "only_this_file.js", "module.exports = 'from the file';");
    terminal.press("require('./only\t')\r");
    terminal.wait_for("'from the file'");
    terminal.wait_for("> ");
    terminal.press("require('node:worker_th\t').isMainThread\r");
    terminal.wait_for("true");
    terminal.wait_for("> ");
    terminal.press(".hel\t\r");
    terminal.wait_for(".save");
    terminal.wait_for("> ");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn a_child_has_the_terminal_while_it_runs() {
    let mut terminal = Terminal::open("child");
    let ask = "require('child_process').spawnSync('sh', ['-c', 'echo ask; read x; echo got $x'], { stdio: 'inherit' }).status";
    terminal.press(ask);
    terminal.press("\r");
    terminal.wait_for("ask\r\n");
    terminal.press("an answer\r");
    terminal.wait_for("got an answer");
    terminal.wait_for("0");
    terminal.wait_for("> ");
    terminal.expect("1 + 1", "2");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn a_megabyte_is_pasted() {
    let mut terminal = Terminal::open_with(
        std::env::temp_dir().join({
            let name = format!("rjs-repl-paste-{}", std::process::id());
            fs::create_dir_all(std::env::temp_dir().join(&name)).expect("a folder of our own");
            name
        }),
        &[("TERM", "dumb"), ("NO_COLOR", "1")],
    );
    let mut keys = terminal.keys.try_clone().expect("a further descriptor");
    // A thread of its own: the terminal takes only as much as rjs reads.
    let typist = std::thread::spawn(move || {
        let line = format!("total += '{}'.length\r", "x".repeat(1000));
        keys.write_all(b"var total = 0\r").expect("the terminal takes keys");
        for _ in 0..1000 {
            keys.write_all(line.as_bytes()).expect("the terminal takes keys");
        }
        keys.write_all(b"'all ' + total\r").expect("the terminal takes keys");
    });
    terminal.wait_for("'all 1000000'");
    typist.join().expect("all was typed");
    terminal.wait_for("> ");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn a_history_that_cannot_be_used_is_told_and_no_more() {
    let folder = std::env::temp_dir().join(format!("rjs-repl-nohist-{}", std::process::id()));
    fs::create_dir_all(folder.join("history")).expect("a folder in the place of the file");
    let mut terminal = Terminal::open_in(folder);
    assert!(plain(&terminal.raw).contains("the history is not kept: cannot read"));
    terminal.expect("2 + 2", "4");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn a_command_that_ends_it_loses_no_history() {
    let mut terminal = Terminal::open("exit");
    terminal.expect("'kept' + 1", "'kept1'");
    let folder = terminal.folder.clone();
    terminal.press(".exit\r");
    let mut buffer = [0; 4096];
    while matches!(terminal.screen.read(&mut buffer), Ok(count) if count > 0) {}
    assert!(terminal.child.wait().expect("rjs ends").success());
    let kept = fs::read_to_string(folder.join("history")).expect("a history");
    assert!(kept.contains("'kept' + 1"), "{kept}");
    fs::remove_dir_all(folder).expect("the folder is our own");
}

#[test]
fn an_endless_loop_of_microtasks_ends_with_an_interrupt() {
    let pty = nix::pty::openpty(None, None).expect("a terminal");
    let copy = || pty.slave.try_clone().expect("a further descriptor");
    let program = "(function f() { Promise.resolve().then(f) })(); console.log('begun')";
    let mut child = Command::new("setsid")
        .args(["-c", env!("CARGO_BIN_EXE_rjs"), "-e", program])
        .stdin(Stdio::from(copy()))
        .stdout(Stdio::from(copy()))
        .stderr(Stdio::from(copy()))
        .spawn()
        .expect("rjs starts");
    let mut screen = File::from(pty.master.try_clone().expect("a further descriptor"));
    let mut seen = String::new();
    let mut buffer = [0; 256];
    while !seen.contains("begun") {
        let count = screen.read(&mut buffer).expect("it begins");
        seen.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    screen.write_all(b"\x03").expect("the terminal takes keys");
    let status = child.wait().expect("rjs ends");
    assert!(!status.success());
}

#[test]
fn it_ends_when_the_terminal_goes_away() {
    let mut terminal = Terminal::open("gone");
    terminal.expect("1", "1");
    let Terminal { mut child, keys, screen, folder, .. } = terminal;
    drop((keys, screen));
    child.wait().expect("rjs ends");
    fs::remove_dir_all(folder).expect("the folder is ours");
}

#[test]
fn it_sleeps_while_nobody_types() {
    let mut terminal = Terminal::open("idle");
    terminal.expect("1", "1");
    let stat = format!("/proc/{}/stat", terminal.child.id());
    let sleeps = |_| {
        std::thread::yield_now();
        let text = fs::read_to_string(&stat).expect("the process lives");
        text.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('S'))
    };
    // One that looks for work all the time is never seen asleep.
    assert!((0..1_000_000).any(sleeps));
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}

#[test]
fn an_await_that_never_ends_is_interrupted() {
    let folder = std::env::temp_dir().join(format!("rjs-repl-await-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder of our own");
    let mut terminal = Terminal::open_in(folder);
    // The loop turns only once the promise is waited for.
    let line = "setTimeout(() => console.log('be' + 'gun')); await new Promise(() => {})";
    terminal.enter(line, "begun");
    let pid = terminal.child.id().to_string();
    // The terminal of a test is nobody's controlling terminal: no key sends the signal.
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
    terminal.wait_for("interrupted by `SIGINT`");
    terminal.wait_for("> ");
    terminal.expect("2 + 3", "5");
    terminal.press("\x04");
    assert_eq!(terminal.close(), Some(0));
}
