//! From the parser's error to what V8 would say.

use boa_engine::{
    Source,
    ast::{Position, Span, scope::Scope},
    interner::Interner,
    parser::{Error as ParseError, Parser, lexer::Error as LexError},
};

use super::{
    Fault,
    lexer::{Kind, Lexer, Token},
    messages,
    nesting::is_too_deep,
};
use crate::engine::sources::SourceText;

/// What a text was to be parsed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// A script of its own.
    Script,
    /// The body of a function: a CommonJS module.
    Body,
    /// An ES module.
    Module,
}

/// What is wrong with a text; `None` if nothing is.
pub(crate) fn explain(text: &str, goal: Goal) -> Option<Fault> {
    if is_too_deep(text) {
        return Some(Fault { message: "Maximum call stack size exceeded".into(), span: None });
    }
    match goal {
        Goal::Script | Goal::Module => parsed(text, "", "", goal),
        // A `}` too many would end the function that the parser is given.
        Goal::Body => stray_brace(text).or_else(|| parsed(text, "(function(){", "\n})", goal)),
    }
}

/// Parses a text between two of ours.
fn parsed(text: &str, before: &str, after: &str, goal: Goal) -> Option<Fault> {
    let whole = format!("{before}{text}{after}");
    let mut parser = Parser::new(Source::from_bytes(&whole));
    let (scope, interner) = (Scope::new_global(), &mut Interner::new());
    let error = match goal {
        Goal::Module => parser.parse_module(&scope, interner).err()?,
        _ => parser.parse_script(&scope, interner).err()?,
    };
    let tokens = Lexer::new(text).collect();
    Some(
        Refused { source: SourceText::new(whole, 0), shift: before.len(), text, tokens }
            .fault(&error),
    )
}

