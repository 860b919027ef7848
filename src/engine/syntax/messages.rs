//! V8's words for the engine's.

use super::{
    Fault,
    explain::Refused,
    lexer::{Kind, Token},
};

/// Words that are never identifiers.
const RESERVED: &[&str] = &[
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "new",
    "null",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
];

/// True for words that are never identifiers.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// What V8 says of what is no token at all.
pub(crate) const INVALID_TOKEN: &str = "Invalid or unexpected token";

/// What V8 says of a token that cannot stand where it stands.
pub(super) fn unexpected(kind: Kind, word: &str) -> String {
    match kind {
        Kind::Number => "Unexpected number".into(),
        Kind::String => "Unexpected string".into(),
        Kind::Template { .. } => "Unexpected template string".into(),
        Kind::Unterminated | Kind::Unknown => INVALID_TOKEN.into(),
        Kind::Word if word == "enum" => "Unexpected reserved word".into(),
        Kind::Word if !RESERVED.contains(&word) => format!("Unexpected identifier '{word}'"),
        Kind::PrivateName => {
            format!("Private field '{word}' must be declared in an enclosing class")
        }
        _ => format!("Unexpected token '{word}'"),
    }
}

/// What V8 says where the parser's context tells more than the token does.
pub(super) fn of_context(context: &str) -> Option<&'static str> {
    match context {
        "more than one switch default" => Some("More than one default clause in switch statement"),
        "strict reserved word cannot be an identifier" => {
            Some("Unexpected strict mode reserved word")
        }
        _ => None,
    }
}

/// The parser's words, V8's, and the token that V8 points at.
const WORDED: &[(&str, &str, Point)] = &[
    (
        "Expected initializer for const declaration",
        "Missing initializer in const declaration",
        Point::Previous,
    ),
    (
        "a class may only have one constructor",
        "A class may only have one constructor",
        Point::There,
    ),
    (
        "with statement not allowed in strict mode",
        "Strict mode code may not include a with statement",
        Point::There,
    ),
    (
        "'let' is disallowed as a lexically bound name",
        "let is disallowed as a lexically bound name",
        Point::There,
    ),
    ("Abrupt end: Expecting private identifier", INVALID_TOKEN, Point::There),
    ("illegal break statement", "Illegal break statement", Point::Only("break")),
    (
        "illegal continue statement",
        "Illegal continue statement: no surrounding iteration statement",
        Point::Only("continue"),
    ),
    ("invalid super usage", "'super' keyword unexpected here", Point::Only("super")),
    ("invalid super call usage", "'super' keyword unexpected here", Point::Only("super")),
    (
        "cannot delete variables in strict mode",
        "Delete of an unqualified identifier in strict mode.",
        Point::After,
    ),
    ("invalid variable for iterable loop", "Invalid left-hand side in for-loop", Point::There),
    (
        "a numeric literal must not be followed by an alphanumeric, $ or _ characters",
        INVALID_TOKEN,
        Point::UpTo,
    ),
    ("'n' suffix not allowed in octal representation", INVALID_TOKEN, Point::UpTo),
    (
        "underscores are not allowed at the end of numeric literals",
        "Numeric separators are not allowed at the end of numeric literals",
        Point::Around,
    ),
    (
        "only one underscore is allowed as numeric separator",
        "Only one underscore is allowed as numeric separator",
        Point::Around,
    ),
    (
        "implicit octal literals are not allowed in strict mode",
        "Octal literals are not allowed in strict mode.",
        Point::There,
    ),
    (
        "leading 0's are not allowed in strict mode",
        "Decimals with leading zeros are not allowed in strict mode.",
        Point::There,
    ),
    (
        "octal escape sequences are not allowed in strict mode",
        "Octal escape sequences are not allowed in strict mode.",
        Point::Around,
    ),
    (
        "legacy octal escape sequences are not allowed in strict mode",
        "Octal escape sequences are not allowed in strict mode.",
        Point::Around,
    ),
    (
        "octal escape sequences are not allowed in template literal",
        "Octal escape sequences are not allowed in template strings",
        Point::Around,
    ),
    (
        "new lines are not allowed in regular expressions",
        "Invalid regular expression: missing /",
        Point::Open,
    ),
    ("abrupt end on regular expression", "Invalid regular expression: missing /", Point::Open),
    ("unterminated multiline comment", INVALID_TOKEN, Point::Open),
    ("invalid Unicode escape sequence", "Invalid Unicode escape sequence", Point::Around),
    (
        "malformed Unicode character escape sequence",
        "Invalid Unicode escape sequence",
        Point::Around,
    ),
    ("invalid Hexadecimal escape sequence", "Invalid hexadecimal escape sequence", Point::Around),
    (
        "Unicode codepoint must not be greater than 0x10FFFF in escape sequence",
        "Undefined Unicode code-point",
        Point::Around,
    ),
    (
        "rest parameter must be the last formal parameter",
        "Rest parameter must be last formal parameter",
        Point::There,
    ),
    (
        "rest parameter must be last formal parameter",
        "Rest parameter must be last formal parameter",
        Point::There,
    ),
    (
        "Illegal 'use strict' directive in function with non-simple parameter list",
        "Illegal 'use strict' directive in function with non-simple parameter list",
        Point::Nowhere,
    ),
    (
        "Duplicate parameter name not allowed in this context",
        "Duplicate parameter name not allowed in this context",
        Point::Nowhere,
    ),
    (
        "invalid `import.meta` expression outside a module",
        "Cannot use 'import.meta' outside a module",
        Point::There,
    ),
    ("invalid new.target usage", "new.target expression is not allowed here", Point::Nowhere),
    ("Expecting Token '.' as part of spread", "Unexpected token '.'", Point::Before),
    (
        "private identifier has already been declared",
        "Private identifier has already been declared",
        Point::There,
    ),
    (
        "unexpected identifier 'eval' or 'arguments' in strict mode",
        "Unexpected eval or arguments in strict mode",
        Point::There,
    ),
    (
        "class may not have static method definitions named 'prototype'",
        "Classes may not have a static property named 'prototype'",
        Point::There,
    ),
    (
        "class constructor may not be a private method",
        "Classes may not have a private field named '#constructor'",
        Point::There,
    ),
    (
        "class may not have field definitions named 'constructor'",
        "Classes may not have a field named 'constructor'",
        Point::There,
    ),
    (
        "class constructor may not be a generator method",
        "Class constructor may not be a generator",
        Point::There,
    ),
    (
        "class constructor may not be an async method",
        "Class constructor may not be an async method",
        Point::There,
    ),
    (
        "class constructor may not be a getter method",
        "Class constructor may not be an accessor",
        Point::There,
    ),
    (
        "class constructor may not be a setter method",
        "Class constructor may not be an accessor",
        Point::There,
    ),
];

