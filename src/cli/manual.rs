//! `--man`: the manual page, from the table of options, in the language of man(7).

use super::{
    help,
    options::{GROUPS, OptionRow},
};

const BEGIN: &str = r".SH NAME
rjs \- run JavaScript programs made of many processes
.SH SYNOPSIS
.B rjs
[options] [script.js | \-] [arguments]
.br
.B rjs
[options] \-e TEXT [arguments]
.SH DESCRIPTION
rjs runs JavaScript with the API of Node. Without a script it talks on a terminal, and reads a program from
standard input elsewhere; a script named \- is standard input too. What follows the script is the program's.
";

const END: &str = r".SH ENVIRONMENT
.TP
.B NODE_OPTIONS, RJS_OPTIONS
Options for every program, separated by spaces; a space between double quotes separates nothing. What says what one
program is, as \-e does, may not stand there.
.TP
.B RJS_REPL_HISTORY
The file in which the lines of the REPL are kept, instead of ~/.rjs_repl_history; if empty, none is.
.TP
.B RJS_IPC_MESSAGE_LIMIT
The length in bytes of the longest message that is accepted.
.SH EXIT STATUS
.TP
.B 1
An exception that nobody caught.
.TP
.B 7
An exception in a handler of exceptions.
.TP
.B 9
A bad option, or a bad value of one.
.TP
.B 13
A main module that waits for what never comes.
.TP
.B other
What the program says.
";

/// The whole page.
pub(super) fn page() -> String {
    let mut page = format!(".TH RJS 1 \"\" \"rjs {}\"\n{BEGIN}", env!("CARGO_PKG_VERSION"));
    page.push_str(".SH OPTIONS\n");
    for group in GROUPS {
        page.push_str(&format!(".SS {}\n", group.heading));
        for row in group.rows {
            page.push_str(&entry(row));
        }
    }
    page.push_str(END);
    page
}

fn entry(row: &OptionRow) -> String {
    let mut words = row.help.to_owned();
    if !row.choices.is_empty() {
        words = format!("{words} ({})", row.choices.join(", "));
    }
    format!(".TP\n.B {}\n{}\n", escaped(&help::spelling(row)), escaped(&words))
}

/// A dash is a minus sign, not a hyphen; a line must not begin with a dot.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_option_is_in_it() {
        let page = super::page();
        for row in crate::cli::options::rows() {
            assert!(page.contains(&super::escaped(row.long)), "{}", row.long);
        }
        assert!(page.starts_with(".TH RJS 1"));
    }
}
