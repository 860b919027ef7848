//! What a CommonJS text asks for by name.

use super::{cursor::Tokens, lexer::Kind};

/// A `require` of a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Required {
    pub(crate) specifier: String,
    /// It stands in no block and no function: whoever runs the text runs it.
    pub(crate) is_certain: bool,
}

/// The literals that a text gives to `require`, in their order.
pub(crate) fn required(text: &str) -> Vec<Required> {
    let tokens = Tokens::of(text);
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for index in 0..tokens.len() {
        match (tokens.kind(index), tokens.word(index)) {
            (Some(Kind::Punctuator), "{") => depth += 1,
            (Some(Kind::Punctuator), "}") => depth = depth.saturating_sub(1),
            (Some(Kind::Word), "require") if is_call(&tokens, index) => found.extend(
                tokens
                    .string(index + 2)
                    .map(|specifier| Required { specifier, is_certain: depth == 0 }),
            ),
            _ => {}
        }
    }
    found
}

fn is_call(tokens: &Tokens<'_>, index: usize) -> bool {
    !tokens.is_property(index) && tokens.word(index + 1) == "(" && tokens.word(index + 3) == ")"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_and_where_they_stand() {
        let text = "const { a } = require('./a'), b = require(\"b\").b;
            if (a) { require('./later'); }
            require(`./no` + a); other.require('./no'); require('./no', 1); // require('./no')
            '} require(\\'./no\\')'; require('./last');";
        let certain =
            |specifier: &str| Required { specifier: specifier.to_owned(), is_certain: true };
        let later = Required { specifier: "./later".to_owned(), is_certain: false };
        assert_eq!(required(text), [certain("./a"), certain("b"), later, certain("./last")]);
    }
}
