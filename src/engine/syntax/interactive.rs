//! What a person types is no whole program: lines that go on, declarations that come again, `await`
//! outside of functions. Texts are changed here so that the engine takes them as scripts.

use super::lexer::{Kind, Lexer, Token};

/// Words that begin a statement which has no value.
const STATEMENTS: &[&str] = &[
    "if", "for", "while", "do", "switch", "try", "throw", "function", "class", "var", "let",
    "const", "return", "break", "continue", "debugger", "import", "export", "with",
];

/// A token with what surrounds it.
struct Placed<'a> {
    token: Token,
    text: &'a str,
    /// How many brackets are open around it.
    depth: usize,
    /// A statement begins with it.
    begins: bool,
}

/// Whether a text ends in the middle of something: a bracket, a template, a comment.
pub(crate) fn is_unfinished(text: &str) -> bool {
    let mut depth = 0_i64;
    for token in Lexer::new(text) {
        match (token.kind, &text[token.start..token.end]) {
            (Kind::Unterminated, piece) if piece.starts_with(['`', '}']) => return true,
            (Kind::Unterminated, piece) if piece.starts_with("/*") => return true,
            (Kind::Unterminated, piece) if piece.trim_end_matches('\n').ends_with('\\') => {
                return true;
            }
            (Kind::Template { opens: true, closes: false }, _)
            | (Kind::Punctuator, "(" | "[" | "{") => depth += 1,
            (Kind::Template { opens: false, closes: true }, _)
            | (Kind::Punctuator, ")" | "]" | "}") => depth -= 1,
            _ => {}
        }
    }
    depth > 0
}

/// The same script with `var` for every `let`, `const` and `class` outside of brackets, so that a
/// name may be declared again.
pub(crate) fn redeclarable(text: &str) -> String {
    let tokens = placed(text);
    let mut changed = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, place) in tokens.iter().enumerate() {
        if place.depth > 0 || !place.begins {
            continue;
        }
        let next = tokens.get(at + 1);
        let replacement = match place.text {
            "let" if next.is_some_and(declares) => "var".to_owned(),
            // As long as the word itself: places in the text stay where they are.
            "const" if next.is_some_and(declares) => "var  ".to_owned(),
            "class" => match next.filter(|next| next.token.kind == Kind::Word) {
                Some(name) => format!("var {} = class", name.text),
                None => continue,
            },
            _ => continue,
        };
        changed.push_str(&text[copied..place.token.start]);
        changed.push_str(&replacement);
        copied = place.token.end;
    }
    changed.push_str(&text[copied..]);
    changed
}

/// The names that `let`, `const` and `class` outside of brackets declare, and behind them those that `var` and
/// `function` do, and how many come first.
pub(crate) fn top_level_names(text: &str) -> (Vec<&str>, usize) {
    let tokens = placed(text);
    let (mut names, mut others) = (Vec::new(), Vec::new());
    for (at, place) in tokens.iter().enumerate() {
        if place.depth > 0 || !place.begins {
            continue;
        }
        let found: Vec<&str> = match place.text {
            "let" | "const" | "var" => declared(&tokens[at + 1..]),
            "class" | "function" | "async" => {
                let words = tokens[at + 1..].iter().take(3).map(|place| place.text);
                words.filter(|word| !matches!(*word, "function" | "*")).take(1).collect()
            }
            _ => continue,
        };
        let kind = match place.text {
            "let" | "const" | "class" => &mut names,
            _ => &mut others,
        };
        kind.extend(found);
    }
    let lexical = names.len();
    names.append(&mut others);
    (names, lexical)
}

/// Whether what follows `let` makes it a declaration.
fn declares(next: &Placed<'_>) -> bool {
    next.token.kind == Kind::Word || matches!(next.text, "[" | "{")
}

/// Whether the word `await` stands anywhere.
pub(crate) fn mentions_await(text: &str) -> bool {
    Lexer::new(text).any(|token| &text[token.start..token.end] == "await")
}

/// A script that runs the text in an async function: its value is a promise of the value of the last
/// expression. What the text declares becomes global.
pub(crate) fn in_async_function(text: &str) -> String {
    let tokens = placed(text);
    let mut body = String::with_capacity(text.len() + 32);
    let mut names = Vec::new();
    let mut copied = 0;
    let last = last_statement(&tokens);
    for (at, place) in tokens.iter().enumerate() {
        if place.depth > 0 || !place.begins {
            continue;
        }
        if Some(at) == last && !STATEMENTS.contains(&place.text) && place.text != "{" {
            body.push_str(&text[copied..place.token.start]);
            body.push_str("return (");
            copied = place.token.start;
            let end = end_of_statement(&tokens[at..]);
            body.push_str(&text[copied..end]);
            body.push(')');
            copied = end;
        } else if matches!(place.text, "let" | "const" | "var") {
            body.push_str(&text[copied..place.token.start]);
            let end = end_of_statement(&tokens[at..]);
            names.extend(declared(&tokens[at + 1..]));
            body.push_str(&format!("void ({})", &text[place.token.end..end]));
            copied = end;
        }
    }
    body.push_str(&text[copied..]);
    let hoisted =
        if names.is_empty() { String::new() } else { format!("var {};", names.join(",")) };
    format!("{hoisted}(async () => {{{body}\n}})()")
}

