//! `using` as a name. The engine's parser reserves the word, the language does not: rxjs has a function
//! of that name.
//!
//! A text that the engine refused is given to it once more with another name in its place, one that
//! looks the same and is as long. Properties, exports and imports keep their real name; what still
//! shows is the `name` of a function or class.

use super::{
    cursor::Tokens,
    lexer::{Kind, is_word_part},
};

pub(super) const WORD: &str = "using";
/// With U+0261 in the place of the g.
const NAME: &str = "usin\u{261}";

/// What programs are told of `using x = …`: the engine parses it, and ends with a panic where it runs.
pub(crate) const NO_DECLARATION: &str =
    "Declarations with 'using' are not available in this version of rjs";

/// Whether a text declares something with `using` or `await using`.
pub(crate) fn declares_with_using(text: &str) -> bool {
    let mut places = memchr::memmem::find_iter(text.as_bytes(), WORD.as_bytes());
    if !places.any(|place| may_declare(&text[place + WORD.len()..])) {
        return false;
    }
    let tokens = Tokens::of(text);
    (0..tokens.len()).any(|index| {
        tokens.word(index) == WORD
            && tokens.kind(index) == Some(Kind::Word)
            && !tokens.is_property(index)
            && declares(&tokens, index)
            && matches!(tokens.word(index + 2), "=" | "of")
    })
}

/// Whether what follows the word looks like a name and `=` or `of`: cheaper than looking at tokens.
fn may_declare(after: &str) -> bool {
    let name = after.trim_start_matches([' ', '\t']);
    if name.len() == after.len() {
        return false;
    }
    let rest = name.trim_start_matches(is_word_part);
    let then = rest.trim_start();
    rest.len() < name.len() && (then.starts_with('=') || then.starts_with("of"))
}

/// What a `{` or another bracket holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Statements, or what is in parentheses.
    Code,
    /// The members of an object, or the parts of a pattern.
    Object,
    Class,
    /// `import { … }`.
    Imports,
    /// `export { … }`.
    Exports,
    /// `export { … } from`.
    Passed,
}

/// The text with `using` renamed where it is a name; `None` where it is none.
pub(crate) fn with_using_renamed(text: &str) -> Option<String> {
    memchr::memmem::find(text.as_bytes(), WORD.as_bytes())?;
    let tokens = Tokens::of(text);
    let mut changed = String::with_capacity(text.len() + 64);
    let mut copied = 0;
    let mut brackets: Vec<Inside> = Vec::new();
    let mut is_exported = false;
    let mut class_follows = false;
    for index in 0..tokens.len() {
        let Some(token) = tokens.get(index) else { break };
        match (token.kind, tokens.word(index)) {
            (Kind::Word, "class") if !tokens.is_property(index) => class_follows = true,
            (Kind::Word, WORD) => {
                let inside = brackets.last().copied().unwrap_or(Inside::Code);
                if let Some(replacement) = replacement(&tokens, index, inside) {
                    if let Some(export) = export_of(&tokens, index) {
                        // The list of exports at the end takes its place.
                        changed.push_str(&text[copied..export]);
                        changed.push_str("      ");
                        copied = export + "export".len();
                        is_exported = true;
                    }
                    changed.push_str(&text[copied..token.start]);
                    changed.push_str(&replacement);
                    copied = token.end;
                }
            }
            (Kind::Punctuator, "{") if std::mem::take(&mut class_follows) => {
                brackets.push(Inside::Class);
            }
            (Kind::Punctuator, "{") => brackets.push(opened(&tokens, index)),
            (Kind::Punctuator, "(" | "[") | (Kind::Template { closes: false, opens: true }, _) => {
                brackets.push(Inside::Code);
            }
            (Kind::Punctuator, ")" | "]" | "}")
            | (Kind::Template { opens: false, closes: true }, _) => drop(brackets.pop()),
            _ => {}
        }
    }
    if copied == 0 {
        return None;
    }
    changed.push_str(&text[copied..]);
    if is_exported {
        changed.push_str(&format!("\nexport {{ {NAME} as {WORD} }};"));
    }
    Some(changed)
}

/// What stands for the word here; `None` where it stays.
fn replacement(tokens: &Tokens<'_>, index: usize, inside: Inside) -> Option<String> {
    let before = if index == 0 { "" } else { tokens.word(index - 1) };
    let after = tokens.word(index + 1);
    let begins_member = matches!(before, "{" | ",");
    match inside {
        _ if tokens.is_property(index) || declares(tokens, index) => None,
        Inside::Imports if before == "as" => Some(NAME.to_owned()),
        Inside::Imports if after == "as" => None,
        Inside::Imports => Some(format!("{WORD} as {NAME}")),
        Inside::Exports if before == "as" => None,
        Inside::Exports if after == "as" => Some(NAME.to_owned()),
        Inside::Exports => Some(format!("{NAME} as {WORD}")),
        Inside::Passed => None,
        Inside::Object if begins_member && matches!(after, "," | "}" | "=") => {
            Some(format!("{WORD}: {NAME}"))
        }
        Inside::Object if begins_member && after == ":" => None,
        Inside::Object | Inside::Class if is_method(tokens, index, before) => None,
        Inside::Class if before != "=" => None,
        _ => Some(NAME.to_owned()),
    }
}

