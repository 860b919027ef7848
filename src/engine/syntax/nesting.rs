//! Texts that nest too deep for the engine's parser, which recurses on the native stack and would run over it.
//!
//! What a level takes was measured. Most texts are too short to nest too deep, whatever is in them; the others are looked at
//! token by token.

use super::lexer::{Kind, Lexer, Token};
use crate::sys::stack;

/// The stack that an open bracket takes, bytes. The parser is compiled with this crate: unoptimised, it takes six times as much.
const BRACKET: usize = if cfg!(debug_assertions) { 220 } else { 40 } * 1024;

/// As [`BRACKET`], of a block of statements.
const BLOCK: usize = if cfg!(debug_assertions) { 40 } else { 10 } * 1024;

/// The stack that a token takes which stands in front of what belongs to it, bytes.
const PREFIX: usize = if cfg!(debug_assertions) { 40 } else { 6 } * 1024;

/// As [`PREFIX`], of an operator with one more operand in front of it. Only what looks through the finished tree recurses, in a
/// sixth of this; but the time that it takes grows with the square of how many there are, and nobody can end it.
const BETWEEN: usize = 6 * 1024;

/// Whether parsing a text may take more of the native stack than is left.
pub(crate) fn is_too_deep(text: &str) -> bool {
    let left = stack::left();
    bound(text.as_bytes()) > left && measure(text) > left
}

/// More than parsing a text can take, in bytes: as if all that nests in it were in each other, that of strings and comments too.
fn bound(bytes: &[u8]) -> usize {
    let (mut brackets, mut prefixes) = (0, 0);
    let mut was_word = false;
    for byte in bytes {
        let is_word = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..);
        match byte {
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' | b';' | b',' | b'\'' | b'"' | b'`' => {}
            byte if byte.is_ascii_punctuation() && !is_word => prefixes += 1,
            byte if is_word && !was_word && INITIALS.contains(byte) => prefixes += 1,
            _ => {}
        }
        was_word = is_word;
    }
    brackets * BRACKET + prefixes * PREFIX
}

/// What the deepest place of a text takes, bytes.
fn measure(text: &str) -> usize {
    // For each open bracket, and the text: what the tokens in front of the current place take, and it itself.
    let mut levels = vec![(0_usize, 0_usize)];
    let (mut taken, mut most) = (0_usize, 0);
    let mut last = "";
    for token in Lexer::new(text) {
        let word = &text[token.start..token.end];
        if ends_before(&token, word, last)
            && let Some(level) = levels.last_mut()
        {
            taken -= std::mem::take(&mut level.0);
        }
        let (opens, closes) = match token.kind {
            Kind::Template { opens, closes } => (!closes, !opens),
            _ => (matches!(word, "(" | "[" | "{"), matches!(word, ")" | "]" | "}")),
        };
        if closes && levels.len() > 1 {
            let (level, bracket) = levels.pop().unwrap_or_default();
            taken = taken.saturating_sub(level + bracket);
        }
        let level = levels.last_mut().map(|level| &mut level.0);
        if opens {
            let bracket = if word == "{" && begins_block(last) { BLOCK } else { BRACKET };
            levels.push((0, bracket));
            taken += bracket;
        } else if let Some(level) = level {
            let cost = cost_of(token.kind, word, last);
            *level += cost;
            taken += cost;
        }
        // What looks like a regular expression may be a division, and what it has of brackets the program's.
        let hidden = match token.kind {
            Kind::RegExp | Kind::Unterminated => bound(word.as_bytes()),
            _ => 0,
        };
        most = most.max(taken + hidden);
        last = word;
    }
    most
}

/// Whether what stood in front of this token is over: a statement, or an element of a list.
fn ends_before(token: &Token, word: &str, last: &str) -> bool {
    if word == "," {
        return true;
    }
    if matches!(word, "else" | "catch" | "finally" | "while") {
        return false;
    }
    last == ";" || ((last == "}" || token.after_line && is_end(last)) && !goes_on(token.kind, word))
}

/// Whether such a token belongs to what is in front of it, though that could have ended.
fn goes_on(kind: Kind, word: &str) -> bool {
    match kind {
        Kind::Word => matches!(word, "in" | "instanceof"),
        Kind::Punctuator => !matches!(word, "{" | "}" | ";" | "!" | "~" | "++" | "--"),
        Kind::Template { .. } | Kind::RegExp | Kind::Unterminated | Kind::Unknown => true,
        Kind::PrivateName | Kind::Number | Kind::String => false,
    }
}

