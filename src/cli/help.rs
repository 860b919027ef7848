//! The text of `--help`, from the table of options.

use super::options::{TABLE, Value};

const USAGE: &str = "Usage: rjs [options] [script.js | -] [arguments]
       rjs [options] -e TEXT [arguments]

Options:
";

/// Where the words about an option begin (columns).
const MARGIN: usize = 34;

/// The whole text, at most 80 columns wide.
pub(super) fn text() -> String {
    let mut text = String::from(USAGE);
    for row in TABLE.iter().filter(|row| !row.help.is_empty()) {
        let short = row.short.map_or_else(String::new, |short| format!("{short}, "));
        let value = match row.value {
            Value::None(_) => String::new(),
            Value::Required(name, _) => format!("={name}"),
            Value::Optional(name, _) => format!("[={name}]"),
        };
        let option = format!("  {short}{}{value}", row.long);
        if option.len() < MARGIN {
            text.push_str(&format!("{option:<MARGIN$} {}\n", row.help));
        } else {
            text.push_str(&format!("{option}\n{:<MARGIN$} {}\n", "", row.help));
        }
    }
    text.push_str(
        "\nNODE_OPTIONS and RJS_OPTIONS in the environment hold options for every program.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_fits_a_terminal() {
        for line in super::text().lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
