//! Texts that nest too deep for the engine's parser, which recurses on the native stack and would run over it.
//!
//! What a level takes was measured: an expression in brackets some 31 kB in an optimised build and in others, a statement or
//! operator in front of another one 3 kB. Most texts are seen to be flat by their bytes alone.

use super::lexer::{Kind, Lexer};
use crate::sys::stack;

/// The stack that an open bracket takes, bytes.
const BRACKET: usize = 40 * 1024;

/// The stack that a token takes which stands in front of what belongs to it, bytes.
const PREFIX: usize = 4 * 1024;

/// A text without such a depth of brackets, and without so many bytes between two ends of
/// statements, is flat.
const FLAT: usize = 64;
const FLAT_BYTES: usize = 16 * 1024;

/// Whether parsing a text may take more of the native stack than is left.
pub(crate) fn is_too_deep(text: &str) -> bool {
    let needed = needed_stack(text);
    needed > 0 && needed > stack::left()
}

/// The stack that parsing a text may take, in bytes, or 0 if it is little.
fn needed_stack(text: &str) -> usize {
    if is_flat(text.as_bytes()) { 0 } else { measure(text) }
}

/// A look at the bytes, those of strings and comments among them.
fn is_flat(bytes: &[u8]) -> bool {
    let (mut depth, mut statement) = (0_usize, 0_usize);
    for byte in bytes {
        statement += 1;
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                statement = 0;
            }
            b';' => statement = 0,
            _ => {}
        }
        if depth > FLAT || statement > FLAT_BYTES {
            return false;
        }
    }
    // The statements behind each other that may be in each other.
    memchr::memmem::find_iter(bytes, "else").nth(FLAT_BYTES / 4).is_none()
}

/// What the deepest place of a text takes.
fn measure(text: &str) -> usize {
    // For each open bracket, and the text: what the tokens in front of the current place take.
    let mut levels = vec![0_usize];
    let (mut taken, mut most) = (0_usize, 0);
    let mut last = "";
    for token in Lexer::new(text) {
        let word = &text[token.start..token.end];
        let goes_on = matches!(word, "else" | "catch" | "finally" | "while");
        let ends = word == ","
            || (matches!(last, ";" | "}") && !goes_on)
            || (token.after_line && is_end(last));
        if ends && let Some(level) = levels.last_mut() {
            taken -= std::mem::take(level);
        }
        let (opens, closes) = match token.kind {
            Kind::Template { opens, closes } => (!closes, !opens),
            _ => (matches!(word, "(" | "[" | "{"), matches!(word, ")" | "]" | "}")),
        };
        if closes && levels.len() > 1 {
            let level = levels.pop().unwrap_or_default();
            taken = taken.saturating_sub(level + BRACKET);
        }
        if opens {
            levels.push(0);
            taken += BRACKET;
        } else if is_prefix(token.kind, word)
            && let Some(level) = levels.last_mut()
        {
            *level += PREFIX;
            taken += PREFIX;
        }
        most = most.max(taken);
        last = word;
    }
    most
}

/// A statement may end behind such a token where a line does.
fn is_end(word: &str) -> bool {
    !matches!(word, ")" | "do" | "else" | "new" | "typeof" | "void" | "delete" | "await" | "yield")
        && word.ends_with(|last: char| {
            last.is_alphanumeric() || matches!(last, '_' | '$' | ']' | '"' | '\'' | '`')
        })
}

/// What makes the parser, or the compiler behind it, recurse without a bracket.
fn is_prefix(kind: Kind, word: &str) -> bool {
    match kind {
        Kind::Word => matches!(
            word,
            "if" | "else"
                | "for"
                | "while"
                | "do"
                | "with"
                | "new"
                | "typeof"
                | "void"
                | "delete"
                | "await"
                | "yield"
                | "in"
                | "instanceof"
        ),
        Kind::Punctuator => !matches!(word, "(" | ")" | "[" | "]" | "{" | "}" | ";" | ","),
        Kind::Template { .. }
        | Kind::Number
        | Kind::String
        | Kind::RegExp
        | Kind::PrivateName
        | Kind::Unterminated
        | Kind::Unknown => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_look_like_takes_little() {
        let usual = "const a = { b: [(1 + 2) * 3, () => { if (x) { y(); } else if (z) w() }] };\n";
        assert_eq!(needed_stack(&usual.repeat(2000)), 0);
        assert!(measure(&usual.repeat(2000)) < 10 * BRACKET);
        // A table without a semicolon is looked at by tokens.
        let table = format!("module.exports = [{}]", "[1, -2],\n".repeat(5000));
        assert!(!is_flat(table.as_bytes()));
        assert!(needed_stack(&table) < 5 * BRACKET, "{}", needed_stack(&table));
        let lines = "let a = b\na = -c\nif (a) b()\nelse c()\n".repeat(5000);
        assert!(measure(&lines) < 3 * BRACKET, "{}", measure(&lines));
    }

    #[test]
    fn depth_of_every_kind() {
        let deep = |open: &str, close: &str| {
            needed_stack(&(open.repeat(10_000) + "1" + &close.repeat(10_000)))
        };
        for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("`${", "}`"), ("f(`${", "}`)")] {
            assert!(deep(open, close) >= 10_000 * BRACKET, "{open}");
        }
        for open in ["! ", "a=>", "if(1)", "if(1);else ", "x=", "1?", "1**", "new ", "typeof\n"] {
            assert!(deep(open, "") >= 10_000 * PREFIX, "{open}");
        }
    }

    #[test]
    fn strings_and_comments_do_not_nest() {
        let text = format!("'{0}'; /*{0}*/ `{0}`; /{1}/", "(".repeat(10_000), "a".repeat(20_000));
        assert!(!is_flat(text.as_bytes()));
        assert!(needed_stack(&text) < BRACKET);
    }
}