/// Which token V8 points at.
#[derive(Clone, Copy)]
enum Point {
    /// The one at the parser's position.
    There,
    /// The one that the parser's position is in, or just behind.
    Around,
    /// The character before the parser's position.
    Before,
    /// The one without end.
    Open,
    /// This word, if it stands in the text only once: the parser's position is not where it is.
    Only(&'static str),
    /// The one before the parser's position.
    Previous,
    /// The one after the one at the parser's position.
    After,
    /// What there is of a number before the parser's position.
    UpTo,
    /// None: the parser's position is not where V8's is.
    Nowhere,
}

/// True where line 1, column 1 may be a position and not the want of one.
pub(super) fn is_placed(message: &str) -> bool {
    !matches!(message, "illegal break statement" | "illegal continue statement")
        && !message.starts_with("duplicate label")
        && message != "invalid private identifier usage"
}

/// V8's words for the parser's.
pub(super) fn worded(message: &str, place: Option<usize>, text: &Refused<'_>) -> Fault {
    if let Some(fault) = particular(message, place, text) {
        return fault;
    }
    match WORDED.iter().find(|(words, ..)| *words == message) {
        Some((_, ours, point)) => {
            Fault { message: (*ours).to_owned(), span: pointed(*point, place, text) }
        }
        None => Fault { message: message.to_owned(), span: pointed(Point::There, place, text) },
    }
}

fn pointed(point: Point, place: Option<usize>, text: &Refused<'_>) -> Option<(usize, usize)> {
    let token = match point {
        Point::There => text.token_at(place?),
        Point::Around => {
            text.tokens().iter().rfind(|token| token.start <= place.unwrap_or(0)).copied()
        }
        Point::Before => {
            let before = place?.checked_sub(1)?;
            return Some((before, before + 1));
        }
        Point::Previous => text.token_before(place?),
        Point::After => text.token_at(text.token_at(place?)?.end),
        Point::UpTo => {
            let token = text.tokens().iter().rfind(|token| token.start < place.unwrap_or(0))?;
            return Some((token.start, place?.min(token.end)));
        }
        Point::Open => {
            let mut tokens = text.tokens().iter();
            let start = tokens.find(|token| token.kind == Kind::Unterminated)?.start;
            return Some((start, start + 1));
        }
        Point::Only(word) => only(word, text),
        Point::Nowhere => None,
    };
    token.map(|token| text.first_line_of(token))
}

/// The one token of this text.
fn only(word: &str, text: &Refused<'_>) -> Option<Token> {
    let mut found = text.tokens().iter().filter(|token| text.word(**token) == word);
    let first = found.next().copied();
    first.filter(|_| found.next().is_none())
}

/// Words that name something, or whose meaning the text decides.
fn particular(message: &str, place: Option<usize>, text: &Refused<'_>) -> Option<Fault> {
    let fault = |message: String, token: Option<Token>| {
        Some(Fault { message, span: token.map(|token| text.first_line_of(token)) })
    };
    if message.starts_with("unexpected '") {
        let there = place.and_then(|place| text.token_at(place));
        return fault(INVALID_TOKEN.into(), there);
    }
    if let Some(name) = message.strip_prefix("could not find the exported binding `")
        && let Some((name, _)) = name.split_once('`')
    {
        // The last place where it stands alone: what is exported is mostly listed at the end.
        let named = |token: &&Token| text.word(**token) == name;
        let token = text.tokens().iter().rfind(named).copied();
        return fault(format!("Export '{name}' is not defined in module"), token);
    }
    if message == "Invalid left-hand side in assignment" {
        return Some(left_hand_side(place, text));
    }
    if message == "Expected initializer for const declaration"
        && let Some(before) = place.and_then(|place| text.token_before(place))
        && matches!(text.word(before), "}" | "]")
    {
        return fault("Missing initializer in destructuring declaration".into(), Some(before));
    }
    if let Some(label) = message.strip_prefix("duplicate label: ") {
        let mut same = text.tokens().iter().filter(|token| text.word(**token) == label);
        let second = same.nth(1).copied().filter(|_| same.next().is_none());
        return fault(format!("Label '{label}' has already been declared"), second);
    }
    if message == "invalid private identifier usage" {
        let mut names = text.tokens().iter().filter(|token| token.kind == Kind::PrivateName);
        let name = names.next().copied().filter(|_| names.next().is_none())?;
        let message =
            format!("Private field '{}' must be declared in an enclosing class", text.word(name));
        return fault(message, Some(name));
    }
    if let Some(name) = declared_twice(message) {
        let there = place.and_then(|place| text.token_at(place));
        return fault(format!("Identifier '{name}' has already been declared"), there);
    }
    if let Some(reason) = message.strip_prefix("Invalid regular expression literal: ") {
        let there = place.and_then(|place| text.token_at(place));
        let pattern = there.map(|token| text.word(token)).unwrap_or_default();
        let reason = regexp_reason(reason, pattern);
        return fault(format!("Invalid regular expression: {pattern}: {reason}"), there);
    }
    None
}

fn declared_twice(message: &str) -> Option<&str> {
    message.strip_prefix("lexical name `")?.strip_suffix("` declared multiple times")
}

/// Names that strict code cannot assign to.
fn is_restricted(word: &str) -> bool {
    matches!(word, "eval" | "arguments")
}

/// What cannot be assigned to: V8 points at it, the parser at the operator.
fn left_hand_side(place: Option<usize>, text: &Refused<'_>) -> Fault {
    let operator = place.and_then(|place| text.token_at(place));
    let word = operator.map(|token| text.word(token)).unwrap_or_default();
    let is_update = matches!(word, "++" | "--");
    let before = operator.and_then(|token| text.token_before(token.start));
    let is_postfix = before.is_some_and(|before| {
        matches!(before.kind, Kind::Word | Kind::Number | Kind::String)
            || matches!(text.word(before), ")" | "]")
    });
    let (message, token) = match (is_update, is_postfix) {
        (true, false) => (
            "Invalid left-hand side expression in prefix operation",
            operator.and_then(|operator| text.token_at(operator.end)),
        ),
        (true, true) => ("Invalid left-hand side expression in postfix operation", before),
        (false, _) if before.is_some_and(|token| is_restricted(text.word(token))) => {
            ("Unexpected eval or arguments in strict mode", before)
        }
        (false, _) => ("Invalid left-hand side in assignment", before),
    };
    Fault { message: message.to_owned(), span: token.map(|token| text.first_line_of(token)) }
}

/// V8's reason where the pattern leaves no doubt, else the engine's.
fn regexp_reason<'a>(reason: &'a str, pattern: &str) -> &'a str {
    match reason {
        "Unbalanced parenthesis" if pattern.matches('(').count() > pattern.matches(')').count() => {
            "Unterminated group"
        }
        "Unbalanced parenthesis" => "Unmatched ')'",
        "Unbalanced bracket" => "Unterminated character class",
        reason => reason,
    }
}
