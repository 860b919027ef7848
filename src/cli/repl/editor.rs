//! The line editor: keys, history, completion, colours.

use std::{borrow::Cow, io::ErrorKind, path::PathBuf};

use rustyline::{
    Config, Context, Editor, ExternalPrinter, Helper, Result,
    completion::Completer,
    error::ReadlineError,
    highlight::{CmdKind, Highlighter},
    hint::{Hint, Hinter, HistoryHinter},
    history::FileHistory,
    validate::Validator,
};

use super::{Ask, Line, Next, colors, commands::END_OF_EDITING, history};

/// What precedes a line.
const PROMPT: &str = "> ";
const CONTINUATION: &str = "| ";

/// The longest text that is coloured (bytes): whoever pastes a megabyte does not wait for that.
const LONGEST: usize = 16 * 1024;

/// Answers the editor's questions about a line.
struct Assistant {
    line: Line,
    hinter: HistoryHinter,
    has_colors: bool,
}

impl Helper for Assistant {}
impl Validator for Assistant {}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> Result<(usize, Vec<String>)> {
        let before = line.get(..position).unwrap_or_default().to_owned();
        Ok(self.line.ask(|sender| Ask::Complete(before, sender)).unwrap_or_default())
    }
}

/// What stands, in another colour, behind the line that is typed.
enum Behind {
    /// The rest of an earlier line that began like this one.
    Rest(String),
    /// What the line means so far.
    Preview(String),
}

impl Hint for Behind {
    fn display(&self) -> &str {
        match self {
            Self::Rest(text) | Self::Preview(text) => text,
        }
    }

    fn completion(&self) -> Option<&str> {
        match self {
            Self::Rest(text) => Some(text),
            Self::Preview(_) => None,
        }
    }
}

impl Hinter for Assistant {
    type Hint = Behind;

    fn hint(&self, line: &str, position: usize, context: &Context<'_>) -> Option<Behind> {
        if !self.has_colors || position < line.len() || line.trim().is_empty() {
            return None;
        }
        if let Some(rest) = self.hinter.hint(line, position, context) {
            return Some(Behind::Rest(rest));
        }
        let line = line.to_owned();
        let value = self.line.ask_soon(|sender| Ask::Preview(line, sender))??;
        Some(Behind::Preview(format!("  // {value}")))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let is_colored = self.has_colors && line.len() <= LONGEST;
        if is_colored { colors::highlighted(line) } else { Cow::Borrowed(line) }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[90m{hint}\x1b[39m"))
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.has_colors
    }
}

/// Reads lines until there are no more.
pub(super) fn run(line: Line) {
    let line = Ending(line);
    if let Err(error) = converse(&line.0) {
        super::super::complain(&format!("rjs: the terminal cannot be read: {error}"));
    }
}

/// Tells the runtime of the editor's end, however that comes about.
struct Ending(Line);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn converse(line: &Line) -> Result<()> {
    let config = Config::builder()
        .max_history_size(history::LENGTH)?
        .history_ignore_space(true)
        .auto_add_history(false)
        .build();
    let mut editor: Editor<Assistant, FileHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(Assistant {
        line: line.clone(),
        hinter: HistoryHinter::new(),
        has_colors: colors::are_wanted(),
    }));
    let file = history::file().and_then(|file| load(&mut editor, file));
    if let Ok(mut printer) = editor.create_external_printer() {
        crate::redirect_output(move |text| {
            // A terminal that is gone shows nothing more.
            let _ = printer.print(text.to_owned());
        });
    }
    println!(
        "Welcome to rjs v{}.\nType \".help\" for more information.",
        env!("CARGO_PKG_VERSION")
    );
    let outcome = read_lines(&mut editor, line);
    if let Some(file) = &file
        && let Err(error) = editor.save_history(file)
    {
        super::super::complain(&format!("rjs: cannot write {}: {error}", file.display()));
    }
    outcome
}

/// Reads the lines of earlier conversations. Returns the file if they are to be kept there.
fn load(editor: &mut Editor<Assistant, FileHistory>, file: PathBuf) -> Option<PathBuf> {
    let problem = match std::fs::metadata(&file) {
        // The first conversation has no file yet.
        Err(error) if error.kind() == ErrorKind::NotFound => return Some(file),
        Err(error) => error.to_string(),
        // A device may never end.
        Ok(found) if !found.is_file() => "it is no file".to_owned(),
        Ok(_) => match editor.load_history(&file) {
            Ok(()) => return Some(file),
            Err(error) => error.to_string(),
        },
    };
    let file = file.display();
    super::super::complain(&format!("rjs: the history is not kept: cannot read {file}: {problem}"));
    None
}

fn read_lines(editor: &mut Editor<Assistant, FileHistory>, line: &Line) -> Result<()> {
    let mut next = Next::Prompt;
    let mut was_interrupted = false;
    loop {
        let prompt = match next {
            Next::Prompt => PROMPT,
            Next::Continue | Next::Edit => CONTINUATION,
            Next::Leave => return Ok(()),
        };
        let typed = match editor.readline(prompt) {
            Ok(typed) => typed,
            Err(ReadlineError::Interrupted) => {
                let had_any = line.ask(Ask::Interrupt).unwrap_or(false);
                if was_interrupted && !had_any {
                    return Ok(());
                }
                was_interrupted = !had_any;
                if was_interrupted {
                    println!("(To exit, press Ctrl+C again or Ctrl+D or type .exit)");
                }
                next = Next::Prompt;
                continue;
            }
            Err(ReadlineError::Eof) if next == Next::Edit => END_OF_EDITING.to_owned(),
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(error),
        };
        was_interrupted = false;
        if !typed.trim().is_empty() && typed != END_OF_EDITING {
            editor.add_history_entry(typed.as_str())?;
        }
        match line.ask(|sender| Ask::Line(typed, sender)) {
            Some(answer) => next = answer,
            None => return Ok(()),
        }
    }
}
