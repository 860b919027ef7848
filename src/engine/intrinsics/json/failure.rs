//! Why a text is no JSON, in V8's words.

use boa_engine::{JsError, JsNativeError};

/// What is wrong, and at which unit of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) reason: Reason,
    pub(super) at: usize,
}

/// The ways in which a text can fail to be JSON, as V8 tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    BadControlCharacter,
    BadEscape,
    BadUnicodeEscape,
    ExpectedColon,
    ExpectedCommaOrBrace,
    ExpectedCommaOrBracket,
    ExpectedKey,
    ExpectedKeyOrBrace,
    MissingExponent,
    MissingNumber,
    TrailingText,
    UnexpectedEnd,
    UnexpectedNumber,
    UnexpectedString,
    UnexpectedToken,
    UnterminatedFraction,
    UnterminatedString,
}

impl Reason {
    /// The part of the message before ` in JSON at position`.
    const fn words(self) -> &'static str {
        match self {
            Self::BadControlCharacter => "Bad control character in string literal in JSON",
            Self::BadEscape => "Bad escaped character in JSON",
            Self::BadUnicodeEscape => "Bad Unicode escape in JSON",
            Self::ExpectedColon => "Expected ':' after property name in JSON",
            Self::ExpectedCommaOrBrace => "Expected ',' or '}' after property value in JSON",
            Self::ExpectedCommaOrBracket => "Expected ',' or ']' after array element in JSON",
            Self::ExpectedKey => "Expected double-quoted property name in JSON",
            Self::ExpectedKeyOrBrace => "Expected property name or '}' in JSON",
            Self::MissingExponent => "Exponent part is missing a number in JSON",
            Self::MissingNumber => "No number after minus sign in JSON",
            Self::TrailingText => "Unexpected non-whitespace character after JSON",
            Self::UnexpectedEnd => "Unexpected end of JSON input",
            Self::UnexpectedNumber => "Unexpected number in JSON",
            Self::UnexpectedString => "Unexpected string in JSON",
            Self::UnexpectedToken => "Unexpected token",
            Self::UnterminatedFraction => "Unterminated fractional number in JSON",
            Self::UnterminatedString => "Unterminated string in JSON",
        }
    }
}

/// The `SyntaxError` for a failure at a position (in UTF-16 code units) of a text.
pub(super) fn syntax_error(reason: Reason, text: &[u16], position: usize) -> JsError {
    let words = reason.words();
    let message = match reason {
        Reason::UnexpectedEnd => words.to_owned(),
        Reason::UnexpectedToken => unexpected_token(text, position),
        _ => {
            let (line, column) = line_and_column(text, position);
            format!("{words} at position {position} (line {line} column {column})")
        }
    };
    JsNativeError::syntax().with_message(message).into()
}

/// How many units of the text are shown on either side of the place.
const CONTEXT: usize = 10;

fn unexpected_token(text: &[u16], position: usize) -> String {
    let length = text.len();
    let shown = |from: usize, to: usize| String::from_utf16_lossy(&text[from..to]);
    let token = shown(position, position + 1);
    let excerpt = if length <= 2 * CONTEXT {
        let whole = shown(0, length);
        if ["NaN", "Infinity", "undefined", "[object Object]"].contains(&whole.as_str()) {
            return format!("\"{whole}\" is not valid JSON");
        }
        format!("\"{whole}\"")
    } else if position < CONTEXT {
        format!("\"{}\"...", shown(0, position + CONTEXT))
    } else if position >= length - CONTEXT {
        format!("...\"{}\"", shown(position - CONTEXT, length))
    } else {
        format!("...\"{}\"...", shown(position - CONTEXT, position + CONTEXT))
    };
    format!("Unexpected token '{token}', {excerpt} is not valid JSON")
}

/// Line and column of a position, from 1 on. `\r\n` ends one line.
fn line_and_column(text: &[u16], position: usize) -> (usize, usize) {
    let (cr, lf) = (u16::from(b'\r'), u16::from(b'\n'));
    let mut line = 1;
    let mut start = 0;
    for at in 0..position {
        let ends_line = text[at] == lf || (text[at] == cr && text.get(at + 1) != Some(&lf));
        if ends_line {
            line += 1;
            start = at + 1;
        }
    }
    (line, position - start + 1)
}
