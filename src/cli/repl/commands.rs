//! The commands that begin with a dot, from one table, and the text that is being typed.

use std::fs;

use super::{Next, show};
use crate::{Evaluation, Repl};

/// What a command is and does.
struct Row {
    name: &'static str,
    help: &'static str,
    make: fn(&str) -> Command,
}

/// Every command.
const TABLE: &[Row] = &[
    Row { name: ".break", help: "Leave the text that is being typed", make: |_| Command::Break },
    Row { name: ".clear", help: "Alias for .break", make: |_| Command::Break },
    Row {
        name: ".editor",
        help: "Type several lines; Ctrl-D runs them",
        make: |_| Command::Editor,
    },
    Row { name: ".exit", help: "Leave rjs", make: |_| Command::Exit },
    Row { name: ".help", help: "Print this text", make: |_| Command::Help },
    Row {
        name: ".load",
        help: "Run the lines of a file",
        make: |file| Command::Load(file.to_owned()),
    },
    Row {
        name: ".save",
        help: "Write what was typed to a file",
        make: |file| Command::Save(file.to_owned()),
    },
];

/// A command with its argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Break,
    Editor,
    Exit,
    Help,
    Load(String),
    Save(String),
    /// The end of the lines that [`Command::Editor`] began.
    RunEdited,
}

impl Command {
    /// The command that a line is; `None` if it is a line of a text.
    pub(super) fn parse(line: &str, session: &Session) -> Option<Result<Self, String>> {
        if session.is_editing {
            return (line == END_OF_EDITING).then_some(Ok(Self::RunEdited));
        }
        let line = line.trim();
        let is_number = line.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        if !line.starts_with('.') || is_number {
            return None;
        }
        let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match TABLE.iter().find(|row| row.name == name) {
            Some(row) => Some(Ok((row.make)(argument.trim()))),
            // A method call may go on at the next line.
            None if !session.text.is_empty() => None,
            None => Some(Err("Invalid REPL keyword".to_owned())),
        }
    }
}

/// What the editor sends for Ctrl-D while lines are edited: no line that a person types is this.
pub(super) const END_OF_EDITING: &str = "\u{4}";

/// The commands that begin like a line; `None` if it is no beginning of a command.
pub(super) fn completion(line: &str) -> Option<Vec<String>> {
    let is_command = line.starts_with('.') && !line.contains(' ');
    let names = TABLE.iter().map(|row| row.name).filter(|name| name.starts_with(line));
    is_command.then(|| names.map(str::to_owned).collect())
}

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// The lines of the text that is not at its end.
    text: String,
    /// Every text that ran, for `.save`.
    past: Vec<String>,
    is_editing: bool,
}

impl Session {
    /// Drops what was typed so far; true if there was anything.
    pub(super) fn interrupt(&mut self) -> bool {
        let had_any = !self.text.is_empty() || self.is_editing;
        self.text.clear();
        self.is_editing = false;
        had_any
    }

    /// Adds a line, and runs the text if that ends it.
    pub(super) fn add(&mut self, line: &str, repl: &mut Repl) -> Next {
        if self.text.is_empty() && line.trim().is_empty() && !self.is_editing {
            return Next::Prompt;
        }
        self.text.push_str(line);
        if self.is_editing {
            self.text.push('\n');
            return Next::Edit;
        }
        let evaluation = repl.evaluate(&self.text);
        if evaluation == Evaluation::Unfinished {
            self.text.push('\n');
            return Next::Continue;
        }
        self.conclude(&evaluation)
    }

    fn conclude(&mut self, evaluation: &Evaluation) -> Next {
        show(evaluation);
        self.past.push(std::mem::take(&mut self.text));
        if *evaluation == Evaluation::Exited { Next::Leave } else { Next::Prompt }
    }

    /// Runs the edited lines as they are.
    fn run_edited(&mut self, repl: &mut Repl) -> Next {
        self.is_editing = false;
        let evaluation = repl.evaluate(&self.text);
        if evaluation == Evaluation::Unfinished {
            println!("Uncaught SyntaxError: Unexpected end of input");
            self.text.clear();
            return Next::Prompt;
        }
        self.conclude(&evaluation)
    }
}

pub(super) fn carry_out(command: Command, session: &mut Session, repl: &mut Repl) -> Next {
    match command {
        Command::Break => {
            session.interrupt();
        }
        Command::Editor => {
            session.interrupt();
            session.is_editing = true;
            println!("// Entering editor mode (Ctrl+D to finish, Ctrl+C to cancel)");
            return Next::Edit;
        }
        Command::RunEdited => return session.run_edited(repl),
        Command::Exit => return Next::Leave,
        Command::Help => help(),
        Command::Load(file) => return load(&file, session, repl),
        Command::Save(file) => save(&file, session),
    }
    Next::Prompt
}

fn help() {
    for row in TABLE {
        println!("{:<9} {}", row.name, row.help);
    }
    println!("\nPress Ctrl+C to abort current expression, Ctrl+D to exit the REPL");
}

fn load(file: &str, session: &mut Session, repl: &mut Repl) -> Next {
    let Ok(text) = fs::read_to_string(file) else {
        println!("Failed to load: {file}");
        return Next::Prompt;
    };
    session.interrupt();
    let mut next = Next::Prompt;
    for line in text.lines() {
        next = session.add(line, repl);
        if next == Next::Leave {
            break;
        }
    }
    next
}

fn save(file: &str, session: &Session) {
    let mut text = session.past.join("\n");
    text.push('\n');
    match fs::write(file, text) {
        Ok(()) => println!("Session saved to: {file}"),
        Err(_) => println!("Failed to save: {file}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_a_dot_are_commands() {
        let session = Session::default();
        let parse = |line| Command::parse(line, &session);
        assert_eq!(parse(".load  a file "), Some(Ok(Command::Load("a file".to_owned()))));
        assert_eq!(parse("  .exit"), Some(Ok(Command::Exit)));
        assert_eq!(parse(".5 + 1"), None);
        assert_eq!(parse("a.exit"), None);
        assert!(parse(".nope").is_some_and(|command| command.is_err()));
        let typing = Session { text: "a\n".to_owned(), ..Session::default() };
        assert_eq!(Command::parse(".map(f)", &typing), None);
        assert_eq!(Command::parse(".break", &typing), Some(Ok(Command::Break)));
    }

    #[test]
    fn commands_complete() {
        assert_eq!(completion(".e"), Some(vec![".editor".to_owned(), ".exit".to_owned()]));
        assert_eq!(completion(".load x"), None);
        assert_eq!(completion("a.e"), None);
    }
}