/// `using x = …`: what the word is reserved for.
pub(super) fn declares(tokens: &Tokens<'_>, index: usize) -> bool {
    let Some(next) = tokens.get(index + 1) else { return false };
    let operator = matches!(tokens.word(index + 1), "in" | "of" | "instanceof" | "as" | "from");
    next.kind == Kind::Word && !next.after_line && !operator
}

/// `using() {}` and its like in an object or a class.
fn is_method(tokens: &Tokens<'_>, index: usize, before: &str) -> bool {
    let begins = matches!(before, "{" | "," | ";" | "}" | "get" | "set" | "async" | "static" | "*");
    if !begins || tokens.word(index + 1) != "(" {
        return false;
    }
    let mut depth = 0_usize;
    for at in index + 1..tokens.len() {
        match tokens.word(at) {
            "(" => depth += 1,
            ")" if depth == 1 => return tokens.word(at + 1) == "{",
            ")" => depth -= 1,
            _ => {}
        }
    }
    false
}

/// Where the word `export` of `export function using`, `export const using` stands.
fn export_of(tokens: &Tokens<'_>, index: usize) -> Option<usize> {
    let start = (index.saturating_sub(3)..index).find(|&start| {
        let words: Vec<&str> = (start..index).map(|at| tokens.word(at)).collect();
        matches!(
            words[..],
            ["export", "function" | "class" | "const" | "let" | "var"]
                | ["export", "async", "function"]
                | ["export", "function", "*"]
        )
    })?;
    tokens.get(start).map(|token| token.start)
}

/// What a `{` opens, by what stands before it.
fn opened(tokens: &Tokens<'_>, index: usize) -> Inside {
    if index == 0 {
        return Inside::Code;
    }
    match (tokens.kind(index - 1), tokens.word(index - 1)) {
        (_, "import") => Inside::Imports,
        // `import x, { … }`.
        (_, ",") if index >= 3 && tokens.word(index - 3) == "import" => Inside::Imports,
        (_, "export") => {
            let end = (index..tokens.len()).find(|&at| tokens.word(at) == "}");
            let is_passed = end.is_some_and(|end| tokens.word(end + 1) == "from");
            if is_passed { Inside::Passed } else { Inside::Exports }
        }
        (Some(Kind::Punctuator), ")" | ";" | "}" | "{" | "=>" | ":") => {
            let is_value = tokens.word(index - 1) == ":" && tokens.word(index + 2) != ";";
            if is_value { Inside::Object } else { Inside::Code }
        }
        (Some(Kind::Punctuator | Kind::Template { closes: false, .. }), _)
        | (
            Some(Kind::Word),
            "const" | "let" | "var" | "return" | "default" | "yield" | "await" | "of" | "in"
            | "typeof" | "throw" | "case" | "new" | "void" | "delete",
        ) => Inside::Object,
        _ => Inside::Code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let renamed = with_using_renamed(text).map(|text| text.replace('\u{261}', "G"));
        assert_eq!(renamed.as_deref().unwrap_or(text), expected);
    }

    #[test]
    fn names_are_renamed() {
        check("function using(a) { return using; }", "function usinG(a) { return usinG; }");
        check("exports.using = using;", "exports.using = usinG;");
        check("x = a ? using : b", "x = a ? usinG : b");
        check("f(`${using}`, [using], 'using')", "f(`${usinG}`, [usinG], 'using')");
    }

    #[test]
    fn properties_keep_their_name() {
        check("({ using, a: using, b })", "({ using: usinG, a: usinG, b })");
        check("const { using } = x; using()", "const { using: usinG } = x; usinG()");
        check(
            "({ using: 1, using() {}, get using() {} })",
            "({ using: 1, using() {}, get using() {} })",
        );
        check(
            "class A { using() {} static using = using; }",
            "class A { using() {} static using = usinG; }",
        );
        check("if (a) { using(b) }", "if (a) { usinG(b) }");
    }

    #[test]
    fn modules_keep_their_names() {
        check("import { using } from 'x'", "import { using as usinG } from 'x'");
        check(
            "import { a as using, using as b } from 'x'",
            "import { a as usinG, using as b } from 'x'",
        );
        check(
            "export { using, using as b, c as using }",
            "export { usinG as using, usinG as b, c as using }",
        );
        check("export { using } from 'x'", "export { using } from 'x'");
        check(
            "export function using() {}",
            "       function usinG() {}\nexport { usinG as using };",
        );
    }

    #[test]
    fn declarations_stay() {
        check("{ using x = f(); await using y = g(); }", "{ using x = f(); await using y = g(); }");
        check("// using\n'using'", "// using\n'using'");
        for text in ["{ using x = f(); }", "await using\ty = g()", "for (using x of y) {}"] {
            assert!(declares_with_using(text), "{text}");
        }
        for text in
            ["// using x = 1", "a.using b = 1", "using = 1", "'using x = 1'", "using\nx = 1"]
        {
            assert!(!declares_with_using(text), "{text}");
        }
    }
}
