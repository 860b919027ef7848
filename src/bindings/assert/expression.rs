//! The expression that `assert.ok` was called in, from the line of the source that has it.

/// The call at `column` (from 0, in characters) of a line, with the object it is called on; `None`
/// where the line says too little.
pub(super) fn call_at(line: &str, column: usize) -> Option<String> {
    let characters: Vec<char> = line.chars().collect();
    let mut object = None;
    let mut last_name = None;
    let mut depth = 0_i32;
    let mut end = characters.len();
    for token in Tokens::new(&characters) {
        if token.start < column {
            match token.kind {
                Kind::Semicolon => {
                    object = None;
                    continue;
                }
                kind if kind.accesses_member() && last_name.is_some() => {
                    object = object.or(last_name);
                }
                kind if kind.accesses_member() || kind.names_member() => {}
                _ => object = None,
            }
            last_name = (token.kind == Kind::Name).then_some(token.start);
            continue;
        }
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => {
                depth -= 1;
                if depth == 0 {
                    end = token.start + 1;
                    break;
                }
            }
            // A statement within the call: where the call ends cannot be told from here.
            Kind::Semicolon => return None,
            _ => {}
        }
    }
    let start = object.unwrap_or(column).min(end);
    let text: String = characters[start..end].iter().map(|&c| visible(c)).collect();
    (!text.is_empty()).then_some(text)
}

/// Control characters as escapes; line feeds and tabs as they are.
fn visible(c: char) -> String {
    match c {
        '\n' | '\t' | '\r' => c.to_string(),
        '\u{8}' => "\\b".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        c if u32::from(c) < 0x20 => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Name,
    String,
    Number,
    /// `.` and `?.`.
    Dot,
    OpenBracket,
    CloseBracket,
    Open,
    Close,
    Semicolon,
    /// Keywords, operators, regular expressions, parts of templates.
    Other,
}

impl Kind {
    fn accesses_member(self) -> bool {
        matches!(self, Self::Dot | Self::OpenBracket | Self::CloseBracket)
    }

    fn names_member(self) -> bool {
        matches!(self, Self::Name | Self::String | Self::Number)
    }
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    start: usize,
}

/// The words that a regular expression may follow, though they look like names.
const KEYWORDS: &[&str] = &[
    "await",
    "case",
    "const",
    "delete",
    "do",
    "else",
    "false",
    "for",
    "function",
    "if",
    "in",
    "instanceof",
    "let",
    "new",
    "null",
    "of",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "typeof",
    "var",
    "void",
    "while",
    "yield",
];

/// The tokens of a line, which need not be whole.
struct Tokens<'a> {
    text: &'a [char],
    at: usize,
    /// Whether `/` would begin a regular expression.
    expects_operand: bool,
    /// For each template literal that is open, the braces open within its substitution.
    templates: Vec<usize>,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a [char]) -> Self {
        Self { text, at: 0, expects_operand: true, templates: Vec::new() }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, is_part: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&is_part) {
            self.at += 1;
        }
    }

    /// Skips to behind the character `end`, over escaped ones.
    fn skip_past(&mut self, end: char) {
        while let Some(c) = self.peek(0) {
            self.at += if c == '\\' { 2 } else { 1 };
            if c == end {
                return;
            }
        }
    }

    fn skip_blanks(&mut self) {
        loop {
            self.skip_while(char::is_whitespace);
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('/')) => self.at = self.text.len(),
                (Some('/'), Some('*')) => {
                    self.at += 2;
                    while self.at < self.text.len()
                        && (self.peek(0), self.peek(1)) != (Some('*'), Some('/'))
                    {
                        self.at += 1;
                    }
                    self.at += 2;
                }
                _ => return,
            }
        }
    }

    fn word(&mut self) -> Kind {
        let start = self.at;
        self.skip_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '#'));
        let word: String = self.text[start..self.at].iter().collect();
        let is_keyword = KEYWORDS.contains(&word.as_str());
        self.expects_operand = is_keyword;
        if is_keyword { Kind::Other } else { Kind::Name }
    }

    fn regular_expression(&mut self) {
        let mut in_class = false;
        while let Some(c) = self.peek(0) {
            self.at += if c == '\\' { 2 } else { 1 };
            match c {
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => break,
                _ => {}
            }
        }
        self.skip_while(char::is_alphabetic);
    }

    /// Text of a template up to its end or to a substitution.
    fn template(&mut self) {
        while let Some(c) = self.peek(0) {
            if c == '`' {
                self.at += 1;
                self.expects_operand = false;
                return;
            }
            if c == '$' && self.peek(1) == Some('{') {
                self.at += 2;
                self.templates.push(0);
                self.expects_operand = true;
                return;
            }
            self.at += if c == '\\' { 2 } else { 1 };
        }
    }

    fn brace(&mut self, c: char) -> Kind {
        self.at += 1;
        self.expects_operand = true;
        let Some(open) = self.templates.last_mut() else { return Kind::Other };
        match (c, *open) {
            ('{', _) => *open += 1,
            (_, 0) => {
                self.templates.pop();
                self.template();
            }
            _ => *open -= 1,
        }
        Kind::Other
    }

    fn punctuation(&mut self, c: char) -> Kind {
        self.at += 1;
        let kind = match c {
            '.' => Kind::Dot,
            '?' if self.peek(0) == Some('.')
                && !self.peek(1).is_some_and(|c| c.is_ascii_digit()) =>
            {
                self.at += 1;
                Kind::Dot
            }
            '[' => Kind::OpenBracket,
            ']' => Kind::CloseBracket,
            '(' => Kind::Open,
            ')' => Kind::Close,
            ';' => Kind::Semicolon,
            _ => Kind::Other,
        };
        self.expects_operand = !matches!(kind, Kind::CloseBracket | Kind::Close);
        kind
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_blanks();
        let (start, c) = (self.at, self.peek(0)?);
        let kind = match c {
            '\'' | '"' => {
                self.at += 1;
                self.skip_past(c);
                self.expects_operand = false;
                Kind::String
            }
            '`' => {
                self.at += 1;
                self.template();
                Kind::Other
            }
            '{' | '}' => self.brace(c),
            c if c.is_ascii_digit() => {
                self.skip_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
                self.expects_operand = false;
                Kind::Number
            }
            c if c.is_alphabetic() || matches!(c, '_' | '$' | '#') => self.word(),
            '/' if self.expects_operand => {
                self.at += 1;
                self.regular_expression();
                self.expects_operand = false;
                Kind::Other
            }
            c => self.punctuation(c),
        };
        Some(Token { kind, start })
    }
}

