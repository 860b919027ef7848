//! A scanner for JavaScript's tokens.
//!
//! The engine has its own and tells nobody of its tokens. This one serves what has to look at text
//! before the engine parses it or after it refused it: it never fails, and where only a parser
//! could tell (is this `/` a division?) it goes by the token before.
//!
//! Source: ECMAScript, "ECMAScript Language: Lexical Grammar".

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or a reserved word.
    Word,
    /// `#name`.
    PrivateName,
    Number,
    String,
    RegExp,
    /// A part of a template: from a backtick or `}` to `${` or a backtick.
    Template {
        /// It starts with a backtick.
        opens: bool,
        /// It ends with a backtick, and not with `${`.
        closes: bool,
    },
    Punctuator,
    /// A string, template, regular expression or comment that has no end.
    Unterminated,
    /// What no token starts with.
    Unknown,
}

/// One token; its text is `text[start..end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// A line ended since the token before.
    pub(crate) after_line: bool,
}

/// What an open bracket is, which decides what its end is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `(` of `if`, `for`, `while`, `with`: a statement follows its end.
    Head,
    /// Another `(`, or `[`.
    Group,
    /// `{` where a statement may stand.
    Block,
    /// `{` where an operand may stand.
    Object,
    /// `${` in a template.
    Template,
}

/// Scans a text from its beginning.
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open>,
    /// True where an operand must come next: then `/` starts a regular expression.
    operand: bool,
    /// True after `if`, `for`, `while` and `with`.
    head: bool,
    /// True where a statement may start: then `{` is a block.
    statement: bool,
}

/// After these words comes an operand.
const PREFIXES: &[&str] = &[
    "await",
    "case",
    "delete",
    "do",
    "else",
    "in",
    "instanceof",
    "new",
    "of",
    "return",
    "throw",
    "typeof",
    "void",
    "yield",
];

/// After the parentheses that follow these words comes a statement.
const HEADS: &[&str] = &["for", "if", "while", "with"];

