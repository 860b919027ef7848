//! The tokens of a text, to be looked at forwards and backwards.

use super::lexer::{Kind, Lexer, Token};

/// A text and its tokens.
pub(super) struct Tokens<'a> {
    text: &'a str,
    list: Vec<Token>,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, list: Lexer::new(text).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<Token> {
        self.list.get(index).copied()
    }

    /// The token's text; empty past the end.
    pub(super) fn word(&self, index: usize) -> &'a str {
        self.get(index).map_or("", |token| &self.text[token.start..token.end])
    }

    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        self.get(index).map(|token| token.kind)
    }

    /// True if the tokens from here on read so.
    pub(super) fn reads(&self, index: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(offset, word)| self.word(index + offset) == *word)
    }

    /// The value of a string literal.
    pub(super) fn string(&self, index: usize) -> Option<String> {
        let token = self.get(index).filter(|token| token.kind == Kind::String)?;
        Some(unescaped(&self.text[token.start + 1..token.end - 1]))
    }

    /// A name as exports have it: an identifier, or the value of a string.
    pub(super) fn name(&self, index: usize) -> Option<String> {
        match self.kind(index)? {
            Kind::Word => Some(unescaped(self.word(index))),
            Kind::String => self.string(index),
            _ => None,
        }
    }

    /// True if the token is the property of something: `a.x`.
    pub(super) fn is_property(&self, index: usize) -> bool {
        index > 0 && matches!(self.word(index - 1), "." | "?.")
    }
}

/// A literal's text with its escapes undone.
fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match if character == '\\' { escape(&mut rest) } else { Some(character as u32) } {
            Some(code) if code > 0xffff => {
                let pair = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                units.extend_from_slice(pair.encode_utf16(&mut [0; 2]));
            }
            Some(code) => units.push(code as u16),
            None => {}
        }
    }
    String::from_utf16_lossy(&units)
}

/// The character that an escape stands for; `None` for the end of a line.
fn escape(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    let character = rest.next()?;
    let code = match character {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '0' => '\0',
        'x' => return hexadecimal(rest, 2),
        'u' if rest.as_str().starts_with('{') => {
            let inner = rest.as_str()[1..].split('}').next().unwrap_or_default();
            let code = u32::from_str_radix(inner, 16).ok();
            rest.by_ref().take(inner.chars().count() + 2).for_each(drop);
            return code;
        }
        'u' => return hexadecimal(rest, 4),
        '\n' | '\u{2028}' | '\u{2029}' => return None,
        '\r' => {
            if rest.as_str().starts_with('\n') {
                rest.next();
            }
            return None;
        }
        other => other,
    };
    Some(code as u32)
}

fn hexadecimal(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<u32> {
    let text: String = rest.by_ref().take(digits).collect();
    u32::from_str_radix(&text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_as_their_values() {
        let value = |text: &str| Tokens::of(text).string(0);
        assert_eq!(value("'a.mjs'"), Some("a.mjs".into()));
        assert_eq!(value(r#""\x61\u0062\u{63}\n\'""#), Some("abc\n'".into()));
        assert_eq!(value("'a\\\nb'"), Some("ab".into()));
        assert_eq!(value(r"'\u{1f600}\ud83d\ude00'"), Some("\u{1f600}\u{1f600}".into()));
        assert_eq!(value("a"), None);
    }
}
