//! The conversation in a terminal: an editor in a thread of its own, and a runtime whose loop turns
//! while the prompt waits.
//!
//! The editor asks ([`Ask`]), the runtime's thread answers between two turns of the loop. What the
//! program prints meanwhile goes through the editor's printer, which draws the line anew below it.

mod colors;
mod commands;
mod editor;
mod history;

use std::{
    io::{self, IsTerminal},
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::Duration,
};

use self::commands::{Command, Session};
use crate::{Evaluation, Remote, Repl, Runtime};

/// What the editor wants of the runtime.
enum Ask {
    /// A line was typed. The answer is what to do next.
    Line(String, Sender<Next>),
    /// Ctrl-C: what was typed so far is dropped. The answer tells if anything was.
    Interrupt(Sender<bool>),
    /// What may stand at the end of this line.
    Complete(String, Sender<(usize, Vec<String>)>),
    /// What this line means so far.
    Preview(String, Sender<Option<String>>),
    /// There will be no further line.
    End,
}

/// What the editor does after a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// It asks for a new text.
    Prompt,
    /// It asks for a further line of the text.
    Continue,
    /// It asks for lines until Ctrl-D.
    Edit,
    /// It ends.
    Leave,
}

/// The editor's way to the runtime.
#[derive(Clone)]
struct Line {
    asks: Sender<Ask>,
    remote: Remote,
}

impl Line {
    /// Asks and waits for the answer; `None` if the runtime is gone.
    fn ask<T>(&self, ask: impl FnOnce(Sender<T>) -> Ask) -> Option<T> {
        let (sender, receiver) = mpsc::channel();
        self.asks.send(ask(sender)).ok()?;
        self.remote.wake();
        receiver.recv().ok()
    }

    /// As [`Self::ask`], but who is busy need not be waited for.
    fn ask_soon<T>(&self, ask: impl FnOnce(Sender<T>) -> Ask) -> Option<T> {
        const PATIENCE: Duration = Duration::from_millis(50);
        let (sender, receiver) = mpsc::channel();
        self.asks.send(ask(sender)).ok()?;
        self.remote.wake();
        receiver.recv_timeout(PATIENCE).ok()
    }

    fn end(&self) {
        // If the runtime is gone, it knows.
        let _ = self.asks.send(Ask::End);
        self.remote.wake();
    }
}

/// Talks until the person or the program ends it; the exit code.
pub(super) fn run(runtime: Runtime) -> u8 {
    let is_terminal = io::stdout().is_terminal();
    let repl = match runtime.into_repl(is_terminal && colors::are_wanted()) {
        Ok(repl) => repl,
        Err(message) => {
            super::complain(&format!("rjs: {message}"));
            return 1;
        }
    };
    let (asks, receiver) = mpsc::channel();
    let line = Line { asks, remote: repl.remote() };
    let editor = thread::Builder::new().name("rjs-editor".to_owned());
    if let Err(error) = editor.spawn(move || editor::run(line)) {
        super::complain(&format!("rjs: cannot start the editor: {error}"));
        return 1;
    }
    let code = answer(repl, &receiver);
    // An exit code is the low byte of what the program gave.
    code.to_le_bytes()[0]
}

/// Answers the editor, and turns the loop in between.
fn answer(mut repl: Repl, asks: &Receiver<Ask>) -> i32 {
    let mut session = Session::default();
    while repl.turn(None) {
        for ask in asks.try_iter() {
            match ask {
                Ask::Line(text, sender) => {
                    let next = take(&text, &mut session, &mut repl);
                    // An editor that is gone needs no answer; `End` follows.
                    let _ = sender.send(next);
                    if next == Next::Leave {
                        // The editor has the terminal and the history to put in order.
                        while asks.recv().is_ok_and(|ask| !matches!(ask, Ask::End)) {}
                        return repl.finish();
                    }
                }
                Ask::Interrupt(sender) => {
                    let _ = sender.send(session.interrupt());
                }
                Ask::Complete(text, sender) => {
                    let _ = sender.send(complete(&text, &mut repl));
                }
                Ask::Preview(text, sender) => {
                    // An editor that did not wait for it asks again with the next key.
                    let _ = sender.send(repl.preview(&text));
                }
                Ask::End => return repl.finish(),
            }
        }
    }
    repl.finish()
}

fn complete(line: &str, repl: &mut Repl) -> (usize, Vec<String>) {
    match commands::completion(line) {
        Some(names) => (0, names),
        None => repl.complete(line),
    }
}

/// What a line does: a command, or a part of a text.
fn take(line: &str, session: &mut Session, repl: &mut Repl) -> Next {
    match Command::parse(line, session) {
        Some(Ok(command)) => commands::carry_out(command, session, repl),
        Some(Err(unknown)) => {
            println!("{unknown}");
            Next::Prompt
        }
        None => session.add(line, repl),
    }
}

/// Shows what became of a text.
fn show(evaluation: &Evaluation) {
    match evaluation {
        Evaluation::Value(text) => println!("{text}"),
        Evaluation::Error(text) if text.contains('\n') => println!("Uncaught:\n{text}"),
        Evaluation::Error(text) => println!("Uncaught {text}"),
        Evaluation::Unfinished | Evaluation::Exited => {}
    }
}