#[cfg(test)]
mod tests {
    use super::call_at;

    /// The call at the caret of the second line.
    fn call(line: &str, caret: &str) -> Option<String> {
        call_at(line, caret.find('^').unwrap_or_default())
    }

    #[test]
    fn a_call_ends_with_its_parenthesis() {
        let text = call("(assert.ok(f(0)), assert.ok(1))", "        ^");
        assert_eq!(text.as_deref(), Some("assert.ok(f(0))"));
    }

    #[test]
    fn parentheses_in_texts_do_not_count() {
        let line = r"assert.ok(a === ')' || /[/)]/.test(`${x[')']})`)); more()";
        let text = call(line, "       ^");
        assert_eq!(text.as_deref(), Some(r"assert.ok(a === ')' || /[/)]/.test(`${x[')']})`))"));
    }

    #[test]
    fn the_object_is_shown_however_its_member_is_named() {
        assert_eq!(call("x; a['ok'](0)", "          ^").as_deref(), Some("a['ok'](0)"));
        assert_eq!(call("a?.ok(0)", "   ^").as_deref(), Some("a?.ok(0)"));
        assert_eq!(call("assert(0)", "^").as_deref(), Some("assert(0)"));
    }

    #[test]
    fn a_call_that_goes_on_in_the_next_line_is_shown_so_far() {
        assert_eq!(call("  assert.ok(", "         ^").as_deref(), Some("assert.ok("));
    }

    #[test]
    fn a_statement_within_a_call_says_nothing() {
        assert_eq!(call("assert(() => { return 0; })", "^"), None);
    }
}