/// Every token with its place.
fn placed(text: &str) -> Vec<Placed<'_>> {
    let mut depth = 0_usize;
    let mut tokens: Vec<Placed<'_>> = Vec::new();
    for token in Lexer::new(text) {
        let piece = &text[token.start..token.end];
        let closes = matches!(piece, ")" | "]" | "}")
            || matches!(token.kind, Kind::Template { opens: false, .. });
        if closes {
            depth = depth.saturating_sub(1);
        }
        let begins = match tokens.last() {
            None => true,
            Some(before) => before.text == ";" || (ends_statement(before) && token.after_line),
        };
        tokens.push(Placed { token, text: piece, depth, begins: begins || after_block(&tokens) });
        let opens = matches!(piece, "(" | "[" | "{")
            || matches!(token.kind, Kind::Template { closes: false, .. });
        if opens {
            depth += 1;
        }
    }
    tokens
}

/// Whether a statement may end with this token where a line does.
fn ends_statement(token: &Placed<'_>) -> bool {
    match token.token.kind {
        Kind::Punctuator => matches!(token.text, ")" | "]" | "}" | "++" | "--"),
        _ => true,
    }
}

/// Whether the last token is the end of a block, behind which a statement begins on the same line.
fn after_block(tokens: &[Placed<'_>]) -> bool {
    let Some(last) = tokens.last().filter(|last| last.text == "}") else { return false };
    let opening = tokens.iter().rposition(|place| place.text == "{" && place.depth == last.depth);
    opening.is_some_and(|at| {
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        before.is_none_or(|before| matches!(before.text, ")" | ";" | "}" | "else" | "try"))
    })
}

/// The token with which the last statement outside of brackets begins.
fn last_statement(tokens: &[Placed<'_>]) -> Option<usize> {
    let begins = |place: &Placed<'_>| place.depth == 0 && place.begins && place.text != ";";
    tokens.iter().rposition(begins)
}

/// The byte behind the statement that begins with the first token, without its semicolon.
fn end_of_statement(tokens: &[Placed<'_>]) -> usize {
    let rest = tokens.iter().skip(1);
    let inside = rest.take_while(|place| place.depth > 0 || !(place.begins || place.text == ";"));
    inside.last().or(tokens.first()).map_or(0, |place| place.token.end)
}

/// The simple names that a declaration declares: those right behind its word and its commas.
fn declared<'a>(tokens: &[Placed<'a>]) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut is_expected = true;
    for place in tokens {
        if place.depth == 0 && (place.begins || place.text == ";") {
            break;
        }
        if is_expected && place.depth == 0 && place.token.kind == Kind::Word {
            names.push(place.text);
        }
        is_expected = place.depth == 0 && place.text == ",";
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_top_level() {
        let text = "var a, b = 1; let c = { let: 2 }, d\nconst e = () => { var f }; class g {}\nasync function h() {}
                    function* i() {}";
        let (names, lexical) = top_level_names(text);
        assert_eq!(names, ["c", "d", "e", "g", "a", "b", "h", "i"]);
        assert_eq!(lexical, 4);
    }

    #[test]
    fn what_goes_on_is_unfinished() {
        for text in ["f(", "{", "[1,", "`a", "`a ${b", "/* c", "x = {\n a: 1,", "if (a) {"] {
            assert!(is_unfinished(text), "{text}");
        }
        for text in ["", "f()", "'a", "a}", "`a`", "/{/", "// {", "`${`x`}`", "\"{\""] {
            assert!(!is_unfinished(text), "{text}");
        }
    }

    #[test]
    fn declarations_may_come_again() {
        let cases = [
            ("let a = 1", "var a = 1"),
            ("const b = 2; let c", "var   b = 2; var c"),
            ("class D {}", "var D = class D {}"),
            ("for (const e of f) { let g }", "for (const e of f) { let g }"),
            ("let = 5", "let = 5"),
            ("x.let", "x.let"),
            ("{ let h }\nlet i", "{ let h }\nvar i"),
            ("let [j] = k", "var [j] = k"),
            ("'let a'", "'let a'"),
        ];
        for (text, expected) in cases {
            assert_eq!(redeclarable(text), expected);
        }
    }

    #[test]
    fn awaiting_texts_become_functions() {
        let body = |text: &str| {
            let whole = in_async_function(text);
            whole.replace("(async () => {", "<").replace("\n})()", ">")
        };
        assert_eq!(body("await f()"), "<return (await f())>");
        assert_eq!(body("await f();"), "<return (await f());>");
        assert_eq!(body("const a = await f()"), "var a;<void ( a = await f())>");
        assert_eq!(body("let { b } = await f(); b"), "<void ( { b } = await f()); return (b)>");
        assert_eq!(body("if (x) await f()"), "<if (x) await f()>");
        assert_eq!(body("let a = await f(),\n c = 1"), "var a,c;<void ( a = await f(),\n c = 1)>");
        assert_eq!(body("for (const x of y) { await x }"), "<for (const x of y) { await x }>");
    }
}