/// The first `}` that nothing opened.
pub(crate) fn stray_brace(text: &str) -> Option<Fault> {
    let mut depth = 0_usize;
    for token in Lexer::new(text) {
        match &text[token.start..token.end] {
            "{" => depth += 1,
            "}" if depth == 0 => {
                let message = messages::unexpected(token.kind, "}");
                return Some(Fault { message, span: Some((token.start, token.end)) });
            }
            "}" => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a text is names with commas between them, or nothing.
pub(crate) fn is_list_of_names(text: &str) -> bool {
    let mut is_name_next = true;
    for token in Lexer::new(text) {
        let is_right = if is_name_next {
            token.kind == Kind::Word
        } else {
            &text[token.start..token.end] == ","
        };
        if !is_right {
            return false;
        }
        is_name_next = !is_name_next;
    }
    !is_name_next || text.trim().is_empty()
}

/// A text that the parser refused, with its tokens.
pub(super) struct Refused<'a> {
    /// What the parser was given, for its positions.
    source: SourceText,
    /// Where the text begins in it.
    shift: usize,
    text: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Refused<'a> {
    fn fault(&self, error: &ParseError) -> Fault {
        match error {
            ParseError::Expected { expected, span, context, .. } => {
                self.at_token(expected, context, *span)
            }
            ParseError::Unexpected { message, span, .. } => self.at_token(&[], message, *span),
            ParseError::AbruptEnd => self.end(),
            ParseError::General { message, position } => self.worded(message, Some(*position)),
            ParseError::Lex { err: LexError::Syntax(message, position) } => {
                self.worded(message, Some(*position))
            }
            ParseError::Lex { err: LexError::IO(_) } => self.unterminated(),
            ParseError::ScopeAnalysis { err } => self.worded(err, None),
        }
    }

    /// The parser met a token that it could not use.
    fn at_token(&self, expected: &[String], context: &str, span: Span) -> Fault {
        let index = self.index_at(span.start());
        let before = index.unwrap_or(self.tokens.len()).checked_sub(1);
        if let Some(before) = before.map(|index| self.tokens[index])
            && let Some(fault) = self.told_by_context(expected, context, before)
        {
            return fault;
        }
        let Some(index) = index else { return self.end() };
        let token = self.tokens[index];
        let message = messages::of_context(context)
            .map_or_else(|| messages::unexpected(token.kind, self.word(token)), str::to_owned);
        Fault { message, span: Some(self.first_line_of(token)) }
    }

    /// Errors that V8 sees at the token before the one that the parser stopped at.
    fn told_by_context(&self, expected: &[String], context: &str, before: Token) -> Option<Fault> {
        let fault = |message: &str, token: Token| {
            Some(Fault { message: message.to_owned(), span: Some((token.start, token.end)) })
        };
        let word = self.word(before);
        match context {
            "argument list" if expected.iter().any(|token| token == ")") => {
                fault("missing ) after argument list", before)
            }
            "try statement" => fault("Missing catch or finally after try", before),
            "throw statement" if word == "throw" => fault("Illegal newline after throw", before),
            "function declaration" if word == "function" => {
                fault("Function statements require a function name", before)
            }
            "import.meta" if word == "import" => {
                fault("Cannot use import statement outside a module", before)
            }
            "expression statement" if word == "await" => fault(
                "await is only valid in async functions and the top level bodies of modules",
                before,
            ),
            _ => None,
        }
    }

    /// The parser or its lexer said in words of its own what is wrong.
    fn worded(&self, message: &str, position: Option<Position>) -> Fault {
        let place = position
            // The parser's way to say that it does not know.
            .filter(|&position| position != Position::new(1, 1) || messages::is_placed(message))
            .and_then(|position| self.offset(position));
        messages::worded(message, place, self)
    }

    /// A string, template, comment or regular expression has no end.
    fn unterminated(&self) -> Fault {
        let token = self.tokens.iter().find(|token| token.kind == Kind::Unterminated);
        match token {
            Some(token) if !self.word(*token).starts_with(['`', '}']) => Fault {
                message: messages::INVALID_TOKEN.into(),
                span: Some(self.first_line_of(*token)),
            },
            _ => self.end(),
        }
    }

    pub(super) fn end(&self) -> Fault {
        let end = self.text.len();
        Fault { message: "Unexpected end of input".into(), span: Some((end, end)) }
    }

    pub(super) fn word(&self, token: Token) -> &'a str {
        &self.text[token.start..token.end]
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The token at or around a byte.
    pub(super) fn token_at(&self, offset: usize) -> Option<Token> {
        let index = self.tokens.partition_point(|token| token.end <= offset);
        self.tokens.get(index).copied()
    }

    /// The last token that ends at or before a byte.
    pub(super) fn token_before(&self, offset: usize) -> Option<Token> {
        let index = self.tokens.partition_point(|token| token.end <= offset);
        self.tokens.get(index.checked_sub(1)?).copied()
    }

    fn index_at(&self, position: Position) -> Option<usize> {
        let offset = self.offset(position)?;
        let index = self.tokens.partition_point(|token| token.end <= offset);
        (index < self.tokens.len()).then_some(index)
    }

    fn offset(&self, position: Position) -> Option<usize> {
        let offset = self.source.offset(position.line_number(), position.column_number())?;
        offset.checked_sub(self.shift)
    }

    /// The token's bytes, those on its first line.
    pub(super) fn first_line_of(&self, token: Token) -> (usize, usize) {
        let first = self.word(token).lines().next().unwrap_or_default();
        (token.start, token.start + first.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message and the text that it is about.
    fn fault(text: &str) -> (String, Option<String>) {
        let fault = explain(text, Goal::Body).expect("the text is wrong");
        (fault.message, fault.span.map(|(start, end)| text[start..end].to_owned()))
    }

    fn check(text: &str, message: &str, token: &str) {
        assert_eq!(fault(text), (message.to_owned(), Some(token.to_owned())), "{text}");
    }

    #[test]
    fn right_texts_have_no_fault() {
        assert_eq!(explain("return 1", Goal::Body), None);
        assert!(explain("return 1", Goal::Script).is_some());
    }

    #[test]
    fn unexpected_tokens() {
        check("let b = ;", "Unexpected token ';'", ";");
        check(")", "Unexpected token ')'", ")");
        check("a ?? b || c", "Unexpected token '||'", "||");
        check("foo bar", "Unexpected identifier 'bar'", "bar");
        check("return 1 22", "Unexpected number", "22");
        check("'a' 'bc'", "Unexpected string", "'bc'");
        check("x = {a:1,,}", "Unexpected token ','", ",");
        check("var if = 1", "Unexpected token 'if'", "if");
        check("...a", "Unexpected token '...'", "...");
        check("enum", "Unexpected reserved word", "enum");
        check("(class A { foo bar })", "Unexpected identifier 'bar'", "bar");
        check("foo()\n}", "Unexpected token '}'", "}");
    }

    #[test]
    fn ends_of_input() {
        for text in ["let x = {", "if (1) {", "a ? b", "`abc", "class", "x => x =>", "for (;;"] {
            check(text, "Unexpected end of input", "");
        }
    }

    #[test]
    fn words_of_their_own() {
        check("foo(1 2)", "missing ) after argument list", "1");
        check("f(a, bc d)", "missing ) after argument list", "bc");
        check("foo(1", "missing ) after argument list", "1");
        check("const c;", "Missing initializer in const declaration", "c");
        check("const {a};", "Missing initializer in destructuring declaration", "}");
        check("try {}", "Missing catch or finally after try", "}");
        check("'use strict'; eval = 1", "Unexpected eval or arguments in strict mode", "eval");
        check("'use strict'; delete x", "Delete of an unqualified identifier in strict mode.", "x");
        check("/abc", "Invalid regular expression: missing /", "/");
        check("try {}\nx", "Missing catch or finally after try", "}");
        check("throw\n1", "Illegal newline after throw", "throw");
        check("function (a) {}", "Function statements require a function name", "function");
        check("1 = 2", "Invalid left-hand side in assignment", "1");
        check("++1", "Invalid left-hand side expression in prefix operation", "1");
        check("let s = 'abc\n1", "Invalid or unexpected token", "'abc");
        check("var 1a = 2;", "Invalid or unexpected token", "1");
        check("a @ b", "Invalid or unexpected token", "@");
        check("import x from 'y'", "Cannot use import statement outside a module", "import");
        check(
            "await f()",
            "await is only valid in async functions and the top level bodies of modules",
            "await",
        );
        check(
            "switch (1) { default: default: }",
            "More than one default clause in switch statement",
            "default",
        );
        check(
            "'use strict'; with (a) {}",
            "Strict mode code may not include a with statement",
            "with",
        );
        check("x = /(/", "Invalid regular expression: /(/: Unterminated group", "/(/");
    }

    #[test]
    fn positions_that_the_parser_lost() {
        check("if (1) break", "Illegal break statement", "break");
        assert_eq!(fault("break; break"), ("Illegal break statement".into(), None));
        check("l: l: 1", "Label 'l' has already been declared", "l");
        check("f(); a.#b", "Private field '#b' must be declared in an enclosing class", "#b");
    }
}