/// The punctuators of more than one character, longest first.
const LONG: &[&str] = &[
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=",
    "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "<<", ">>", "**",
];

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let at = if text.starts_with("#!") { line_end(text, 0) } else { 0 };
        Self { text, at, open: Vec::new(), operand: true, head: false, statement: true }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Skips blanks and comments. Returns whether a line ended, or where a comment without end
    /// starts.
    fn skip_blanks(&mut self) -> Result<bool, usize> {
        let mut line = false;
        loop {
            let rest = self.rest();
            let Some(character) = rest.chars().next() else { return Ok(line) };
            if is_line_end(character) {
                line = true;
                self.at += character.len_utf8();
            } else if character.is_whitespace() || character == '\u{feff}' {
                self.at += character.len_utf8();
            } else if rest.starts_with("//") {
                self.at = line_end(self.text, self.at);
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let Some(length) = comment.find("*/") else { return Err(self.at) };
                line |= comment[..length].contains(is_line_end);
                self.at += length + 4;
            } else {
                return Ok(line);
            }
        }
    }

    fn scan(&mut self) -> (Kind, usize) {
        let rest = self.rest();
        let mut characters = rest.chars();
        let first = characters.next().unwrap_or_default();
        let second = characters.next().unwrap_or_default();
        match first {
            '"' | '\'' => self.string(first),
            '`' => self.template(true),
            '}' if self.open.last() == Some(&Open::Template) => {
                self.open.pop();
                self.template(false)
            }
            '0'..='9' => (Kind::Number, number_end(rest)),
            '.' if second.is_ascii_digit() => (Kind::Number, number_end(rest)),
            '#' if is_word_start(second) => (Kind::PrivateName, 1 + word_end(&rest[1..])),
            '/' if self.operand => regexp(rest),
            _ if is_word_start(first) => (Kind::Word, word_end(rest)),
            _ => punctuator(rest, first),
        }
    }

    fn string(&self, quote: char) -> (Kind, usize) {
        let rest = self.rest();
        let mut escaped = false;
        for (at, character) in rest.char_indices().skip(1) {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' | '\r' => return (Kind::Unterminated, at),
                _ if character == quote => return (Kind::String, at + 1),
                _ => {}
            }
        }
        (Kind::Unterminated, rest.len())
    }

    fn template(&mut self, opens: bool) -> (Kind, usize) {
        let rest = self.rest();
        let mut characters = rest.char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => drop(characters.next()),
                '`' => return (Kind::Template { opens, closes: true }, at + 1),
                '$' if characters.peek().is_some_and(|&(_, c)| c == '{') => {
                    self.open.push(Open::Template);
                    return (Kind::Template { opens, closes: false }, at + 2);
                }
                _ => {}
            }
        }
        (Kind::Unterminated, rest.len())
    }

    /// Remembers what the token means for the one after it.
    fn follow(&mut self, kind: Kind, text: &str) {
        let (was_operand, was_statement, was_head) = (self.operand, self.statement, self.head);
        self.head = false;
        self.statement = false;
        match kind {
            Kind::Word => {
                self.operand = PREFIXES.contains(&text);
                self.head = HEADS.contains(&text) || (was_head && text == "await");
                self.statement = matches!(text, "do" | "else" | "finally" | "try");
            }
            Kind::Template { closes, .. } => self.operand = !closes,
            Kind::Punctuator => self.follow_punctuator(text, was_operand, was_statement, was_head),
            Kind::Unknown => {}
            _ => self.operand = false,
        }
    }

    fn follow_punctuator(&mut self, text: &str, operand: bool, statement: bool, head: bool) {
        self.operand = true;
        match text {
            "(" => self.open.push(if head { Open::Head } else { Open::Group }),
            "[" => self.open.push(Open::Group),
            "{" => {
                let object = operand && !statement;
                self.open.push(if object { Open::Object } else { Open::Block });
                self.statement = !object;
            }
            ")" => {
                self.operand = self.open.pop() == Some(Open::Head);
                self.statement = true;
            }
            "]" => {
                self.open.pop();
                self.operand = false;
            }
            "}" => {
                self.operand = self.open.pop() != Some(Open::Object);
                self.statement = self.operand;
            }
            "++" | "--" => self.operand = operand,
            ";" | "=>" => self.statement = true,
            // After `label:` and `case x:`, but not in an object or a conditional.
            ":" => self.statement = self.open.last().is_none_or(|&open| open == Open::Block),
            _ => {}
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let after_line = match self.skip_blanks() {
            Ok(line) => line,
            Err(start) => {
                self.at = self.text.len();
                let kind = Kind::Unterminated;
                return Some(Token { kind, start, end: self.at, after_line: false });
            }
        };
        if self.rest().is_empty() {
            return None;
        }
        let start = self.at;
        let (kind, length) = self.scan();
        self.at = start + length;
        let text = self.text;
        self.follow(kind, &text[start..self.at]);
        Some(Token { kind, start, end: self.at, after_line })
    }
}

fn regexp(rest: &str) -> (Kind, usize) {
    let (mut escaped, mut class) = (false, false);
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if is_line_end(character) => return (Kind::Unterminated, at),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '/' if !class => return (Kind::RegExp, at + 1 + word_end(&rest[at + 1..])),
            _ => {}
        }
    }
    (Kind::Unterminated, rest.len())
}

fn punctuator(rest: &str, first: char) -> (Kind, usize) {
    // `a?.5:b` is a conditional.
    let optional = rest.starts_with("?.") && rest[2..].starts_with(|c: char| c.is_ascii_digit());
    let long = LONG.iter().find(|long| rest.starts_with(**long)).filter(|_| !optional);
    if let Some(long) = long {
        return (Kind::Punctuator, long.len());
    }
    let known = "{}()[].;,<>+-*/%&|^!~?:=".contains(first);
    (if known { Kind::Punctuator } else { Kind::Unknown }, first.len_utf8())
}

/// The length of a number, with everything that sticks to it.
fn number_end(rest: &str) -> usize {
    let mut before = '0';
    let is_hex = rest.starts_with("0x") || rest.starts_with("0X");
    rest.find(|character: char| {
        let sign = matches!(character, '+' | '-') && matches!(before, 'e' | 'E') && !is_hex;
        before = character;
        !(sign || character == '.' || is_word_part(character))
    })
    .unwrap_or(rest.len())
}

