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

/// True for the words after which an operand comes.
fn is_prefix(word: &str) -> bool {
    matches!(
        word,
        "await"
            | "case"
            | "delete"
            | "do"
            | "else"
            | "in"
            | "instanceof"
            | "new"
            | "of"
            | "return"
            | "throw"
            | "typeof"
            | "void"
            | "yield"
    )
}

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
        let bytes = self.text.as_bytes();
        let mut line = false;
        loop {
            match (bytes.get(self.at), bytes.get(self.at + 1)) {
                (Some(b' ' | b'\t' | 0x0b | 0x0c), _) => self.at += 1,
                (Some(b'\n' | b'\r'), _) => {
                    line = true;
                    self.at += 1;
                }
                (Some(b'/'), Some(b'/')) => self.at = line_end(self.text, self.at),
                (Some(b'/'), Some(b'*')) => {
                    let comment = &bytes[self.at + 2..];
                    let Some(length) = memchr::memmem::find(comment, b"*/") else {
                        return Err(self.at);
                    };
                    line |= find_line_end(&comment[..length]).is_some();
                    self.at += length + 4;
                }
                (Some(0x80..), _) => {
                    let Some(character) = self.rest().chars().next() else { return Ok(line) };
                    if !character.is_whitespace() && character != '\u{feff}' {
                        return Ok(line);
                    }
                    line |= is_line_end(character);
                    self.at += character.len_utf8();
                }
                _ => return Ok(line),
            }
        }
    }

    fn scan(&mut self) -> (Kind, usize) {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let second = bytes.get(1).copied().unwrap_or_default();
        match bytes[0] {
            quote @ (b'"' | b'\'') => string(bytes, quote),
            b'`' => self.template(true),
            b'}' if self.open.last() == Some(&Open::Template) => {
                self.open.pop();
                self.template(false)
            }
            b'0'..=b'9' => (Kind::Number, number_end(rest)),
            b'.' if second.is_ascii_digit() => (Kind::Number, number_end(rest)),
            b'#' if rest[1..].starts_with(is_word_start) => {
                (Kind::PrivateName, 1 + word_end(&rest[1..]))
            }
            b'/' if self.operand => regexp(rest),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'\\' => (Kind::Word, word_end(rest)),
            0x80.. if rest.starts_with(is_word_start) => (Kind::Word, word_end(rest)),
            _ => punctuator(rest),
        }
    }

    fn template(&mut self, opens: bool) -> (Kind, usize) {
        let bytes = self.rest().as_bytes();
        let mut at = 1;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 2,
                b'`' => return (Kind::Template { opens, closes: true }, at + 1),
                b'$' if bytes.get(at + 1) == Some(&b'{') => {
                    self.open.push(Open::Template);
                    return (Kind::Template { opens, closes: false }, at + 2);
                }
                _ => at += 1,
            }
        }
        (Kind::Unterminated, bytes.len())
    }

    /// Remembers what the token means for the one after it.
    fn follow(&mut self, kind: Kind, text: &str) {
        let (was_operand, was_statement, was_head) = (self.operand, self.statement, self.head);
        self.head = false;
        self.statement = false;
        match kind {
            Kind::Word => {
                self.operand = is_prefix(text);
                // After the parentheses that follow these words comes a statement.
                self.head = matches!(text, "for" | "if" | "while" | "with")
                    || (was_head && text == "await");
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

fn string(bytes: &[u8], quote: u8) -> (Kind, usize) {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes[at..].starts_with(b"\\\r\n") => at += 3,
            b'\\' => at += 2,
            b'\n' | b'\r' => return (Kind::Unterminated, at),
            _ if byte == quote => return (Kind::String, at + 1),
            _ => at += 1,
        }
    }
    (Kind::Unterminated, bytes.len())
}

fn regexp(rest: &str) -> (Kind, usize) {
    let bytes = rest.as_bytes();
    let stop = find_line_end(bytes).unwrap_or(bytes.len());
    let (mut at, mut class) = (1, false);
    while at < stop {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => class = true,
            b']' => class = false,
            b'/' if !class => return (Kind::RegExp, at + 1 + word_end(&rest[at + 1..])),
            _ => {}
        }
        at += 1;
    }
    (Kind::Unterminated, stop)
}

fn punctuator(rest: &str) -> (Kind, usize) {
    let length = match rest.as_bytes() {
        [b'>', b'>', b'>', b'=', ..] => 4,
        [b'.', b'.', b'.', ..]
        | [b'=' | b'!', b'=', b'=', ..]
        | [b'*', b'*', b'=', ..]
        | [b'<', b'<', b'=', ..]
        | [b'>', b'>', b'=' | b'>', ..]
        | [b'&', b'&', b'=', ..]
        | [b'|', b'|', b'=', ..]
        | [b'?', b'?', b'=', ..] => 3,
        // `a?.5:b` is a conditional.
        [b'?', b'.', b'0'..=b'9', ..] => 1,
        [b'=', b'>' | b'=', ..]
        | [b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^', b'=', ..]
        | [b'&', b'&', ..]
        | [b'|', b'|', ..]
        | [b'?', b'?' | b'.', ..]
        | [b'+', b'+', ..]
        | [b'-', b'-', ..]
        | [b'<', b'<', ..]
        | [b'>', b'>', ..]
        | [b'*', b'*', ..] => 2,
        [byte, ..] if b"{}()[].;,<>+-*/%&|^!~?:=".contains(byte) => 1,
        _ => return (Kind::Unknown, rest.chars().next().map_or(1, char::len_utf8)),
    };
    (Kind::Punctuator, length)
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
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' => at += 1,
            b'\\' if bytes[at..].starts_with(b"\\u{") => {
                let inner = &bytes[at + 3..];
                at += 3 + memchr::memchr(b'}', inner).map_or(inner.len(), |end| end + 1);
            }
            b'\\' if bytes.get(at + 1) == Some(&b'u') => at += 2,
            0x80.. => match rest[at..].chars().next().filter(|&c| is_word_part(c)) {
                Some(character) => at += character.len_utf8(),
                None => break,
            },
            _ => break,
        }
    }
    at
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
    find_line_end(&text.as_bytes()[from..]).map_or(text.len(), |length| from + length)
}

/// Where the first line of these bytes, which are UTF-8, ends.
fn find_line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr3_iter(b'\n', b'\r', 0xe2, bytes).find(|&at| {
        bytes[at] != 0xe2 || matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9]))
    })
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