/// A statement may end behind such a token where a line does.
fn is_end(word: &str) -> bool {
    !matches!(word, ")" | "do" | "else" | "new" | "typeof" | "void" | "delete" | "await" | "yield")
        && word.ends_with(|last: char| {
            last.is_alphanumeric() || matches!(last, '_' | '$' | ']' | '"' | '\'' | '`')
        })
}

/// Whether a brace behind this token opens statements, and no object.
fn begins_block(last: &str) -> bool {
    matches!(last, "" | ")" | ";" | "{" | "}" | "=>" | "else" | "do" | "try" | "finally")
}

/// What a token takes that opens nothing.
fn cost_of(kind: Kind, word: &str, last: &str) -> usize {
    let is_operand_before = last.ends_with(|last: char| {
        last.is_alphanumeric() || matches!(last, '_' | '$' | ')' | ']' | '}' | '"' | '\'' | '`')
    });
    let is_between = kind == Kind::Punctuator
        && is_operand_before
        && !matches!(word, "**" | "||" | "?" | ":" | "=>")
        && (!word.ends_with('=') || matches!(word, "==" | "===" | "!=" | "!==" | "<=" | ">="));
    match is_prefix(kind, word) {
        false => 0,
        true if is_between => BETWEEN,
        true => PREFIX,
    }
}

/// What the words of [`is_prefix`] begin with.
const INITIALS: &[u8] = b"adefintvwy";

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
        assert!(measure(&usual.repeat(2000)) < 10 * BRACKET);
        let table = format!("module.exports = [{}]", "[1, -2],\n".repeat(5000));
        assert!(measure(&table) < 5 * BRACKET, "{}", measure(&table));
        let lines = "let a = b\na = -c\nif (a) b()\nelse c()\n".repeat(5000);
        assert!(measure(&lines) < 3 * BRACKET, "{}", measure(&lines));
        let blocks = "function f() {}\nwhile (a) { b() }\nfor (;;) {}\n!c\n'd'\n".repeat(5000);
        assert!(measure(&blocks) < 3 * BRACKET, "{}", measure(&blocks));
        assert!(bound(usual.repeat(10).as_bytes()) < 64 << 20, "a short text is not looked at");
    }

    #[test]
    fn depth_of_every_kind() {
        let deep = |open: &str, close: &str| {
            let text = open.repeat(10_000) + "1" + &close.repeat(10_000);
            let measured = measure(&text);
            assert!(bound(text.as_bytes()) >= measured, "{open}");
            measured
        };
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("`${", "}`"),
            ("f(`${", "}`)"),
            ("(')',", ")"),
            ("(/*)*/", ")"),
            ("(/[)]/.a+", ")"),
        ] {
            assert!(deep(open, close) >= 10_000 * BRACKET, "{open}");
        }
        assert!(deep("{", "}") >= 10_000 * BLOCK);
        assert!(deep("a+", "") >= 10_000 * BETWEEN);
        for open in [
            "! ",
            "a=>",
            "if(1)",
            "if(1);else ",
            "x=",
            "1?",
            "1**",
            "new ",
            "typeof\n",
            "for(;0;)",
            "while({})",
            "with({})",
            "({})?1:",
            "({})**",
            "x={}?1:",
            "x=';'?1:",
            "x=`${1}a`?1:",
            "x\n=",
            "x\n?1:",
            "x={} in ",
            "do ",
            "x||",
        ] {
            assert!(deep(open, "") >= 10_000 * PREFIX, "{open}");
        }
    }

    #[test]
    fn strings_and_comments_do_not_nest() {
        let text = format!("'{0}'; /*{0}*/ `{0}`; /{1}/", "(".repeat(10_000), "a".repeat(20_000));
        assert!(measure(&text) < BRACKET);
    }

    #[test]
    fn a_division_is_no_hiding_place() {
        let inside = format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000));
        for before in ["x={}", "x", "(x)", "if(x)", "a++", "[]"] {
            for behind in ["", "/1"] {
                let text = format!("{before}/{inside}{behind}");
                assert!(measure(&text) >= 10_000 * BRACKET, "{before} {behind}");
            }
        }
    }
}
