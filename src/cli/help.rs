//! The text of `--help`, from the table of options.

use super::options::{GROUPS, OptionRow, Value};

const USAGE: &str = "Usage: rjs [options] [script.js | -] [arguments]
       rjs [options] -e TEXT [arguments]
       rjs                                 talks, on a terminal
";

const ENVIRONMENT: &str = "
Variables of the environment:
  NODE_OPTIONS, RJS_OPTIONS        options for every program
  NODE_NO_WARNINGS=1               as --no-warnings
  NODE_PENDING_DEPRECATION=1       as --pending-deprecation
  NODE_REDIRECT_WARNINGS=FILE      as --redirect-warnings
  NODE_PATH                        further folders of modules
  NO_COLOR, FORCE_COLOR            whether there are colours
  RJS_WARM_FORK=0 or 1             as --no-warm-fork, --warm-fork
  RJS_NODE_LINK=0                  as --no-node-link
  RJS_REPL_HISTORY=FILE            where the REPL keeps lines; empty: nowhere
  RJS_IPC_MESSAGE_LIMIT=BYTES      the longest message that is accepted
";

/// Where the words about an option begin (columns).
const MARGIN: usize = 34;

/// How wide the text is at most (columns).
const WIDTH: usize = 80;

/// The whole text.
pub(super) fn text() -> String {
    let mut text = String::from(USAGE);
    for group in GROUPS {
        text.push_str(&format!("\n{}:\n", group.heading));
        let (shown, silent): (Vec<_>, Vec<_>) =
            group.rows.iter().partition(|row| !row.help.is_empty());
        for row in &shown {
            text.push_str(&line(row));
        }
        if shown.is_empty() {
            text.push_str(&wrapped(silent.iter().map(|row| row.long)));
        }
    }
    text.push_str("  --experimental-NAME\n");
    text.push_str(ENVIRONMENT);
    text
}

/// The option as it is typed: `-e, --eval=TEXT`.
pub(super) fn spelling(row: &OptionRow) -> String {
    let short = row.short.map_or_else(String::new, |short| format!("{short}, "));
    let value = match row.value {
        Value::None(_) => String::new(),
        Value::Required(name, _) => format!("={name}"),
        Value::Optional(name, _) => format!("[={name}]"),
    };
    format!("{short}{}{value}", row.long)
}

fn line(row: &OptionRow) -> String {
    let option = format!("  {}", spelling(row));
    let mut line = if option.len() < MARGIN {
        format!("{option:<MARGIN$} {}\n", row.help)
    } else {
        format!("{option}\n{:<MARGIN$} {}\n", "", row.help)
    };
    // One that `help` names already has its choices in it.
    if row.choices.iter().any(|choice| !row.help.contains(choice)) {
        line.push_str(&format!("{:<26}  {}\n", "", row.choices.join(", ")));
    }
    line
}

/// Words in lines.
fn wrapped<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let (mut text, mut line) = (String::new(), String::from(" "));
    for word in words {
        if line.len() + 1 + word.len() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from(" ");
        }
        line.push(' ');
        line.push_str(word);
    }
    format!("{text}{line}\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_fits_a_terminal() {
        for line in super::text().lines() {
            assert!(line.chars().count() <= super::WIDTH, "{line}");
        }
    }
}
