//! The colours of what is typed.

use std::{borrow::Cow, env};

const KEYWORDS: &[&str] = &[
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "default",
    "delete",
    "do",
    "else",
    "export",
    "extends",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "let",
    "new",
    "of",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

const LITERALS: &[&str] = &["true", "false", "null", "undefined", "NaN", "Infinity"];

/// Whether the terminal and its person want colours.
pub(super) fn are_wanted() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR")
        && !is_set("NODE_DISABLE_COLORS")
        && env::var("TERM").is_ok_and(|term| term != "dumb")
}

/// The line with colour codes.
pub(super) fn highlighted(line: &str) -> Cow<'_, str> {
    if line.is_empty() {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len() + 32);
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (length, color) = token(rest, first);
        let (piece, after) = rest.split_at(length);
        match color {
            Some(color) => out.push_str(&format!("\x1b[{color}m{piece}\x1b[39m")),
            None => out.push_str(piece),
        }
        rest = after;
    }
    Cow::Owned(out)
}

/// How long the token is that a text begins with (bytes), and its colour.
fn token(text: &str, first: char) -> (usize, Option<u8>) {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let run = |part: &dyn Fn(char) -> bool| text.find(|c| !part(c)).unwrap_or(text.len());
    match first {
        '"' | '\'' | '`' => (string(text, first), Some(32)),
        '/' if text.starts_with("//") => (text.len(), Some(90)),
        '0'..='9' => (run(&|c| is_word(c) || c == '.'), Some(33)),
        c if is_word(c) => {
            let length = run(&is_word);
            let word = &text[..length];
            let color = match word {
                _ if KEYWORDS.contains(&word) => Some(36),
                _ if LITERALS.contains(&word) => Some(33),
                _ => None,
            };
            (length, color)
        }
        c => (c.len_utf8(), None),
    }
}

/// The length of a string with its quotes, or of what there is of it (bytes).
fn string(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::highlighted;

    #[test]
    fn only_codes_are_added() {
        for line in ["const a = 'b\\'c' + 12.5 // d", "`x${y}`", "ünï \"open", "true ? f() : /x/"]
        {
            let colored = highlighted(line);
            let mut plain = String::new();
            let mut pieces = colored.split('\x1b');
            plain.push_str(pieces.next().unwrap_or_default());
            for piece in pieces {
                plain.push_str(piece.split_once('m').map_or("", |(_, rest)| rest));
            }
            assert_eq!(plain, line);
        }
        assert_eq!(highlighted("let"), "\x1b[36mlet\x1b[39m");
        assert_eq!(highlighted("letter"), "letter");
    }
}