fn word_end(rest: &str) -> usize {
    let mut at = 0;
    loop {
        let tail = &rest[at..];
        if let Some(escape) = tail.strip_prefix("\\u{") {
            at += 3 + escape.find('}').map_or(escape.len(), |end| end + 1);
        } else if tail.starts_with("\\u") {
            at += 2;
        } else {
            match tail.chars().next().filter(|&c| is_word_part(c)) {
                Some(character) => at += character.len_utf8(),
                None => return at,
            }
        }
    }
}

fn is_word_start(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '_' | '$' | '\\')
}

/// True for what may stand in an identifier.
pub(crate) fn is_word_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '\u{200c}' | '\u{200d}')
}

/// True for what ends a line of JavaScript.
pub(crate) fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find(is_line_end).map_or(text.len(), |length| from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(Kind, &str)> {
        Lexer::new(text).map(|token| (token.kind, &text[token.start..token.end])).collect()
    }

    fn kinds(text: &str) -> Vec<Kind> {
        Lexer::new(text).map(|token| token.kind).collect()
    }

    #[test]
    fn tokens_of_every_kind() {
        use Kind::{Number, PrivateName, Punctuator, String, Word};
        assert_eq!(
            tokens("let \\u0061b = this.#p?.x >>>= 0x1e+2 + 1e-3 .5 'a\\'b' \"\\\n\""),
            [
                (Word, "let"),
                (Word, "\\u0061b"),
                (Punctuator, "="),
                (Word, "this"),
                (Punctuator, "."),
                (PrivateName, "#p"),
                (Punctuator, "?."),
                (Word, "x"),
                (Punctuator, ">>>="),
                (Number, "0x1e"),
                (Punctuator, "+"),
                (Number, "2"),
                (Punctuator, "+"),
                (Number, "1e-3"),
                (Number, ".5"),
                (String, "'a\\'b'"),
                (String, "\"\\\n\""),
            ]
        );
    }

    #[test]
    fn slashes() {
        let is_regexp = |text: &str| kinds(text).contains(&Kind::RegExp);
        for text in [
            "/a/g",
            "x = /[/]/",
            "f(/a/)",
            "return /a/",
            "if (x) /a/.test(y)",
            "{} /a/",
            "!/a/",
            "a ? /b/ : c",
            "x => /a/",
            "`${/a/}`",
            "typeof /a/",
            "case /a/:",
        ] {
            assert!(is_regexp(text), "{text}");
        }
        for text in [
            "a / b / c",
            "f(x) / 2 / 3",
            "a[0] / 2 / 1",
            "({}) / 1 / 2",
            "x = {} / 1 / 2",
            "i++ / 2 / 1",
            "1 / 2 / 3",
        ] {
            assert!(!is_regexp(text), "{text}");
        }
    }

    #[test]
    fn templates_nest() {
        let part = |opens, closes| Kind::Template { opens, closes };
        assert_eq!(
            tokens("`a${`b${c}`}d`"),
            [
                (part(true, false), "`a${"),
                (part(true, false), "`b${"),
                (Kind::Word, "c"),
                (part(false, true), "}`"),
                (part(false, true), "}d`"),
            ]
        );
        assert_eq!(tokens("`${{}}`").len(), 4);
    }

    #[test]
    fn lines_and_comments() {
        let after: Vec<_> = Lexer::new("#! x\na b // c\n/* d */ e /*\n*/ f")
            .map(|token| token.after_line)
            .collect();
        assert_eq!(after, [true, false, true, true]);
    }

    #[test]
    fn what_has_no_end() {
        for text in ["'abc", "'abc\n", "`abc", "`${a`", "/* abc", "x = /abc", "x = /abc\n1"] {
            assert!(kinds(text).contains(&Kind::Unterminated), "{text}");
        }
        assert_eq!(kinds("@ a"), [Kind::Unknown, Kind::Word]);
    }
}
